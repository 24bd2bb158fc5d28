//! `mandate event send`: each event is answered, what is accepted is stored, and what follows is done.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::{Value as Json, json};

use crate::bench::{Bench, repository};

const WORLD: &str = r#"site = "acme"
[[people]]
id = "ana"
name = "Ana"
[[people]]
id = "bob"
name = "Bob"
[[grants]]
to = ["user:ana", "user:bob"]
rights = ["read"]
dataset = "deals"
[datasets.deals]
columns = [{ name = "title", type = "text" }, { name = "owner", type = "user" }]
rows = "deals.csv"
policies = """
permit (principal is User, action == Action::"read", resource is deals) when { resource.owner == principal };
permit (principal is User, action == Action::"read-column", resource in Dataset::"deals");
"""
[[automations]]
name = "Paid"
plugin = "settings-driven"
run_as = "user:ana"
trigger = { on = "event", type = "com.acme.paid" }
recipients = ["user:ana", "user:bob"]
settings = { dataset = "deals", column = "title", value = "Big" }
enabled = true
"#;

fn event(id: &str, kind: &str, subject: &str) -> Json {
    json!({ "specversion": "1.0", "type": kind, "source": "shop", "id": id, "subject": subject })
}

/// A store in which somebody listens to `com.acme.paid`.
fn acme() -> Bench {
    let bench = Bench::new();
    bench.file("deals.csv", "id,title,owner\n1,Big,user:ana\n2,Small,user:bob\n");
    bench.fine(&["fixture", "load", &bench.file("world.toml", WORLD)]);
    bench.fine(&["plugin", "upload", &bench.guest("settings_driven")]);
    bench.fine(&["automation", "enable", "Paid", "--as", "user:ana"]);
    bench
}

/// Sends through a pipe; the exit code and what was said.
fn piped(bench: &Bench, text: &str) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mandate"))
        .args(["event", "send", "-", "--store"])
        .arg(bench.path("store"))
        .current_dir(repository())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn e03_one_event_is_taken_in_once_and_what_follows_is_shown() {
    let bench = acme();
    let file = bench.file("paid.json", serde_json::to_string_pretty(&event("1", "com.acme.paid", "deals/1")).unwrap());
    let said = bench.fine(&["event", "send", &file]);
    assert!(said.starts_with("1: accepted evt_") && said.contains("told   1: ana"), "{said}");
    assert!(said.contains("nothing for 1: bob"), "he does not see the row: {said}");
    let said = bench.fine(&["event", "send", &file]);
    assert!(said.starts_with("1: known evt_") && said.contains("0 accepted, 1 known before, 0 refused"), "{said}");
    let inbox = bench.fine(&["inbox", "--as", "user:ana"]);
    assert_eq!(inbox.matches("title is Big").count(), 1, "{inbox}");
}

#[test]
fn lines_are_answered_each_for_itself_and_a_bad_one_keeps_none_from_being_stored() {
    let bench = acme();
    let lines = [
        event("1", "com.acme.paid", "deals/1").to_string(),
        String::new(),
        event("2", "com.acme.lost", "deals/1").to_string(),
        "{\"specversion\": ".to_owned(),
        event("3", "com.acme.paid", "leads/1").to_string(),
        event("1", "com.acme.paid", "deals/2").to_string(),
        event("4", "com.acme.paid", "deals/1").to_string(),
        format!("{{\"x\": \"{}\"}}", "y".repeat(3 << 20)),
        event("5", "mandate.row.updated", "deals/2").to_string(),
    ];
    let (code, said) = piped(&bench, &lines.join("\n"));
    assert_eq!(code, 2, "{said}");
    let said: Vec<&str> = said.lines().collect();
    for (index, expected) in [
        "1: accepted evt_",
        "3: refused (M0203) `type`: `com.acme.lost` is not known: no automation of `acme` listens to it; publish one that does, or send one of: `com.acme.paid`",
        "4: refused (M0201) `event`: ",
        "5: refused (M0204) `subject`: there is no dataset `leads`",
        "6: known evt_",
        "7: accepted evt_",
        "8: refused (M0202) `event`: an event has at most 2097152 bytes",
        "9: accepted evt_",
        "3 accepted, 1 known before, 4 refused",
    ]
    .iter()
    .enumerate()
    {
        assert!(said[index].starts_with(expected), "expected `{expected}`, found `{}`", said[index]);
    }
    let inbox = bench.fine(&["inbox", "--as", "user:ana"]);
    assert_eq!(inbox.matches("title is Big").count(), 2, "{inbox}");
}

#[test]
fn an_array_is_numbered_and_json_is_for_programs() {
    let bench = acme();
    let events = json!([event("1", "com.acme.paid", "deals/1"), event("2", "mandate.moved", "deals/1")]);
    let file = bench.file("events.json", serde_json::to_string_pretty(&events).unwrap());
    let said = bench.mandate(&["event", "send", &file, "--json"]);
    assert_eq!(said.code, 2, "{}", said.err);
    let lines: Vec<Json> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["number"], &lines[0]["state"]), (&json!(1), &json!("accepted")));
    assert_eq!(
        (&lines[1]["number"], &lines[1]["code"], &lines[1]["field"]),
        (&json!(2), &json!("M0203"), &json!("type"))
    );
    assert!(bench.refused(&["event", "send", &bench.file("bad.json", "[1,")]).contains("no array of events"));
    assert!(bench.refused(&["event", "send", "no-such.json"]).contains("cannot read `no-such.json`"));
}

#[test]
fn a_plugin_is_tried_on_an_event_of_the_platforms_own() {
    let bench = acme();
    let plugin = bench.guest("settings_driven");
    let world = bench.path("world.toml").display().to_string();
    let run = |event: &str| ["run", &world, "--plugin", &plugin, "--event", event].map(str::to_owned);
    let words = run("event:com.acme.paid:deals/1");
    let said = bench.fine(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("told   1: ana"), "{said}");
    let words = run("event:com.acme.lost:deals/1");
    let said = bench.refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("(M0203)"), "{said}");
}
