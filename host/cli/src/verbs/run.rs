//! `mandate run`: a plugin on a fixture, in a store that is thrown away; and what ran, as one person may see it.

use std::path::{Path, PathBuf};

use mandate_model::{AutomationId, Occurrence, PrincipalId, RunId, Subject, Trigger, Verdict};
use mandate_service::{PartKind, PartView, RunView};
use mandate_spec::{Fixture, FixtureAutomation, Text, event, fixture::PluginRef};

use super::{automation, fixture, home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    files,
    home::Home,
    report,
    show::{inert, lines, time},
};

/// A plugin on a fixture, or what to show.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    /// What to show
    #[command(subcommand)]
    show: Option<Show>,
    /// The fixture: a TOML file. Nothing of it is changed
    #[arg(required = true)]
    fixture: Option<PathBuf>,
    /// The component: a .wasm file
    #[arg(long, value_name = "FILE", required = true)]
    plugin: Option<PathBuf>,
    /// What happens: a CloudEvents JSON file, or short: `row.added:DATASET/ID`
    #[arg(long, value_name = "EVENT", required = true)]
    event: Option<String>,
    /// Show only the part of this person. Where the fixture has no automation for the plugin, it runs as them and tells them
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: Option<PrincipalId>,
    /// Settings of the automation: a JSON object. Without it, those of the fixture's
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
    /// Show what would be changed, and change nothing, not even in the store that is thrown away
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to show of a store.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Show {
    /// A person's own part of a run, with every host call
    Show {
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
    },
    /// The runs in which a person has a part
    List {
        /// As whom
        #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
        who: PrincipalId,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    match args.show {
        Some(Show::Show { run, who, reasons, json }) => show(common, run.as_deref(), &who, reasons, json).await,
        Some(Show::List { who }) => list(common, &who).await,
        None => try_out(common, args).await,
    }
}

async fn show(common: &Common, run: Option<&str>, who: &PrincipalId, reasons: bool, json: bool) -> CliResult {
    let home = home(common).await?;
    home.known(who).await?;
    let id = if let Some(id) = run {
        RunId::parse(id).map_err(CliError::input)?
    } else {
        let latest = home.service.runs(who).await.map_err(CliError::unavailable)?.into_iter().next();
        latest.ok_or_else(|| CliError::Input(format!("{who} has no part in any run")))?.id
    };
    let view = if reasons { home.service.run_with_reasons(who, &id).await } else { home.service.run(who, &id).await };
    print(&view.map_err(CliError::input)?, json)
}

fn print(view: &RunView, json: bool) -> CliResult {
    if json {
        outln!("{}", serde_json::to_string_pretty(view).map_err(CliError::unavailable)?);
        return Ok(());
    }
    outln!("run {} of `{}`", view.id, inert(&view.name));
    outln!("event {} at {}: {}", view.event.id, time(view.event.at), inert(&subject(&view.event.subject)));
    view.parts.iter().for_each(part);
    Ok(())
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Row(row) => format!("{}/{}", row.dataset, row.id),
        Subject::File(path) => path.clone(),
        Subject::Schedule(name) => name.clone(),
        Subject::Custom(custom) => custom.event_type.clone(),
    }
}

fn part(part: &PartView) {
    let kind = match part.kind {
        PartKind::Act => "act",
        PartKind::Notify => "notify",
    };
    let outcome = part.outcome.as_ref().map_or_else(|| "not evaluated".to_owned(), report::ended);
    outln!("\n{kind} part: {outcome}");
    if let Some(reason) = &part.reason {
        outln!("  because {}", inert(reason));
    }
    for entry in &part.journal {
        let verdict = match &entry.verdict {
            Verdict::Allowed => "allowed".to_owned(),
            Verdict::Denied(why) => format!("DENIED: {why}"),
            Verdict::Invalid(why) => format!("invalid: {why}"),
            Verdict::Limit(why) => format!("limit: {why}"),
            Verdict::Unavailable(why) => format!("unavailable: {why}"),
        };
        let call = format!("{}.{} {}", entry.interface, entry.method, entry.arguments);
        outln!("  {:>3} {:<12} {}", entry.sequence, entry.phase.as_str(), inert(&call));
        outln!("      {}", inert(&verdict));
    }
    for (finding, outcome) in &part.findings {
        outln!("  finding: {}: {}", inert(&finding.summary), report::ended(outcome));
    }
    for staged in &part.effects {
        outln!("  effect: {}", report::effect(staged));
    }
    for delivered in &part.messages {
        outln!("  message: {}", inert(&delivered.message.title));
        out!("{}", lines(&delivered.message.body, "    "));
    }
    outln!("  used {} fuel, {} host calls", part.usage.fuel, part.usage.host_calls);
}

