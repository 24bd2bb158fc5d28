//! Making values, reading them, and showing them as text.

use crate::{Decimal, Scalar, Value, json};

impl Value {
    /// An exact decimal number in canonical text, such as `-12.50`.
    pub fn decimal(text: &str) -> Self {
        Self::Decimal(text.to_owned())
    }

    /// As text for people and for CSV: a timestamp as microseconds, bytes as their number, items separated by `; `,
    /// null as the empty text.
    pub fn show(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Integer(number) | Self::Timestamp(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(text) | Self::Text(text) | Self::Other(text) => text.clone(),
            Self::Bytes(bytes) => bytes_text(bytes),
            Self::Items(items) => items.iter().map(Scalar::show).collect::<Vec<_>>().join("; "),
        }
    }

    /// An integer or a decimal, exactly; `None` for every other kind, also for a text of digits.
    pub fn amount(&self) -> Option<Decimal> {
        match self {
            Self::Integer(number) => Decimal::parse(&number.to_string()),
            Self::Decimal(text) => Decimal::parse(text),
            _ => None,
        }
    }

    /// As JSON text: a decimal, a timestamp and other kinds as they are written; bytes as a list of numbers.
    pub fn to_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(_) | Self::Integer(_) | Self::Timestamp(_) | Self::Decimal(_) | Self::Other(_) => self.show(),
            Self::Number(number) => json::number(*number),
            Self::Text(text) => json::quote(text),
            Self::Bytes(bytes) => json::list(bytes.iter().map(u8::to_string)),
            Self::Items(items) => json::list(items.iter().map(|item| Self::from(item.clone()).to_json())),
        }
    }
}

impl Scalar {
    /// As text, like [`Value::show`].
    pub fn show(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Integer(number) | Self::Timestamp(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(text) | Self::Text(text) | Self::Other(text) => text.clone(),
            Self::Bytes(bytes) => bytes_text(bytes),
        }
    }
}

fn bytes_text(bytes: &[u8]) -> String {
    format!("{} bytes", bytes.len())
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Boolean(yes) => Self::Boolean(yes),
            Scalar::Integer(number) => Self::Integer(number),
            Scalar::Number(number) => Self::Number(number),
            Scalar::Decimal(text) => Self::Decimal(text),
            Scalar::Text(text) => Self::Text(text),
            Scalar::Timestamp(at) => Self::Timestamp(at),
            Scalar::Bytes(bytes) => Self::Bytes(bytes),
            Scalar::Other(text) => Self::Other(text),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Boolean(yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let items = Value::Items(vec![Scalar::Text("a".to_owned()), Scalar::Null, Scalar::Integer(-3)]);
        assert_eq!(items.show(), "a; ; -3");
        assert_eq!(items.to_json(), r#"["a",null,-3]"#);
        assert_eq!(Value::Bytes(vec![1, 2]).show(), "2 bytes");
        assert_eq!(Value::Bytes(vec![1, 2]).to_json(), "[1,2]");
        assert_eq!(Value::decimal("-12.50").show(), "-12.50");
        assert_eq!(Value::from("say \"hi\"\n").to_json(), r#""say \"hi\"\n""#);
        assert_eq!(Value::Number(f64::NAN).to_json(), "null");
    }

    #[test]
    fn only_exact_numbers_are_amounts() {
        assert_eq!(Value::Integer(5).amount(), Decimal::parse("5.0"));
        assert_eq!(Value::decimal("5.00").amount(), Decimal::parse("5"));
        assert_eq!(Value::from("5").amount(), None);
        assert_eq!(Value::Number(5.0).amount(), None);
        assert_eq!(Value::decimal("5,0").amount(), None);
    }
}
