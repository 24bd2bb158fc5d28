//! A service over a store in a folder of its own, in a scripted world: ana runs, bob and cleo are told, all in `team:sales`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use mandate_governance::{
    Ask, Choices, Lack, Planted, Power, SiteChoices,
    settings::{AsWhom, EvaluateAs},
};
use mandate_model::{
    AutomationId, AutomationKind, Change, Effect, EventId, Occurrence, PrincipalId, Recipient, RowRef, SiteId, Subject,
    Trigger, VersionId,
};
use mandate_runtime::{
    limits::Limits,
    platform::{NoOperations, Platform},
};
use mandate_service::{
    Draft, Flaw, Head, Host, Publishing, Retry, RunView, Service, ServiceError, StoreOptions, Verified,
};
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::fakes::{Opener, World, who};

pub struct Bench {
    folder: TempDir,
    pub world: Arc<World>,
    pub service: Service,
    pub concurrency: usize,
}

/// Somebody may not read `deals`.
pub fn lack(principal: &str) -> Lack {
    Lack { principal: who(principal), power: Some(Power::Read { dataset: "deals".to_owned() }), undecided: false }
}

/// A row of `deals` was added, updated or removed.
pub fn occurrence(id: &str, change: Change) -> Occurrence {
    Occurrence {
        site: SiteId::parse("acme").unwrap(),
        source: "crm".to_owned(),
        id: id.to_owned(),
        at: 50,
        change,
        subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: "d1".to_owned() }),
        changed: None,
        image: None,
        cause: None,
    }
}

pub fn remove(id: &str) -> Effect {
    Effect::Remove { dataset: "deals".to_owned(), id: id.to_owned() }
}

impl Bench {
    pub async fn new() -> Self {
        Self::with_concurrency(4).await
    }

    pub async fn with_concurrency(concurrency: usize) -> Self {
        Self::over(tempfile::tempdir().unwrap(), concurrency).await
    }

    /// A world of its own over a copy of a closed store: equal secret, equal ids.
    pub async fn over_copy(of: &Path, concurrency: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(of, folder.path().join("store.db")).unwrap();
        Self::over(folder, concurrency).await
    }

