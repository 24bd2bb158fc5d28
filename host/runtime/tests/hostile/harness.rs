//! Runs an attack beside an innocent part.

use std::sync::Arc;

use mandate_model::{Cause, Change, Entry, Outcome, SiteId};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    part::{ActReport, Assignment, NotifyReport},
    plugin::{LoadError, Plugin},
    sandbox::Sandbox,
    ticker::Ticker,
};
use serde_json::{Value as Json, json};

use crate::world::{World, user};

/// Small limits, so that attacks end soon.
pub(crate) fn limits() -> Limits {
    Limits { fuel: 50_000_000, host_calls: 500, ..Limits::default() }
}

/// A world, a sandbox, and a clock that ticks.
pub(crate) struct Arena {
    pub(crate) world: Arc<World>,
    pub(crate) sandbox: Sandbox,
    _ticker: Ticker,
}

impl Arena {
    pub(crate) fn new() -> Self {
        Self::with(limits(), Isolation::Pooled)
    }

    /// With limits for what is loaded, and another isolation.
    pub(crate) fn with(limits: Limits, isolation: Isolation) -> Self {
        let sandbox = Sandbox::new(limits, isolation, None).unwrap();
        let ticker = Ticker::start(&sandbox, std::time::Duration::from_millis(10));
        Self { world: World::new(), sandbox, _ticker: ticker }
    }

    pub(crate) async fn load(&self, bytes: &[u8]) -> Result<Arc<Plugin>, LoadError> {
        self.sandbox.load(&SiteId::parse("acme").unwrap(), bytes).await.map(Arc::new)
    }

    /// A hostile guest by its name: the attacker, or one written as text.
    pub(crate) async fn hostile(&self, name: &str) -> Arc<Plugin> {
        self.load(&mandate_test_support::hostile(name)).await.unwrap()
    }

    pub(crate) fn assignment(&self, plugin: &Arc<Plugin>, settings: &Json) -> Assignment {
        let mut assignment = self.world.assignment(plugin, settings, Change::Added, "1");
        assignment.limits = limits();
        assignment
    }

    /// The attacker with one of its attacks.
    pub(crate) async fn attacker(&self, attack: &str, number: i64) -> Assignment {
        let settings = json!({ "attack": attack, "dataset": "deals", "number": number });
        self.assignment(&self.hostile("attacker").await, &settings)
    }

    /// The notify part of an assignment, while an innocent part completes.
    pub(crate) async fn notify(&self, assignment: &Assignment) -> NotifyReport {
        let innocent = self.innocent(assignment);
        let ana = user("ana");
        let (attacked, innocent) = tokio::join!(self.sandbox.notify(assignment, &ana), innocent);
        assert!(innocent, "an innocent part completes meanwhile");
        attacked
    }

    /// The act part of an assignment, while an innocent part completes.
    pub(crate) async fn act(&self, assignment: &Assignment) -> ActReport {
        let ana = user("ana");
        let (attacked, innocent) = tokio::join!(self.sandbox.act(assignment, &ana), self.innocent(assignment));
        assert!(innocent, "an innocent part completes meanwhile");
        attacked
    }

    /// Whether a part of the same sandbox, without an attack, completes.
    pub(crate) async fn innocent(&self, like: &Assignment) -> bool {
        let settings = json!({ "attack": "none", "dataset": "deals", "number": 0 });
        let plugin = if like.plugin.manifest().name == "attacker" {
            Arc::clone(&like.plugin)
        } else {
            self.hostile("attacker").await
        };
        let report = self.sandbox.notify(&self.assignment(&plugin, &settings), &user("cy")).await;
        report.outcome.is_done() && report.messages.len() == 1
    }
}

/// The cause that a part ended with.
pub(crate) fn cause(outcome: &Outcome) -> Cause {
    let Outcome::Failed { cause, detail } = outcome else { panic!("it should have failed: {outcome:?}") };
    assert!(!detail.is_empty() && detail.len() <= 4_096, "the detail is a bounded sentence: {detail}");
    *cause
}

/// The lines of the log.
pub(crate) fn logs(journal: &[Entry]) -> Vec<&Entry> {
    journal.iter().filter(|entry| entry.interface == "log").collect()
}
