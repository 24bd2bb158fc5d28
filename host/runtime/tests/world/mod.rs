//! A platform in memory, for tests: one dataset, `deals`, with rights that can change between two calls, and a spy.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_imports,
    reason = "a room of tests, of which each uses a part"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mandate_model::*;
use mandate_runtime::{
    limits::Limits,
    part::Assignment,
    platform::{Always, Data, DataAs, Directory, NoOperations, Platform, Reading, Unavailable, ViewClass},
    plugin::Plugin,
    replay::Answers,
};
use tokio::sync::Barrier;

/// The columns of `deals`, in order.
pub const COLUMNS: [&str; 5] = ["title", "region", "amount", "margin", "status"];

/// What one person may.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Regions whose rows they see.
    pub regions: BTreeSet<String>,
    /// Columns that they do not see.
    pub hidden: BTreeSet<String>,
    /// Columns that they may set.
    pub writes: BTreeSet<String>,
}

/// Rights on the rows of `regions`.
pub fn rights(regions: &[&str], hidden: &[&str], writes: &[&str]) -> Rights {
    let set = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Rights { regions: set(regions), hidden: set(hidden), writes: set(writes) }
}

/// Everything there is.
#[derive(Default)]
pub struct World {
    /// Cells by row.
    pub rows: Mutex<BTreeMap<String, BTreeMap<String, Value>>>,
    /// Rights by person.
    pub rights: Mutex<BTreeMap<PrincipalId, Rights>>,
    /// Every question: (principal, what).
    pub spy: Mutex<Vec<(PrincipalId, String)>>,
    /// Rights that change right before the nth question (from 0) is answered.
    pub change_at: Mutex<Option<(usize, PrincipalId, Rights)>>,
    /// Questions that are not answered now.
    pub down: Mutex<bool>,
    /// How long an answer takes.
    pub delay: Mutex<Duration>,
    /// Where questions wait for each other, and then for the test.
    pub gate: Mutex<Option<Arc<Gate>>>,
    /// Rows that were answered with.
    pub served: AtomicUsize,
}

/// Holds parts in the middle of a host call: all of them at once.
pub struct Gate {
    /// Passed when everyone is here.
    pub here: Barrier,
    /// Passed when everyone may go on.
    pub go: Barrier,
}

impl Gate {
    /// A gate for this many parts, and the test.
    pub fn new(parts: usize) -> Arc<Self> {
        Arc::new(Self { here: Barrier::new(parts + 1), go: Barrier::new(parts + 1) })
    }
}

impl World {
    /// The deals `1` (emea, 120,000.00) and `2` (amer, 500.00); Ana sees emea with margins and may set `status`, Bo sees amer
    /// only, Cy sees emea without margins.
    pub fn new() -> Arc<Self> {
        let world = Self::default();
        for (id, name, region, amount, margin) in
            [("1", "Airship", "emea", "120000.00", "40000.00"), ("2", "Bicycle", "amer", "500.00", "20.00")]
        {
            let cells = [
                ("title", Value::Text(name.to_owned())),
                ("region", Value::Text(region.to_owned())),
                ("amount", Value::Decimal(amount.to_owned())),
                ("margin", Value::Decimal(margin.to_owned())),
                ("status", Value::Null),
            ];
            let cells = cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            world.rows.lock().unwrap().insert(id.to_owned(), cells);
        }
        for (person, rights) in [
            ("ana", rights(&["emea"], &[], &["status"])),
            ("bo", rights(&["amer"], &[], &["status"])),
            ("cy", rights(&["emea"], &["margin"], &[])),
        ] {
            world.rights.lock().unwrap().insert(user(person).id, rights);
        }
        Arc::new(world)
    }

    /// Adds so many deals of emea, each with a title of so many bytes.
    pub fn fill(&self, deals: usize, title: usize) {
        let mut rows = self.rows.lock().unwrap();
        let mut like = rows["1"].clone();
        like.insert("title".to_owned(), Value::Text("x".repeat(title)));
        rows.extend((0..deals).map(|at| (format!("filled-{at}"), like.clone())));
    }

    /// The platform of it.
    pub fn platform(self: &Arc<Self>) -> Platform {
        Platform {
            directory: Arc::new(People),
            data: Arc::new(Deals(Arc::clone(self))),
            operations: Arc::new(NoOperations),
        }
    }

    /// A run of `plugin` about `change` of a deal.
    pub fn assignment(
        self: &Arc<Self>,
        plugin: &Arc<Plugin>,
        settings: &serde_json::Value,
        change: Change,
        id: &str,
    ) -> Assignment {
        let powers = Powers::resolve(plugin.imports(), plugin.manifest(), settings).unwrap();
        Assignment {
            plugin: Arc::clone(plugin),
            powers: Arc::new(powers),
            settings: settings.to_string().into(),
            event: Event {
                id: EventId::from_bytes([1; 16]),
                at: 1_000_000,
                change,
                subject: Subject::Row(RowRef { dataset: "deals".to_owned(), id: id.to_owned() }),
            },
            run: RunId::from_bytes([2; 16]),
            platform: self.platform(),
            limits: Limits::default(),
            standing: Arc::new(Always),
            answers: Answers::Platform,
            tells: Arc::default(),
        }
    }

    /// How many questions were asked as `person`.
    pub fn asked_as(&self, person: &str) -> usize {
        let id = user(person).id;
        self.spy.lock().unwrap().iter().filter(|(who, _)| *who == id).count()
    }
}