async fn list(common: &Common, who: &PrincipalId) -> CliResult {
    let home = home(common).await?;
    home.known(who).await?;
    for view in home.service.runs(who).await.map_err(CliError::unavailable)? {
        outln!("{}  {}  {}  {}", time(view.event.at), view.id, inert(&view.name), inert(&subject(&view.event.subject)));
    }
    Ok(())
}

async fn try_out(common: &Common, args: Args) -> CliResult {
    let (Some(path), Some(plugin), Some(event)) = (&args.fixture, &args.plugin, &args.event) else {
        return Err(CliError::Input("give a fixture, --plugin and --event: see `mandate run --help`".to_owned()));
    };
    let world = Fixture::load(path).map_err(CliError::input)?;
    let folder = tempfile::tempdir().map_err(CliError::unavailable)?;
    let mut options = common.options();
    options.dry_run = args.dry_run;
    let home = Home::create(folder.path(), &world.seed, options).await?;
    if let Some(who) = &args.who {
        home.known(who).await?;
    }
    let occurrence = happening(&home, &world, event)?;
    let digest = fixture::upload(&home, plugin).await?;
    let info = home.service.plugin(home.embedded.site(), digest.as_str()).await.map_err(CliError::input)?;
    for mut chosen in automations(&world, &info.described.manifest.name, &occurrence, &args)? {
        if let Some(settings) = &args.settings {
            chosen.settings = serde_json::from_str(settings)
                .map_err(|error| CliError::Input(format!("--settings is not a JSON object: {error}")))?;
        }
        let id: AutomationId = fixture::create(&home, &chosen, digest.as_str()).await?;
        automation::turn_on(&home, &id, &chosen.run_as).await?;
    }
    let event = home.service.accept(&occurrence).await.map_err(CliError::unavailable)?.event;
    home.settle().await?;
    match &args.who {
        None => report::event(&home, &event, &occurrence, args.json).await?,
        Some(who) => {
            let runs = home.service.runs(who).await.map_err(CliError::unavailable)?;
            if runs.is_empty() && !args.json {
                outln!("nothing happened for {who}: they may not know of the event, or are not concerned");
            }
            runs.iter().try_for_each(|view| print(view, args.json))?;
        }
    }
    report::failures(&home, &event).await
}

/// The event of a file, or of the short form.
fn happening(home: &Home, world: &Fixture, text: &str) -> CliResult<Occurrence> {
    let path = Path::new(text);
    let text = if path.is_file() {
        Text::of_file(&path.display().to_string(), files::text(path)?)
    } else {
        Text::of_file("--event", text)
    };
    event::parse(&text, &world.seed.site, &world.seed.schema, home.now()).map_err(CliError::input)
}

/// The fixture's automations of the plugin; none: one that runs as the person and tells them, about events like this one.
fn automations(
    world: &Fixture,
    plugin: &str,
    occurrence: &Occurrence,
    args: &Args,
) -> CliResult<Vec<FixtureAutomation>> {
    let of_plugin = |automation: &&FixtureAutomation| match &automation.plugin {
        PluginRef::Name(name) => name == plugin,
        PluginRef::File(file) => args.plugin.as_ref().is_some_and(|path| path.ends_with(file)),
    };
    let found: Vec<FixtureAutomation> = world.automations.iter().filter(of_plugin).cloned().collect();
    let (Some(who), Subject::Row(row), true) = (&args.who, &occurrence.subject, found.is_empty()) else {
        return if found.is_empty() {
            Err(CliError::Input(format!(
                "the fixture has no automation of the plugin `{}`: give --as PERSON",
                inert(plugin)
            )))
        } else {
            Ok(found)
        };
    };
    Ok(vec![FixtureAutomation {
        name: plugin.to_owned(),
        plugin: PluginRef::Name(plugin.to_owned()),
        run_as: who.clone(),
        managers: vec![],
        settings: serde_json::Map::new(),
        trigger: Trigger::Row { dataset: row.dataset.clone(), change: vec![occurrence.change], columns: vec![] },
        recipients: vec![mandate_model::Recipient::Principal(who.clone())],
        enabled: true,
        sharing: mandate_spec::fixture::Sharing::default(),
        place: mandate_spec::Place { file: "--plugin".to_owned(), line: 1, column: 1 },
    }])
}
