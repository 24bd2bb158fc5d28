//! A small world: deals under region policies with a hidden column, notes where any change counts, and a ledger that few may see.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use mandate_model::{
    Change, ColumnSet, Comparison, Effect, Failure, Field, Filter, Occurrence, Page, PrincipalId, Query, RowRef,
    Secret, SiteId, Subject, Value,
};
use mandate_policy::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right,
};
use mandate_runtime::platform::{Data, DataAs};
use mandate_service::{
    Clock,
    embedded::{Embedded, GovernanceSeed, Person, Seed, SeedRow, Team},
};
use tempfile::TempDir;

/// Who sees what:
/// - ana (region emea, in team emea): deals of emea but for the column `margin`; sets `stage`, `amount`, `region`, `owner`;
///   sees `score` and may not set it (MON-19); adds deals of emea; removes those that she owns;
/// - bob (region apac): reads deals of apac, holds nothing else;
/// - carla (in spain, which is in emea): as ana;
/// - boss: everything;
/// - eve: as ana, deactivated.
pub(crate) const POLICIES: &str = r#"
permit (principal is User, action in [Action::"read", Action::"create", Action::"update"], resource is deals)
    when { resource.region == principal.region };
permit (principal is User, action == Action::"remove", resource is deals)
    when { resource.region == principal.region && resource has owner && resource.owner == principal };
permit (principal == User::"boss", action, resource);
permit (principal is Team, action == Action::"read", resource is deals) when { resource has team && principal == resource.team };
permit (principal is Team, action == Action::"read-column", resource == Column::"deals.stage");
permit (principal is User, action == Action::"read-column", resource in Dataset::"deals");
forbid (principal, action, resource == Column::"deals.margin") unless { principal == User::"boss" };
permit (principal is User, action == Action::"update-column", resource in Dataset::"deals");
forbid (principal, action == Action::"update-column", resource == Column::"deals.score") unless { principal == User::"boss" };
permit (principal is User, action == Action::"read", resource is notes);
permit (principal is User, action == Action::"read-column", resource == Column::"notes.title");
"#;

pub(crate) struct At(i64);

#[async_trait]
impl Clock for At {
    fn now(&self) -> i64 {
        self.0
    }

    async fn sleep_until(&self, _: i64) {}
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(At(1_000))
}

pub(crate) struct World {
    pub(crate) db: Embedded,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(&seed()).await
    }

    pub(crate) async fn of(seed: &Seed) -> Self {
        let folder = TempDir::new().unwrap();
        let secret = Secret::from_bytes([9; 32]);
        let db = Embedded::create_with(&folder.path().join("p.db"), seed, &secret, clock()).await.unwrap();
        Self { db, folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("p.db")
    }

    pub(crate) fn as_(&self, who: &str) -> Arc<dyn DataAs> {
        self.db.open(&id(who))
    }

    /// Ids that `who` finds in `dataset`, ordered by id.
    pub(crate) async fn ids(&self, who: &str, dataset: &str) -> Result<Vec<String>, Failure> {
        Ok(ids(&self.as_(who).find(dataset, &query(), &ColumnSet::All).await?))
    }

    pub(crate) async fn revision(&self, who: &str, row: &str) -> String {
        self.as_(who).get("deals", row, &ColumnSet::All).await.unwrap().revision
    }
}

pub(crate) fn ids(page: &Page) -> Vec<String> {
    page.rows.iter().map(|row| row.id.clone()).collect()
}

pub(crate) fn id(text: &str) -> PrincipalId {
    PrincipalId::parse(text).unwrap()
}

pub(crate) fn query() -> Query {
    Query { columns: vec![], filters: vec![], order_by: None, descending: false, limit: 1000, after: None }
}

pub(crate) fn filter(field: &str, comparison: Comparison, value: Value) -> Filter {
    Filter { field: field.to_owned(), comparison, value }
}

pub(crate) fn filtered(field: &str, comparison: Comparison, value: Value) -> Query {
    Query { filters: vec![filter(field, comparison, value)], ..query() }
}

pub(crate) fn named(columns: &[&str]) -> ColumnSet {
    ColumnSet::Named(columns.iter().map(|name| (*name).to_owned()).collect())
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn money(text: &str) -> Value {
    Value::Decimal(text.to_owned())
}

pub(crate) fn field(name: &str, value: Value) -> Field {
    Field { name: name.to_owned(), value }
}

pub(crate) fn create(fields: Vec<Field>) -> Effect {
    Effect::Create { dataset: "deals".to_owned(), placeholder: "new:1".to_owned(), fields }
}

pub(crate) fn update(row: &str, fields: Vec<Field>) -> Effect {
    Effect::Update { dataset: "deals".to_owned(), id: row.to_owned(), fields, if_revision: None }
}

pub(crate) fn update_if(row: &str, fields: Vec<Field>, revision: &str) -> Effect {
    Effect::Update { dataset: "deals".to_owned(), id: row.to_owned(), fields, if_revision: Some(revision.to_owned()) }
}

pub(crate) fn remove(row: &str) -> Effect {
    Effect::Remove { dataset: "deals".to_owned(), id: row.to_owned() }
}

pub(crate) fn is_denied<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Denied(_)))
}

