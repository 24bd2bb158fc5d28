//! What is left of a policy once the principal is known, as predicates over the row: where it holds and where it errs.
//!
//! Invariant: for every row that fits the schema, `holds` is true exactly where Cedar evaluates the expression to true, and
//! `errs` exactly where Cedar's evaluation fails, `&&`, `||` and `if` evaluating from left to right and no further than they
//! must. What a part says where Cedar would not evaluate it does not matter, because whatever decides that is conjoined with it.
//! Strict validation has made sure that a nullable column is only evaluated behind its `has`.

use std::sync::Arc;

use cedar_policy::pst::{BinaryOp, Clause, EntityUID, Expr, Literal as CedarLiteral, Policy, UnaryOp, Var};
use mandate_model::{PrincipalId, PrincipalKind};

use crate::operand::{Kind, column, entity, operand};
use crate::{DatasetDef, Facts, Grant, Literal, Operand, Operator, Predicate, Right};

/// Beyond this many nodes the question cannot be decided: nested `if` and `==` of conditions double with each level.
const MAX_SIZE: usize = 4096;

/// Where an expression is true, and where its evaluation fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) holds: Predicate,
    pub(crate) errs: Predicate,
}

impl Outcome {
    fn sure(holds: Predicate) -> Self {
        Self { holds, errs: Predicate::False }
    }

    fn fails(&self) -> Predicate {
        Predicate::all([self.holds.clone().negate(), self.errs.clone().negate()])
    }

    /// `if self then yes else no`: the one form that the others are made of.
    fn choose(self, yes: Self, no: Self) -> Option<Self> {
        let fails = self.fails();
        let holds = Predicate::any([
            Predicate::all([self.holds.clone(), yes.holds]),
            Predicate::all([fails.clone(), no.holds]),
        ]);
        let errs =
            Predicate::any([self.errs, Predicate::all([self.holds, yes.errs]), Predicate::all([fails, no.errs])]);
        (holds.size().saturating_add(errs.size()) <= MAX_SIZE).then_some(Self { holds, errs })
    }

    fn and(self, right: Self) -> Option<Self> {
        self.choose(right, Self::sure(Predicate::False))
    }

    fn or(self, right: Self) -> Option<Self> {
        if self.errs == Predicate::False {
            // Without errors the order does not matter, and this form is shorter.
            let errs = Predicate::all([self.holds.clone().negate(), right.errs]);
            return Some(Self { holds: Predicate::any([self.holds, right.holds]), errs });
        }
        self.choose(Self::sure(Predicate::True), right)
    }

    fn not(self) -> Self {
        let holds = match self.holds {
            // Both sides were evaluated, so neither is null, and the turned comparison is the exact opposite.
            Predicate::Compare(left, Operator::Less, right) if self.errs == Predicate::False => {
                Predicate::Compare(right, Operator::AtMost, left)
            }
            Predicate::Compare(left, Operator::AtMost, right) if self.errs == Predicate::False => {
                Predicate::Compare(right, Operator::Less, left)
            }
            _ => self.fails(),
        };
        Self { holds, errs: self.errs }
    }
}

/// The residual of one policy.
pub(crate) fn policy(facts: &Facts, dataset: &DatasetDef, policy: &Policy) -> Option<Outcome> {
    let walk = Walk { facts, dataset };
    let mut outcome = Outcome::sure(Predicate::True);
    // The scope was folded into the clause by partial evaluation.
    for clause in policy.body().clauses() {
        let next = match clause {
            Clause::When(expr) => walk.condition(expr)?,
            Clause::Unless(expr) => walk.condition(expr)?.not(),
        };
        outcome = outcome.and(next)?;
    }
    Some(outcome)
}

struct Walk<'a> {
    facts: &'a Facts,
    dataset: &'a DatasetDef,
}

