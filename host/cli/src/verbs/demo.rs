//! `mandate demo`: a script of public verbs on a store on disk. Each command is printed before it is run, just as you could type it.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Parser as _;
use mandate_model::{Field, PrincipalId};
use mandate_policy::{DataSchema, Grant, Right};
use mandate_spec::{
    Fixture, cell,
    changes::{self, Step},
    fixture::PluginRef,
};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    args::{Cli, Common},
    failure::{CliError, CliResult},
    files,
    show::quoted,
};

/// Play a story on a fixture, through the same commands that you could type
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The fixture: a TOML file
    #[arg(long, value_name = "FILE", default_value = "fixtures/sales/fixture.toml")]
    fixture: PathBuf,
    /// The story: changes of rows, one JSON object a line
    #[arg(long, value_name = "FILE", default_value = "fixtures/sales/changes.jsonl")]
    changes: PathBuf,
    /// Folder of the components that the fixture names
    #[arg(long, value_name = "DIR", default_value = "target/demo/guests")]
    guests: PathBuf,
    /// Afterwards, serve the console over what the story left: on this machine alone, where anybody can be anybody
    #[arg(long)]
    serve: bool,
    /// With --serve: where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
    /// With --serve: commands that are run before, one JSON object a line
    #[arg(long, value_name = "FILE", default_value = "fixtures/sales/console.jsonl")]
    commands: PathBuf,
}

/// A command that is run before the console is served.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    /// Why.
    #[serde(default)]
    note: String,
    /// Its words.
    words: Vec<String>,
}

/// Plays it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let fixture = Fixture::load(&args.fixture).map_err(CliError::input)?;
    let steps = changes::load(&args.changes, &fixture.seed.schema).map_err(CliError::input)?;
    let plugins = plugins(&fixture, &args.guests)?;
    let commands = if args.serve { commands(&args.commands)? } else { vec![] };
    let play = Play::new(common);
    play.verb(&["fixture", "load", &args.fixture.display().to_string()]).await?;
    for file in &plugins {
        play.verb(&["inspect", file]).await?;
        play.verb(&["plugin", "upload", file]).await?;
    }
    for automation in fixture.automations.iter().filter(|automation| automation.enabled) {
        play.verb(&["automation", "enable", &automation.name, "--as", &automation.run_as.to_string()]).await?;
    }
    for step in &steps {
        if !step.note.is_empty() {
            outln!("\n# {}", step.note);
        }
        play.step(step, &fixture.seed.schema).await?;
    }
    play.try_next(&fixture, &steps);
    if args.serve { play.serve(&commands, args.listen).await } else { Ok(()) }
}

/// The commands of a file; all are read before anything is loaded.
fn commands(path: &Path) -> CliResult<Vec<Command>> {
    let text = files::text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let command = |(at, line)| {
        let told = |error| CliError::Input(format!("`{}`, line {}: {error}", path.display(), at + 1));
        serde_json::from_str(line).map_err(told)
    };
    lines.map(command).collect()
}

/// The component files of the plugins that the fixture's automations name; all are there before anything is loaded.
fn plugins(fixture: &Fixture, folder: &Path) -> CliResult<Vec<String>> {
    let named = fixture.automations.iter().filter(|automation| automation.enabled);
    let names: BTreeSet<&str> = named
        .filter_map(|automation| match &automation.plugin {
            PluginRef::Name(name) => Some(name.as_str()),
            PluginRef::File(_) => None,
        })
        .collect();
    let file = |name: &str| {
        let path = folder.join(format!("{name}.wasm"));
        let missing =
            || format!("there is no `{}`: build the guests with `cargo xtask demo`, or give --guests", path.display());
        if path.is_file() { Ok(path.display().to_string()) } else { Err(CliError::Input(missing())) }
    };
    names.into_iter().map(file).collect()
}

/// Runs verbs on one store.
struct Play {
    /// How this program was called: what is printed can be copied.
    program: String,
    store: String,
    isolation: &'static str,
}

impl Play {
    fn new(common: &Common) -> Self {
        let program = std::env::args().next().unwrap_or_else(|| "mandate".to_owned());
        let isolation = common.isolation.as_str();
        Self { program, store: common.store.display().to_string(), isolation }
    }

    /// Prints the command and runs it.
    async fn verb(&self, words: &[&str]) -> CliResult {
        let words: Vec<&str> = words.iter().copied().chain(["--store", self.store.as_str()]).collect();
        outln!("\n$ mandate {}", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        let words = std::iter::once("mandate").chain(words).chain(["--isolation", self.isolation]);
        let cli = Cli::try_parse_from(words).map_err(CliError::input)?;
        Box::pin(super::run(cli)).await
    }

    /// Makes the console worth a look, and serves it until it is told to end.
    async fn serve(&self, commands: &[Command], listen: SocketAddr) -> CliResult {
        outln!("\nThe console:");
        for Command { note, words } in commands {
            if !note.is_empty() {
                outln!("\n# {note}");
            }
            self.verb(&words.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        }
        self.verb(&["serve", "--demo", "--listen", &listen.to_string()]).await
    }

    /// One step of the story, as a command.
    async fn step(&self, step: &Step, schema: &DataSchema) -> CliResult {
        let (cells, by) = (cells(step, schema), step.by.to_string());
        let mut words = vec!["row", step.verb.as_str(), &step.row.dataset, &step.row.id];
        if step.verb != changes::Verb::Remove {
            words.push(&cells);
        }
        words.extend(["--as", &by]);
        self.verb(&words).await
    }

    /// Commands to try on what the story left behind, in an order in which each shows something.
    fn try_next(&self, fixture: &Fixture, steps: &[Step]) {
        let enabled = fixture.automations.iter().find(|found| found.enabled);
        let (Some(automation), Some(step)) = (enabled, steps.first()) else { return };
        let (dataset, by, run_as) = (&step.row.dataset, &step.by, &automation.run_as);
        let cells = quoted(&cells(step, &fixture.seed.schema));
        let insert = |id: &str| format!("row insert {dataset} {}-{id} {cells} --as {by}", step.row.id);
        let tell =
            |what: &str, command: &str| outln!("# {what}\n{} {command} --store {}", self.program, quoted(&self.store));
        outln!("\nTry next, in this order:\n");
        tell("insert a row", &insert("again"));
        tell("what ran as the automation's person, with every host call", &format!("run show --as {run_as}"));
        tell("another person sees their own part only", &format!("run show --as {by}"));
        tell("what somebody may see, as the policies come to now", &format!("rights {by} {dataset}"));
        let update = |(_, grant): &&(PrincipalId, Grant)| grant.right == Right::Update && grant.dataset == *dataset;
        if let Some((holder, grant)) = fixture.seed.grants.iter().find(update) {
            tell("take a right away …", &format!("grant remove {holder} {grant}"));
            tell("… insert a row as the administrator …", &insert("denied").replace(&format!(" --as {by}"), ""));
            tell(
                "… and see the host call that was denied, with the reason that only you are told",
                &format!("run show --as {run_as} --reasons"),
            );
        }
        tell(
            "turn the automation off: nothing of it runs any more",
            &format!("automation disable {} --as {run_as}", quoted(&automation.name)),
        );
    }
}

/// The cells of a step, as the command takes them.
fn cells(step: &Step, schema: &DataSchema) -> String {
    let columns = schema.dataset(&step.row.dataset);
    let cell = |field: &Field| {
        let column = columns.and_then(|dataset| dataset.column(&field.name))?;
        Some((field.name.clone(), cell::to_json(column, &field.value)))
    };
    Json::Object(step.fields.iter().filter_map(cell).collect()).to_string()
}
