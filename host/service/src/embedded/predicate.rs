//! A policy's predicate as the `where` of a query: bound values only, and two-valued although SQL is not.
//!
//! Every leaf is true or false: a comparison with a null cell is false, so that `not` over it is true as in the predicate.

use mandate_policy::{ColumnDef, ColumnType, DatasetDef, Literal, Operand, Operator, Predicate};

use super::{sql::Sql, types::Cell};

/// Deepest predicate that is rendered; SQLite parses at most 1000 levels.
const MAX_DEPTH: usize = 100;
/// Most bound values; SQLite takes at most 32766.
const MAX_BOUND: usize = 10_000;

/// What can be compared with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boolean,
    Integer,
    Text,
}

/// The predicate over the dataset's table; `None`: it speaks of what SQL cannot judge, or is too large.
pub(super) fn render(predicate: &Predicate, dataset: &DatasetDef) -> Option<Sql> {
    render_at(predicate, dataset, MAX_DEPTH).filter(|sql| sql.bound() <= MAX_BOUND)
}

fn render_at(predicate: &Predicate, dataset: &DatasetDef, depth: usize) -> Option<Sql> {
    let depth = depth.checked_sub(1)?;
    Some(match predicate {
        Predicate::True => Sql::new("1"),
        Predicate::False => Sql::new("0"),
        Predicate::And(all) => chain(all, " and ", dataset, depth)?,
        Predicate::Or(any) => chain(any, " or ", dataset, depth)?,
        Predicate::Not(inner) => wrapped("(not ", render_at(inner, dataset, depth)?, ")"),
        Predicate::Compare(left, operator, right) => compare(left, *operator, right, dataset)?,
        Predicate::OneOf(operand, literals) => one_of(operand, literals, dataset)?,
        Predicate::IsNull(name) => wrapped("(", column_sql(policy_column(dataset, name)?), " is null)"),
        Predicate::IsTrue(name) => {
            let column =
                policy_column(dataset, name).filter(|column| kind(column.column_type) == Some(Kind::Boolean))?;
            wrapped("coalesce(", column_sql(column), " = 1, 0)")
        }
        Predicate::Like(name, pattern) => {
            let column = policy_column(dataset, name).filter(|column| column.column_type == ColumnType::Text)?;
            like(column, pattern)
        }
    })
}

/// Joined in halves, so that a thousand parts are ten levels deep and not a thousand.
fn chain(parts: &[Predicate], between: &'static str, dataset: &DatasetDef, depth: usize) -> Option<Sql> {
    let depth = depth.checked_sub(1)?;
    match parts {
        [] => None,
        [one] => render_at(one, dataset, depth),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            let mut sql = Sql::new("(");
            let halves = [chain(left, between, dataset, depth)?, chain(right, between, dataset, depth)?];
            sql.join(halves, between).push(")");
            Some(sql)
        }
    }
}

fn compare(left: &Operand, operator: Operator, right: &Operand, dataset: &DatasetDef) -> Option<Sql> {
    let ((left_kind, left), (right_kind, right)) = (operand(left, dataset)?, operand(right, dataset)?);
    if left_kind != right_kind {
        // Values of different types are never equal, and have no order.
        return Some(Sql::new("0"));
    }
    let between = match operator {
        Operator::Equal => " = ",
        Operator::Less => " < ",
        Operator::AtMost => " <= ",
    };
    let mut sql = Sql::new("coalesce(");
    sql.join([left, right], between).push(", 0)");
    Some(sql)
}

fn one_of(of: &Operand, literals: &[Literal], dataset: &DatasetDef) -> Option<Sql> {
    let (of_kind, of) = operand(of, dataset)?;
    let same: Vec<Sql> =
        literals.iter().map(literal).filter(|(kind, _)| *kind == of_kind).map(|(_, sql)| sql).collect();
    if same.is_empty() {
        return Some(Sql::new("0"));
    }
    let mut sql = wrapped("coalesce(", of, " in (");
    sql.join(same, ", ").push("), 0)");
    Some(sql)
}

/// `glob` is case-sensitive and knows `*`; its other signs are taken literally in brackets.
fn like(column: &ColumnDef, pattern: &[Option<char>]) -> Sql {
    if pattern.contains(&Some('\0')) {
        // No text holds it, and `glob` would stop reading there.
        return Sql::new("0");
    }
    let glob: String = pattern
        .iter()
        .map(|sign| match sign {
            None => "*".to_owned(),
            Some(special @ ('*' | '?' | '[')) => format!("[{special}]"),
            Some(plain) => plain.to_string(),
        })
        .collect();
    let mut sql = wrapped("coalesce(", column_sql(column), " glob ");
    sql.bind(Cell::Text(glob)).push(", 0)");
    sql
}

fn operand(operand: &Operand, dataset: &DatasetDef) -> Option<(Kind, Sql)> {
    match operand {
        Operand::Column(name) => {
            let column = policy_column(dataset, name)?;
            Some((kind(column.column_type)?, column_sql(column)))
        }
        Operand::Id => Some((Kind::Text, Sql::new("id"))),
        Operand::Literal(fixed) => Some(literal(fixed)),
    }
}

fn literal(literal: &Literal) -> (Kind, Sql) {
    let (kind, cell) = match literal {
        Literal::Boolean(flag) => (Kind::Boolean, Cell::Integer(i64::from(*flag))),
        Literal::Integer(number) => (Kind::Integer, Cell::Integer(*number)),
        Literal::Text(text) => (Kind::Text, Cell::Text(text.clone())),
    };
    let mut sql = Sql::default();
    sql.bind(cell);
    (kind, sql)
}

fn policy_column<'a>(dataset: &'a DatasetDef, name: &str) -> Option<&'a ColumnDef> {
    dataset.column(name).filter(|column| column.column_type.in_policies())
}

fn kind(column_type: ColumnType) -> Option<Kind> {
    match column_type {
        ColumnType::Boolean => Some(Kind::Boolean),
        ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Timestamp => Some(Kind::Integer),
        ColumnType::Text | ColumnType::User | ColumnType::Team => Some(Kind::Text),
        ColumnType::Number | ColumnType::Bytes => None,
    }
}

fn column_sql(column: &ColumnDef) -> Sql {
    let mut sql = Sql::default();
    sql.column(column);
    sql
}

fn wrapped(before: &'static str, inner: Sql, after: &'static str) -> Sql {
    let mut sql = Sql::new(before);
    sql.append(inner).push(after);
    sql
}

#[cfg(test)]
mod tests;
