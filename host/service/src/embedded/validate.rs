//! A seed is checked whole before anything is written: the first thing that is wrong is named.

mod governance;
mod operations;

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{PrincipalId, PrincipalKind, decimal::MAX_SCALE, effect::PLACEHOLDER, name::is_name};
use mandate_policy::{Attribute, AttributeDef, AttributeType, ColumnType, DataSchema, DatasetDef};

use super::{
    Person, Seed, SeedRow, Team,
    error::{MAX_COLUMNS, SeedError},
    types::{Cell, cell},
};

/// Longest id of a row in bytes.
const MAX_ROW_ID: usize = 200;

/// What is wrong with the id of a row, if anything is.
pub fn row_id_problem(id: &str) -> Option<String> {
    if !(1..=MAX_ROW_ID).contains(&id.len()) || id.chars().any(char::is_control) {
        Some(format!("the id of a row has 1 to {MAX_ROW_ID} bytes and no control characters"))
    } else if id.starts_with(PLACEHOLDER) {
        Some(format!("`{id}` begins with `{PLACEHOLDER}`, which only rows that are not there yet do"))
    } else {
        None
    }
}

/// Checks everything but the policies.
pub(super) fn check(seed: &Seed) -> Result<(), SeedError> {
    schema(&seed.schema)?;
    let known = principals(seed)?;
    for person in &seed.people {
        attributes(&seed.schema.attributes, person)?;
    }
    members(&seed.teams, &known)?;
    for (principal, grant) in &seed.grants {
        if !governance::is_site(seed, principal) && !known.contains(principal) {
            return Err(SeedError::UnknownGrantee(principal.clone()));
        }
        dataset(&seed.schema, &grant.dataset, || format!("the grant `{grant}` to `{principal}`"))?;
    }
    governance::check(seed, &known)?;
    operations::check(seed, &known)?;
    rows(seed, &known)
}

fn schema(schema: &DataSchema) -> Result<(), SeedError> {
    unique("dataset", schema.datasets.iter().map(|dataset| dataset.name.as_str()))?;
    unique("attribute", schema.attributes.iter().map(|attribute| attribute.name.as_str()))?;
    for dataset in &schema.datasets {
        unique("column", dataset.columns.iter().map(|column| column.name.as_str()))?;
        if dataset.columns.len() > MAX_COLUMNS {
            return Err(SeedError::TooManyColumns(dataset.name.clone()));
        }
        let too_fine = |column_type| matches!(column_type, ColumnType::Decimal(scale) if scale > MAX_SCALE);
        if let Some(column) = dataset.columns.iter().find(|column| too_fine(column.column_type)) {
            return Err(SeedError::Scale { dataset: dataset.name.clone(), column: column.name.clone() });
        }
    }
    Ok(())
}

/// Names that are names, each once.
fn unique<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), SeedError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !is_name(name) {
            return Err(SeedError::Name { what, name: name.to_owned() });
        }
        if !seen.insert(name) {
            return Err(SeedError::Twice { what, name: name.to_owned() });
        }
    }
    Ok(())
}

/// People and teams, each once and of its kind.
fn principals(seed: &Seed) -> Result<BTreeSet<PrincipalId>, SeedError> {
    let people = seed.people.iter().map(|person| ("person", &person.id, PrincipalKind::User));
    let teams = seed.teams.iter().map(|team| ("team", &team.id, PrincipalKind::Team));
    let mut known = BTreeSet::new();
    for (what, id, kind) in people.chain(teams) {
        if id.kind() != kind {
            return Err(SeedError::Kind { what, id: id.clone(), prefix: kind.as_str() });
        }
        if !known.insert(id.clone()) {
            return Err(SeedError::Twice { what, name: id.to_string() });
        }
    }
    Ok(known)
}

