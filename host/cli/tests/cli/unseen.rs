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

const SALES: &str = "fixtures/sales/fixture.toml";

/// An example guest on the sales fixture, as somebody; what was printed.
fn on_sales(guest: &str, settings: &str, who: &str, more: &[&str]) -> crate::bench::Said {
    let bench = Bench::new();
    let plugin = bench.guest(guest);
    let words = ["run", SALES, "--plugin", &plugin, "--event", "row.added:opportunities/1017", "--as", who];
    bench.mandate(&[&words[..], &["--settings", settings], more].concat())
}

#[test]
fn overreach_gets_denied_for_all_that_its_person_has_not() {
    let settings =
        r#"{"dataset":"opportunities","hidden_column":"margin","hidden_row":"1006","foreign_dataset":"payroll"}"#;
    let said = on_sales("overreach", settings, "user:aino", &[]);
    assert_eq!(said.code, 1, "its action says `failed`, so that nothing is carried out: {}", said.out);
    for what in [
        "get hidden row",
        "find hidden column",
        "filter by hidden column",
        "order by hidden column",
        "get foreign dataset",
        "find foreign dataset",
        "get absent row",
        "get absent dataset",
    ] {
        assert!(said.out.contains(&format!("{what}: denied")), "{what}: {}", said.out);
    }
    for what in [
        "update hidden column",
        "update hidden row",
        "remove own row",
        "create foreign row",
        "invoke foreign operation",
    ] {
        assert!(said.out.contains(&format!("{what}: denied")), "{what}: {}", said.out);
    }
    assert!(said.out.contains("get own row: ok") && said.out.contains("update own column: ok"), "{}", said.out);
    assert!(!said.out.contains("effect:"), "nothing is carried out: {}", said.out);
}

#[test]
fn fnd_10_a_csv_holds_what_its_reader_may_see() {
    let csv = |who: &str| {
        let said = on_sales("csv_report", r#"{"dataset":"opportunities"}"#, who, &["--json"]);
        assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
        let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let hex =
            json[0]["parts"][0]["messages"][0]["message"]["attachments"][0]["content"]["inline"].as_str().unwrap();
        let bytes =
            hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    };
    let (aino, claire) = (csv("user:aino"), csv("user:claire"));
    assert_eq!(aino.lines().next(), Some("title,account,region,amount,stage,status,owner,closes"));
    assert_eq!(claire.lines().next(), Some("title,account,region,amount,margin,stage,status,owner,closes"));
    assert!(aino.lines().skip(1).all(|line| line.contains(",emea,")), "EMEA sees its own region alone");
    assert!(claire.lines().any(|line| line.contains(",amer,")));
}

#[test]
fn fnd_06_an_action_alone_changes_the_row_as_its_person() {
    let settings = r#"{"dataset":"opportunities","column":"stage","value":"won"}"#;
    let said = on_sales("action_only", settings, "user:aino", &[]);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    assert!(said.out.contains("effect: update opportunities/1017: stage = `won`: done"), "{}", said.out);
    let denied = on_sales("action_only", &settings.replace("stage", "margin"), "user:aino", &[]);
    assert_eq!(denied.code, 1, "Aino may not set margins: {}", denied.out);
    assert!(denied.out.contains("DENIED"), "{}", denied.out);
}

#[test]
fn settings_choose_dataset_and_column() {
    let settings = |value: &str| format!(r#"{{"dataset":"opportunities","column":"region","value":"{value}"}}"#);
    let said = on_sales("settings_driven", &settings("emea"), "user:aino", &[]);
    assert!(said.code == 0 && said.out.contains("message:"), "{}\n{}", said.out, said.err);
    let other = on_sales("settings_driven", &settings("mars"), "user:aino", &[]);
    assert!(other.code == 0 && !other.out.contains("message:"), "{}\n{}", other.out, other.err);
    let hidden = on_sales("settings_driven", &settings("x").replace("region", "margin"), "user:aino", &[]);
    assert!(!hidden.out.contains("message:"), "{}", hidden.out);
    let missing = on_sales("settings_driven", "{}", "user:aino", &[]);
    assert!(missing.code == 2 && missing.err.contains("the settings do not fit the plugin"), "{}", missing.err);
}
