//! Drafts: private to their editor, and refused when others published meanwhile.

use super::{telling, world};

#[test]
fn mon_13_a_draft_is_its_editors_alone() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    let none = bench.denied("draft", "Tell", "user:bo", &[]);
    assert!(none.contains("user:bo has no draft of `Tell`: write one with `mandate automation edit`"), "{none}");
    bench.does("edit", "Tell", "user:bo", &["--draft", &telling(&bench, "lost", &["user:cleo"])]);
    assert!(bench.does("draft", "Tell", "user:bo", &[]).contains("lost"));
    assert!(!bench.does("draft", "Tell", "user:ana", &[]).contains("lost"), "ana has her own");
    assert!(!bench.does("show", "Tell", "user:ana", &[]).contains("lost"), "MON-14: others see what is published");
}

#[test]
fn a_draft_that_was_printed_can_be_written_again() {
    let bench = world("");
    bench.telling();
    let printed = bench.does("draft", "Tell", "user:ana", &[]);
    bench.does("edit", "Tell", "user:ana", &["--draft", &bench.file("printed.json", &printed)]);
    assert_eq!(bench.does("draft", "Tell", "user:ana", &[]), printed);
}

#[test]
fn who_may_not_edit_writes_no_draft() {
    let bench = world("");
    bench.telling();
    let draft = telling(&bench, "lost", &[]);
    assert!(bench.denied("edit", "Tell", "user:bo", &["--draft", &draft]).contains("there is no automation `Tell`"));
    bench.does("invite", "Tell", "user:ana", &["--add", "user:bo"]);
    let refused = bench.denied("edit", "Tell", "user:bo", &["--draft", &draft]);
    assert!(refused.contains("`user:bo` may not edit this automation"), "{refused}");
    assert!(refused.contains("`user:ana` could change that") && !refused.contains("user:root"), "{refused}");
    assert!(bench.denied("draft", "Tell", "user:bo", &[]).contains("has no draft"), "nothing was kept");
}

#[test]
fn mon_25_who_lacks_a_power_of_it_does_not_edit_where_a_site_says_so() {
    let bench = world("[governance.settings]\nprecheck = [\"edit\"]\n");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:dan"]);
    let refused = bench.denied("edit", "Tell", "user:dan", &["--draft", &telling(&bench, "lost", &[])]);
    assert!(refused.contains("`user:dan` lacks something that you may not know of"), "{refused}");
}

#[test]
fn a_stale_draft_is_refused_and_both_sides_are_shown() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench.does("edit", "Tell", "user:bo", &["--draft", &telling(&bench, "lost", &["user:bo"])]);
    bench.does("edit", "Tell", "user:ana", &["--draft", &telling(&bench, "won", &["user:cleo"])]);
    bench.does("publish", "Tell", "user:ana", &[]);
    let said = bench.mandate(&super::words("publish", "Tell", "user:bo", &[]));
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("the draft was begun on `ver_") && said.err.contains("is published now"), "{}", said.err);
    let (theirs, own) = said.out.split_once("your draft changes:").unwrap();
    assert!(theirs.contains("since your draft was begun, others published:"), "{theirs}");
    assert!(theirs.contains("  tells user:cleo") && theirs.contains("  no longer tells user:bo"), "{theirs}");
    assert!(own.contains(r#"other settings: {"column":"stage","dataset":"deals","value":"lost"}"#), "{own}");
    assert!(!own.contains("cleo"), "{own}");
    // Begun again, it is told once more what others did, and then it can be published.
    let again = bench.does("edit", "Tell", "user:bo", &["--draft", &telling(&bench, "lost", &["user:bo"])]);
    assert!(again.contains("others published:") && again.contains("tells user:cleo"), "{again}");
    bench.does("publish", "Tell", "user:bo", &[]);
}

#[test]
fn a_draft_that_is_none_is_refused_where_it_stands() {
    let bench = world("");
    bench.telling();
    for (text, told) in [
        ("[]", "this is a list: write an object"),
        (r#"{"plugin":"p","plugin":"q"}"#, "the key `plugin` stands twice"),
        (r#"{"plugin":"p"}"#, "missing field `trigger`"),
        (r#"{"plugin":"p","settigns":{}}"#, "unknown field `settigns`"),
    ] {
        let refused = bench.denied("edit", "Tell", "user:ana", &["--draft", &bench.file("bad.json", text)]);
        assert!(refused.contains("bad.json`: ") && refused.contains(told), "{refused}");
    }
}

#[test]
fn fnd_18_publishing_that_would_move_it_warns_and_is_confirmed() {
    let bench = world("[governance.settings]\nacquire_on = [\"create\", \"save\"]\n");
    let draft = telling(&bench, "won", &["user:bo"]);
    bench.does("create", "Tell", "user:ana", &["--draft", &draft]);
    bench.does("publish", "Tell", "user:ana", &[]);
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench.does("edit", "Tell", "user:bo", &["--draft", &telling(&bench, "lost", &["user:cleo"])]);
    let said = bench.mandate(&super::words("publish", "Tell", "user:bo", &[]));
    let warning = "nothing changed: this makes the automation run as `user:bo` in place of `user:ana`";
    assert!(said.code == 2 && said.err.contains(warning) && said.err.contains("`--confirm`"), "{}", said.err);
    assert!(said.out.contains("asks to read `deals`"), "what would act is shown: {}", said.out);
    assert!(
        said.out.contains("as user:bo it would reach:") && said.out.contains("its reach would"),
        "FIL-21: {}",
        said.out
    );
    assert_eq!(bench.page("Tell", "user:bo")["automation"]["run_as"], "user:ana");
    bench.does("publish", "Tell", "user:bo", &["--confirm"]);
    assert_eq!(bench.page("Tell", "user:bo")["automation"]["run_as"], "user:bo");
    assert_eq!(bench.notices("user:ana"), ["it no longer runs as you"]);
}
