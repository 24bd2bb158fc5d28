//! Named operations from a fixture to what is called, with a guest that invokes them; and what the operator does about them.

use mandate_test_support::sinks::{Http, HttpRequest, Then};
use serde_json::Value as Json;

use crate::bench::Bench;

const SECRET: &str = "s3cr3t-token";

/// Whatever deal is new, ana's automation pings with its id, and then writes a note of it.
fn fixture(url: &str, idempotent: bool) -> String {
    format!(
        r#"
site = "acme"
people = [{{ id = "ana", name = "Ana" }}, {{ id = "bob", name = "Bob" }}]
[[grants]]
to = "user:ana"
rights = ["read"]
dataset = "deals"
[[grants]]
to = "user:ana"
rights = ["read", "create"]
dataset = "notes"
[[grants]]
to = "user:ana"
rights = ["invoke"]
operation = "ping"
[[operations]]
name = "ping"
description = "Says that a deal is there."
schema = {{ type = "object", properties = {{ deal = {{ type = "string", maxLength = 3 }} }}, required = ["deal"] }}
idempotent = {idempotent}
url = "{url}"
secret_file = "token"
[datasets.deals]
columns = [{{ name = "title", type = "text", null = true }}]
rows = "deals.jsonl"
policies = """
permit (principal, action in [Action::"read", Action::"create"], resource);
permit (principal, action in [Action::"read-column", Action::"update-column"], resource);
"""
[datasets.notes]
columns = [{{ name = "deal", type = "text", null = true }}]
[governance]
preset = "foundry"
settings.on_denied = {{ then = "deny", tell = [] }}
[[automations]]
name = "Pings"
plugin = "interpreter"
run_as = "user:ana"
trigger = {{ on = "row", dataset = "deals", change = ["added"] }}
recipients = []
enabled = true
[automations.settings]
dataset = "deals"
other = "notes"
evaluate = [{{ finding = "f", summary = "s" }}]
act = [
    {{ invoke = "ping", arguments = [["deal", {{ event = "row" }}]], into = "ping" }},
    {{ if = [{{ var = "ping" }}, "!=", "ok"], then = [{{ return = "failed", text = {{ var = "ping" }} }}] }},
    {{ create = "notes", fields = [["deal", {{ event = "row" }}]], into = "note" }},
]
"#
    )
}

/// A store whose host may call the server.
fn world(server: &Http, idempotent: bool) -> Bench {
    let bench = Bench::new();
    load(&bench, server, idempotent);
    bench.file("store/host.toml", format!("[operations]\nallow = [\"{}\"]\n", server.origin()));
    bench.file("store/token", SECRET);
    bench
}

fn load(bench: &Bench, server: &Http, idempotent: bool) -> String {
    bench.file("deals.jsonl", "{\"id\": \"1\"}\n");
    let fixture = bench.file("f.toml", fixture(&format!("{}/ping", server.origin()), idempotent));
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("interpreter")]);
    fixture
}

fn shown(bench: &Bench) -> String {
    bench.fine(&["run", "show", "--as", "user:ana"])
}

fn keys(server: &Http) -> Vec<String> {
    server.got().iter().map(|request: &HttpRequest| request.header("idempotency-key").to_owned()).collect()
}

