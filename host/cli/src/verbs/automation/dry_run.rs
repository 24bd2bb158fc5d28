//! `mandate automation dry-run`.

use std::collections::BTreeSet;

use mandate_model::{PrincipalId, RowRef, RunId};
use mandate_service::{Draft, Occasion, Rehearsal, Simulated};
use serde::Serialize;

use super::{Target, ask::refused, find::find, principal, publish, run_now::row};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    verbs::rehearsed,
};

/// What is said where there is no such event for a person.
const NOTHING: &str = "nothing would happen: for them there is no such event, or what they see of the row is not what the trigger asks for";

/// What about.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// As if run by hand about a row that you see; without it, about nothing
    #[arg(long, value_name = "DATASET/ID", value_parser = row, conflicts_with = "of")]
    row: Option<RowRef>,
    /// As if the event of this run, which you may see, happened again
    #[arg(long, value_name = "RUN")]
    of: Option<String>,
    /// As this person, as far as you may see what comes of it; may be said several times
    #[arg(long, value_name = "PERSON", value_parser = principal)]
    as_person: Vec<PrincipalId>,
    /// What is published, even if you have a draft
    #[arg(long)]
    published: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows what it would do and tell as the person who asks, or as others.
pub(super) async fn run(home: &Home, args: &Args) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let id = &life.automation.id;
    let saved = home.service.saved_draft(id, who).await.map_err(refused)?.filter(|_| !args.published);
    let draft = match &saved {
        Some(saved) => Some(publish::resolved(home, saved, &saved.plugin).await?),
        None => None,
    };
    let occasion = match &args.of {
        Some(run) => Occasion::Run(RunId::parse(run).map_err(CliError::input)?),
        None => Occasion::Now(args.row.clone()),
    };
    let what = if draft.is_some() { "your draft" } else { "what is published" };
    if args.as_person.is_empty() {
        let came = home.service.dry_run(id, who, draft.as_ref(), occasion).await.map_err(refused)?;
        return own(args, what, came);
    }
    others(home, args, id, draft.as_ref(), occasion, what).await
}

/// Prints what it comes to as who asks.
fn own(args: &Args, what: &str, came: Rehearsal<mandate_service::Rehearsed>) -> CliResult {
    let parts = match came {
        Rehearsal::NoEvent => vec![],
        Rehearsal::Parts(parts) => parts,
    };
    if args.json {
        return json(&parts);
    }
    let who = &args.target.who;
    outln!("{what}, as {who} and nobody else; nothing of it is kept or carried out:");
    if parts.is_empty() {
        outln!("{NOTHING}");
    }
    parts.iter().for_each(rehearsed::print);
    Ok(())
}

/// Prints what it comes to as each of those who were named.
async fn others(
    home: &Home,
    args: &Args,
    id: &mandate_model::AutomationId,
    draft: Option<&Draft>,
    occasion: Occasion,
    what: &str,
) -> CliResult {
    let who = &args.target.who;
    let people: BTreeSet<PrincipalId> = args.as_person.iter().cloned().collect();
    let simulated = home.service.simulate(id, who, draft, occasion, &people).await.map_err(refused)?;
    if args.json {
        return json(&simulated);
    }
    outln!("{what}; nothing of it is kept or carried out, and of what it reads you are shown what {who} may see:");
    for Simulated { person, comes_to } in &simulated {
        outln!("as {person}:");
        match comes_to.get() {
            None => outln!("  {}", mandate_service::HIDDEN),
            Some(Rehearsal::NoEvent) => outln!("  {NOTHING}"),
            Some(Rehearsal::Parts(parts)) => parts.iter().for_each(rehearsed::print_simulated),
        }
    }
    Ok(())
}

fn json<T: Serialize>(value: &T) -> CliResult {
    outln!("{}", serde_json::to_string_pretty(value).map_err(CliError::unavailable)?);
    Ok(())
}
