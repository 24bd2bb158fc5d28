//! What a predicate says of one row, for providers without SQL.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use mandate_model::Value;

use super::{Literal, Operand, Operator, Predicate};

impl Predicate {
    /// Whether it holds for the row with this id and these cells. A cell that is missing counts as null; a decimal must be
    /// canonical (all digits of its scale written out), as rows have it.
    pub fn holds(&self, id: &str, cells: &BTreeMap<String, Value>) -> bool {
        match self {
            Self::True => true,
            Self::False => false,
            Self::And(parts) => parts.iter().all(|part| part.holds(id, cells)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(id, cells)),
            Self::Not(inner) => !inner.holds(id, cells),
            Self::Compare(left, operator, right) => compares(left, *operator, right, id, cells),
            Self::OneOf(operand, literals) => value(operand, id, cells).is_some_and(|value| literals.contains(&value)),
            Self::IsNull(column) => matches!(cells.get(column), None | Some(Value::Null)),
            Self::IsTrue(column) => matches!(cells.get(column), Some(Value::Boolean(true))),
            Self::Like(column, pattern) => {
                matches!(cells.get(column), Some(Value::Text(text)) if matches_pattern(text, pattern))
            }
        }
    }
}

fn compares(left: &Operand, operator: Operator, right: &Operand, id: &str, cells: &BTreeMap<String, Value>) -> bool {
    let (Some(left), Some(right)) = (value(left, id, cells), value(right, id, cells)) else { return false };
    if std::mem::discriminant(&left) != std::mem::discriminant(&right) {
        return false;
    }
    match operator {
        Operator::Equal => left == right,
        Operator::Less => left.cmp(&right) == Ordering::Less,
        Operator::AtMost => left.cmp(&right) != Ordering::Greater,
    }
}

/// The operand's value; `None` for null and for what no predicate speaks of.
fn value(operand: &Operand, id: &str, cells: &BTreeMap<String, Value>) -> Option<Literal> {
    match operand {
        Operand::Literal(literal) => Some(literal.clone()),
        Operand::Id => Some(Literal::Text(id.to_owned())),
        Operand::Column(column) => match cells.get(column)? {
            Value::Boolean(value) => Some(Literal::Boolean(*value)),
            Value::Integer(value) | Value::Timestamp(value) => Some(Literal::Integer(*value)),
            Value::Decimal(text) => text.replacen('.', "", 1).parse().ok().map(Literal::Integer),
            Value::Text(text) => Some(Literal::Text(text.clone())),
            _ => None,
        },
    }
}

/// Greedy matching with one point of return: only the last `*` ever needs to take more.
fn matches_pattern(text: &str, pattern: &[Option<char>]) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut next, mut back) = (0, 0, None);
    while let Some(character) = text.get(at) {
        match pattern.get(next) {
            Some(None) => {
                next += 1;
                back = Some((at, next));
            }
            Some(Some(expected)) if expected == character => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((taken, after)) = back else { return false };
                at = taken + 1;
                next = after;
                back = Some((at, after));
            }
        }
    }
    pattern.iter().skip(next).all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Vec<Option<char>> {
        text.chars().map(|character| (character != '*').then_some(character)).collect()
    }

    #[test]
    fn patterns_match_whole_texts() {
        for (text, like, expected) in [
            ("", "", true),
            ("", "*", true),
            ("abc", "abc", true),
            ("abc", "ab", false),
            ("abc", "a*", true),
            ("abc", "*c", true),
            ("aXbXc", "a*X*c", true),
            ("mississippi", "m*iss*ip*", true),
            ("mississippi", "m*iss*ix*", false),
            ("Abc", "abc", false),
            ("é/x", "*/x", true),
            ("%", "_", false),
        ] {
            assert_eq!(matches_pattern(text, &pattern(like)), expected, "{text} like {like}");
        }
    }

    #[test]
    fn comparisons_with_null_are_false_and_their_opposites_true() {
        let amount = || Operand::Column("amount".to_owned());
        let ten = || Operand::Literal(Literal::Integer(10));
        let null = BTreeMap::from([("amount".to_owned(), Value::Null)]);
        for cells in [null, BTreeMap::new()] {
            for operator in [Operator::Equal, Operator::Less, Operator::AtMost] {
                let compare = Predicate::Compare(amount(), operator, ten());
                assert!(!compare.holds("r", &cells));
                assert!(compare.negate().holds("r", &cells));
            }
            assert!(!Predicate::Compare(amount(), Operator::Equal, amount()).holds("r", &cells));
            assert!(Predicate::IsNull("amount".to_owned()).holds("r", &cells));
        }
    }

    #[test]
    fn decimals_compare_in_units_of_the_last_digit() {
        let below = |units| {
            let limit = Operand::Literal(Literal::Integer(units));
            Predicate::Compare(Operand::Column("amount".to_owned()), Operator::Less, limit)
        };
        let cells = BTreeMap::from([("amount".to_owned(), Value::Decimal("-0.05".to_owned()))]);
        assert!(below(-4).holds("r", &cells));
        assert!(!below(-5).holds("r", &cells));
    }
    #[test]
    fn two_booleans_are_the_same_or_not() {
        let column = |name: &str| Operand::Column(name.to_owned());
        let same = Predicate::Compare(column("open"), Operator::Equal, column("won"));
        for (open, won) in [(true, true), (true, false), (false, true), (false, false)] {
            let cells = [("open", open), ("won", won)].map(|(name, value)| (name.to_owned(), Value::Boolean(value)));
            assert_eq!(same.holds("r", &BTreeMap::from(cells)), open == won, "{open} {won}");
        }
    }
}
