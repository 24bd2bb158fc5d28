//! People, teams and the site, read live.

use std::collections::BTreeMap;

use async_trait::async_trait;
use mandate_model::{Principal, PrincipalId, PrincipalKind};
use mandate_policy::Attribute;
use mandate_runtime::platform::{Directory, Unavailable};
use sqlx::SqliteConnection;

use super::{
    db::{Embedded, Inner},
    grants,
};

/// People of a team, through teams nested in it.
const PEOPLE: &str = "with recursive inside (member) as (
        select member from membership where team = $1
        union
        select membership.member from membership join inside on membership.team = inside.member
    )
    select id from person join inside on id = member where active order by id";

/// Somebody who is there: what they are called, and what policies may speak of.
pub(super) struct Entry {
    pub(super) principal: Principal,
    pub(super) attributes: BTreeMap<String, Attribute>,
}

/// A principal that may act or be told something now; `None`: unknown or deactivated.
pub(super) async fn entry(
    conn: &mut SqliteConnection,
    inner: &Inner,
    id: &PrincipalId,
) -> Result<Option<Entry>, sqlx::Error> {
    match id.kind() {
        PrincipalKind::User => person(conn, id).await,
        PrincipalKind::Team => {
            let sql = "select name from team where id = $1";
            let name: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(conn).await?;
            Ok(name.map(|name| faceless(id, name)))
        }
        PrincipalKind::Site => Ok((id.name() == inner.site.as_str()).then(|| faceless(id, id.name().to_owned()))),
    }
}

async fn person(conn: &mut SqliteConnection, id: &PrincipalId) -> Result<Option<Entry>, sqlx::Error> {
    let sql = "select name, locale, time_zone, attributes from person where id = $1 and active";
    let row: Option<(String, String, String, String)> =
        sqlx::query_as(sql).bind(id.to_string()).fetch_optional(conn).await?;
    let Some((name, locale, time_zone, attributes)) = row else { return Ok(None) };
    let attributes = serde_json::from_str(&attributes).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Some(Entry { principal: Principal { id: id.clone(), name, locale, time_zone }, attributes }))
}

/// A team or site: it has no language and no place of its own.
fn faceless(id: &PrincipalId, name: String) -> Entry {
    let principal = Principal { id: id.clone(), name, locale: "en".to_owned(), time_zone: "UTC".to_owned() };
    Entry { principal, attributes: BTreeMap::new() }
}

#[async_trait]
impl Directory for Embedded {
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        let ask = async {
            let mut tx = self.inner.read().await?;
            entry(&mut tx, &self.inner, id).await
        };
        Ok(ask.await.map_err(unavailable)?.map(|entry| entry.principal))
    }

    async fn people(&self, team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        let ask = async {
            let mut tx = self.inner.read().await?;
            sqlx::query_scalar::<_, String>(PEOPLE).bind(team.to_string()).fetch_all(&mut *tx).await
        };
        let ids = ask.await.map_err(unavailable)?;
        ids.iter().map(|id| PrincipalId::parse(id).map_err(|error| Unavailable(error.to_string()))).collect()
    }

    async fn is_in(&self, id: &PrincipalId, team: &PrincipalId) -> Result<bool, Unavailable> {
        let ask = async {
            let mut tx = self.inner.read().await?;
            let there = person(&mut tx, id).await?.is_some();
            Ok::<_, sqlx::Error>(there && grants::teams(&mut tx, id).await?.contains(team))
        };
        ask.await.map_err(unavailable)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function of `map_err`")]
pub(super) fn unavailable(error: sqlx::Error) -> Unavailable {
    Unavailable(error.to_string())
}
