//! Occurrences on their way to the service: kept in the transaction of the change, until they are acknowledged.

use data_encoding::BASE32_NOPAD;
use mandate_model::{Change, Failure, Field, Occurrence, RowRef, Subject};
use sqlx::SqliteConnection;

use super::db::{Embedded, Inner, unavailable};

/// What the embedded platform calls itself as a source of occurrences.
pub(crate) const SOURCE: &str = "embedded";

/// What became of a row, as an occurrence tells it.
pub(super) struct Happened {
    pub(super) at: i64,
    pub(super) change: Change,
    pub(super) row: RowRef,
    pub(super) changed: Option<Vec<String>>,
    pub(super) image: Option<Vec<Field>>,
    pub(super) cause: Option<String>,
}

/// Keeps the occurrence of a change. Its id is derived from the count of changes, and says nothing about it.
pub(super) async fn keep(
    conn: &mut SqliteConnection,
    inner: &Inner,
    happened: Happened,
) -> Result<Occurrence, Failure> {
    let count: i64 = sqlx::query_scalar("update platform set changes = changes + 1 returning changes")
        .fetch_one(&mut *conn)
        .await
        .map_err(unavailable)?;
    let id = derived_id(inner, "occ_", "occurrence", &count.to_string());
    let Happened { at, change, row, changed, image, cause } = happened;
    let (site, source, subject) = (inner.site.clone(), SOURCE.to_owned(), Subject::Row(row));
    let occurrence = Occurrence { site, source, id, at, change, subject, changed, image, cause };
    let body = serde_json::to_string(&occurrence).map_err(|error| Failure::Unavailable(error.to_string()))?;
    sqlx::query("insert into occurrence (sequence, id, body) values ($1, $2, $3)")
        .bind(count)
        .bind(&occurrence.id)
        .bind(body)
        .execute(conn)
        .await
        .map_err(unavailable)?;
    Ok(occurrence)
}

/// An id that says nothing about what it was derived from.
pub(super) fn derived_id(inner: &Inner, prefix: &str, purpose: &str, from: &str) -> String {
    format!("{prefix}{}", BASE32_NOPAD.encode(&inner.secret.id(purpose, &[from])).to_ascii_lowercase())
}

impl Embedded {
    /// Changes that the service has not taken over yet, oldest first, at most `limit`. They are told again until
    /// [acknowledged](Embedded::acknowledge).
    pub async fn pending_occurrences(&self, limit: u32) -> Result<Vec<Occurrence>, Failure> {
        let mut tx = self.inner.read().await.map_err(unavailable)?;
        let bodies: Vec<String> = sqlx::query_scalar("select body from occurrence order by sequence limit $1")
            .bind(limit)
            .fetch_all(&mut *tx)
            .await
            .map_err(unavailable)?;
        let parse = |body: &String| serde_json::from_str(body).map_err(|error| Failure::Unavailable(error.to_string()));
        bodies.iter().map(parse).collect()
    }

    /// The service has taken this occurrence over; an unknown id is one that was acknowledged before.
    pub async fn acknowledge(&self, id: &str) -> Result<(), Failure> {
        self.acknowledge_all(&[id.to_owned()]).await
    }

    /// The same of several, in one transaction.
    pub(super) async fn acknowledge_all(&self, ids: &[String]) -> Result<(), Failure> {
        let mut tx = self.inner.write().await.map_err(unavailable)?;
        for id in ids {
            let delete = sqlx::query("delete from occurrence where id = $1").bind(id);
            delete.execute(&mut *tx).await.map_err(unavailable)?;
        }
        tx.commit().await.map_err(unavailable)
    }
}
