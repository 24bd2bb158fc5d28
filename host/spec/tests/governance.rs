//! Workspaces, roles, rights over principals and the `[governance]` table of a fixture: what they come to, and how what is wrong
//! with them is told.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_governance::{Preset, SiteChoices};
use mandate_model::{AutomationKind, PrincipalId};
use mandate_service::embedded::{PrincipalGrant, PrincipalRight, Workspace};
use mandate_service::{Holding, Reach};
use mandate_spec::fixture::{Sharing, Sources};
use mandate_spec::folder::Folder;
use mandate_spec::{Fixture, FixtureError, Text};
use serde_json::json;

const WORLD: &str = r#"site = "acme"
[[people]]
id = "ana"
name = "Ana"
[[teams]]
id = "emea"
name = "EMEA"
members = ["user:ana"]
[[grants]]
to = "user:ana"
rights = ["consent-for", "simulate-as"]
on = "team:emea"
[[workspaces]]
id = "sales"
name = "Sales"
open = true
members = ["user:ana", "team:emea"]
[[workspaces]]
id = "support"
name = "Support"
[[roles]]
role = "workspace-admin"
to = ["user:ana", "team:emea"]
workspace = "sales"
[[roles]]
role = "auditor"
to = "team:emea"
dataset = "deals"
[[roles]]
role = "site-admin"
to = "user:ana"
[datasets.deals]
columns = [{ name = "amount", type = "integer" }]
workspace = "sales"
[[automations]]
name = "Tell"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
workspace = "sales"
kind = "main"
members = ["team:emea"]
[[automations]]
name = "Other"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
[governance]
preset = "vendasta"
policies = "mine.cedar"
[governance.settings]
co_owners = ["users", "teams"]
consent = ["version", "take"]
"#;

fn read(toml: &str) -> Result<Fixture, FixtureError> {
    let mut folder = Folder::empty();
    folder.put("mine.cedar", Text::of_file("mine.cedar", "permit (principal, action, resource);\n"));
    Fixture::read(Sources { toml: Text::of_file("f.toml", toml), policies: Text::default(), folder })
}

/// What is reported once `part` of the world is replaced.
fn check(part: &str, replacement: &str, expected: &[&str]) {
    assert!(WORLD.contains(part), "{part}");
    let found = read(&WORLD.replacen(part, replacement, 1)).map_or_else(|error| error.to_string(), |_| "loaded".into());
    assert_eq!(found, expected.join("\n"));
}

fn id(text: &str) -> PrincipalId {
    PrincipalId::parse(text).unwrap()
}

#[test]
fn workspaces_roles_and_rights_over_principals_are_seed() {
    let governance = read(WORLD).unwrap().seed.governance;
    let workspace = |id: &str, name: &str, open, members: &[PrincipalId]| Workspace {
        id: id.to_owned(),
        name: name.to_owned(),
        open,
        members: members.to_vec(),
    };
    let (ana, emea) = (id("user:ana"), id("team:emea"));
    assert_eq!(
        governance.workspaces,
        [workspace("sales", "Sales", true, &[ana.clone(), emea.clone()]), workspace("support", "Support", false, &[])]
    );
    let role = |who: &PrincipalId, role: &str, reach| (who.clone(), Holding { role: role.to_owned(), reach });
    assert_eq!(
        governance.roles,
        [
            role(&ana, "workspace-admin", Reach::Workspace("sales".to_owned())),
            role(&emea, "workspace-admin", Reach::Workspace("sales".to_owned())),
            role(&emea, "auditor", Reach::Dataset("deals".to_owned())),
            role(&ana, "site-admin", Reach::Site),
        ]
    );
    let over = |right| (ana.clone(), PrincipalGrant { right, over: emea.clone() });
    assert_eq!(governance.principal_grants, [over(PrincipalRight::ConsentFor), over(PrincipalRight::SimulateAs)]);
    assert_eq!(governance.places, [("deals".to_owned(), "sales".to_owned())].into());
}

#[test]
fn an_automation_is_private_and_nowhere_unless_it_says_otherwise() {
    let automations = read(WORLD).unwrap().automations;
    let shared =
        Sharing { workspace: Some("sales".to_owned()), kind: AutomationKind::Main, members: vec![id("team:emea")] };
    let sharing: Vec<_> = automations.into_iter().map(|automation| automation.sharing).collect();
    assert_eq!(sharing, [shared, Sharing { workspace: None, kind: AutomationKind::Private, members: vec![] }]);
}

#[test]
fn the_governance_table_chooses_a_preset_settings_and_policies() {
    let governance = read(WORLD).unwrap().governance.unwrap();
    assert_eq!(governance.preset, Preset::Vendasta);
    let said = json!({ "co_owners": ["users", "teams"], "consent": ["version", "take"] });
    assert_eq!(serde_json::to_value(&governance.settings).unwrap(), said);
    assert_eq!(governance.policies, "permit (principal, action, resource);\n");
}

