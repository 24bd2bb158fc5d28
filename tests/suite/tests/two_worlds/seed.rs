//! A world as the embedded platform takes it: schema, Cedar policies, people, grants, rows, occurrences.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{
    Change as Changes, Field, Occurrence, PrincipalId, Recipient, RowRef, SiteId, Subject, Trigger, Value,
};
use mandate_policy::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right as Rights,
};
use mandate_service::{
    embedded::{GovernanceSeed, OperationsSeed, Person, Seed, SeedRow, Team},
    operations::Operation,
};

use crate::world::{
    Audience, Cell, Change, Column, Dataset, Happening, NAMES, REGIONS, Right, Row, RowRule, Rules, TEAMS, Who, World,
    money,
};

pub fn site() -> SiteId {
    SiteId::parse("acme").unwrap()
}

pub fn principal(who: Who) -> PrincipalId {
    let text = match who {
        Who::Person(person) => format!("user:{}", NAMES[person]),
        Who::Team(team) => format!("team:{}", TEAMS[team]),
    };
    PrincipalId::parse(&text).unwrap()
}

pub fn seed(world: &World) -> Seed {
    let mut grants: Vec<_> =
        world.grants.iter().map(|(who, right, dataset)| (principal(*who), grant(*right, *dataset))).collect();
    let mut people: Vec<_> = world.people.iter().enumerate().map(|(at, person)| self::person(at, person)).collect();
    let (one, other) = (world.turn % grants.len().max(1), world.turn % people.len());
    grants.rotate_left(one);
    people.rotate_left(other);
    let team = |(at, members): (usize, &BTreeSet<Who>)| Team {
        id: principal(Who::Team(at)),
        name: TEAMS[at].to_owned(),
        members: members.iter().map(|who| principal(*who)).collect(),
    };
    Seed {
        site: site(),
        schema: schema(),
        policies: policies(&world.rules),
        people,
        teams: world.teams.iter().enumerate().map(team).collect(),
        grants,
        rows: world.rows.iter().map(row).collect(),
        governance: GovernanceSeed::default(),
        operations: operations(),
    }
}

/// What the guest declares, so that there is such a thing to know of; nobody may invoke it.
fn operations() -> OperationsSeed {
    let ping = Operation {
        name: "ping".to_owned(),
        description: "Pings.".to_owned(),
        schema: serde_json::json!({}),
        idempotent: false,
        call: None,
    };
    OperationsSeed { all: vec![ping], grants: vec![] }
}

pub fn recipients(world: &World) -> BTreeSet<Recipient> {
    world.recipients.iter().map(|who| Recipient::Principal(principal(*who))).collect()
}

pub fn trigger(world: &World) -> Trigger {
    Trigger::Row {
        dataset: Dataset::Deals.name().to_owned(),
        change: world.trigger.changes.iter().map(|change| self::change(*change)).collect(),
        columns: names(&world.trigger.columns),
        only: vec![],
        own_effects: false,
    }
}

pub fn occurrence(happening: &Happening) -> Occurrence {
    Occurrence {
        site: site(),
        source: "test".to_owned(),
        id: happening.id.clone(),
        at: happening.at,
        change: change(happening.change),
        subject: Subject::Row(RowRef { dataset: Dataset::Deals.name().to_owned(), id: happening.row.clone() }),
        changed: happening.changed.as_ref().map(names),
        image: happening.image.as_ref().map(fields),
        cause: None,
    }
}

/// A cell as the host writes it.
pub fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Money(cents) => Value::Decimal(money(*cents)),
    }
}

fn names(columns: &BTreeSet<Column>) -> Vec<String> {
    columns.iter().map(|column| column.name().to_owned()).collect()
}

fn change(change: Change) -> Changes {
    match change {
        Change::Added => Changes::Added,
        Change::Updated => Changes::Updated,
        Change::Removed => Changes::Removed,
    }
}

fn grant(right: Right, dataset: Dataset) -> Grant {
    let right = match right {
        Right::Read => Rights::Read,
        Right::Create => Rights::Create,
        Right::Update => Rights::Update,
        Right::Remove => Rights::Remove,
    };
    Grant { right, dataset: dataset.name().to_owned() }
}

