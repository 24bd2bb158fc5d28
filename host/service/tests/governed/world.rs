//! A site on the embedded platform: its people, a team `emea` of bob, workspaces `sales` of ana and `hall`, which is open, a dataset
//! `deals` that some may read, and `audits` and `hr`, which nobody may. Plugins do what a test says.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use mandate_governance::{Planted, Preset, SiteChoices};
use mandate_model::{
    AutomationId, AutomationKind, Change, Columns, Finding, Import, Manifest, Outcome, Phase, Principal, PrincipalId,
    Recipient, SiteId, Trigger, VersionId,
};
use mandate_policy::{ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right};
use mandate_runtime::{
    limits::Limits,
    part::{ActReport, Acted, NotifyReport, Record, Usage},
    plugin::LoadError,
};
use mandate_service::{
    Audited, Clock, Component, Described, Draft, Holding, Host, Job, Parts, Reach, Retry, Service, Upkeep,
    embedded::{Embedded, GovernanceSeed, OperationsSeed, Person, Seed, Team, Workspace},
    operations::Operation,
};
use tempfile::TempDir;

pub(crate) const POLICIES: &str = r#"
permit (principal is User, action == Action::"read", resource is deals);
permit (principal is User, action == Action::"read-column", resource in Dataset::"deals");
"#;

/// Everybody; those of history come after wes: eve, whom it ran as; max and mia, who manage and see it and read nothing; rita, who
/// is told; olga, whom it does not concern; vic, who administers a workspace.
const PEOPLE: [&str; 11] = ["ana", "bob", "cleo", "root", "wes", "eve", "max", "mia", "rita", "olga", "vic"];
/// Who may read `deals`.
const READERS: [&str; 7] = ["ana", "bob", "cleo", "eve", "rita", "olga", "vic"];

/// `user:…`, or a team or site as it is written.
pub(crate) fn who(name: &str) -> PrincipalId {
    let name = if name.contains(':') { name.to_owned() } else { format!("user:{name}") };
    PrincipalId::parse(&name).unwrap()
}

pub(crate) fn site() -> SiteId {
    SiteId::parse("acme").unwrap()
}

struct Still(AtomicI64);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    async fn sleep_until(&self, at: i64) {
        self.0.fetch_max(at, Ordering::Relaxed);
    }
}

/// What a part comes to: of an act part and of a notify part.
pub(crate) type Acts = dyn Fn(&Job, &Principal) -> ActReport + Send + Sync;
pub(crate) type Notifies = dyn Fn(&Job, &Principal) -> NotifyReport + Send + Sync;

/// A plugin that acts and does nothing, until a test says what it does. It declares what its bytes name: columns, or an operation.
#[derive(Default)]
pub(crate) struct Scripted {
    pub(crate) act: Mutex<Option<Box<Acts>>>,
    pub(crate) notify: Mutex<Option<Box<Notifies>>>,
}

#[async_trait]
impl Parts for Scripted {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        let invokes = component.bytes.as_ref() == b"invokes";
        let reads = match component.bytes.as_ref() {
            b"reader" => vec![columns("deals", &["title", "margin"])],
            b"wide" => ["audits", "deals", "hr"].map(|dataset| columns(dataset, &["title"])).into(),
            _ => vec![],
        };
        let writes = if component.bytes.as_ref() == b"writer" { vec![columns("deals", &["title"])] } else { vec![] };
        let manifest = Manifest {
            name: if component.bytes.as_ref() == b"other" { "other" } else { "quiet" }.to_owned(),
            version: "0.1.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads,
            writes,
            reads_folders: vec![],
            writes_folders: vec![],
            operations: if invokes { vec!["ping".to_owned()] } else { vec![] },
        };
        Ok(Described {
            manifest,
            imports: BTreeSet::from([Import::Rows, Import::RowsWrite, Import::Operations]),
            phases: BTreeSet::from([Phase::Action]),
        })
    }

    async fn check_settings(&self, _: &Component, _: &serde_json::Value) -> Result<(), String> {
        Ok(())
    }

    async fn act(&self, job: &Job, principal: &Principal) -> ActReport {
        if let Some(act) = self.act.lock().unwrap().as_ref() {
            return act(job, principal);
        }
        let finding = Finding { key: "event".to_owned(), summary: "seen".to_owned(), data: vec![] };
        let acted = vec![Acted { finding, outcome: Outcome::Done }];
        ActReport { outcome: Outcome::Done, acted, effects: vec![], record: nothing() }
    }

    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport {
        if let Some(notify) = self.notify.lock().unwrap().as_ref() {
            return notify(job, principal);
        }
        NotifyReport { outcome: Outcome::Done, messages: vec![], record: nothing() }
    }
}

