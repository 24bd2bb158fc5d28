//! A world on the real host, in process: the embedded platform on SQLite with Cedar policies, the sandbox, the service. The
//! sandbox is made and the plugin compiled once; each world starts from a copy of one store, so that secret, automation and
//! with them every derived id are equal in all worlds.

use std::{
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mandate_governance::{
    Planted, Preset, SiteChoices,
    settings::{OnDenied, Then},
};
use mandate_model::{
    AutomationId, AutomationKind, ColumnSet, EventId, Failure, PluginDigest, PrincipalId, Query, Secret,
};
use mandate_policy::Permission;
use mandate_runtime::{engine::Isolation, limits::Limits, platform::Data, sandbox::Sandbox};
use mandate_service::{
    Clock, Draft, EffectState, Holding, Host, PartKind, Parts, Reach, Retry, Sandboxed, Service, embedded::Embedded,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    seed::{self, principal, site},
    sight::Seen,
    world::{Dataset, PEOPLE, RUN_AS, Who, World},
};

/// When every world begins and, but for waits, ends.
const NOW: i64 = 1_700_000_000_000_000;

/// The role of who may see what ran.
const AUDITOR: &str = "auditor";

/// Stands still: what happens for others must not move anybody's time.
struct Still(AtomicI64);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    async fn sleep_until(&self, at: i64) {
        self.0.fetch_max(at, Ordering::Relaxed);
    }
}

/// What all worlds start from.
struct Base {
    parts: Arc<dyn Parts>,
    folder: TempDir,
    automation: AutomationId,
    plugin: PluginDigest,
}

static BASE: OnceLock<Base> = OnceLock::new();

/// What came of a world for one person.
pub struct Outcome {
    /// Every byte that they get.
    pub gets: Value,
    /// What everybody else gets, and what was changed as whom the automation runs as: may differ.
    pub others: Value,
    /// What there is of them in the store for this automation; empty: nothing.
    pub traces: Vec<String>,
    /// What the platform itself shows them, dataset by dataset; null: denied.
    pub shown: Value,
}

/// Small enough that programs reach them, and nothing depends on how fast the machine is: no ticker runs, so that no deadline
/// ever ends a call, and a host call has ten minutes.
pub fn limits() -> Limits {
    let host_call_time = Duration::from_mins(10);
    Limits { fuel: 30_000_000, host_calls: 60, log_lines: 5, host_call_time, ..Limits::default() }
}

