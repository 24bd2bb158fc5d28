//! What ran, through the command: as others see it, revealed, explained, and what was not used.

use super::{acting, world};
use crate::bench::Bench;
use serde_json::Value as Json;

/// A deal is won, which `Tell` tells bo; the event.
fn won(bench: &Bench) -> Json {
    let said = bench.fine(&["row", "insert", "deals", "9", r#"{"stage":"won"}"#, "--json"]);
    serde_json::from_str(&said).unwrap()
}

#[test]
fn n07_others_see_that_it_ran_and_what_recipients_were_told_on_the_record() {
    let bench = world("");
    bench.telling();
    won(&bench);
    let run: Json = serde_json::from_str(&bench.fine(&["run", "show", "--as", "user:bo", "--json"])).unwrap();
    let id = run["id"].as_str().unwrap();
    // Root may see what ran, and reads no deals; cleo reads deals, and may not see what ran.
    for automation in [&[][..], &["--automation", "Tell"]] {
        let listed = bench.fine(&[&["run", "list", "--as", "user:root"][..], automation].concat());
        assert!(listed.contains(id) && listed.contains("Tell  not shown") && !listed.contains("deals"), "{listed}");
    }
    let shown = bench.fine(&["run", "show", id, "--as", "user:root"]);
    assert!(shown.contains("act part\n  not shown: it depends on") && !shown.contains("user:bo"), "{shown}");
    assert_eq!(bench.fine(&["run", "list", "--as", "user:cleo"]), "");
    assert!(bench.refused(&["run", "show", id, "--as", "user:cleo"]).contains(&format!("there is no run `{id}`")));
    assert_eq!(bench.fine(&["run", "list", "--as", "user:ana", "--after", id]), "", "there is none before it");
    let revealed = |who: &str, reason: &str| bench.mandate(&["run", "reveal", id, "--as", who, "--reason", reason]);
    assert!(revealed("user:root", " ").err.contains("say why, in at most 500 bytes"));
    assert!(revealed("user:ana", "x").err.contains("may not reveal-history"));
    assert!(revealed("user:cleo", "x").err.contains("there is no run"));
    let told = revealed("user:root", "complaint 7");
    assert!(told.code == 0 && told.out.contains("notify part of user:bo\n  not shown"), "{}{}", told.out, told.err);
    let page = bench.does("show", "Tell", "user:ana", &[]);
    assert!(page.contains(&format!("the run `{id}` were told was revealed, because: complaint 7")), "{page}");
    let json = bench.fine(&["run", "reveal", id, "--as", "user:root", "--reason", "again", "--json"]);
    let json: Json = serde_json::from_str(&json).unwrap();
    assert_eq!(json["revealed"][0]["principal"], "user:bo");
    assert!(json["revealed"][0]["rest"]["hidden"].as_str().unwrap().starts_with("not shown"), "{json}");
}

#[test]
fn why_nobody_was_told_is_explained_as_far_as_one_may_know() {
    let bench = world("");
    bench.telling();
    let said = won(&bench);
    let (event, automation) = (said["event"].as_str().unwrap(), said["runs"][0]["automation"].as_str().unwrap());
    let explain = |who: &str, name: &str, event: &str| {
        let said = bench.mandate(&["run", "explain", name, "--event", event, "--as", who]);
        if said.code == 0 { said.out } else { said.err }
    };
    let told = explain("user:ana", "Tell", event);
    assert!(told.contains("it ran\n") && told.contains("you have no part in it"), "{told}");
    // Bo does not see the automation, but is told by it.
    assert!(explain("user:bo", "Tell", event).contains("there is no automation `Tell`"));
    assert!(explain("user:bo", automation, event).contains("your notify part: done\n"));
    // Root does not know of the event, nor does anybody of one that did not happen.
    for (who, event) in [("user:root", event), ("user:ana", "evt_aaaaaaaaaaaaaaaaaaaaaaaaaa")] {
        assert!(explain(who, "Tell", event).contains(&format!("there is no event `{event}`")), "{who}");
    }
    let said: Json = serde_json::from_str(&bench.fine(&["row", "remove", "deals", "9", "--json"])).unwrap();
    let removed = said["event"].as_str().unwrap();
    assert_eq!(explain("user:ana", "Tell", removed), "its trigger does not listen to such an event\n");
}

#[test]
fn powers_that_were_not_used_are_listed_for_who_sees_what_ran() {
    let bench = world("");
    let draft = acting(&bench);
    bench.does("create", "Act", "user:ana", &["--draft", &draft]);
    bench.does("publish", "Act", "user:ana", &["--consent"]);
    bench.does("enable", "Act", "user:ana", &[]);
    assert!(bench.does("unused", "Act", "user:ana", &[]).contains("none of its last runs can be counted"));
    bench.fine(&["row", "insert", "deals", "9", r#"{"stage":"won"}"#]);
    let unused = bench.does("unused", "Act", "user:ana", &[]);
    assert!(unused.contains("`Act`: in 1 act parts that you see whole"), "{unused}");
    assert!(bench.does("unused", "Act", "user:root", &[]).contains("none of its last runs can be counted"));
    let json: Json = serde_json::from_str(&bench.does("unused", "Act", "user:ana", &["--json"])).unwrap();
    assert_eq!(json["counted"], 1);
    bench.does("share", "Act", "user:ana", &["--add", "user:bo"]);
    assert!(bench.denied("unused", "Act", "user:bo", &[]).contains("may not view-history"));
}
