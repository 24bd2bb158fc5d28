//! The world of a run: people, deals and tasks in the embedded platform; a store; effects that go to both the platform and the sink.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Future, pending},
    net::SocketAddr,
    path::Path,
    sync::Arc,
};

use anyhow::Result;
use async_trait::async_trait;
use mandate_governance::Planted;
use mandate_model::{
    AutomationKind, Change, Effect, Failure, Field, PrincipalId, Recipient, Secret, SiteId, Trigger, Value,
};
use mandate_policy::{ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right};
use mandate_runtime::limits::Limits;
use mandate_service::{
    Clock, Draft, Host, Left, Outward, Retry, Service,
    apply::{Applied, Apply, NotDone},
    embedded::{ContactSeed, Embedded, GovernanceSeed, Person, Seed, SeedRow, Team},
    operations::Invocation,
};

use crate::{
    clock::Leaping,
    guests::Scripted,
    operations::{self, AtSink, CLOSE, RING},
    sink,
    steps::step,
};

/// The deal that everything is about.
pub const DEAL: &str = "d1";
/// The task that is removed.
pub const OLD_TASK: &str = "old";
/// The first one acts.
const PEOPLE: [&str; 5] = ["ana", "bob", "cleo", "dan", "eve"];
/// `team:ten`.
const TEN: [&str; 10] = ["uma", "ugo", "ute", "uri", "ula", "udo", "una", "ulf", "ulli", "urs"];
const POLICIES: &str = r#"
permit (principal == User::"ana", action, resource);
permit (principal is User, action == Action::"read", resource is deals);
permit (principal is User, action == Action::"read-column", resource in Dataset::"deals");
"#;

/// What is wrong with a worker, to see that it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// Nothing.
    None,
    /// Each process has keys of its own for effects.
    ForgetsKeys,
}

/// A platform and a service that are open.
pub struct World {
    /// The platform.
    pub embedded: Embedded,
    /// The service.
    pub service: Service,
}

fn site() -> Result<SiteId> {
    Ok(SiteId::parse("acme")?)
}

fn who(name: &str) -> Result<PrincipalId> {
    Ok(PrincipalId::parse(name)?)
}

fn text(name: &str, text: &str) -> Field {
    Field { name: name.to_owned(), value: Value::Text(text.to_owned()) }
}

impl World {
    /// Makes platform and store in an empty folder.
    pub async fn create(folder: &Path) -> Result<Self> {
        let secret = Secret::from_bytes([7; 32]);
        let clock = Arc::new(Leaping::default());
        let embedded = Embedded::create_with(&folder.join("platform.db"), &seed()?, &secret, clock.clone()).await?;
        Self::with(folder, embedded, clock, None, Mutation::None, 1).await
    }

    /// Opens what was made; effects go to `sink` too.
    pub async fn open(folder: &Path, sink: SocketAddr, mutation: Mutation, concurrency: usize) -> Result<Self> {
        let clock = Arc::new(Leaping::default());
        let embedded = Embedded::open(&folder.join("platform.db"), clock.clone()).await?;
        Self::with(folder, embedded, clock, Some(sink), mutation, concurrency).await
    }

    async fn with(
        folder: &Path,
        embedded: Embedded,
        clock: Arc<dyn Clock>,
        sink: Option<SocketAddr>,
        mutation: Mutation,
        concurrency: usize,
    ) -> Result<Self> {
        if let Some(sink) = sink {
            let at_sink = Arc::new(AtSink::new(sink)?);
            for operation in [CLOSE, RING] {
                embedded.provide(operation, at_sink.clone());
            }
        }
        let host = Host {
            platform: embedded.platform(),
            roles: Arc::new(embedded.clone()),
            apply: Arc::new(Both { embedded: embedded.clone(), sink, mutation }),
            parts: Arc::new(Scripted),
            clock,
            limits: Limits::default(),
            retry: Retry::default(),
            outward: Outward::none(),
            concurrency,
        };
        let service = Service::open(&folder.join("store.db"), host).await?;
        Ok(Self { embedded, service })
    }

    /// An automation that is on: `script` is its component, it listens to `change` of deals.
    pub async fn automation(&self, script: &str, run_as: &str, recipients: &[&str], change: Change) -> Result<()> {
        let plugin = self.service.upload(&site()?, script.as_bytes()).await?;
        let planted = Planted {
            site: site()?,
            workspace: None,
            kind: AutomationKind::Private,
            name: format!("{script} of {run_as}"),
            run_as: who(run_as)?,
            managers: BTreeSet::new(),
            members: BTreeSet::new(),
        };
        let id = self.service.plant(planted).await?;
        let trigger = Trigger::rows("deals", [change]);
        let recipients = recipients.iter().map(|name| Recipient::parse(name)).collect::<Result<_, _>>()?;
        let draft = Draft { plugin, settings: serde_json::json!({}), trigger, recipients };
        self.service.plant_version(&id, &draft).await?;
        Ok(())
    }

