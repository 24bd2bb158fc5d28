//! Trying a spec: each of its worlds is made anew on the embedded platform, its steps are taken, and what came of it is read
//! as each person may see it.

mod governance;
mod sites;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use mandate_model::{
    AutomationId, Change, ColumnSet, CustomRef, Failure, Field, Occurrence, Outcome, PluginDigest, PrincipalId, RowRef,
    Subject, Verdict,
};
use mandate_runtime::engine::Isolation;
use mandate_runtime::limits::Limits;
use mandate_runtime::sandbox::{Sandbox, SandboxError};
use mandate_runtime::ticker::Ticker;
use mandate_service::embedded::Embedded;
use mandate_service::operations::Invocation;
use mandate_service::{
    Clock, Draft, EffectState, Host, PartKind, PartView, Parts, Retry, Roles, Sandboxed, Service, ServiceError,
};

use super::compare::{Observed, ObservedPart, Surprise};
use super::expect::{Kind, PartPhase};
use super::steps::{Action, Step};
use super::{Case, Spec};
use crate::changes::Verb;
use crate::fixture::{FixtureAutomation, PluginRef};
use crate::problem::{FixtureError, Place, Problem};

/// Between two ticks of the deadline clock.
const TICK: Duration = Duration::from_millis(10);

/// Parts that are evaluated at the same time.
const CONCURRENCY: usize = 4;

/// When a spec's world begins: 2026-01-01T00:00:00Z, in microseconds.
const BEGIN: i64 = 1_767_225_600_000_000;

/// Where the components of plugins come from: the bytes, or why there are none.
pub type Plugins<'a> = &'a (dyn Fn(&PluginRef) -> Result<Vec<u8>, String> + Send + Sync);

/// Tries specs. Plugins are compiled once, whatever number of worlds they run in.
pub struct Trial {
    parts: Arc<dyn Parts>,
    _ticker: Ticker,
}

/// A world that a spec is tried in.
struct World<'a> {
    case: &'a Case,
    embedded: Embedded,
    sites: Arc<sites::Sites>,
    service: Service,
    clock: Arc<StoryClock>,
    /// Automations by each name that they have or had.
    names: BTreeMap<String, AutomationId>,
    surprises: Vec<Surprise>,
    /// What people were shown on the way.
    shown: governance::OnTheWay,
}

/// Time as in a story: it goes on when somebody looks, and waiting takes none.
struct StoryClock(AtomicI64);

#[async_trait]
impl Clock for StoryClock {
    fn now(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    async fn sleep_until(&self, at: i64) {
        self.0.fetch_max(at, Ordering::Relaxed);
    }
}

impl Trial {
    /// A sandbox with the published limits.
    pub fn new() -> Result<Self, SandboxError> {
        let sandbox = Sandbox::new(Limits::default(), Isolation::default(), None)?;
        let ticker = Ticker::start(&sandbox, TICK);
        Ok(Self { parts: Arc::new(Sandboxed::new(Arc::new(sandbox))), _ticker: ticker })
    }

    /// Tries a spec in its own world and in each of its mutations. Nothing is wrong: it holds, and every mutation was noticed.
    pub async fn check(&self, spec: &Spec, plugins: Plugins<'_>) -> Vec<Problem> {
        let own = self.observe(&spec.case, &spec.place, plugins).await;
        let mut mutated = Vec::new();
        for mutation in &spec.mutations {
            // A mutation must fail by what is expected, not because its world cannot be made.
            mutated.push(self.observe(&mutation.case, &mutation.place, plugins).await);
        }
        match (own, mutated.into_iter().collect::<Result<Vec<_>, _>>()) {
            (Ok(own), Ok(mutated)) => spec.judge(&own, &mutated),
            (Err(error), _) | (_, Err(error)) => error.problems,
        }
    }

