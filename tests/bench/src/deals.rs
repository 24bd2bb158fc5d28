//! The embedded platform's world: the dataset `deals` under a region policy, and a team of as many people as wanted.

use std::collections::BTreeMap;

use anyhow::Result;
use mandate_model::{Field, PrincipalId, SiteId, Value};
use mandate_policy::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right,
};
use mandate_service::embedded::{GovernanceSeed, Person, Seed, SeedRow, Team};

/// Whom automations run as; not in the team.
pub const BOSS: &str = "user:boss";
/// The team of all the others.
pub const TEAM: &str = "team:all";

/// Who is in the team sees the rows of their region, without margins; the boss sees and changes everything.
const POLICIES: &str = r#"
permit (principal == User::"boss", action, resource);
permit (principal is User, action == Action::"read", resource is deals) when { resource.region == principal.region };
permit (principal is User, action == Action::"read-column", resource in Dataset::"deals");
forbid (principal, action, resource == Column::"deals.margin") unless { principal == User::"boss" };
"#;

/// The boss, `people` in the team (`user:p0`, `user:p1`, …), and the small deal `small` of their region.
pub fn seed(people: usize) -> Result<Seed> {
    let team = PrincipalId::parse(TEAM)?;
    let boss = PrincipalId::parse(BOSS)?;
    let members: Vec<PrincipalId> = (0..people).map(member).collect::<Result<_>>()?;
    let everybody = members.iter().chain([&boss]).map(person).collect();
    let grant = |right| Grant { right, dataset: "deals".to_owned() };
    let mut grants = Right::ALL.map(|right| (boss.clone(), grant(right))).to_vec();
    grants.push((team.clone(), grant(Right::Read)));
    Ok(Seed {
        site: SiteId::parse("acme")?,
        schema: schema(),
        policies: POLICIES.to_owned(),
        people: everybody,
        teams: vec![Team { id: team, name: "All".to_owned(), members }],
        grants,
        rows: vec![SeedRow { dataset: "deals".to_owned(), id: "small".to_owned(), fields: deal("500.00") }],
        governance: GovernanceSeed::default(),
        operations: mandate_service::embedded::OperationsSeed::default(),
    })
}

/// Somebody of the team.
pub fn member(number: usize) -> Result<PrincipalId> {
    Ok(PrincipalId::parse(&format!("user:p{number}"))?)
}

/// The cells of a deal of the team's region.
pub fn deal(amount: &str) -> Vec<Field> {
    let field = |name: &str, value| Field { name: name.to_owned(), value };
    vec![
        field("title", Value::Text("Bicycle".to_owned())),
        field("region", Value::Text("emea".to_owned())),
        field("amount", Value::Decimal(amount.to_owned())),
        field("margin", Value::Decimal("20.00".to_owned())),
    ]
}

fn schema() -> DataSchema {
    let column = |name: &str, column_type| ColumnDef { name: name.to_owned(), column_type, nullable: true };
    let columns = vec![
        column("title", ColumnType::Text),
        ColumnDef { nullable: false, ..column("region", ColumnType::Text) },
        column("amount", ColumnType::Decimal(2)),
        column("margin", ColumnType::Decimal(2)),
        column("status", ColumnType::Text),
    ];
    let region = AttributeDef { name: "region".to_owned(), attribute_type: AttributeType::Text, optional: false };
    DataSchema {
        datasets: vec![DatasetDef { name: "deals".to_owned(), columns, any_change: false }],
        attributes: vec![region],
    }
}

fn person(id: &PrincipalId) -> Person {
    Person {
        id: id.clone(),
        name: id.name().to_owned(),
        locale: "en-GB".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        contact: mandate_service::embedded::ContactSeed::default(),
        attributes: BTreeMap::from([("region".to_owned(), Attribute::Text("emea".to_owned()))]),
    }
}
