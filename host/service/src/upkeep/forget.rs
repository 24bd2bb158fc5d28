//! Forgetting a person: erasing what ran as them, what they were told, and what the audit tells of that.

use mandate_model::PrincipalId;
use serde::{Deserialize, Serialize};

use super::Upkeep;
use crate::{
    error::Result,
    store::{
        audit::{self, entry::Audited},
        effect, inbox, loss, part, wish,
    },
};

/// How many things go in one transaction.
const BATCH: u32 = 200;

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Ended parts that ran as them, with their journals, effects and messages.
    pub parts: u64,
    /// Messages that they were told by somebody else's part, as run_as (ONE-09).
    #[serde(default)]
    pub messages: u64,
    /// Notices.
    pub notices: u64,
    /// How they wanted to be told.
    #[serde(default)]
    pub wishes: u64,
    /// Payloads of the audit.
    pub audit: u64,
    /// Parts that have not ended: they are kept. Forget again once they have.
    pub unfinished: u64,
}

impl Upkeep {
    /// Erases what concerns one person: the ended parts that ran as them, with journals, effects and messages; what somebody else's
    /// part told them; what they were told of automations; how they wanted to be told; and the payloads of the audit about what ran as them. What they own, manage and consented to is no trace of what
    /// ran: hand it over first ([`Service::hand_over`](crate::Service::hand_over)). On the record, it stays.
    pub async fn forget(&self, person: &PrincipalId) -> Result<Forgotten> {
        let mut forgotten = Forgotten { unfinished: self.unfinished(person).await?, ..Forgotten::default() };
        while let (parts @ 1.., audited) = self.forget_parts(person).await? {
            forgotten.parts += parts;
            forgotten.audit += audited;
        }
        while let count @ 1.. = self.forget_told(person).await? {
            forgotten.messages += count;
        }
        while let count @ 1.. = self.forget_notices(person).await? {
            forgotten.notices += count;
        }
        let mut tx = self.store.begin().await?;
        forgotten.wishes = wish::forget(&mut tx, person).await?;
        loss::forget(&mut tx, person).await?;
        tx.commit().await?;
        forgotten.audit += self.forget_audited(person).await?;
        self.tell(&Audited::Forgotten { forgotten }).await?;
        Ok(forgotten)
    }

    async fn unfinished(&self, person: &PrincipalId) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM part WHERE principal = $1 AND state IN ('pending', 'running', 'staged')",
        )
        .bind(person.to_string())
        .fetch_one(self.store.reader())
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Erases some parts: how many, and how many entries of the audit told of them.
    async fn forget_parts(&self, person: &PrincipalId) -> Result<(u64, u64)> {
        let mut tx = self.store.begin().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM part WHERE principal = $1 AND state IN ('done', 'failed', 'withheld', 'dead') LIMIT $2",
        )
        .bind(person.to_string())
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        let mut audited = 0;
        for id in &ids {
            audited += part::remove(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok((ids.len() as u64, audited))
    }

    /// Erases some messages of parts that are not theirs. The effect stays, with whom it told; what it said goes.
    async fn forget_told(&self, person: &PrincipalId) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let told = inbox::told(&mut tx, person, BATCH).await?;
        for message in &told {
            effect::forget_said(&mut tx, &message.part, message.sequence).await?;
            inbox::remove(&mut tx, &message.id).await?;
        }
        tx.commit().await?;
        Ok(told.len() as u64)
    }

    async fn forget_notices(&self, person: &PrincipalId) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let done = sqlx::query(
            "DELETE FROM notice WHERE number IN (SELECT number FROM notice WHERE person = $1 ORDER BY number LIMIT $2)",
        )
        .bind(person.to_string())
        .bind(BATCH)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Purges the payloads of what ran as the person, of parts that went before.
    async fn forget_audited(&self, person: &PrincipalId) -> Result<u64> {
        let (mut after, mut count) = (0, 0);
        loop {
            let rows = audit::rows(self.store.reader(), None, after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(count) };
            after = last.number;
            let mut tx = self.store.begin().await?;
            for row in rows {
                let audited: Option<Audited> = row.payload.as_deref().and_then(|text| serde_json::from_str(text).ok());
                let part = row.found.part.as_deref().unwrap_or_default();
                let theirs = audited.is_some_and(|audited| audited.concerns() == Some(person));
                if theirs && !part::is_there(&mut tx, part).await? {
                    audit::purge(&mut tx, row.number).await?;
                    count += 1;
                }
            }
            tx.commit().await?;
        }
    }
}
