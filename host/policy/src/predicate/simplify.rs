//! One form for equal predicates: flat, sorted, without duplicates, constants or contradictions at the top.

use std::collections::{BTreeMap, BTreeSet};

use super::{Literal, Operand, Operator, Predicate};

impl Predicate {
    /// All of them hold; [`Predicate::True`] if there is none.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = BTreeSet::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::And(inner) => flat.extend(inner),
                other => drop(flat.insert(other)),
            }
        }
        if flat.contains(&Self::False) || contradicts(&flat) {
            return Self::False;
        }
        one_or(flat, Self::True, Self::And)
    }

    /// One of them holds; [`Predicate::False`] if there is none. Equalities of one operand become one [`Predicate::OneOf`].
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut flat, mut values) = (BTreeSet::new(), BTreeMap::new());
        for part in parts {
            match part {
                Self::False => {}
                Self::Or(inner) => inner.into_iter().for_each(|part| sort_in(part, &mut flat, &mut values)),
                other => sort_in(other, &mut flat, &mut values),
            }
        }
        flat.extend(values.into_iter().map(|(operand, literals)| Self::one_of(operand, literals)));
        if flat.contains(&Self::True) || contradicts(&flat) {
            return Self::True;
        }
        one_or(flat, Self::False, Self::Or)
    }

    /// It does not hold.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The operands are the same, the lesser one (columns before the id before literals) named first.
    pub fn equal(left: Operand, right: Operand) -> Self {
        match (left, right) {
            (Operand::Literal(left), Operand::Literal(right)) => Self::constant(left == right),
            (Operand::Id, Operand::Id) => Self::True,
            (left, right) if left <= right => Self::Compare(left, Operator::Equal, right),
            (left, right) => Self::Compare(right, Operator::Equal, left),
        }
    }

    /// The operand is one of these.
    pub fn one_of(operand: Operand, literals: impl IntoIterator<Item = Literal>) -> Self {
        let literals: BTreeSet<_> = literals.into_iter().collect();
        if literals.len() > 1 {
            return Self::OneOf(operand, literals.into_iter().collect());
        }
        literals.into_iter().next().map_or(Self::False, |literal| Self::equal(operand, Operand::Literal(literal)))
    }

    /// [`Predicate::True`] or [`Predicate::False`].
    pub fn constant(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// How many nodes and literals it is made of.
    pub fn size(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().fold(1, |sum, part| sum.saturating_add(part.size())),
            Self::Not(inner) => inner.size().saturating_add(1),
            Self::OneOf(_, literals) => literals.len().saturating_add(1),
            _ => 1,
        }
    }
}

/// Whether a part and its opposite are both there: together false, and one of them always true.
fn contradicts(parts: &BTreeSet<Predicate>) -> bool {
    parts.iter().any(|part| matches!(part, Predicate::Not(inner) if parts.contains(inner.as_ref())))
}

/// Equalities of an operand are gathered, so that they become one list.
fn sort_in(part: Predicate, flat: &mut BTreeSet<Predicate>, values: &mut BTreeMap<Operand, BTreeSet<Literal>>) {
    match part {
        Predicate::Compare(operand, Operator::Equal, Operand::Literal(literal)) => {
            values.entry(operand).or_default().insert(literal);
        }
        Predicate::OneOf(operand, literals) => values.entry(operand).or_default().extend(literals),
        other => drop(flat.insert(other)),
    }
}

fn one_or(parts: BTreeSet<Predicate>, none: Predicate, many: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    let parts: Vec<_> = parts.into_iter().collect();
    match <[Predicate; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) if parts.is_empty() => none,
        Err(parts) => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(column: &str) -> Predicate {
        Predicate::IsTrue(column.to_owned())
    }

    fn region(text: &str) -> Predicate {
        let literal = Operand::Literal(Literal::Text(text.to_owned()));
        Predicate::equal(literal, Operand::Column("region".to_owned()))
    }

    #[test]
    fn order_nesting_and_duplicates_do_not_matter() {
        let one = Predicate::all([truth("a"), Predicate::all([truth("b"), truth("c")]), truth("a"), Predicate::True]);
        let other = Predicate::all([truth("c"), truth("b"), truth("a")]);
        assert_eq!(one, other);
        assert_eq!(one, Predicate::And(vec![truth("a"), truth("b"), truth("c")]));
    }

    #[test]
    fn constants_and_opposites_vanish() {
        assert_eq!(Predicate::all([]), Predicate::True);
        assert_eq!(Predicate::any([]), Predicate::False);
        assert_eq!(Predicate::all([truth("a"), Predicate::False]), Predicate::False);
        assert_eq!(Predicate::any([truth("a"), Predicate::True]), Predicate::True);
        assert_eq!(Predicate::all([truth("a"), truth("b"), truth("a").negate()]), Predicate::False);
        assert_eq!(Predicate::any([truth("a"), truth("a").negate()]), Predicate::True);
        assert_eq!(truth("a").negate().negate(), truth("a"));
    }

    #[test]
    fn equalities_of_one_column_become_a_list() {
        let list = Predicate::any([region("emea"), Predicate::any([region("apac"), truth("a")]), region("emea")]);
        let texts = ["apac", "emea"].map(|text| Literal::Text(text.to_owned()));
        let one_of = Predicate::OneOf(Operand::Column("region".to_owned()), texts.to_vec());
        assert_eq!(list, Predicate::any([truth("a"), one_of]));
        assert_eq!(Predicate::any([region("emea"), region("emea")]), region("emea"));
        assert_eq!(Predicate::one_of(Operand::Id, []), Predicate::False);
    }
    #[test]
    fn what_is_known_to_be_the_same_is_no_question() {
        let text = |text: &str| Operand::Literal(Literal::Text(text.to_owned()));
        assert_eq!(Predicate::equal(text("a"), text("a")), Predicate::True);
        assert_eq!(Predicate::equal(text("a"), text("b")), Predicate::False);
        assert_eq!(Predicate::equal(Operand::Id, Operand::Id), Predicate::True);
    }

    #[test]
    fn the_size_counts_parts_and_literals() {
        let several = Predicate::any([region("a"), region("b"), region("c")]);
        assert_eq!(several.size(), 4, "a list and its three");
        assert_eq!(Predicate::all([truth("a"), truth("b").negate(), several]).size(), 8);
        assert_eq!(Predicate::True.size(), 1);
    }
}
