//! `mandate policy`, and the verbs that show what would become of automations before it is done.

use serde_json::Value as Json;

use crate::bench::Bench;

const SALES: &str = "fixtures/sales/fixture.toml";
const NAME: &str = "Tell about big new opportunities";

const BIG: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;

/// A site with an admin, a manager and somebody else; nothing is published in it.
const SMALL: &str = r#"site = "acme"
[[people]]
id = "ada"
name = "Ada"
[[people]]
id = "ana"
name = "Ana"
[[people]]
id = "bob"
name = "Bob"
[[roles]]
role = "site-admin"
to = "user:ada"
[[workspaces]]
id = "sales"
name = "Sales"
[datasets.deals]
columns = [{ name = "amount", type = "integer" }]
[[automations]]
name = "Tell"
plugin = "teller"
run_as = "user:ana"
managers = ["user:bob"]
trigger = { on = "row", dataset = "deals", change = ["added"] }
"#;

fn small() -> Bench {
    let bench = Bench::new();
    let fixture = bench.file("fixture.toml", SMALL);
    bench.fine(&["fixture", "load", &fixture]);
    bench
}

/// The sales fixture with its automation on, in a site where a lost power stops it.
fn sales() -> Bench {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity")]);
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    let file = bench.file("stop.toml", "preset = \"mandate\"\n");
    bench.fine(&["policy", "set", &file]);
    bench
}

#[test]
fn the_presets_stand_side_by_side() {
    let golden = std::fs::read_to_string(crate::bench::repository().join("tests/golden/presets.md")).unwrap();
    let table = Bench::new().fine(&["policy", "presets"]);
    assert!(golden.contains(&table), "{table}");
    assert_eq!(table.lines().count(), 15);
}

#[test]
fn what_holds_is_shown_with_where_it_comes_from() {
    let bench = small();
    let shown = bench.fine(&["policy", "show"]);
    assert!(shown.starts_with("site `acme` is governed by the preset `mandate`\n"), "{shown}");
    assert!(shown.contains("  history      own-right  (preset mandate)\n"), "{shown}");
    assert!(shown.contains("no policies of its own") && !shown.contains("note:"), "{shown}");
    let file = bench.file(
        "own.toml",
        "preset = \"oneup\"\npolicies = \"mine.cedar\"\n[settings]\nhistory = \"viewers\"\nroles = { auditor = [\"view-all\"] }\n",
    );
    bench.file(
        "mine.cedar",
        "@id(\"mine\") forbid (principal == User::\"bob\", action == Action::\"edit\", resource);\n",
    );
    let said = bench.fine(&["policy", "set", &file]);
    assert_eq!(said, "site `acme` is governed by the preset `oneup`, with its own `history`, `roles`, policies\n");
    let shown = bench.fine(&["policy", "show"]);
    assert!(shown.contains("  history      viewers  (own)\n"), "{shown}");
    assert!(shown.contains("(preset oneup)") && shown.contains("auditor          view-all  (own)"), "{shown}");
    assert!(shown.contains("@id(\"mine\")"), "{shown}");
    assert!(
        shown.contains(
            "note: `evaluate_as` is run-as: whom an automation tells is sent what it finds as whom it runs as"
        )
    );
    assert!(shown.contains("tells each as themself until it is published again"), "{shown}");
    let json: Json = serde_json::from_str(&bench.fine(&["policy", "show", "--json"])).unwrap();
    assert_eq!(json["settings"].as_array().unwrap().len(), 13);
    assert_eq!(json["settings"][8]["from"], "own");
    assert_eq!(json["preset"], "oneup");
}

#[test]
fn what_is_not_valid_is_told_with_line_and_column_and_nothing_changes() {
    let bench = small();
    let before = bench.fine(&["policy", "show"]);
    bench.file("wrong.cedar", "permit (principal, action, resource)\nwhen { principal.nothing };\n");
    for (name, text, place, words) in [
        ("preset.toml", "preset = \"slack\"\n", ":1:10: ", "there is no preset `slack`: there are `vendasta`"),
        ("setting.toml", "[settings]\nhistory = \"nobody\"\n", ":2:1: ", "`history`: unknown variant `nobody`"),
        ("unknown.toml", "[settings]\nnothing = 1\n", ":2:1: ", "unknown field `nothing`"),
        ("key.toml", "presets = \"oneup\"\n", ":1:1: ", "unknown field `presets`"),
        ("toml.toml", "preset = \n", ":1:", ""),
        ("role.toml", "[settings]\ncreate_roles = [\"boss\"]\n", ":1:1: ", "`create_roles` names the role `boss`"),
        ("policies.toml", "policies = \"wrong.cedar\"\n", "wrong.cedar:2:", ""),
        ("inline.toml", "policies = \"permit (principal, action\"\n", ":1:", ""),
        ("none.toml", "policies = \"none.cedar\"\n", ":1:12: ", "cannot read `none.cedar`: there is no such file"),
    ] {
        let file = bench.file(name, text);
        for verb in ["set", "check"] {
            let said = bench.refused(&["policy", verb, &file]);
            assert!(said.contains(place) && said.contains(words), "{name}: {said}");
        }
    }
    assert!(bench.refused(&["policy", "set", "nowhere.toml"]).contains("nowhere.toml: cannot read it"));
    assert_eq!(bench.fine(&["policy", "show"]), before);
}

