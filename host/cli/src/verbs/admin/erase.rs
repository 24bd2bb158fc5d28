//! `mandate admin retention`, `purge` and `forget`.

use mandate_model::PrincipalId;
use mandate_service::{Purged, Purging, RetentionKind};

use super::{counted, upkeep};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
};

/// For how long something is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days(Option<u32>);

/// [`Days`] as an argument.
pub(super) fn days(text: &str) -> Result<Days, String> {
    if text == "forever" {
        return Ok(Days(None));
    }
    text.parse().map(|days| Days(Some(days))).map_err(|_| format!("`{text}` is neither a number of days nor `forever`"))
}

fn kept(days: Option<u32>) -> String {
    days.map_or_else(|| "for ever".to_owned(), |days| counted(days.into(), "day"))
}

/// Sets how long something is kept, or shows how long everything is.
pub(super) async fn retention(common: &Common, set: Option<(RetentionKind, Days)>) -> CliResult {
    let upkeep = upkeep(common).await?;
    if let Some((kind, Days(days))) = set {
        upkeep.retain(kind, days).await.map_err(CliError::unavailable)?;
    }
    for kind in RetentionKind::ALL {
        let days = upkeep.retention(kind).await.map_err(CliError::unavailable)?;
        outln!("{:<9} {}", kind.as_str(), kept(days));
    }
    Ok(())
}

/// Purges what is old, or counts it.
pub(super) async fn purge(common: &Common, older_than: Option<u32>, confirm: bool) -> CliResult {
    let upkeep = upkeep(common).await?;
    let purging = Purging { older_than, dry_run: !confirm, ..Purging::by_retention() };
    let told = |purged: &Purged| eprintln!("{}", line(purged));
    let purged = upkeep.purge(&purging, told).await.map_err(CliError::unavailable)?;
    outln!("{} {}", if confirm { "purged:" } else { "would purge:" }, line(&purged));
    if !confirm {
        outln!(
            "nothing was purged: add `--confirm`; audit payloads of runs that go are purged with them if they are old enough"
        );
    }
    Ok(())
}

fn line(purged: &Purged) -> String {
    let Purged { journals, messages, events, notices, audit } = *purged;
    let all = [
        counted(events, "event") + " with their runs",
        counted(journals, "journal"),
        counted(messages, "message"),
        counted(notices, "notice"),
        counted(audit, "audit payload"),
    ];
    all.join(", ")
}

/// Forgets a person.
pub(super) async fn forget(common: &Common, person: &PrincipalId, confirm: bool) -> CliResult {
    let upkeep = upkeep(common).await?;
    if !confirm {
        return Err(CliError::Input(format!(
            "this erases every run that ran as {person} and every message to them, for ever: hand over what runs as them \
             first, make a backup if you want one, and add `--confirm`"
        )));
    }
    let forgotten = upkeep.forget(person).await.map_err(CliError::unavailable)?;
    let erased = [
        counted(forgotten.parts, "part"),
        counted(forgotten.messages, "message"),
        counted(forgotten.notices, "notice"),
        counted(forgotten.wishes, "choice"),
        counted(forgotten.audit, "audit payload"),
    ];
    outln!("erased: {}", erased.join(", "));
    if forgotten.unfinished > 0 {
        let left = counted(forgotten.unfinished, "part");
        return Err(CliError::Failed(format!(
            "{left} of theirs had not ended and stayed: forget them again afterwards"
        )));
    }
    Ok(())
}
