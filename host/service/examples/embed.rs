//! A service in a program of your own: a platform, a sandbox, an automation that ana uploads and lets run as her, one event, and
//! what each person got of it. Two people are told about one row, each from what they may see.
//!
//! `cargo run --example embed`, or with a component of yours: `cargo run --example embed -- my-plugin.wasm`. Your own data in place
//! of the embedded platform: implement the traits of `mandate_runtime::platform`, `Roles` and `Apply`, and give them to `Host`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use mandate_model::{AutomationKind, Change, Field, PrincipalId, Recipient, SiteId, Trigger, Value};
use mandate_policy::{ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right};
use mandate_runtime::{engine::Isolation, limits::Limits, sandbox::Sandbox, ticker::Ticker};
use mandate_service::{
    Clock as _, Draft, Holding, Host, NewAutomation, Outward, Publishing, Reach, Retry, Sandboxed, Service,
    SystemClock,
    embedded::{ContactSeed, Embedded, GovernanceSeed, Person, Seed},
};

/// Ana sees and changes every deal. Bo sees every deal, without its margin.
const POLICIES: &str = r#"
permit (principal, action, resource);
forbid (principal == User::"bo", action, resource == Column::"deals.margin");
"#;

#[tokio::main]
async fn main() -> Result<()> {
    let (site, ana, bo) = (SiteId::parse("acme")?, PrincipalId::parse("user:ana")?, PrincipalId::parse("user:bo")?);
    let folder = tempfile::tempdir()?;

    // Where data and people live. Rights are asked there, live, at every question of a guest.
    let seed = seed(&site, &ana, &bo);
    let embedded = Embedded::create(&folder.path().join("platform.db"), &seed, Arc::new(SystemClock)).await?;

    // Where guests run: a fresh instance for each call, and limits on everything. The ticker is what ends those that take too long.
    let limits = Limits::default();
    let sandbox = Sandbox::new(limits, Isolation::default(), None)?;
    let _ticker = Ticker::start(&sandbox, Duration::from_millis(10));

    let host = Host {
        platform: embedded.platform(),
        roles: Arc::new(embedded.clone()),
        apply: Arc::new(embedded.clone()),
        parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
        clock: Arc::new(SystemClock),
        limits,
        outward: Outward::none(),
        retry: Retry::default(),
        concurrency: 4,
    };
    let service = Service::open(&folder.path().join("store.db"), host).await?;
    enable(&service, &site, &ana, &bo).await?;

    // Something happens in the platform. The platform keeps its occurrence until the service has it.
    let cells = [("title", Value::Text("Bridge".to_owned())), ("amount", Value::Decimal("25000.00".to_owned()))];
    let cells = cells.into_iter().chain([("margin", Value::Decimal("0.40".to_owned()))]);
    let fields: Vec<Field> = cells.map(|(name, value)| Field { name: name.to_owned(), value }).collect();
    embedded.insert(None, "deals", "d1", &fields, SystemClock.now()).await?;
    for occurrence in embedded.pending_occurrences(100).await? {
        service.accept(&occurrence).await?;
        embedded.acknowledge(&occurrence.id).await?;
    }
    service.drain().await?;

    // Each was told from what they may see, and the row was changed once, as ana.
    for person in [&ana, &bo] {
        for delivered in service.inbox(person).await? {
            println!("\n{person} was told: {}\n{}", delivered.message.title, delivered.message.body.trim_end());
        }
    }
    for run in service.runs(&ana).await? {
        for effect in run.parts.iter().flat_map(|part| &part.effects) {
            println!("\nas {ana}: {:?}: {:?}", effect.state, effect.effect);
        }
    }
    service.close().await;
    Ok(())
}

/// Ana uploads a component, makes an automation of it, sees what it may do, and lets exactly that version act for her.
async fn enable(service: &Service, site: &SiteId, ana: &PrincipalId, bo: &PrincipalId) -> Result<()> {
    let plugin = service.upload(site, &component()?).await?;
    let new = NewAutomation {
        site: site.clone(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "Large deals".to_owned(),
        creator: ana.clone(),
    };
    let automation = service.create_automation(new).await?;
    let draft = Draft {
        plugin,
        settings: serde_json::json!({ "dataset": "deals", "threshold": "10000.00" }),
        trigger: Trigger::rows("deals", [Change::Added]),
        recipients: [Recipient::Principal(ana.clone()), Recipient::Principal(bo.clone())].into(),
    };
    let version = service.publish(&automation, ana, &draft, Publishing::default()).await?;
    let prospect = service.prospect(&automation, ana).await?;
    println!("before she consents, ana is shown what it may do as her:");
    for power in prospect.changes.unwrap_or_default().more {
        println!("  {power}");
    }
    service.enable(&automation, ana, &version).await?;
    Ok(())
}

/// A component given by path, or the example guest `new_opportunity`.
fn component() -> Result<Vec<u8>> {
    match std::env::args_os().nth(1) {
        Some(path) => std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.to_string_lossy())),
        None => mandate_test_support::try_guest("new_opportunity"),
    }
}

fn seed(site: &SiteId, ana: &PrincipalId, bo: &PrincipalId) -> Seed {
    let column = |name: &str, column_type| ColumnDef { name: name.to_owned(), column_type, nullable: true };
    let columns = vec![
        column("title", ColumnType::Text),
        column("amount", ColumnType::Decimal(2)),
        column("margin", ColumnType::Decimal(2)),
        column("status", ColumnType::Text),
    ];
    let person = |id: &PrincipalId, name: &str| Person {
        id: id.clone(),
        name: name.to_owned(),
        locale: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        contact: ContactSeed::default(),
        attributes: BTreeMap::new(),
    };
    let grant = |who: &PrincipalId, right| (who.clone(), Grant { right, dataset: "deals".to_owned() });
    Seed {
        site: site.clone(),
        schema: DataSchema {
            datasets: vec![DatasetDef { name: "deals".to_owned(), columns, any_change: false }],
            attributes: vec![],
        },
        policies: POLICIES.to_owned(),
        people: vec![person(ana, "Ana"), person(bo, "Bo")],
        teams: vec![],
        grants: vec![grant(ana, Right::Read), grant(ana, Right::Update), grant(bo, Right::Read)],
        rows: vec![],
        governance: GovernanceSeed {
            roles: vec![(ana.clone(), Holding { role: "member".to_owned(), reach: Reach::Site })],
            ..GovernanceSeed::default()
        },
        operations: mandate_service::embedded::OperationsSeed::default(),
    }
}