fn attributes(defs: &[AttributeDef], person: &Person) -> Result<(), SeedError> {
    let wrong = |problem: String| Err(SeedError::Attribute { person: person.id.clone(), problem });
    for (name, value) in &person.attributes {
        let Some(def) = defs.iter().find(|def| def.name == *name) else {
            return wrong(format!("there is no attribute `{name}`"));
        };
        let fits = matches!(
            (def.attribute_type, value),
            (AttributeType::Boolean, Attribute::Boolean(_))
                | (AttributeType::Integer, Attribute::Integer(_))
                | (AttributeType::Text, Attribute::Text(_))
        );
        if !fits {
            return wrong(format!("attribute `{name}` is not of type {:?}", def.attribute_type).to_lowercase());
        }
    }
    let missing = defs.iter().find(|def| !def.optional && !person.attributes.contains_key(&def.name));
    missing.map_or(Ok(()), |def| wrong(format!("attribute `{}` is missing", def.name)))
}

fn members(teams: &[Team], known: &BTreeSet<PrincipalId>) -> Result<(), SeedError> {
    for team in teams {
        if let Some(member) = team.members.iter().find(|member| !known.contains(member)) {
            return Err(SeedError::UnknownMember { team: team.id.clone(), member: member.clone() });
        }
        let mut seen = BTreeSet::new();
        if let Some(member) = team.members.iter().find(|member| !seen.insert(*member)) {
            return Err(SeedError::Twice { what: "member", name: format!("{member}` of `{}", team.id) });
        }
    }
    let inner: BTreeMap<_, _> = teams.iter().map(|team| (&team.id, team.members.as_slice())).collect();
    let cyclic = teams.iter().find(|team| reaches(&inner, &team.id));
    cyclic.map_or(Ok(()), |team| Err(SeedError::Cycle(team.id.clone())))
}

/// Whether a team is, through members of members, a member of itself.
fn reaches(inner: &BTreeMap<&PrincipalId, &[PrincipalId]>, start: &PrincipalId) -> bool {
    let (mut open, mut seen) = (vec![start], BTreeSet::new());
    while let Some(team) = open.pop() {
        for member in inner.get(team).copied().unwrap_or_default() {
            if member == start {
                return true;
            }
            if seen.insert(member) {
                open.push(member);
            }
        }
    }
    false
}

fn dataset<'a>(schema: &'a DataSchema, name: &str, what: impl Fn() -> String) -> Result<&'a DatasetDef, SeedError> {
    schema.dataset(name).ok_or_else(|| SeedError::UnknownDataset { what: what(), dataset: name.to_owned() })
}

fn rows(seed: &Seed, known: &BTreeSet<PrincipalId>) -> Result<(), SeedError> {
    let mut ids = BTreeSet::new();
    for row in &seed.rows {
        let def = dataset(&seed.schema, &row.dataset, || format!("row `{}`", row.id))?;
        if row_id_problem(&row.id).is_some() {
            return Err(SeedError::RowId { dataset: row.dataset.clone(), id: row.id.clone() });
        }
        if !ids.insert((&row.dataset, &row.id)) {
            return Err(SeedError::Twice { what: "row", name: format!("{}/{}", row.dataset, row.id) });
        }
        cells(def, row, known).map_err(|problem| SeedError::Cell {
            dataset: row.dataset.clone(),
            id: row.id.clone(),
            problem,
        })?;
    }
    Ok(())
}

/// Cells of known columns, each once, of the right type; people and teams named in them exist; none missing that must be there.
fn cells(def: &DatasetDef, row: &SeedRow, known: &BTreeSet<PrincipalId>) -> Result<(), String> {
    let mut given = BTreeMap::new();
    for field in &row.fields {
        let name = field.name.as_str();
        let column = def.column(name).ok_or_else(|| format!("there is no column `{name}`"))?;
        let cell = cell(column.column_type, &field.value).map_err(|problem| format!("column `{name}`: {problem}"))?;
        if let (ColumnType::User | ColumnType::Team, Cell::Text(id)) = (column.column_type, &cell)
            && !PrincipalId::parse(id).is_ok_and(|id| known.contains(&id))
        {
            return Err(format!("column `{name}`: `{id}` is unknown"));
        }
        if given.insert(name, cell).is_some() {
            return Err(format!("column `{name}` is given twice"));
        }
    }
    let empty = |name: &str| matches!(given.get(name), None | Some(Cell::Null));
    let missing = def.columns.iter().find(|column| !column.nullable && empty(&column.name));
    missing.map_or(Ok(()), |column| Err(format!("column `{}` must have a value", column.name)))
}
