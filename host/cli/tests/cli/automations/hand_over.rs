//! Taken, offered and accepted, moved: nobody becomes the one that it runs as unawares.

use super::{telling, world};

#[test]
fn ven_15_taking_it_shows_what_acts_and_changes_nothing_until_confirmed() {
    let bench = world("");
    bench.telling();
    bench.fine(&["grant", "add", "user:root", "read", "deals"]);
    let said = bench.mandate(&super::words("take", "Tell", "user:root", &[]));
    assert_eq!(said.code, 2);
    assert!(said.out.contains("  reads    deals: stage") && said.out.contains("  you may  "), "VEN-11: {}", said.out);
    assert!(said.err.contains("nothing changed: `user:root` would let `ver_"), "{}", said.err);
    assert!(said.out.contains("as user:root it would reach:"), "FIL-21: {}", said.out);
    assert!(said.out.contains("its reach would stay as it is"), "FIL-21: {}", said.out);
    assert_eq!(bench.page("Tell", "user:ana")["automation"]["run_as"], "user:ana");
    let taken = bench.does("take", "Tell", "user:root", &["--confirm"]);
    assert!(taken.contains("it runs as user:root, before as user:ana"), "{taken}");
    assert!(taken.contains("`user:root` lets `ver_"), "VEN-13: {taken}");
    assert_eq!(bench.notices("user:ana"), ["it no longer runs as you"]);
}

#[test]
fn ven_08_who_lacks_a_power_is_told_which_when_they_take_it() {
    let bench = world("");
    bench.telling();
    for more in [&[][..], &["--confirm"]] {
        let refused = bench.denied("take", "Tell", "user:root", more);
        assert!(refused.contains("`user:root` may not read `deals`"), "{refused}");
        assert!(!refused.contains("could change that"), "nobody is sent to themself: {refused}");
    }
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    let refused = bench.denied("take", "Tell", "user:bo", &["--confirm"]);
    assert!(refused.contains("`user:bo` may not take this automation"), "{refused}");
    assert!(!refused.contains("could change that"), "bo may see nobody's page: {refused}");
}

#[test]
fn an_offer_is_accepted_declined_or_withdrawn() {
    let bench = world("");
    bench.telling();
    assert!(bench.denied("show", "Tell", "user:bo", &[]).contains("there is no automation"), "not his yet");
    bench.does("offer", "Tell", "user:ana", &["--to", "user:bo"]);
    assert_eq!(bench.notices("user:bo"), ["it is offered to you: accept or decline"]);
    assert!(bench.fine(&["automation", "list", "--as", "user:bo"]).contains("offered to user:bo"));
    assert!(bench.does("decline", "Tell", "user:bo", &[]).contains("it is no longer offered to user:bo"));
    bench.does("offer", "Tell", "user:ana", &["--to", "user:bo"]);
    bench.does("withdraw", "Tell", "user:ana", &[]);
    assert!(bench.denied("accept", "Tell", "user:bo", &["--confirm"]).contains("there is no automation `Tell`"));
    bench.does("offer", "Tell", "user:ana", &["--to", "user:bo"]);
    let said = bench.mandate(&super::words("accept", "Tell", "user:bo", &[]));
    assert!(said.err.contains("nothing changed") && said.err.contains("`--confirm`"), "{}", said.err);
    assert!(
        said.out.contains("as user:bo it would reach:") && said.out.contains("its reach would"),
        "FIL-21: {}",
        said.out
    );
    assert_eq!(bench.page("Tell", "user:ana")["automation"]["run_as"], "user:ana");
    assert!(bench.does("accept", "Tell", "user:bo", &["--confirm"]).contains("it runs as user:bo"));
    assert_eq!(bench.notices("user:ana"), ["it no longer runs as you"], "told once");
}

#[test]
fn only_whom_it_runs_as_offers_it() {
    let bench = world("");
    bench.telling();
    let refused = bench.denied("offer", "Tell", "user:root", &["--to", "user:bo"]);
    assert!(refused.contains("only `user:ana`, whom the automation runs as"), "{refused}");
    assert!(bench.denied("offer", "Tell", "user:ana", &["--to", "user:ghost"]).contains("there is no `user:ghost`"));
}

