//! What the boundary costs: one evaluation of a condition through the sandbox, against a bare instantiate-and-call of the same
//! component, which is what any host on wasmtime pays.
//!
//! Both sides make a fresh store and instance, read the settings and one row, and find nothing. The sandbox adds authority,
//! powers, limits, deadlines and the journal; its platform is the tests' world in memory, whose own answer is measured too.

mod bare;
#[path = "../../../../host/runtime/tests/world/mod.rs"]
mod world;

use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use bare::Bare;
use mandate_bench::{
    GUEST,
    measure::{Arm, Samples, take_turns},
    settings, table,
};
use mandate_model::{Change, ColumnSet, Outcome, Principal, SiteId};
use mandate_runtime::{engine::Isolation, limits::Limits, part::Assignment, sandbox::Sandbox, ticker::Ticker};
use world::{World, user};

/// Batches and calls of each arm in a batch.
const BATCHES: usize = 60;
const CALLS: u32 = 200;
/// As the command line ticks.
const TICK: std::time::Duration = std::time::Duration::from_millis(10);

/// A sandbox with everything that an evaluation needs.
struct Guarded {
    sandbox: Sandbox,
    world: Arc<World>,
    assignment: Assignment,
    who: Principal,
    _ticker: Ticker,
}

impl Guarded {
    /// `new_opportunity` about deal 2, which is too small to be found: the part ends with its condition.
    async fn new(isolation: Isolation, component: &[u8]) -> Result<Self> {
        let sandbox = Sandbox::new(Limits::default(), isolation, None)?;
        let ticker = Ticker::start(&sandbox, TICK);
        let plugin = Arc::new(sandbox.load(&SiteId::parse("acme")?, component).await?);
        let world = World::new();
        let assignment = world.assignment(&plugin, &settings(), Change::Added, "2");
        Ok(Self { sandbox, world, assignment, who: user("bo"), _ticker: ticker })
    }

    /// One evaluation; how many host calls it made.
    async fn evaluate(&self) -> Result<usize> {
        let report = self.sandbox.act(&self.assignment, &self.who).await;
        ensure!(report.outcome == Outcome::Done && report.acted.is_empty(), "it found something: {report:?}");
        // The tests' world writes every question down; that list must not grow.
        self.forget();
        Ok(report.record.journal.len())
    }

    /// What the platform alone takes for the row.
    async fn ask(&self) -> Result<()> {
        let data = self.assignment.platform.data.open(&self.who.id);
        data.get("deals", "2", &ColumnSet::All).await?;
        self.forget();
        Ok(())
    }

    fn forget(&self) {
        self.world.spy.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let component = mandate_test_support::try_guest(GUEST)?;
    let bare = Bare::new(Isolation::Pooled, &component).map_err(told)?;
    let bare_strict = Bare::new(Isolation::Strict, &component).map_err(told)?;
    let pooled = Guarded::new(Isolation::Pooled, &component).await?;
    let strict = Guarded::new(Isolation::Strict, &component).await?;
    let (theirs, ours) = (bare.evaluate().await.map_err(told)?, pooled.evaluate().await?);
    ensure!(theirs == ours, "a bare call makes {theirs} host calls, an evaluation {ours}");
    let arms = [
        Arm::new("bare, pooled", || async { bare.evaluate().await.map(drop).map_err(told) }),
        Arm::new("sandbox, pooled", || async { pooled.evaluate().await.map(drop) }),
        Arm::new("of which the platform in memory", || pooled.ask()),
        Arm::new("bare, strict", || async { bare_strict.evaluate().await.map(drop).map_err(told) }),
        Arm::new("sandbox, strict", || async { strict.evaluate().await.map(drop) }),
    ];
    let samples = take_turns(&arms, BATCHES, CALLS).await?;
    report(&arms, &samples, ours);
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function of `map_err`")]
fn told(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}

fn report(arms: &[Arm<'_>], samples: &[Samples], host_calls: usize) {
    let Some(base) = samples.first() else { return };
    let row = |(arm, this): (&Arm<'_>, &Samples)| {
        vec![arm.name.to_owned(), this.to(base).to_string(), table::time(this.median())]
    };
    let rows: Vec<_> = arms.iter().zip(samples).map(row).collect();
    let title = format!("One evaluation of a condition ({host_calls} host calls; {BATCHES} batches of {CALLS})");
    table::print(&title, &["what", "ratio to bare, pooled (quartiles)", "median time"], &rows);
}
