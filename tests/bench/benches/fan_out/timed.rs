//! The platform and the guests of a service with a stopwatch at their doors: where the time of a run goes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use mandate_bench::measure::timed;
use mandate_model::{ColumnSet, Effect, Failure, Occurrence, Outcome, Page, Principal, PrincipalId, Query, Row};
use mandate_runtime::{
    part::{ActReport, NotifyReport},
    platform::{Data, DataAs, Directory, Platform, Reading, Unavailable, ViewClass},
    plugin::LoadError,
};
use mandate_service::{Component, Described, Job, Parts};

/// Asking who somebody is.
pub(crate) const PERSON: &str = "person";
/// Expanding the team.
pub(crate) const TEAM: &str = "team";
/// Asking whether somebody may know of the event.
pub(crate) const WITNESS: &str = "witness";
/// What a guest asks of its rows; within [`PARTS`].
pub(crate) const ROWS: &str = "rows";
/// Evaluating a part in the sandbox.
pub(crate) const PARTS: &str = "parts";

/// How often each door was passed, and for how long in all.
#[derive(Default)]
pub(crate) struct Spans(Mutex<BTreeMap<&'static str, (u32, Duration)>>);

impl Spans {
    async fn span<T>(&self, door: &'static str, work: impl Future<Output = T>) -> T {
        let (time, value) = timed(work).await;
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, sum) = spans.entry(door).or_default();
        (*count, *sum) = (*count + 1, *sum + time);
        value
    }

    /// What was counted since the last time.
    pub(crate) fn take(&self) -> BTreeMap<&'static str, (u32, Duration)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The platform, with a stopwatch.
pub(crate) fn platform(platform: Platform, spans: &Arc<Spans>) -> Platform {
    Platform {
        directory: Arc::new(People(platform.directory, Arc::clone(spans))),
        data: Arc::new(Rows(platform.data, Arc::clone(spans))),
        operations: platform.operations,
    }
}

struct People(Arc<dyn Directory>, Arc<Spans>);

#[async_trait]
impl Directory for People {
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        self.1.span(PERSON, self.0.principal(id)).await
    }

    async fn people(&self, team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        self.1.span(TEAM, self.0.people(team)).await
    }

    async fn is_in(&self, person: &PrincipalId, team: &PrincipalId) -> Result<bool, Unavailable> {
        self.1.span(TEAM, self.0.is_in(person, team)).await
    }
}

struct Rows(Arc<dyn Data>, Arc<Spans>);

impl Data for Rows {
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs> {
        Arc::new(RowsAs(self.0.open(principal), Arc::clone(&self.1)))
    }
}

struct RowsAs(Arc<dyn DataAs>, Arc<Spans>);

#[async_trait]
impl DataAs for RowsAs {
    async fn find(&self, dataset: &str, query: &Query, within: &ColumnSet) -> Result<Page, Failure> {
        self.1.span(ROWS, self.0.find(dataset, query, within)).await
    }

    async fn get(&self, dataset: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure> {
        self.1.span(ROWS, self.0.get(dataset, id, within)).await
    }

    async fn check(&self, effect: &Effect, before: &[Effect]) -> Result<(), Failure> {
        self.1.span(ROWS, self.0.check(effect, before)).await
    }

    async fn witnesses(&self, occurrence: &Occurrence) -> Result<bool, Failure> {
        self.1.span(WITNESS, self.0.witnesses(occurrence)).await
    }

    async fn may_read(&self, readings: &[Reading]) -> Result<Vec<bool>, Failure> {
        self.0.may_read(readings).await
    }

    async fn view_class(&self, datasets: &[String]) -> Result<Option<ViewClass>, Failure> {
        self.0.view_class(datasets).await
    }
}

/// What runs guests, with a stopwatch. The failure of a part would make a run cheap: it is said aloud.
pub(crate) struct Guests(pub(crate) Arc<dyn Parts>, pub(crate) Arc<Spans>);

#[async_trait]
impl Parts for Guests {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        self.0.describe(component).await
    }

    async fn check_settings(&self, component: &Component, settings: &serde_json::Value) -> Result<(), String> {
        self.0.check_settings(component, settings).await
    }

    async fn act(&self, job: &Job, principal: &Principal) -> ActReport {
        told(self.1.span(PARTS, self.0.act(job, principal)).await, |report| &report.outcome)
    }

    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport {
        told(self.1.span(PARTS, self.0.notify(job, principal)).await, |report| &report.outcome)
    }
}

#[allow(clippy::print_stderr, reason = "whoever reads the figures must know")]
fn told<R>(report: R, outcome: impl Fn(&R) -> &Outcome) -> R {
    if !outcome(&report).is_done() {
        eprintln!("a part failed, so the figures are wrong: {:?}", outcome(&report));
    }
    report
}
