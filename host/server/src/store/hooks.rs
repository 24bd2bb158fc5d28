//! Hooks, with their sealed secrets.

use mandate_model::{PrincipalId, SiteId};
use sqlx::FromRow;

use super::{NOTED, Store, StoreError, person};
use crate::hook::{Hook, Sealed, Takes};

/// Most hooks that a site has.
pub(crate) const MOST: i64 = 50;

/// A hook that is to be made.
pub(crate) struct NewHook<'a> {
    /// Its id.
    pub(crate) id: &'a str,
    /// Whose.
    pub(crate) site: &'a SiteId,
    /// What it is called.
    pub(crate) name: &'a str,
    /// The source of its events.
    pub(crate) source: &'a str,
    /// What its bodies are.
    pub(crate) takes: &'a Takes,
    /// Its secret, sealed.
    pub(crate) sealed: &'a str,
    /// Who makes it.
    pub(crate) made_by: &'a PrincipalId,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    source: String,
    event_type: Option<String>,
    subject: Option<String>,
    secret: String,
    old_secret: Option<String>,
    old_until: Option<i64>,
    made: i64,
    made_by: String,
    used: Option<i64>,
}

impl Row {
    /// As it is at `now`: an old secret that does not count any more is none.
    fn hook(self, now: i64) -> Result<(Hook, Sealed), StoreError> {
        let takes = match (self.event_type, self.subject) {
            (None, _) => Takes::CloudEvents,
            (Some(event_type), subject) => Takes::Own { event_type, subject },
        };
        let old_until = self.old_until.filter(|until| *until > now);
        let sealed = Sealed { secret: self.secret, old: self.old_secret.filter(|_| old_until.is_some()) };
        let made_by = person(self.made_by)?;
        let Self { id, name, source, made, used, .. } = self;
        Ok((Hook { id, name, source, takes, made, made_by, old_until, used }, sealed))
    }
}

impl Store {
    /// Makes a hook. `false`: there are too many.
    pub(crate) async fn make_hook(&self, new: &NewHook<'_>, now: i64) -> Result<bool, StoreError> {
        let (event_type, subject) = match new.takes {
            Takes::CloudEvents => (None, None),
            Takes::Own { event_type, subject } => (Some(event_type), subject.as_ref()),
        };
        // One statement: two that come at once are not both the last that there is room for.
        let made = "INSERT INTO hook (id, site, name, source, event_type, subject, secret, made, made_by) \
                    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE (SELECT count(*) FROM hook WHERE site = $2) < $10";
        let made = sqlx::query(made).bind(new.id).bind(new.site.to_string()).bind(new.name).bind(new.source);
        let made = made.bind(event_type).bind(subject).bind(new.sealed).bind(now).bind(new.made_by.to_string());
        Ok(made.bind(MOST).execute(&self.pool).await?.rows_affected() > 0)
    }

    /// The hooks of a site, the latest first.
    pub(crate) async fn hooks(&self, site: &SiteId, now: i64) -> Result<Vec<Hook>, StoreError> {
        let all = "SELECT id, name, source, event_type, subject, secret, old_secret, old_until, made, made_by, used \
                   FROM hook WHERE site = $1 ORDER BY made DESC, id";
        let all = sqlx::query_as(all).bind(site.to_string());
        let all: Vec<Row> = all.fetch_all(&self.pool).await?;
        all.into_iter().map(|row| row.hook(now).map(|(hook, _)| hook)).collect()
    }

    /// A hook of a site, with its secrets that count.
    pub(crate) async fn hook(&self, site: &SiteId, id: &str, now: i64) -> Result<Option<(Hook, Sealed)>, StoreError> {
        let found = "SELECT id, name, source, event_type, subject, secret, old_secret, old_until, made, made_by, used \
                     FROM hook WHERE id = $1 AND site = $2";
        let found = sqlx::query_as(found).bind(id).bind(site.to_string());
        let found: Option<Row> = found.fetch_optional(&self.pool).await?;
        found.map(|row| row.hook(now)).transpose()
    }

    /// Notes that a hook was used.
    pub(crate) async fn hook_used(&self, hook: &Hook, now: i64) -> Result<(), StoreError> {
        if hook.used.is_none_or(|used| used <= now - NOTED) {
            let noted = sqlx::query("UPDATE hook SET used = $1 WHERE id = $2");
            noted.bind(now).bind(&hook.id).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Gives a hook of a site another secret; the one that it had counts until then. `false`: there is none of that id.
    pub(crate) async fn roll_hook(
        &self,
        site: &SiteId,
        id: &str,
        sealed: &str,
        old_until: i64,
    ) -> Result<bool, StoreError> {
        let rolled = "UPDATE hook SET old_secret = secret, old_until = $1, secret = $2 WHERE id = $3 AND site = $4";
        let rolled = sqlx::query(rolled).bind(old_until).bind(sealed).bind(id).bind(site.to_string());
        Ok(rolled.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Removes a hook of a site. `false`: there is none of that id.
    pub(crate) async fn remove_hook(&self, site: &SiteId, id: &str) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM hook WHERE id = $1 AND site = $2").bind(id).bind(site.to_string());
        Ok(removed.execute(&self.pool).await?.rows_affected() > 0)
    }
}