    /// A deal is added to the platform; nobody was told yet.
    pub async fn add(&self, id: &str) -> Result<()> {
        self.embedded.insert(None, "deals", id, &[text("title", "Cold storage")], 1).await?;
        Ok(())
    }

    /// A deal is changed.
    pub async fn change(&self, id: &str) -> Result<()> {
        self.embedded.update(None, "deals", id, &[text("title", "Warm storage")], 2).await?;
        Ok(())
    }

    /// Hands the platform's changes over and lets the service do all that follows, until there is nothing left to do.
    pub async fn settle(&self) -> Result<()> {
        self.settle_until(pending).await?;
        Ok(())
    }

    /// The same, until `stop`; then what runs has no time to finish. What is left.
    pub async fn settle_until<F: Future<Output = ()> + Send>(&self, stop: impl Fn() -> F) -> Result<Left> {
        loop {
            for occurrence in self.embedded.pending_occurrences(100).await? {
                self.service.accept(&occurrence).await?;
                self.embedded.acknowledge(&occurrence.id).await?;
            }
            let left = self.service.drain_until(stop(), 0).await?;
            // What was carried out has changed the platform.
            if !left.is_nothing() || self.embedded.pending_occurrences(1).await?.is_empty() {
                return Ok(left);
            }
        }
    }

    /// Closes the files.
    pub async fn close(self) {
        self.service.close().await;
        self.embedded.close().await;
    }
}

/// Carries effects out in the platform, and then in the sink.
struct Both {
    embedded: Embedded,
    sink: Option<SocketAddr>,
    mutation: Mutation,
}

impl Both {
    fn key(&self, key: &str) -> String {
        match self.mutation {
            Mutation::None => key.to_owned(),
            Mutation::ForgetsKeys => format!("{}/{key}", std::process::id()),
        }
    }
}

#[async_trait]
impl Apply for Both {
    async fn apply(
        &self,
        principal: &PrincipalId,
        key: &str,
        effect: &Effect,
        ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure> {
        let applied = self.embedded.apply(principal, key, effect, ids).await?;
        let Some(sink) = self.sink else { return Ok(applied) };
        let request = sink::Request { principal: principal.to_string(), key: self.key(key), effect: effect.clone() };
        step("sink: asked".to_owned());
        let answer = tokio::task::spawn_blocking(move || sink::ask(sink, &request)).await;
        let answer = answer.map_err(|error| Failure::Unavailable(error.to_string()))?;
        answer.map_err(|error| Failure::Unavailable(error.to_string()))?;
        step("sink: answered".to_owned());
        Ok(applied)
    }

    async fn invoke(&self, invocation: &Invocation, ids: &BTreeMap<String, String>) -> Result<(), NotDone> {
        let key = self.key(&invocation.key);
        self.embedded.invoke(&Invocation { key, ..invocation.clone() }, ids).await
    }
}

fn seed() -> Result<Seed> {
    let person = |name: &&str| -> Result<Person> {
        Ok(Person {
            contact: ContactSeed::default(),
            id: who(&format!("user:{name}"))?,
            name: (*name).to_owned(),
            locale: "en".to_owned(),
            time_zone: "UTC".to_owned(),
            active: true,
            attributes: BTreeMap::new(),
        })
    };
    let team = |name: &str, people: &[&str]| -> Result<Team> {
        let members = people.iter().map(|person| who(&format!("user:{person}"))).collect::<Result<_>>()?;
        Ok(Team { id: who(&format!("team:{name}"))?, name: name.to_owned(), members })
    };
    let column = |name: &str| ColumnDef { name: name.to_owned(), column_type: ColumnType::Text, nullable: true };
    let dataset = |name: &str, columns| DatasetDef { name: name.to_owned(), columns, any_change: false };
    let deals = dataset("deals", vec![column("title")]);
    let tasks = dataset("tasks", vec![column("title"), column("state")]);
    let everybody = PEOPLE.iter().chain(&TEN).map(person).collect::<Result<Vec<_>>>()?;
    let ana = who("user:ana")?;
    let may = |who: &PrincipalId, right, dataset: &str| (who.clone(), Grant { right, dataset: dataset.to_owned() });
    let mut grants: Vec<_> = everybody.iter().map(|person| may(&person.id, Right::Read, "deals")).collect();
    grants.extend(Right::ALL.map(|right| may(&ana, right, "tasks")));
    let fields = vec![text("title", "Call them"), text("state", "open")];
    Ok(Seed {
        site: site()?,
        schema: DataSchema { datasets: vec![deals, tasks], attributes: vec![] },
        policies: POLICIES.to_owned(),
        teams: vec![team("sales", &["bob", "cleo"])?, team("ten", &TEN)?],
        people: everybody,
        grants,
        rows: vec![SeedRow { dataset: "tasks".to_owned(), id: OLD_TASK.to_owned(), fields }],
        governance: GovernanceSeed::default(),
        operations: operations::seed(&ana),
    })
}