#[test]
fn only_who_may_set_policy_sets_it() {
    let bench = small();
    let file = bench.file("own.toml", "preset = \"oneup\"\n");
    let said = bench.refused(&["policy", "set", &file, "--as", "user:bob"]);
    assert!(
        said.contains("`user:bob` may not change how this site governs automations") && !said.contains("user:ada"),
        "{said}"
    );
    assert!(bench.refused(&["policy", "set", &file, "--as", "user:nobody"]).contains("there is no `user:nobody`"));
    assert!(bench.fine(&["policy", "show"]).contains("preset `mandate`"));
    bench.fine(&["policy", "set", &file, "--as", "user:ada"]);
    assert!(bench.fine(&["policy", "show"]).contains("preset `oneup`"));
}

#[test]
fn who_would_gain_and_lose_is_shown_before_it_holds() {
    let bench = small();
    let same = bench.file("same.toml", "preset = \"mandate\"\n");
    assert_eq!(bench.fine(&["policy", "check", &same]), "nothing changes for anybody\n");
    let file = bench.file(
        "own.toml",
        "policies = '''\nforbid (principal == User::\"bob\", action in [Action::\"edit\", Action::\"rename\"], resource);\n'''\n\
         [settings]\ncreate_roles = \"anyone\"\n",
    );
    let said = bench.fine(&["policy", "check", &file]);
    assert!(said.contains("`create_roles`: ") && said.contains("  →  anyone\n"), "{said}");
    assert!(said.contains("the site's own policies would be others\n"), "{said}");
    assert!(said.contains("user:bob loses on `Tell`: edit, rename\n"), "{said}");
    assert!(said.contains("user:bob gains on the site: create\n"), "{said}");
    assert!(said.contains("user:ana gains on the site: create\n") && !said.contains("user:ada"), "{said}");
    assert!(bench.fine(&["policy", "show"]).contains("no policies of its own"), "it was only looked at");
    let json: Json = serde_json::from_str(&bench.fine(&["policy", "check", &file, "--json"])).unwrap();
    assert_eq!(json["decisions"].as_array().unwrap().len(), 4, "{json}");
    let quiet = bench.file("quiet.toml", "[settings]\ndrafts = \"last-wins\"\n");
    assert!(bench.fine(&["policy", "check", &quiet]).contains("who may do what stays as it is\n"));
}

#[test]
fn a13_a_policy_that_errs_is_shown_as_cannot_decide() {
    let bench = small();
    let file = bench.file(
        "errs.toml",
        "policies = '''\n@id(\"limit\") forbid (principal, action == Action::\"rename\", resource)\n\
         when { (if context.must_hold then 1 else 9223372036854775807) + 1 > 0 };\n'''\n",
    );
    let said = bench.fine(&["policy", "check", &file]);
    assert!(said.contains("user:bob loses on `Tell`: rename\n"), "{said}");
    assert!(
        said.contains("user:bob is refused on `Tell`: rename: cannot decide: policy `limit`: integer overflow"),
        "{said}"
    );
}

#[test]
fn what_a_removed_grant_would_stop_is_shown_and_then_comes() {
    let bench = sales();
    let remove = ["grant", "remove", "team:emea", "read", "opportunities"];
    let said = bench.fine(&[&remove[..], &["--dry-run"]].concat());
    assert!(said.contains(&format!("`{NAME}` would stop: `user:ines` may not read `opportunities`")), "{said}");
    assert!(said.ends_with("nothing was changed: leave out `--dry-run` to do it\n"), "{said}");
    assert!(bench.fine(&["automation", "list"]).starts_with("on"));
    let said = bench.fine(&remove);
    assert!(said.contains(&format!("`{NAME}` was stopped: `user:ines` may not read `opportunities`")), "{said}");
    assert!(bench.fine(&["automation", "list"]).starts_with("stopped"));
    let none = bench.refused(&[&remove[..], &["--dry-run"]].concat());
    assert!(none.contains("team:emea has no grant of their own to read opportunities"), "{none}");
    let nothing = bench.fine(&["grant", "remove", "team:finance", "update", "opportunities", "--dry-run"]);
    assert!(nothing.contains("no automation would stop, and none would lose its last manager"), "{nothing}");
}

