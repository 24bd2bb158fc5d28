//! `mandate demo`: a script of public verbs on a store on disk. Each command is printed before it is run, just as you could type it.

use std::path::PathBuf;

use clap::Parser as _;
use mandate_spec::{Fixture, changes, fixture::PluginRef};
use serde_json::{Map, Value as Json};

use crate::{
    args::{Cli, Common},
    failure::{CliError, CliResult},
    files,
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
    #[arg(long, value_name = "DIR", default_value = "target/guests/components")]
    guests: PathBuf,
}

/// Plays it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let fixture = Fixture::load(&args.fixture).map_err(CliError::input)?;
    let steps = changes::load(&args.changes, &fixture.seed.schema).map_err(CliError::input)?;
    let story = files::text(&args.changes)?;
    let play = Play { store: common.store.display().to_string() };
    play.verb(&["fixture", "load", &args.fixture.display().to_string()]).await?;
    for automation in fixture.automations.iter().filter(|automation| automation.enabled) {
        if let PluginRef::Name(name) = &automation.plugin {
            let file = args.guests.join(format!("{name}.wasm"));
            play.verb(&["inspect", &file.display().to_string()]).await?;
            play.verb(&["plugin", "upload", &file.display().to_string()]).await?;
        }
        play.verb(&["automation", "enable", &automation.name, "--as", &automation.run_as.to_string()]).await?;
    }
    for (step, line) in steps.iter().zip(story.lines().filter(|line| !line.trim().is_empty())) {
        if !step.note.is_empty() {
            outln!("\n# {}", step.note);
        }
        play.step(line).await?;
    }
    play.try_next(&fixture, &steps);
    Ok(())
}

/// Runs verbs on one store.
struct Play {
    store: String,
}

impl Play {
    /// Prints the command and runs it.
    async fn verb(&self, words: &[&str]) -> CliResult {
        let words: Vec<&str> = words.iter().copied().chain(["--store", self.store.as_str()]).collect();
        outln!("\n$ mandate {}", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        let cli = Cli::try_parse_from(std::iter::once("mandate").chain(words)).map_err(CliError::input)?;
        Box::pin(super::run(cli)).await
    }

    /// One line of the story, as a command.
    async fn step(&self, line: &str) -> CliResult {
        let line: Map<String, Json> = serde_json::from_str(line).map_err(CliError::input)?;
        let word = |name: &str| line.get(name).and_then(Json::as_str).unwrap_or_default();
        let cells = line.get("fields").cloned().unwrap_or_default().to_string();
        let mut words = vec!["row", word("verb"), word("dataset"), word("id")];
        if word("verb") != "remove" {
            words.push(&cells);
        }
        words.extend(["--as", word("as")]);
        self.verb(&words).await
    }

    /// Commands to try on what the story left behind.
    fn try_next(&self, fixture: &Fixture, steps: &[changes::Step]) {
        let (Some(automation), Some(step)) = (fixture.automations.iter().find(|found| found.enabled), steps.first())
        else {
            return;
        };
        let (run_as, store, dataset) = (&automation.run_as, &self.store, &step.row.dataset);
        let other = steps.iter().map(|step| &step.by).find(|by| *by != run_as).unwrap_or(run_as);
        outln!("\nTry next:");
        let tell = |what: &str, command: &str| outln!("  # {what}\n  mandate {command} --store {store}");
        tell("what ran as the automation's person, with every host call", &format!("run show --as {run_as}"));
        tell("another person sees their own part only", &format!("run show --as {other}"));
        tell("and their messages", &format!("inbox --as {other}"));
        tell("what a person may see, as the policies come to now", &format!("rights {run_as} {dataset}"));
        tell(
            "turn them off: the next host call and every effect is withheld",
            &format!("automation disable '{}' --as {run_as}", automation.name),
        );
        let holder = fixture.seed.grants.iter().find(|(_, grant)| grant.right == mandate_policy::Right::Update);
        if let Some((holder, grant)) = holder {
            tell(
                "take a right away: the very next host call is denied",
                &format!("grant remove {holder} {} {}", grant.right, grant.dataset),
            );
        }
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,".contains(letter);
    if word.chars().all(plain) && !word.is_empty() {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
