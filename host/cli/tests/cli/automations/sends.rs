//! ONE-09: the consent page says to whom is sent what the automation finds as whom it runs as, and what is new in that.

use serde_json::json;

use super::{telling, world};
use crate::bench::Bench;

/// The small world in a site that evaluates notifications as run_as.
pub(super) fn sending() -> Bench {
    let bench = world("");
    govern(&bench, "run-as");
    bench
}

fn govern(bench: &Bench, as_whom: &str) {
    let text = format!(
        "preset = \"mandate\"\n[settings]\nevaluate_as = {{ condition = \"{as_whom}\", notification = \"{as_whom}\" }}\n"
    );
    let file = bench.file(&format!("{as_whom}.toml"), text);
    bench.fine(&["policy", "set", &file]);
}

const SENT: &str = "  tells    user:bo, team:desk\n  sends    what it finds as user:ana is sent to: user:bo, user:cleo\n  \
                    sends    not to who joins a team later: publish it again, and consent to that, to tell them\n";

#[test]
fn one_09_who_consents_is_shown_to_whom_what_they_see_is_sent() {
    let bench = sending();
    let draft = telling(&bench, "won", &["team:desk", "user:bo"]);
    bench.does("create", "Tell", "user:ana", &["--draft", &draft]);
    assert!(bench.does("publish", "Tell", "user:ana", &[]).contains(SENT));
    let page = bench.does("show", "Tell", "user:ana", &[]);
    assert!(page.contains(SENT), "{page}");
    assert!(
        page.contains(
            "    tells what it finds as whom it runs as\n    sends that to user:bo\n    sends that to user:cleo\n"
        ),
        "{page}"
    );
    assert!(bench.does("enable", "Tell", "user:ana", &[]).contains(SENT));
    let shown = bench.page("Tell", "user:ana");
    let sends = json!({
        "seen_as": "user:ana", "to": ["user:bo", "user:cleo"], "columns": [], "teams": true, "chosen": true,
    });
    assert_eq!(shown["version"]["whole"]["sends"], sends);
    // Who only looks is not shown whom it tells.
    bench.does("invite", "Tell", "user:ana", &["--add", "user:dan"]);
    let looked = bench.does("show", "Tell", "user:dan", &["--json"]);
    assert!(!looked.contains("user:cleo") && !looked.contains("\"sends\""), "{looked}");
}

#[test]
fn one_09_what_is_new_since_the_last_consent_names_people() {
    let bench = sending();
    bench.does("create", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:bo", "user:dan"])]);
    bench.does("publish", "Tell", "user:ana", &["--consent"]);
    bench.does("edit", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["team:desk", "user:bo"])]);
    bench.does("publish", "Tell", "user:ana", &[]);
    let page = bench.does("show", "Tell", "user:ana", &[]);
    let changed = "let last:\n    tells team:desk\n    no longer tells user:dan\n    sends that to user:cleo\n    no longer sends \
                   that to user:dan\n";
    assert!(page.contains(changed), "{page}");
}

#[test]
fn a_column_that_names_recipients_is_shown_as_read_by_whom_it_runs_as() {
    let bench = sending();
    bench.does("create", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["column:stage"])]);
    let page = bench.does("publish", "Tell", "user:ana", &[]);
    let lines = "  sends    what it finds as user:ana is sent to: nobody\n  sends    and to whom `stage` of the row names, as \
                 user:ana reads it\n";
    assert!(page.contains(lines), "{page}");
}

#[test]
fn a_page_says_when_what_the_site_chooses_is_not_what_the_version_was_made_for() {
    let bench = world("");
    bench.telling();
    assert!(!bench.does("show", "Tell", "user:ana", &[]).contains("sends"));
    govern(&bench, "run-as");
    let page = bench.does("show", "Tell", "user:ana", &[]);
    let not_yet =
        "  sends    nothing that it finds as whom it runs as: each is told as themself, until it is published again\n";
    assert!(page.contains(not_yet), "{page}");
    bench.does("edit", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:bo"])]);
    bench.does("publish", "Tell", "user:ana", &["--consent"]);
    govern(&bench, "recipient");
    let page = bench.does("show", "Tell", "user:ana", &[]);
    let no_longer = "  sends    what it finds as user:ana is sent to: user:bo\n  sends    nothing of that now: this site has each \
                     told as themself\n";
    assert!(page.contains(no_longer), "{page}");
}

#[test]
fn one_09_what_is_sent_is_in_the_inbox_and_in_the_history_of_whom_it_ran_as() {
    let bench = sending();
    bench.does("create", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:dan", "user:bo"])]);
    bench.does("publish", "Tell", "user:ana", &["--consent"]);
    bench.does("enable", "Tell", "user:ana", &[]);
    let said = bench.fine(&["row", "insert", "deals", "9", r#"{"stage":"won"}"#]);
    assert!(said.contains("    told   2: bo, dan\n              stage is won\n"), "{said}");
    assert!(!said.contains("nothing for"), "{said}");
    // Dan does not even know of deals.
    assert!(bench.fine(&["inbox", "--as", "user:dan"]).contains("stage is won"));
    assert!(bench.refused(&["run", "show", "--as", "user:dan"]).contains("has no part in any run"));
    let shown = bench.fine(&["run", "show", "--as", "user:ana"]);
    let effects =
        "  effect: tell user:bo: `stage is won`: done\n    Row: 9\n  effect: tell user:dan: `stage is won`: done\n";
    assert!(shown.contains(effects), "{shown}");
}