/// A person.
pub fn user(name: &str) -> Principal {
    Principal {
        id: PrincipalId::new(PrincipalKind::User, name).unwrap(),
        name: name.to_uppercase(),
        locale: "en-GB".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
    }
}

struct People;

#[async_trait]
impl Directory for People {
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable> {
        Ok(Some(user(id.name())))
    }

    async fn people(&self, _team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable> {
        Ok(vec![])
    }
}

struct Deals(Arc<World>);

impl Data for Deals {
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs> {
        Arc::new(DealsAs { world: Arc::clone(&self.0), who: principal.clone() })
    }
}

struct DealsAs {
    world: Arc<World>,
    who: PrincipalId,
}

impl DealsAs {
    /// The principal's rights now, after writing the question down.
    async fn ask(&self, what: String) -> Result<Rights, Failure> {
        let delay = *self.world.delay.lock().unwrap();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let gate = self.world.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.here.wait().await;
            gate.go.wait().await;
        }
        let asked = {
            let mut spy = self.world.spy.lock().unwrap();
            spy.push((self.who.clone(), what));
            spy.len() - 1
        };
        if *self.world.down.lock().unwrap() {
            return Err(Failure::Unavailable("the platform is down".to_owned()));
        }
        if let Some((at, who, rights)) = self.world.change_at.lock().unwrap().as_ref()
            && asked >= *at
        {
            self.world.rights.lock().unwrap().insert(who.clone(), rights.clone());
        }
        Ok(self.world.rights.lock().unwrap().get(&self.who).cloned().unwrap_or_default())
    }

    fn row(&self, rights: &Rights, dataset: &str, id: &str) -> Result<BTreeMap<String, Value>, Failure> {
        let rows = self.world.rows.lock().unwrap();
        let row = rows.get(id).filter(|_| dataset == "deals");
        let seen = row.filter(|row| matches!(&row["region"], Value::Text(region) if rights.regions.contains(region)));
        seen.cloned().ok_or_else(|| Failure::Denied(format!("{} sees no {dataset}/{id}", self.who)))
    }

    fn fields(rights: &Rights, row: &BTreeMap<String, Value>, within: &ColumnSet) -> Vec<Field> {
        let seen = |name: &&str| !rights.hidden.contains(*name) && within.contains(name);
        let field = |name: &str| Field { name: name.to_owned(), value: row[name].clone() };
        COLUMNS.iter().copied().filter(|name| seen(name)).map(field).collect()
    }
}

fn revision(rights: &Rights, row: &BTreeMap<String, Value>) -> String {
    let fields = DealsAs::fields(rights, row, &ColumnSet::All);
    PluginDigest::of(serde_json::to_string(&fields).unwrap().as_bytes()).to_string()
}

#[async_trait]
impl DataAs for DealsAs {
    async fn find(&self, dataset: &str, query: &Query, within: &ColumnSet) -> Result<Page, Failure> {
        let rights = self.ask(format!("find {dataset}")).await?;
        if let Some(hidden) = query.columns.iter().find(|name| rights.hidden.contains(*name)) {
            return Err(Failure::Denied(format!("{} does not see {hidden}", self.who)));
        }
        let ids: Vec<String> = self.world.rows.lock().unwrap().keys().cloned().collect();
        let mut page = Page { columns: vec![], rows: vec![], next: None };
        for id in ids {
            let Ok(row) = self.row(&rights, dataset, &id) else { continue };
            let mut fields = Self::fields(&rights, &row, within);
            fields.retain(|field| query.columns.is_empty() || query.columns.contains(&field.name));
            page.columns = fields.iter().map(|field| field.name.clone()).collect();
            let values = fields.into_iter().map(|field| field.value).collect();
            page.rows.push(Cells { id, revision: revision(&rights, &row), values });
        }
        page.rows.truncate(query.limit as usize);
        self.world.served.fetch_add(page.rows.len(), Ordering::Relaxed);
        Ok(page)
    }

    async fn get(&self, dataset: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure> {
        let rights = self.ask(format!("get {dataset}/{id}")).await?;
        let row = self.row(&rights, dataset, id)?;
        Ok(Row { id: id.to_owned(), revision: revision(&rights, &row), fields: Self::fields(&rights, &row, within) })
    }

    async fn check(&self, effect: &Effect, _before: &[Effect]) -> Result<(), Failure> {
        let rights = self.ask(format!("check {effect:?}")).await?;
        let Effect::Update { dataset, id, fields, if_revision } = effect else {
            return Err(Failure::Denied("only updates are allowed here".to_owned()));
        };
        let row = self.row(&rights, dataset, id)?;
        let current = if_revision.as_ref().is_none_or(|seen| *seen == revision(&rights, &row));
        if current && fields.iter().all(|field| rights.writes.contains(&field.name)) {
            Ok(())
        } else {
            Err(Failure::Denied(format!("{} may not set this", self.who)))
        }
    }

    async fn witnesses(&self, occurrence: &Occurrence) -> Result<bool, Failure> {
        let rights = self.ask("witnesses".to_owned()).await?;
        let row = occurrence.row().unwrap();
        Ok(self.row(&rights, &row.dataset, &row.id).is_ok())
    }

    async fn may_read(&self, _readings: &[Reading]) -> Result<Vec<bool>, Failure> {
        Err(Failure::Unavailable("nobody looks at history here".to_owned()))
    }

    async fn view_class(&self, _datasets: &[String]) -> Result<Option<ViewClass>, Failure> {
        Ok(None)
    }
}
