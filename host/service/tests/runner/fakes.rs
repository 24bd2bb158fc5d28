//! The world outside the service, as tests script it.

mod carrying;
mod roles;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use mandate_model::{
    Attachment, Cause, ColumnSet, Effect, Entry, Event, Failure, Field, Finding, Import, Labels, Manifest, Message,
    Occurrence, Outcome, Page, Phase, Principal, PrincipalId, Query, Resource, Row, RowFilter, Subject, Value, Verdict,
};
use mandate_runtime::{
    part::{ActReport, Acted, NotifyReport, Record, Usage},
    platform::{Data, DataAs, Directory, Reading, Unavailable, ViewClass},
    plugin::LoadError,
};
use mandate_service::{
    Clock, Component, Described, Job, Outward, Parts,
    apply::NotDone,
    operations::Invocation,
    outward::{Addresses, Carrier, Contact, Way},
};
use tokio::sync::Notify;

pub fn who(name: &str) -> PrincipalId {
    PrincipalId::parse(name).unwrap()
}

/// What a test sets up and looks at.
#[allow(clippy::struct_excessive_bools, reason = "each is something that a test switches")]
#[derive(Default)]
pub struct Script {
    pub active: BTreeSet<PrincipalId>,
    pub teams: BTreeMap<PrincipalId, BTreeSet<PrincipalId>>,
    /// Who sees every row.
    pub sees: BTreeSet<PrincipalId>,
    /// Whose questions the platform cannot answer now.
    pub down: BTreeSet<PrincipalId>,
    /// Teams of which the platform cannot say now who is in them.
    pub teams_down: bool,
    /// How often a whole team was listed.
    pub listed: u32,
    /// Cells of every row.
    pub cells: BTreeMap<String, String>,
    /// What `act` stages.
    pub effects: Vec<Effect>,
    /// How the guest ends for a person, call after call; `Done` once they are used up.
    pub endings: BTreeMap<PrincipalId, Vec<Outcome>>,
    /// What the spy answers to an effect (by its sequence), call after call, before it carries it out.
    pub refusals: BTreeMap<u32, Vec<Failure>>,
    /// Happens to the world while a guest renders for this person.
    pub meanwhile: Option<fn(&mut Script)>,
    /// Host calls that a guest makes in each call.
    pub host_calls: u32,
    /// Host calls that were answered: as whom.
    pub answered: Vec<PrincipalId>,
    /// Guest calls: `act user:ana`.
    pub calls: Vec<String>,
    /// What was carried out: key, as whom, what. In order.
    pub carried: Vec<(String, PrincipalId, Effect)>,
    /// Columns that somebody does not see.
    pub blind: BTreeSet<(PrincipalId, String)>,
    /// How many reads of a row the platform cannot answer.
    pub unreadable: u32,
    /// What comes with every message.
    pub attachments: Vec<Attachment>,
    /// Who brings things to people beside their inbox.
    pub carriers: BTreeMap<Way, Arc<dyn Carrier>>,
    /// Where people are reached; who is not listed is reached nowhere.
    pub contacts: BTreeMap<(PrincipalId, Way), Contact>,
    /// Who holds no declared power any more: what their guest asks is denied, and what is carried out as them refused.
    pub powerless: BTreeSet<PrincipalId>,
    /// Why nobody can say what anybody holds.
    pub undecided: Option<String>,
    /// Whether a row is refused to every guest.
    pub row_refused: bool,
    /// Whether the directory, and what governance asks, does not answer.
    pub directory_down: bool,
    /// Operations that were asked for, in order.
    pub invoked: Vec<Invocation>,
    /// Keys of operations that were carried out, as often as they were.
    pub pinged: Vec<String>,
    /// Whether operations are carried out once for each key.
    pub idempotent: bool,
    /// What is answered to operations, call after call; `Perhaps` is answered after it was carried out.
    pub not_done: Vec<NotDone>,
    /// What `act` changes instead of `effects`, by the dataset that the event is of: a row of another dataset.
    pub answers: BTreeMap<String, String>,
    /// What the platform has to tell: each update that was carried out.
    pub happened: Vec<Occurrence>,
    /// Every key that the spy was asked for.
    pub asked: Vec<String>,
    pub now: i64,
    /// Whether waiting never ends; else it is a leap.
    pub still: bool,
}

/// Stands for everything outside; also a switch that kills the host at its n-th call to the outside.
#[derive(Default)]
pub struct World {
    script: Mutex<Script>,
    fuse: Mutex<Option<usize>>,
    pub killed: Notify,
    hold: Mutex<Option<usize>>,
    /// What the host waits in, of the call that it is held in.
    pub held_in: Mutex<&'static str>,
    pub reached: Notify,
    go: Notify,
}

impl World {
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    /// The ways that the script has when a service is opened.
    pub fn outward(self: &Arc<Self>) -> Outward {
        Outward { addresses: self.clone(), carriers: self.script().carriers.clone() }
    }

    /// Kills the host at its n-th call from now on, from 0.
    pub fn kill_at(&self, call: Option<usize>) {
        *self.fuse.lock().unwrap() = call;
    }