    /// What comes of a case; `at` is where it stands.
    pub async fn observe(&self, case: &Case, at: &Place, plugins: Plugins<'_>) -> Result<Observed, FixtureError> {
        let folder = tempfile::tempdir().map_err(told(at))?;
        let mut world = self.world(case, folder.path(), at).await?;
        if let Some(choices) = &case.fixture.governance {
            world.service.choose(&case.fixture.seed.site, None, choices).await.map_err(told(at))?;
        }
        for automation in &case.fixture.automations {
            world.plant(automation, plugins).await?;
        }
        for step in &case.steps {
            world.take(step, plugins).await?;
        }
        world.service.drain().await.map_err(told(at))?;
        let observed = world.observed().await;
        world.service.close().await;
        world.embedded.close().await;
        observed.map_err(|message| FixtureError::one(at.clone(), message))
    }

    async fn world<'a>(&self, case: &'a Case, folder: &Path, at: &Place) -> Result<World<'a>, FixtureError> {
        let clock = Arc::new(StoryClock(AtomicI64::new(BEGIN)));
        let now = Arc::clone(&clock) as Arc<dyn Clock>;
        let platform = folder.join("platform.db");
        let embedded = Embedded::create(&platform, &case.fixture.seed, Arc::clone(&now)).await;
        let embedded = embedded.map_err(told(at))?;
        for operation in &case.fixture.seed.operations.all {
            // Wherever it would be called: nothing leaves a spec.
            embedded.provide(&operation.name, Arc::new(|_: &Invocation| Ok(())));
        }
        let sites = Arc::new(sites::Sites::new(embedded.clone()));
        let host = Host {
            platform: embedded.platform(),
            roles: Arc::clone(&sites) as Arc<dyn Roles>,
            apply: Arc::new(embedded.clone()),
            parts: Arc::clone(&self.parts),
            clock: now,
            limits: Limits::default(),
            outward: mandate_service::Outward::none(),
            retry: Retry::default(),
            concurrency: CONCURRENCY,
        };
        let service = Service::open(&folder.join("store.db"), host).await.map_err(told(at))?;
        Ok(World {
            case,
            embedded,
            sites,
            service,
            clock,
            names: BTreeMap::new(),
            surprises: vec![],
            shown: governance::OnTheWay::default(),
        })
    }
}

/// An error as a problem at a place.
fn told<E: std::fmt::Display>(place: &Place) -> impl Fn(E) -> FixtureError {
    move |error| FixtureError::one(place.clone(), error.to_string())
}