#[test]
fn roles_are_given_listed_foreseen_and_taken() {
    let bench = small();
    assert_eq!(bench.fine(&["role", "list"]), "user:ada  `site-admin` of the site\n");
    let said = bench.fine(&["role", "add", "user:bob", "member", "--workspace", "sales"]);
    assert_eq!(said, "user:bob is `member` of the workspace `sales`\n");
    assert!(bench.fine(&["role", "add", "user:bob", "member", "--workspace", "sales"]).ends_with("already\n"));
    bench.fine(&["role", "add", "user:bob", "auditor", "--dataset", "deals"]);
    assert_eq!(bench.fine(&["role", "list"]).lines().count(), 3);
    let said = bench.fine(&["role", "remove", "user:ada", "site-admin", "--dry-run"]);
    assert!(said.contains("user:ada loses on the site: create, set-policy\n"), "{said}");
    assert!(said.contains("user:ada loses on `Tell`: "), "{said}");
    assert_eq!(bench.fine(&["role", "list"]).lines().count(), 3, "it was only looked at");
    bench.fine(&["role", "remove", "user:ada", "site-admin"]);
    assert!(!bench.fine(&["role", "list"]).contains("user:ada"));
    for more in [&["--dry-run"][..], &[]] {
        let said = bench.refused(&[&["role", "remove", "user:ada", "site-admin"], more].concat());
        assert!(
            said.contains("user:ada is not `site-admin` of the site of their own: see `mandate role list`"),
            "{said}"
        );
    }
    for (words, said) in [
        (&["user:nobody", "member"][..], "`user:nobody` is unknown"),
        (&["user:bob", "Member!"], "`Member!` is no name of a role"),
        (&["user:bob", "member", "--workspace", "none"], "there is no workspace `none`"),
        (&["user:bob", "member", "--dataset", "none"], "`none`"),
        (&["site:acme", "member"], "name a person or a team"),
    ] {
        let refused = bench.refused(&[&["role", "add"], words].concat());
        assert!(refused.contains(said), "{refused}");
    }
    assert_eq!(bench.fine(&["role", "remove", "user:bob", "auditor", "--dataset", "deals"]).lines().count(), 1);
    bench.fine(&["role", "remove", "user:bob", "member", "--workspace", "sales"]);
    assert_eq!(bench.fine(&["role", "list"]), "nobody has a role\n");
}

#[test]
fn mon_29_a_person_is_looked_at_deactivated_and_handed_over() {
    let bench = sales();
    bench.fine(&["role", "add", "user:henrik", "site-admin"]);
    let said = bench.fine(&["person", "show", "user:ines"]);
    assert!(said.contains(&format!("runs as user:ines:\n  `{NAME}` (on)\n")), "{said}");
    assert!(said.contains("through team:emea"), "{said}");
    let unseen = bench.fine(&["person", "show", "user:ines", "--as", "user:maya"]);
    assert!(!unseen.contains(NAME), "{unseen}");
    let said = bench.fine(&["person", "deactivate", "user:ines", "--dry-run"]);
    assert!(said.contains(&format!("`{NAME}` would stop: ")), "{said}");
    assert!(said.contains(&format!("`{NAME}` (on) runs as them\n")), "{said}");
    assert!(bench.fine(&["automation", "list"]).starts_with("on"));
    let said = bench.fine(&["person", "deactivate", "user:ines", "--leave"]);
    assert!(said.starts_with("user:ines is deactivated\n"), "{said}");
    assert!(
        said.contains(&format!("`{NAME}` was stopped: ")) && said.contains(&format!("`{NAME}` still runs as them")),
        "{said}"
    );
    assert!(bench.refused(&["person", "deactivate", "user:ines", "--dry-run"]).contains("is deactivated already"));
    let over = ["person", "hand-over", "user:ines", "--to"];
    let gone = bench.refused(&[&over[..], &["user:ines", "--as", "user:henrik"]].concat());
    assert!(gone.contains("there is no `user:ines`, or they are deactivated"), "{gone}");
    let none = bench.fine(&[&over[..], &["user:lukas", "--as", "user:maya"]].concat());
    assert_eq!(none, "nothing runs as user:ines that user:maya may see\n");
    let kept = bench.mandate(&[&over[..], &["user:lukas", "--as", "user:amara"]].concat());
    assert_eq!(kept.code, 1, "{}", kept.out);
    assert!(kept.out.contains(&format!("`{NAME}` stays: `user:amara` may not take this automation")), "{}", kept.out);
    let said = bench.fine(&[&over[..], &["user:lukas", "--as", "user:henrik"]].concat());
    assert_eq!(said, format!("`{NAME}` runs as user:lukas once they turn it on\n"));
    bench.fine(&["automation", "enable", NAME, "--as", "user:lukas"]);
    assert_eq!(bench.fine(&["person", "activate", "user:ines"]), "user:ines is active\n");
    for verb in ["show", "deactivate", "activate"] {
        let said = bench.refused(&["person", verb, "user:nobody"]);
        assert!(said.contains("user:nobody"), "{said}");
    }
}