pub(crate) fn is_invalid<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Invalid(_)))
}

pub(crate) fn occurrence(change: Change, row: &str) -> Occurrence {
    Occurrence {
        site: SiteId::parse("acme").unwrap(),
        source: "embedded".to_owned(),
        id: "x".to_owned(),
        at: 1,
        change,
        subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: row.to_owned() }),
        changed: None,
        image: None,
        cause: None,
    }
}

pub(crate) fn column(name: &str, column_type: ColumnType, nullable: bool) -> ColumnDef {
    ColumnDef { name: name.to_owned(), column_type, nullable }
}

fn schema() -> DataSchema {
    let deals = vec![
        column("stage", ColumnType::Text, false),
        column("amount", ColumnType::Decimal(2), true),
        column("region", ColumnType::Text, false),
        column("owner", ColumnType::User, true),
        column("team", ColumnType::Team, true),
        column("score", ColumnType::Integer, true),
        column("weight", ColumnType::Number, true),
        column("open", ColumnType::Boolean, true),
        column("closed_at", ColumnType::Timestamp, true),
        column("scan", ColumnType::Bytes, true),
        column("margin", ColumnType::Decimal(2), true),
    ];
    let notes = vec![column("title", ColumnType::Text, false), column("body", ColumnType::Text, true)];
    let ledger = vec![column("entry", ColumnType::Text, false)];
    let dataset = |name: &str, columns, any_change| DatasetDef { name: name.to_owned(), columns, any_change };
    let region = AttributeDef { name: "region".to_owned(), attribute_type: AttributeType::Text, optional: false };
    DataSchema {
        datasets: vec![dataset("deals", deals, false), dataset("notes", notes, true), dataset("ledger", ledger, false)],
        attributes: vec![region],
    }
}

pub(crate) fn person(name: &str, region: &str, active: bool) -> Person {
    Person {
        id: id(&format!("user:{name}")),
        name: name.to_owned(),
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        active,
        contact: mandate_service::embedded::ContactSeed::default(),
        attributes: BTreeMap::from([("region".to_owned(), Attribute::Text(region.to_owned()))]),
    }
}

fn team(name: &str, members: &[&str]) -> Team {
    Team { id: id(name), name: name.to_owned(), members: members.iter().map(|member| id(member)).collect() }
}

pub(crate) fn grant(right: Right, dataset: &str) -> Grant {
    Grant { right, dataset: dataset.to_owned() }
}

pub(crate) fn row(dataset: &str, row: &str, fields: Vec<Field>) -> SeedRow {
    SeedRow { dataset: dataset.to_owned(), id: row.to_owned(), fields }
}

pub(crate) fn deal(row_id: &str, region: &str, stage: &str, amount: Option<&str>) -> SeedRow {
    let amount = amount.map_or(Value::Null, money);
    let fields = vec![
        field("region", text(region)),
        field("stage", text(stage)),
        field("amount", amount),
        field("margin", money("1")),
    ];
    row("deals", row_id, fields)
}

pub(crate) fn seed() -> Seed {
    let all = |who: &str, dataset: &str| Right::ALL.map(|right| (id(who), grant(right, dataset))).to_vec();
    let mut grants = all("team:emea", "deals");
    grants.extend(["deals", "notes", "ledger"].iter().flat_map(|dataset| all("user:boss", dataset)));
    grants.push((id("user:bob"), grant(Right::Read, "deals")));
    grants.push((id("user:ana"), grant(Right::Read, "notes")));
    let mut first = deal("d1", "emea", "won", Some("100.5"));
    first.fields.extend([
        field("owner", text("user:ana")),
        field("team", text("team:spain")),
        field("score", Value::Integer(3)),
        field("weight", Value::Number(0.5)),
        field("open", Value::Boolean(true)),
        field("closed_at", Value::Timestamp(7)),
        field("scan", Value::Bytes(vec![0, 1])),
    ]);
    Seed {
        site: SiteId::parse("acme").unwrap(),
        schema: schema(),
        policies: POLICIES.to_owned(),
        people: vec![
            person("ana", "emea", true),
            person("bob", "apac", true),
            person("carla", "emea", true),
            person("boss", "none", true),
            person("eve", "emea", false),
        ],
        teams: vec![
            team("team:emea", &["user:ana", "user:eve", "team:spain"]),
            team("team:spain", &["user:carla", "user:ana"]),
        ],
        grants,
        rows: vec![
            first,
            deal("d2", "emea", "Lost", None),
            deal("d3", "apac", "open", Some("-1")),
            deal("d4", "emea", "open", Some("20")),
            deal("d5", "apac", "won", Some("30")),
            row("notes", "n1", vec![field("title", text("t")), field("body", text("b"))]),
            row("ledger", "l1", vec![field("entry", text("e"))]),
        ],
        governance: GovernanceSeed::default(),
        operations: mandate_service::embedded::OperationsSeed::default(),
    }
}
