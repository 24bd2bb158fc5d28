//! The versions that an automation had, and the way back to one.

use serde_json::Value as Json;

use super::{telling, world};

/// The numbers of the versions that are listed, which is live, and who published each.
fn listed(bench: &crate::bench::Bench, who: &str) -> Vec<(u64, bool, String)> {
    let page: Json = serde_json::from_str(&bench.does("versions", "Tell", who, &["--json"])).unwrap();
    let versions = page["versions"].as_array().unwrap().iter();
    let one = |past: &Json| {
        let by = past["by"].as_str().unwrap().to_owned();
        (past["number"].as_u64().unwrap(), past["live"].as_bool().unwrap(), by)
    };
    versions.map(one).collect()
}

#[test]
fn a_version_is_published_again_by_its_number_and_waits_for_consent() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench.does("edit", "Tell", "user:ana", &["--draft", &telling(&bench, "lost", &["user:bo"])]);
    bench.does("publish", "Tell", "user:ana", &["--consent"]);
    let all = bench.does("versions", "Tell", "user:bo", &[]);
    let (second, first) = all.split_once("version 1  ").expect("two versions");
    assert!(second.starts_with("version 2  live  ") && second.contains("by user:ana"), "{all}");
    assert!(second.contains(r#"  other settings: {"column":"stage","dataset":"deals","value":"lost"}"#), "{all}");
    assert!(first.contains("  tells user:bo"), "{all}");

    let absent = bench.denied("roll-back", "Tell", "user:bo", &["--to", "7"]);
    assert!(absent.contains("there is no version 7 that you may see"), "{absent}");
    let never = format!("ver_{}", "0".repeat(64));
    let refused = bench.denied("roll-back", "Tell", "user:bo", &["--to", &never]);
    assert!(refused.contains("the automation never had the version"), "{refused}");
    let stale = bench.denied("roll-back", "Tell", "user:bo", &["--to", "1", "--seen", &never]);
    assert!(stale.contains("is published now"), "{stale}");

    let said = bench.does("roll-back", "Tell", "user:bo", &["--to", "1"]);
    assert!(said.contains("user:ana must let it act before it runs"), "{said}");
    let by = |who: &str| who.to_owned();
    assert_eq!(
        listed(&bench, "user:ana"),
        [(3, true, by("user:bo")), (2, false, by("user:ana")), (1, false, by("user:ana"))]
    );
    let older = bench.does("versions", "Tell", "user:ana", &["--before", "2"]);
    assert!(older.starts_with("version 1  ") && !older.contains("version 2"), "{older}");
}

#[test]
fn fnd_18_rolling_back_moves_it_only_once_that_is_confirmed() {
    let bench = world("[governance.settings]\nacquire_on = [\"create\", \"save\"]\n");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    let published = bench.page("Tell", "user:ana")["automation"]["published"].as_str().unwrap().to_owned();
    let warned = bench.denied("roll-back", "Tell", "user:bo", &["--to", &published]);
    assert!(warned.contains("run as `user:bo` in place of `user:ana`") && warned.contains("`--confirm`"), "{warned}");
    assert_eq!(bench.page("Tell", "user:ana")["automation"]["run_as"], "user:ana");
    let said = bench.does("roll-back", "Tell", "user:bo", &["--to", &published, "--confirm"]);
    assert!(said.contains("user:bo lets it act"), "{said}");
    assert_eq!(bench.page("Tell", "user:bo")["automation"]["run_as"], "user:bo");
}