    /// A store of its own over a copy of a closed one, in a world where nothing has happened yet, opened so.
    pub async fn over_copy_with(of: &Path, options: StoreOptions) -> Result<Self, ServiceError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(of, folder.path().join("store.db")).unwrap();
        let world = new_world();
        let service = try_open(&folder, &world, 1, options).await?;
        Ok(Self { folder, world, service, concurrency: 1 })
    }

    /// What verifying the store says.
    pub async fn verified(&self, kept: Option<&Head>) -> Verified {
        self.service.upkeep().verify(kept).await.unwrap()
    }

    pub async fn flaws(&self) -> Vec<Flaw> {
        self.verified(None).await.flaws
    }

    async fn over(folder: TempDir, concurrency: usize) -> Self {
        let world = new_world();
        let service = open(&folder, &world, concurrency).await;
        Self { folder, world, service, concurrency }
    }

    /// The folder of the store, closed.
    pub async fn closed(self) -> TempDir {
        self.service.close().await;
        self.folder
    }

    /// As after a kill: whatever the last service was doing is gone, what it stored is there, and the audit tells of all of it.
    pub async fn reopen(self) -> Self {
        let Self { folder, world, service, concurrency } = self;
        drop(service);
        world.kill_at(None);
        let service = open(&folder, &world, concurrency).await;
        let bench = Self { folder, world, service, concurrency };
        assert_eq!(bench.flaws().await, [], "after a kill");
        bench
    }

    /// As after an end in good order.
    pub async fn closed_and_opened(self) -> Self {
        let Self { folder, world, service, concurrency } = self;
        service.close().await;
        let service = open(&folder, &world, concurrency).await;
        Self { folder, world, service, concurrency }
    }

    /// A second service over the same store.
    pub async fn open_again(&self) -> Result<Service, ServiceError> {
        try_open(&self.folder, &self.world, self.concurrency, StoreOptions::default()).await
    }

    /// Where the parts stand, in order of their ids.
    pub async fn states(&self) -> Vec<String> {
        let raw = self.raw().await;
        let states = sqlx::query_scalar("SELECT state FROM part ORDER BY id").fetch_all(&raw).await.unwrap();
        raw.close().await;
        states
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    /// An automation of ana's that is off, with a published version.
    pub async fn published(&self, recipients: &[&str]) -> (AutomationId, VersionId) {
        self.published_with(recipients, "condition action notification").await
    }

    pub async fn published_with(&self, recipients: &[&str], phases: &str) -> (AutomationId, VersionId) {
        let site = SiteId::parse("acme").unwrap();
        let planted = Planted {
            site,
            workspace: None,
            kind: AutomationKind::Private,
            name: "big deals".to_owned(),
            run_as: who("user:ana"),
            managers: BTreeSet::from([who("user:mia")]),
            members: BTreeSet::new(),
        };
        let id = self.service.plant(planted).await.unwrap();
        let draft = self.draft(recipients, phases).await;
        let version = self.publish(&id, "user:mia", &draft).await.unwrap();
        (id, version)
    }

    /// Publishes on top of whatever is published.
    pub async fn publish(&self, id: &AutomationId, actor: &str, draft: &Draft) -> Result<VersionId, ServiceError> {
        let base = self.service.automation(id).await.unwrap().automation.published;
        self.service.publish(id, &who(actor), draft, Publishing { base, ..Publishing::default() }).await
    }

    /// The platform says that whom it runs as lost a power.
    pub async fn lose(&self, id: &AutomationId) {
        let run_as = self.service.automation(id).await.unwrap().automation.run_as.unwrap();
        assert!(self.service.lose(id, vec![lack(&run_as.to_string())]).await.unwrap());
    }

    /// Makes it run as somebody else, who was not asked: it is off.
    pub async fn hand_over(&self, id: &AutomationId, from: &str, to: &str) {
        let ask = Ask::Move { expected: Some(who(from)), new: who(to) };
        self.service.ask(id, &who("user:root"), ask).await.unwrap();
    }

    pub async fn draft(&self, recipients: &[&str], phases: &str) -> Draft {
        let plugin = self.service.upload(&SiteId::parse("acme").unwrap(), phases.as_bytes()).await.unwrap();
        Draft {
            plugin,
            settings: serde_json::json!({}),
            trigger: Trigger::rows("deals", [Change::Added, Change::Updated, Change::Removed]),
            recipients: recipients.iter().map(|text| Recipient::parse(text).unwrap()).collect(),
        }
    }

    /// An automation of ana's that is on.
    pub async fn enabled(&self, recipients: &[&str]) -> (AutomationId, VersionId) {
        let (id, version) = self.published(recipients).await;
        self.service.enable(&id, &who("user:ana"), &version).await.unwrap();
        (id, version)
    }

    /// One of ana's that listens to this, and is on.
    pub async fn listening(&self, trigger: Trigger, recipients: &[&str]) -> (AutomationId, VersionId) {
        let (id, _) = self.published(recipients).await;
        let draft = Draft { trigger, ..self.draft(recipients, "condition action notification").await };
        let version = self.publish(&id, "user:mia", &draft).await.unwrap();
        self.service.enable(&id, &who("user:ana"), &version).await.unwrap();
        (id, version)
    }

    pub async fn happens(&self, id: &str) -> EventId {
        self.service.accept(&occurrence(id, Change::Added)).await.unwrap().event
    }

    /// The site evaluates notifications as run_as, or as each recipient.
    pub async fn evaluate_as(&self, as_whom: AsWhom) {
        let evaluate_as = Some(EvaluateAs { condition: as_whom, notification: as_whom });
        let settings = Choices { evaluate_as, ..Choices::default() };
        let choices = SiteChoices { settings, ..SiteChoices::default() };
        self.service.choose(&SiteId::parse("acme").unwrap(), None, &choices).await.unwrap();
    }

    /// An event, and everything that comes of it.
    pub async fn run(&self) {
        self.happens("1").await;
        self.service.drain().await.unwrap();
    }

    pub async fn inbox(&self, person: &str) -> Vec<String> {
        let inbox = self.service.inbox(&who(person)).await.unwrap();
        inbox.into_iter().map(|delivered| delivered.message.body).collect()
    }

    pub async fn runs(&self, person: &str) -> Vec<RunView> {
        self.service.runs(&who(person)).await.unwrap()
    }

    pub fn calls(&self) -> Vec<String> {
        let mut calls = self.world.script().calls.clone();
        calls.sort();
        calls
    }

    /// The last words of the keys that were carried out, in order.
    pub fn carried(&self) -> Vec<String> {
        let script = self.world.script();
        script.carried.iter().map(|(key, _, _)| key.rsplit('/').next().unwrap().to_owned()).collect()
    }

    pub fn advance(&self, seconds: i64) {
        self.world.script().now += seconds * 1_000_000;
    }

    /// A connection of the test's own to the store.
    pub async fn raw(&self) -> sqlx::SqlitePool {
        sqlx::SqlitePool::connect_with(SqliteConnectOptions::new().filename(self.path())).await.unwrap()
    }

    pub async fn sql(&self, sql: &'static str) {
        self.statements(&[sql]).await;
    }

    pub async fn statements(&self, statements: &[&'static str]) {
        let raw = self.raw().await;
        for sql in statements {
            sqlx::query(*sql).execute(&raw).await.unwrap();
        }
        raw.close().await;
    }

    /// Tables that have a row in which `needle` stands in any column.
    pub async fn tables_with(&self, needle: &str) -> Vec<String> {
        let raw = self.raw().await;
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                .fetch_all(&raw)
                .await
                .unwrap();
        let mut found = vec![];
        for table in tables {
            let columns: Vec<String> =
                sqlx::query(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")))
                    .fetch_all(&raw)
                    .await
                    .unwrap()
                    .iter()
                    .map(|row| row.get(0))
                    .collect();
            let any = columns
                .iter()
                .map(|column| format!("instr(CAST(\"{column}\" AS TEXT), '{needle}') > 0"))
                .collect::<Vec<_>>()
                .join(" OR ");
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE {any}")))
                .fetch_one(&raw)
                .await
                .unwrap();
            if count > 0 {
                found.push(table);
            }
        }
        raw.close().await;
        found
    }
}

async fn open(folder: &TempDir, world: &Arc<World>, concurrency: usize) -> Service {
    try_open(folder, world, concurrency, StoreOptions::default()).await.unwrap()
}

async fn try_open(
    folder: &TempDir,
    world: &Arc<World>,
    concurrency: usize,
    options: StoreOptions,
) -> Result<Service, ServiceError> {
    Service::open_with(&folder.path().join("store.db"), host(world, concurrency), options).await
}

/// A world in which nothing has happened yet.
fn new_world() -> Arc<World> {
    let world = Arc::new(World::default());
    {
        let mut script = world.script();
        let people: BTreeSet<PrincipalId> = ["user:ana", "user:bob", "user:cleo"].map(who).into();
        script.active.clone_from(&people);
        script.sees = people;
        script.teams.insert(who("team:sales"), ["user:bob", "user:cleo"].map(who).into());
        script.effects = vec![remove("a"), remove("b"), remove("c")];
        script.now = 1_000;
    }
    world
}

/// What a service works with in a world.
pub fn host(world: &Arc<World>, concurrency: usize) -> Host {
    Host {
        platform: Platform {
            directory: world.clone(),
            data: Arc::new(Opener(Arc::clone(world))),
            operations: Arc::new(NoOperations),
        },
        roles: world.clone(),
        apply: world.clone(),
        parts: world.clone(),
        clock: world.clone(),
        limits: Limits::default(),
        outward: world.outward(),
        retry: Retry::default(),
        concurrency,
    }
}
