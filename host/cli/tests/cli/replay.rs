//! A run again, from its journal; and a dry run, of which nothing is kept.

use serde_json::Value as Json;

use crate::bench::Bench;

const SALES: &str = "fixtures/sales/fixture.toml";
const NAME: &str = "Tell about big new opportunities";
const BIG: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;

/// A store in which ines's automation ran once; the run.
fn ran() -> (Bench, String) {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity"), &bench.guest("condition_only")]);
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    let json = bench.fine(&["row", "insert", "opportunities", "9001", BIG, "--json"]);
    let json: Json = serde_json::from_str(&json).unwrap();
    (bench, json["runs"][0]["run"].as_str().unwrap().to_owned())
}

#[test]
fn e06_a_replay_is_the_same_to_the_last_unit_of_fuel_also_when_the_rows_are_others() {
    let (bench, run) = ran();
    let out = bench.fine(&["run", "replay", &run, "--as", "user:ines"]);
    assert!(out.contains("would update opportunities/9001: status = `review`"), "{out}");
    // She is one of those that it tells, too.
    assert!(out.contains("act part: done") && out.contains("notify part: done"), "{out}");
    assert_eq!(out.matches("the same as it was, to the last unit of fuel").count(), 2, "{out}");
    // The journal answers, not the platform.
    bench.fine(&["row", "update", "opportunities", "9001", r#"{"amount":"1.00"}"#]);
    assert_eq!(bench.fine(&["run", "replay", &run, "--as", "user:ines"]), out);
    // A recipient's own part: their message again, and nothing of ines.
    let out = bench.fine(&["run", "replay", &run, "--as", "user:aino"]);
    assert!(out.contains("notify part: done") && out.contains("would tell: New opportunity: Big"), "{out}");
    assert!(!out.contains("act part"), "{out}");
}

#[test]
fn n07_what_is_not_ones_own_is_not_replayed_or_recorded() {
    let (bench, run) = ran();
    for verb in ["replay", "record"] {
        let maya = bench.refused(&["run", verb, &run, "--as", "user:maya"]);
        let none = "run_aaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!(maya.replace(&run, none), bench.refused(&["run", verb, none, "--as", "user:maya"]));
    }
}

#[test]
fn a_recording_is_replayed_by_its_author_without_a_store_and_another_plugin_is_told_where_it_parts_ways() {
    let (bench, run) = ran();
    let json = bench.fine(&["run", "record", &run, "--as", "user:ines"]);
    let file = bench.file("run.json", &json);
    let elsewhere = Bench::new();
    let plugin = elsewhere.guest("new_opportunity");
    let out = elsewhere.fine(&["run", "replay", "--from", &file, "--plugin", &plugin]);
    assert!(out.contains("the same as it was"), "{out}");

    let other = elsewhere.guest("csv_report");
    let said = elsewhere.mandate(&["run", "replay", "--from", &file, "--plugin", &other]);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("diverged at call") && said.out.contains("not as it was: outcome"), "{}", said.out);
    assert!(said.err.contains("the replay does not come to what the run came to"), "{}", said.err);

    let bad = elsewhere.file("bad.json", "{}");
    let refused = elsewhere.refused(&["run", "replay", "--from", &bad, "--plugin", &plugin]);
    assert!(refused.contains("is not what `mandate run record` prints"), "{refused}");
}

#[test]
fn a_plugin_of_the_site_may_be_tried_on_what_happened() {
    let (bench, run) = ran();
    let said = bench.mandate(&["run", "replay", &run, "--as", "user:ines", "--plugin", "condition-only"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("not as it was:"), "{}", said.out);
    let refused = bench.refused(&["run", "replay", &run, "--as", "user:ines", "--plugin", "nothing"]);
    assert!(refused.contains("there is no plugin `nothing`"), "{refused}");
}

#[test]
fn e06_a_dry_run_shows_what_would_happen_as_its_person_and_changes_nothing() {
    let (bench, run) = ran();
    let before = bench.fine(&["inbox", "--as", "user:ines", "--json"]);
    // Off, so that what is set back stays so; a dry run needs it as little as a consent.
    bench.fine(&["automation", "disable", NAME, "--as", "user:ines"]);
    bench.fine(&["row", "update", "opportunities", "9001", r#"{"status":"open"}"#]);
    // What she published is her draft still.
    for (about, what) in [
        (&["--row", "opportunities/9001"][..], "your draft"),
        (&["--row", "opportunities/9001", "--published"], "what is published"),
        (&["--of", &run], "your draft"),
        (&["--of", &run, "--published"], "what is published"),
    ] {
        let out = bench.fine(&[&["automation", "dry-run", NAME, "--as", "user:ines"], about].concat());
        assert!(out.starts_with(&format!("{what}, as user:ines and nobody else")), "{out}");
        assert!(out.contains("would update opportunities/9001: status = `review`"), "{out}");
        assert!(out.contains("would tell: New opportunity: Big"), "{out}");
    }
    let set = bench.fine(&["row", "update", "opportunities", "9001", r#"{"status":"review"}"#]);
    assert!(!set.contains("no cell differs"), "it was still open: {set}");
    assert_eq!(bench.fine(&["inbox", "--as", "user:ines", "--json"]), before);
    // Who may not edit it may not try it; a row that one does not see is told like one that is not there.
    let [hidden, absent] = ["opportunities/1002", "opportunities/nothing"].map(|row| {
        bench.refused(&["automation", "dry-run", NAME, "--as", "user:ines", "--row", row]).replace(row, "ROW")
    });
    assert_eq!(hidden, absent);
}
