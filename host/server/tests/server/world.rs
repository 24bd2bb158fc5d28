//! A server over a small site: ana, whom an automation runs as; bo, who manages it; cleo, who administers the site; dan, who sees nothing.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use mandate_model::{AutomationId, PluginDigest, Principal, PrincipalId, SiteId, VersionId};
use mandate_runtime::{
    engine::Isolation,
    limits::Limits,
    platform::{Directory, Unavailable},
    sandbox::Sandbox,
    ticker::Ticker,
};
use mandate_server::{App, Options, SignIn, Store};
use mandate_service::{Clock, Draft, Host, Outward, Retry, Sandboxed, Service, SystemClock, embedded::Embedded};
use mandate_spec::fixture::{Fixture, FixtureAutomation};
use mandate_test_support::guest;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::client::Client;

/// The site: everybody who has a grant sees every deal; bo does not see the margin.
const SITE: &str = r#"
site = "acme"

[[people]]
id = "ana"
name = "Ana"
time_zone = "Europe/Paris"
[[people]]
id = "bo"
name = "Bo"
[[people]]
id = "cleo"
name = "Cleo"
[[people]]
id = "dan"
name = "Dan"

[[roles]]
to = "user:ana"
role = "member"
[[roles]]
to = "user:cleo"
role = "site-admin"

[[grants]]
to = "user:ana"
dataset = "deals"
rights = ["read", "create", "update", "remove"]
[[grants]]
to = "user:bo"
dataset = "deals"
rights = ["read"]

[datasets.deals]
columns = [
    { name = "title", type = "text" },
    { name = "amount", type = "decimal(2)" },
    { name = "margin", type = "decimal(2)", null = true },
    { name = "status", type = "text", null = true },
]
policies = """
permit (principal is User, action, resource);
forbid (principal == User::"bo", action, resource == Column::"deals.margin");
"""

[[automations]]
name = "Large deals"
plugin = "new-opportunity"
run_as = "user:ana"
managers = ["user:bo"]
settings = { dataset = "deals", threshold = "10000.00" }
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana", "user:bo"]
"#;

/// The machine's clock, put forward.
#[derive(Clone, Default)]
struct Shifted(Arc<AtomicI64>);

#[async_trait]
impl Clock for Shifted {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0.load(Ordering::SeqCst)
    }

    async fn sleep_until(&self, at: i64) {
        SystemClock.sleep_until(at - self.0.load(Ordering::SeqCst)).await;
    }
}

/// A directory that panics, while it is told to.
struct Panicking {
    directory: Arc<dyn Directory>,
    now: Arc<AtomicBool>,
}

#[async_trait]
impl Directory for Panicking {
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        assert!(!self.now.load(Ordering::SeqCst), "CANARY: SELECT of {id} in /tmp/platform.db");
        self.directory.principal(id).await
    }

    async fn people(&self, team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        self.directory.people(team).await
    }
}

/// A server that runs.
pub(crate) struct World {
    pub(crate) service: Arc<Service>,
    pub(crate) embedded: Embedded,
    /// Where it listens.
    address: String,
    /// Where people reach it.
    pub(crate) origin: String,
    clock: Shifted,
    /// Whether whatever looks for somebody panics.
    pub(crate) panics: Arc<AtomicBool>,
    /// The server's own store, to change what no handler does.
    pub(crate) server: SqlitePool,
    /// The automation `Large deals`: published, off.
    pub(crate) automation: AutomationId,
    pub(crate) version: VersionId,
    /// The plugin that is uploaded.
    pub(crate) plugin: PluginDigest,
    automations: Vec<FixtureAutomation>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<Result<(), mandate_server::ServeError>>,
    _ticker: Ticker,
    folder: tempfile::TempDir,
}

