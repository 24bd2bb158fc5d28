//! What was answered to requests that may be repeated: sealed, and for a day.

use mandate_model::{PrincipalId, SiteId};

use super::{Store, StoreError};

/// How long an answer is kept: 24 hours, in microseconds.
pub(crate) const KEPT: i64 = 24 * 3_600_000_000;
/// Most answers that are kept for a person.
pub(crate) const MOST: i64 = 1000;

/// Which request was answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Where.
    pub(crate) site: SiteId,
    /// Who asked.
    pub(crate) person: PrincipalId,
    /// For what: the address.
    pub(crate) route: String,
    /// The digest of the key that they sent.
    pub(crate) key: String,
}

impl Store {
    /// What was answered, sealed.
    pub(crate) async fn answer(&self, place: &Place, now: i64) -> Result<Option<String>, StoreError> {
        let found = "SELECT sealed FROM answer \
                     WHERE site = $1 AND person = $2 AND route = $3 AND key = $4 AND made > $5";
        let found = sqlx::query_scalar(found).bind(place.site.to_string()).bind(place.person.to_string());
        let found = found.bind(&place.route).bind(&place.key).bind(now - KEPT);
        Ok(found.fetch_optional(&self.pool).await?)
    }

    /// Whether as many answers are kept for a person as there may be.
    pub(crate) async fn has_most_answers(
        &self,
        site: &SiteId,
        person: &PrincipalId,
        now: i64,
    ) -> Result<bool, StoreError> {
        let count = "SELECT count(*) FROM answer WHERE site = $1 AND person = $2 AND made > $3";
        let count = sqlx::query_scalar(count).bind(site.to_string()).bind(person.to_string()).bind(now - KEPT);
        Ok(count.fetch_one(&self.pool).await.map(|count: i64| count >= MOST)?)
    }

    /// Keeps an answer; those of more than a day ago go.
    pub(crate) async fn keep_answer(&self, place: &Place, sealed: &str, now: i64) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM answer WHERE made <= $1").bind(now - KEPT).execute(&mut *tx).await?;
        let kept = "INSERT INTO answer (site, person, route, key, sealed, made) VALUES ($1, $2, $3, $4, $5, $6)";
        let kept = sqlx::query(kept).bind(place.site.to_string()).bind(place.person.to_string());
        kept.bind(&place.route).bind(&place.key).bind(sealed).bind(now).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
