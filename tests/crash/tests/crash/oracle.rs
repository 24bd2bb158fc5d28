//! What must be true at the end, read from the files with SQL and JSON of its own: no code of the service is asked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Column as _, Row as _, SqlitePool, sqlite::SqliteConnectOptions};

use crate::bench::{Asks, Bench};

/// Who consented to ana's automation.
const CONSENTED: &str = "user:ana";
/// Whom it tells.
const TOLD: [&str; 2] = ["user:bob", "user:cleo"];
/// Tables with something of a person; a row is that person's through its part.
const PARTS: [&str; 4] = ["part", "journal", "effect", "message"];

/// All that is wrong; empty: nothing was lost, and nothing was done twice. Of an operation whose keys are not honoured, nobody may
/// know: it was done once, or not at all.
pub fn complaints(bench: &Bench) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut store = Db::open(bench.path("store.db")).await;
        let mut found = settled(&mut store, bench.asks).await;
        found.extend(carried_out(&mut store, bench).await);
        found.extend(parts(&mut store).await);
        found.extend(others(&mut store, bench).await);
        found.extend(platform(bench).await);
        store.close().await;
        found
    })
}

/// A file, read only.
pub struct Db(SqlitePool);

impl Db {
    pub async fn open(path: std::path::PathBuf) -> Self {
        Self(SqlitePool::connect_with(SqliteConnectOptions::new().filename(path).read_only(true)).await.unwrap())
    }

    pub async fn close(self) {
        self.0.close().await;
    }

    /// Rows as text, cells in order of the columns.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&self.0).await.unwrap();
        let cell = |row: &sqlx::sqlite::SqliteRow, at: usize| {
            let name = row.columns()[at].name();
            row.try_get_unchecked::<Option<String>, _>(at).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        rows.iter()
            .map(|row| (0..row.len()).map(|at| cell(row, at).unwrap_or_else(|| "NULL".to_owned())).collect())
            .collect()
    }
}

/// The number of the effect that is an operation.
const OPERATION: &str = "3";

/// Nothing is left to do, or half done.
async fn settled(store: &mut Db, asks: Asks) -> Vec<String> {
    let mut found = vec![];
    let unknown = store.rows("SELECT part, sequence FROM effect WHERE state = 'unknown'").await;
    let may_be_unknown =
        |part: &str, sequence: &str| asks == Asks::Unhonoured && sequence == OPERATION && unknown == [[part, sequence]];
    for (table, state) in [("event", "matched"), ("run", "planned"), ("part", "done")] {
        for row in store.rows(&format!("SELECT id, state FROM {table} WHERE state <> '{state}'")).await {
            if table != "part" || row[1] != "withheld" || !may_be_unknown(&row[0], OPERATION) {
                found.push(format!("{table} {} is `{}`", row[0], row[1]));
            }
        }
    }
    for row in store.rows("SELECT part, sequence, state FROM effect WHERE state <> 'applied'").await {
        if !may_be_unknown(&row[0], &row[1]) {
            found.push(format!("effect {}/{} is `{}`", row[0], row[1], row[2]));
        }
    }
    for row in store.rows("SELECT id, recipient FROM message WHERE delivered IS NULL").await {
        found.push(format!("message {} to {} is not delivered", row[0], row[1]));
    }
    found
}

/// Every effect is in the sink once, in order, under its key and as who consented; and nothing else is.
async fn carried_out(store: &mut Db, bench: &Bench) -> Vec<String> {
    let effects = store
        .rows(
            "SELECT part.run || '/' || part.id || '/' || effect.sequence, part.principal, effect.body, effect.state
             FROM effect JOIN part ON part.id = effect.part ORDER BY effect.sequence",
        )
        .await;
    let mut found = vec![];
    if effects.len() != 4 {
        found.push(format!("{} effects are stored, not 4", effects.len()));
    }
    let log = std::fs::read_to_string(bench.path("sink.log")).unwrap_or_default();
    let log: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let done: Vec<&Value> = log.iter().filter(|line| line["known"] == false).collect();
    let mut times = BTreeMap::<&str, u32>::new();
    for line in &done {
        *times.entry(line["key"].as_str().unwrap()).or_default() += 1;
    }
    found
        .extend(times.iter().filter(|(_, times)| **times > 1).map(|(key, times)| format!("{key}: done {times} times")));
    let keys: BTreeSet<&str> = effects.iter().map(|effect| effect[0].as_str()).collect();
    found.extend(times.keys().filter(|key| !keys.contains(*key)).map(|key| format!("{key}: no effect has this key")));
    let expected: Vec<&str> = effects
        .iter()
        .filter(|effect| effect[3] != "unknown" || times.contains_key(effect[0].as_str()))
        .map(|effect| effect[0].as_str())
        .collect();
    found.extend(expected.iter().filter(|key| !times.contains_key(*key)).map(|key| format!("{key}: not in the sink")));
    let order: Vec<&str> = done.iter().map(|line| line["key"].as_str().unwrap()).collect();
    if order != expected {
        found.push(format!("the order is {order:?}"));
    }
    for line in &log {
        let effect = effects.iter().find(|effect| effect[0] == line["key"].as_str().unwrap());
        let body = effect.map(|effect| serde_json::from_str::<Value>(&effect[2]).unwrap());
        if body.is_some_and(|body| body != line["effect"]) {
            found.push(format!("{}: another effect under the same key", line["key"]));
        }
        if line["principal"] != CONSENTED {
            found.push(format!("{}: as {}", line["key"], line["principal"]));
        }
    }
    found
}

