//! What a recipient costs: whole runs through the service, from an accepted event to everybody's inbox, for teams of different
//! sizes; and where that time goes.
//!
//! Each run has one act part and a notify part per person. The team of nobody shows what a run costs without recipients; it is
//! taken off before anything is divided. Store and platform are SQLite files that are synced at every commit, as in the
//! command line.

mod timed;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use mandate_bench::{deals, enable, measure::Samples, table};
use mandate_runtime::{engine::Isolation, limits::Limits, sandbox::Sandbox, ticker::Ticker};
use mandate_service::{Clock as _, Host, Parts, Retry, Sandboxed, Service, SystemClock, embedded::Embedded};
use timed::{Guests, PARTS, PERSON, ROWS, Spans, TEAM, WITNESS};

/// Teams, how many rounds they take part in, and how many runs they have in each.
const TEAMS: [(usize, usize, usize); 5] = [(0, 5, 5), (1, 5, 5), (100, 5, 1), (1_000, 3, 1), (10_000, 1, 1)];
const ROUNDS: usize = 5;
/// Teams whose time is taken apart, with the runs that are added up. One part at a time, so that times add up.
const APART: [(usize, usize); 3] = [(1, 20), (100, 3), (1_000, 1)];
/// As the command line evaluates and ticks.
const CONCURRENCY: usize = 8;
const TICK: Duration = Duration::from_millis(10);
/// A file system in memory, where a commit waits for no disk.
const MEMORY: &str = "/dev/shm";

/// A service with an automation that tells a team.
struct World {
    service: Service,
    embedded: Embedded,
    spans: Arc<Spans>,
    people: usize,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(parts: &Arc<dyn Parts>, people: usize, concurrency: usize, place: &Path) -> Result<Self> {
        let folder = tempfile::tempdir_in(place)?;
        let clock = Arc::new(SystemClock);
        let seed = deals::seed(people)?;
        let embedded = Embedded::create(&folder.path().join("platform.db"), &seed, clock.clone()).await?;
        let spans = Arc::new(Spans::default());
        let host = Host {
            platform: timed::platform(embedded.platform(), &spans),
            roles: Arc::new(embedded.clone()),
            apply: Arc::new(embedded.clone()),
            parts: Arc::new(Guests(Arc::clone(parts), Arc::clone(&spans))),
            clock,
            limits: Limits::default(),
            outward: mandate_service::Outward::none(),
            retry: Retry::default(),
            concurrency,
        };
        let service = Service::open(&folder.path().join("store.db"), host).await?;
        enable(&service, &seed.site).await?;
        Ok(Self { service, embedded, spans, people, _folder: folder })
    }

