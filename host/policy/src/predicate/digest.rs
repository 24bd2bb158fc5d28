//! The digest of a predicate, from which view classes are made: equal only for equal predicates.

use sha2::{Digest, Sha256};

use super::{Literal, Operand, Operator, Predicate};

impl Predicate {
    /// The sha-256 over an encoding in which each part says what it is and each list and text how long it is.
    pub fn digest(&self) -> [u8; 32] {
        let mut bytes = b"mandate predicate 1\0".to_vec();
        predicate(self, &mut bytes);
        Sha256::digest(&bytes).into()
    }
}

fn predicate(part: &Predicate, out: &mut Vec<u8>) {
    match part {
        Predicate::True => out.push(0),
        Predicate::False => out.push(1),
        Predicate::And(parts) => list(2, parts, out, predicate),
        Predicate::Or(parts) => list(3, parts, out, predicate),
        Predicate::Not(inner) => {
            out.push(4);
            predicate(inner, out);
        }
        Predicate::Compare(left, how, right) => {
            out.extend([5, operator(*how)]);
            operand(left, out);
            operand(right, out);
        }
        Predicate::OneOf(value, literals) => {
            list(6, literals, out, literal);
            operand(value, out);
        }
        Predicate::IsNull(column) => text(7, column, out),
        Predicate::IsTrue(column) => text(8, column, out),
        Predicate::Like(column, pattern) => {
            text(9, column, out);
            // No character has this number.
            list(10, pattern, out, |part, out| out.extend(part.map_or(u32::MAX, u32::from).to_be_bytes()));
        }
    }
}

fn operator(operator: Operator) -> u8 {
    match operator {
        Operator::Equal => 0,
        Operator::Less => 1,
        Operator::AtMost => 2,
    }
}

fn operand(operand: &Operand, out: &mut Vec<u8>) {
    match operand {
        Operand::Column(column) => text(20, column, out),
        Operand::Id => out.push(21),
        Operand::Literal(value) => literal(value, out),
    }
}

fn literal(literal: &Literal, out: &mut Vec<u8>) {
    match literal {
        Literal::Boolean(value) => out.extend([30, u8::from(*value)]),
        Literal::Integer(value) => {
            out.push(31);
            out.extend(value.to_be_bytes());
        }
        Literal::Text(value) => text(32, value, out),
    }
}

fn text(tag: u8, text: &str, out: &mut Vec<u8>) {
    length(tag, text.len(), out);
    out.extend(text.as_bytes());
}

fn list<T>(tag: u8, parts: &[T], out: &mut Vec<u8>, each: impl Fn(&T, &mut Vec<u8>)) {
    length(tag, parts.len(), out);
    for part in parts {
        each(part, out);
    }
}

fn length(tag: u8, length: usize, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend((length as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn different_predicates_have_different_digests() {
        let column = |name: &str| Operand::Column(name.to_owned());
        let word = |text: &str| Literal::Text(text.to_owned());
        let is_null = |name: &str| Predicate::IsNull(name.to_owned());
        let all = [
            Predicate::True,
            Predicate::False,
            is_null("ab"),
            Predicate::IsTrue("ab".to_owned()),
            is_null("ab").negate(),
            Predicate::And(vec![is_null("a"), is_null("b")]),
            Predicate::Or(vec![is_null("a"), is_null("b")]),
            Predicate::And(vec![is_null("a"), Predicate::And(vec![is_null("b")])]),
            Predicate::Compare(column("a"), Operator::Equal, column("b")),
            Predicate::Compare(column("a"), Operator::Less, column("b")),
            Predicate::Compare(column("a"), Operator::AtMost, column("b")),
            Predicate::Compare(column("a"), Operator::Equal, Operand::Literal(word("b"))),
            Predicate::Compare(column("a"), Operator::Equal, Operand::Literal(Literal::Integer(1))),
            Predicate::Compare(column("a"), Operator::Equal, Operand::Literal(Literal::Boolean(true))),
            Predicate::Compare(Operand::Id, Operator::Equal, Operand::Literal(word("b"))),
            Predicate::OneOf(column("a"), vec![word("b"), word("cd")]),
            Predicate::OneOf(column("a"), vec![word("bc"), word("d")]),
            Predicate::OneOf(Operand::Id, vec![word("b"), word("cd")]),
            Predicate::Like("a".to_owned(), vec![Some('*')]),
            Predicate::Like("a".to_owned(), vec![None]),
        ];
        let digests: BTreeSet<_> = all.iter().map(Predicate::digest).collect();
        assert_eq!(digests.len(), all.len());
        assert_eq!(all[5].digest(), all[5].clone().digest());
    }
}
