//! The golden authority matrix: `tests/golden/authority.md`, written by hand, against the real host. Everything in it is tried
//! once, in one world; all differences are told at once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use mandate_governance::{
    Planted, Preset, SiteChoices,
    settings::{OnDenied, Then},
};
use mandate_model::{
    AutomationKind, Change, ColumnSet, Field, Occurrence, PrincipalId, Recipient, RowRef, Secret, SiteId, Subject,
    Trigger, Value,
};
use mandate_policy::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataSchema, DatasetDef, Grant, Right,
};
use mandate_runtime::{engine::Isolation, limits::Limits, platform::Data, sandbox::Sandbox};
use mandate_service::{
    Clock, Draft, EffectState, Host, PartKind, PartView, Retry, Sandboxed, Service,
    embedded::{Embedded, GovernanceSeed, Person, Seed, SeedRow},
};
use serde_json::json;

const POLICIES: &str = r#"
permit (principal is User, action, resource is deals) when { resource.region == principal.region };
permit (principal is User, action, resource in Dataset::"deals");
forbid (principal is User, action, resource == Column::"deals.margin") unless { principal.cleared };
"#;

/// Whom it is about: name, what they are, region, whether cleared, active, may update; whom an automation runs as, who is told.
#[allow(clippy::struct_excessive_bools, reason = "a row of a table: each says one thing, and all go together")]
struct Role {
    name: &'static str,
    title: &'static str,
    region: &'static str,
    cleared: bool,
    active: bool,
    updates: bool,
    runs: bool,
    listed: bool,
}

const fn role(name: &'static str, title: &'static str, region: &'static str) -> Role {
    Role { name, title, region, cleared: false, active: true, updates: false, runs: false, listed: false }
}

const ROLES: [Role; 7] = [
    Role { cleared: true, updates: true, runs: true, ..role("ana", "run_as, all rights", "emea") },
    Role { runs: true, ..role("ben", "run_as, no right to update", "emea") },
    Role { cleared: true, listed: true, ..role("cleo", "recipient, sees the column", "emea") },
    Role { listed: true, ..role("dan", "recipient, does not see the column", "emea") },
    Role { cleared: true, listed: true, ..role("eve", "recipient of another region", "amer") },
    Role {
        cleared: true,
        updates: true,
        active: false,
        runs: true,
        listed: true,
        ..role("finn", "run_as and recipient, deactivated", "emea")
    },
    Role { cleared: true, updates: true, ..role("gus", "no recipient, all rights", "emea") },
];

/// What can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Capability {
    KnowsOfTheRun,
    ConditionReadsRow,
    ConditionReadsMargin,
    RendersMargin,
    ActsOnOwnRegion,
    ActsOnOtherRegion,
    NotifiesWithHand,
    Delivered,
    CarriedOut,
}

impl Capability {
    const ALL: [Self; 9] = [
        Self::KnowsOfTheRun,
        Self::ConditionReadsRow,
        Self::ConditionReadsMargin,
        Self::RendersMargin,
        Self::ActsOnOwnRegion,
        Self::ActsOnOtherRegion,
        Self::NotifiesWithHand,
        Self::Delivered,
        Self::CarriedOut,
    ];

    /// As the table's head has it.
    fn title(self) -> &'static str {
        match self {
            Self::KnowsOfTheRun => "knows of the run",
            Self::ConditionReadsRow => "condition reads the row",
            Self::ConditionReadsMargin => "condition reads `margin`",
            Self::RendersMargin => "notification renders `margin`",
            Self::ActsOnOwnRegion => "act changes the own region's row",
            Self::ActsOnOtherRegion => "act changes another region's row",
            Self::NotifiesWithHand => "notification uses a hand",
            Self::Delivered => "message delivered",
            Self::CarriedOut => "effect carried out",
        }
    }
}

type Cells = BTreeMap<(String, String), String>;

struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> i64 {
        1_000
    }

    async fn sleep_until(&self, _: i64) {}
}

fn id(name: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{name}")).unwrap()
}