fn columns(dataset: &str, columns: &[&str]) -> Columns {
    Columns { dataset: dataset.to_owned(), columns: columns.iter().map(|one| (*one).to_owned()).collect() }
}

pub(crate) fn nothing() -> Record {
    Record { journal: vec![], usage: Usage::default() }
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) embedded: Embedded,
    pub(crate) service: Service,
    pub(crate) scripted: Arc<Scripted>,
}

impl World {
    pub(crate) async fn new(preset: Preset) -> Self {
        let world = Self::with("").await;
        world.govern(preset, "").await;
        world
    }

    /// Governed as by default, with policies about data besides.
    pub(crate) async fn with(policies: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(Still(AtomicI64::new(1)));
        let embedded =
            Embedded::create(&folder.path().join("p.db"), &seed(policies), Arc::clone(&clock)).await.unwrap();
        let scripted = Arc::new(Scripted::default());
        let host = Host {
            platform: embedded.platform(),
            roles: Arc::new(embedded.clone()),
            apply: Arc::new(embedded.clone()),
            parts: Arc::clone(&scripted) as Arc<dyn Parts>,
            clock,
            limits: Limits::default(),
            outward: mandate_service::Outward::none(),
            retry: Retry::default(),
            concurrency: 2,
        };
        let service = Service::open(&folder.path().join("s.db"), host).await.unwrap();
        Self { folder, embedded, service, scripted }
    }

    pub(crate) async fn govern(&self, preset: Preset, policies: &str) {
        let choices = SiteChoices { preset, policies: policies.to_owned(), ..SiteChoices::default() };
        self.service.choose(&site(), None, &choices).await.unwrap();
    }

    pub(crate) async fn draft(&self, recipients: &[&str]) -> Draft {
        self.draft_of(b"quiet", recipients).await
    }

    pub(crate) async fn draft_of(&self, plugin: &[u8], recipients: &[&str]) -> Draft {
        Draft {
            plugin: self.service.upload(&site(), plugin).await.unwrap(),
            settings: serde_json::json!({}),
            trigger: Trigger::rows("deals", [Change::Added]),
            recipients: recipients.iter().map(|text| Recipient::parse(text).unwrap()).collect(),
        }
    }

    /// An automation that is on, as the operator set it up.
    pub(crate) async fn running(&self, run_as: &str) -> (AutomationId, VersionId) {
        self.running_in(run_as, None).await
    }

    pub(crate) async fn running_plugin(&self, run_as: &str, plugin: &[u8]) -> (AutomationId, VersionId) {
        self.running_of(run_as, None, plugin).await
    }

    pub(crate) async fn running_in(&self, run_as: &str, workspace: Option<&str>) -> (AutomationId, VersionId) {
        self.running_of(run_as, workspace, b"quiet").await
    }

    async fn running_of(&self, run_as: &str, workspace: Option<&str>, plugin: &[u8]) -> (AutomationId, VersionId) {
        let planted = Planted {
            site: site(),
            workspace: workspace.map(str::to_owned),
            kind: AutomationKind::Private,
            name: "deals".to_owned(),
            run_as: who(run_as),
            managers: BTreeSet::new(),
            members: BTreeSet::new(),
        };
        let id = self.service.plant(planted).await.unwrap();
        let version = self.service.plant_version(&id, &self.draft_of(plugin, &[]).await).await.unwrap();
        (id, version)
    }