    /// Holds the host in its n-th call from now on, from 0, until [`World::go_on`].
    pub fn hold_at(&self, call: usize) {
        *self.hold.lock().unwrap() = Some(call);
    }

    pub fn go_on(&self) {
        *self.hold.lock().unwrap() = None;
        self.go.notify_one();
    }

    /// A call to the outside; never returns once the host is killed.
    pub async fn point(&self, name: &'static str) {
        if burnt(&self.fuse) {
            self.killed.notify_one();
            pending::<()>().await;
        }
        if burnt(&self.hold) {
            *self.hold.lock().unwrap() = None;
            *self.held_in.lock().unwrap() = name;
            self.reached.notify_one();
            self.go.notified().await;
        }
    }
}

/// Whether this is the call that was counted down to.
fn burnt(fuse: &Mutex<Option<usize>>) -> bool {
    let mut fuse = fuse.lock().unwrap();
    match fuse.as_mut() {
        None => false,
        Some(0) => true,
        Some(left) => {
            *left -= 1;
            false
        }
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> i64 {
        self.script().now
    }

    async fn sleep_until(&self, at: i64) {
        if self.script().still {
            pending::<()>().await;
        }
        let mut script = self.script();
        script.now = script.now.max(at);
    }
}

#[async_trait]
impl Directory for World {
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        self.point("principal").await;
        self.is_up()?;
        let active = self.script().active.contains(id);
        let principal = Principal {
            id: id.clone(),
            name: id.name().to_owned(),
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
        };
        Ok(active.then_some(principal))
    }

    async fn people(&self, team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        self.point("people").await;
        let mut script = self.script();
        script.listed += 1;
        if script.teams_down {
            return Err(Unavailable("the directory is down".to_owned()));
        }
        Ok(script.teams.get(team).into_iter().flatten().cloned().collect())
    }

    async fn is_in(&self, person: &PrincipalId, team: &PrincipalId) -> Result<bool, Unavailable> {
        self.point("is_in").await;
        let script = self.script();
        if script.teams_down {
            return Err(Unavailable("the directory is down".to_owned()));
        }
        Ok(script.teams.get(team).is_some_and(|people| people.contains(person)))
    }
}

/// The world's data, as one person.
struct As {
    world: Arc<World>,
    principal: PrincipalId,
}

/// A world that can be opened as somebody.
pub struct Opener(pub Arc<World>);

impl Data for Opener {
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs> {
        Arc::new(As { world: Arc::clone(&self.0), principal: principal.clone() })
    }
}

impl As {
    fn sees(&self) -> Result<bool, Failure> {
        let script = self.world.script();
        if script.down.contains(&self.principal) {
            return Err(Failure::Unavailable("the database is down".to_owned()));
        }
        Ok(script.sees.contains(&self.principal))
    }
}

#[async_trait]
impl DataAs for As {
    async fn find(&self, _: &str, _: &Query, _: &ColumnSet) -> Result<Page, Failure> {
        Err(Failure::Denied("the host asks no questions of its own".to_owned()))
    }

    async fn get(&self, _: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure> {
        self.world.point("get").await;
        if !self.sees()? {
            return Err(Failure::Denied("no such row".to_owned()));
        }
        let mut script = self.world.script();
        if script.unreadable > 0 {
            script.unreadable -= 1;
            return Err(Failure::Unavailable("the database is down".to_owned()));
        }
        let sees = |name: &str| !script.blind.contains(&(self.principal.clone(), name.to_owned()));
        let cells = script.cells.iter().filter(|(name, _)| within.contains(name) && sees(name));
        let fields = cells.map(|(name, text)| Field { name: name.clone(), value: Value::Text(text.clone()) }).collect();
        Ok(Row { id: id.to_owned(), revision: String::new(), fields })
    }

    async fn check(&self, _: &Effect, _: &[Effect]) -> Result<(), Failure> {
        Err(Failure::Denied("only a hand asks this".to_owned()))
    }

    async fn witnesses(&self, _: &Occurrence) -> Result<bool, Failure> {
        self.world.point("witnesses").await;
        self.sees()
    }

    async fn may_read(&self, readings: &[Reading]) -> Result<Vec<bool>, Failure> {
        let sees = self.sees()?;
        Ok(vec![sees; readings.len()])
    }

    async fn fits(&self, _: &str, only: &[RowFilter]) -> Result<(), Failure> {
        let script = self.world.script();
        let hidden = |filter: &RowFilter| script.blind.contains(&(self.principal.clone(), filter.column.clone()));
        if only.iter().any(hidden) { Err(Failure::Denied("hidden".to_owned())) } else { Ok(()) }
    }

    async fn view_class(&self, _: &[String]) -> Result<Option<ViewClass>, Failure> {
        Ok(None)
    }
}

/// The word that stands in everything that a guest produced for a person.
pub fn canary(principal: &PrincipalId) -> String {
    format!("CANARY-{}", principal.name())
}

/// What a guest asked and used, as this person.
fn record(world: &World, principal: &PrincipalId) -> Record {
    let script = world.script();
    let denied = script.row_refused || script.powerless.contains(principal);
    let entry = Entry {
        sequence: 0,
        phase: Phase::Condition,
        interface: "rows".to_owned(),
        method: "get".to_owned(),
        arguments: serde_json::json!({"id": "d1"}),
        answer: serde_json::json!(canary(principal)),
        verdict: if denied { Verdict::Denied("no".to_owned()) } else { Verdict::Allowed },
        labels: Labels::of(principal, Resource::Profile),
    };
    Record { journal: vec![entry], usage: Usage { fuel: 7, host_calls: 1, bytes_to_guest: 10 } }
}

/// What a guest says that sees what this person sees.
fn news(job: &Job, principal: &PrincipalId) -> Message {
    let body = format!("{} {}", canary(principal), job.settings);
    Message { title: "news".to_owned(), body, attachments: vec![] }
}

impl World {
    /// The host calls of a guest, each only while its part stands; how the guest ends if one is refused.
    async fn host_calls(&self, job: &Job, principal: &Principal) -> Option<Outcome> {
        let calls = self.script().host_calls;
        for _ in 0..calls {
            if !job.standing.stands().await.unwrap() {
                return Some(Outcome::Failed { cause: Cause::Withdrawn, detail: "it does not run".to_owned() });
            }
            self.point("host call").await;
            self.script().answered.push(principal.id.clone());
        }
        None
    }