fn site() -> SiteId {
    SiteId::parse("acme").unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn seed() -> Seed {
    let column = |name: &str, column_type| ColumnDef { name: name.to_owned(), column_type, nullable: false };
    let columns = vec![
        column("stage", ColumnType::Text),
        column("region", ColumnType::Text),
        column("margin", ColumnType::Decimal(2)),
    ];
    let attribute =
        |name: &str, attribute_type| AttributeDef { name: name.to_owned(), attribute_type, optional: false };
    let person = |role: &Role| Person {
        id: id(role.name),
        name: role.name.to_owned(),
        locale: "en".to_owned(),
        time_zone: "UTC".to_owned(),
        active: role.active,
        contact: mandate_service::embedded::ContactSeed::default(),
        attributes: BTreeMap::from([
            ("region".to_owned(), Attribute::Text(role.region.to_owned())),
            ("cleared".to_owned(), Attribute::Boolean(role.cleared)),
        ]),
    };
    let grants = ROLES.iter().flat_map(|role| {
        let rights = [Some(Right::Read), role.updates.then_some(Right::Update)];
        rights.into_iter().flatten().map(|right| (id(role.name), Grant { right, dataset: "deals".to_owned() }))
    });
    let row = |row: &str, region: &str, margin: &str| SeedRow {
        dataset: "deals".to_owned(),
        id: row.to_owned(),
        fields: [("stage", text("new")), ("region", text(region)), ("margin", Value::Decimal(margin.to_owned()))]
            .map(|(name, value)| Field { name: name.to_owned(), value })
            .to_vec(),
    };
    Seed {
        site: site(),
        schema: DataSchema {
            datasets: vec![DatasetDef { name: "deals".to_owned(), columns, any_change: false }],
            attributes: vec![attribute("region", AttributeType::Text), attribute("cleared", AttributeType::Boolean)],
        },
        policies: POLICIES.to_owned(),
        people: ROLES.iter().map(person).collect(),
        teams: vec![],
        grants: grants.collect(),
        rows: vec![row("d1", "emea", "90.00"), row("d2", "amer", "70.00")],
        governance: GovernanceSeed::default(),
        operations: mandate_service::embedded::OperationsSeed::default(),
    }
}

/// Tries everything in every phase, and writes down in its log how it went.
fn program(name: &str) -> serde_json::Value {
    let get = json!({ "get": "deals", "id": { "event": "row" }, "into": "g" });
    let note = |what: &str, variable: &str| json!({ "log": { "concat": [what, " ", { "var": variable }] } });
    let update =
        |row: serde_json::Value| json!({ "update": "deals", "id": row, "fields": [["stage", name]], "into": "u" });
    let own = update(json!({ "event": "row" }));
    json!({
        "dataset": "deals",
        "other": "deals",
        "evaluate": [get, note("row", "g"), note("margin", "g.cell.margin"), { "finding": "k", "summary": "s" }],
        "act": [own, note("own", "u"), update(json!("d2")), note("other", "u")],
        "render": [
            get,
            { "title": { "concat": ["margin ", { "var": "g.cell.margin" }] } },
            own,
            note("hand", "u"),
        ],
    })
}

fn updated() -> Occurrence {
    Occurrence {
        site: site(),
        source: "test".to_owned(),
        id: "1".to_owned(),
        at: 1,
        change: Change::Updated,
        subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: "d1".to_owned() }),
        changed: Some(vec!["stage".to_owned(), "margin".to_owned()]),
        image: None,
        cause: None,
    }
}

/// An automation that runs as `role`, is on, and tells who is listed if it is ana's.
async fn automation(service: &Service, plugin: &[u8], role: &Role) {
    let run_as = id(role.name);
    let planted = Planted {
        site: site(),
        workspace: None,
        kind: AutomationKind::Private,
        name: format!("of {}", role.name),
        run_as,
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
    };
    let automation = service.plant(planted).await.unwrap();
    let listed = ROLES.iter().filter(|one| one.listed && role.name == "ana");
    let draft = Draft {
        plugin: service.upload(&site(), plugin).await.unwrap(),
        settings: program(role.name),
        trigger: Trigger::rows("deals", [Change::Updated]),
        recipients: listed.map(|one| Recipient::Principal(id(one.name))).collect(),
    };
    service.plant_version(&automation, &draft).await.unwrap();
}