    pub(crate) async fn admin(&self, person: &str) {
        let holding = Holding { role: "site-admin".to_owned(), reach: Reach::Site };
        self.embedded.give_role(&who(person), &holding).await.unwrap();
    }

    pub(crate) async fn run_as(&self, id: &AutomationId) -> Option<PrincipalId> {
        self.service.automation(id).await.unwrap().automation.run_as
    }

    pub(crate) async fn told(&self, person: &str) -> Vec<String> {
        let notices = self.service.notices(&who(person)).await.unwrap();
        notices.into_iter().map(|(_, told)| told.text).collect()
    }

    /// A file of the store or of the platform, as it is on the disk.
    pub(crate) async fn raw(&self, file: &str) -> sqlx::SqlitePool {
        let path = self.folder.path().join(file);
        sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap()
    }

    /// Ends the service, and reads what was audited.
    pub(crate) async fn audit(self) -> Vec<Audited> {
        self.service.close().await;
        let clock: Arc<dyn Clock> = Arc::new(Still(AtomicI64::new(1)));
        let upkeep = Upkeep::open(&self.folder.path().join("s.db"), clock).await.unwrap();
        upkeep.audit(None, 0, 1_000).await.unwrap().into_iter().filter_map(|entry| entry.audited).collect()
    }

    pub(crate) async fn grant(&self, person: &str) {
        self.embedded.grant(&who(person), &read()).await.unwrap();
    }

    pub(crate) async fn revoke(&self, person: &str) {
        assert!(self.embedded.revoke(&who(person), &read()).await.unwrap());
    }

    /// A row is added, which the automations hear.
    pub(crate) async fn insert(&self, id: &str) {
        let occurrence = self.embedded.insert(None, "deals", id, &[], 5).await.unwrap();
        self.service.accept(&occurrence).await.unwrap();
    }
}

fn read() -> Grant {
    Grant { right: Right::Read, dataset: "deals".to_owned() }
}

/// What the plugin `invokes` asks for.
fn operations() -> OperationsSeed {
    let ping = Operation {
        name: "ping".to_owned(),
        description: "Says that somebody is there.".to_owned(),
        schema: serde_json::json!({}),
        idempotent: false,
        call: None,
    };
    OperationsSeed { all: vec![ping], grants: vec![(who("ana"), "ping".to_owned())] }
}

fn seed(policies: &str) -> Seed {
    let person = |name: &str| Person {
        id: who(name),
        name: name.to_owned(),
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        active: true,
        contact: mandate_service::embedded::ContactSeed::default(),
        attributes: [].into(),
    };
    let column = |name: &str| ColumnDef { name: name.to_owned(), column_type: ColumnType::Text, nullable: true };
    let dataset = |name: &str| DatasetDef {
        name: name.to_owned(),
        columns: ["title", "margin"].map(column).into(),
        any_change: false,
    };
    let workspace =
        Workspace { id: "sales".to_owned(), name: "Sales".to_owned(), open: false, members: vec![who("ana")] };
    let hall = Workspace { id: "hall".to_owned(), name: "Hall".to_owned(), open: true, members: vec![] };
    Seed {
        site: site(),
        schema: DataSchema { datasets: ["audits", "deals", "hr"].map(dataset).into(), attributes: vec![] },
        policies: format!("{POLICIES}{policies}"),
        people: PEOPLE.map(person).into(),
        teams: vec![Team { id: who("team:emea"), name: "EMEA".to_owned(), members: vec![who("bob")] }],
        grants: READERS.map(|name| (who(name), read())).into(),
        rows: vec![],
        governance: GovernanceSeed { workspaces: vec![workspace, hall], ..GovernanceSeed::default() },
        operations: operations(),
    }
}
