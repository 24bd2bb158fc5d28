//! What somebody is shown: automations that they may see, and of those what they may know.

use super::{telling, world};

#[test]
fn what_one_may_not_see_is_told_like_what_is_not_there() {
    let bench = world("");
    bench.telling();
    let acts: [(&str, &[&str]); 9] = [
        ("show", &[]),
        ("draft", &[]),
        ("enable", &[]),
        ("take", &["--confirm"]),
        ("share", &["--add", "user:bo"]),
        ("rename", &["x"]),
        ("clone", &["x"]),
        ("delete", &[]),
        ("run-now", &[]),
    ];
    for (verb, more) in acts {
        let unseen = bench.denied(verb, "Tell", "user:cleo", more);
        assert!(
            unseen.contains("there is no automation `Tell`: see `mandate automation list --as user:cleo`"),
            "{unseen}"
        );
        assert_eq!(bench.denied(verb, "None", "user:cleo", more), unseen.replace("`Tell`", "`None`"), "{verb}");
    }
    assert_eq!(bench.fine(&["automation", "list", "--as", "user:cleo"]), "");
    assert!(bench.denied("show", "Tell", "user:ghost", &[]).contains("there is no `user:ghost`"));
}

#[test]
fn who_only_looks_is_not_shown_whom_it_tells() {
    let bench = world("");
    bench.telling();
    let invited = bench.does("invite", "Tell", "user:ana", &["--add", "user:cleo", "--add", "user:dan"]);
    assert!(invited.contains("user:cleo is invited, user:dan is invited"), "{invited}");
    let text = bench.does("show", "Tell", "user:cleo", &[]);
    assert!(text.contains("  reads    deals: stage") && text.contains("  you may  view\n"), "{text}");
    // A version's id is a digest over its recipients.
    assert!(!text.contains("user:bo") && !text.contains("ver_"), "{text}");
    let json = bench.does("show", "Tell", "user:cleo", &["--json"]);
    assert!(!json.contains("user:bo") && !json.contains("ver_"), "{json}");
    assert!(bench.does("show", "Tell", "user:ana", &[]).contains("  tells    user:bo"));
    bench.does("offer", "Tell", "user:ana", &["--to", "user:dan"]);
    assert!(bench.does("show", "Tell", "user:dan", &[]).contains("  tells    user:bo"), "it is for him to decide");
    assert!(
        !bench.does("show", "Tell", "user:cleo", &["--json"]).contains("user:bo"),
        "an offer to dan is none to her"
    );
}

#[test]
fn a04_powers_over_what_one_may_not_know_of_are_not_named() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:dan"]);
    for more in [&[][..], &["--json"]] {
        let shown = bench.does("show", "Tell", "user:dan", more);
        assert!(!shown.contains("deals") && !shown.contains("stage"), "{shown}");
    }
    let text = bench.does("show", "Tell", "user:dan", &[]);
    assert!(text.contains("more     that you may not know of"), "{text}");
    assert!(text.contains("`user:dan` lacks something that you may not know of"), "VEN-10: {text}");
    assert!(text.contains("  tells    user:bo"), "he manages it: {text}");
}

#[test]
fn ven_10_the_page_says_who_lacks_what() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench.fine(&["grant", "remove", "user:ana", "read", "deals"]);
    let text = bench.does("show", "Tell", "user:bo", &[]);
    assert!(text.contains("  lacks    `user:ana` may not read `deals`"), "{text}");
}

#[test]
fn a10_the_page_says_what_is_new_since_the_last_consent() {
    let bench = world("");
    bench.telling();
    assert!(bench.does("show", "Tell", "user:ana", &[]).contains("let last:\n    nothing\n"));
    bench.does("edit", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:bo", "user:cleo"])]);
    bench.does("publish", "Tell", "user:ana", &[]);
    let text = bench.does("show", "Tell", "user:ana", &[]);
    assert!(text.contains("let last:\n    tells user:cleo\n"), "{text}");
    assert!(text.contains("user:ana: it was made\n"), "{text}");
    assert!(text.contains("user:ana: `user:ana` no longer lets `ver_"), "{text}");
}

#[test]
fn a_list_is_json_for_scripts() {
    let bench = world("");
    bench.telling();
    let list: serde_json::Value = serde_json::from_str(&bench.fine(&["automation", "list", "--json"])).unwrap();
    assert_eq!(list[0]["name"], "Tell");
    assert_eq!((&list[0]["state"], &list[0]["consent"]), (&"on".into(), &true.into()));
    assert_eq!(bench.fine(&["automation", "list", "--as", "user:bo", "--json"]), "[]\n");
}

#[test]
fn one_13_managers_are_told_once_and_share_says_what_it_refuses() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    assert!(bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]).contains("nothing changed"));
    assert_eq!(bench.notices("user:bo"), ["you manage it now"]);
    assert!(
        bench.denied("share", "Tell", "user:bo", &["--remove", "user:ana"]).contains("hand it over first"),
        "ONE-16"
    );
    assert!(bench.denied("share", "Tell", "user:ana", &[]).contains("say whom to `--add` or to `--remove`"));
    assert!(bench.does("share", "Tell", "user:ana", &["--remove", "user:bo"]).contains("user:bo no longer manages it"));
    assert_eq!(bench.fine(&["automation", "list", "--as", "user:bo"]), "");
}
