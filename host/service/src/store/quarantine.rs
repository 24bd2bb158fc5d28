//! Plugins that brought the host down.

use mandate_model::{PluginDigest, SiteId};
use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool};

use super::from_word;
use crate::error::Result;

/// A plugin of which nothing is evaluated on a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Where.
    pub site: SiteId,
    /// What.
    pub plugin: PluginDigest,
    /// The part during which the host ended, twice with nothing beside it.
    pub part: String,
    /// Since when: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// All of them, the latest first.
pub(crate) async fn all(reader: &SqlitePool) -> Result<Vec<Quarantined>> {
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as("SELECT site, plugin, part, at FROM quarantine ORDER BY at DESC, site, plugin")
            .fetch_all(reader)
            .await?;
    let read = |(site, plugin, part, at): (String, String, String, i64)| {
        Ok(Quarantined { site: from_word(&site)?, plugin: from_word(&plugin)?, part, at })
    };
    rows.into_iter().map(read).collect()
}

/// Whether a plugin is in quarantine.
pub(crate) async fn holds(reader: &SqlitePool, site: &str, plugin: &str) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM quarantine WHERE site = $1 AND plugin = $2)")
        .bind(site)
        .bind(plugin)
        .fetch_one(reader)
        .await?)
}

/// Lets a plugin run again, and forgets what its parts were suspected of; `false` if it was in no quarantine.
pub(crate) async fn release(tx: &mut SqliteConnection, site: &SiteId, plugin: &PluginDigest) -> Result<bool> {
    let released = sqlx::query("DELETE FROM quarantine WHERE site = $1 AND plugin = $2")
        .bind(site.as_str())
        .bind(plugin.as_str())
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE part SET suspect = NULL WHERE site = $1 AND plugin = $2")
        .bind(site.as_str())
        .bind(plugin.as_str())
        .execute(tx)
        .await?;
    Ok(released.rows_affected() == 1)
}
