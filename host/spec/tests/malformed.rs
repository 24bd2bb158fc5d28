//! A malformed fixture is refused with line and column of all that is wrong, and nothing of it is loaded.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_spec::fixture::Sources;
use mandate_spec::folder::Folder;
use mandate_spec::{Fixture, Text};

const WORLD: &str = r#"site = "acme"
[attributes]
region = "text"
level = "integer?"
[[people]]
id = "ana"
name = "Ana"
attributes = { region = "emea" }
[[teams]]
id = "emea"
name = "EMEA"
members = ["user:ana"]
[[grants]]
to = ["team:emea", "user:ana"]
rights = ["read"]
dataset = "deals"
[datasets.deals]
columns = [{ name = "amount", type = "decimal(2)" }, { name = "seller", type = "user", null = true }]
rows = "deals.csv"
policies = """
permit (principal, action == Action::"read", resource is deals);
"""
[[automations]]
name = "Tell"
plugin = "teller"
run_as = "user:ana"
settings = { n = 1 }
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["team:emea", "column:seller"]
"#;

const ROWS: &str = "id,amount,seller\n1,5,user:ana\n2,7.25,\n";

fn problems(toml: &str, rows: &str) -> String {
    let mut folder = Folder::empty();
    folder.put("deals.csv", Text::of_file("deals.csv", rows));
    let sources = Sources { toml: Text::of_file("f.toml", toml), policies: Text::default(), folder };
    Fixture::read(sources).map_or_else(|error| error.to_string(), |_| "loaded".to_owned())
}

/// What is reported once `part` of the world is replaced; a place such as `f.toml:6:6` and words of the message.
fn check(part: &str, replacement: &str, expected: &[&str]) {
    assert!(WORLD.contains(part), "{part}");
    let found = problems(&WORLD.replacen(part, replacement, 1), ROWS);
    check_lines(&found, expected);
}

fn check_lines(found: &str, expected: &[&str]) {
    assert_eq!(found.lines().count(), expected.len(), "{found}");
    for (line, expected) in found.lines().zip(expected) {
        let (place, words) = expected.split_once(": ").unwrap();
        assert!(
            line.starts_with(&format!("{place}: ")) && line.contains(words),
            "expected `{expected}`, found `{line}`"
        );
    }
}

#[test]
fn a_sound_fixture_is_loaded() {
    assert_eq!(problems(WORLD, ROWS), "loaded");
}

#[test]
fn what_is_no_toml_is_refused_where_it_stands() {
    check("id = \"ana\"", "id = ", &["f.toml:6:6: "]);
}

#[test]
fn unknown_keys_are_refused() {
    check("site = \"acme\"\n", "", &["f.toml:1:1: names no `site`"]);
    check("site =", "sight =", &["f.toml:1:1: unknown key `sight`"]);
    check("name = \"Ana\"", "nome = \"Ana\"", &["f.toml:7:1: unknown field `nome`"]);
    check("null = true", "nil = true", &["f.toml:18:88: unknown field `nil`"]);
    check("change = [\"added\"]", "change = [\"added\"], colour = 1", &["f.toml:28:11: unknown field `colour`"]);
}

#[test]
fn one_bad_entry_does_not_hide_the_next() {
    let form = WORLD.replace("name = \"Ana\"", "").replace("name = \"EMEA\"", "name = 1");
    check_lines(&problems(&form, ROWS), &["f.toml:5:1: missing field `name`", "f.toml:11:8: invalid type"]);
    let meaning = WORLD.replace("integer?", "float").replace("team:emea", "team:amer").replace("n = 1", "n = nan");
    check_lines(
        &problems(&meaning, "id,amount\n1,x\n"),
        &[
            "deals.csv:2:3: is not a decimal number",
            "f.toml:4:9: `float` is no type",
            "f.toml:14:7: neither",
            "f.toml:27:18: settings and cells are JSON",
            "f.toml:29:15: neither",
        ],
    );
}

#[test]
fn people_teams_and_grants_must_be_there() {
    check("region = \"emea\"", "level = 1", &["f.toml:6:6: lacks the attribute `region`"]);
    check("region = \"emea\"", "region = 1", &["f.toml:8:25: another type"]);
    check("region = \"emea\"", "region = \"emea\", size = 1", &["f.toml:8:33: not among `[attributes]`"]);
    check("[\"user:ana\"]", "[\"user:ana\", \"user:bob\"]", &["f.toml:12:24: neither"]);
    check("[\"user:ana\"]", "[\"team:emea\"]", &["f.toml:10:6: member of itself"]);
    check("[\"user:ana\"]", "[\"site:acme\"]", &["f.toml:12:12: a site is no member"]);
    check("[\"read\"]", "[\"read\", \"own\"]", &["f.toml:15:19: `own` is no right"]);
    check("dataset = \"deals\"", "dataset = \"deels\"", &["f.toml:16:11: no dataset `deels`"]);
    check(
        "[[teams]]",
        "[[people]]\nid = \"ana\"\nname = \"\"\nattributes = { region = \"\" }\n[[teams]]",
        &["f.toml:10:6: two `user:ana`"],
    );
}

