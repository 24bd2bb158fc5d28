//! Looking after a store: verify, audit, retention, purge, forget, backup, restore, stats; and a disk that does not take any more (E04).

use std::process::Command;

use crate::bench::{Bench, Said, repository};

const SALES: &str = "fixtures/sales/fixture.toml";
const NAME: &str = "Tell about big new opportunities";
const BIG: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;

/// A store of the sales fixture with its automation on.
fn sales() -> Bench {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity")]);
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    bench
}

/// A store in which an automation ran.
fn ran() -> Bench {
    let bench = sales();
    bench.fine(&["row", "insert", "opportunities", "9001", BIG]);
    bench
}

fn head(bench: &Bench) -> String {
    let out = bench.fine(&["admin", "verify"]);
    let (entries, head) = out.trim().split_once(" entries, head ").unwrap();
    assert!(head.ends_with(&format!("@{entries}")), "{out}");
    head.to_owned()
}

#[test]
fn a_store_is_verified_and_what_was_tampered_with_is_named_with_exit_code_1() {
    let bench = ran();
    let kept = head(&bench);
    bench.fine(&["admin", "verify", "--head", &kept]);
    assert!(bench.refused(&["admin", "verify", "--head", "abc"]).contains("HASH@NUMBER"));
    let (_, number) = kept.split_once('@').unwrap();
    let other = format!("{}@{number}", "00".repeat(32));
    let said = bench.mandate(&["admin", "verify", "--head", &other]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains(&format!("entry {number} is not the one whose head was kept elsewhere")), "{}", said.out);
    assert!(said.err.contains("restore a backup"), "{}", said.err);
    let later = format!("{}@9999", "00".repeat(32));
    let said = bench.mandate(&["admin", "verify", "--head", &later, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(json["flaws"][0].as_str().unwrap().contains("the audit was cut off"), "{json}");
    assert_eq!(json["head"].as_str().unwrap(), kept);
}

#[test]
fn the_operator_reads_who_did_what_what_ran_as_whom_and_what_it_changed() {
    let bench = ran();
    let out = bench.fine(&["admin", "audit"]);
    assert!(out.lines().next().unwrap().ends_with("the audit begins"), "{out}");
    for words in [
        "act part as user:ines: done",
        "notify part as user:aino: done",
        "changed as user:ines: update opportunities/9001: status; key run_",
        "(added opportunities/9001 from embedded)",
        "act for them (by user:ines)",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("300000"), "what is in rows is not in the audit");
    let own = bench.fine(&["admin", "audit", "--automation", NAME, "--after", "4"]);
    assert!(own.lines().count() > 10 && own.lines().count() < out.lines().count(), "{own}");
    let json = bench.fine(&["admin", "audit", "--json", "--after", "3"]);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["number"], 4);
    assert!(bench.refused(&["admin", "audit", "--automation", "none"]).contains("there is no automation `none`"));
}

#[test]
fn what_is_old_is_counted_first_and_purged_when_confirmed() {
    let bench = ran();
    let kept = head(&bench);
    assert!(bench.fine(&["admin", "retention"]).contains("journals  for ever"));
    let set = bench.fine(&["admin", "retention", "journals", "30"]);
    assert!(set.contains("journals  30 days"), "{set}");
    assert!(bench.fine(&["admin", "retention", "journals", "forever"]).contains("journals  for ever"));
    assert!(bench.refused(&["admin", "retention", "socks", "30"]).contains("`socks` has no retention"));
    assert!(bench.refused(&["admin", "retention", "runs", "soon"]).contains("neither a number of days nor `forever`"));
    // The insert, and the update that came of it.
    let dry = bench.fine(&["admin", "purge", "--older-than", "0"]);
    assert!(dry.starts_with("would purge: 2 events with their runs, ") && dry.contains("add `--confirm`"), "{dry}");
    assert!(!bench.fine(&["inbox", "--as", "user:aino"]).contains("no messages"));
    let real = bench.fine(&["admin", "purge", "--older-than", "0", "--confirm"]);
    assert!(real.starts_with("purged: 2 events with their runs, "), "{real}");
    assert!(bench.fine(&["inbox", "--as", "user:aino"]).contains("no messages"));
    assert!(bench.fine(&["admin", "audit"]).contains("  purged\n"));
    bench.fine(&["admin", "verify", "--head", &kept]);
}

#[test]
fn a_person_is_forgotten_when_that_is_confirmed() {
    let bench = ran();
    let said = bench.refused(&["admin", "forget", "user:aino"]);
    assert!(said.contains("for ever") && said.contains("`--confirm`"), "{said}");
    assert!(!bench.fine(&["inbox", "--as", "user:aino"]).contains("no messages"));
    let out = bench.fine(&["admin", "forget", "user:aino", "--confirm"]);
    assert_eq!(out, "erased: 1 part, 0 messages, 0 notices, 0 choices, 1 audit payload\n");
    assert!(bench.fine(&["inbox", "--as", "user:aino"]).contains("no messages"));
    assert!(!bench.fine(&["inbox", "--as", "user:bogdan"]).contains("no messages"));
    assert!(!bench.fine(&["admin", "audit"]).contains("user:aino"));
    bench.fine(&["admin", "verify"]);
}

#[test]
fn e03_a_store_with_its_platform_is_backed_up_and_restored_and_goes_on() {
    let bench = ran();
    let backup = bench.path("backup").display().to_string();
    let out = bench.fine(&["admin", "backup", &backup]);
    for words in ["store.db", "platform.db", "code/secret", "head ", "keep the head elsewhere"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(bench.refused(&["admin", "backup", &backup]).contains("is not empty: name a new one"));
    assert!(bench.refused(&["admin", "restore", &backup]).contains("is not empty"), "a store is never overwritten");
    bench.fine(&["row", "insert", "opportunities", "9002", BIG]);
    let later = head(&bench);
    std::fs::rename(bench.path("store"), bench.path("lost")).unwrap();
    let out = bench.fine(&["admin", "restore", &backup]);
    assert!(
        out.contains("consents that were revoked and automations that were turned off since are as they were"),
        "{out}"
    );
    assert!(bench.fine(&["admin", "audit"]).contains("restored from the backup of "));
    // What was known of later is missed, and what comes again happens once.
    assert_eq!(bench.mandate(&["admin", "verify", "--head", &later]).code, 1);
    bench.fine(&["admin", "verify"]);
    let again = bench.fine(&["row", "insert", "opportunities", "9002", BIG]);
    assert!(again.contains("status = `review`: done") && again.contains("told  24"), "{again}");
    assert!(bench.refused(&["admin", "restore", "no-such-folder"]).contains("there is no whole backup"));
}

#[test]
fn what_is_in_a_store_is_counted() {
    let bench = ran();
    let json: serde_json::Value = serde_json::from_str(&bench.fine(&["admin", "stats", "--json"])).unwrap();
    assert_eq!((&json["counts"]["automations"], &json["runs"]["planned"]), (&1.into(), &1.into()), "{json}");
    assert_eq!(json["effects"]["applied"], 1);
    assert!(json["bytes"].as_i64().unwrap() > json["free_bytes"].as_i64().unwrap());
    let out = bench.fine(&["admin", "stats"]);
    assert!(out.contains("  parts done\n") && out.contains("the oldest run is of "), "{out}");
    let none = Bench::new();
    assert!(none.refused(&["admin", "stats"]).contains("mandate fixture load"));
    assert!(none.refused(&["admin", "verify"]).contains("there is no store in"));
}

/// Runs the command where no file may grow beyond so many KiB, and writing more fails instead of ending the process.
fn within(bench: &Bench, kib: u32, words: &[&str]) -> Said {
    // `ulimit -f` of a POSIX shell counts blocks of 512 bytes.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kib * 2);
    let done = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_mandate")])
        .args(words)
        .arg("--store")
        .arg(bench.path("store"))
        .current_dir(repository())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: done.status.code().unwrap(), out: text(done.stdout), err: text(done.stderr) }
}

#[test]
fn e04_when_the_disk_refuses_to_write_it_is_said_with_exit_code_3_and_everything_happens_once_later() {
    let bench = sales();
    let (mut refused, mut begun) = (0, 0);
    for (row, kib) in [(9001, 40), (9002, 64), (9003, 120), (9004, 200)] {
        let row = row.to_string();
        let said = within(&bench, kib, &["row", "insert", "opportunities", &row, BIG]);
        if said.code != 0 {
            refused += 1;
            assert_eq!(said.code, 3, "{kib} KiB: {}\n{}", said.out, said.err);
            assert!(!said.err.contains("panicked"), "{}", said.err);
        }
        begun += usize::from(bench.fine(&["rights", "user:ines", "opportunities"]).contains("read"));
        bench.fine(&["admin", "verify"]);
    }
    assert!(refused >= 2, "the disk was never full");
    assert_eq!(begun, 4);
    // Whatever had been accepted goes on with the next command; each row that is there was told once to each.
    bench.fine(&["row", "insert", "opportunities", "9999", BIG]);
    let there: Vec<String> = [9001, 9002, 9003, 9004, 9999]
        .into_iter()
        .map(|row| row.to_string())
        .filter(|row| bench.mandate(&["row", "update", "opportunities", row, r#"{"region":"emea"}"#]).code == 0)
        .collect();
    let stats: serde_json::Value = serde_json::from_str(&bench.fine(&["admin", "stats", "--json"])).unwrap();
    assert_eq!(stats["effects"]["applied"], there.len(), "{stats}");
    let inbox: serde_json::Value =
        serde_json::from_str(&bench.fine(&["inbox", "--as", "user:aino", "--json"])).unwrap();
    assert_eq!(inbox["messages"].as_array().unwrap().len(), there.len(), "one message for each row that is there");
    bench.fine(&["admin", "verify"]);
}
