//! A fixture, a policy and a guest that the demo never saw, given to the same verbs.

use crate::bench::Bench;

const TICKETS: &str = "fixtures/tickets/fixture.toml";

#[test]
fn inspect_tells_the_exact_powers() {
    let bench = Bench::new();
    let out = bench.fine(&["inspect", &bench.guest("csv_report")]);
    let (could, never) = out.split_once("It can never").unwrap();
    assert!(could.contains("  rows  ") && !could.contains("rows-write"), "{out}");
    assert!(never.contains("rows-write") && never.contains("files") && never.contains("operations"), "{out}");
    let json: serde_json::Value =
        serde_json::from_str(&bench.fine(&["inspect", &bench.guest("condition_only"), "--json"])).unwrap();
    assert_eq!(json["phases"], serde_json::json!(["condition"]));
}

#[test]
fn another_fixture_runs_by_the_same_verbs() {
    let bench = Bench::new();
    let out = bench.fine(&["fixture", "load", TICKETS]);
    assert!(out.contains("loaded site"), "{out}");
}

#[test]
fn fnd_07_the_tickets_are_told_to_each_with_what_they_may_see() {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", TICKETS, "--plugin", &bench.guest("interpreter")]);
    let out = bench.fine(&["row", "update", "tickets", "T-3", r#"{"severity":4,"internal_note":"restart it"}"#]);
    // Noor is cleared for it, Jónas reported it, Lindiwe is cleared but a trainee: the note is not for her.
    assert!(out.contains("told   2: jonas, noor") && out.contains("| restart it"), "{out}");
    assert!(out.contains("told   1: lindiwe"), "{out}");
    let secret = bench.fine(&["row", "update", "tickets", "T-2", r#"{"severity":4}"#]);
    assert!(secret.contains("told   1: noor") && secret.contains("nothing for 2: jonas, lindiwe"), "{secret}");
    assert_eq!(bench.fine(&["run", "list", "--as", "user:lindiwe"]).lines().count(), 1, "she knows of one run only");
}

#[test]
fn a_plugin_runs_on_a_fixture_that_has_no_automation_for_it() {
    let bench = Bench::new();
    let plugin = bench.guest("condition_only");
    let settings = r#"{"dataset":"tickets"}"#;
    let said = bench.mandate(&[
        "run",
        TICKETS,
        "--plugin",
        &plugin,
        "--event",
        "row.added:tickets/T-1",
        "--as",
        "user:jonas",
        "--settings",
        settings,
    ]);
    assert!(said.code < 2, "it runs: {}\n{}", said.out, said.err);
    let without = bench.refused(&["run", TICKETS, "--plugin", &plugin, "--event", "row.added:tickets/T-1"]);
    assert!(without.contains("give --as PERSON"), "{without}");
}
