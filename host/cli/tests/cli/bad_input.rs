//! Bad input: exit code 2, the reason, and what to do; nothing is loaded.

use crate::bench::Bench;

#[test]
fn s14_s16_a_component_that_may_not_be_used_is_refused_with_reason_and_code() {
    let bench = Bench::new();
    for (name, words) in [
        ("s14_wasi_clock", "(M0104): the component imports `wasi:clocks/monotonic-clock@0.2.0`"),
        ("s16_core_module", "(M0102): this is a core module, not a component"),
        ("s16_memory64", "(M0109)"),
        ("s02_declared_4gib", "(M0112)"),
    ] {
        let file = bench.file(name, mandate_test_support::hostile(name));
        let said = bench.refused(&["inspect", &file]);
        assert!(said.contains(words), "{name}: {said}");
    }
    let said = bench.refused(&["inspect", &bench.file("text.wasm", "hello")]);
    assert!(said.contains("this is not WebAssembly"), "{said}");
    assert!(bench.refused(&["inspect", "no-such.wasm"]).contains("cannot read `no-such.wasm`"));
}

#[test]
fn a_malformed_fixture_is_told_with_line_and_column_and_nothing_is_loaded() {
    let bench = Bench::new();
    let fixture = bench.file("bad.toml", "site = \"acme\"\ncolour = 1\n");
    let said = bench.refused(&["fixture", "load", &fixture]);
    assert!(said.contains("bad.toml:2:1") && said.contains("colour"), "{said}");
    assert!(!bench.path("store").exists(), "nothing is left behind");
    let broken = bench.file("policy.toml", "site = \"acme\"\n[datasets.deals]\ncolumns = [{ name = \"a\", type = \"text\" }]\npolicies = \"\"\"\npermit (principal, action, resource) when { resource.b == 1 };\n\"\"\"\n");
    let said = bench.refused(&["fixture", "load", &broken]);
    assert!(said.contains("policy.toml:5:"), "the policy's own line: {said}");
    assert!(!bench.path("store").exists());
}

#[test]
fn a_malformed_event_is_told_with_line_and_column() {
    let bench = Bench::new();
    let plugin = bench.guest("new_opportunity");
    let run =
        |event: &str| bench.refused(&["run", "fixtures/sales/fixture.toml", "--plugin", &plugin, "--event", event]);
    let said = run(&bench.file("event.json", "{\n  \"specversion\": \"1.0\",\n  \"type\": \"mandate.row.exploded\",\n  \"source\": \"x\", \"id\": \"1\", \"subject\": \"opportunities/1001\"\n}"));
    assert!(said.contains("event.json:3:") && said.contains("exploded"), "{said}");
    assert!(run("row.added").contains("row.added:dataset/id"), "the short form is explained");
    assert!(run("row.added:nothing/1").contains("there is no dataset `nothing`"));
}

#[test]
fn verbs_without_a_store_say_how_to_make_one() {
    let bench = Bench::new();
    for words in [&["automation", "list"][..], &["inbox", "--as", "user:ana"], &["row", "remove", "deals", "1"]] {
        let said = bench.refused(words);
        assert!(said.contains("mandate fixture load"), "{words:?}: {said}");
    }
}

#[test]
fn what_is_not_there_or_not_allowed_is_refused() {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", "fixtures/sales/fixture.toml"]);
    assert!(bench.refused(&["fixture", "load", "fixtures/sales/fixture.toml"]).contains("there is a store in"));
    assert!(bench.refused(&["automation", "enable", "none", "--as", "user:ines"]).contains("mandate automation list"));
    let enable = bench.refused(&["automation", "enable", "Tell about big new opportunities", "--as", "user:ines"]);
    assert!(enable.contains("there is no plugin `new-opportunity`; upload it first"), "{enable}");
    assert!(bench.refused(&["row", "insert", "opportunities", "1", "[1]"]).contains("not a JSON object"));
    let hidden =
        bench.refused(&["row", "update", "opportunities", "1001", r#"{"margin":"1.00"}"#, "--as", "user:aino"]);
    assert!(hidden.contains("denied"), "{hidden}");
    assert!(
        bench
            .refused(&["grant", "add", "user:ines", "fly", "opportunities"])
            .contains("`fly` is no right: read, create, update, remove or invoke")
    );
    assert!(bench.refused(&["run", "show", "run_1", "--as", "user:ines"]).contains("`run_1` is not an id"));
    assert!(bench.refused(&["inbox", "--as", "ines"]).contains("user:ana"), "how a principal is written");
    assert!(bench.refused(&["fly"]).contains("unrecognized subcommand"));
}

#[test]
fn a_part_that_fails_is_exit_code_1_and_others_are_unaffected() {
    let bench = Bench::new();
    bench.file("deals.jsonl", r#"{"id": "1", "title": "Deal"}"#);
    let fixture = bench.file("deals.toml", DEALS);
    let plugin = bench.file("attacker.wasm", mandate_test_support::hostile("attacker"));
    let said = bench.mandate(&["run", &fixture, "--plugin", &plugin, "--event", "row.added:deals/1"]);
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    assert!(said.out.contains("fuel: the plugin used more than"), "{}", said.out);
    assert!(said.out.contains("innocent"), "the other automation told its recipient: {}", said.out);
}

/// Two automations of the attacker: one loops, one does nothing bad.
const DEALS: &str = r#"
site = "acme"
[attributes]
[[people]]
id = "ana"
name = "Ana"
locale = "en"
time_zone = "UTC"
[[grants]]
to = "user:ana"
rights = ["read"]
dataset = "deals"
[datasets.deals]
columns = [{ name = "title", type = "text" }]
rows = "deals.jsonl"
policies = """
permit (principal, action == Action::"read", resource is deals);
permit (principal, action == Action::"read-column", resource);
"""
[[automations]]
name = "loops"
plugin = "attacker"
run_as = "user:ana"
settings = { attack = "s01_loop", dataset = "deals" }
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana"]
enabled = true
[[automations]]
name = "innocent"
plugin = "attacker"
run_as = "user:ana"
settings = { attack = "none", dataset = "deals" }
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana"]
enabled = true
"#;

#[test]
fn a_fixture_whose_plugin_is_refused_leaves_nothing_behind() {
    let bench = Bench::new();
    let said = bench.refused(&["fixture", "load", "fixtures/tickets/fixture.toml", "--plugin", "README.md"]);
    assert!(said.contains("(M0101)"), "{said}");
    assert!(!bench.path("store").exists());
    bench.fine(&["fixture", "load", "fixtures/tickets/fixture.toml"]);
    let said = bench.refused(&["demo", "--guests", "nowhere"]);
    assert!(said.contains("there is no `nowhere/new-opportunity.wasm`"), "{said}");
}

#[test]
fn guests_run_the_same_in_memory_of_their_own() {
    let bench = Bench::new();
    let plugin = bench.guest("csv_report");
    let inspect = |isolation: &str| bench.fine(&["inspect", &plugin, "--isolation", isolation]);
    assert_eq!(inspect("strict"), inspect("pooled"));
}