fn person(at: usize, person: &crate::world::Person) -> Person {
    let region = Attribute::Text(REGIONS[person.region].to_owned());
    Person {
        id: principal(Who::Person(at)),
        name: person.title.clone(),
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        active: person.active,
        contact: mandate_service::embedded::ContactSeed::default(),
        attributes: BTreeMap::from([
            ("region".to_owned(), region),
            ("cleared".to_owned(), Attribute::Boolean(person.cleared)),
        ]),
    }
}

fn schema() -> DataSchema {
    let column = |column: &Column| {
        let (column_type, nullable) = match column {
            Column::Title | Column::Region => (ColumnType::Text, false),
            Column::Amount | Column::Margin => (ColumnType::Decimal(2), true),
            Column::Owner => (ColumnType::User, true),
        };
        ColumnDef { name: column.name().to_owned(), column_type, nullable }
    };
    let dataset = |dataset: &Dataset| DatasetDef {
        name: dataset.name().to_owned(),
        columns: Column::ALL.iter().map(column).collect(),
        any_change: false,
    };
    let attribute =
        |name: &str, attribute_type| AttributeDef { name: name.to_owned(), attribute_type, optional: false };
    DataSchema {
        datasets: Dataset::ALL.iter().map(dataset).collect(),
        attributes: vec![attribute("region", AttributeType::Text), attribute("cleared", AttributeType::Boolean)],
    }
}

fn fields(row: &Row) -> Vec<Field> {
    let field = |column: &Column| Field { name: column.name().to_owned(), value: value(&row.cell(*column)) };
    Column::ALL.iter().map(field).collect()
}

fn row(row: &Row) -> SeedRow {
    SeedRow { dataset: row.dataset.name().to_owned(), id: row.id.clone(), fields: fields(row) }
}

/// The rules in Cedar. Each policy has an id of its own, so that it is called the same in every world.
fn policies(rules: &Rules) -> String {
    let columns =
        r#"permit (principal is User, action in [Action::"read-column", Action::"update-column"], resource);"#;
    let ledger = "permit (principal is User, action, resource is ledger);";
    let fixed = [format!("@id(\"columns\") {columns}"), format!("@id(\"ledger\") {ledger}")];
    let rows = rules.rows.iter().enumerate().map(|(at, rule)| format!("@id(\"row-{at}\") {}", row_policy(*rule)));
    let hidden = rules.hidden.iter().enumerate().map(|(at, (column, audience))| {
        let resource = format!("resource == Column::\"deals.{}\"", column.name());
        format!("@id(\"hidden-{at}\") forbid (principal is User, action == Action::\"read-column\", {resource}) unless {{ {} }};", spares(*audience))
    });
    let everything = rules.everything.iter().map(|person| {
        let name = NAMES[*person];
        format!(
            "@id(\"all-{name}\") permit (principal == User::\"{name}\", action == Action::\"read\", resource is deals);"
        )
    });
    fixed.into_iter().chain(rows).chain(hidden).chain(everything).collect::<Vec<_>>().join("\n")
}

fn row_policy(rule: RowRule) -> String {
    let head = "(principal is User, action == Action::\"read\", resource is deals)";
    match rule {
        RowRule::SameRegion => format!("permit {head} when {{ resource.region == principal.region }};"),
        RowRule::Owner => format!("permit {head} when {{ resource has owner && resource.owner == principal }};"),
        RowRule::Team(team) => format!("permit {head} when {{ {} }};", spares(Audience::Team(team))),
        RowRule::MarginBelow(cents) => {
            format!("permit {head} when {{ resource has margin && resource.margin < {cents} }};")
        }
        RowRule::AmountFrom(cents) => {
            format!("permit {head} when {{ resource has amount && resource.amount >= {cents} }};")
        }
        RowRule::ForbidRegion(region, audience) => {
            let region = REGIONS[region];
            format!("forbid {head} when {{ resource.region == \"{region}\" }} unless {{ {} }};", spares(audience))
        }
        RowRule::ForbidMarginOver(cents, audience) => format!(
            "forbid {head} when {{ resource has margin && resource.margin > {cents} }} unless {{ {} }};",
            spares(audience)
        ),
    }
}

fn spares(audience: Audience) -> String {
    match audience {
        Audience::Cleared => "principal.cleared".to_owned(),
        Audience::Team(team) => format!("principal in Team::\"{}\"", TEAMS[team]),
        Audience::Person(person) => format!("principal == User::\"{}\"", NAMES[person]),
    }
}
