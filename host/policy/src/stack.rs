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
        // What was escaped, or ended a comment, begins nothing.
        last = if matches!(inside, Inside::Escape) || character == '\n' { ' ' } else { character };
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
    let below = match expr {
        Expr::UnaryOp { expr, .. }
        | Expr::GetAttr { expr, .. }
        | Expr::HasAttr { expr, .. }
        | Expr::Like { expr, .. } => depth(expr),
        Expr::BinaryOp { left, right, .. } => depth(left).max(depth(right)),
        Expr::Is { expr, in_expr, .. } => depth(expr).max(in_expr.as_deref().map_or(0, depth)),
        Expr::IfThenElse { cond, then_expr, else_expr } => depth(cond).max(depth(then_expr)).max(depth(else_expr)),
        Expr::Set(elements) => elements.iter().map(|element| depth(element)).max().unwrap_or(0),
        Expr::Record(fields) => fields.values().map(|field| depth(field)).max().unwrap_or(0),
        _ => 0,
    };
    below + 1
}
