//! From its making to its end.

use super::{telling, world};

#[test]
fn a_life_from_making_to_deletion() {
    let bench = world("");
    let draft = telling(&bench, "won", &["user:bo"]);
    let made = bench.does("create", "Tell", "user:ana", &["--draft", &draft]);
    assert!(made.contains("`Tell` is off and runs as user:ana"), "{made}");
    assert!(bench.does("show", "Tell", "user:ana", &[]).contains("version  none: nothing is published"), "MON-16");
    let published = bench.does("publish", "Tell", "user:ana", &[]);
    assert!(published.contains("`Tell` has a new version. It runs once user:ana turns it on."), "{published}");
    assert!(bench.fine(&["automation", "list"]).contains("off      private  Tell  runs as user:ana  (no consent)"));
    let on = bench.does("enable", "Tell", "user:ana", &[]);
    assert!(on.contains("It acts on behalf of user:ana, who consented to exactly this version:"), "{on}");
    assert!(on.contains("  reads    deals: stage") && on.contains("  tells    user:bo"), "{on}");
    assert!(bench.fine(&["row", "insert", "deals", "4", r#"{"stage":"won"}"#]).contains("told   1: bo"));
    bench.does("delete", "Tell", "user:ana", &[]);
    assert!(bench.fine(&["row", "insert", "deals", "5", r#"{"stage":"won"}"#]).contains("no automation listens to it"));
}

#[test]
fn what_was_shown_is_what_is_let() {
    let bench = world("");
    bench.telling();
    let other = format!("ver_{}", "0".repeat(64));
    let seen = bench.denied("consent", "Tell", "user:ana", &["--seen", &other]);
    assert!(seen.contains(&format!("`{other}` is not the published version, which is `ver_")), "{seen}");
    let version = bench.page("Tell", "user:ana")["automation"]["published"].as_str().unwrap().to_owned();
    let let_act = bench.does("consent", "Tell", "user:ana", &["--seen", &version]);
    assert!(let_act.contains("`user:ana` lets `ver_"), "{let_act}");
}

#[test]
fn ven_12_turning_it_on_again_takes_a_new_consent() {
    let bench = world("");
    bench.telling();
    assert!(bench.does("disable", "Tell", "user:ana", &[]).contains("`Tell` is off."));
    assert!(bench.page("Tell", "user:ana")["consent"].is_null());
    let on = bench.does("enable", "Tell", "user:ana", &[]);
    assert!(on.contains("`user:ana` lets `ver_") && on.contains("  reads    deals: stage"), "it is shown again: {on}");
}

#[test]
fn who_speaks_for_nobody_turns_the_switch_and_it_waits() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    bench.does("revoke", "Tell", "user:ana", &[]);
    assert!(bench.fine(&["automation", "list"]).contains("(waits for consent)"));
    bench.does("disable", "Tell", "user:bo", &[]);
    let on = bench.does("enable", "Tell", "user:bo", &[]);
    assert!(on.contains("`Tell` is on, but waits until user:ana lets exactly this version act for them:"), "{on}");
    let refused = bench.denied("consent", "Tell", "user:bo", &[]);
    assert!(refused.contains("may not consent this automation"), "{refused}");
    assert!(bench.fine(&["row", "insert", "deals", "4", r#"{"stage":"won"}"#]).contains("no automation listens"));
    assert!(bench.does("consent", "Tell", "user:ana", &[]).contains("`user:ana` lets `ver_"));
    assert!(bench.fine(&["row", "insert", "deals", "5", r#"{"stage":"won"}"#]).contains("told   1: bo"));
}

#[test]
fn ven_21_a_stopped_one_is_restarted_by_hand_once_it_may() {
    let bench = world("");
    bench.telling();
    bench.fine(&["grant", "remove", "user:ana", "read", "deals"]);
    bench.mandate(&["row", "insert", "deals", "4", r#"{"stage":"won"}"#]);
    assert!(bench.fine(&["automation", "list"]).starts_with("stopped"), "VEN-18");
    let told = ["it was stopped: `user:ana` may not read `deals`"];
    assert_eq!(bench.notices("user:root"), told, "VEN-19: once");
    assert_eq!(bench.notices("user:ana"), told);
    let inbox = bench.fine(&["inbox", "--as", "user:root"]);
    assert!(inbox.contains("automation `Tell`: it was stopped") && inbox.contains("mandate automation show aut_"));
    let refused = bench.denied("enable", "Tell", "user:ana", &[]);
    let lack = "`user:ana` lacks something that you may not know of";
    assert!(refused.contains(lack) && !refused.contains("could change that"), "A04: {refused}");
    assert!(bench.does("show", "Tell", "user:root", &[]).contains("  lacks    `user:ana` may not read `deals`"));
    bench.fine(&["grant", "add", "user:ana", "read", "deals"]);
    assert!(bench.fine(&["automation", "list"]).starts_with("stopped"), "nothing resumes by itself");
    assert!(bench.does("enable", "Tell", "user:ana", &[]).contains("`user:ana` lets `ver_"));
}

#[test]
fn another_name_another_kind_and_the_end() {
    let bench = world("");
    let draft = telling(&bench, "won", &["user:bo"]);
    bench.does("create", "Tell", "user:ana", &["--workspace", "sales", "--draft", &draft]);
    assert!(bench.does("rename", "Tell", "user:ana", &["Won"]).contains("it is called `Won`, no longer `Tell`"));
    assert!(bench.denied("rename", "Won", "user:ana", &[""]).contains("a name has 1 to 200 characters"));
    assert!(bench.denied("show", "Won", "user:dan", &[]).contains("there is no automation `Won`"));
    assert!(bench.does("kind", "Won", "user:ana", &["main"]).contains("`Won`: it is main"));
    assert!(bench.does("kind", "Won", "user:ana", &["main"]).contains("nothing changed, it was so already"));
    let refused = bench.denied("rename", "Won", "user:dan", &["Mine"]);
    assert!(refused.contains("`user:dan` may not rename this automation"), "{refused}");
    assert!(refused.contains("`user:ana` could change that") && !refused.contains("user:root"), "{refused}");
    assert!(bench.does("delete", "Won", "user:ana", &[]).contains("it was deleted, for ever"));
    assert_eq!(bench.fine(&["automation", "list"]), "");
    assert!(bench.denied("show", "Won", "user:ana", &[]).contains("there is no automation `Won`"));
}

#[test]
fn a03_a_copy_is_off_without_consent_and_with_a_draft_of_its_maker() {
    let bench = world("");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    let copy = bench.does("clone", "Tell", "user:bo", &["Mine"]);
    assert!(copy.contains("`Mine` is a copy of `Tell`: off, without consent"), "{copy}");
    let page = bench.page("Mine", "user:bo");
    assert_eq!((&page["automation"]["run_as"], &page["automation"]["state"]), (&"user:bo".into(), &"off".into()));
    assert!(page["consent"].is_null() && page["automation"]["published"].is_null());
    assert!(bench.does("draft", "Mine", "user:bo", &[]).contains(r#""value": "won""#));
    assert!(bench.denied("show", "Mine", "user:ana", &[]).contains("there is no automation `Mine`"));
}

#[test]
fn ven_14_only_an_admin_takes_over_a_consent_of_another_product() {
    let planted = r#"
[[automations]]
name = "Tell"
plugin = "settings-driven"
run_as = "user:ana"
settings = { dataset = "deals", column = "stage", value = "won" }
trigger = { on = "row", dataset = "deals", change = ["added"] }
"#;
    let bench = world(planted);
    let draft = telling(&bench, "won", &["user:bo"]);
    bench.does("edit", "Tell", "user:ana", &["--draft", &draft]);
    bench.does("publish", "Tell", "user:ana", &[]);
    bench.does("create", "Own", "user:ana", &["--draft", &draft]);
    bench.does("publish", "Own", "user:ana", &[]);
    assert!(
        bench.denied("migrate", "Own", "user:root", &[]).contains("was made here, so there is no consent from another")
    );
    assert!(
        bench.denied("migrate", "Tell", "user:ana", &[]).contains("may not change how this site governs automations")
    );
    let other = bench.denied("migrate", "Tell", "user:root", &["--ran-as", "user:bo"]);
    assert!(other.contains("runs as `user:ana`, not as `user:bo`"), "{other}");
    bench.does("migrate", "Tell", "user:root", &["--ran-as", "user:ana"]);
    assert!(bench.does("show", "Tell", "user:ana", &[]).contains("taken over from another product"));
    // It is listed as that, and what was consented to here is not.
    bench.does("enable", "Own", "user:ana", &[]);
    let listed = bench.fine(&["automation", "list", "--grandfathered"]);
    assert!(listed.contains("Tell  runs as user:ana  (grandfathered)") && listed.lines().count() == 1, "{listed}");
    assert_eq!(bench.fine(&["automation", "list", "--grandfathered", "--as", "user:ana"]), listed);
    let json = |filter: &[&str]| -> serde_json::Value {
        let all = [&["automation", "list", "--json"], filter].concat();
        serde_json::from_str(&bench.fine(&all)).unwrap()
    };
    let all = json(&[]);
    let of =
        |name: &str| all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["grandfathered"].clone();
    assert_eq!((of("Tell"), of("Own")), (true.into(), false.into()));
    assert_eq!(json(&["--grandfathered"]).as_array().unwrap().len(), 1);
    bench.does("disable", "Tell", "user:root", &[]);
    assert!(bench.denied("migrate", "Tell", "user:root", &[]).contains("was turned on here before"));
    assert_eq!(bench.fine(&["automation", "list", "--grandfathered"]), "", "it ended");
}
