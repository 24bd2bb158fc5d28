//! What a platform gets through: events with ten recipients each, every step synced to disk, against one synced insert of the same
//! bytes into a bare SQLite file. With `--minutes N`: how much memory the process has while that goes on.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use mandate_bench::{
    deals, enable,
    measure::{Arm, take_turns, timed},
    memory::{Counting, Held, mib},
    table,
};
use mandate_runtime::{engine::Isolation, limits::Limits, sandbox::Sandbox, ticker::Ticker};
use mandate_service::{Clock as _, Host, Outward, Retry, Sandboxed, Service, SystemClock, embedded::Embedded};
use sqlx::{
    ConnectOptions as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::Mutex;

const RECIPIENTS: usize = 10;
/// Events of a batch, and batches.
const EVENTS: u32 = 20;
const BATCHES: usize = 10;
/// As the command line evaluates and ticks.
const CONCURRENCY: usize = 8;
const TICK: Duration = Duration::from_millis(10);

const MEMORY: [&str; 6] = ["minute", "events in it", "resident", "of Rust", "of SQLite", "its pages"];

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct World {
    service: Service,
    embedded: Embedded,
    events: Mutex<u64>,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Result<(Self, Ticker)> {
        let folder = tempfile::tempdir()?;
        let clock = Arc::new(SystemClock);
        let seed = deals::seed(RECIPIENTS)?;
        let embedded = Embedded::create(&folder.path().join("platform.db"), &seed, clock.clone()).await?;
        let sandbox = Sandbox::new(Limits::default(), Isolation::Pooled, None)?;
        let ticker = Ticker::start(&sandbox, TICK);
        let host = Host {
            platform: embedded.platform(),
            roles: Arc::new(embedded.clone()),
            apply: Arc::new(embedded.clone()),
            parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
            clock,
            limits: Limits::default(),
            retry: Retry::default(),
            outward: Outward::none(),
            concurrency: CONCURRENCY,
        };
        let service = Service::open(&folder.path().join("store.db"), host).await?;
        enable(&service, &seed.site).await?;
        Ok((Self { service, embedded, events: Mutex::default(), folder }, ticker))
    }

    /// A large deal, and all that follows.
    async fn event(&self) -> Result<()> {
        let mut events = self.events.lock().await;
        *events += 1;
        let row = format!("large-{events}");
        let occurrence =
            self.embedded.insert(None, "deals", &row, &deals::deal("120000.00"), SystemClock.now()).await?;
        self.service.accept(&occurrence).await?;
        self.embedded.acknowledge(&occurrence.id).await?;
        self.service.drain().await?;
        Ok(())
    }

    /// What each person of the team was told so far.
    async fn told(&self) -> Result<usize> {
        Ok(self.service.inbox(&deals::member(RECIPIENTS - 1)?).await?.len())
    }

    /// Bytes that an event leaves in the store and in the platform, all tables together.
    async fn bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for file in ["store.db", "platform.db"] {
            let mut db = open(&self.folder.path().join(file)).await?;
            let used = "SELECT (page_count - freelist_count) * page_size
                        FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
            bytes += sqlx::query_scalar::<_, i64>(used).fetch_one(&mut db).await?.unsigned_abs();
        }
        Ok(bytes)
    }
}

async fn open(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    Ok(options.connect().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let (world, _ticker) = World::new().await?;
    world.event().await?;
    match minutes()? {
        Some(minutes) => memory(&world, minutes).await,
        None => against_a_bare_insert(&world).await,
    }
}

/// `--minutes N`, if it was given.
fn minutes() -> Result<Option<u64>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--minutes");
    let Some(_) = arguments.next() else { return Ok(None) };
    let minutes = arguments.next().context("`--minutes` needs a number")?;
    Ok(Some(minutes.parse().with_context(|| format!("`{minutes}` is no number of minutes"))?))
}

async fn against_a_bare_insert(world: &World) -> Result<()> {
    let before = world.bytes().await?;
    for _ in 0..EVENTS {
        world.event().await?;
    }
    let bytes = (world.bytes().await? - before) / u64::from(EVENTS);
    let folder = tempfile::tempdir()?;
    let mut bare = open(&folder.path().join("bare.db")).await?;
    sqlx::query("CREATE TABLE bare (number INTEGER PRIMARY KEY, body BLOB NOT NULL)").execute(&mut bare).await?;
    let body = vec![7_u8; usize::try_from(bytes)?];
    let bare = Mutex::new(bare);
    let arms = [
        Arm::new("one insert", || async {
            let sql = sqlx::query("INSERT INTO bare (body) VALUES ($1)").bind(&body);
            sql.execute(&mut *bare.lock().await).await?;
            Ok(())
        }),
        Arm::new("an event with ten recipients", || world.event()),
    ];
    let samples = take_turns(&arms, BATCHES, EVENTS).await?;
    let events = *world.events.lock().await;
    ensure!(world.told().await? as u64 == events, "not everybody was told of each of {events} events");
    let [insert, event] = samples.as_slice() else { return Ok(()) };
    let rows = [("one synced insert", insert), ("an event with 10 recipients", event)].map(|(what, samples)| {
        let each = samples.median();
        let second = format!("{:.0}", Duration::from_secs(1).div_duration_f64(each));
        vec![what.to_owned(), samples.to(insert).to_string(), table::time(each), second]
    });
    let title = format!("Events with 10 recipients, synced to disk, against one insert of the same {bytes} bytes");
    table::print(&title, &["what", "ratio (quartiles)", "each", "in a second"], &rows);
    Ok(())
}

/// The process's memory, minute by minute, while events come in without a pause.
async fn memory(world: &World, minutes: u64) -> Result<()> {
    let mut rows = vec![];
    for minute in 0..=minutes {
        let before = *world.events.lock().await;
        let mut spent = Duration::ZERO;
        while minute > 0 && spent < Duration::from_mins(1) {
            let (time, done) = timed(world.event()).await;
            done?;
            spent += time;
        }
        let events = *world.events.lock().await - before;
        let Held { resident, rust, sqlite, pages } = Held::now()?;
        let mut row = vec![minute.to_string(), events.to_string()];
        row.extend([resident, rust, sqlite, pages].map(mib));
        table::print("So far", &MEMORY, std::slice::from_ref(&row));
        rows.push(row);
    }
    table::print("Memory in MiB while events come in", &MEMORY, &rows);
    Ok(())
}
