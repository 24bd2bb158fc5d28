//! Whether the audit and the rest of the store tell the same.

use mandate_governance::{Happening, SiteChoices};
use mandate_model::{PrincipalId, SiteId};
use serde::de::DeserializeOwned;
use sqlx::SqlitePool;

use super::{Flaw, TOLD};
use crate::{
    error::{Result, ServiceError},
    store::{
        audit::{Row, entry::Audited},
        automation, from_json, from_word,
    },
};

/// Whether what an entry tells of is stored otherwise, if it is still stored. Consent and ownership are stored for ever.
pub(super) async fn differs(reader: &SqlitePool, row: &Row, audited: &Audited) -> Result<Option<Flaw>> {
    let (same, what) = match audited {
        Audited::Automation { number, automation, actor, happening } => {
            let sql = "SELECT automation, actor, body, at FROM happening WHERE number = $1";
            let same = kept(reader, sql, *number, (automation, actor, happening, row.at)).await?;
            (same, format!("what happened to automation `{automation}`"))
        }
        Audited::Site { number, site, actor, choices } => {
            let sql = "SELECT site, actor, choices, at FROM site_history WHERE number = $1";
            let same = kept::<SiteId, SiteChoices>(reader, sql, *number, (site, actor, choices, row.at)).await?;
            (same, format!("how site `{site}` is governed"))
        }
        Audited::Part { part, principal, .. } => (ran_as(reader, part, principal).await?, format!("part `{part}`")),
        Audited::Effect { part, sequence, row: id, .. } => {
            (applied(reader, part, *sequence, id.as_deref()).await?, format!("effect {sequence} of part `{part}`"))
        }
        _ => return Ok(None),
    };
    Ok((!same).then_some(Flaw::Differs { number: row.number, what }))
}

/// Whether a row of a history says the same: of whom, by whom, what, when.
async fn kept<I, T>(
    reader: &SqlitePool,
    sql: &'static str,
    number: i64,
    (of, actor, what, at): (&I, &Option<PrincipalId>, &T, i64),
) -> Result<bool>
where
    I: std::fmt::Display,
    T: DeserializeOwned + PartialEq,
{
    let row: Option<(String, Option<String>, String, i64)> =
        sqlx::query_as(sql).bind(number).fetch_optional(reader).await?;
    let Some((id, by, body, when)) = row else { return Ok(false) };
    let same = from_json::<T>(&body).is_ok_and(|body| body == *what);
    Ok(same && id == of.to_string() && by == actor.as_ref().map(ToString::to_string) && when == at)
}

async fn ran_as(reader: &SqlitePool, part: &str, principal: &PrincipalId) -> Result<bool> {
    let stored: Option<String> =
        sqlx::query_scalar("SELECT principal FROM part WHERE id = $1").bind(part).fetch_optional(reader).await?;
    Ok(stored.is_none_or(|stored| stored == principal.to_string()))
}

async fn applied(reader: &SqlitePool, part: &str, sequence: u32, row: Option<&str>) -> Result<bool> {
    let stored: Option<(String, Option<String>)> =
        sqlx::query_as("SELECT state, row_id FROM effect WHERE part = $1 AND sequence = $2")
            .bind(part)
            .bind(sequence)
            .fetch_optional(reader)
            .await?;
    Ok(stored.is_none_or(|(state, id)| state == "applied" && id.as_deref() == row))
}

/// What is stored of which there should be an entry, and is none.
pub(super) async fn unaudited(reader: &SqlitePool) -> Result<Vec<Flaw>> {
    let mut flaws = vec![];
    for (what, sql) in [
        (
            "happening",
            "SELECT CAST(number AS TEXT) FROM happening WHERE NOT EXISTS
             (SELECT 1 FROM audit WHERE what = 'automation' AND audit.sequence = happening.number) ORDER BY 1 LIMIT $1",
        ),
        (
            "choice of a site",
            "SELECT CAST(number AS TEXT) FROM site_history WHERE NOT EXISTS
             (SELECT 1 FROM audit WHERE what = 'site' AND audit.sequence = site_history.number) ORDER BY 1 LIMIT $1",
        ),
        (
            "run",
            "SELECT id FROM run WHERE state IN ('withheld', 'dead') AND NOT EXISTS
             (SELECT 1 FROM audit WHERE audit.run = run.id AND what = 'run') ORDER BY 1 LIMIT $1",
        ),
        (
            "part",
            "SELECT id FROM part WHERE state IN ('done', 'failed', 'withheld', 'dead') AND (kind = 'act' OR witnessed = 1)
             AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.part = part.id AND what = 'part') ORDER BY 1 LIMIT $1",
        ),
        (
            "effect",
            "SELECT part || '/' || CAST(sequence AS TEXT) FROM effect WHERE state = 'applied' AND NOT EXISTS
             (SELECT 1 FROM audit WHERE audit.part = effect.part AND what = 'effect'
             AND audit.sequence = effect.sequence) ORDER BY 1 LIMIT $1",
        ),
    ] {
        let ids: Vec<String> = sqlx::query_scalar(sql).bind(TOLD).fetch_all(reader).await?;
        flaws.extend(ids.into_iter().map(|id| Flaw::Unaudited(format!("{what} `{id}`"))));
    }
    Ok(flaws)
}

/// Consents in force that nobody is on record as having given.
pub(super) async fn consents(reader: &SqlitePool) -> Result<Vec<Flaw>> {
    let with_consent: Vec<String> =
        sqlx::query_scalar("SELECT id FROM automation WHERE consent IS NOT NULL ORDER BY id").fetch_all(reader).await?;
    let mut flaws = vec![];
    for id in with_consent {
        match given(reader, &id).await {
            Ok(true) => {}
            Ok(false) => flaws.push(Flaw::Unaudited(format!("the consent of automation `{id}`"))),
            Err(ServiceError::Damaged(what)) => flaws.push(Flaw::File(format!("automation `{id}`: {what}"))),
            Err(error) => return Err(error),
        }
    }
    Ok(flaws)
}

/// Whether the consent of an automation is the last that was given, and has not ended.
async fn given(reader: &SqlitePool, id: &str) -> Result<bool> {
    let id = from_word(id)?;
    let Some(consent) = automation::known(reader, &id).await?.consent else { return Ok(true) };
    let mut standing = None;
    for (_, _, happening) in automation::happenings(reader, &id).await? {
        match happening {
            Happening::Consented { principal, version, .. } | Happening::Migrated { principal, version } => {
                standing = Some((principal, version));
            }
            Happening::ConsentEnded { .. } => standing = None,
            _ => {}
        }
    }
    Ok(standing == Some((consent.principal, consent.version)))
}