#[test]
fn mon_29_fil_42_a_site_names_who_takes_over() {
    let bench = sales();
    bench.fine(&["role", "add", "user:henrik", "site-admin"]);
    let shown = "default successor, for `mandate person hand-over` without `--to`: ";
    assert!(bench.fine(&["policy", "show"]).contains(&format!("{shown}–\n")));
    let over = ["person", "hand-over", "user:ines", "--as", "user:henrik"];
    assert!(
        bench
            .refused(&over)
            .contains("this site has no default successor: name somebody who can take it over, with `--to PERSON`")
    );
    let file = bench.file("lukas.toml", "successor = \"user:lukas\"\n");
    let checked = bench.fine(&["policy", "check", &file]);
    assert!(checked.starts_with("`successor`: –  →  user:lukas\nwho may do what stays as it is\n"), "{checked}");
    let said = bench.fine(&["policy", "set", &file]);
    assert_eq!(said, "site `acme` is governed by the preset `mandate`, with its own default successor `user:lukas`\n");
    assert!(bench.fine(&["policy", "show"]).contains(&format!("{shown}user:lukas\n")));
    let json: Json = serde_json::from_str(&bench.fine(&["policy", "show", "--json"])).unwrap();
    assert_eq!(json["successor"], "user:lukas");
    for (text, said) in [
        ("successor = \"user:nobody\"\n", "there is no `user:nobody`, or they are deactivated"),
        ("successor = \"team:emea\"\n", "`successor` names `team:emea`, which is no person"),
        ("preset = \"oneup\"\nsuccessor = \"user:lukas\"\n", "`transfer` does not list `move`"),
        ("successor = \"lukas\"\n", ":1:13: `lukas` is not a principal"),
    ] {
        let file = bench.file("wrong.toml", text);
        for verb in ["set", "check"] {
            let refused = bench.refused(&["policy", verb, &file]);
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
    // Who leaves is asked after: what runs as them is named, and somebody takes it over, or it is left.
    let asked = bench.refused(&["person", "deactivate", "user:ines"]);
    assert!(asked.contains(&format!("user:ines is still active: `{NAME}` run as them.")), "{asked}");
    assert!(asked.contains("`--as ADMIN` (to user:lukas, or `--to SUCCESSOR`), or leave it"), "{asked}");
    assert!(bench.fine(&["person", "show", "user:ines"]).contains(&format!("runs as user:ines:\n  `{NAME}` (on)")));
    let done = bench.fine(&["person", "deactivate", "user:ines", "--as", "user:henrik"]);
    assert_eq!(done, format!("`{NAME}` runs as user:lukas once they turn it on\nuser:ines is deactivated\n"));
    assert_eq!(bench.fine(&over), "nothing runs as user:ines that user:henrik may see\n");
    let asked = bench.refused(&["person", "deactivate", "user:lukas"]);
    assert!(asked.contains("with `--to SUCCESSOR --as ADMIN`, or leave it"), "they do not succeed themself: {asked}");
    let left = bench.fine(&["person", "deactivate", "user:lukas", "--leave"]);
    assert!(left.contains(&format!("`{NAME}` still runs as them, and so not any more\n")), "{left}");
    assert!(left.ends_with("they are the default successor of the site: name another in its policy\n"), "{left}");
    assert!(
        bench.fine(&["person", "deactivate", "user:maya"]).starts_with("user:maya is deactivated\n"),
        "nothing is hers"
    );
}

#[test]
fn a07_who_leaves_a_team_loses_what_it_manages_and_that_is_foreseen() {
    let bench = sales();
    assert!(bench.fine(&["team", "list"]).contains("team:emea-sales  user:ines\n"));
    let team =
        |verb: &'static str, more: &[&'static str]| [&["team", verb, "user:maya", "team:emea-sales"], more].concat();
    assert!(
        bench
            .refused(&team("remove", &[]))
            .contains("user:maya is not in team:emea-sales themself: see `mandate team list`")
    );
    assert_eq!(bench.fine(&team("add", &[])), "user:maya is in team:emea-sales\n");
    assert_eq!(bench.fine(&team("add", &[])), "user:maya is in team:emea-sales already\n");
    let foreseen = bench.fine(&team("remove", &["--dry-run"]));
    assert!(foreseen.ends_with("nothing was changed: leave out `--dry-run` to do it\n"), "{foreseen}");
    assert_eq!(bench.fine(&team("remove", &[])), "user:maya is not in team:emea-sales any more\n");
    assert!(!bench.fine(&["team", "list"]).contains("team:emea-sales  user:maya\n"));
    for (args, said) in [
        (["team", "add", "user:maya", "team:none"], "there is no team `team:none`"),
        (["team", "add", "user:nobody", "team:emea-sales"], "`user:nobody` is unknown"),
        (["team", "add", "team:emea-sales", "team:emea-sales"], "the team would contain itself"),
        (["team", "add", "user:maya", "user:ines"], "there is no team `user:ines`"),
    ] {
        let refused = bench.refused(&args);
        assert!(refused.contains(said), "{args:?}: {refused}");
    }
}

#[test]
fn person_show_says_what_may_tell_them_too() {
    let by_column = r#"
[[automations]]
name = "Owners"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["column:owner"]
enabled = true
"#;
    let bench = Bench::new();
    let column = "columns = [{ name = \"owner\", type = \"user\" }, ";
    let small = SMALL.replace("columns = [", column).replace("plugin = \"teller\"", "plugin = \"settings-driven\"");
    let by_column = by_column
        .replace("\"teller\"", "\"settings-driven\"")
        .replace("trigger", "settings = { dataset = \"deals\", column = \"owner\", value = \"x\" }\ntrigger");
    let fixture = bench.file("columns.toml", format!("{small}{by_column}"));
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("settings_driven")]);
    let bob = bench.fine(&["person", "show", "user:bob"]);
    let line = "evaluated as user:bob too, whenever a column of the row names them:\n  `Owners`";
    assert!(bob.contains(line), "{bob}");
    let own = bench.fine(&["person", "show", "user:bob", "--as", "user:bob"]);
    assert!(!own.contains("Owners") && !own.contains("whenever a column"), "not theirs to know of: {own}");
    // ONE-09: where it is made as whom it runs as, nothing is evaluated as who is told.
    let bench = Bench::new();
    let fixture = bench.file("oneup.toml", format!("{small}{by_column}[governance]\npreset = \"oneup\"\n"));
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("settings_driven")]);
    let bob = bench.fine(&["person", "show", "user:bob"]);
    assert!(bob.contains("evaluated as user:bob, because it tells them:\n  nothing\n"), "{bob}");
    assert!(bob.contains("tells user:bob so too, whenever a column of the row names them:\n  `Owners`"), "{bob}");
}

