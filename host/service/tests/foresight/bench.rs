//! The platform's small world, governed: boss is the site's admin, and an automation runs as ana, managed by carla.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use mandate_governance::{Choices, Life, Planted, Refused, SiteChoices};
use mandate_model::{
    AutomationId, AutomationKind, Change, Columns, Import, Manifest, Phase, Principal, PrincipalId, Recipient, Trigger,
};
use mandate_runtime::{
    limits::Limits,
    part::{ActReport, NotifyReport},
    plugin::LoadError,
};
use mandate_service::{
    Component, Described, Draft, Holding, Host, Job, Parts, Reach, Retry, Service, ServiceError,
    embedded::{GovernanceSeed, Seed},
};

use crate::world::{World, clock, id, seed};

/// Plugins that say what they read and write, and never run. Their bytes: `deals.stage>stage` reads the first, writes the
/// second, both of deals.
struct Silent;

#[async_trait]
impl Parts for Silent {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        let text = String::from_utf8(component.bytes.to_vec()).unwrap();
        let (reads, writes) = text.split_once('>').unwrap();
        let (dataset, column) = reads.split_once('.').unwrap();
        let columns =
            |dataset: &str, column: &str| Columns { dataset: dataset.to_owned(), columns: vec![column.to_owned()] };
        let manifest = Manifest {
            name: text.clone(),
            version: "0.1.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads: vec![columns(dataset, column)],
            writes: if writes.is_empty() { vec![] } else { vec![columns("deals", writes)] },
            reads_folders: vec![],
            writes_folders: vec![],
            operations: vec![],
        };
        let imports = BTreeSet::from([Import::Rows, Import::RowsWrite]);
        Ok(Described { manifest, imports, phases: Phase::ALL.into_iter().collect() })
    }

    async fn check_settings(&self, _: &Component, _: &serde_json::Value) -> Result<(), String> {
        Ok(())
    }

    async fn act(&self, _: &Job, _: &Principal) -> ActReport {
        unreachable!("nothing runs")
    }

    async fn notify(&self, _: &Job, _: &Principal) -> NotifyReport {
        unreachable!("nothing runs")
    }
}

pub struct Bench {
    pub world: World,
    pub service: Service,
}

pub fn admin() -> (PrincipalId, Holding) {
    (id("user:boss"), Holding { role: "site-admin".to_owned(), reach: Reach::Site })
}

impl Bench {
    pub async fn new() -> Self {
        Self::of(seed()).await
    }

    /// The world of another seed.
    pub async fn of(seed: Seed) -> Self {
        let governance = GovernanceSeed { roles: vec![admin()], ..GovernanceSeed::default() };
        let world = World::of(&Seed { governance, ..seed }).await;
        let db = Arc::new(world.db.clone());
        let host = Host {
            platform: world.db.platform(),
            roles: db.clone(),
            apply: db,
            parts: Arc::new(Silent),
            clock: clock(),
            limits: Limits::default(),
            outward: mandate_service::Outward::none(),
            retry: Retry::default(),
            concurrency: 1,
        };
        let service = Service::open(&world.folder.path().join("store.db"), host).await.unwrap();
        Self { world, service }
    }

    /// An automation that is on.
    pub async fn on(&self, name: &str, run_as: &str, managers: &[&str], plugin: &str) -> AutomationId {
        self.on_with(name, run_as, managers, &[], plugin).await
    }

    pub async fn on_with(
        &self,
        name: &str,
        run_as: &str,
        managers: &[&str],
        members: &[&str],
        plugin: &str,
    ) -> AutomationId {
        self.on_telling(name, run_as, [managers, members], &["team:spain"], plugin).await
    }

    /// With who manages it and who is invited.
    pub async fn on_telling(
        &self,
        name: &str,
        run_as: &str,
        [managers, members]: [&[&str]; 2],
        recipients: &[&str],
        plugin: &str,
    ) -> AutomationId {
        let ids = |names: &[&str]| names.iter().map(|name| id(name)).collect();
        let planted = Planted {
            site: self.world.db.site().clone(),
            workspace: None,
            kind: AutomationKind::Private,
            name: name.to_owned(),
            run_as: id(run_as),
            managers: ids(managers),
            members: ids(members),
        };
        let automation = self.service.plant(planted).await.unwrap();
        let plugin = self.service.upload(self.world.db.site(), plugin.as_bytes()).await.unwrap();
        let trigger = Trigger::rows("deals", [Change::Added]);
        let recipients = recipients.iter().map(|recipient| Recipient::parse(recipient).unwrap()).collect();
        let draft = Draft { plugin, settings: serde_json::json!({}), trigger, recipients };
        self.service.plant_version(&automation, &draft).await.unwrap();
        automation
    }

    pub async fn choose(&self, choices: &SiteChoices) {
        self.service.choose(self.world.db.site(), None, choices).await.unwrap();
    }
}

pub fn own(settings: serde_json::Value, policies: &str) -> SiteChoices {
    let settings: Choices = serde_json::from_value(settings).unwrap();
    SiteChoices { settings, policies: policies.to_owned(), ..SiteChoices::default() }
}

pub fn names(lives: &[Life]) -> Vec<&str> {
    lives.iter().map(|life| life.automation.name.as_str()).collect()
}

pub fn is_unknown<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Refused(Refused::Unknown)))
}
