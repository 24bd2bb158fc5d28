//! What a platform costs: the same parts on the embedded platform (SQLite and Cedar) and on the tests' world in memory.

#[path = "../../../host/runtime/tests/world/mod.rs"]
mod world;

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use anyhow::{Result, ensure};
use mandate_bench::{
    GUEST, deals,
    measure::{Arm, Samples, take_turns},
    settings, table,
};
use mandate_model::{Change, ColumnSet, Outcome, Principal, RowRef, SiteId, Subject};
use mandate_runtime::{engine::Isolation, limits::Limits, part::Assignment, sandbox::Sandbox, ticker::Ticker};
use mandate_service::{SystemClock, embedded::Embedded};
use world::{World, user};

/// Batches and calls of each arm in a batch.
const BATCHES: usize = 40;
const CALLS: u32 = 50;
/// As the command line ticks.
const TICK: Duration = Duration::from_millis(10);

/// One platform, with a small deal and a large one that `who` sees.
struct Side {
    small: Assignment,
    large: Assignment,
    who: Principal,
    world: Arc<World>,
}

impl Side {
    /// The condition alone: it finds nothing.
    async fn evaluate(&self, sandbox: &Sandbox) -> Result<()> {
        let report = sandbox.notify(&self.small, &self.who).await;
        ensure!(report.outcome == Outcome::Done && report.messages.is_empty(), "it found something: {report:?}");
        self.forget();
        Ok(())
    }

    /// The whole part of a recipient: condition and message.
    async fn notify(&self, sandbox: &Sandbox) -> Result<()> {
        let report = sandbox.notify(&self.large, &self.who).await;
        ensure!(report.outcome == Outcome::Done && report.messages.len() == 1, "one message: {report:?}");
        self.forget();
        Ok(())
    }

    /// The platform's answer alone.
    async fn ask(&self) -> Result<()> {
        let Subject::Row(row) = &self.small.event.subject else { return Ok(()) };
        self.small.platform.data.open(&self.who.id).get(&row.dataset, &row.id, &ColumnSet::All).await?;
        self.forget();
        Ok(())
    }

    /// The tests' world writes every question down; that list must not grow.
    fn forget(&self) {
        self.world.spy.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let sandbox = Sandbox::new(Limits::default(), Isolation::Pooled, None)?;
    let _ticker = Ticker::start(&sandbox, TICK);
    let folder = tempfile::tempdir()?;
    let memory = in_memory(&sandbox).await?;
    let embedded = embedded(&memory, &folder).await?;
    let arms = [
        Arm::new("condition, in memory", || memory.evaluate(&sandbox)),
        Arm::new("condition, embedded", || embedded.evaluate(&sandbox)),
        Arm::new("condition and message, in memory", || memory.notify(&sandbox)),
        Arm::new("condition and message, embedded", || embedded.notify(&sandbox)),
        Arm::new("one row without a guest, in memory", || memory.ask()),
        Arm::new("one row without a guest, embedded", || embedded.ask()),
    ];
    let samples = take_turns(&arms, BATCHES, CALLS).await?;
    report(&arms, &samples);
    Ok(())
}

async fn in_memory(sandbox: &Sandbox) -> Result<Side> {
    let component = mandate_test_support::try_guest(GUEST)?;
    let plugin = Arc::new(sandbox.load(&SiteId::parse("acme")?, &component).await?);
    let world = World::new();
    // Ana sees the large deal and Bo the small one; so one person sees both.
    let both = world::rights(&["emea", "amer"], &[], &[]);
    world.rights.lock().unwrap_or_else(PoisonError::into_inner).insert(user("bo").id, both);
    let small = world.assignment(&plugin, &settings(), Change::Added, "2");
    let large = world.assignment(&plugin, &settings(), Change::Added, "1");
    Ok(Side { small, large, who: user("bo"), world })
}

/// The same assignments, with the embedded platform behind them.
async fn embedded(memory: &Side, folder: &tempfile::TempDir) -> Result<Side> {
    let mut seed = deals::seed(2)?;
    let large = mandate_service::embedded::SeedRow {
        dataset: "deals".to_owned(),
        id: "large".to_owned(),
        fields: deals::deal("120000.00"),
    };
    seed.rows.push(large);
    let platform = Embedded::create(&folder.path().join("platform.db"), &seed, Arc::new(SystemClock)).await?.platform();
    let about = |assignment: &Assignment, id: &str| {
        let mut assignment = Assignment { platform: platform.clone(), ..assignment.clone() };
        assignment.event.subject = Subject::Row(RowRef { dataset: "deals".to_owned(), id: id.to_owned() });
        assignment
    };
    let (small, large) = (about(&memory.small, "small"), about(&memory.large, "large"));
    Ok(Side { small, large, who: user("p0"), world: Arc::clone(&memory.world) })
}

/// Each pair: embedded against in memory.
fn report(arms: &[Arm<'_>], samples: &[Samples]) {
    let pairs = arms.chunks(2).zip(samples.chunks(2));
    let row = |(arms, samples): (&[Arm<'_>], &[Samples])| {
        let ([_, arm], [memory, embedded]) = (arms, samples) else { return vec![] };
        let times = [memory, embedded].map(|samples| table::time(samples.median()));
        [vec![arm.name.to_owned(), embedded.to(memory).to_string()], times.to_vec()].concat()
    };
    let rows: Vec<_> = pairs.map(row).collect();
    let title = format!("The embedded platform against one in memory ({BATCHES} batches of {CALLS})");
    table::print(&title, &["what", "ratio (quartiles)", "in memory", "embedded"], &rows);
}