#[test]
fn fil_21_the_reach_as_somebody_else_is_shown_before_they_take_it() {
    let bench = sales();
    let own = bench.fine(&["reach", NAME, "--as", "user:ines"]);
    assert!(own.ends_with("its reach would stay as it is\n"), "{own}");
    let amara = bench.fine(&["reach", NAME, "--as", "user:amara"]);
    assert!(amara.contains("of `opportunities`: ") && amara.contains("sees     every row"), "{amara}");
    assert!(amara.contains("not what user:ines sees: ") && amara.contains("its reach would grow"), "{amara}");
    // One row more than the first page, which is all that is looked at.
    assert!(amara.contains(": 1000 rows\n"), "{amara}");
    bench.fine(&["row", "insert", "opportunities", "2001", BIG]);
    let amara = bench.fine(&["reach", NAME, "--as", "user:amara"]);
    assert!(amara.contains(": 1000 rows, and more that were not looked at\n"), "{amara}");
    assert!(amara.contains("not what user:ines sees; more than 1000 rows are not compared one by one\n"), "{amara}");
    assert!(amara.ends_with("its reach would grow\n"), "by the column `margin`: {amara}");
    let said = bench.refused(&["reach", NAME, "--as", "user:maya"]);
    assert!(said.contains("there is no automation `"), "{said}");
}
