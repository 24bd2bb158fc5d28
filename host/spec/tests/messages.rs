//! What a person is told about a file that is wrong: for each message, a file that earns it, its place and its words.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_model::SiteId;
use mandate_spec::fixture::Sources;
use mandate_spec::folder::Folder;
use mandate_spec::spec::Spec;
use mandate_spec::{Fixture, Text, changes, event};

const WORLD: &str = r#"site = "acme"
[attributes]
[[people]]
id = "ana"
name = "Ana"
locale = "pt-BR"
time_zone = "America/Argentina/Buenos_Aires"
[[teams]]
id = "emea"
name = "EMEA"
members = ["user:ana"]
[[grants]]
to = ["team:emea"]
rights = ["read"]
dataset = "deals"
[datasets.deals]
columns = [{ name = "amount", type = "decimal(2)", null = true }, { name = "seller", type = "user", null = true }, { name = "unit", type = "team", null = true }, { name = "n", type = "integer", null = true }, { name = "x", type = "number", null = true }, { name = "ok", type = "boolean", null = true }, { name = "at", type = "timestamp", null = true }, { name = "raw", type = "bytes", null = true }]
rows = "deals.jsonl"
[[automations]]
name = "Tell"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["team:emea"]
"#;

fn world(toml: &str, rows: (&str, &str)) -> Result<Fixture, String> {
    let mut folder = Folder::empty();
    folder.put(rows.0, Text::of_file(rows.0, rows.1));
    let sources = Sources { toml: Text::of_file("f.toml", toml), policies: Text::default(), folder };
    Fixture::read(sources).map_err(|error| error.to_string())
}

/// What is told once `part` of the world is replaced: the beginning of the first line.
fn check(part: &str, replacement: &str, told: &str) {
    assert!(WORLD.contains(part), "{part}");
    let found = world(&WORLD.replacen(part, replacement, 1), ("deals.jsonl", "")).unwrap_err();
    assert!(found.starts_with(told), "expected `{told}`, found `{found}`");
}

#[test]
fn messages_of_a_trigger() {
    let row = "on = \"row\", dataset = \"deals\", change = [\"added\"]";
    for (trigger, told) in [
        ("on = \"schedule\", cron = \"0 25 * * *\"", "`cron`: `25` is no hour: write `0` to `23`, `8-18`, `*` for any"),
        ("on = \"schedule\", cron = \"@daily\"", "`cron`: `@daily` does not have five fields: write minute, "),
        (
            "on = \"schedule\", cron = \"0 9 * * *\", time_zone = \"Europe/Atlantis\"",
            "`time_zone`: `Europe/Atlantis` is not known",
        ),
        ("on = \"event\", type = \"mandate.row.added\"", "`mandate.row.added` is the host's own: listen to rows with"),
        ("on = \"event\", type = \"a b\"", "`a b` is no type of an event: "),
        (&format!("{row}, where = [{{ column = \"size\", is = \"equal\" }}]"), "`deals` has no column `size`"),
        (
            &format!("{row}, where = [{{ column = \"n\", is = \"less\", value = \"x\" }}]"),
            "`n` is compared with a whole number such as `7`",
        ),
        (
            &format!("{row}, where = [{{ column = \"raw\", is = \"equal\" }}]"),
            "`raw` holds bytes, which are compared with nothing",
        ),
        (
            &format!("{row}, where = [{{ column = \"n\", is = \"less\" }}]"),
            "`where`: `n` is compared with no value by `equal`",
        ),
    ] {
        check(row, trigger, &format!("f.toml:23:11: {told}"));
    }
    check(
        &format!("{{ {row} }}\nrecipients = [\"team:emea\"]"),
        "{ on = \"schedule\", cron = \"0 9 * * *\" }\nrecipients = [\"column:seller\"]",
        "f.toml:24:15: a schedule is about no row, so `column:seller` names nobody: name people or teams",
    );
}

