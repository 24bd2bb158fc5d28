//! What the verbs say when they are given something wrong: for each message, a command that earns it.

use serde_json::Value as Json;

use crate::bench::Bench;

const SALES: &str = "fixtures/sales/fixture.toml";
const NAME: &str = "Tell about big new opportunities";
const BIG: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;

/// A store of the sales fixture.
fn sales() -> Bench {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    bench
}

/// Each command is refused as bad input, with these words.
fn check(bench: &Bench, cases: &[(&[&str], &str)]) {
    for (words, told) in cases {
        let said = bench.refused(words);
        assert!(said.contains(told), "{words:?}: expected `{told}`, found `{said}`");
    }
}

#[test]
fn messages_about_rows() {
    let row = |cells: &'static str| ["row", "insert", "opportunities", "7", cells];
    let has = "`opportunities` has no column `size`; it has: `title`, `account`, `region`, `amount`, `margin`, `stage`, `status`, `owner` and 1 more";
    check(
        &sales(),
        &[
            (
                &row("[1]"),
                "the cells are not a JSON object: line 1, column 1: this is a list: write an object such as `{",
            ),
            (&row(r#"{"title":"#), "line 1, column 9: the text ends too early: a quote or a bracket is not closed"),
            (&row(r#"{"title":"a","title":"b"}"#), "line 1, column 20: the key `title` stands twice: write it once"),
            (&row(r#"{"title":7}"#), "mandate: `title` is a number: write text in quotes such as `\"some words\"`"),
            (
                &row(r#"{"amount":1.5}"#),
                "`amount` is a number: write a number in quotes such as `\"1.23\"`, so that it",
            ),
            (&row(r#"{"size":7}"#), has),
            (&["row", "insert", "deals", "7", "{}"], "there is no dataset `deals`; there are: `opportunities`"),
            (&["row", "remove", "deals", "7"], "there is no dataset `deals`; there are: `opportunities`"),
            (
                &["row", "insert", "opportunities", "7", BIG, "--as", "user:maya"],
                "denied: user:maya may not add this row, or the id `7` is taken (`--reasons` tells the operator why)",
            ),
            (
                &["row", "insert", "opportunities", "7", BIG, "--as", "user:maya", "--reasons"],
                "denied: `user:maya` may not create `opportunities/7`: no policy permits it",
            ),
            (
                &["row", "remove", "opportunities", "1017", "--as", "user:maya"],
                "denied: it does not exist, or user:maya may not do this (`--reasons` tells the operator why)",
            ),
            (
                &["row", "remove", "opportunities", "7", "--as", "user:ghost"],
                "there is no `user:ghost`, or they are deactiv",
            ),
        ],
    );
}

#[test]
fn messages_about_rights() {
    let bench = sales();
    let grant = |verb: &'static str, who: &'static str| ["grant", verb, who, "update", "opportunities"];
    check(
        &bench,
        &[
            (&grant("remove", "user:ghost"), "there is no `user:ghost`, or they are deactivated"),
            (&grant("remove", "team:ghost"), "there is no `team:ghost`, or they are deactivated"),
            (&grant("remove", "user:ines"), "user:ines has no grant of their own to update opportunities; a team of"),
            (
                &grant("add", "team:ghost"),
                "`team:ghost` is unknown: name a person or team of this platform, or its site",
            ),
            (&grant("add", "user:ghost"), "`user:ghost` is unknown"),
            (
                &["grant", "add", "user:ines", "read", "deals"],
                "there is no dataset `deals`; there are: `opportunities`",
            ),
            (&["rights", "user:ines", "deals"], "there is no dataset `deals`; there are: `opportunities`"),
            (&["rights", "team:ghost", "opportunities"], "there is no `team:ghost`, or they are deactivated"),
        ],
    );
    bench.fine(&grant("add", "user:ines"));
    assert!(bench.fine(&grant("add", "user:ines")).contains("user:ines had the grant to update opportunities already"));
    let team = bench.fine(&["rights", "team:emea", "opportunities"]);
    assert!(team.contains("  sees     no column\n") && team.contains("  may set  no column\n"), "{team}");
    assert!(team.contains("this is what team:emea may as itself; its people may what"), "{team}");
    assert!(!bench.fine(&["rights", "user:ines", "opportunities"]).contains("as itself"));
}

#[test]
fn messages_about_files_and_automations() {
    let bench = sales();
    let (large, bytes) = (bench.file("large.json", ""), bench.file("bytes.json", [b'{', 0xff]));
    std::fs::OpenOptions::new().write(true).open(&large).unwrap().set_len((64 << 20) + 1).unwrap();
    let plugin = bench.guest("new_opportunity");
    let run = |event| ["run", SALES, "--plugin", &plugin, "--event", event];
    check(
        &bench,
        &[
            (&run(&large), "it has 67108865 bytes, and no file that is read here has more than 67108864"),
            (&run(&bytes), "bytes.json` is not UTF-8 text"),
            (&["inspect", "no.wasm"], "cannot read `no.wasm`: "),
            (&["fixture", "load", "no.toml"], "mandate: no.toml: cannot read it: there is no such file\n"),
            (
                &["fixture", "load", "fixtures"],
                "mandate: fixtures: the folder has no `fixture.toml`: name the fixture's",
            ),
            (&["fixture", "load", "fixtures/sales/opportunities.csv"], "\nand 991 more\n"),
            (
                &["automation", "publish", NAME, "--plugin", "no", "--as", "user:ines"],
                "there is no plugin `no`; upload it",
            ),
            (
                &["automation", "disable", "no", "--as", "user:ines"],
                "there is no automation `no`: see `mandate automation",
            ),
            (&["inbox", "--as", "user:ines", "--save", &bytes], "cannot save in `"),
        ],
    );
    assert_eq!(bench.mandate(&["run", "list", "--as", "user:ghost"]).code, 2);
}

#[test]
fn messages_about_a_run() {
    let bench = Bench::new();
    let plugin = bench.guest("new_opportunity");
    let driven = bench.guest("settings_driven");
    let run = |plugin, event, more: &[&'static str]| -> Vec<String> {
        let words = ["run", SALES, "--plugin", plugin, "--event", event];
        words.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let there = "`opportunities` has: `1001`, `1002`, `1003`, `1004`, `1005`, `1006`, `1007`, `1008` and 992 more";
    for (words, told) in [
        (run(&plugin, "row.added:opportunities/9", &[]), format!("the fixture has no row `opportunities/9`; {there}")),
        (
            run(&plugin, "row.removed:opportunities/9", &[]),
            format!("no row `opportunities/9`, and the removal has no `image` of it in its `data`; {there}"),
        ),
        (
            run(&driven, "row.added:opportunities/1017", &["--as", "team:emea"]),
            "`team:emea` is no person: name one with --as, such as `user:ana`".to_owned(),
        ),
        (
            run(&driven, "row.added:opportunities/1017", &["--as", "user:ghost"]),
            "there is no `user:ghost`, or they are deactivated".to_owned(),
        ),
        (
            run(&driven, "row.added:opportunities/1017", &["--as", "user:aino"]),
            "`mandate inspect PLUGIN` shows which it takes; give them with `mandate run … --settings JSON`".to_owned(),
        ),
        (
            run(&driven, "row.added:opportunities/1017", &["--as", "user:aino", "--settings", "[]"]),
            "--settings is not a JSON object: line 1, column 1: this is a list".to_owned(),
        ),
        (
            run(&driven, "row.added:opportunities/1017", &["--as", "user:aino", "--settings", r#"{"a":1,"a":1}"#]),
            "--settings is not a JSON object: line 1, column 10: the key `a` stands twice".to_owned(),
        ),
    ] {
        let said = bench.refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(said.contains(&told), "{words:?}: expected `{told}`, found `{said}`");
    }
}

#[test]
fn a_removal_with_its_image_needs_no_row() {
    let bench = Bench::new();
    let event = bench.file(
        "gone.json",
        format!(
            r#"{{"specversion":"1.0","type":"mandate.row.removed","source":"crm","id":"1","subject":"opportunities/9","data":{{"image":{BIG}}}}}"#
        ),
    );
    bench.fine(&["run", SALES, "--plugin", &bench.guest("new_opportunity"), "--event", &event]);
}

#[test]
fn the_json_of_a_run_as_somebody_is_one_list() {
    let bench = Bench::new();
    let plugin = bench.guest("interpreter");
    // Two automations of one plugin on one dataset: two runs of one event.
    let automation = |name: &str| {
        format!(
            "[[automations]]\nname = \"{name}\"\nplugin = \"interpreter\"\nrun_as = \"user:ana\"\nsettings = {{ dataset = \"deals\", other = \"deals\", evaluate = [{{ finding = \"f\" }}] }}\ntrigger = {{ on = \"row\", dataset = \"deals\", change = [\"added\"] }}\nrecipients = [\"user:ana\"]\nenabled = true\n"
        )
    };
    let fixture = bench.deals(PEOPLE, r#"{"id": "1"}"#, &format!("{}{}", automation("one"), automation("two")));
    let runs = |who: &str| -> Vec<Json> {
        let words = ["run", &fixture, "--plugin", &plugin, "--event", "row.added:deals/1", "--as", who, "--json"];
        let said = bench.mandate(&words);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", said.out, said.err))
    };
    assert_eq!(runs("user:ana").len(), 2);
    assert_eq!(runs("user:bob"), Vec::<Json>::new());
}

const PEOPLE: &str = r#"
people = [{ id = "ana", name = "Ana" }, { id = "bob", name = "Bob" }]
grants = [{ to = "user:ana", rights = ["read"], dataset = "deals" }]
"#;

#[test]
fn a_dry_run_tells_what_would_be_done() {
    let bench = Bench::new();
    let plugin = bench.guest("new_opportunity");
    let words = ["run", SALES, "--plugin", &plugin, "--event", "row.added:opportunities/1017", "--dry-run"];
    let operator = bench.fine(&words);
    assert!(
        operator.contains("acted:  as user:ines: would update opportunities/1017: status = `review`\n"),
        "{operator}"
    );
    let own = bench.fine(&[&words[..], &["--as", "user:ines"]].concat());
    assert!(own.contains("  effect: would update opportunities/1017: status = `review`\n"), "{own}");
    assert!(!own.contains("because") && !own.contains("limit"), "nothing went wrong: {own}");
}

#[test]
fn a_denied_act_says_where_the_reason_is() {
    let bench = sales();
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity")]);
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    bench.fine(&["grant", "remove", "team:emea-sales", "update", "opportunities"]);
    let out = bench.mandate(&["row", "insert", "opportunities", "9001", BIG]).out;
    let (_, hint) = out.split_once("why:    mandate ").unwrap();
    let words: Vec<&str> = hint.lines().next().unwrap().split(' ').collect();
    assert!(
        bench.fine(&words).contains("may not update `opportunities`: no grant"),
        "the hint is a command that tells it"
    );
    let own = bench.fine(&["run", "show", "--as", "user:ines"]);
    assert!(own.ends_with("`--reasons` tells the operator why something was denied\n"), "{own}");

    let plugin = bench.guest("action_only");
    let settings = r#"{"dataset":"opportunities","column":"margin","value":"1.00"}"#;
    let words = ["run", SALES, "--plugin", &plugin, "--event", "row.added:opportunities/1017", "--settings", settings];
    let reasons = bench.mandate(&[&words[..], &["--as", "user:aino", "--reasons"]].concat());
    assert!(
        reasons.out.contains("DENIED: `user:aino` may not update-column `opportunities.margin`"),
        "{}",
        reasons.out
    );
}

#[test]
fn plugins_are_uploaded_all_or_none() {
    let bench = sales();
    let (good, other) = (bench.guest("new_opportunity"), bench.guest("csv_report"));
    let bad = bench.file("bad.wasm", "hello");
    let said = bench.refused(&["plugin", "upload", &good, &bad, &other]);
    assert!(
        said.contains("bad.wasm`: the plugin is refused: (M0101)") && said.ends_with("nothing was uploaded\n"),
        "{said}"
    );
    assert_eq!(bench.fine(&["plugin", "list"]), "");
    assert!(!bench.refused(&["plugin", "upload", &bad]).contains("nothing was uploaded"), "that is plain for one");
    assert_eq!(bench.fine(&["plugin", "upload", &good, &other]).matches("uploaded ").count(), 2);
    assert!(bench.fine(&["plugin", "upload", "--help"]).contains("all or none"));
}

#[test]
fn a_damaged_store_is_told_with_its_file_and_what_to_do() {
    for file in ["platform.db", "store.db"] {
        let bench = sales();
        let path = bench.path("store").join(file);
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(bench.path("store").join(format!("{file}{end}")));
        }
        std::fs::write(&path, "this is no database, whatever its name says").unwrap();
        let said = bench.mandate(&["inbox", "--as", "user:ines"]);
        assert_eq!(said.code, 3, "{}", said.err);
        assert!(said.err.contains(&format!("`{}` cannot be used: ", path.display())), "{}", said.err);
        assert!(
            said.err.contains("if it is damaged, restore the folder `") && said.err.contains("mandate fixture load")
        );
    }
}

#[test]
fn a_store_that_cannot_be_made_is_told() {
    let bench = Bench::new();
    bench.file("store", "a file where the folder should be");
    let said = bench.mandate(&["fixture", "load", SALES]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("cannot make the store `"), "{}", said.err);
}

#[test]
fn attachments_are_saved_and_never_written_over() {
    let bench = Bench::new();
    let fixture = bench.deals(PEOPLE, "", ATTACHING);
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("interpreter")]);
    let mail = bench.path("mail");
    let save = ["inbox", "--as", "user:ana", "--save", mail.to_str().unwrap()];
    assert_eq!(bench.fine(&save), "no messages\n");
    bench.fine(&["row", "insert", "deals", "1", "{}"]);
    let said = bench.fine(&save);
    assert!(said.contains(&format!("    saved:    {}\n", mail.join("my_report.csv").display())), "{said}");
    bench.fine(&save);
    let mut files: Vec<_> = std::fs::read_dir(&mail).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["my_report-2.csv", "my_report.csv"]);
    assert_eq!(std::fs::read_to_string(mail.join("my_report-2.csv")).unwrap(), "held");
}

/// An automation that attaches a file.
const ATTACHING: &str = r#"
[governance]
preset = "foundry"
settings.on_denied = { then = "deny", tell = [] }
[[automations]]
name = "attach"
plugin = "interpreter"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana"]
enabled = true
[automations.settings]
dataset = "deals"
other = "deals"
evaluate = [{ finding = "f", summary = "s" }]
render = [{ title = "t" }, { attach = "my report.csv", content = "held" }]
"#;
