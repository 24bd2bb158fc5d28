//! `mandate admin audit`: everybody's entries, for the operator.

use mandate_model::{AutomationId, PrincipalId, Subject};
use mandate_service::{AuditEntry, Audited, Deed, Of, TokenBecame, Upkeep};

use super::upkeep;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::{inert, time},
    verbs::automation::words,
};

/// Entries read at once.
const PAGE: u32 = 500;

/// Which entries, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those of one automation, by its id or its name
    #[arg(long)]
    automation: Option<String>,
    /// Only those after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    /// As JSON, one entry a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(common: &Common, args: Args) -> CliResult {
    let upkeep = upkeep(common).await?;
    let automation = match &args.automation {
        Some(name) => Some(named(&upkeep, name).await?),
        None => None,
    };
    let mut after = args.after;
    loop {
        let page = upkeep.audit(automation.as_ref(), after, PAGE).await.map_err(CliError::unavailable)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number;
        for entry in &page {
            if args.json {
                outln!("{}", serde_json::to_string(entry).map_err(CliError::unavailable)?);
            } else {
                outln!("{:>6}  {}  {}", entry.number, time(entry.at), inert(&told(entry)));
            }
        }
    }
}

async fn named(upkeep: &Upkeep, name: &str) -> CliResult<AutomationId> {
    match upkeep.named(name).await.map_err(CliError::unavailable)?.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(CliError::Input(format!("there is no automation `{name}`"))),
        many => {
            let ids: Vec<String> = many.iter().map(|id| format!("`{id}`")).collect();
            Err(CliError::Input(format!("several automations are called `{name}`: name one of {}", ids.join(", "))))
        }
    }
}

fn told(entry: &AuditEntry) -> String {
    let Some(audited) = &entry.audited else { return "purged".to_owned() };
    match audited {
        Audited::Begun => "the audit begins".to_owned(),
        Audited::Automation { automation, actor, happening, .. } => {
            format!("{automation}: {} (by {})", words::words(happening, true), by(actor.as_ref()))
        }
        Audited::Site { site, actor, choices, .. } => {
            format!("site `{site}` is governed by the preset `{}` (by {})", choices.preset, by(actor.as_ref()))
        }
        Audited::Run { of, outcome } => format!("{}: run ended before it began: {outcome}", ran(of)),
        Audited::Part { of, kind, principal, outcome, .. } => {
            format!("{}: {} part as {principal}: {}", ran(of), word(kind), word(outcome))
        }
        Audited::Effect { of, part, sequence, principal, deed, row } => {
            let key = format!("{}/{part}/{sequence}", of.run);
            format!("{}: changed as {principal}: {}; key {key}", ran(of), done(deed.as_ref(), row.as_deref()))
        }
        Audited::Retried { automation, run, actor } => {
            format!("{automation}: what failed of {run} for good was tried again (by {actor})")
        }
        Audited::Wish { automation, person, wish } => {
            format!("{automation}: {person} wants to be told of it: {}", wish.as_str())
        }
        Audited::Token { token, holder, actor, became } => {
            let whose = holder.as_ref().map_or_else(|| "a source of events".to_owned(), ToString::to_string);
            format!("token {token} of {whose} {} (by {actor})", happened(became))
        }
        Audited::TokensRevoked { holder, actor } => format!("all tokens of {holder} were revoked (by {actor})"),
        Audited::Retention { kind, days: Some(days) } => format!("{} are kept for {days} days", kind.as_str()),
        Audited::Retention { kind, days: None } => format!("{} are kept for ever", kind.as_str()),
        Audited::Purged { purged } => format!(
            "purged: {} events with their runs, {} journals, {} messages, {} notices, {} audit payloads",
            purged.events, purged.journals, purged.messages, purged.notices, purged.audit
        ),
        Audited::Forgotten { forgotten } => format!(
            "a person was forgotten: {} parts, {} messages, {} notices, {} wishes, {} audit payloads",
            forgotten.parts, forgotten.messages, forgotten.notices, forgotten.wishes, forgotten.audit
        ),
        Audited::Restored { made_at } => format!("restored from the backup of {}", time(*made_at)),
    }
}

fn happened(became: &TokenBecame) -> String {
    match became {
        TokenBecame::Made { scopes, expires } => {
            format!("was made for {}, until {}", scopes.join(" and "), time(*expires))
        }
        TokenBecame::Revoked => "was revoked".to_owned(),
    }
}

fn by(actor: Option<&PrincipalId>) -> String {
    actor.map_or_else(|| "the host or its operator".to_owned(), ToString::to_string)
}

fn ran(of: &Of) -> String {
    let started = of.started.as_ref().map_or_else(
        || "something".to_owned(),
        |started| {
            let subject = match &started.subject {
                Subject::Row(row) => format!("{}/{}", row.dataset, row.id),
                Subject::File(path) => path.clone(),
                Subject::Schedule(name) => name.clone(),
                Subject::Custom(custom) => custom.event_type.clone(),
            };
            format!("{} {subject} from {}", word(&started.change), started.source)
        },
    );
    format!("{} at {} ({started}), {}", of.automation, of.version, of.run)
}

fn done(deed: Option<&Deed>, row: Option<&str>) -> String {
    let row = row.unwrap_or("?");
    match deed {
        Some(Deed::Create { dataset, columns }) => format!("create {dataset}/{row}: {}", columns.join(", ")),
        Some(Deed::Update { dataset, columns, .. }) => format!("update {dataset}/{row}: {}", columns.join(", ")),
        Some(Deed::Remove { dataset, .. }) => format!("remove {dataset}/{row}"),
        Some(Deed::Invoke { operation }) => format!("invoke {operation}"),
        Some(Deed::Tell) => "tell somebody".to_owned(),
        None => "what cannot be read any more".to_owned(),
    }
}

/// The word that a plain value has in JSON.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}
