//! Whether what a policy asks of a row can be said as a [`Predicate`](crate::Predicate), whoever the principal is.
//!
//! Rows are found by a database, never by asking a policy for one row after the other: how long that takes, and whether it ends in
//! time, depends on how many rows the principal does *not* see, so it would tell that they exist. So a policy that no predicate
//! says is refused when it is loaded.
//!
//! Partial evaluation happens with a principal, but whether its residual is a predicate shows before: what does not mention the
//! row is a value by then, and what does is left as it was written, or left out. What must hold of each such part is judged here
//! once, in the forms that [`residual`](crate::residual) reads. Only the size of a residual depends on the principal, through how
//! many teams they are in; one that is too large is a denial, which says nothing of any row.

use std::sync::Arc;

use cedar_policy::pst::{BinaryOp, Clause, Expr, Literal, Policy, UnaryOp, Var};

use crate::{AttributeType, ColumnType, DataSchema, stack::parts};

/// What to do about it.
pub(crate) const HOW: &str = "cannot be asked of a database: compare the row and its columns, as they are, with each other and \
    with what is known of the principal (`==`, `<`, `like`, `has`, `is`, `in`, `[…].contains(…)`), and what must be computed from \
    columns, keep in a column of its own";

/// An expression that no predicate says, if the policy has one.
pub(crate) fn unsayable(schema: &DataSchema, policy: &Policy) -> Option<String> {
    let sayable = Sayable { schema };
    let mut clauses = policy.body().clauses().iter();
    clauses.find_map(|(Clause::When(expr) | Clause::Unless(expr))| sayable.condition(expr).err().map(Expr::to_string))
}

/// Fine, or the part that is not.
type Checked<'e> = Result<(), &'e Expr>;

struct Sayable<'a> {
    schema: &'a DataSchema,
}

impl Sayable<'_> {
    /// What is true or false of a row.
    fn condition<'e>(&self, expr: &'e Expr) -> Checked<'e> {
        if is_known(expr) {
            return Ok(());
        }
        match expr {
            Expr::UnaryOp { op: UnaryOp::Not, expr } => self.condition(expr),
            Expr::BinaryOp { op, left, right } => self.binary(expr, *op, left, right),
            Expr::IfThenElse { cond, then_expr, else_expr } => {
                [cond, then_expr, else_expr].into_iter().try_for_each(|part| self.condition(part))
            }
            Expr::HasAttr { expr: of, .. } if is_row(of) => Ok(()),
            Expr::GetAttr { .. } => operand(expr),
            Expr::Like { expr: of, .. } | Expr::Is { expr: of, in_expr: None, .. } => operand(of),
            Expr::Is { expr: of, in_expr: Some(group), .. } => within(expr, of, group),
            _ => Err(expr),
        }
    }

    fn binary<'e>(&self, expr: &'e Expr, op: BinaryOp, left: &'e Expr, right: &'e Expr) -> Checked<'e> {
        match op {
            BinaryOp::And | BinaryOp::Or => self.condition(left).and_then(|()| self.condition(right)),
            BinaryOp::Eq | BinaryOp::NotEq => self.equal(left, right),
            BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq => {
                operand(left).and_then(|()| operand(right))
            }
            BinaryOp::In => within(expr, left, right),
            BinaryOp::Contains => elements(left).and_then(|()| operand(right)),
            BinaryOp::ContainsAny | BinaryOp::ContainsAll => elements(left).and_then(|()| elements(right)),
            _ => Err(expr),
        }
    }

    /// Of two values, or of two conditions.
    fn equal<'e>(&self, left: &'e Expr, right: &'e Expr) -> Checked<'e> {
        if operand(left).and(operand(right)).is_ok() {
            return Ok(());
        }
        [left, right].into_iter().try_for_each(|side| match side {
            Expr::IfThenElse { then_expr, .. } if !self.is_condition(then_expr) => operand(side),
            _ => self.condition(side),
        })
    }

    /// Whether what is chosen is a condition and no value; what else is chosen is of the same type.
    fn is_condition(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Literal(Literal::Bool(_)) | Expr::HasAttr { .. } | Expr::Like { .. } | Expr::Is { .. } => true,
            Expr::UnaryOp { op, .. } => matches!(
                op,
                UnaryOp::Not
                    | UnaryOp::IsEmpty
                    | UnaryOp::IsIPv4
                    | UnaryOp::IsIPV6
                    | UnaryOp::IsLoopback
                    | UnaryOp::IsMulticast
            ),
            Expr::BinaryOp { op, .. } => !matches!(
                op,
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Offset | BinaryOp::DurationSince
            ),
            Expr::IfThenElse { then_expr, .. } => self.is_condition(then_expr),
            Expr::GetAttr { expr, attr } if is_row(expr) => {
                let mut columns = self.schema.datasets.iter().filter_map(|dataset| dataset.column(attr));
                columns.any(|column| column.column_type == ColumnType::Boolean)
            }
            Expr::GetAttr { attr, .. } => {
                let mut attributes = self.schema.attributes.iter().filter(|attribute| *attribute.name == **attr);
                attributes.any(|attribute| attribute.attribute_type == AttributeType::Boolean)
            }
            _ => false,
        }
    }
}

/// A value that is known, the row itself, or a cell of it.
fn operand(expr: &Expr) -> Checked<'_> {
    let is_cell = matches!(expr, Expr::GetAttr { expr, .. } if is_row(expr));
    if is_cell || is_row(expr) || is_known(expr) { Ok(()) } else { Err(expr) }
}

/// A set that is known, or is written out.
fn elements(expr: &Expr) -> Checked<'_> {
    match expr {
        Expr::Set(elements) => elements.iter().map(Arc::as_ref).try_for_each(operand),
        _ if is_known(expr) => Ok(()),
        _ => Err(expr),
    }
}

/// `left in right`, of which something is not known: the principal in what a cell names, or either of the two in what is known.
fn within<'e>(whole: &'e Expr, left: &'e Expr, right: &'e Expr) -> Checked<'e> {
    match (left, right) {
        (_, Expr::Set(groups)) => groups.iter().try_for_each(|group| within(whole, left, group)),
        (Expr::Var(Var::Principal), Expr::GetAttr { expr, .. }) if is_row(expr) => Ok(()),
        (Expr::Var(Var::Principal | Var::Resource), _) if is_known(right) => Ok(()),
        _ => Err(whole),
    }
}

/// Whether it does not mention the row: partial evaluation makes a value of it, or an error.
fn is_known(expr: &Expr) -> bool {
    !is_row(expr) && parts(expr).into_iter().all(is_known)
}

fn is_row(expr: &Expr) -> bool {
    *expr == Expr::Var(Var::Resource)
}
