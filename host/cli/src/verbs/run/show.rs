//! `mandate run show`: a person's own part of a run.

use mandate_model::{Effect, PrincipalId, RunId, Verdict};
use mandate_service::{PartKind, PartView, RunView};

use super::{home, principal, subject};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    report,
    show::{inert, lines, time},
};

/// Which run, and how it is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run; without it, the person's latest
    run: Option<String>,
    /// As whom: parts of others do not exist for them
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// Say why something was denied, which the person is not told: for the operator
    #[arg(long)]
    reasons: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(common: &Common, args: &Args) -> CliResult {
    let (home, who) = (home(common).await?, &args.who);
    home.known(who).await?;
    let id = if let Some(id) = &args.run {
        RunId::parse(id).map_err(CliError::input)?
    } else {
        let latest = home.service.runs(who).await.map_err(CliError::unavailable)?.into_iter().next();
        latest.ok_or_else(|| CliError::Input(format!("{who} has no part in any run")))?.id
    };
    let view =
        if args.reasons { home.service.run_with_reasons(who, &id).await } else { home.service.run(who, &id).await };
    let view = view.map_err(CliError::input)?;
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&view).map_err(CliError::unavailable)?);
    } else {
        print(&view, args.reasons);
    }
    Ok(())
}

/// Prints a run; `reasons`: it holds the reasons of denials.
pub(super) fn print(view: &RunView, reasons: bool) {
    outln!("run {} of `{}`", view.id, inert(&view.name));
    outln!("event {} at {}: {}", view.event.id, time(view.event.at), inert(&subject(&view.event.subject)));
    view.parts.iter().for_each(part);
    if !reasons && view.parts.iter().any(report::denied) {
        outln!("\n`--reasons` tells the operator why something was denied");
    }
}

fn part(part: &PartView) {
    let kind = match part.kind {
        PartKind::Act => "act",
        PartKind::Notify => "notify",
    };
    let outcome = part.outcome.as_ref().map_or_else(|| "not evaluated".to_owned(), report::ended);
    outln!("\n{kind} part: {outcome}");
    if let Some(reason) = report::reason(part) {
        outln!("  because {}", inert(reason));
    }
    for entry in &part.journal {
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
    for (finding, outcome) in &part.findings {
        outln!("  finding: {}: {}", inert(&finding.summary), report::ended(outcome));
    }
    let mut said = None;
    for staged in &part.effects {
        outln!("  effect: {}", report::effect(staged));
        // The same to each: said once.
        if let Effect::Tell { finding, message, .. } = &staged.effect
            && said.replace(finding) != Some(finding)
        {
            out!("{}", lines(&message.body, "    "));
        }
    }
    for delivered in &part.messages {
        outln!("  message: {}", inert(&delivered.message.title));
        out!("{}", lines(&delivered.message.body, "    "));
    }
    outln!("  used {} fuel, {} host calls", part.usage.fuel, part.usage.host_calls);
}