#[test]
fn mon_29_moved_to_somebody_it_is_off_until_they_turn_it_on() {
    let bench = world("");
    bench.telling();
    let moved = bench.does("move", "Tell", "user:root", &["--to", "user:bo"]);
    assert!(moved.contains("it runs as user:bo, before as user:ana") && moved.contains("turned off"), "{moved}");
    assert_eq!(bench.notices("user:bo"), ["it would run as you: it is off until you turn it on"]);
    assert!(bench.does("enable", "Tell", "user:bo", &[]).contains("on behalf of user:bo"));
}

#[test]
fn fnd_18_an_act_that_would_move_it_warns_and_is_confirmed() {
    let bench = world("[governance.settings]\nacquire_on = [\"create\", \"rename\", \"toggle\"]\n");
    bench.telling();
    bench.does("share", "Tell", "user:ana", &["--add", "user:bo"]);
    for (verb, more) in [("rename", &["Mine"][..]), ("disable", &[])] {
        let said = bench.mandate(&super::words(verb, "Tell", "user:bo", more));
        let warning = "nothing changed: this makes the automation run as `user:bo` in place of `user:ana`";
        assert!(said.code == 2 && said.err.contains(warning), "{verb}: {}", said.err);
        assert!(said.out.contains("  reads    deals: stage"), "what would act is shown: {}", said.out);
        assert!(said.out.contains("as user:bo it would reach:"), "FIL-21, {verb}: {}", said.out);
    }
    let renamed = bench.does("rename", "Tell", "user:bo", &["Mine", "--confirm"]);
    assert!(renamed.contains("it runs as user:bo, before as user:ana"), "{renamed}");
    assert!(renamed.contains("it is called `Mine`, no longer `Tell`"), "{renamed}");
}

#[test]
fn ven_02_where_the_first_to_turn_it_on_is_whom_it_runs_as_that_is_confirmed() {
    let bench = world(
        "[governance]\npreset = \"vendasta\"\n[governance.settings.roles]\nmember = [\"create\", \"view\", \"edit\", \"toggle\"]\n",
    );
    let draft = telling(&bench, "won", &["user:bo"]);
    let made = bench.does("create", "Tell", "user:ana", &["--draft", &draft]);
    assert!(made.contains("runs as nobody yet"), "{made}");
    let unconfirmed = bench.denied("enable", "Tell", "user:ana", &[]);
    assert!(unconfirmed.contains("whoever turns it on first is whom the automation runs as"), "{unconfirmed}");
    assert!(bench.page("Tell", "user:ana")["version"].is_null(), "nothing changed: her draft is not published either");
    bench.does("publish", "Tell", "user:ana", &[]);
    let said = bench.mandate(&super::words("enable", "Tell", "user:bo", &[]));
    assert!(said.err.contains("run as `user:bo` in place of nothing"), "{}", said.err);
    assert!(said.out.contains("runs as nobody yet; as user:bo it would reach:"), "FIL-21: {}", said.out);
    let on = bench.does("enable", "Tell", "user:bo", &["--confirm"]);
    assert!(on.contains("It acts on behalf of user:bo"), "{on}");
}

#[test]
fn what_is_offered_to_a_team_is_accepted_by_who_speaks_for_it() {
    let bench = world("[governance.settings]\nowner_kinds = [\"user\", \"team\"]\n");
    bench.telling();
    bench.does("offer", "Tell", "user:ana", &["--to", "team:desk"]);
    let unseen = bench.denied("show", "Tell", "user:cleo", &[]);
    assert!(unseen.contains("there is no automation `Tell`"), "she is in it, but does not speak for it: {unseen}");
    assert!(bench.does("show", "Tell", "user:bo", &[]).contains("  tells    user:bo"), "he decides on it");
    let accepted = bench.does("accept", "Tell", "user:bo", &["--confirm"]);
    assert!(accepted.contains("it runs as team:desk, before as user:ana"), "{accepted}");
    assert!(accepted.contains("act for them, says `user:bo`"), "{accepted}");
}