#[test]
fn the_governance_table_may_be_empty_or_absent_and_hold_the_policies_themselves() {
    let (before, _) = WORLD.split_once("[governance]").unwrap();
    assert_eq!(read(before).unwrap().governance, None);
    let empty = read(&format!("{before}[governance]\n")).unwrap().governance;
    assert_eq!(empty, Some(SiteChoices::default()));
    let inline = format!("{before}[governance]\npolicies = \"\"\"\nforbid (principal, action, resource);\"\"\"\n");
    let policies = read(&inline).unwrap().governance.unwrap().policies;
    assert_eq!(policies, "forbid (principal, action, resource);");
}

#[test]
fn the_governance_table_is_checked_where_it_stands() {
    let all = "`vendasta`, `foundry`, `oneup`, `monday`, `files`, `mandate`";
    check("\"vendasta\"", "\"other\"", &[&format!("f.toml:49:10: there is no preset `other`: there are {all}")]);
    check(
        "consent = [\"version\", \"take\"]",
        "consent = \"always\"",
        &["f.toml:53:1: `consent`: invalid type: string \"always\", expected a sequence"],
    );
    check(
        "consent = [\"version\", \"take\"]",
        "create_roles = [\"auditor\"]",
        &["f.toml:48:1: `create_roles` names the role `auditor`, which `roles` does not have"],
    );
    check(
        "policies = \"mine.cedar\"",
        "policies = \"permit (principal, action, resource)\"",
        &["f.toml:50:49: unexpected end of input; expected `;` or identifier"],
    );
}

#[test]
fn a_successor_is_somebody_of_the_fixture() {
    let with = |successor: &str| format!("preset = \"monday\"\nsuccessor = \"{successor}\"");
    let read = read(&WORLD.replacen("preset = \"vendasta\"", &with("user:ana"), 1)).unwrap().governance.unwrap();
    assert_eq!(read.successor, Some(id("user:ana")));
    let preset = "preset = \"vendasta\"";
    check(preset, &with("user:bob"), &["f.toml:50:13: `user:bob` is neither among `people` nor among `teams`"]);
    let word = "f.toml:50:13: `ana` is not a principal such as `user:ana`, `team:emea` or `site:acme`";
    check(preset, &with("ana"), &[word]);
    check(
        preset,
        "preset = \"vendasta\"\nsuccessor = \"user:ana\"",
        &[
            "f.toml:48:1: `successor` takes over what is handed over at once, but `transfer` does not list `move`: list it, or \
           leave `successor` out",
        ],
    );
}

#[test]
fn unknown_keys_are_refused() {
    for (part, line, key) in
        [("open = true", 16, "opened"), ("workspace = \"sales\"", 24, "where"), ("policies =", 50, "policy")]
    {
        let toml = WORLD.replacen(part, &part.replacen(part.split_once(' ').unwrap().0, key, 1), 1);
        let found = read(&toml).unwrap_err().to_string();
        assert!(found.starts_with(&format!("f.toml:{line}:1: unknown field `{key}`")), "{found}");
    }
    check(
        "[governance]\n",
        "[gouvernance]\n",
        &["f.toml:48:2: unknown key `gouvernance`: a fixture has `site`, `attributes`, `people`, `teams`, `grants`, \
           `workspaces`, `roles`, `datasets`, `operations`, `automations` and `governance`"],
    );
}

#[test]
fn workspaces_are_checked_where_they_stand() {
    let name = "is no name of a workspace: a lower-case letter, then lower-case letters, digits and `_`";
    check("id = \"support\"", "id = \"Support\"", &[&format!("f.toml:19:6: `Support` {name}")]);
    check("id = \"support\"", "id = \"sales\"", &["f.toml:19:6: there are two workspaces `sales`"]);
    check(
        "members = [\"user:ana\", \"team:emea\"]",
        "members = [\"user:bob\", \"site:acme\", \"ana\"]",
        &[
            "f.toml:17:12: `user:bob` is neither among `people` nor among `teams`",
            "f.toml:17:24: `site:acme` cannot be given this: name a person or a team",
            "f.toml:17:37: `ana` is not a principal such as `user:ana`, `team:emea` or `site:acme`",
        ],
    );
    check(
        "\nworkspace = \"sales\"\n[[automations]]",
        "\nworkspace = \"x\"\n[[automations]]",
        &["f.toml:34:13: `x` is not among `workspaces`"],
    );
}

