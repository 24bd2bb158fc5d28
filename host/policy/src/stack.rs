//! Cedar walks policies recursively and looks at the thread's stack to stop in time. A host function runs on the stack of a
//! wasmtime fiber, where that look goes wrong: it sees no room at all (everything is denied) or endless room (a crash).
//! So every question is asked on a stack of its own, of one size, and what is nested too deep for it is refused at load.

use cedar_policy::pst::{Clause, Expr, Policy};

/// Levels of expressions in one policy.
pub(crate) const MAX_NESTING: usize = 128;
/// Bytes of a policy file.
pub(crate) const MAX_TEXT: usize = 256 * 1024;
/// More than twice what [`MAX_NESTING`] needs in a build without optimisation; pages that are not touched cost nothing.
const QUESTION: usize = 8 << 20;
/// Characters of one policy outside of texts, comments and white space.
pub(crate) const MAX_POLICY: usize = 4 * 1024;
/// Enough for whatever [`MAX_POLICY`] characters can be parsed into, before their nesting is known: Cedar takes up to 32 KB for
/// each level in a build without optimisation, and two characters can make a level.
const LOADING: usize = 128 << 20;

/// Asks on a stack for one question.
pub(crate) fn ask<R>(question: impl FnOnce() -> R) -> R {
    stacker::grow(QUESTION, question)
}

/// Loads on a stack for policies of unknown nesting.
pub(crate) fn load<R>(loading: impl FnOnce() -> R) -> R {
    stacker::grow(LOADING, loading)
}

/// Where and why Cedar's parser, which has no limits of its own but the stack, must not be given this text.
pub(crate) fn too_much(text: &str) -> Option<(usize, String)> {
    let (mut depth, mut length, mut last) = (0_usize, 0_usize, ' ');
    let mut inside = Inside::Policy;
    for (offset, character) in text.char_indices() {
        inside = inside.next(last, character);
        last = character;
        if !matches!(inside, Inside::Policy) || character.is_whitespace() {
            continue;
        }
        length += 1;
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' => (depth, length) = (0, 0),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Some((offset, format!("brackets are nested more than {MAX_NESTING} deep")));
        }
        if length > MAX_POLICY {
            return Some((offset, format!("this policy is longer than {MAX_POLICY} characters")));
        }
    }
    None
}

/// Where in the text a character is.
#[derive(Clone, Copy)]
enum Inside {
    Policy,
    Text,
    Escape,
    Comment,
}

impl Inside {
    fn next(self, last: char, character: char) -> Self {
        match (self, character) {
            (Self::Policy, '"') | (Self::Escape, _) => Self::Text,
            (Self::Policy, '/') if last == '/' => Self::Comment,
            (Self::Text, '\\') => Self::Escape,
            (Self::Text, '"') | (Self::Comment, '\n') => Self::Policy,
            _ => self,
        }
    }
}

/// Levels of the deepest condition.
pub(crate) fn nesting(policy: &Policy) -> usize {
    let clauses = policy.body().clauses().iter();
    clauses.map(|(Clause::When(expr) | Clause::Unless(expr))| depth(expr)).max().unwrap_or(0)
}

fn depth(expr: &Expr) -> usize {
    parts(expr).into_iter().map(depth).max().unwrap_or(0) + 1
}

/// The expressions that an expression is made of.
pub(crate) fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::UnaryOp { expr, .. }
        | Expr::GetAttr { expr, .. }
        | Expr::HasAttr { expr, .. }
        | Expr::Like { expr, .. } => vec![expr.as_ref()],
        Expr::BinaryOp { left, right, .. } => vec![left.as_ref(), right.as_ref()],
        Expr::Is { expr, in_expr, .. } => std::iter::once(expr.as_ref()).chain(in_expr.as_deref()).collect(),
        Expr::IfThenElse { cond, then_expr, else_expr } => {
            vec![cond.as_ref(), then_expr.as_ref(), else_expr.as_ref()]
        }
        Expr::Set(elements) => elements.iter().map(AsRef::as_ref).collect(),
        Expr::Record(fields) => fields.values().map(AsRef::as_ref).collect(),
        _ => vec![],
    }
}
