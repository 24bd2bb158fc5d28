//! Which rows a principal has a right to, as a predicate over their cells: what the residual of a policy set comes to.
//!
//! [`DataPolicies::rows`](crate::DataPolicies::rows) makes only a part of what the types allow, in one canonical form, so
//! that equal rights are equal predicates: built by [`Predicate::all`], [`Predicate::any`] and [`Predicate::negate`];
//! `IsTrue` instead of a comparison with a boolean; `Less` and `AtMost` only between whole numbers.

mod digest;
mod display;
mod holds;
mod simplify;

/// A predicate over one row. Comparisons are two-valued here: [`Predicate::IsNull`] guards them (Cedar's `has`), and a provider
/// that renders it for a database with null logic must keep `false and null = false`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Predicate {
    /// Every row.
    True,
    /// No row.
    False,
    /// All hold; never empty.
    And(Vec<Predicate>),
    /// One holds; never empty.
    Or(Vec<Predicate>),
    /// It does not hold; true where a null cell made the inner one false.
    Not(Box<Predicate>),
    /// Two operands compared; false if either is null.
    Compare(Operand, Operator, Operand),
    /// The operand is one of these; false if it is null.
    OneOf(Operand, Vec<Literal>),
    /// The cell is null.
    IsNull(String),
    /// The cell is true; false if it is null.
    IsTrue(String),
    /// A text cell that matches a Cedar `like` pattern, character by character and minding case: `None` stands for `*`, any
    /// number of any characters. False if the cell is null.
    Like(String, Vec<Option<char>>),
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// The cell of this column.
    Column(String),
    /// The row's id.
    Id,
    /// A fixed value.
    Literal(Literal),
}

/// A fixed value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Literal {
    /// True or false.
    Boolean(bool),
    /// A whole number; for decimals, in units of the last digit; for timestamps, microseconds.
    Integer(i64),
    /// Text; for users and teams, `user:ana`.
    Text(String),
}

/// How they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// The same.
    Equal,
    /// Below.
    Less,
    /// Below or the same.
    AtMost,
}