fn host(parts: &Arc<dyn Parts>, embedded: &Embedded, clock: Arc<dyn Clock>, concurrency: usize) -> Host {
    Host {
        platform: embedded.platform(),
        roles: Arc::new(embedded.clone()),
        apply: Arc::new(embedded.clone()),
        parts: Arc::clone(parts),
        clock,
        limits: limits(),
        outward: mandate_service::Outward::none(),
        retry: Retry { attempts: 2, first_wait: 1_000_000 },
        concurrency,
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(Still(AtomicI64::new(NOW)))
}

async fn embedded(folder: &Path, world: &World, clock: Arc<dyn Clock>) -> Embedded {
    let secret = Secret::from_bytes([7; 32]);
    Embedded::create_with(&folder.join("platform.db"), &seed::seed(world), &secret, clock).await.unwrap()
}

/// Makes the sandbox, compiles the plugin and makes the automation, off and without a version.
pub async fn prepare(any: &World) {
    let sandbox = Sandbox::new(limits(), Isolation::default(), None).unwrap();
    let parts: Arc<dyn Parts> = Arc::new(Sandboxed::new(Arc::new(sandbox)));
    let folder = TempDir::new().unwrap();
    let embedded = embedded(folder.path(), any, clock()).await;
    let service = Service::open(&folder.path().join("store.db"), host(&parts, &embedded, clock(), 1)).await.unwrap();
    // Each host call is judged, and nothing stops before: what is tried is the boundary.
    let mut foundry = SiteChoices { preset: Preset::Foundry, ..SiteChoices::default() };
    foundry.settings.on_denied = Some(OnDenied { then: Then::Deny, tell: [].into() });
    foundry.settings.roles.insert(AUDITOR.to_owned(), [Permission::View, Permission::ViewHistory].into());
    service.choose(&site(), None, &foundry).await.unwrap();
    let plugin = service.upload(&site(), &mandate_test_support::guest("interpreter")).await.unwrap();
    let run_as = principal(Who::Person(RUN_AS));
    let planted = Planted {
        site: site(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "two worlds".to_owned(),
        run_as,
        managers: [].into(),
        members: [].into(),
    };
    let automation = service.plant(planted).await.unwrap();
    service.close().await;
    embedded.close().await;
    assert!(BASE.set(Base { parts, folder, automation, plugin }).is_ok(), "prepared twice");
}

/// Lets everything happen in a world, and looks at it as `person`.
///
/// `audits`: they may see what ran besides: the act parts of whom the automation runs as.
pub async fn run(world: &World, person: usize, settings: &Value, concurrency: usize, audits: bool) -> Outcome {
    let base = BASE.get().unwrap();
    let folder = TempDir::new().unwrap();
    let store = folder.path().join("store.db");
    std::fs::copy(base.folder.path().join("store.db"), &store).unwrap();
    let clock = clock();
    let embedded = embedded(folder.path(), world, Arc::clone(&clock)).await;
    let service = Service::open(&store, host(&base.parts, &embedded, clock, concurrency)).await.unwrap();
    let who = principal(Who::Person(person));
    if audits {
        let holding = Holding { role: AUDITOR.to_owned(), reach: Reach::Site };
        embedded.give_role(&who, &holding).await.unwrap();
        // They know of all that the guest may touch, the ledger and its operations, whether or not they read it: else the settings,
        // with which it begins and which name them, hide all.
        let holding = Holding { role: "resource-admin".to_owned(), reach: Reach::Site };
        embedded.give_role(&who, &holding).await.unwrap();
    }
    let draft = Draft {
        plugin: base.plugin.clone(),
        settings: settings.clone(),
        trigger: seed::trigger(world),
        recipients: seed::recipients(world),
    };
    service.plant_version(&base.automation, &draft).await.unwrap();
    let shown = shown(&embedded, &who).await;
    let mut events = vec![];
    for happening in &world.happenings {
        events.push(service.accept(&seed::occurrence(happening)).await.unwrap().event);
    }
    service.drain().await.unwrap();
    let mut gets = gets(&service, &who).await;
    if audits {
        gets["history"] = json!(service.history(&who, None, None, 100).await.unwrap());
    }
    let others = others(&service, person, &events).await;
    service.close().await;
    embedded.close().await;
    Outcome { gets, others, traces: traces(&store, &who).await, shown }
}

/// Inbox and history, as they are serialised.
async fn gets(service: &Service, who: &PrincipalId) -> Value {
    let (inbox, runs) = (service.inbox(who).await.unwrap(), service.runs(who).await.unwrap());
    let mut each = vec![];
    for run in &runs {
        each.push(service.run(who, &run.id).await.unwrap());
    }
    assert_eq!(each, runs, "a run is told the same alone and in the list");
    assert!(
        runs.iter()
            .flat_map(|run| &run.parts)
            .all(|part| part.kind == PartKind::Notify || *who == principal(Who::Person(RUN_AS)))
    );
    json!({ "inbox": inbox, "runs": runs })
}

/// The inboxes of everybody else, and the effects that were carried out.
async fn others(service: &Service, person: usize, events: &[EventId]) -> Value {
    let mut inboxes = vec![];
    for other in (0..PEOPLE).filter(|other| *other != person) {
        inboxes.push(service.inbox(&principal(Who::Person(other))).await.unwrap());
    }
    let mut effects = vec![];
    for event in events {
        for run in service.runs_of(event).await.unwrap() {
            effects.extend(run.parts.into_iter().flat_map(|(_, part)| part.effects));
        }
    }
    effects.retain(|effect| effect.state == EffectState::Applied);
    json!({ "inboxes": inboxes, "effects": effects })
}

/// Where the store names the person as such: a cell that is their id, or a journal entry labelled with it. Not looked at are
/// the automation's own tables and audit entries (who made it, what its version says, who let it act).
async fn traces(store: &Path, who: &PrincipalId) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store).read_only(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
         AND name NOT IN ('automation', 'happening', 'version')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(
        ["part", "journal", "effect", "message", "run", "event"]
            .iter()
            .all(|table| tables.iter().any(|one| one == table))
    );
    let mut found = vec![];
    for table in tables {
        let own = if table == "audit" { "what = 'automation'" } else { "false" };
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info($1)").bind(&table).fetch_all(&pool).await.unwrap();
        for column in columns {
            let sql = format!(
                "SELECT count(*) FROM \"{table}\" WHERE NOT {own} AND (\"{column}\" = $1
                 OR instr(\"{column}\", '\"principal\":\"' || $1 || '\"') > 0)"
            );
            let count: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(who.to_string()).fetch_one(&pool).await.unwrap();
            if count > 0 {
                found.push(format!("{count} of {table}.{column}"));
            }
        }
    }
    pool.close().await;
    found
}

/// What the platform shows the person when asked directly, without revisions.
async fn shown(embedded: &Embedded, who: &PrincipalId) -> Value {
    let mut all = json!({});
    for dataset in Dataset::ALL {
        let query =
            Query { columns: vec![], filters: vec![], order_by: None, descending: false, limit: 100, after: None };
        all[dataset.name()] = match embedded.open(who).find(dataset.name(), &query, &ColumnSet::All).await {
            Ok(page) => {
                let rows = page.rows.iter().map(|row| json!([row.id, row.values]));
                json!({ "columns": page.columns, "rows": rows.collect::<Vec<_>>() })
            }
            Err(Failure::Denied(_)) => Value::Null,
            Err(failure) => panic!("`{who}` asks for `{}`: {failure}", dataset.name()),
        };
    }
    all
}

/// What the model says that the platform shows.
pub fn expected(datasets: &std::collections::BTreeMap<Dataset, Seen>) -> Value {
    let mut all = json!({});
    for dataset in Dataset::ALL {
        all[dataset.name()] = datasets.get(&dataset).map_or(Value::Null, |seen| {
            let columns: Vec<_> = seen.columns.iter().map(|column| column.name()).collect();
            let rows =
                seen.rows.iter().map(|(id, cells)| json!([id, cells.iter().map(seed::value).collect::<Vec<_>>()]));
            json!({ "columns": columns, "rows": rows.collect::<Vec<_>>() })
        });
    }
    all
}
