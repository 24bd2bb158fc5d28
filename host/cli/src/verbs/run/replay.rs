//! `mandate run replay` and `mandate run record`: a person's own part of a run again, answered by its journal.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mandate_model::{PluginDigest, PrincipalId, RunId, SiteId};
use mandate_runtime::{limits::Limits, ticker::Ticker};
use mandate_service::{Component, Recording, Replayed, Sandboxed};

use super::{home, principal};
use crate::{
    args::Common,
    compiler,
    failure::{CliError, CliResult},
    files,
    verbs::rehearsed,
};

/// Between two ticks of the deadline clock.
const TICK: Duration = Duration::from_millis(10);

/// Which run, as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Record {
    /// The run
    #[arg(value_parser = run_id)]
    run: RunId,
    /// As whom: only their own parts are recorded
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
}

/// What to replay, and with what.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// The run; its own component runs again, unless --plugin names another one of the site
    #[arg(value_parser = run_id, required_unless_present = "from", conflicts_with = "from")]
    run: Option<RunId>,
    /// As whom: only their own parts are replayed
    #[arg(long = "as", value_name = "PERSON", value_parser = principal, required_unless_present = "from")]
    who: Option<PrincipalId>,
    /// What `mandate run record` printed, in place of a run: no store is needed
    #[arg(long, value_name = "FILE", requires = "plugin")]
    from: Option<PathBuf>,
    /// With a run: a plugin of the site, by digest or name. With --from: a .wasm file
    #[arg(long, value_name = "PLUGIN")]
    plugin: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn run_id(text: &str) -> Result<RunId, String> {
    RunId::parse(text).map_err(|error| error.to_string())
}

/// Prints the recordings of a run as JSON.
pub(super) async fn record(common: &Common, args: &Record) -> CliResult {
    let home = home(common).await?;
    home.known(&args.who).await?;
    let recordings = home.service.recordings(&args.who, &args.run).await.map_err(CliError::input)?;
    outln!("{}", serde_json::to_string_pretty(&recordings).map_err(CliError::unavailable)?);
    Ok(())
}

/// Replays, and says what is not as it was: exit code 1 if anything is not.
pub(super) async fn replay(common: &Common, args: &Replay) -> CliResult {
    let replayed = match (&args.run, &args.who, &args.from, &args.plugin) {
        (Some(run), Some(who), _, plugin) => of_store(common, run, who, plugin.as_deref()).await?,
        (_, _, Some(from), Some(plugin)) => of_file(common, from, Path::new(plugin)).await?,
        _ => return Err(CliError::Input("give a run and --as, or --from and --plugin".to_owned())),
    };
    if replayed.is_empty() {
        return Err(CliError::Input(
            "there is nothing to replay: no part was evaluated of which all is shown".to_owned(),
        ));
    }
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&replayed).map_err(CliError::unavailable)?);
    } else {
        replayed.iter().for_each(print);
    }
    if replayed.iter().all(|part| part.differs.is_empty()) {
        Ok(())
    } else {
        Err(CliError::Failed("the replay does not come to what the run came to".to_owned()))
    }
}

fn print(replayed: &Replayed) {
    rehearsed::print(&replayed.now);
    if replayed.differs.is_empty() {
        outln!("  the same as it was, to the last unit of fuel");
    } else {
        outln!("  not as it was: {}", replayed.differs.join(", "));
    }
}

async fn of_store(common: &Common, run: &RunId, who: &PrincipalId, plugin: Option<&str>) -> CliResult<Vec<Replayed>> {
    let home = home(common).await?;
    home.known(who).await?;
    let other = match plugin {
        Some(name) => Some(home.service.plugin(home.embedded.site(), name).await.map_err(CliError::input)?.digest),
        None => None,
    };
    home.service.replay(who, run, other.as_ref()).await.map_err(CliError::input)
}

async fn of_file(common: &Common, from: &Path, plugin: &Path) -> CliResult<Vec<Replayed>> {
    let recordings: Vec<Recording> = serde_json::from_str(&files::text(from)?).map_err(|error| {
        CliError::Input(format!("`{}` is not what `mandate run record` prints: {error}", from.display()))
    })?;
    let bytes = files::bytes(plugin)?;
    let site = SiteId::parse("replay").map_err(CliError::input)?;
    let sandbox = compiler::sandbox(common.isolation())?;
    sandbox.load(&site, &bytes).await.map_err(|error| crate::verbs::inspect::refused(plugin, &error))?;
    let _ticker = Ticker::start(&sandbox, TICK);
    let component = Component { site, digest: PluginDigest::of(&bytes), bytes: Arc::from(bytes) };
    let parts = Sandboxed::new(Arc::new(sandbox));
    let mut replayed = vec![];
    for recording in recordings {
        replayed.push(recording.replay(&parts, component.clone(), Limits::default()).await);
    }
    Ok(replayed)
}