#[test]
fn roles_are_checked_where_they_stand() {
    let name = "is no name of a role: a lower-case letter, then lower-case letters, digits and `-`";
    check("\"auditor\"", "\"Chief_Auditor\"", &[&format!("f.toml:26:8: `Chief_Auditor` {name}")]);
    check(
        "to = [\"user:ana\", \"team:emea\"]",
        "to = [\"user:ana\", \"site:acme\"]",
        &["f.toml:23:19: `site:acme` cannot be given this: name a person or a team"],
    );
    check(
        "workspace = \"sales\"\n[[roles]]",
        "workspace = \"x\"\n[[roles]]",
        &["f.toml:24:13: `x` is not among `workspaces`"],
    );
    check("dataset = \"deals\"\n[[roles]]", "dataset = \"x\"\n[[roles]]", &["f.toml:28:11: there is no dataset `x`"]);
    check(
        "dataset = \"deals\"\n[[roles]]",
        "dataset = \"deals\"\nworkspace = \"sales\"\n[[roles]]",
        &[
            "f.toml:28:11: a role holds in a `workspace`, for a `dataset`, or, without both, in the whole site: name one",
        ],
    );
}

#[test]
fn rights_over_principals_are_checked_where_they_stand() {
    check(
        "on = \"team:emea\"",
        "on = \"team:apac\"",
        &["f.toml:12:6: `team:apac` is neither among `people` nor among `teams`"],
    );
    check(
        "on = \"team:emea\"",
        "on = \"site:other\"",
        &["f.toml:12:6: `site:other` is another site: this one is `site:acme`"],
    );
    check(
        "on = \"team:emea\"",
        "on = \"user:ana\"",
        &["f.toml:11:11: nobody consents for `user:ana` but themself: name a team or the site"],
    );
    check("\"consent-for\"", "\"see-page\"", &["loaded"]);
    check(
        "\"consent-for\", \"simulate-as\"]\non = \"team:emea\"",
        "\"see-page\"]\non = \"site:acme\"",
        &["f.toml:11:11: `site:acme` has no page: name a person or a team"],
    );
    check(
        "\"consent-for\"",
        "\"read\"",
        &["f.toml:11:11: `read` is no right over a principal: `consent-for`, `see-page`, `simulate-as`"],
    );
    check(
        "to = \"user:ana\"",
        "to = \"site:acme\"",
        &["f.toml:10:6: `site:acme` cannot be given this: name a person or a team"],
    );
    check(
        "on = \"team:emea\"\n",
        "",
        &["f.toml:9:1: the grant says what for: name a `dataset`, an `operation`, or a principal with `on`"],
    );
    check(
        "on = \"team:emea\"\n",
        "on = \"team:emea\"\ndataset = \"deals\"\n",
        &["f.toml:12:6: a grant is for a `dataset` or `on` a principal: write two grants"],
    );
}

#[test]
fn the_site_of_a_grant_to_a_dataset_is_checked_too() {
    let grant = "rights = [\"read\"]\ndataset = \"deals\"\n";
    let old = "to = \"user:ana\"\nrights = [\"consent-for\", \"simulate-as\"]\non = \"team:emea\"\n";
    check(old, &format!("to = \"site:acme\"\n{grant}"), &["loaded"]);
    check(
        old,
        &format!("to = \"site:other\"\n{grant}"),
        &["f.toml:10:6: `site:other` is another site: this one is `site:acme`"],
    );
}

#[test]
fn a_site_that_is_itself_wrong_is_told_once() {
    let toml = WORLD.replacen("\"acme\"", "\"a b\"", 1).replacen("on = \"team:emea\"", "on = \"site:acme\"", 1);
    let problems = read(&toml).unwrap_err().problems;
    assert_eq!(problems.iter().map(|problem| problem.place.to_string()).collect::<Vec<_>>(), ["f.toml:1:8"]);
}

#[test]
fn the_sharing_of_automations_is_checked_where_it_stands() {
    check("workspace = \"sales\"\nkind", "workspace = \"x\"\nkind", &["f.toml:40:13: `x` is not among `workspaces`"]);
    check(
        "workspace = \"sales\"\nkind",
        "kind",
        &["f.toml:40:8: a `main` automation lies in a workspace: name its `workspace`"],
    );
    check("\"main\"", "\"public\"", &["f.toml:41:8: `public` is no kind of an automation: `private` or `main`"]);
    check(
        "members = [\"team:emea\"]",
        "members = [\"user:bob\", \"site:acme\"]",
        &[
            "f.toml:42:12: `user:bob` is neither among `people` nor among `teams`",
            "f.toml:42:24: `site:acme` cannot be given this: name a person or a team",
        ],
    );
}

#[test]
fn the_form_of_the_governance_table_is_checked() {
    check(
        "consent = [\"version\", \"take\"]",
        "consent = 2026-01-01",
        &["f.toml:53:11: settings and cells are JSON, which has no dates: write the date in quotes"],
    );
    check("mine.cedar", "other.cedar", &["f.toml:50:12: there is no file `other.cedar`"]);
    check(
        "[governance.settings]\n",
        "",
        &["f.toml:51:1: unknown field `co_owners`, expected one of `preset`, `policies`, `successor`, `settings`"],
    );
}