impl Walk<'_> {
    /// A boolean expression; `None` if no predicate says it.
    fn condition(&self, expr: &Expr) -> Option<Outcome> {
        match expr {
            Expr::Literal(CedarLiteral::Bool(value)) => Some(Outcome::sure(Predicate::constant(*value))),
            Expr::ResidualError => Some(Outcome { holds: Predicate::False, errs: Predicate::True }),
            Expr::UnaryOp { op: UnaryOp::Not, expr } => Some(self.condition(expr)?.not()),
            Expr::BinaryOp { op, left, right } => self.binary(*op, left, right),
            Expr::IfThenElse { cond, then_expr, else_expr } => {
                self.condition(cond)?.choose(self.condition(then_expr)?, self.condition(else_expr)?)
            }
            Expr::GetAttr { .. } => match operand(self.dataset, expr)? {
                (Operand::Column(column), Kind::Boolean) => Some(Outcome::sure(Predicate::IsTrue(column))),
                _ => None,
            },
            Expr::HasAttr { expr, attrs } if **expr == Expr::Var(Var::Resource) && attrs.tail.is_empty() => {
                Some(Outcome::sure(self.has(&attrs.head)))
            }
            Expr::Like { expr, pattern } => {
                let column = column(self.dataset, expr)?.name.clone();
                let pattern = pattern.iter().map(wildcard).collect();
                Some(Outcome::sure(Predicate::Like(column, pattern)))
            }
            Expr::Is { expr, entity_type, in_expr: None } => {
                let (_, kind) = operand(self.dataset, expr)?;
                Some(Outcome::sure(Predicate::constant(self.type_name(kind)? == entity_type.0.to_string())))
            }
            _ => None,
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Outcome> {
        let compare = |left, how, right| self.compare(left, how, right).map(Outcome::sure);
        match op {
            BinaryOp::And => self.condition(left)?.and(self.condition(right)?),
            BinaryOp::Or => self.condition(left)?.or(self.condition(right)?),
            BinaryOp::Eq => self.equal(left, right),
            BinaryOp::NotEq => Some(self.equal(left, right)?.not()),
            BinaryOp::Less => compare(left, Operator::Less, right),
            BinaryOp::LessEq => compare(left, Operator::AtMost, right),
            BinaryOp::Greater => compare(right, Operator::Less, left),
            BinaryOp::GreaterEq => compare(right, Operator::AtMost, left),
            BinaryOp::In => self.within(left, right).map(Outcome::sure),
            BinaryOp::Contains => self.contains(elements(left)?, right).map(Outcome::sure),
            BinaryOp::ContainsAny => {
                let any = elements(right)?.iter().map(|one| self.contains(elements(left)?, one));
                Some(Outcome::sure(Predicate::any(any.collect::<Option<Vec<_>>>()?)))
            }
            BinaryOp::ContainsAll => {
                let all = elements(right)?.iter().map(|one| self.contains(elements(left)?, one));
                Some(Outcome::sure(Predicate::all(all.collect::<Option<Vec<_>>>()?)))
            }
            _ => None,
        }
    }

    /// `left == right`, of values or of conditions.
    fn equal(&self, left: &Expr, right: &Expr) -> Option<Outcome> {
        if let Some(equal) = self.same(left, right) {
            return Some(Outcome::sure(equal));
        }
        let (left, right) = (self.condition(left)?, self.condition(right)?);
        let opposite = right.clone().not();
        left.choose(right, opposite)
    }

    /// Whether two operands are the same; conditions with boolean constants are simpler than comparisons with them.
    fn same(&self, left: &Expr, right: &Expr) -> Option<Predicate> {
        let ((left, left_kind), (right, right_kind)) = (operand(self.dataset, left)?, operand(self.dataset, right)?);
        match (&left, &right, left_kind) {
            (Operand::Literal(Literal::Boolean(value)), Operand::Column(column), _)
            | (Operand::Column(column), Operand::Literal(Literal::Boolean(value)), _) => {
                let truth = Predicate::IsTrue(column.clone());
                Some(if *value { truth } else { truth.negate() })
            }
            _ => (left_kind == right_kind).then(|| Predicate::equal(left, right)),
        }
    }

    fn compare(&self, left: &Expr, operator: Operator, right: &Expr) -> Option<Predicate> {
        match (operand(self.dataset, left)?, operand(self.dataset, right)?) {
            ((left, Kind::Number), (right, Kind::Number)) => Some(Predicate::Compare(left, operator, right)),
            _ => None,
        }
    }

    /// `[…].contains(one)`.
    fn contains(&self, set: &[Arc<Expr>], one: &Expr) -> Option<Predicate> {
        let any = set.iter().map(|element| self.same(element, one));
        Some(Predicate::any(any.collect::<Option<Vec<_>>>()?))
    }

    /// `left in right`, for the principal (whose groups we know) and the row (which is in nothing but itself).
    fn within(&self, left: &Expr, right: &Expr) -> Option<Predicate> {
        if let Expr::Set(set) = right {
            let any = set.iter().map(|one| self.within(left, one));
            return Some(Predicate::any(any.collect::<Option<Vec<_>>>()?));
        }
        match left {
            // Not in what is no row of its dataset.
            Expr::Var(Var::Resource) if matches!(right, Expr::Literal(_)) => {
                Some(self.same(left, right).unwrap_or(Predicate::False))
            }
            Expr::Literal(CedarLiteral::EntityUID(uid)) if self.is_principal(uid) => self.principal_in(right),
            _ => None,
        }
    }

    /// Its teams in `facts` are those however deep, so that one list says what walking up the teams would.
    fn principal_in(&self, right: &Expr) -> Option<Predicate> {
        if let Expr::Literal(CedarLiteral::EntityUID(group)) = right {
            return self.is_in(group).map(Predicate::constant);
        }
        let (cell, kind) = operand(self.dataset, right)?;
        let kind = match kind {
            Kind::User => PrincipalKind::User,
            Kind::Team => PrincipalKind::Team,
            _ => return None,
        };
        let groups = self.facts.teams.iter().chain([&self.facts.id]).filter(|group| group.kind() == kind);
        Some(Predicate::one_of(cell, groups.map(|group| Literal::Text(group.to_string()))))
    }

    fn is_in(&self, group: &EntityUID) -> Option<bool> {
        if group.ty.0.to_string() == "Grant" {
            let (right, dataset) = group.eid.split_once(' ')?;
            let grant = Grant { right: Right::parse(right)?, dataset: dataset.to_owned() };
            return Some(self.facts.grants.contains(&grant));
        }
        let (Literal::Text(text), Kind::User | Kind::Team | Kind::Site) = entity(self.dataset, group)? else {
            return None;
        };
        let group = PrincipalId::parse(&text).ok()?;
        Some(group == self.facts.id || self.facts.teams.contains(&group))
    }

    fn is_principal(&self, uid: &EntityUID) -> bool {
        let shown = entity(self.dataset, uid);
        matches!(shown, Some((Literal::Text(text), kind)) if kind != Kind::Row && text == self.facts.id.to_string())
    }

    fn has(&self, name: &str) -> Predicate {
        match self.dataset.column(name) {
            Some(column) if !column.column_type.in_policies() => Predicate::False,
            Some(column) if column.nullable => Predicate::IsNull(name.to_owned()).negate(),
            Some(_) => Predicate::True,
            None => Predicate::False,
        }
    }

    fn type_name(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::User => Some("User"),
            Kind::Team => Some("Team"),
            Kind::Site => Some("Site"),
            Kind::Row => Some(&self.dataset.name),
            Kind::Boolean | Kind::Number | Kind::Text => None,
        }
    }
}

fn elements(expr: &Expr) -> Option<&[Arc<Expr>]> {
    match expr {
        Expr::Set(elements) => Some(elements),
        _ => None,
    }
}

fn wildcard(element: &cedar_policy::pst::PatternElem) -> Option<char> {
    match element {
        cedar_policy::pst::PatternElem::Char(character) => Some(*character),
        cedar_policy::pst::PatternElem::Wildcard => None,
    }
}