#[test]
fn messages_of_a_fixture() {
    world(WORLD, ("deals.jsonl", "")).unwrap();
    let change = "f.toml:23:11: unknown variant `due`, expected one of `added`, `updated`, `removed`";
    check("[\"added\"]", "[\"due\"]", change);
    check("[\"added\"]", "[\"exploded\"]", &change.replace("due", "exploded"));
    let range = "does not say how many digits stand behind the point: write `decimal(0)` to `decimal(15)`";
    check("decimal(2)", "decimal(99)", &format!("f.toml:17:38: `decimal(99)` {range}"));
    check("decimal(2)", "decimal", &format!("f.toml:17:38: `decimal` {range}"));
    check("type = \"integer\"", "type = \"int\"", "f.toml:17:184: `int` is no type of a column: `boolean`, `integer`");
    for bad in ["e", "english", "en_US", "en-", "e1", "en-verylongtag", ""] {
        let told = format!("f.toml:6:10: `{bad}` is no language such as `en` or `pt-BR` (BCP 47)");
        check("\"pt-BR\"", &format!("\"{bad}\""), &told);
    }
    for bad in ["+01:00", "Europe Paris", "europe/paris", "Europe/", "A/B/C/D", "", "Europe/Zür"] {
        let told = format!("f.toml:7:13: `{bad}` is no time zone such as `Europe/Paris` or `UTC` (IANA)");
        check("\"America/Argentina/Buenos_Aires\"", &format!("\"{bad}\""), &told);
    }
    for good in ["UTC", "Etc/GMT+1", "EST5EDT", "America/Port-au-Prince"] {
        world(&WORLD.replace("America/Argentina/Buenos_Aires", good), ("deals.jsonl", "")).unwrap();
    }
    check("[datasets.deals]", "datasets = 1\n[dataset]", "f.toml:16:");
    check(
        "dataset = \"deals\", change",
        "dataset = \"deels\", change",
        "f.toml:23:11: there is no dataset `deels`; there are: `deals`",
    );
    check(
        "change = [",
        "columns = [\"size\"], change = [",
        "f.toml:23:11: `deals` has no column `size`; it has: `amount`, `seller`, ",
    );
    check("\"amount\"", "\"Amount\"", "f.toml:17:21: `Amount` is no name: a lower-case letter");
    check("\"amount\"", "\"id\"", "f.toml:17:21: `id` is no column: every row has one");
    check("\"seller\"", "\"amount\"", "f.toml:17:76: there are two columns `amount`");
    check(
        "[[automations]]",
        "[[automations]]\nname = \"Tell\"\nplugin = \"teller\"\nrun_as = \"user:ana\"\ntrigger = { on = \"row\", dataset = \"deals\", change = [\"added\"] }\n[[automations]]",
        "f.toml:25:8: there are two automations `Tell`",
    );
    check("[[teams]]", "[teams]", "f.toml:8:1: expected a list of tables");
    check("\"deals.jsonl\"", "\"none.jsonl\"", "f.toml:18:8: there is no file `none.jsonl`");
    check("id = \"emea\"", "id = \"em ea\"", "f.toml:9:6: ");
}

#[test]
fn datasets_that_are_no_tables_are_told() {
    let told = world("site = \"acme\"\ndatasets = 1\n", ("a", "")).unwrap_err();
    assert_eq!(told, "f.toml:2:12: expected tables such as `[datasets.deals]`");
}

