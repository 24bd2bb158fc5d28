//! Three ways to the same answer: the policy asked for each row, the predicate in memory, and the predicate as SQL.

use std::collections::BTreeMap;

use mandate_model::{ColumnSet, Failure, Field, Value};
use mandate_policy::Right;
use mandate_service::embedded::{Embedded, EmbeddedError, Seed, SeedRow};
use proptest::prelude::*;

use crate::world::{World, clock, field, grant, id, money, row, seed, text};

/// Conditions on a row that Cedar's strict validation takes, each guarded where the column is nullable.
fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("resource.region == principal.region".to_owned()),
        Just("resource.stage like \"*o*\"".to_owned()),
        Just("resource.stage like \"[*]?\\*\"".to_owned()),
        Just("resource.stage == \"won\"".to_owned()),
        Just("resource has owner".to_owned()),
        Just("resource has owner && resource.owner == principal".to_owned()),
        Just("resource has team && principal in resource.team".to_owned()),
        Just("resource has open && resource.open".to_owned()),
        Just("resource == deals::\"r3\"".to_owned()),
        (-3_i64..4).prop_map(|units| format!("resource has amount && resource.amount < {units}")),
        (-3_i64..4).prop_map(|units| format!("resource has amount && {units} <= resource.amount")),
        (-3_i64..4).prop_map(|number| format!("resource has score && resource.score == {number}")),
        Just("resource has score && resource has amount && resource.score > resource.amount".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("(({left}) && ({right}))")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("(({left}) || ({right}))")),
            inner.prop_map(|inner| format!("!({inner})")),
        ]
    })
}

fn policies() -> impl Strategy<Value = String> {
    let one = |word: &'static str| {
        condition().prop_map(move |condition| {
            format!(
                "{word} (principal is User, action == Action::\"read\", resource is deals) when {{ {condition} }};\n"
            )
        })
    };
    let permits = proptest::collection::vec(one("permit"), 1..3);
    let forbids = proptest::collection::vec(one("forbid"), 0..2);
    let columns = "permit (principal is User, action == Action::\"read-column\", resource);";
    (permits, forbids)
        .prop_map(move |(permits, forbids)| [permits.concat(), forbids.concat(), columns.to_owned()].concat())
}

/// Rows in which each cell takes few values, and often none.
fn rows() -> Vec<SeedRow> {
    (0..24_usize)
        .map(|number| {
            let pick = |values: &[Value], by: usize| values[number / by % values.len()].clone();
            let amounts = [Value::Null, money("-0.02"), money("0"), money("0.02")];
            let fields: Vec<Field> = vec![
                field("region", pick(&[text("emea"), text("apac")], 1)),
                field("stage", pick(&[text("won"), text("open"), text("[x]?*"), text("[*]?*"), text("")], 1)),
                field("owner", pick(&[Value::Null, text("user:ana"), text("user:bob")], 2)),
                field("team", pick(&[Value::Null, text("team:spain"), text("team:emea")], 3)),
                field("open", pick(&[Value::Null, Value::Boolean(true), Value::Boolean(false)], 1)),
                field("score", pick(&[Value::Null, Value::Integer(-1), Value::Integer(1)], 4)),
                field("amount", pick(&amounts, 1)),
            ];
            row("deals", &format!("r{number}"), fields)
        })
        .collect()
}

async fn world() -> World {
    let mut seed = Seed { rows: rows(), ..seed() };
    seed.grants.push((id("user:bob"), grant(Right::Read, "deals")));
    World::of(&seed).await
}

