//! Sessions: begun when somebody signs in, ended by them, by an administrator, or by time.

use mandate_model::{PrincipalId, SiteId};
use sqlx::FromRow;

use super::{NOTED, Store, StoreError, person};
use crate::{
    secret::{digest, id, random},
    session::{Session, SessionInfo, Way},
};

/// How long a session lasts without being used: 12 hours, in microseconds.
pub(crate) const IDLE: i64 = 12 * 3_600_000_000;
/// How long it lasts at most: 7 days.
pub(crate) const LONGEST: i64 = 7 * 24 * 3_600_000_000;
/// Most sessions that a person has at the same time; beyond that, the one that was not used for longest ends.
pub(crate) const MOST: i64 = 50;

#[derive(FromRow)]
struct Row {
    id: String,
    person: String,
    means: String,
    began: i64,
    used: i64,
}

impl Row {
    fn info(self) -> Result<SessionInfo, StoreError> {
        let way = Way::parse(&self.means).ok_or_else(|| StoreError::Damaged(self.means.clone(), "way to sign in"))?;
        Ok(SessionInfo { id: self.id, way, began: self.began, used: self.used })
    }
}

impl Store {
    /// Begins a session: the secret for the cookie. Always a new one; the session of `instead_of`, if there is one, ends.
    pub(crate) async fn begin_session(
        &self,
        site: &SiteId,
        who: &PrincipalId,
        way: Way,
        instead_of: &str,
        now: i64,
    ) -> Result<String, StoreError> {
        let secret = random()?;
        let mut tx = self.pool.begin().await?;
        let ended = "DELETE FROM session WHERE used <= $1 OR began <= $2 OR digest = $3";
        let ended = sqlx::query(ended).bind(now - IDLE).bind(now - LONGEST).bind(digest(instead_of));
        ended.execute(&mut *tx).await?;
        let begun =
            "INSERT INTO session (id, digest, site, person, means, began, used) VALUES ($1, $2, $3, $4, $5, $6, $6)";
        let begun = sqlx::query(begun).bind(id("ses_")?).bind(digest(&secret)).bind(site.to_string());
        begun.bind(who.to_string()).bind(way.as_str()).bind(now).execute(&mut *tx).await?;
        let most = "DELETE FROM session WHERE site = $1 AND person = $2 AND id NOT IN \
                    (SELECT id FROM session WHERE site = $1 AND person = $2 ORDER BY used DESC, began DESC, id LIMIT $3)";
        sqlx::query(most).bind(site.to_string()).bind(who.to_string()).bind(MOST).execute(&mut *tx).await?;
        tx.commit().await?;
        self.one_ended();
        Ok(secret)
    }

    /// The session of a secret, if it has not ended.
    pub(crate) async fn session(&self, site: &SiteId, secret: &str, now: i64) -> Result<Option<Session>, StoreError> {
        let found = "SELECT id, person, means, began, used FROM session \
                     WHERE digest = $1 AND site = $2 AND used > $3 AND began > $4";
        let found = sqlx::query_as(found).bind(digest(secret)).bind(site.to_string());
        let found: Option<Row> = found.bind(now - IDLE).bind(now - LONGEST).fetch_optional(&self.pool).await?;
        let Some(row) = found else { return Ok(None) };
        if row.used <= now - NOTED {
            let noted = sqlx::query("UPDATE session SET used = $1 WHERE id = $2");
            noted.bind(now).bind(&row.id).execute(&self.pool).await?;
        }
        let session = Session::new(row.id.clone(), person(row.person)?, secret);
        Ok(Some(session))
    }

    /// Whether the session of this id counts now. Asking is no use of it: it ends all the same.
    pub(crate) async fn session_counts(&self, site: &SiteId, id: &str, now: i64) -> Result<bool, StoreError> {
        let counts = "SELECT EXISTS (SELECT 1 FROM session WHERE id = $1 AND site = $2 AND used > $3 AND began > $4)";
        let counts = sqlx::query_scalar(counts).bind(id).bind(site.to_string());
        Ok(counts.bind(now - IDLE).bind(now - LONGEST).fetch_one(&self.pool).await?)
    }

    /// The sessions of a person that have not ended, the latest first.
    pub(crate) async fn sessions(
        &self,
        site: &SiteId,
        who: &PrincipalId,
        now: i64,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let all = "SELECT id, person, means, began, used FROM session \
                   WHERE site = $1 AND person = $2 AND used > $3 AND began > $4 ORDER BY began DESC, id";
        let all = sqlx::query_as(all).bind(site.to_string()).bind(who.to_string());
        let all: Vec<Row> = all.bind(now - IDLE).bind(now - LONGEST).fetch_all(&self.pool).await?;
        all.into_iter().map(Row::info).collect()
    }

    /// Ends one session of a person. `false`: they have none of that id.
    pub(crate) async fn end_session(
        &self,
        site: &SiteId,
        who: &PrincipalId,
        session: &str,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query("DELETE FROM session WHERE site = $1 AND person = $2 AND id = $3");
        let ended = ended.bind(site.to_string()).bind(who.to_string()).bind(session).execute(&self.pool).await?;
        self.one_ended();
        Ok(ended.rows_affected() > 0)
    }

    /// Ends all sessions of a person, but for `except`.
    pub(crate) async fn end_sessions(
        &self,
        site: &SiteId,
        who: &PrincipalId,
        except: Option<&str>,
    ) -> Result<(), StoreError> {
        let ended = sqlx::query("DELETE FROM session WHERE site = $1 AND person = $2 AND id <> $3");
        let ended = ended.bind(site.to_string()).bind(who.to_string()).bind(except.unwrap_or_default());
        ended.execute(&self.pool).await?;
        self.one_ended();
        Ok(())
    }
}