impl World {
    /// Starts it as a demo.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| SignIn::Demo).await
    }

    /// Starts it, with more in its fixture.
    pub(crate) async fn with(more: &str) -> Self {
        Self::made(more, None, |_| SignIn::Demo, |_| Outward::none()).await
    }

    /// Starts it, with ways to people beside their inbox.
    pub(crate) async fn sending(outward: impl FnOnce(&Embedded) -> Outward) -> Self {
        Self::made("", None, |_| SignIn::Demo, outward).await
    }

    /// Starts it, with people who sign in in a way that knows the server's origin.
    pub(crate) async fn start_with(sign_in: impl FnOnce(&str) -> SignIn) -> Self {
        Self::start_at(None, sign_in).await
    }

    /// Starts it behind a proxy that people reach at `origin`.
    pub(crate) async fn start_at(origin: Option<&str>, sign_in: impl FnOnce(&str) -> SignIn) -> Self {
        Self::made("", origin, sign_in, |_| Outward::none()).await
    }

    async fn made(
        more: &str,
        origin: Option<&str>,
        sign_in: impl FnOnce(&str) -> SignIn,
        outward: impl FnOnce(&Embedded) -> Outward,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("fixture.toml"), format!("{SITE}\n{more}")).unwrap();
        let fixture = Fixture::load(folder.path()).unwrap();
        let platform = folder.path().join("platform.db");
        let embedded = Embedded::create(&platform, &fixture.seed, Arc::new(SystemClock));
        let embedded = embedded.await.unwrap();
        let (host, ticker) = host(&embedded, outward(&embedded));
        let service = Arc::new(Service::open(&folder.path().join("store.db"), host).await.unwrap());
        if let Some(choices) = &fixture.governance {
            service.choose(&fixture.seed.site, None, choices).await.unwrap();
        }
        let (automation, version, plugin) = planted(&service, &fixture).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let origin = origin.map_or_else(|| address.clone(), str::to_owned);
        let options = Options { site: fixture.seed.site.clone(), origin: origin.clone(), sign_in: sign_in(&origin) };
        let clock = Shifted::default();
        let server = folder.path().join("server.db");
        let store = Store::open(&server).await.unwrap();
        let panics = Arc::new(AtomicBool::new(false));
        let directory = Arc::new(Panicking { directory: embedded.platform().directory, now: panics.clone() });
        let roles = Arc::new(embedded.clone());
        let app = App::new(service.clone(), directory, roles, Arc::new(clock.clone()), store, options).unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move {
            let _ = stopped.await;
        };
        let served = tokio::spawn(mandate_server::serve(app, listener, stopped));
        let stop = Some(stop);
        let server = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&server)).await.unwrap();
        let automations = fixture.automations;
        Self {
            service,
            embedded,
            address,
            origin,
            server,
            clock,
            panics,
            automation,
            version,
            plugin,
            automations,
            stop,
            served,
            _ticker: ticker,
            folder,
        }
    }

    /// Another automation like the first, which these may see too.
    pub(crate) async fn another(&self, members: &[PrincipalId]) -> AutomationId {
        let mut like = self.automations[0].clone();
        like.sharing.members = members.to_vec();
        let site = self.embedded.site();
        let id = self.service.plant(like.planted(site)).await.unwrap();
        publish(&self.service, &id, &like, &self.plugin).await;
        id
    }

    /// An automation like the first in another site of the same store, managed by ana; on.
    pub(crate) async fn elsewhere(&self, site: &SiteId) -> AutomationId {
        let mut like = self.automations[0].clone();
        like.managers = vec![PrincipalId::parse("user:ana").unwrap()];
        let plugin = self.service.upload(site, &guest("new_opportunity")).await.unwrap();
        let id = self.service.plant(like.planted(site)).await.unwrap();
        self.service.plant_version(&id, &draft(&like, &plugin)).await.unwrap();
        id
    }

    /// An automation of ana's, on, that listens to events of a type of the platform's own.
    pub(crate) async fn listening(&self, event_type: &str) -> AutomationId {
        let like = self.automations[0].planted(self.embedded.site());
        let id = self.service.plant(like).await.unwrap();
        let trigger = serde_json::json!({ "on": "event", "type": event_type });
        let draft = Draft {
            plugin: self.plugin.clone(),
            settings: serde_json::Value::Object(self.automations[0].settings.clone()),
            trigger: serde_json::from_value(trigger).unwrap(),
            recipients: std::collections::BTreeSet::new(),
        };
        let ana = PrincipalId::parse("user:ana").unwrap();
        let version = self.service.publish(&id, &ana, &draft, mandate_service::Publishing::default()).await.unwrap();
        self.service.enable(&id, &ana, &version).await.unwrap();
        id
    }

    /// A file of the world.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether a text stands in any file of the world.
    pub(crate) fn holds(&self, text: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|part| part == text.as_bytes())
        })
    }

    /// Somebody with a browser, signed in.
    pub(crate) async fn person(&self, id: &str) -> Client {
        let mut client = Client::new(&self.address);
        client.enter(id).await;
        client
    }

    /// Who is not signed in.
    pub(crate) fn nobody(&self) -> Client {
        Client::new(&self.address)
    }

    /// From now on it is so many seconds later, for the server.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Ends it, as a signal would.
    pub(crate) async fn end(mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.served.await.unwrap().unwrap();
    }
}

/// What the service works with.
fn host(embedded: &Embedded, outward: Outward) -> (Host, Ticker) {
    let limits = Limits::default();
    let sandbox = Sandbox::new(limits, Isolation::default(), None).unwrap();
    let ticker = Ticker::start(&sandbox, std::time::Duration::from_millis(10));
    let host = Host {
        platform: embedded.platform(),
        roles: Arc::new(embedded.clone()),
        apply: Arc::new(embedded.clone()),
        parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
        clock: Arc::new(SystemClock),
        limits,
        outward,
        retry: Retry::default(),
        concurrency: 4,
    };
    (host, ticker)
}

async fn planted(service: &Service, fixture: &Fixture) -> (AutomationId, VersionId, PluginDigest) {
    let [automation] = fixture.automations.as_slice() else { panic!("one automation") };
    let site = &fixture.seed.site;
    let plugin = service.upload(site, &guest("new_opportunity")).await.unwrap();
    let id = service.plant(automation.planted(site)).await.unwrap();
    let version = publish(service, &id, automation, &plugin).await;
    (id, version, plugin)
}

async fn publish(service: &Service, id: &AutomationId, like: &FixtureAutomation, plugin: &PluginDigest) -> VersionId {
    let ana = PrincipalId::parse("user:ana").unwrap();
    service.publish(id, &ana, &draft(like, plugin), mandate_service::Publishing::default()).await.unwrap()
}

fn draft(like: &FixtureAutomation, plugin: &PluginDigest) -> Draft {
    Draft {
        plugin: plugin.clone(),
        settings: serde_json::Value::Object(like.settings.clone()),
        trigger: like.trigger.clone(),
        recipients: like.recipients.iter().cloned().collect(),
    }
}
