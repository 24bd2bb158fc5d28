//! Sign-ins under way at an identity provider: each can be finished once, soon, by the browser that began it.

use super::{Store, StoreError};
use crate::secret::{digest, random};

/// How long one may take: 10 minutes, in microseconds.
pub(crate) const TIME: i64 = 10 * 60_000_000;
/// Most that are under way at the same time; beyond that, the oldest is forgotten.
pub(crate) const MOST: i64 = 10_000;

impl Store {
    /// Begins a sign-in that leads to `goes_to`: the secret for the cookie.
    pub(crate) async fn begin_sign_in(&self, goes_to: &str, now: i64) -> Result<String, StoreError> {
        let secret = random()?;
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM sign_in WHERE began <= $1").bind(now - TIME).execute(&mut *tx).await?;
        let begun = sqlx::query("INSERT INTO sign_in (digest, goes_to, began) VALUES ($1, $2, $3)");
        begun.bind(digest(&secret)).bind(goes_to).bind(now).execute(&mut *tx).await?;
        let most = "DELETE FROM sign_in WHERE digest NOT IN \
                    (SELECT digest FROM sign_in ORDER BY began DESC, digest LIMIT $1)";
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM sign_in").fetch_one(&mut *tx).await?;
        if count > MOST {
            sqlx::query(most).bind(MOST).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(secret)
    }

    /// Takes a sign-in out, with where it leads to. `None`: it was taken before, takes too long, or was never begun.
    pub(crate) async fn take_sign_in(&self, secret: &str, now: i64) -> Result<Option<String>, StoreError> {
        let taken = sqlx::query_as("DELETE FROM sign_in WHERE digest = $1 RETURNING goes_to, began");
        let taken: Option<(String, i64)> = taken.bind(digest(secret)).fetch_optional(&self.pool).await?;
        Ok(taken.filter(|(_, began)| *began > now - TIME).map(|(goes_to, _)| goes_to))
    }
}
