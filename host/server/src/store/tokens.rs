//! Tokens, with which programs ask.

use mandate_model::{PrincipalId, SiteId};
use sqlx::{FromRow, Sqlite, Transaction};

use super::{NOTED, Store, StoreError, person};
use crate::{
    secret::{digest, id, random},
    token::{Holder, PREFIX, Token, TokenScope},
};

/// Most tokens that a person has; most that a site has for its sources.
pub(crate) const MOST: i64 = 50;

/// A token that is to be made.
pub(crate) struct NewToken<'a> {
    /// Where it counts.
    pub(crate) site: &'a SiteId,
    /// Who asks with it.
    pub(crate) holder: &'a Holder,
    /// What it is called.
    pub(crate) name: &'a str,
    /// Who makes it.
    pub(crate) made_by: &'a PrincipalId,
    /// The token that it is made with: revoked with that one.
    pub(crate) made_with: Option<&'a str>,
    /// Until when it counts.
    pub(crate) expires: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    person: Option<String>,
    source: Option<String>,
    name: String,
    scopes: String,
    made: i64,
    made_by: String,
    expires: i64,
    used: Option<i64>,
}

impl Row {
    fn token(self) -> Result<Token, StoreError> {
        let holder = match (self.person, self.source) {
            (Some(who), None) => {
                let scopes = self.scopes.split_whitespace().map(TokenScope::parse).collect::<Option<_>>();
                let scopes = scopes.ok_or_else(|| StoreError::Damaged(self.scopes.clone(), "list of scopes"))?;
                Holder::Person(person(who)?, scopes)
            }
            (None, Some(source)) => Holder::Source(source),
            _ => return Err(StoreError::Damaged(self.id, "token of a person or of a source")),
        };
        let made_by = person(self.made_by)?;
        let Self { id, name, made, expires, used, .. } = self;
        Ok(Token { id, holder, name, made, made_by, expires, used })
    }
}

/// What is done to tokens, and is so once it is kept: until then, it can be told of elsewhere.
pub(crate) struct Unkept<'a, T> {
    store: &'a Store,
    tx: Transaction<'static, Sqlite>,
    /// What it is.
    pub(crate) what: T,
}

impl<T> Unkept<'_, T> {
    /// Now it is so.
    pub(crate) async fn keep(self) -> Result<T, StoreError> {
        self.tx.commit().await?;
        self.store.one_ended();
        Ok(self.what)
    }
}

impl Store {
    /// Makes a token: its id, and the secret, which nobody sees again. `None`: there are too many.
    pub(crate) async fn make_token(
        &self,
        new: &NewToken<'_>,
        now: i64,
    ) -> Result<Option<Unkept<'_, (String, String)>>, StoreError> {
        let (id, secret) = (id("tok_")?, format!("{PREFIX}{}", random()?));
        let (who, source, scopes) = match new.holder {
            Holder::Person(who, scopes) => {
                let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                (Some(who.to_string()), None, scopes.join(" "))
            }
            Holder::Source(source) => (None, Some(source), "intake".to_owned()),
        };
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM token WHERE expires <= $1").bind(now).execute(&mut *tx).await?;
        let count = "SELECT count(*) FROM token WHERE site = $1 AND coalesce(person, '') = $2";
        let count = sqlx::query_scalar(count).bind(new.site.to_string()).bind(who.clone().unwrap_or_default());
        let count: i64 = count.fetch_one(&mut *tx).await?;
        if count >= MOST {
            return Ok(None);
        }
        let made = "INSERT INTO token \
                    (id, digest, site, person, source, name, scopes, made, made_by, made_with, expires) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let made = sqlx::query(made).bind(&id).bind(digest(&secret)).bind(new.site.to_string());
        let made = made.bind(who).bind(source).bind(new.name).bind(scopes).bind(now);
        let made = made.bind(new.made_by.to_string()).bind(new.made_with).bind(new.expires);
        made.execute(&mut *tx).await?;
        Ok(Some(Unkept { store: self, tx, what: (id, secret) }))
    }

    /// The token of a secret, if it is in force.
    pub(crate) async fn token(&self, site: &SiteId, secret: &str, now: i64) -> Result<Option<Token>, StoreError> {
        let found = "SELECT id, person, source, name, scopes, made, made_by, expires, used FROM token \
                     WHERE digest = $1 AND site = $2 AND expires > $3";
        let found = sqlx::query_as(found).bind(digest(secret)).bind(site.to_string()).bind(now);
        let found: Option<Row> = found.fetch_optional(&self.pool).await?;
        let Some(row) = found else { return Ok(None) };
        if row.used.is_none_or(|used| used <= now - NOTED) {
            let noted = sqlx::query("UPDATE token SET used = $1 WHERE id = $2");
            noted.bind(now).bind(&row.id).execute(&self.pool).await?;
        }
        row.token().map(Some)
    }

    /// Whether the token of this id is in force. Asking is no use of it.
    pub(crate) async fn token_counts(&self, site: &SiteId, id: &str, now: i64) -> Result<bool, StoreError> {
        let counts = "SELECT EXISTS (SELECT 1 FROM token WHERE id = $1 AND site = $2 AND expires > $3)";
        Ok(sqlx::query_scalar(counts).bind(id).bind(site.to_string()).bind(now).fetch_one(&self.pool).await?)
    }

    /// The tokens of a person, or those of the site's sources, that are in force; the latest first.
    pub(crate) async fn tokens(
        &self,
        site: &SiteId,
        of: Option<&PrincipalId>,
        now: i64,
    ) -> Result<Vec<Token>, StoreError> {
        let all = "SELECT id, person, source, name, scopes, made, made_by, expires, used FROM token \
                   WHERE site = $1 AND coalesce(person, '') = $2 AND expires > $3 ORDER BY made DESC, id";
        let all = sqlx::query_as(all).bind(site.to_string()).bind(named(of)).bind(now);
        let all: Vec<Row> = all.fetch_all(&self.pool).await?;
        all.into_iter().map(Row::token).collect()
    }

    /// Revokes a token of a person, or of the site's sources, and all that were made with it. `None`: there is none of that id.
    pub(crate) async fn revoke_token(
        &self,
        site: &SiteId,
        of: Option<&PrincipalId>,
        token: &str,
    ) -> Result<Option<Unkept<'_, ()>>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let revoked = sqlx::query("DELETE FROM token WHERE site = $1 AND coalesce(person, '') = $2 AND id = $3");
        let revoked = revoked.bind(site.to_string()).bind(named(of)).bind(token).execute(&mut *tx).await?;
        Ok((revoked.rows_affected() > 0).then_some(Unkept { store: self, tx, what: () }))
    }

    /// Revokes all tokens of a person.
    pub(crate) async fn revoke_tokens(&self, site: &SiteId, of: &PrincipalId) -> Result<Unkept<'_, ()>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let revoked = sqlx::query("DELETE FROM token WHERE site = $1 AND person = $2");
        revoked.bind(site.to_string()).bind(of.to_string()).execute(&mut *tx).await?;
        Ok(Unkept { store: self, tx, what: () })
    }
}

/// No person is called nothing: an empty name stands for the site's sources.
fn named(of: Option<&PrincipalId>) -> String {
    of.map(ToString::to_string).unwrap_or_default()
}