impl World<'_> {
    /// Makes and publishes an automation, and turns it on if the fixture says that its person let it.
    async fn plant(&mut self, automation: &FixtureAutomation, plugins: Plugins<'_>) -> Result<(), FixtureError> {
        let at = &automation.place;
        let plugin = self.upload(automation, plugins).await?;
        let planted = automation.planted(&self.case.fixture.seed.site);
        let id = self.service.plant(planted).await.map_err(told(at))?;
        self.names.insert(automation.name.clone(), id.clone());
        if automation.enabled {
            let draft = Draft {
                plugin,
                settings: serde_json::Value::Object(automation.settings.clone()),
                trigger: automation.trigger.clone(),
                recipients: automation.recipients.iter().cloned().collect(),
            };
            self.service.plant_version(&id, &draft).await.map_err(told(at))?;
        }
        Ok(())
    }

    async fn upload(&self, automation: &FixtureAutomation, plugins: Plugins<'_>) -> Result<PluginDigest, FixtureError> {
        let bytes = plugins(&automation.plugin).map_err(told(&automation.place))?;
        self.service.upload(&self.case.fixture.seed.site, &bytes).await.map_err(told(&automation.place))
    }

    async fn take(&mut self, step: &Step, plugins: Plugins<'_>) -> Result<(), FixtureError> {
        let at = &step.place;
        match &step.action {
            Action::Change { verb, row, by, fields, quiet } => {
                let occurrence = self.change(*verb, row, by.as_ref(), fields).await.map_err(told(at))?;
                self.hand_over(occurrence, *quiet, at).await
            }
            Action::Give(to, held) => self.hold(to, held, true).await.map(drop).map_err(told(at)),
            Action::Remove(of, held) => self.hold(of, held, false).await.map_err(told(at)).and_then(|was| {
                let gone = format!("`{of}` has no {held} that could be taken away");
                if was { Ok(()) } else { Err(FixtureError::one(at.clone(), gone)) }
            }),
            Action::HandOver { from, to, by, point } => {
                let refusal = self.handed_over(from, to.as_ref(), by).await.err();
                self.surprised(step, governance::surprise(point, refusal));
                Ok(())
            }
            Action::BelongsTo(person, site) => self.join_site(person, site).await.map_err(told(at)),
            Action::SetActive(person, active) => self.embedded.set_active(person, *active).await.map_err(told(at)),
            Action::Event { event_type, about, refused } => {
                let surprise = self.happens(event_type, about.as_ref(), refused.as_deref()).await.map_err(told(at))?;
                self.surprised(step, surprise);
                Ok(())
            }
            Action::Until(then) => self.pass_until(*then).await.map_err(told(at)),
            Action::Clock(now) => {
                self.clock.0.store(*now, Ordering::Relaxed);
                Ok(())
            }
            Action::Run => self.service.drain().await.map_err(told(at)),
            Action::Recheck => self.service.recheck().await.map(drop).map_err(told(at)),
            Action::Ask(asked) => {
                let surprise = self.asked(asked, plugins).await;
                self.surprised(step, surprise);
                Ok(())
            }
        }
    }

    fn surprised(&mut self, step: &Step, told: Option<String>) {
        let problem = |message| Problem { place: step.place.clone(), message };
        self.surprises.extend(told.map(|told| Surprise { problem: problem(told), point: step.is_point() }));
    }

    /// The platform says that something of its own type happened; what is other than expected.
    async fn happens(
        &self,
        event_type: &str,
        about: Option<&RowRef>,
        refused: Option<&str>,
    ) -> Result<Option<String>, ServiceError> {
        let at = self.clock.now();
        let occurrence = Occurrence {
            site: self.case.fixture.seed.site.clone(),
            source: "platform".to_owned(),
            id: format!("{event_type}@{at}"),
            at,
            change: Change::Other,
            subject: Subject::Custom(CustomRef {
                event_type: event_type.to_owned(),
                about: about.cloned(),
                file: None,
            }),
            changed: None,
            image: None,
            cause: None,
        };
        Ok(match (self.service.accept(&occurrence).await, refused) {
            (Ok(_), None) => None,
            (Ok(_), Some(words)) => Some(format!("it is accepted, but should be refused: `{words}`")),
            (Err(ServiceError::Event(error)), Some(words)) if error.to_string().contains(words) => None,
            (Err(ServiceError::Event(error)), _) => Some(format!("it is refused: {error}")),
            (Err(error), _) => return Err(error),
        })
    }

    /// Goes from one instant at which there is something to do to the next.
    async fn pass_until(&self, then: i64) -> Result<(), ServiceError> {
        while let Some(due) = self.service.pass().await?.filter(|due| *due <= then) {
            self.clock.sleep_until(due).await;
        }
        self.clock.sleep_until(then).await;
        self.service.drain().await
    }

    /// `None`: an update in which no cell differs.
    async fn change(
        &self,
        verb: Verb,
        row: &RowRef,
        by: Option<&PrincipalId>,
        fields: &[Field],
    ) -> Result<Option<Occurrence>, Failure> {
        let (dataset, id, at) = (row.dataset.as_str(), row.id.as_str(), self.clock.now());
        match verb {
            Verb::Insert => self.embedded.insert(by, dataset, id, fields, at).await.map(Some),
            Verb::Update => self.embedded.update(by, dataset, id, fields, at).await,
            Verb::Remove => self.embedded.remove(by, dataset, id, at).await.map(Some),
        }
    }

    async fn hand_over(&self, occurrence: Option<Occurrence>, quiet: bool, at: &Place) -> Result<(), FixtureError> {
        let Some(occurrence) = occurrence else {
            return Err(FixtureError::one(at.clone(), "the update changes nothing: no cell differs"));
        };
        if !quiet {
            self.service.accept(&occurrence).await.map_err(told(at))?;
        }
        self.embedded.acknowledge(&occurrence.id).await.map_err(told(at))
    }

    async fn observed(&self) -> Result<Observed, String> {
        let mut observed = Observed { surprises: self.surprises.clone(), ..Observed::default() };
        for person in self.case.fixture.seed.people.iter().map(|person| &person.id) {
            let inbox = self.service.inbox(person).await.map_err(|error| error.to_string())?;
            let messages = inbox.into_iter().map(|delivered| delivered.message).collect();
            observed.messages.insert(person.clone(), messages);
            let runs = self.service.runs(person).await.map_err(|error| error.to_string())?;
            let parts = runs.iter().flat_map(|run| run.parts.iter().map(part)).collect();
            observed.parts.insert(person.clone(), parts);
        }
        for (person, row) in self.asked_for() {
            let seen = self.look(&person, &row).await?;
            observed.rows.insert((person, row), seen);
        }
        observed.governance = self.governed().await?;
        Ok(observed)
    }

    /// The rows that expectations speak of, each as whom.
    fn asked_for(&self) -> BTreeSet<(PrincipalId, RowRef)> {
        let rows = self.case.expectations.list.iter().filter_map(|item| match &item.kind {
            Kind::Row(who, row, _) => Some((who.clone(), row.clone())),
            _ => None,
        });
        rows.collect()
    }

    async fn look(&self, person: &PrincipalId, row: &RowRef) -> Result<Option<Vec<Field>>, String> {
        let data = self.embedded.platform().data.open(person);
        match data.get(&row.dataset, &row.id, &ColumnSet::All).await {
            Ok(row) => Ok(Some(row.fields)),
            Err(Failure::Denied(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn part(view: &PartView) -> ObservedPart {
    let applied = view.effects.iter().filter(|effect| effect.state == EffectState::Applied);
    let outcome = view.outcome.as_ref().and_then(|outcome| match outcome {
        Outcome::Done => None,
        Outcome::Failed { detail, .. } | Outcome::Retry { detail } => Some(detail.clone()),
    });
    ObservedPart {
        phase: match view.kind {
            PartKind::Act => PartPhase::Act,
            PartKind::Notify => PartPhase::Notify,
        },
        state: word(view),
        effects: applied.count(),
        reason: [view.reason.clone(), outcome, refusal(view)].into_iter().flatten().collect::<Vec<_>>().join("; "),
    }
}

/// The last denial in the journal, with the reason that the guest was not told: what an author looks for first.
fn refusal(view: &PartView) -> Option<String> {
    view.journal.iter().rev().find_map(|entry| match &entry.verdict {
        Verdict::Denied(reason) => Some(format!("`{}.{}` was denied: {reason}", entry.interface, entry.method)),
        _ => None,
    })
}

/// The state as its word in JSON, which is the one everywhere.
fn word(view: &PartView) -> String {
    let json = serde_json::to_value(view.state).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// Plugins by their names, for [`Plugins`].
pub fn named(plugins: &BTreeMap<String, Vec<u8>>) -> impl Fn(&PluginRef) -> Result<Vec<u8>, String> + Send + Sync {
    move |plugin| match plugin {
        PluginRef::Name(name) => plugins.get(name).cloned().ok_or_else(|| format!("there is no plugin `{name}`")),
        PluginRef::File(file) => Err(format!("no plugin is read from the file `{file}` here: give it by its name")),
    }
}
