//! What is left of a policy once the principal is known, as predicates over the row: where it holds and where it errs. What a
//! row has, and what the principal is in, are [`Terms`]: those of data in [`rows`], those of automations where they are listed.
//!
//! Invariant: for every row that fits the schema, `holds` is true exactly where Cedar evaluates the expression to true, and
//! `errs` exactly where Cedar's evaluation fails, `&&`, `||` and `if` evaluating from left to right and no further than they
//! must. What a part says where Cedar would not evaluate it does not matter, because whatever decides that is conjoined with it.
//! Strict validation has made sure that a nullable column is only evaluated behind its `has`.

pub(crate) mod rows;

use std::sync::Arc;

use cedar_policy::Effect;
use cedar_policy::pst::{BinaryOp, Clause, EntityUID, Expr, Literal as CedarLiteral, Policy, UnaryOp, Var};

use crate::operand::Kind;
use crate::{Literal, Operand, Operator, Predicate};

/// What residuals speak of besides fixed values. `None`: no predicate says it.
pub(crate) trait Terms {
    /// A part of the row that has one value, the row itself, or a fixed value.
    fn operand(&self, expr: &Expr) -> Option<(Operand, Kind)>;
    /// What is true or false in itself.
    fn truth(&self, expr: &Expr) -> Option<Predicate>;
    /// Whether the row has a part of that name.
    fn has(&self, name: &str) -> Option<Predicate>;
    /// Whether a part of the row that holds several has this one among them.
    fn among(&self, several: &Expr, one: &Expr) -> Option<Predicate>;
    /// Whether the row is in this.
    fn row_in(&self, group: &Expr) -> Option<Predicate>;
    /// Whether the principal is in this. What they are in is known however deep, so that one list says what walking up would.
    fn principal_in(&self, group: &Expr) -> Option<Predicate>;
    /// Whether it is the principal.
    fn is_principal(&self, uid: &EntityUID) -> bool;
    /// The Cedar type of a kind.
    fn type_name(&self, kind: Kind) -> Option<&str>;
}

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

/// Where policies of these residuals allow: one permits, none forbids, and none errs.
pub(crate) fn allowed<'a>(residuals: impl Iterator<Item = (Effect, &'a Outcome)>) -> Predicate {
    let (mut permitted, mut all) = (Vec::new(), Vec::new());
    for (effect, outcome) in residuals {
        match effect {
            Effect::Permit => permitted.push(outcome.holds.clone()),
            Effect::Forbid => all.push(outcome.holds.clone().negate()),
        }
        all.push(outcome.errs.clone().negate());
    }
    all.push(Predicate::any(permitted));
    Predicate::all(all)
}

/// The residual of one policy.
pub(crate) fn policy(terms: &impl Terms, policy: &Policy) -> Option<Outcome> {
    let walk = Walk { terms };
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

struct Walk<'a, T> {
    terms: &'a T,
}

impl<T: Terms> Walk<'_, T> {
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
            Expr::GetAttr { .. } => self.terms.truth(expr).map(Outcome::sure),
            Expr::HasAttr { expr, attrs } if **expr == Expr::Var(Var::Resource) && attrs.tail.is_empty() => {
                self.terms.has(&attrs.head).map(Outcome::sure)
            }
            Expr::Like { expr, pattern } => match self.terms.operand(expr)? {
                (Operand::Column(column), Kind::Text) => {
                    let pattern = pattern.iter().map(wildcard).collect();
                    Some(Outcome::sure(Predicate::Like(column, pattern)))
                }
                _ => None,
            },
            Expr::Is { expr, entity_type, in_expr: None } => {
                let (_, kind) = self.terms.operand(expr)?;
                Some(Outcome::sure(Predicate::constant(self.terms.type_name(kind)? == entity_type.0.to_string())))
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
            // `!=`, `>` and `>=` come as `!` of these: Cedar parses them so.
            BinaryOp::Less => compare(left, Operator::Less, right),
            BinaryOp::LessEq => compare(left, Operator::AtMost, right),
            BinaryOp::In => self.within(left, right).map(Outcome::sure),
            BinaryOp::Contains => self.contains(left, right).map(Outcome::sure),
            BinaryOp::ContainsAny => {
                let any = elements(right)?.iter().map(|one| self.contains(left, one));
                Some(Outcome::sure(Predicate::any(any.collect::<Option<Vec<_>>>()?)))
            }
            BinaryOp::ContainsAll => {
                let all = elements(right)?.iter().map(|one| self.contains(left, one));
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
        let ((left, left_kind), (right, right_kind)) = (self.terms.operand(left)?, self.terms.operand(right)?);
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
        match (self.terms.operand(left)?, self.terms.operand(right)?) {
            ((left, Kind::Number), (right, Kind::Number)) => Some(Predicate::Compare(left, operator, right)),
            _ => None,
        }
    }

    /// `set.contains(one)`, of a set that is written out or that the row has.
    fn contains(&self, set: &Expr, one: &Expr) -> Option<Predicate> {
        match elements(set) {
            Some(set) => {
                let any = set.iter().map(|element| self.same(element, one));
                Some(Predicate::any(any.collect::<Option<Vec<_>>>()?))
            }
            None => self.terms.among(set, one),
        }
    }

    /// `left in right`, for the principal and the row.
    fn within(&self, left: &Expr, right: &Expr) -> Option<Predicate> {
        if let Expr::Set(set) = right {
            let any = set.iter().map(|one| self.within(left, one));
            return Some(Predicate::any(any.collect::<Option<Vec<_>>>()?));
        }
        match left {
            Expr::Var(Var::Resource) => self.terms.row_in(right),
            Expr::Literal(CedarLiteral::EntityUID(uid)) if self.terms.is_principal(uid) => {
                self.terms.principal_in(right)
            }
            _ => None,
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