/// What the host does: a mark for each person and capability.
async fn tried(folder: &Path) -> Cells {
    let clock: Arc<dyn Clock> = Arc::new(Still);
    let secret = Secret::from_bytes([1; 32]);
    let embedded = Embedded::create_with(&folder.join("p.db"), &seed(), &secret, Arc::clone(&clock)).await.unwrap();
    let sandbox = Sandbox::new(Limits::default(), Isolation::default(), None).unwrap();
    let host = Host {
        platform: embedded.platform(),
        roles: Arc::new(embedded.clone()),
        apply: Arc::new(embedded.clone()),
        parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
        clock,
        limits: Limits::default(),
        outward: mandate_service::Outward::none(),
        retry: Retry::default(),
        concurrency: 4,
    };
    let service = Service::open(&folder.join("s.db"), host).await.unwrap();
    // Each host call is judged, and nothing stops before: what is tried is the boundary.
    let mut foundry = SiteChoices { preset: Preset::Foundry, ..SiteChoices::default() };
    foundry.settings.on_denied = Some(OnDenied { then: Then::Deny, tell: [].into() });
    service.choose(&site(), None, &foundry).await.unwrap();
    let plugin = mandate_test_support::guest("interpreter");
    for role in ROLES.iter().filter(|role| role.runs) {
        automation(&service, &plugin, role).await;
    }
    service.accept(&updated()).await.unwrap();
    service.drain().await.unwrap();
    let row = embedded.open(&id("cleo")).get("deals", "d1", &ColumnSet::All).await.unwrap();
    let stage = row.fields.into_iter().find(|field| field.name == "stage").unwrap().value;
    let mut cells = Cells::new();
    for role in &ROLES {
        let runs = service.runs(&id(role.name)).await.unwrap();
        let parts: Vec<PartView> = runs.into_iter().flat_map(|run| run.parts).collect();
        let inbox = !service.inbox(&id(role.name)).await.unwrap().is_empty();
        let changed = stage == text(role.name);
        for capability in Capability::ALL {
            let mark = mark(capability, role, &parts, inbox, changed);
            cells.insert((person(role), capability.title().to_owned()), mark.to_owned());
        }
    }
    cells
}

fn mark(capability: Capability, role: &Role, parts: &[PartView], inbox: bool, changed: bool) -> &'static str {
    let logged = |line: &str| parts.iter().flat_map(|part| &part.journal).any(|entry| entry.arguments["text"] == line);
    let part = |kind: PartKind| parts.iter().find(|part| part.kind == kind);
    let (applies, can) = match capability {
        Capability::KnowsOfTheRun => (true, !parts.is_empty()),
        Capability::ConditionReadsRow => (role.runs || role.listed, logged("row ok")),
        Capability::ConditionReadsMargin => (role.runs || role.listed, logged("margin 90.00")),
        Capability::RendersMargin => {
            let titles = part(PartKind::Notify).into_iter().flat_map(|part| &part.messages);
            (role.listed, titles.into_iter().any(|one| one.message.title == "margin 90.00"))
        }
        Capability::ActsOnOwnRegion => (role.runs, logged("own ok")),
        Capability::ActsOnOtherRegion => (role.runs, logged("other ok")),
        // Whoever gets a view but no hand: the guest finds none to use.
        Capability::NotifiesWithHand => (logged("hand ok") || render_takes_a_hand(), logged("hand ok")),
        Capability::Delivered => (role.listed, inbox),
        Capability::CarriedOut => {
            let effects = part(PartKind::Act).into_iter().flat_map(|part| &part.effects);
            (role.runs, changed && effects.into_iter().any(|effect| effect.state == EffectState::Applied))
        }
    };
    match (applies, can) {
        (true, true) => "✔",
        (true, false) => "✘",
        (false, _) => "–",
    }
}