    /// A large deal, and all that follows: how long that takes.
    async fn run(&self, id: usize) -> Result<Duration> {
        let now = SystemClock.now();
        let row = format!("large-{id}");
        let occurrence = self.embedded.insert(None, "deals", &row, &deals::deal("120000.00"), now).await?;
        self.service.accept(&occurrence).await?;
        self.spans.take();
        let (time, drained) = mandate_bench::measure::timed(self.service.drain()).await;
        drained?;
        for number in self.people.checked_sub(1).into_iter().flat_map(|last| [0, last]) {
            let told = self.service.inbox(&deals::member(number)?).await?;
            let known = told.iter().any(|delivered| delivered.finding == row);
            ensure!(known, "person {number} of {} was not told of `{row}`", self.people);
        }
        Ok(time)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = Sandbox::new(Limits::default(), Isolation::Pooled, None)?;
    let _ticker = Ticker::start(&sandbox, TICK);
    let parts: Arc<dyn Parts> = Arc::new(Sandboxed::new(Arc::new(sandbox)));
    taken_apart(&parts).await?;
    without_a_disk(&parts).await?;
    // Last: the largest team takes minutes.
    by_size(&parts).await
}

/// Runs of every size, taking turns.
async fn by_size(parts: &Arc<dyn Parts>) -> Result<()> {
    let mut samples: BTreeMap<usize, Samples> = BTreeMap::new();
    let mut worlds = vec![];
    for (people, rounds, runs) in TEAMS {
        let world = World::new(parts, people, CONCURRENCY, &std::env::temp_dir()).await?;
        // Not for the largest: its first round takes long enough to make nothing of what is not warm.
        if rounds > 1 {
            world.run(ROUNDS * runs).await?;
        }
        worlds.push((world, rounds, runs));
    }
    for round in 0..ROUNDS {
        for (world, _, runs) in worlds.iter().filter(|(_, rounds, _)| round < *rounds) {
            for run in 0..*runs {
                samples.entry(world.people).or_default().0.push(world.run(round * runs + run).await?);
            }
        }
    }
    let nobody = samples.remove(&0).unwrap_or_default().median();
    let mut one = None;
    let mut rows = vec![vec!["0".to_owned(), table::time(nobody), String::new(), String::new()]];
    for (people, samples) in samples {
        let run = samples.median();
        let each = run.saturating_sub(nobody) / u32::try_from(people)?;
        let ratio = each.div_duration_f64(*one.get_or_insert(each));
        rows.push(vec![people.to_string(), table::time(run), table::time(each), format!("{ratio:.2}")]);
    }
    let title = format!("A run by its recipients ({CONCURRENCY} parts at a time)");
    table::print(&title, &["recipients", "run", "each recipient", "ratio to one recipient"], &rows);
    Ok(())
}

/// Where the time goes.
async fn taken_apart(parts: &Arc<dyn Parts>) -> Result<()> {
    let mut rows = vec![];
    for (people, runs) in APART {
        let world = World::new(parts, people, 1, &std::env::temp_dir()).await?;
        world.run(runs).await?;
        let (mut whole, mut spans) = (Duration::ZERO, BTreeMap::new());
        for run in 0..runs {
            whole += world.run(run).await?;
            for (door, (_, time)) in world.spans.take() {
                *spans.entry(door).or_insert(Duration::ZERO) += time;
            }
        }
        rows.push([vec![people.to_string()], shares(whole, &spans)].concat());
    }
    let head = ["recipients", "team expanded", "person", "witness", "guest", "its rows", "store and the rest", "run"];
    table::print("Where the time of a run goes (one part at a time)", &head, &rows);
    Ok(())
}

fn shares(whole: Duration, spans: &BTreeMap<&str, Duration>) -> Vec<String> {
    let of = |door: &str| spans.get(door).copied().unwrap_or_default();
    let guest = of(PARTS).saturating_sub(of(ROWS));
    let rest = whole.saturating_sub(of(PARTS) + of(TEAM) + of(PERSON) + of(WITNESS));
    let parts = [of(TEAM), of(PERSON), of(WITNESS), guest, of(ROWS), rest];
    parts.iter().map(|part| table::share(*part, whole)).chain(["100 %".to_owned()]).collect()
}

/// The same runs on a disk and in memory: what syncing costs.
async fn without_a_disk(parts: &Arc<dyn Parts>) -> Result<()> {
    if !Path::new(MEMORY).is_dir() {
        let rows = [vec![format!("not measured: there is no `{MEMORY}`")]];
        table::print("What syncing to disk costs", &["100 recipients"], &rows);
        return Ok(());
    }
    let disk = World::new(parts, 100, CONCURRENCY, &std::env::temp_dir()).await?;
    let memory = World::new(parts, 100, CONCURRENCY, Path::new(MEMORY)).await?;
    let (mut on_disk, mut in_memory) = (Samples::default(), Samples::default());
    for run in 0..=ROUNDS {
        let times = (disk.run(run).await?, memory.run(run).await?);
        if run > 0 {
            on_disk.0.push(times.0);
            in_memory.0.push(times.1);
        }
    }
    let row = vec![on_disk.to(&in_memory).to_string(), table::time(on_disk.median()), table::time(in_memory.median())];
    let head = ["ratio (quartiles)", "files on disk", "files in memory"];
    table::print("What syncing to disk costs (a run with 100 recipients)", &head, &[row]);
    Ok(())
}
