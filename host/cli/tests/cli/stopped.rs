//! Told to end, the command loses nothing and says what is left; and what is said of quarantine.

use std::process::{Command, Stdio};

use crate::bench::{Bench, repository};

const PEOPLE: &str = r#"
people = [{ id = "ana", name = "Ana" }]
grants = [{ to = "user:ana", rights = ["read"], dataset = "deals" }]
"#;

/// An automation whose guest wants to be asked again later, each time. `quince` is said by it alone: nothing else writes the word.
const LATER: &str = r#"
[governance]
preset = "foundry"
settings.on_denied = { then = "deny", tell = [] }
[[automations]]
name = "later"
plugin = "interpreter"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana"]
enabled = true
[automations.settings]
dataset = "deals"
other = "deals"
evaluate = [{ return = "retry", text = { concat = ["qui", "nce"] } }]
"#;

fn loaded() -> Bench {
    let bench = Bench::new();
    let fixture = bench.deals(PEOPLE, "", LATER);
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("interpreter")]);
    bench
}

/// Whether the word is in the store, in either of its files.
fn is_put_off(bench: &Bench) -> bool {
    ["store/store.db", "store/store.db-wal"].into_iter().any(|name| {
        let bytes = std::fs::read(bench.path(name)).unwrap_or_default();
        bytes.windows(6).any(|word| word == b"quince")
    })
}

#[test]
fn told_to_end_while_parts_are_put_off_it_says_what_is_left_and_ends_with_4() {
    let bench = loaded();
    assert!(!is_put_off(&bench));
    let mut command = Command::new(env!("CARGO_BIN_EXE_mandate"));
    command.args(["row", "insert", "deals", "1", "{}", "--store"]).arg(bench.path("store")).current_dir(repository());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !is_put_off(&bench) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was told to");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    let left =
        "told to end before everything was done: 0 events, 0 runs and 2 parts are left, of which 0 were under way";
    assert!(told.contains(left), "{told}");
}

#[test]
fn what_is_in_no_quarantine_is_not_released() {
    let bench = loaded();
    assert!(!bench.fine(&["plugin", "list"]).contains("quarantine"));
    assert!(
        bench.refused(&["plugin", "release", "interpreter"]).contains("the plugin `interpreter` is in no quarantine")
    );
    assert!(bench.refused(&["plugin", "release", "nobody"]).contains("there is no plugin `nobody`"));
}

#[test]
fn what_is_in_quarantine_is_listed_and_released() {
    let bench = loaded();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(bench.path("store/store.db"));
        let store = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let sql = "INSERT INTO quarantine (site, plugin, part, at) SELECT site, digest, 'prt_1', 1700000000000000 FROM plugin";
        sqlx::query(sql).execute(&store).await.unwrap();
        store.close().await;
    });
    let told = "  in quarantine since 2023-11-14 22:13:20: it ended the host twice; see `mandate plugin release`";
    assert!(bench.fine(&["plugin", "list"]).contains(told), "{}", bench.fine(&["plugin", "list"]));
    assert!(bench.fine(&["plugin", "release", "interpreter"]).starts_with("released sha256:"));
    assert!(!bench.fine(&["plugin", "list"]).contains("quarantine"));
}
