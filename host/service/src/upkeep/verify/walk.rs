//! Walking the audit from its first entry to its last, or to the first one that is wrong.

use sqlx::SqlitePool;

use super::{Flaw, agree};
use crate::{
    error::Result,
    store::{
        audit::{
            self, Row,
            chain::{self, Head, ORIGIN},
            entry::Audited,
        },
        from_json,
    },
};

/// Entries read at once.
const PAGE: u32 = 1_000;

/// How far the audit is as it was written, and the first thing that is wrong with it.
pub(super) async fn walk(reader: &SqlitePool, kept: Option<&Head>) -> Result<(Option<Head>, Option<Flaw>)> {
    let mut last = Head { number: 0, hash: ORIGIN };
    loop {
        let rows = audit::rows(reader, None, last.number, PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let flaw = step(reader, &last, &row, kept).await?;
            if flaw.is_some() {
                return Ok((some(last), flaw));
            }
            last = Head { number: row.number, hash: row.hash.try_into().unwrap_or(ORIGIN) };
        }
    }
    let flaw = ending(&last, kept);
    Ok((some(last), flaw))
}

fn some(last: Head) -> Option<Head> {
    (last.number > 0).then_some(last)
}

/// What is wrong with the end.
fn ending(last: &Head, kept: Option<&Head>) -> Option<Flaw> {
    match kept {
        _ if last.number == 0 => Some(Flaw::Empty),
        Some(kept) if kept.number > last.number => Some(Flaw::CutOff { last: last.number, kept: kept.number }),
        _ => None,
    }
}

/// What is wrong with the entry after `last`.
async fn step(reader: &SqlitePool, last: &Head, row: &Row, kept: Option<&Head>) -> Result<Option<Flaw>> {
    if row.number != last.number + 1 {
        return Ok(Some(Flaw::Missing(last.number + 1)));
    }
    if row.previous != last.hash {
        return unlinked(reader, row).await.map(Some);
    }
    if chain::hash(&row.previous, row.number, row.at, &row.commitment).as_slice() != row.hash {
        return Ok(Some(Flaw::Entry(row.number)));
    }
    if kept.is_some_and(|kept| kept.number == row.number && kept.hash.as_slice() != row.hash) {
        return Ok(Some(Flaw::Rewritten(row.number)));
    }
    told(reader, row).await
}

/// Why an entry does not follow the one before it: it is out of place, or what it follows is gone.
async fn unlinked(reader: &SqlitePool, row: &Row) -> Result<Flaw> {
    let follows: Option<i64> = sqlx::query_scalar("SELECT number FROM audit WHERE hash = $1")
        .bind(&row.previous)
        .fetch_optional(reader)
        .await?;
    let number = row.number;
    Ok(follows.map_or(Flaw::Unlinked(number), |follows| Flaw::OutOfOrder { number, follows }))
}

/// What is wrong with what an entry tells, if that was not purged.
async fn told(reader: &SqlitePool, row: &Row) -> Result<Option<Flaw>> {
    let (Some(salt), Some(payload)) = (&row.salt, &row.payload) else { return Ok(None) };
    let committed =
        salt.as_slice().try_into().is_ok_and(|salt| chain::commitment(salt, payload).as_slice() == row.commitment);
    let Some(audited) = committed.then(|| from_json::<Audited>(payload).ok()).flatten() else {
        return Ok(Some(Flaw::Payload(row.number)));
    };
    if audited.found() != row.found {
        return Ok(Some(Flaw::Found(row.number)));
    }
    agree::differs(reader, row, &audited).await
}
