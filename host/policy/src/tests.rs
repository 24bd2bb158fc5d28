//! Behaviour of the whole crate: one small world, and checks that ask it in both ways.

mod floors;
mod loading;
mod rows;
mod undecided;

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{PrincipalId, Value};

use crate::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataPolicies, DataSchema, DatasetDef, Facts, Grant,
    Predicate, Right,
};

type Cells = BTreeMap<String, Value>;

fn column(name: &str, column_type: ColumnType, nullable: bool) -> ColumnDef {
    ColumnDef { name: name.to_owned(), column_type, nullable }
}

/// `deals` has a column of each type; `user` and `contracts` are there to be confused with.
fn schema() -> DataSchema {
    let deals = vec![
        column("region", ColumnType::Text, false),
        column("note", ColumnType::Text, true),
        column("amount", ColumnType::Decimal(2), false),
        column("size", ColumnType::Integer, true),
        column("open", ColumnType::Boolean, false),
        column("closed_at", ColumnType::Timestamp, true),
        column("owner", ColumnType::User, false),
        column("backup", ColumnType::User, true),
        column("team", ColumnType::Team, false),
        column("if", ColumnType::Text, false),
        column("weight", ColumnType::Number, true),
        column("blob", ColumnType::Bytes, true),
    ];
    let small = |name: &str| DatasetDef {
        name: name.to_owned(),
        columns: vec![column("region", ColumnType::Text, false)],
        any_change: false,
    };
    let attribute =
        |name: &str, attribute_type, optional| AttributeDef { name: name.to_owned(), attribute_type, optional };
    DataSchema {
        datasets: vec![
            DatasetDef { name: "deals".to_owned(), columns: deals, any_change: false },
            small("user"),
            small("contracts"),
        ],
        attributes: vec![
            attribute("region", AttributeType::Text, false),
            attribute("level", AttributeType::Integer, false),
            attribute("temp", AttributeType::Boolean, true),
        ],
    }
}

fn id(text: &str) -> PrincipalId {
    PrincipalId::parse(text).unwrap()
}

/// Ana in EMEA, level 3, in `team:spain`, which is in `team:emea`, with every grant on every dataset.
fn ana() -> Facts {
    let all = ["deals", "user", "contracts"]
        .into_iter()
        .flat_map(|dataset| Right::ALL.into_iter().map(move |right| Grant { right, dataset: dataset.to_owned() }));
    Facts {
        id: id("user:ana"),
        attributes: BTreeMap::from([
            ("region".to_owned(), Attribute::Text("emea".to_owned())),
            ("level".to_owned(), Attribute::Integer(3)),
        ]),
        teams: ["team:spain", "team:emea"].map(id).into(),
        grants: all.collect(),
    }
}

/// The team itself: no attributes.
fn spain() -> Facts {
    Facts { id: id("team:spain"), attributes: BTreeMap::new(), teams: BTreeSet::from([id("team:emea")]), ..ana() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A row of `deals`; what is not said is null or dull.
fn deal(cells: &[(&str, Value)]) -> Cells {
    let dull = [
        ("region", text("apac")),
        ("amount", Value::Decimal("0.00".to_owned())),
        ("open", Value::Boolean(false)),
        ("owner", text("user:bob")),
        ("team", text("team:japan")),
        ("if", text("")),
    ];
    let all = dull.iter().chain(cells).map(|(name, value)| ((*name).to_owned(), value.clone()));
    all.collect()
}

/// Five deals; `d5` has no cell that Ana would know.
fn deals() -> Vec<(&'static str, Cells)> {
    let money = |text: &str| Value::Decimal(text.to_owned());
    vec![
        ("d1", deal(&[("region", text("emea")), ("amount", money("12.50")), ("owner", text("user:ana"))])),
        ("d2", deal(&[("region", text("emea")), ("amount", money("-3.01")), ("team", text("team:emea"))])),
        ("d3", deal(&[("note", text("see a/b*")), ("size", Value::Integer(7)), ("open", Value::Boolean(true))])),
        ("d4", deal(&[("backup", text("user:ana")), ("closed_at", Value::Timestamp(5)), ("team", text("team:spain"))])),
        ("d5", deal(&[("if", text("then"))])),
    ]
}

fn load(policies: &str) -> DataPolicies {
    DataPolicies::load(&schema(), policies).unwrap_or_else(|errors| panic!("{policies}\n{errors:#?}"))
}

/// The predicate for reading deals.
fn predicate(policies: &str, facts: &Facts) -> Predicate {
    load(policies).rows(facts, Right::Read, "deals").unwrap_or_else(|error| panic!("{error}: {policies}"))
}

/// The deals that may be read, said by `row` and by the predicate alike.
fn readable(policies: &str, facts: &Facts) -> Vec<&'static str> {
    let (loaded, predicate) = (load(policies), predicate(policies, facts));
    let mut ids = Vec::new();
    for (id, cells) in deals() {
        let decision = loaded.row(facts, Right::Read, "deals", id, &cells);
        assert_eq!(predicate.holds(id, &cells), decision.is_allow(), "{id}: {predicate}, {decision:?}: {policies}");
        ids.extend(decision.is_allow().then_some(id));
    }
    ids
}

fn permit(condition: &str) -> String {
    format!("permit (principal, action == Action::\"read\", resource is deals) when {{ {condition} }};")
}

fn permit_user(condition: &str) -> String {
    format!("permit (principal is User, action == Action::\"read\", resource is deals) when {{ {condition} }};")
}

const PERMIT_ALL: &str = "permit (principal, action, resource);";