/// Each part is its principal's, with its journal; each message is told once to who is told.
async fn parts(store: &mut Db) -> Vec<String> {
    let mut found = vec![];
    let of_ana = "FROM part JOIN run ON run.id = part.run JOIN automation ON automation.id = run.automation
                  WHERE automation.body LIKE '%\"run_as\":\"user:ana\"%'";
    let parts = store
        .rows(&format!("SELECT part.id, part.kind, principal, witnessed {of_ana} ORDER BY part.kind, principal"))
        .await;
    let who: Vec<String> = parts.iter().map(|part| format!("{} {}", part[1], part[2])).collect();
    if who != [format!("act {CONSENTED}"), format!("notify {}", TOLD[0]), format!("notify {}", TOLD[1])] {
        found.push(format!("the parts are {who:?}"));
    }
    let consents = store.rows(&format!("SELECT DISTINCT json_extract(consent, '$.principal') {of_ana}")).await;
    if consents != [[CONSENTED]] {
        found.push(format!("consented: {consents:?}"));
    }
    for part in parts {
        let journal = format!("SELECT count(*), group_concat(entry) FROM journal WHERE part = '{}'", part[0]);
        let journal = store.rows(&journal).await.remove(0);
        if journal[0] != "1" || !journal[1].contains(&part[2]) || part[3] != "1" {
            found.push(format!("{} {}: journal {journal:?}, witnessed {}", part[1], part[2], part[3]));
        }
    }
    let inbox = format!(
        "SELECT recipient, json_extract(message.body, '$.title') FROM message JOIN part ON part.id = message.part
         WHERE part.id IN (SELECT part.id {of_ana}) ORDER BY recipient"
    );
    let inbox = store.rows(&inbox).await;
    if inbox != TOLD.map(|person| [person, "Cold storage"]) {
        found.push(format!("the inboxes are {inbox:?}"));
    }
    found
}

/// What dan and eve had before is as it was, byte for byte.
async fn others(store: &mut Db, bench: &Bench) -> Vec<String> {
    let before = Db::open(bench.before("store.db")).await;
    let mut found = vec![];
    for table in PARTS {
        let part = if table == "part" { "id" } else { "part" };
        let sql = format!(
            "SELECT * FROM {table} WHERE {part} IN (SELECT id FROM part WHERE principal IN ('user:dan', 'user:eve'))
             ORDER BY 1, 2"
        );
        let (old, new) = (before.rows(&sql).await, store.rows(&sql).await);
        let expected = if table == "effect" { 0 } else { 2 };
        if old != new || old.len() != expected {
            found.push(format!("{table} of dan and eve: {old:?} → {new:?}"));
        }
    }
    before.close().await;
    found
}

/// The platform has each change once, as it was asked for, and has handed over all it had to tell.
async fn platform(bench: &Bench) -> Vec<String> {
    let platform = Db::open(bench.path("platform.db")).await;
    let mut found = vec![];
    let tasks = platform.rows("SELECT c_title, c_state FROM data_tasks").await;
    if tasks != [["Cold storage", "done"]] {
        found.push(format!("the tasks are {tasks:?}"));
    }
    for (sql, expected) in [
        ("SELECT count(*) FROM applied", "3"),
        ("SELECT count(*) FROM occurrence", "0"),
        // Two deals were added, one was changed, and there were three effects; an operation changes nothing here.
        ("SELECT changes FROM platform", "6"),
    ] {
        let number = platform.rows(sql).await.remove(0).remove(0);
        if number != expected {
            found.push(format!("{sql}: {number}, not {expected}"));
        }
    }
    platform.close().await;
    found
}
