//! `mandate run show`: a run, as one person may see it.

use mandate_model::{Effect, Entry, PrincipalId, RunId, Verdict};
use mandate_service::{Ending, HIDDEN, PartKind, PartOfAnother, PartView, RunView, Sight};

use super::{happened, home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    report,
    show::{inert, lines, time},
};

/// Which run, and how it is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run; without it, the latest of which the person may know
    run: Option<String>,
    /// As whom: their own parts, and the act part if they may see the automation's history, by their rights of now
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Say why something was denied, which the person is not told: for the operator; with nothing but the person's own parts
    #[arg(long)]
    reasons: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which run, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct Reveal {
    /// The run
    run: String,
    /// As whom
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Why: kept with the automation, where everybody who sees it can read it
    #[arg(long)]
    reason: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows what recipients were told, too, on the record.
pub(super) async fn reveal(common: &Common, args: &Reveal) -> CliResult {
    let (home, who) = (home(common).await?, &args.who);
    home.known(who).await?;
    let id = RunId::parse(&args.run).map_err(CliError::input)?;
    let view = home.service.reveal(who, &id, &args.reason).await.map_err(CliError::of)?;
    tell(&view, args.json, false)
}

/// Shows it.
pub(super) async fn run(common: &Common, args: &Args) -> CliResult {
    let (home, who) = (home(common).await?, &args.who);
    home.known(who).await?;
    let id = if let Some(id) = &args.run {
        RunId::parse(id).map_err(CliError::input)?
    } else {
        let latest = home.service.history(who, None, None, 1).await.map_err(CliError::of)?.pop();
        latest.ok_or_else(|| CliError::Input(format!("{who} has no part in any run, and sees no history")))?.id
    };
    let view =
        if args.reasons { home.service.run_with_reasons(who, &id).await } else { home.service.run(who, &id).await };
    tell(&view.map_err(CliError::of)?, args.json, args.reasons)
}

fn tell(view: &RunView, json: bool, reasons: bool) -> CliResult {
    if json {
        outln!("{}", serde_json::to_string_pretty(view).map_err(CliError::unavailable)?);
    } else {
        print(view, reasons);
    }
    Ok(())
}

/// Prints a run; `reasons`: it holds the reasons of denials.
pub(super) fn print(view: &RunView, reasons: bool) {
    outln!("run {} of `{}`", view.id, inert(&view.name));
    match view.event.get() {
        Some(event) => outln!("event {} at {}: {}", event.id, time(view.at), happened(view)),
        None => outln!("event at {}: {}", time(view.at), happened(view)),
    }
    if let Some(withheld) = &view.withheld {
        outln!("withheld: {}", inert(withheld.get().map_or(HIDDEN, String::as_str)));
    }
    view.parts.iter().for_each(part);
    match view.others.get() {
        Some(others) => others.iter().for_each(of_another),
        None => outln!("\nact part\n  {HIDDEN}"),
    }
    view.revealed.iter().for_each(of_another);
    if view.sight == Sight::Happened {
        outln!("\nit ran; of what it did you see your own part alone");
    }
    if !reasons && view.parts.iter().any(report::denied) {
        outln!("\n`--reasons` tells the operator why something was denied");
    }
}

fn word(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Act => "act",
        PartKind::Notify => "notify",
    }
}

fn part(part: &PartView) {
    let outcome = part.outcome.as_ref().map_or_else(|| "not evaluated".to_owned(), report::ended);
    outln!("\n{} part: {outcome}", word(part.kind));
    if let Some(reason) = report::reason(part) {
        outln!("  because {}", inert(reason));
    }
    part.journal.iter().for_each(entry);
    let PartView { state, outcome, findings, effects, messages, usage, ended, .. } = part.clone();
    match &part.hidden {
        Some(hidden) => outln!("  {hidden}"),
        None => ending(&Ending { state, outcome, reason: None, findings, effects, messages, usage, ended }),
    }
}

fn of_another(part: &PartOfAnother) {
    let kind = word(part.kind);
    match part.rest.get() {
        None => {
            outln!("\n{kind} part of {}", part.principal);
            part.journal.iter().for_each(entry);
            outln!("  {HIDDEN}");
        }
        Some(rest) => {
            let outcome = rest.outcome.as_ref().map_or_else(|| "not evaluated".to_owned(), report::ended);
            outln!("\n{kind} part of {}: {outcome}", part.principal);
            if let Some(reason) = &rest.reason {
                outln!("  because {}", inert(reason));
            }
            part.journal.iter().for_each(entry);
            ending(rest);
        }
    }
}

fn entry(entry: &Entry) {
    let verdict = match &entry.verdict {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Denied(why) => format!("DENIED: {why}"),
        Verdict::Invalid(why) => format!("invalid: {why}"),
        Verdict::Limit(why) => format!("limit: {why}"),
        Verdict::Log(shortened) => format!("past the log's limit: {}", shortened.as_str()),
        Verdict::Unavailable(why) => format!("unavailable: {why}"),
    };
    let call = format!("{}.{} {}", entry.interface, entry.method, entry.arguments);
    outln!("  {:>3} {:<12} {}", entry.sequence, entry.phase.as_str(), inert(&call));
    outln!("      {}", inert(&verdict));
}

fn ending(rest: &Ending) {
    for (finding, outcome) in &rest.findings {
        outln!("  finding: {}: {}", inert(&finding.summary), report::ended(outcome));
    }
    let mut said = None;
    for staged in &rest.effects {
        outln!("  effect: {}", report::effect(staged));
        // The same to each: said once.
        if let Effect::Tell { finding, message, .. } = &staged.effect
            && said.replace(finding) != Some(finding)
        {
            out!("{}", lines(&message.body, "    "));
        }
    }
    for delivered in &rest.messages {
        outln!("  message: {}", inert(&delivered.message.title));
        out!("{}", lines(&delivered.message.body, "    "));
    }
    outln!("  used {} fuel, {} host calls", rest.usage.fuel, rest.usage.host_calls);
}
