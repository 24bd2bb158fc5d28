//! How much is in a store.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Upkeep;
use crate::{
    error::Result,
    store::audit::{self, chain::Head},
};

/// How much is in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Automations, versions, plugins, events, messages, notices, entries of journals and of the audit: how many.
    pub counts: BTreeMap<String, i64>,
    /// Runs, by where they stand.
    pub runs: BTreeMap<String, i64>,
    /// Parts, by where they stand.
    pub parts: BTreeMap<String, i64>,
    /// Effects, by where they stand.
    pub effects: BTreeMap<String, i64>,
    /// Bytes of the store's file.
    pub bytes: i64,
    /// Bytes in it that are free to be used again.
    pub free_bytes: i64,
    /// When the oldest event that still has runs was accepted: microseconds since 1970-01-01T00:00:00Z.
    pub oldest: Option<i64>,
    /// How far the audit reaches.
    pub head: Option<Head>,
}

impl Upkeep {
    /// Counts what is in the store.
    pub async fn stats(&self) -> Result<Stats> {
        let reader = self.store.reader();
        let counts = self.by_word(
            "SELECT 'automations', count(*) FROM automation UNION ALL SELECT 'versions', count(*) FROM version
             UNION ALL SELECT 'plugins', count(*) FROM plugin UNION ALL SELECT 'events', count(*) FROM event
             UNION ALL SELECT 'events-pending', count(*) FROM event WHERE state = 'pending'
             UNION ALL SELECT 'journal-entries', count(*) FROM journal UNION ALL SELECT 'messages', count(*) FROM message
             UNION ALL SELECT 'notices', count(*) FROM notice UNION ALL SELECT 'audit-entries', count(*) FROM audit
             UNION ALL SELECT 'audit-purged', count(*) FROM audit WHERE payload IS NULL",
        );
        let oldest = sqlx::query_scalar("SELECT min(event.at) FROM event JOIN run ON run.event = event.id");
        let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(reader).await?;
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(reader).await?;
        let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(reader).await?;
        Ok(Stats {
            counts: counts.await?,
            runs: self.by_word("SELECT state, count(*) FROM run GROUP BY state").await?,
            parts: self.by_word("SELECT state, count(*) FROM part GROUP BY state").await?,
            effects: self.by_word("SELECT state, count(*) FROM effect GROUP BY state").await?,
            bytes: page * pages,
            free_bytes: page * free,
            oldest: oldest.fetch_one(reader).await?,
            head: audit::head(reader).await?,
        })
    }

    async fn by_word(&self, sql: &'static str) -> Result<BTreeMap<String, i64>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(self.store.reader()).await?;
        Ok(rows.into_iter().collect())
    }
}
