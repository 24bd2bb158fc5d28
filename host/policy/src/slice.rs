//! The few entities of one question: the principal, its teams and grants, and the row or column. Never a resident store.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression, Schema};
use mandate_model::{Decimal, PrincipalId, PrincipalKind, Value};

use crate::{Attribute, ColumnDef, ColumnType, DataSchema, DatasetDef, Facts, Undecidable};

/// The Cedar type of a kind of principal.
pub(crate) fn principal_type(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::User => "User",
        PrincipalKind::Team => "Team",
        PrincipalKind::Site => "Site",
    }
}

/// `User::"ana"` and the like; the id is taken as it is, never parsed.
pub(crate) fn uid(type_name: &str, id: &str) -> Result<EntityUid, Undecidable> {
    let type_name = EntityTypeName::from_str(type_name)
        .map_err(|_| Undecidable(format!("`{type_name}` is no type of the policy language")))?;
    Ok(EntityUid::from_type_name_and_id(type_name, EntityId::new(id)))
}

/// A principal's entity id.
pub(crate) fn principal_uid(id: &PrincipalId) -> Result<EntityUid, Undecidable> {
    uid(principal_type(id.kind()), id.name())
}

/// The principal with its teams and grants as parents: facts have them however deep, so each is a direct parent.
/// Attributes that the schema does not know are left out: no policy can ask for them.
pub(crate) fn principal(schema: &DataSchema, facts: &Facts) -> Result<Entity, Undecidable> {
    let grants = facts.grants.iter().map(|grant| uid("Grant", &grant.to_string()));
    let parents: HashSet<_> = facts.teams.iter().map(principal_uid).chain(grants).collect::<Result<_, _>>()?;
    let known = |name: &String| schema.attributes.iter().any(|attribute| attribute.name == *name);
    let attributes = facts.attributes.iter().filter(|(name, _)| known(name) && facts.id.kind() == PrincipalKind::User);
    let attributes = attributes.map(|(name, value)| (name.clone(), expression(value))).collect();
    Entity::new(principal_uid(&facts.id)?, attributes, parents).map_err(|error| Undecidable(error.to_string()))
}

fn expression(attribute: &Attribute) -> RestrictedExpression {
    match attribute {
        Attribute::Boolean(value) => RestrictedExpression::new_bool(*value),
        Attribute::Integer(value) => RestrictedExpression::new_long(*value),
        Attribute::Text(value) => RestrictedExpression::new_string(value.clone()),
    }
}

/// A row: an attribute for each cell that is not null. Cells of columns that the dataset does not have, or that are no part
/// of policies, are left out.
pub(crate) fn row(dataset: &DatasetDef, id: &str, cells: &BTreeMap<String, Value>) -> Result<Entity, Undecidable> {
    let mut attributes = HashMap::new();
    for column in dataset.columns.iter().filter(|column| column.column_type.in_policies()) {
        match cells.get(&column.name) {
            None | Some(Value::Null) if column.nullable => {}
            None | Some(Value::Null) => return Err(misfit(dataset, column, "is null")),
            Some(value) => drop(attributes.insert(column.name.clone(), cell(dataset, column, value)?)),
        }
    }
    let uid = uid(&dataset.name, id)?;
    Entity::new(uid, attributes, HashSet::new()).map_err(|error| Undecidable(error.to_string()))
}

fn cell(dataset: &DatasetDef, column: &ColumnDef, value: &Value) -> Result<RestrictedExpression, Undecidable> {
    let misfit = || misfit(dataset, column, "does not fit its type");
    Ok(match (column.column_type, value) {
        (ColumnType::Boolean, Value::Boolean(value)) => RestrictedExpression::new_bool(*value),
        (ColumnType::Integer, Value::Integer(value)) | (ColumnType::Timestamp, Value::Timestamp(value)) => {
            RestrictedExpression::new_long(*value)
        }
        (ColumnType::Text, Value::Text(value)) => RestrictedExpression::new_string(value.clone()),
        (ColumnType::Decimal(scale), Value::Decimal(text)) => {
            // Only canonical text: the same number has one form in every provider.
            let decimal = Decimal::parse(text, scale).map_err(|_| misfit())?;
            if decimal.to_string() != *text {
                return Err(misfit());
            }
            RestrictedExpression::new_long(decimal.units())
        }
        (ColumnType::User | ColumnType::Team, Value::Text(text)) => {
            let id = PrincipalId::parse(text).map_err(|_| misfit())?;
            let team = column.column_type == ColumnType::Team;
            if id.kind() != if team { PrincipalKind::Team } else { PrincipalKind::User } {
                return Err(misfit());
            }
            RestrictedExpression::new_entity_uid(principal_uid(&id)?)
        }
        _ => return Err(misfit()),
    })
}

fn misfit(dataset: &DatasetDef, column: &ColumnDef, what: &str) -> Undecidable {
    Undecidable(format!("the cell `{}` of a row of `{}` {what}", column.name, dataset.name))
}

/// A column, in its dataset.
pub(crate) fn column(dataset: &str, column: &str) -> Result<Entity, Undecidable> {
    let parents = HashSet::from([uid("Dataset", dataset)?]);
    Ok(Entity::new_no_attrs(uid("Column", &format!("{dataset}.{column}"))?, parents))
}

/// The slice, checked against the schema.
pub(crate) fn entities(schema: &Schema, all: impl IntoIterator<Item = Entity>) -> Result<Entities, Undecidable> {
    Entities::from_entities(all, Some(schema)).map_err(|error| Undecidable(said(&error)))
}

/// An error with its causes, on one line.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
