//! The committed fixtures load, are what they are said to be, and are the output of their generator.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mandate_model::{ColumnSet, PrincipalId, Query, Value};
use mandate_service::SystemClock;
use mandate_service::embedded::Embedded;
use mandate_spec::changes::{self, Verb};
use mandate_spec::{Fixture, cell};

#[path = "../examples/make_sales.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "its `main` is not used here")]
mod make_sales;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

fn load(name: &str) -> Fixture {
    Fixture::load(&folder(name).join("fixture.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_sales_rows_are_what_their_generator_writes() {
    assert_eq!(std::fs::read_to_string(make_sales::FILE).unwrap(), make_sales::opportunities().unwrap());
}

#[test]
fn sales_is_a_world_of_two_regions_and_head_office() {
    let Fixture { seed, automations, .. } = load("sales");
    assert!(seed.people.len() >= 60 && seed.teams.len() == 9 && seed.rows.len() == 1000);
    let team = |id: &str| seed.teams.iter().find(|team| team.id.to_string() == id).unwrap();
    assert_eq!(
        team("team:emea").members,
        ["team:emea-sales", "team:emea-service"].map(|id| PrincipalId::parse(id).unwrap())
    );
    let cell = |row: usize, column: &str| {
        let field = seed.rows[row].fields.iter().find(|field| field.name == column);
        field.map_or("null".to_owned(), |field| cell::to_text(&field.value))
    };
    let regions: BTreeSet<_> = (0..1000).map(|row| cell(row, "region")).collect();
    assert_eq!(regions, ["amer", "emea", "hq"].map(str::to_owned).into());
    for column in ["margin", "owner"] {
        let nulls = (0..1000).filter(|row| cell(*row, column) == "null").count();
        assert!(nulls > 10 && nulls < 500, "{column}: {nulls}");
    }
    let people: BTreeSet<_> = seed.people.iter().map(|person| person.id.to_string()).collect();
    assert!((0..1000).map(|row| cell(row, "owner")).all(|owner| owner == "null" || people.contains(&owner)));
    assert_eq!(automations.len(), 1);
    assert!(automations[0].enabled && automations[0].settings["threshold"] == "100000.00");
}

#[test]
fn the_sales_story_fits_its_rows() {
    let seed = load("sales").seed;
    let steps =
        changes::load(&folder("sales").join("changes.jsonl"), &seed.schema).unwrap_or_else(|error| panic!("{error}"));
    assert!(steps.len() >= 20);
    let mut rows: BTreeSet<_> = seed.rows.iter().map(|row| row.id.clone()).collect();
    let mut verbs = BTreeMap::new();
    for step in &steps {
        assert!(seed.people.iter().any(|person| person.id == step.by && person.active), "{}", step.place);
        let fits = match step.verb {
            Verb::Insert => rows.insert(step.row.id.clone()),
            Verb::Update => rows.contains(&step.row.id),
            Verb::Remove => rows.remove(&step.row.id),
        };
        assert!(fits, "{}", step.place);
        *verbs.entry(format!("{:?}", step.verb)).or_insert(0) += 1;
    }
    assert!(verbs.len() == 3 && verbs.values().all(|count| *count >= 2), "{verbs:?}");
    let hidden_only = steps.iter().filter(|step| step.fields.iter().all(|field| field.name == "margin"));
    assert!(hidden_only.filter(|step| step.verb == Verb::Update).count() >= 3);
}

#[test]
fn tickets_is_another_world() {
    let Fixture { seed, .. } = load("tickets");
    assert_eq!(seed.site.as_str(), "helpdesk");
    let row = |id: &str| &seed.rows.iter().find(|row| row.id == id).unwrap().fields;
    let value =
        |id: &str, column: &str| row(id).iter().find(|field| field.name == column).map(|field| field.value.clone());
    assert_eq!(value("T-3", "internal_note"), Some(Value::Text(String::new())));
    assert_eq!(value("T-1", "internal_note"), None);
    assert_eq!(value("T/4", "severity"), Some(Value::Integer(1)));
    assert_eq!(value("T-2", "opened"), Some(Value::Timestamp(1_790_931_600_000_000)));
}

async fn platform(name: &str, folder: &Path) -> (Fixture, Embedded) {
    let fixture = load(name);
    let embedded = Embedded::create(&folder.join("platform.db"), &fixture.seed, Arc::new(SystemClock)).await.unwrap();
    (fixture, embedded)
}

/// What a person sees of a dataset: the columns, and the ids of the rows.
async fn sees(embedded: &Embedded, who: &str, dataset: &str) -> (Vec<String>, Vec<String>) {
    let data = embedded.platform().data.open(&PrincipalId::parse(who).unwrap());
    let query = Query { columns: vec![], filters: vec![], order_by: None, descending: false, limit: 1000, after: None };
    let page = data.find(dataset, &query, &ColumnSet::All).await.unwrap();
    (page.columns, page.rows.into_iter().map(|row| row.id).collect())
}

#[tokio::test]
async fn the_people_of_the_sales_story_may_do_what_they_do() {
    let folder = tempfile::tempdir().unwrap();
    let (fixture, embedded) = platform("sales", folder.path()).await;
    for step in changes::load(&crate::folder("sales").join("changes.jsonl"), &fixture.seed.schema).unwrap() {
        let (by, row) = (Some(&step.by), &step.row);
        let done = match step.verb {
            Verb::Insert => embedded.insert(by, &row.dataset, &row.id, &step.fields, 1).await.map(Some),
            Verb::Update => embedded.update(by, &row.dataset, &row.id, &step.fields, 1).await,
            Verb::Remove => embedded.remove(by, &row.dataset, &row.id, 1).await.map(Some),
        };
        let occurrence = done.unwrap_or_else(|error| panic!("{}: {error}", step.place));
        // The automation, which does not run here, sets `status` meanwhile.
        let status_alone = step.fields.iter().all(|field| field.name == "status");
        assert!(occurrence.is_some() || status_alone, "{}: nothing changes", step.place);
    }
}

#[tokio::test]
async fn sales_shows_each_region_its_own_rows_and_margins_to_head_office() {
    let folder = tempfile::tempdir().unwrap();
    let (fixture, embedded) = platform("sales", folder.path()).await;
    let region = |row: &mandate_service::embedded::SeedRow| {
        row.fields.iter().find(|field| field.name == "region").map(|field| cell::to_text(&field.value)).unwrap()
    };
    for (who, wanted, margin) in
        [("user:ines", "emea", false), ("user:wren", "amer", false), ("user:hanna", "", true), ("user:amara", "", true)]
    {
        let (columns, rows) = sees(&embedded, who, "opportunities").await;
        assert_eq!(columns.contains(&"margin".to_owned()), margin, "{who}");
        let expected = fixture.seed.rows.iter().filter(|row| wanted.is_empty() || region(row) == wanted).count();
        assert_eq!(rows.len(), expected, "{who}");
    }
}

#[tokio::test]
async fn tickets_shows_what_its_own_policies_say() {
    let folder = tempfile::tempdir().unwrap();
    let (_, embedded) = platform("tickets", folder.path()).await;
    for (who, note, ids) in [
        ("user:noor", true, &["T-1", "T-2", "T-3", "T/4"][..]),
        ("user:jonas", true, &["T-1", "T-3", "T/4"]),
        ("user:lindiwe", false, &["T-1", "T-3", "T/4"]),
    ] {
        let (columns, rows) = sees(&embedded, who, "tickets").await;
        assert_eq!(columns.contains(&"internal_note".to_owned()), note, "{who}");
        assert_eq!(rows, ids, "{who}");
    }
}
