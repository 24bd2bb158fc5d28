//! Uploaded plugins.

use mandate_model::{PluginDigest, SiteId};
use sqlx::{SqliteConnection, SqlitePool};

use super::{
    damaged::{Sifted, sift},
    from_json, from_word, json,
};
use crate::{error::Result, parts::Described};

/// A plugin as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginInfo {
    /// Its name.
    pub digest: PluginDigest,
    /// What it is.
    pub described: Described,
    /// When it was uploaded: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

#[derive(sqlx::FromRow)]
struct PluginRow {
    digest: String,
    manifest: String,
    imports: String,
    phases: String,
    at: i64,
}

impl PluginRow {
    fn read(&self) -> Result<PluginInfo> {
        let described = Described {
            manifest: from_json(&self.manifest)?,
            imports: from_json(&self.imports)?,
            phases: from_json(&self.phases)?,
        };
        Ok(PluginInfo { digest: from_word(&self.digest)?, described, at: self.at })
    }
}

/// Keeps a plugin; the same bytes are kept once.
pub(crate) async fn insert(
    tx: &mut SqliteConnection,
    site: &SiteId,
    digest: &PluginDigest,
    described: &Described,
    bytes: &[u8],
    at: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO plugin (site, digest, name, manifest, imports, phases, bytes, at, number)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT coalesce(max(number), 0) + 1 FROM plugin))
         ON CONFLICT DO NOTHING",
    )
    .bind(site.as_str())
    .bind(digest.as_str())
    .bind(&described.manifest.name)
    .bind(json(&described.manifest)?)
    .bind(json(&described.imports)?)
    .bind(json(&described.phases)?)
    .bind(bytes)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// A plugin of the site by its digest (with or without `sha256:`), or the last uploaded one whose manifest has that name.
pub(crate) async fn find(reader: &SqlitePool, site: &SiteId, digest_or_name: &str) -> Result<Option<PluginInfo>> {
    let row: Option<PluginRow> = sqlx::query_as(
        "SELECT digest, manifest, imports, phases, at FROM plugin
         WHERE site = $1 AND (digest = $2 OR name = $3) ORDER BY digest = $2 DESC, at DESC, number DESC LIMIT 1",
    )
    .bind(site.as_str())
    .bind(digest_or_name.strip_prefix("sha256:").unwrap_or(digest_or_name))
    .bind(digest_or_name)
    .fetch_optional(reader)
    .await?;
    row.map(|row| row.read()).transpose()
}

/// The bytes that are stored under a digest; the caller compares.
pub(crate) async fn bytes(reader: &SqlitePool, site: &SiteId, digest: &PluginDigest) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT bytes FROM plugin WHERE site = $1 AND digest = $2")
        .bind(site.as_str())
        .bind(digest.as_str())
        .fetch_optional(reader)
        .await?)
}

/// Every plugin of the site, the last uploaded first: those that can be read, and those that cannot.
pub(crate) async fn sifted(reader: &SqlitePool, site: &SiteId) -> Result<Sifted<PluginInfo>> {
    let rows = sqlx::query(
        "SELECT digest AS id, digest, manifest, imports, phases, at FROM plugin WHERE site = $1 ORDER BY at DESC, digest",
    )
    .bind(site.as_str())
    .fetch_all(reader)
    .await?;
    sift(&rows, |row: PluginRow| row.read())
}
