//! P03: a right is given and taken away while a guest runs, between its host calls: each call sees the rights of its own moment, on
//! the real sandbox and the embedded platform.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use mandate_governance::{
    Planted, Preset, SiteChoices,
    settings::{OnDenied, Then},
};
use mandate_model::{
    AutomationKind, Change, ColumnSet, Effect, Failure, Field, Occurrence, Page, PrincipalId, Query, Recipient, Row,
    SiteId, Trigger, Value, Verdict,
};
use mandate_policy::{ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    platform::{Data, DataAs, Platform, Reading, ViewClass},
    sandbox::Sandbox,
};
use mandate_service::{
    Draft, Host, Outward, PartState, Retry, Sandboxed, Service, SystemClock,
    embedded::{ContactSeed, Embedded, GovernanceSeed, Person, Seed},
};
use serde_json::json;
use tempfile::TempDir;

const READER: &str = "user:bob";
/// Whether bob holds the right to read at each host call of his guest.
const HOLDS: [bool; 7] = [true, false, true, true, false, false, true];

fn who(name: &str) -> PrincipalId {
    PrincipalId::parse(name).unwrap()
}

fn read() -> Grant {
    Grant { right: Right::Read, dataset: "deals".to_owned() }
}

/// The embedded platform, where somebody gives bob the right to read and takes it away between his guest's questions.
#[derive(Clone)]
struct Shifting {
    embedded: Embedded,
    asked: Arc<AtomicUsize>,
}

struct As {
    world: Shifting,
    principal: PrincipalId,
    data: Arc<dyn DataAs>,
}

impl Data for Shifting {
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs> {
        let data = self.embedded.open(principal);
        Arc::new(As { world: self.clone(), principal: principal.clone(), data })
    }
}

#[async_trait]
impl DataAs for As {
    async fn find(&self, dataset: &str, query: &Query, within: &ColumnSet) -> Result<Page, Failure> {
        self.data.find(dataset, query, within).await
    }

    async fn get(&self, dataset: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure> {
        if self.principal == who(READER) {
            let call = self.world.asked.fetch_add(1, Ordering::SeqCst);
            let embedded = &self.world.embedded;
            match HOLDS.get(call) {
                Some(true) => _ = embedded.grant(&self.principal, &read()).await.unwrap(),
                Some(false) => _ = embedded.revoke(&self.principal, &read()).await.unwrap(),
                None => {}
            }
        }
        self.data.get(dataset, id, within).await
    }

    async fn check(&self, effect: &Effect, before: &[Effect]) -> Result<(), Failure> {
        self.data.check(effect, before).await
    }

    async fn witnesses(&self, occurrence: &Occurrence) -> Result<bool, Failure> {
        self.data.witnesses(occurrence).await
    }

    async fn may_read(&self, readings: &[Reading]) -> Result<Vec<bool>, Failure> {
        self.data.may_read(readings).await
    }

    async fn view_class(&self, datasets: &[String]) -> Result<Option<ViewClass>, Failure> {
        self.data.view_class(datasets).await
    }
}

fn seed() -> Seed {
    let person = |name: &str| Person {
        contact: ContactSeed::default(),
        id: who(name),
        name: name.to_owned(),
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        active: true,
        attributes: BTreeMap::new(),
    };
    let title = ColumnDef { name: "title".to_owned(), column_type: ColumnType::Text, nullable: true };
    let deals = DatasetDef { name: "deals".to_owned(), columns: vec![title], any_change: false };
    Seed {
        site: SiteId::parse("acme").unwrap(),
        schema: DataSchema { datasets: vec![deals], attributes: vec![] },
        policies: "permit (principal is User, action == Action::\"read\", resource is deals);
            permit (principal is User, action == Action::\"read-column\", resource in Dataset::\"deals\");"
            .to_owned(),
        people: vec![person("user:ana"), person(READER)],
        teams: vec![],
        grants: vec![(who(READER), read())],
        rows: vec![],
        governance: GovernanceSeed::default(),
        operations: mandate_service::embedded::OperationsSeed::default(),
    }
}

/// A service in which bob is told of deals by a guest that reads the deal again and again; and the event of a new one.
async fn world(folder: &TempDir) -> (Service, Occurrence) {
    let clock = Arc::new(SystemClock);
    let embedded = Embedded::create(&folder.path().join("p.db"), &seed(), clock.clone()).await.unwrap();
    let shifting = Shifting { embedded: embedded.clone(), asked: Arc::default() };
    let sandbox = Sandbox::new(Limits::default(), Isolation::default(), None).unwrap();
    let host = Host {
        platform: Platform { data: Arc::new(shifting), ..embedded.platform() },
        roles: Arc::new(embedded.clone()),
        apply: Arc::new(embedded.clone()),
        parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
        clock,
        limits: Limits::default(),
        retry: Retry::default(),
        outward: Outward::none(),
        concurrency: 1,
    };
    let service = Service::open(&folder.path().join("s.db"), host).await.unwrap();
    let site = SiteId::parse("acme").unwrap();
    // Each host call is judged, and nothing stops before.
    let mut foundry = SiteChoices { preset: Preset::Foundry, ..SiteChoices::default() };
    foundry.settings.on_denied = Some(OnDenied { then: Then::Deny, tell: [].into() });
    service.choose(&site, None, &foundry).await.unwrap();
    let planted = Planted {
        site: site.clone(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "reads".to_owned(),
        run_as: who("user:ana"),
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
    };
    let automation = service.plant(planted).await.unwrap();
    let mut evaluate = vec![json!({ "get": "deals", "id": "d1", "into": "row" }); HOLDS.len()];
    evaluate.push(json!({ "finding": "f" }));
    let render = json!([{ "title": "a deal" }]);
    let settings = json!({ "dataset": "deals", "other": "deals", "evaluate": evaluate, "render": render });
    let draft = Draft {
        plugin: service.upload(&site, &mandate_test_support::guest("interpreter")).await.unwrap(),
        settings,
        trigger: Trigger::rows("deals", [Change::Added]),
        recipients: BTreeSet::from([Recipient::Principal(who(READER))]),
    };
    service.plant_version(&automation, &draft).await.unwrap();
    let title = Field { name: "title".to_owned(), value: Value::Text("Cold storage".to_owned()) };
    let occurrence = embedded.insert(None, "deals", "d1", &[title], 1).await.unwrap();
    (service, occurrence)
}

#[tokio::test]
async fn p03_each_host_call_sees_the_rights_of_its_moment() {
    let folder = TempDir::new().unwrap();
    let (service, occurrence) = world(&folder).await;
    service.accept(&occurrence).await.unwrap();
    service.drain().await.unwrap();
    let part = service.runs(&who(READER)).await.unwrap().remove(0).parts.remove(0);
    let asked: Vec<bool> = part
        .journal
        .iter()
        .filter(|entry| entry.method == "get")
        .map(|entry| matches!(entry.verdict, Verdict::Allowed))
        .collect();
    assert_eq!(asked, HOLDS);
    assert_eq!(part.state, PartState::Done, "denied is an answer; bob may see the deal when it is delivered");
    assert_eq!(service.inbox(&who(READER)).await.unwrap().len(), 1);
}
