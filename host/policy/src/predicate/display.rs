//! Predicates as people read them: `region = 'emea' and (owner = 'user:ana' or amount > 1000)`.

use std::fmt::{self, Display, Formatter};

use super::{Literal, Operand, Operator, Predicate};

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("every row"),
            Self::False => f.write_str("no row"),
            Self::And(parts) => joined(f, parts, " and "),
            Self::Or(parts) => joined(f, parts, " or "),
            Self::Not(inner) => negated(f, inner),
            Self::Compare(left, operator, right) => compared(f, left, *operator, right),
            Self::OneOf(operand, literals) => listed(f, operand, "in", literals),
            Self::IsNull(column) => write!(f, "{column} is null"),
            Self::IsTrue(column) => f.write_str(column),
            Self::Like(column, pattern) => write!(f, "{column} like {}", Pattern(pattern)),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => f.write_str(column),
            Self::Id => f.write_str("the row's id"),
            Self::Literal(literal) => literal.fmt(f),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(text) => quoted(f, text),
        }
    }
}

struct Pattern<'a>(&'a [Option<char>]);

impl Display for Pattern<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = self.0.iter().map(|part| match part {
            None => "*".to_owned(),
            Some('*') => "\\*".to_owned(),
            Some(character) => character.to_string(),
        });
        quoted(f, &text.collect::<String>())
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "'{}'", text.replace('\'', "''"))
}

fn joined(f: &mut Formatter<'_>, parts: &[Predicate], word: &str) -> fmt::Result {
    // What is simple first, whatever the canonical order.
    let compound = |part: &&Predicate| matches!(part, Predicate::And(_) | Predicate::Or(_));
    let (compound, simple): (Vec<_>, Vec<_>) = parts.iter().partition(compound);
    let simple = simple.into_iter().map(ToString::to_string);
    let parts: Vec<_> = simple.chain(compound.into_iter().map(|part| format!("({part})"))).collect();
    f.write_str(&parts.join(word))
}

fn negated(f: &mut Formatter<'_>, inner: &Predicate) -> fmt::Result {
    match inner {
        Predicate::IsNull(column) => write!(f, "{column} is not null"),
        Predicate::OneOf(operand, literals) => listed(f, operand, "not in", literals),
        Predicate::Compare(left, Operator::Equal, right) => write!(f, "{left} != {right}"),
        Predicate::Like(column, pattern) => write!(f, "{column} not like {}", Pattern(pattern)),
        Predicate::IsTrue(column) => write!(f, "not {column}"),
        other => write!(f, "not ({other})"),
    }
}

fn compared(f: &mut Formatter<'_>, left: &Operand, operator: Operator, right: &Operand) -> fmt::Result {
    let (plain, turned) = match operator {
        Operator::Equal => ("=", "="),
        Operator::Less => ("<", ">"),
        Operator::AtMost => ("<=", ">="),
    };
    // `1000 < amount` reads better as `amount > 1000`.
    match left {
        Operand::Literal(_) => write!(f, "{right} {turned} {left}"),
        _ => write!(f, "{left} {plain} {right}"),
    }
}

fn listed(f: &mut Formatter<'_>, operand: &Operand, word: &str, literals: &[Literal]) -> fmt::Result {
    write!(f, "{operand} {word} (")?;
    for (index, literal) in literals.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{literal}")?;
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Operand {
        Operand::Column(name.to_owned())
    }

    fn text(text: &str) -> Operand {
        Operand::Literal(Literal::Text(text.to_owned()))
    }

    #[test]
    fn predicates_read_like_sentences() {
        let number = |value| Operand::Literal(Literal::Integer(value));
        let region = Predicate::equal(text("emea"), column("region"));
        let owner = Predicate::equal(column("owner"), text("user:ana"));
        let amount = Predicate::Compare(number(1000), Operator::Less, column("amount"));
        let both = Predicate::all([region, Predicate::any([owner, amount])]);
        assert_eq!(both.to_string(), "region = 'emea' and (owner = 'user:ana' or amount > 1000)");
    }

    #[test]
    fn each_form_has_words() {
        let names = ["it's", "x"].map(|name| Literal::Text(name.to_owned())).to_vec();
        let list = Predicate::OneOf(Operand::Id, names);
        let like = Predicate::Like("name".to_owned(), vec![None, Some('*'), Some('b')]);
        for (predicate, expected) in [
            (Predicate::True, "every row"),
            (Predicate::False, "no row"),
            (list.clone(), "the row's id in ('it''s', 'x')"),
            (list.negate(), "the row's id not in ('it''s', 'x')"),
            (like.clone(), "name like '*\\*b'"),
            (like.negate(), "name not like '*\\*b'"),
            (Predicate::IsNull("a".to_owned()), "a is null"),
            (Predicate::IsNull("a".to_owned()).negate(), "a is not null"),
            (Predicate::IsTrue("a".to_owned()).negate(), "not a"),
            (Predicate::equal(column("a"), text("b")).negate(), "a != 'b'"),
            (Predicate::Compare(column("a"), Operator::AtMost, column("b")), "a <= b"),
            (Predicate::Compare(column("a"), Operator::Less, column("b")).negate(), "not (a < b)"),
        ] {
            assert_eq!(predicate.to_string(), expected);
        }
    }
}