/// Whether the contract hands the notification anything but a view.
fn render_takes_a_hand() -> bool {
    let wit = read("wit/phases.wit");
    let render = wit.lines().find(|line| line.trim_start().starts_with("render: func(")).unwrap();
    render.contains("hand")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

fn person(role: &Role) -> String {
    format!("{}: {}", role.name, role.title)
}

/// The cells of the one table of a Markdown text: marks with behaviour ids. Or what is wrong with it.
fn table(text: &str) -> Result<Cells, Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines().filter(|line| line.starts_with('|')).map(cells);
    let head = lines.next().unwrap_or_default();
    let (mut found, mut wrong) = (Cells::new(), vec![]);
    for row in lines.skip(1) {
        if row.len() != head.len() {
            wrong.push(format!("`{}`: {} cells under {} heads", row[0], row.len(), head.len()));
        }
        for (capability, cell) in head.iter().zip(&row).skip(1) {
            let at = (row[0].clone(), capability.clone());
            if !cell.split_once(' ').is_some_and(|(mark, id)| ["✔", "✘", "–"].contains(&mark) && is_behaviour(id))
            {
                wrong.push(format!("{at:?}: `{cell}` is no mark with a behaviour's id"));
            }
            if found.insert(at.clone(), cell.clone()).is_some() {
                wrong.push(format!("{at:?} is there twice"));
            }
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// Whether there is such a behaviour: a product and one of its numbers.
fn is_behaviour(id: &str) -> bool {
    let last = |product: &str| match product {
        "VEN" => 24,
        "FND" => 27,
        "ONE" => 23,
        "MON" => 29,
        "FIL" => 42,
        _ => 0,
    };
    id.split_once('-').is_some_and(|(product, number)| {
        number.len() == 2 && number.parse::<u32>().is_ok_and(|number| (1..=last(product)).contains(&number))
    })
}

/// Every cell in which the table and the host differ, and every cell that only one of them has.
fn differences(golden: &Cells, tried: &Cells) -> Vec<String> {
    let all: BTreeSet<_> = golden.keys().chain(tried.keys()).collect();
    let told = all.into_iter().filter_map(|at| {
        let (person, capability) = at;
        match (golden.get(at), tried.get(at)) {
            (Some(golden), Some(tried)) if golden.starts_with(tried.as_str()) => None,
            (Some(golden), Some(tried)) => {
                Some(format!("{person} | {capability}: `{golden}` in the table, `{tried}` on the host"))
            }
            (Some(_), None) => Some(format!("{person} | {capability}: is in the table, but not tried")),
            (None, _) => Some(format!("{person} | {capability}: is tried, but not in the table")),
        }
    });
    told.collect()
}

#[tokio::test]
async fn who_can_do_what_is_as_the_matrix_says() {
    let golden = table(&read("tests/golden/authority.md")).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
    let folder = tempfile::tempdir().unwrap();
    let found = differences(&golden, &tried(folder.path()).await);
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_difference_a_gap_and_a_surplus_are_told() {
    let cells = |all: &[(&str, &str, &str)]| -> Cells {
        all.iter().map(|(who, what, mark)| (((*who).to_owned(), (*what).to_owned()), (*mark).to_owned())).collect()
    };
    let golden = cells(&[("ana", "a", "✔ FND-01"), ("ana", "b", "✘ FND-02"), ("bob", "a", "– FND-03")]);
    let tried = cells(&[("ana", "a", "✔"), ("ana", "b", "✔"), ("ana", "c", "✘")]);
    assert_eq!(
        differences(&golden, &tried),
        [
            "ana | b: `✘ FND-02` in the table, `✔` on the host",
            "ana | c: is tried, but not in the table",
            "bob | a: is in the table, but not tried",
        ]
    );
}

#[test]
fn a_malformed_table_is_refused() {
    let rows = |rows: &str| table(&format!("| person | a | b |\n|---|---|---|\n{rows}"));
    assert_eq!(rows("| ana | ✔ FND-01 | – MON-29 |").map(|cells| cells.len()), Ok(2));
    for bad in [
        "| ana | ✔ FND-01 |",
        "| ana | ✔ | ✘ FND-02 |",
        "| ana | yes FND-01 | ✘ FND-02 |",
        "| ana | ✔ FND-28 | ✘ FND-02 |",
        "| ana | ✔ FND-1 | ✘ FND-02 |",
        "| ana | ✔ XYZ-01 | ✘ FND-02 |",
        "| ana | ✔ FND-01 | ✘ FND-02 |\n| ana | ✔ FND-01 | ✘ FND-02 |",
    ] {
        assert!(rows(bad).is_err(), "{bad}");
    }
}
