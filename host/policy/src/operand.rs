//! Operands of a residual: cells of the row, its id and fixed values, each with what may be compared with it.

use cedar_policy::pst::{EntityUID, Expr, Literal as CedarLiteral, Var};

use crate::{ColumnDef, ColumnType, DatasetDef, Literal, Operand};

/// What kind of value it is: only equal kinds compare, so that the text of a cell is never taken for a person or a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Number,
    Text,
    User,
    Team,
    Site,
    Row,
    Workspace,
    /// Whether an automation is private.
    Visibility,
}

/// An operand and its kind; `None` if the expression is not one.
pub(crate) fn operand(dataset: &DatasetDef, expr: &Expr) -> Option<(Operand, Kind)> {
    match expr {
        Expr::Var(Var::Resource) => Some((Operand::Id, Kind::Row)),
        Expr::Literal(literal) => fixed(dataset, literal).map(|(literal, kind)| (Operand::Literal(literal), kind)),
        Expr::GetAttr { expr, attr } if **expr == Expr::Var(Var::Resource) => {
            let column = dataset.column(attr)?;
            Some((Operand::Column(column.name.clone()), kind(column)?))
        }
        _ => None,
    }
}

/// The kind of a column's cells; `None` if policies cannot speak of it.
pub(crate) fn kind(column: &ColumnDef) -> Option<Kind> {
    Some(match column.column_type {
        ColumnType::Boolean => Kind::Boolean,
        ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Timestamp => Kind::Number,
        ColumnType::Text => Kind::Text,
        ColumnType::User => Kind::User,
        ColumnType::Team => Kind::Team,
        ColumnType::Number | ColumnType::Bytes => return None,
    })
}

fn fixed(dataset: &DatasetDef, literal: &CedarLiteral) -> Option<(Literal, Kind)> {
    Some(match literal {
        CedarLiteral::Bool(value) => (Literal::Boolean(*value), Kind::Boolean),
        CedarLiteral::Long(value) => (Literal::Integer(*value), Kind::Number),
        CedarLiteral::String(text) => (Literal::Text(text.to_string()), Kind::Text),
        CedarLiteral::EntityUID(uid) => entity(dataset, uid)?,
        _ => return None,
    })
}

/// An entity as a cell or the row's id shows it.
pub(crate) fn entity(dataset: &DatasetDef, uid: &EntityUID) -> Option<(Literal, Kind)> {
    if uid.ty.0.to_string() == dataset.name {
        return Some((Literal::Text(uid.eid.to_string()), Kind::Row));
    }
    principal(uid)
}

/// A principal as a cell shows it.
pub(crate) fn principal(uid: &EntityUID) -> Option<(Literal, Kind)> {
    let (word, kind) = match uid.ty.0.to_string().as_str() {
        "User" => ("user:", Kind::User),
        "Team" => ("team:", Kind::Team),
        "Site" => ("site:", Kind::Site),
        _ => return None,
    };
    Some((Literal::Text(format!("{word}{}", uid.eid)), kind))
}
