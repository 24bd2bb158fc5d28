//! Rows of a list that cannot be read: told as such, so that they keep no other from being shown.

use serde::Serialize;
use sqlx::{FromRow, Row, sqlite::SqliteRow};

use crate::error::{Result, ServiceError};

/// Something that is stored and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damaged {
    /// Its id.
    pub id: String,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

/// A list, and what of it cannot be read.
pub(crate) struct Sifted<T> {
    pub(crate) whole: Vec<T>,
    pub(crate) damaged: Vec<Damaged>,
}

/// Reads rows that each have an `id`.
pub(crate) fn sift<R, T>(rows: &[SqliteRow], read: impl Fn(R) -> Result<T>) -> Result<Sifted<T>>
where
    R: for<'r> FromRow<'r, SqliteRow>,
{
    let mut sifted = Sifted { whole: vec![], damaged: vec![] };
    for row in rows {
        match R::from_row(row).map_err(ServiceError::from).and_then(&read) {
            Ok(one) => sifted.whole.push(one),
            Err(error) if error.is_broken() => {
                let id = row.try_get("id").unwrap_or_default();
                sifted.damaged.push(Damaged { id, reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(sifted)
}