    fn called(&self, what: &str, principal: &PrincipalId) -> Outcome {
        let mut script = self.script();
        script.calls.push(format!("{what} {principal}"));
        if let Some(meanwhile) = script.meanwhile {
            meanwhile(&mut script);
        }
        match script.endings.get_mut(principal) {
            Some(endings) if !endings.is_empty() => endings.remove(0),
            _ => Outcome::Done,
        }
    }
}

/// Runs scripted guests. A component is a text: the phases that it has.
#[async_trait]
impl Parts for World {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        let text =
            String::from_utf8(component.bytes.to_vec()).map_err(|_| LoadError::Describe("no text".to_owned()))?;
        let manifest = Manifest {
            name: text.clone(),
            version: "0.1.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads: vec![],
            writes: vec![],
            reads_folders: vec![],
            writes_folders: vec![],
            operations: vec![],
        };
        let phases = Phase::ALL.into_iter().filter(|phase| text.contains(phase.as_str())).collect();
        Ok(Described { manifest, imports: BTreeSet::from([Import::Rows]), phases })
    }

    async fn check_settings(&self, _: &Component, settings: &serde_json::Value) -> Result<(), String> {
        if settings.get("bad").is_some() { Err("`bad` is unknown".to_owned()) } else { Ok(()) }
    }

    async fn act(&self, job: &Job, principal: &Principal) -> ActReport {
        self.point("act").await;
        let ended = self.host_calls(job, principal).await;
        let outcome = ended.unwrap_or_else(|| self.called("act", &principal.id));
        let finding = Finding { key: "event".to_owned(), summary: canary(&principal.id), data: vec![] };
        let acts = job.plugin.bytes.windows(6).any(|word| word == b"action");
        let mut effects = if acts { self.script().staged(&job.event) } else { vec![] };
        effects.extend(job.tells.iter().map(|recipient| Effect::Tell {
            recipient: recipient.clone(),
            finding: "event".to_owned(),
            message: news(job, &principal.id),
        }));
        if !outcome.is_done() {
            effects.clear();
        }
        let acted = vec![Acted { finding, outcome: outcome.clone() }];
        ActReport { outcome, acted, effects, record: record(self, &principal.id) }
    }

    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport {
        self.point("notify").await;
        let ended = self.host_calls(job, principal).await;
        let outcome = ended.unwrap_or_else(|| self.called("notify", &principal.id));
        let attachments = self.script().attachments.clone();
        let message = Message { attachments, ..news(job, &principal.id) };
        let messages = if outcome.is_done() { vec![("event".to_owned(), message)] } else { vec![] };
        NotifyReport { outcome, messages, record: record(self, &principal.id) }
    }
}

impl Script {
    fn staged(&self, event: &Event) -> Vec<Effect> {
        let answer = match &event.subject {
            Subject::Row(row) => self.answers.get(&row.dataset),
            _ => None,
        };
        let update = |dataset: &String| Effect::Update {
            dataset: dataset.clone(),
            id: "d1".to_owned(),
            fields: vec![],
            if_revision: None,
        };
        answer.map_or_else(|| self.effects.clone(), |dataset| vec![update(dataset)])
    }
}

#[async_trait]
impl Addresses for World {
    async fn contact(
        &self,
        person: &PrincipalId,
        way: Way,
        _: Option<&mandate_model::AutomationId>,
    ) -> Result<Contact, Unavailable> {
        self.point("contact").await;
        if self.script().down.contains(person) {
            return Err(Unavailable("down".to_owned()));
        }
        Ok(self.script().contacts.get(&(person.clone(), way)).cloned().unwrap_or(Contact::None))
    }
}
