//! Purging what is older than it is kept for: in small transactions, so that nobody who writes waits long, and only what is finished.

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Upkeep;
use crate::{
    error::Result,
    store::{
        audit::{self, entry::Audited},
        retention::Kind,
    },
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Parts that will not go on by themselves, and that nobody may want to try again.
macro_rules! finished {
    () => {
        "('done', 'failed', 'withheld')"
    };
}

/// What to purge, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purging {
    /// What is older than so many days, of every kind; `None`: as each kind's retention says.
    pub older_than: Option<u32>,
    /// Only count.
    pub dry_run: bool,
    /// How many things go in one transaction.
    pub batch: u32,
}

impl Purging {
    /// As retention says, for real.
    pub fn by_retention() -> Self {
        Self { older_than: None, dry_run: false, batch: 200 }
    }
}

/// How much of what was purged, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Parts whose journal and findings went.
    pub journals: u64,
    /// Delivered messages.
    pub messages: u64,
    /// Events with all their runs.
    pub events: u64,
    /// Notices.
    pub notices: u64,
    /// Payloads of the audit. A dry run does not count those of runs that would go first.
    pub audit: u64,
}

impl Purged {
    fn add(&mut self, kind: Kind, count: u64) {
        *match kind {
            Kind::Journals => &mut self.journals,
            Kind::Messages => &mut self.messages,
            Kind::Runs => &mut self.events,
            Kind::Notices => &mut self.notices,
            Kind::Audit => &mut self.audit,
        } += count;
    }
}

/// What of a kind is older than `$1`, at most `$2`: ids as text.
fn old(kind: Kind) -> &'static str {
    match kind {
        Kind::Journals => concat!(
            "SELECT part.id FROM part JOIN run ON run.id = part.run JOIN event ON event.id = run.event
             WHERE event.at < $1 AND part.state IN ",
            finished!(),
            " AND (part.findings IS NOT NULL OR EXISTS (SELECT 1 FROM journal WHERE journal.part = part.id)) LIMIT $2"
        ),
        Kind::Messages => "SELECT id FROM message WHERE delivered < $1 LIMIT $2",
        // An event of which something is waiting, was given up, or waits for the operator is kept whole.
        Kind::Runs => concat!(
            "SELECT event.id FROM event WHERE event.at < $1 AND state = 'matched' AND reason IS NULL AND occurrence <> ''
             AND NOT EXISTS (SELECT 1 FROM run WHERE run.event = event.id AND (run.state IN ('pending', 'dead')
             OR EXISTS (SELECT 1 FROM part WHERE part.run = run.id AND part.state NOT IN ",
            finished!(),
            ") OR EXISTS (SELECT 1 FROM effect JOIN part ON part.id = effect.part
             WHERE part.run = run.id AND effect.state = 'unknown'))) LIMIT $2"
        ),
        Kind::Notices => "SELECT CAST(number AS TEXT) FROM notice WHERE at < $1 LIMIT $2",
        // What of a run is still stored is told by the audit too.
        Kind::Audit => {
            "SELECT CAST(number AS TEXT) FROM audit WHERE at < $1 AND what IN ('run', 'part', 'effect')
             AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = audit.run) LIMIT $2"
        }
    }
}

impl Upkeep {
    /// Purges what is old, kind after kind; `progress` is told after each transaction. What is pending, and what was given up and
    /// may be tried again, stays. Consents, ownership and the chain of the audit are never touched.
    pub async fn purge(&self, purging: &Purging, mut progress: impl FnMut(&Purged)) -> Result<Purged> {
        let mut purged = Purged::default();
        let now = self.clock.now();
        for kind in Kind::ALL {
            let kept = self.retention(kind).await?;
            let Some(days) = purging.older_than.or(kept) else { continue };
            let before = now.saturating_sub(i64::from(days).saturating_mul(DAY));
            if purging.dry_run {
                purged.add(kind, self.count_old(kind, before).await?);
                continue;
            }
            while let count @ 1.. = self.purge_some(kind, before, purging.batch.max(1)).await? {
                purged.add(kind, count);
                progress(&purged);
            }
        }
        if !purging.dry_run && purged != Purged::default() {
            self.tell(&Audited::Purged { purged }).await?;
        }
        Ok(purged)
    }

    async fn count_old(&self, kind: Kind, before: i64) -> Result<u64> {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM ({}) AS old", old(kind)));
        let count: i64 = sqlx::query_scalar(sql).bind(before).bind(i64::MAX).fetch_one(self.store.reader()).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Purges at most `batch` things in one transaction; how many.
    async fn purge_some(&self, kind: Kind, before: i64, batch: u32) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let ids: Vec<String> = sqlx::query_scalar(old(kind)).bind(before).bind(batch).fetch_all(&mut *tx).await?;
        for id in &ids {
            purge_one(&mut tx, kind, id).await?;
        }
        tx.commit().await?;
        Ok(ids.len() as u64)
    }

    /// Audits what was erased, and wipes the write-ahead log, which still has it.
    pub(super) async fn tell(&self, audited: &Audited) -> Result<()> {
        let mut tx = self.store.begin().await?;
        audit::append(&mut tx, audited, self.clock.now()).await?;
        tx.commit().await?;
        self.store.wipe_log().await
    }
}

async fn purge_one(tx: &mut SqliteConnection, kind: Kind, id: &str) -> Result<()> {
    let statements: &[&'static str] = match kind {
        Kind::Journals => &["DELETE FROM journal WHERE part = $1", "UPDATE part SET findings = NULL WHERE id = $1"],
        Kind::Messages => &["DELETE FROM message WHERE id = $1"],
        // Its id stays: what comes again is still the same event, and does nothing (E03).
        Kind::Runs => &[
            "DELETE FROM part WHERE run IN (SELECT id FROM run WHERE event = $1)",
            "DELETE FROM run WHERE event = $1",
            "UPDATE event SET occurrence = '' WHERE id = $1",
        ],
        Kind::Notices => &["DELETE FROM notice WHERE CAST(number AS TEXT) = $1"],
        Kind::Audit => return audit::purge(tx, id.parse().unwrap_or_default()).await,
    };
    for sql in statements {
        sqlx::query(*sql).bind(id).execute(&mut *tx).await?;
    }
    Ok(())
}