/// The ids that `get` answers, one by one: each is a decision of Cedar over the whole row.
async fn one_by_one(world: &World, who: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for row in rows() {
        match world.as_(who).get("deals", &row.id, &ColumnSet::All).await {
            Ok(row) => seen.push(row.id),
            Err(Failure::Denied(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    seen.sort();
    seen
}

/// The ids for which the predicate holds in memory; none if the policies cannot be decided for any row.
fn in_memory(world: &World, policies: &str, who: &str) -> Vec<String> {
    let loaded = mandate_policy::DataPolicies::load(world.db.schema(), policies).unwrap();
    let (region, teams): (&str, &[&str]) =
        if who == "user:ana" { ("emea", &["team:emea", "team:spain"]) } else { ("apac", &[]) };
    let facts = mandate_policy::Facts {
        id: id(who),
        attributes: BTreeMap::from([("region".to_owned(), mandate_policy::Attribute::Text(region.to_owned()))]),
        teams: teams.iter().map(|team| id(team)).collect(),
        grants: [grant(Right::Read, "deals")].into(),
    };
    let predicate = loaded.rows(&facts, Right::Read, "deals").unwrap();
    let mut seen: Vec<String> = rows()
        .into_iter()
        .filter(|row| {
            let canonical = |value: &Value| match value {
                Value::Decimal(text) if text == "0" => money("0.00"),
                other => other.clone(),
            };
            let cells = row.fields.iter().map(|field| (field.name.clone(), canonical(&field.value))).collect();
            predicate.holds(&row.id, &cells)
        })
        .map(|row| row.id)
        .collect();
    seen.sort();
    seen
}

#[test]
fn sql_predicate_and_policy_agree() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(world());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&policies(), |policies| {
        // Some random policies can never apply, and are refused as a whole: nothing to compare.
        if runtime.block_on(world.db.replace_policies(&policies)).is_err() {
            return Err(TestCaseError::reject("refused by validation"));
        }
        for who in ["user:ana", "user:bob"] {
            let sql =
                runtime.block_on(world.ids(who, "deals")).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let mut sorted = sql.clone();
            sorted.sort();
            prop_assert_eq!(&sorted, &runtime.block_on(one_by_one(&world, who)), "{} {}", who, &policies);
            prop_assert_eq!(&sorted, &in_memory(&world, &policies, who), "{} {}", who, &policies);
        }
        Ok(())
    });
    result.unwrap();
}

/// The answer would depend on how long it takes to ask for each row, the hidden ones too.
#[tokio::test]
async fn n06_what_must_be_asked_of_each_row_is_refused_at_load() {
    let world = world().await;
    let each =
        "permit (principal is User, action, resource is deals) when { resource has score && resource.score + 1 > 0 };";
    let refused = world.db.replace_policies(each).await;
    let Err(EmbeddedError::Policies(errors)) = refused else { panic!("taken") };
    assert!(errors[0].message.starts_with("`resource.score + 1` cannot be asked of a database"), "{}", errors[0]);
    let seed = Seed { policies: each.to_owned(), ..seed() };
    let folder = tempfile::TempDir::new().unwrap();
    let created = Embedded::create(&folder.path().join("p.db"), &seed, clock()).await;
    assert!(matches!(created, Err(EmbeddedError::Policies(_))));
}

#[tokio::test]
async fn what_is_too_large_for_sql_is_denied_whatever_the_rows() {
    let seed = Seed { rows: vec![], ..seed() };
    let world = World::of(&seed).await;
    // 40 policies with texts of no length that counts, each with 300 names.
    let names = |policy: usize| (0..300).map(|name| format!("\"{policy}-{name}\"")).collect::<Vec<_>>().join(",");
    let policy = |policy: usize| {
        format!(
            "permit (principal is User, action, resource is deals) when {{ [{}].contains(resource.stage) && resource.region == \"{policy}\" }};\n",
            names(policy)
        )
    };
    world.db.replace_policies(&(0..20).map(policy).collect::<String>()).await.unwrap();
    assert_eq!(world.ids("user:ana", "deals").await, Ok(vec![]));
    world.db.replace_policies(&(0..40).map(policy).collect::<String>()).await.unwrap();
    let reason = "`user:ana` may not read `deals`: cannot decide: the policies come to too much for SQL";
    assert_eq!(world.ids("user:ana", "deals").await, Err(Failure::Denied(reason.to_owned())));
}
