//! `mandate automation dry-run`: as others, as far as one may see it; by `where`; and where run_as tells.

use serde_json::Value as Json;

use super::{WORLD, acting, telling, world, world_of};
use crate::bench::Bench;

/// The small world, in which bo may try automations as ana and cleo, and manages ana's `Tell`.
fn trying() -> Bench {
    let rights = r#"rights = ["see-page", "simulate-as"]"#;
    let more = format!(
        "grants = [\n{{ to = \"user:bo\", {rights}, on = \"user:ana\" }}, {{ to = \"user:bo\", {rights}, on = \"user:dan\" }},"
    );
    let bench = world_of(&WORLD.replacen("grants = [", &more, 1));
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench
}

#[test]
fn who_may_is_shown_what_it_would_tell_others() {
    let bench = trying();
    let as_three = ["--as-person", "user:ana", "--as-person", "user:bo", "--as-person", "user:dan"];
    let said = bench.does("dry-run", "Tell", "user:bo", &[&["--row", "deals/1"][..], &as_three].concat());
    let begins = "what is published; nothing of it is kept or carried out, and of what it reads you are shown what user:bo may see:\n\
                  as user:ana:\n  notify part: done\n    would tell: stage is won\n";
    assert!(said.starts_with(begins), "{said}");
    assert!(said.contains("\nas user:bo:\n  notify part: done\n    would tell: stage is won\n"), "{said}");
    assert!(said.ends_with("as user:dan:\n  nothing would happen: for them there is no such event, or what they see of the row is not what the trigger asks for\n"), "{said}");
    let json = bench.does("dry-run", "Tell", "user:bo", &["--row", "deals/1", "--as-person", "user:dan", "--json"]);
    let json: Json = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!([{ "person": "user:dan", "comes_to": "no-event" }]));
    assert!(bench.fine(&["inbox", "--as", "user:bo"]).contains("no messages"));
}

#[test]
fn who_may_not_is_refused_and_told_what_it_takes() {
    let bench = trying();
    let refused = bench.denied("dry-run", "Tell", "user:bo", &["--row", "deals/1", "--as-person", "user:cleo"]);
    let words = "`user:bo` may not try automations as `user:cleo`: that takes the rights `simulate-as` and `see-page` over them";
    assert!(refused.contains(words), "{refused}");
    let nobody = bench.denied("dry-run", "Tell", "user:bo", &["--row", "deals/1", "--as-person", "user:zed"]);
    assert_eq!(nobody.replace("user:zed", "user:cleo"), refused);
}

#[test]
fn what_depends_on_what_one_may_not_see_is_hidden() {
    let hides =
        r#"forbid (principal == User::"bo", action == Action::"read-column", resource == Column::"deals.stage");"#;
    let rights = r#"rights = ["see-page", "simulate-as"]"#;
    let text = WORLD
        .replacen("grants = [", &format!("grants = [\n{{ to = \"user:bo\", {rights}, on = \"user:ana\" }},"), 1)
        .replacen("resource);\n", &format!("resource);\n{hides}\n"), 1);
    let bench = world_of(&text);
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    let said = bench.does("dry-run", "Tell", "user:bo", &["--row", "deals/1", "--as-person", "user:ana"]);
    let hidden = "as user:ana:\n  not shown: it depends on what you may not see, or on what is no longer there\n";
    assert!(said.ends_with(hidden), "{said}");
}

#[test]
fn a_row_that_is_not_as_the_trigger_wants_it_is_no_event() {
    let bench = world("");
    let draft = serde_json::json!({
        "plugin": "action-only",
        "settings": { "dataset": "deals", "column": "stage", "value": "seen" },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"],
            "where": [{ "column": "stage", "is": "equal", "value": "won" }] },
    });
    bench.does("create", "Act", "user:ana", &["--draft", &bench.file("won-only.json", draft.to_string())]);
    assert!(bench.does("dry-run", "Act", "user:ana", &["--row", "deals/1"]).contains("would update deals/1"));
    let open = bench.does("dry-run", "Act", "user:ana", &["--row", "deals/2"]);
    assert!(open.contains("nothing would happen") && !open.contains("would update"), "{open}");
    assert_eq!(bench.does("dry-run", "Act", "user:ana", &["--row", "deals/2", "--json"]), "[]\n");
    bench.does("edit", "Act", "user:ana", &["--draft", &acting(&bench)]);
    assert!(bench.does("dry-run", "Act", "user:ana", &["--row", "deals/2"]).contains("would update deals/2"));
}

#[test]
fn one_09_where_run_as_tells_it_is_shown_whom_it_would_tell() {
    let bench = super::sends::sending();
    bench.does("create", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:dan", "user:bo"])]);
    let said = bench.does("dry-run", "Tell", "user:ana", &["--row", "deals/1"]);
    assert!(said.contains("  would tell user:bo: `stage is won`\n    Row: 1\n"), "{said}");
    assert!(said.contains("  would tell user:dan: `stage is won`\n") && !said.contains("notify part"), "{said}");
}