#[test]
fn messages_of_rows() {
    let check = |file: &str, rows: &str, told: &str| {
        let found = world(&WORLD.replace("deals.jsonl", file), (file, rows)).unwrap_err();
        assert_eq!(found, told, "{rows}");
    };
    for (column, cell, told) in [
        ("seller", "user:bob", "`seller`: `user:bob` is not among `people`"),
        ("unit", "team:bob", "`unit`: `team:bob` is not among `teams`"),
        ("seller", "team:emea", "`team:emea` is no value of `seller`: write a user such as `user:ana`"),
        ("unit", "ana", "`ana` is no value of `unit`: write a team such as `team:emea`"),
        ("n", "1.0", "`1.0` is no value of `n`: write a whole number of 64 bits"),
        ("x", "NaN", "`NaN` is no value of `x`: write a number such as `1.5`"),
        ("ok", "yes", "`yes` is no value of `ok`: write `true` or `false`"),
        ("at", "today", "`today` is no value of `at`: write a time such as `2026-11-21T09:30:00Z`"),
        ("raw", "%", "`%` is no value of `raw`: write the bytes in base64"),
        ("amount", "1.005", "`amount`: `1.005` has more than 2 digits behind the point"),
    ] {
        check("deals.csv", &format!("id,{column}\n1,{cell}\n"), &format!("deals.csv:2:3: {told}"));
    }
    for (row, told) in [
        (
            r#"{"id": "1", "n": 1, "n": 2}"#,
            "1:23: not one JSON object on one line: the key `n` stands twice: write it once",
        ),
        (
            "[1]",
            "1:1: not one JSON object on one line: this is a list: write an object such as `{\"name\": \"value\"}`",
        ),
        (r#"{"id": 1}"#, "1:1: a row needs an `id`, as text"),
        (r#"{"id": "1", "seller": "user:bob"}"#, "1:13: `seller`: `user:bob` is not among `people`"),
        (r#"{"id": "1", "n": "7"}"#, "1:13: `n` is text: write a whole number such as `7`, without quotes"),
        (
            r#"{"id": "1", "size": 1}"#,
            "1:13: `deals` has no column `size`; it has: `amount`, `seller`, `unit`, `n`, `x`, `ok`, `at`, `raw`",
        ),
    ] {
        check("deals.jsonl", row, &format!("deals.jsonl:{told}"));
    }
}

#[test]
fn ten_problems_are_told_and_the_rest_counted() {
    let rows: String = (0..25).map(|row| format!("{row},x\n")).collect();
    let found = world(&WORLD.replace("deals.jsonl", "deals.csv"), ("deals.csv", &format!("id,n\n{rows}"))).unwrap_err();
    assert_eq!((found.lines().count(), found.lines().last()), (11, Some("and 15 more")), "{found}");
}

#[test]
fn what_is_no_readable_file_has_no_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bytes.toml"), [0xff]).unwrap();
    for (name, told) in [
        ("", "the folder has no `fixture.toml`: name the fixture's TOML file"),
        ("none.toml", "cannot read it: there is no such file"),
        ("bytes.toml", "cannot read it: it is not UTF-8 text"),
    ] {
        let path = folder.path().join(name);
        assert_eq!(Fixture::load(&path).unwrap_err().to_string(), format!("{}: {told}", path.display()));
    }
    let story = changes::load(folder.path(), &world(WORLD, ("deals.jsonl", "")).unwrap().seed.schema);
    assert!(story.unwrap_err().to_string().ends_with(": cannot read it: it is a folder"));
    std::fs::write(folder.path().join("fixture.toml"), "site = \"acme\"\n").unwrap();
    Fixture::load(folder.path()).unwrap();
}

#[test]
fn messages_of_an_event() {
    let schema = world(WORLD, ("deals.jsonl", "")).unwrap().seed.schema;
    let forms = "write `row.added:dataset/id`, `row.updated[column,column]:dataset/id`, `row.removed:dataset/id` or `event:TYPE:dataset/id`";
    for (text, told) in [
        ("deals/7", format!("1:1: `deals/7` is no event: {forms}")),
        ("row.moved:deals/7", format!("1:1: `row.moved` is no type of event: {forms}")),
        ("row.updated[n:deals/7", format!("1:1: a `]` is missing: {forms}")),
        ("row.added:deals", "1:1: `deals` is no row: write `dataset/id`".to_owned()),
        ("row.added:leads/7", "1:1: there is no dataset `leads`; there are: `deals`".to_owned()),
        ("row.added[n]:deals/7", "1:1: only an update says which columns `changed`".to_owned()),
        ("row.updated[size]:deals/7", "1:1: `deals` has no column `size`; it has: `amount`".to_owned()),
        (
            "row.added:deals/new:1",
            "1:1: `new:1` begins with `new:`, which only rows that are not there yet do".to_owned(),
        ),
        (r#"{"id": "1", "id": "2"}"#, "1:16: the key `id` stands twice: write it once".to_owned()),
        ("{\n\"data\": {\"image\": {\"n\": 1,\n\"n\": 2}}}", "3:3: the key `n` stands twice: write it once".to_owned()),
        ("{\"id\": ", "1:7: the text ends too early: a quote or a bracket is not closed".to_owned()),
        (
            r#"{"specversion": "1.0", "type": "mandate.row.added", "source": "a", "id": "1"}"#,
            "1:24: the event needs a `subject` such as `deals/1001`".to_owned(),
        ),
    ] {
        let found = event::parse(&Text::of_file("e", text), &SiteId::parse("acme").unwrap(), &schema, 0);
        let found = found.unwrap_err().to_string();
        assert!(found.starts_with(&format!("e:{told}")), "expected `{told}`, found `{found}`");
    }
}

#[test]
fn messages_of_a_story() {
    let schema = world(WORLD, ("deals.jsonl", "")).unwrap().seed.schema;
    let line = r#"{"verb": "update", "as": "user:ana", "dataset": "deals", "id": "7", "fields": {"n": 1}}"#;
    changes::parse(&Text::of_file("c", line), &schema).unwrap();
    for (part, replacement, told) in [
        ("{\"n\": 1}", "{}", "c:1:69: an update names the `fields` that it sets, a removal none"),
        ("update", "remove", "c:1:69: an update names the `fields` that it sets, a removal none"),
        ("deals", "leads", "c:1:38: there is no dataset `leads`; there are: `deals`"),
        ("\"n\"", "\"size\"", "c:1:80: `deals` has no column `size`; it has: `amount`"),
        ("\"7\"", "\"\"", "c:1:58: the id of a row has 1 to 200 bytes and no control characters"),
        ("user:ana", "ana", "c:1:20: "),
        ("{\"n\": 1}", "{\"n\": 1, \"n\": 2}", "c:1:90: the key `n` stands twice: write it once"),
        ("update", "upsert", "c:1:17: unknown variant `upsert`, expected one of `insert`, `update`, `remove`"),
    ] {
        let found =
            changes::parse(&Text::of_file("c", line.replacen(part, replacement, 1)), &schema).unwrap_err().to_string();
        assert!(found.starts_with(told), "expected `{told}`, found `{found}`");
    }
}

const SPEC: &str = r#"## NEW-1 A spec

```toml people
site = "acme"
people = [{ id = "ana", name = "Ana" }]
teams = [{ id = "emea", name = "EMEA" }]
datasets = { deals = { columns = [{ name = "n", type = "integer" }] } }
```

```toml event
step = [{ insert = "deals/1", fields = { n = 1 } }]
```

```toml expect
nothing = "user:ana"
```

```toml event mutation "it is another"
step = [{ insert = "deals/2", fields = { n = 1 } }]
```
"#;

#[test]
fn messages_of_a_spec() {
    Spec::parse(&Text::of_file("s", SPEC), &Folder::empty()).unwrap();
    for (part, replacement, told) in [
        (
            "## NEW-1 A spec\n",
            "```toml event mutation \"x\"\n```\n",
            "s:1:1: a mutation belongs below the heading of a spec",
        ),
        ("step = [{ insert = \"deals/1\", fields = { n = 1 } }]\n", "", "s:1:1: nothing happens in the spec"),
        ("insert = \"deals/1\"", "insert = \"deals\"", "s:11:9: `deals` is no row such as `deals/1`"),
        ("insert = \"deals/1\", fields = { n = 1 }", "grant = \"read deals\"", "s:11:9: say whose right it is"),
        (
            "insert = \"deals/1\", fields = { n = 1 }",
            "of = \"user:ana\", grant = \"deals\"",
            "s:11:9: `deals` is no grant such as `read deals`",
        ),
        (
            "insert = \"deals/1\", fields = { n = 1 }",
            "of = \"user:ana\", grant = \"read leads\"",
            "s:11:9: there is no dataset `leads`; there are: `deals`",
        ),
        ("n = 1 }", "m = 1 }", "s:11:9: `deals` has no column `m`; it has: `n`"),
        ("n = 1 }", "n = \"1\" }", "s:11:9: `n` is text: write a whole number such as `7`, without quotes"),
        ("n = 1 }", "n = inf }", "s:11:9: settings and cells are JSON: `nan` and `inf` are not"),
        ("nothing = \"user:ana\"", "nothing = \"team:emea\"", "s:15:11: `team:emea` is no person"),
        (
            "nothing = \"user:ana\"",
            "[[told]]\nwho = \"user:ana\"\ntimes = 0",
            "s:15:1: who is told 0 times belongs into `nothing`",
        ),
    ] {
        assert!(SPEC.contains(part), "{part}");
        let text = Text::of_file("s", SPEC.replacen(part, replacement, 1));
        let found = Spec::parse(&text, &Folder::empty()).unwrap_err().to_string();
        assert!(found.starts_with(told), "expected `{told}`, found `{found}`");
    }
}
