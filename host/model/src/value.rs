//! Values of cells, as `types.wit` has them.

use serde::{Deserialize, Serialize};

/// A value that a list may hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scalar {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Number(f64),
    /// An exact decimal number in canonical text.
    Decimal(String),
    /// Text.
    Text(String),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Bytes.
    Bytes(#[serde(with = "crate::hex")] Vec<u8>),
    /// A kind that this version of the contract does not know, as JSON text.
    Other(String),
}

/// The value of one field of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Number(f64),
    /// An exact decimal number in canonical text.
    Decimal(String),
    /// Text.
    Text(String),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Bytes.
    Bytes(#[serde(with = "crate::hex")] Vec<u8>),
    /// A list.
    Items(Vec<Scalar>),
    /// A kind that this version of the contract does not know, as JSON text.
    Other(String),
}

impl Scalar {
    /// Bytes that it takes on its way to a guest, roughly.
    pub fn size(&self) -> usize {
        8 + match self {
            Self::Decimal(text) | Self::Text(text) | Self::Other(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            _ => 8,
        }
    }
}

impl Value {
    /// Whether every number in it is finite: JSON, which journals and stores are written in, has no others.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Number(number) => number.is_finite(),
            Self::Items(items) => {
                !items.iter().any(|item| matches!(item, Scalar::Number(number) if !number.is_finite()))
            }
            _ => true,
        }
    }

    /// Bytes that it takes on its way to a guest, roughly.
    pub fn size(&self) -> usize {
        8 + match self {
            Self::Decimal(text) | Self::Text(text) | Self::Other(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Items(items) => items.iter().map(Scalar::size).sum(),
            _ => 8,
        }
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Boolean(value) => Self::Boolean(value),
            Scalar::Integer(value) => Self::Integer(value),
            Scalar::Number(value) => Self::Number(value),
            Scalar::Decimal(value) => Self::Decimal(value),
            Scalar::Text(value) => Self::Text(value),
            Scalar::Timestamp(value) => Self::Timestamp(value),
            Scalar::Bytes(value) => Self::Bytes(value),
            Scalar::Other(value) => Self::Other(value),
        }
    }
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The column.
    pub name: String,
    /// Its value.
    pub value: Value,
}