#[test]
fn datasets_and_automations_must_make_sense() {
    check("decimal(2)", "money", &["f.toml:18:38: `money` is no type"]);
    check("rows =", "changed = \"some\"\nrows =", &["f.toml:19:11: `changed` can only be `any`"]);
    check("deals.csv", "../deals.csv", &["f.toml:19:8: no `..`"]);
    check("deals.csv", "/etc/deals.csv", &["f.toml:19:8: no absolute path"]);
    check("deals.csv", "deals.txt", &["f.toml:19:8: `.csv` or `.jsonl`"]);
    check("run_as = \"user:ana\"", "run_as = \"ana\"", &["f.toml:26:10: not a principal"]);
    check("run_as = \"user:ana\"", "run_as = \"team:emea\"", &["f.toml:26:10: is no person"]);
    check("column:seller", "column:amount", &["f.toml:29:28: no column `amount` of type `user`"]);
    check("[\"added\"]", "[]", &["f.toml:28:11: listens to no `change`"]);
    check("[\"added\"]", "[\"added\"], columns = [\"x\"]", &["f.toml:28:11: no column `x`"]);
    check("n = 1", "when = 2026-01-01", &["f.toml:27:21: has no dates"]);
}

#[test]
fn policies_are_refused_where_they_stand() {
    let check = |part: &str, replacement: &str, place: &str| {
        let found = problems(&WORLD.replacen(part, replacement, 1), ROWS);
        assert!(found.lines().all(|line| line.starts_with("f.toml:21:")), "{found}");
        assert!(found.lines().any(|line| line.starts_with(&format!("f.toml:{place}: "))), "{found}");
    };
    check("resource is deals", "resource == Dataset::\"deels\"", "21:67");
    check("permit (principal,", "permit (principal", "21:19");
}

#[test]
fn rows_are_refused_where_they_stand() {
    let rows = "id,amount,seller\n\n1,\"5\",user:ana\n\"a,b\",6.005,ana\n1,7,\n,8,\nnew:1,9,\n3,,\n4,1\n5,\"\",\n";
    check_lines(
        &problems(WORLD, rows),
        &[
            "deals.csv:4:7: `amount`: `6.005` has more than 2",
            "deals.csv:4:13: `ana` is no value of `seller`",
            "deals.csv:5:1: two rows have the id `1`",
            "deals.csv:6:1: 1 to 200 bytes",
            "deals.csv:7:1: begins with `new:`",
            "deals.csv:8:3: `amount` cannot be null",
            "deals.csv:9:1: 2 cells, but the header has 3",
            "deals.csv:10:3: `` is not a decimal",
        ],
    );
    check_lines(&problems(WORLD, "amount,id,amount,x\n"), &["deals.csv:1:11: twice", "deals.csv:1:18: no column `x`"]);
    check_lines(&problems(WORLD, "seller\n"), &["deals.csv:1:1: lacks `amount`", "deals.csv:1:1: lacks `id`"]);
    check_lines(&problems(WORLD, ""), &["deals.csv:1:1: begins with a header"]);
}

#[test]
fn json_rows_are_refused_where_they_stand() {
    let mut folder = Folder::empty();
    let rows = "{\"id\": \"1\", \"amount\": 1.5}\n{\"id\": \"2\"\n{\"amount\": 1}\n{\"id\": \"3\", \"amount\": 1, \"x\": 2}\n{\"id\": \"4\"}\n";
    folder.put("deals.jsonl", Text::of_file("deals.jsonl", rows));
    let toml = WORLD.replace("deals.csv", "deals.jsonl");
    let sources = Sources { toml: Text::of_file("f.toml", toml), policies: Text::default(), folder };
    check_lines(
        &Fixture::read(sources).unwrap_err().to_string(),
        &[
            "deals.jsonl:1:13: `amount` is a number: write a number in quotes such as `\"1.23\"`",
            "deals.jsonl:2:10: not one JSON object on one line",
            "deals.jsonl:3:1: needs an `id`",
            "deals.jsonl:4:26: no column `x`",
            "deals.jsonl:5:1: lacks `amount`",
        ],
    );
}
