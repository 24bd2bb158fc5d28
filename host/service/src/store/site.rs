//! How sites govern their automations.

use mandate_governance::SiteChoices;
use mandate_model::{PrincipalId, SiteId};
use sqlx::{Executor, Sqlite, SqliteConnection};

use super::{
    audit::{self, entry::Audited},
    from_json, json,
};
use crate::error::Result;

/// What a site chose; the default preset if it never did.
pub(crate) async fn choices<'e>(executor: impl Executor<'e, Database = Sqlite>, site: &SiteId) -> Result<SiteChoices> {
    let stored: Option<String> = sqlx::query_scalar("SELECT choices FROM site WHERE site = $1")
        .bind(site.as_str())
        .fetch_optional(executor)
        .await?;
    Ok(stored.as_deref().map(from_json).transpose()?.unwrap_or_default())
}

/// Keeps what a site chose, and that it did, and audits it.
pub(crate) async fn choose(
    tx: &mut SqliteConnection,
    site: &SiteId,
    actor: Option<&PrincipalId>,
    choices: &SiteChoices,
    at: i64,
) -> Result<()> {
    let body = json(choices)?;
    sqlx::query(
        "INSERT INTO site (site, choices, at) VALUES ($1, $2, $3)
         ON CONFLICT (site) DO UPDATE SET choices = excluded.choices, at = excluded.at",
    )
    .bind(site.as_str())
    .bind(&body)
    .bind(at)
    .execute(&mut *tx)
    .await?;
    let sql = "INSERT INTO site_history (site, actor, choices, at) VALUES ($1, $2, $3, $4) RETURNING number";
    let number = sqlx::query_scalar(sql)
        .bind(site.as_str())
        .bind(actor.map(ToString::to_string))
        .bind(&body)
        .bind(at)
        .fetch_one(&mut *tx)
        .await?;
    let (site, actor, choices) = (site.clone(), actor.cloned(), Box::new(choices.clone()));
    audit::append(tx, &Audited::Site { number, site, actor, choices }, at).await?;
    Ok(())
}
