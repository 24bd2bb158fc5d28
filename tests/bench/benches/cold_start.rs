//! From nothing to the first message: the processes that a newcomer starts, one after another, on an empty folder; and what
//! compiling a component costs against taking it from the code cache.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use mandate_bench::{
    GUEST,
    command::{binary, root},
    measure::{Arm, Samples, take_turns, timed},
    table,
};
use mandate_model::{Secret, SiteId};
use mandate_runtime::{
    cache::{Cache, CodeCache},
    engine::Isolation,
    limits::Limits,
    sandbox::Sandbox,
    upload::{ScanLimits, scan},
};

/// How often everything begins anew.
const ROUNDS: usize = 7;
/// Batches and calls of each arm where loading is measured.
const BATCHES: usize = 15;
const CALLS: u32 = 2;
const FIXTURE: &str = "fixtures/sales/fixture.toml";
const AUTOMATION: &str = "Tell about big new opportunities";
const DEAL: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;
const INSERT: [&str; 3] = ["row", "insert", "opportunities"];

/// What is started, in order; the first four are the cold start.
const STEPS: [&str; 7] = [
    "fixture load",
    "plugin upload (compiles)",
    "automation enable",
    "first row insert",
    "next row insert",
    "row insert, code cache removed (compiles)",
    "--version: a process that does nothing",
];
const COLD_START: usize = 4;

#[tokio::main]
async fn main() -> Result<()> {
    let component = mandate_test_support::try_guest(GUEST)?;
    as_processes(&component).await?;
    loading(&component).await
}

async fn as_processes(component: &[u8]) -> Result<()> {
    let binary = binary()?;
    let mut samples = vec![Samples::default(); STEPS.len() + 1];
    for round in 0..=ROUNDS {
        let mut times = from_nothing(&binary, component).await?;
        times.push(times.iter().take(COLD_START).sum());
        // The first round reads everything from disk; how long that takes says nothing about the program.
        let kept = samples.iter_mut().zip(times).filter(|_| round > 0);
        kept.for_each(|(samples, time)| samples.0.push(time));
    }
    let Some((all, steps)) = samples.split_last() else { return Ok(()) };
    let row = |(name, this): (&&str, &Samples)| {
        vec![(*name).to_owned(), this.to(all).to_string(), table::time(this.median())]
    };
    let mut rows: Vec<_> = STEPS.iter().zip(steps).map(row).collect();
    rows.insert(COLD_START, vec!["**cold start: these four**".to_owned(), "1".to_owned(), table::time(all.median())]);
    let title = format!("Cold start, as processes of `mandate` ({ROUNDS} rounds)");
    table::print(&title, &["step", "ratio to the cold start (quartiles)", "median time"], &rows);
    Ok(())
}

/// Each step on a new folder: how long it takes.
#[allow(clippy::disallowed_methods, reason = "a benchmark of processes")]
async fn from_nothing(binary: &Path, component: &[u8]) -> Result<Vec<Duration>> {
    let folder = tempfile::tempdir()?;
    let plugin = folder.path().join("plugin.wasm");
    std::fs::write(&plugin, component)?;
    let plugin = plugin.to_str().context("the folder's path is no text")?;
    let store = folder.path().join("store");
    let insert = |id| [INSERT.as_slice(), &[id, DEAL]].concat();
    let steps: [&[&str]; STEPS.len()] = [
        &["fixture", "load", FIXTURE],
        &["plugin", "upload", plugin],
        &["automation", "enable", AUTOMATION, "--as", "user:ines"],
        &insert("9001"),
        &insert("9002"),
        &insert("9003"),
        &["--version"],
    ];
    let mut times = vec![];
    for (step, words) in steps.iter().enumerate() {
        if STEPS.get(step).is_some_and(|name| name.contains("cache removed")) {
            std::fs::remove_dir_all(store.join("code"))?;
        }
        let mut command = Command::new(binary);
        command.args(*words).arg("--store").arg(&store).current_dir(root());
        let (time, output) = timed(async { command.output() }).await;
        let output = output?;
        ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        times.push(time);
    }
    Ok(times)
}

/// Compiled code in memory.
#[derive(Default, Clone)]
struct Shelf(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl CodeCache for Shelf {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), bytes.to_vec());
    }
}

/// Making a plugin of its bytes, without processes and disks.
async fn loading(component: &[u8]) -> Result<()> {
    let site = SiteId::parse("acme")?;
    let shelf = Shelf::default();
    let cache = Cache { store: Box::new(shelf.clone()), secret: Secret::from_bytes([7; 32]) };
    let cached = Sandbox::new(Limits::default(), Isolation::Pooled, Some(cache))?;
    let compiling = Sandbox::new(Limits::default(), Isolation::Pooled, None)?;
    cached.load(&site, component).await?;
    ensure!(shelf.0.lock().unwrap_or_else(PoisonError::into_inner).len() == 1, "the code was not kept");
    let arms = [
        Arm::new("compiled", || async { Ok(compiling.load(&site, component).await.map(drop)?) }),
        Arm::new("from the code cache", || async { Ok(cached.load(&site, component).await.map(drop)?) }),
        Arm::new("of either, the scan", || async { Ok(scan(component, &ScanLimits::default()).map(drop)?) }),
    ];
    let samples = take_turns(&arms, BATCHES, CALLS).await?;
    let Some(base) = samples.first() else { return Ok(()) };
    let row =
        |(arm, this): (&Arm<'_>, &Samples)| vec![arm.name.to_owned(), precise(this, base), table::time(this.median())];
    let rows: Vec<_> = arms.iter().zip(&samples).map(row).collect();
    let title = format!("Loading a component of {} KiB ({BATCHES} batches of {CALLS})", component.len() / 1024);
    table::print(&title, &["how", "ratio to compiling", "median time"], &rows);
    Ok(())
}

/// A small ratio: in percent.
fn precise(this: &Samples, base: &Samples) -> String {
    let spread = this.to(base);
    format!("{:.1} % ({:.1}–{:.1})", 100.0 * spread.middle, 100.0 * spread.low, 100.0 * spread.high)
}