#[test]
fn an_operation_is_called_as_whom_it_runs_as_and_nobody_is_shown_the_secret() {
    let server = Http::start([]);
    let bench = world(&server, true);
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    let request = server.got().remove(0);
    assert_eq!(request.line, "POST /ping HTTP/1.1");
    assert_eq!(request.body, br#"{"deal":"2"}"#);
    assert_eq!(request.header("mandate-principal"), "user:ana");
    assert_eq!(request.header("authorization"), format!("Bearer {SECRET}"));
    assert!(request.header("idempotency-key").starts_with(request.header("mandate-run")));
    assert!(shown(&bench).contains("effect: invoke ping {\"deal\":\"2\"}: done"), "{}", shown(&bench));
    assert_eq!(bench.fine(&["operation", "list"]), "ping  Says that a deal is there.\n");
    let show = bench.fine(&["operation", "show", "ping"]);
    for line in ["  secret in   token", "  tried again with the same key", "  invoked by  user:ana", "\"maxLength\": 3"]
    {
        assert!(show.contains(line), "{show}");
    }
    for said in [show, shown(&bench), bench.fine(&["run", "show", "--as", "user:ana", "--reasons", "--json"])] {
        assert!(!said.contains(SECRET), "{said}");
    }
    let unknown = bench.refused(&["operation", "show", "pong"]);
    assert!(unknown.contains("there is no operation `pong`; there are: `ping`"), "{unknown}");
}

#[test]
fn e02_what_honours_keys_gets_the_same_key_until_it_answers() {
    let server = Http::start([Then::Close, Then::Answer(503, vec![], vec![])]);
    let bench = world(&server, true);
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    let keys = keys(&server);
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(shown(&bench).contains("ping {\"deal\":\"2\"}: done"), "{}", shown(&bench));
    assert!(bench.fine(&["operation", "unknown"]).is_empty());
}

#[test]
fn e02_of_what_does_not_nobody_knows_until_the_operator_says() {
    for settlement in ["applied", "retry"] {
        let server = Http::start([Then::Close]);
        let bench = world(&server, false);
        bench.fine(&["row", "insert", "deals", "2", "{}"]);
        let first = keys(&server);
        let said = shown(&bench);
        assert!(said.contains("ping {\"deal\":\"2\"}: nobody knows whether it was done"), "{said}");
        assert!(said.contains("create notes/?: deal = `2`: withheld"), "{said}");
        assert!(!said.contains("127.0.0.1"), "where it is called is for the operator: {said}");
        let unknown = bench.fine(&["operation", "unknown"]);
        assert!(unknown.starts_with(&first[0]) && unknown.contains("gave no answer"), "{unknown}");
        // Nothing is sent again by itself, or by trying everything again.
        bench.fine(&["delivery", "retry"]);
        assert_eq!(keys(&server), first);
        let wrong = bench.refused(&["operation", "settle", "run_a/prt_b/0", settlement]);
        assert!(wrong.contains("there is no operation with the key `run_a/prt_b/0`"), "{wrong}");
        assert!(bench.refused(&["operation", "settle", &first[0], "done"]).contains("neither `applied` nor `retry`"));
        bench.fine(&["operation", "settle", &first[0], settlement]);
        let again = if settlement == "retry" { vec![first[0].clone(); 2] } else { first.clone() };
        assert_eq!(keys(&server), again);
        assert!(shown(&bench).contains("ping {\"deal\":\"2\"}: done"), "{}", shown(&bench));
        assert!(!shown(&bench).contains("withheld"), "what came after it was done: {}", shown(&bench));
        assert!(bench.fine(&["operation", "unknown"]).is_empty());
        bench.fine(&["admin", "verify"]);
    }
}

#[test]
fn what_is_refused_there_is_withheld_and_why_is_for_the_operator() {
    let server = Http::start([Then::Answer(422, vec![], b"SECRET ANSWER".to_vec())]);
    let bench = world(&server, true);
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    let (theirs, all) = (shown(&bench), bench.fine(&["run", "show", "--as", "user:ana", "--reasons"]));
    assert!(theirs.contains("withheld") && !theirs.contains("422"), "{theirs}");
    assert!(all.contains("it answers 422") && !all.contains("SECRET ANSWER"), "{all}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn w05_this_machine_is_called_only_where_the_operator_lets_it() {
    let server = Http::start([]);
    let bench = world(&server, true);
    bench.file("store/host.toml", "[operations]\n");
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    let said = bench.fine(&["run", "show", "--as", "user:ana", "--reasons"]);
    assert!(said.contains("withheld (operation: ") && said.contains("only `https` is allowed"), "{said}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn e06_what_is_tried_out_calls_nothing() {
    let server = Http::start([]);
    let bench = Bench::new();
    let fixture = load(&bench, &server, true);
    let plugin = bench.guest("interpreter");
    let try_out = ["run", &fixture, "--plugin", &plugin, "--event", "row.added:deals/1"];
    let dry = bench.fine(&[&try_out[..], &["--dry-run"]].concat());
    assert!(dry.contains("would invoke ping {\"deal\":\"1\"}"), "{dry}");
    let wet = bench.mandate(&try_out);
    assert!(wet.out.contains("this host is not set up to carry `ping` out"), "{}{}", wet.out, wet.err);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_right_that_is_taken_away_is_gone_at_the_next_call() {
    let server = Http::start([]);
    let bench = world(&server, true);
    let foreseen = bench.fine(&["grant", "remove", "user:ana", "invoke", "ping", "--dry-run"]);
    assert!(foreseen.contains("`Pings` would"), "{foreseen}");
    assert_eq!(
        bench.fine(&["grant", "add", "user:ana", "invoke", "ping"]),
        "user:ana had the grant to invoke ping already\n"
    );
    let taken = bench.fine(&["grant", "remove", "user:ana", "invoke", "ping"]);
    assert!(taken.starts_with("user:ana has no grant of their own to invoke ping any more"), "{taken}");
    bench.mandate(&["row", "insert", "deals", "2", "{}"]);
    assert_eq!(server.connections(), 0);
    for (words, told) in [
        (["add", "user:ana", "invoke", "pong"], "there is no operation `pong`; there are: `ping`"),
        (["add", "user:cy", "invoke", "ping"], "`user:cy` is unknown"),
        (["add", "user:ana", "fly", "ping"], "`fly` is no right: read, create, update, remove or invoke"),
        (
            ["remove", "user:bob", "invoke", "ping"],
            "user:bob has no grant of their own to invoke ping; a team of theirs may",
        ),
    ] {
        let said = bench.refused(&[&["grant"], &words[..]].concat());
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn arguments_that_do_not_fit_are_invalid_and_nothing_is_called() {
    let server = Http::start([]);
    let bench = world(&server, true);
    bench.mandate(&["row", "insert", "deals", "far-too-long", "{}"]);
    let said = bench.fine(&["run", "show", "--as", "user:ana", "--json"]);
    let run: Json = serde_json::from_str(&said).unwrap();
    let last = run["parts"][0]["journal"].as_array().unwrap().last().unwrap();
    assert_eq!(last["verdict"], "invalid");
    assert_eq!(last["reason"], "/deal: \"far-too-long\" is longer than 3 characters");
    assert_eq!(server.connections(), 0);
}
