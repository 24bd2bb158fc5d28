//! Files of settings: what is refused, what a blank means, what each preset says and which rules it turns on.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::settings;
use mandate_governance::{
    Choices, Preset, SiteChoices,
    settings::{Acquire, CoOwner, CreateRoles, Drafts, History, Layer, Then, Told, Visible},
    table,
};
use mandate_policy::Permission;

#[test]
fn every_preset_parses_and_has_a_word() {
    for preset in Preset::ALL {
        assert!(preset.choices().is_ok() && preset.settings().is_ok(), "{preset}");
        assert_eq!(Preset::parse(preset.as_str()), Some(preset));
        let site: SiteChoices = toml::from_str(&format!("preset = '{preset}'")).unwrap();
        assert_eq!(site.effective(), preset.settings(), "{preset}");
    }
    assert_eq!((Preset::parse("Vendasta"), Preset::parse("")), (None, None));
    assert_eq!(SiteChoices::default().preset, Preset::Mandate);
    assert_eq!(SiteChoices::default().effective(), Preset::Mandate.settings());
}

/// The line and column, and what would be right.
#[test]
fn what_is_not_known_is_refused_with_its_place() {
    for (text, place, says) in [
        ("acquire_on = ['create']\nacquire = ['take']", "line 2, column 1", "unknown field `acquire`"),
        ("acquire_on = ['create', 'publish']", "line 1, column 25", "unknown variant `publish`"),
        ("acquire_on = 'create'", "line 1, column 14", "invalid type: string \"create\""),
        ("co_owners = ['everyone']", "line 1, column 14", "unknown variant `everyone`"),
        ("owner_kinds = ['group']", "line 1, column 16", "unknown variant `group`"),
        ("consent = ['never']", "line 1, column 12", "unknown variant `never`"),
        (
            "evaluate_as = { condition = 'actor', notification = 'run-as' }",
            "line 1, column 29",
            "unknown variant `actor`",
        ),
        ("evaluate_as = { condition = 'run-as' }", "line 1, column 15", "missing field `notification`"),
        (
            "evaluate_as = { condition = 'run-as', notification = 'run-as', action = 'run-as' }",
            "line 1, column 64",
            "unknown field `action`",
        ),
        ("on_denied = { then = 'go-on', tell = [] }", "line 1, column 22", "unknown variant `go-on`"),
        ("on_denied = { then = 'stop', tell = ['members'] }", "line 1, column 38", "unknown variant `members`"),
        ("precheck = ['disable']", "line 1, column 13", "unknown variant `disable`"),
        ("visible_if = ['anyone']", "line 1, column 15", "unknown variant `anyone`"),
        ("history = 'everyone'", "line 1, column 11", "unknown variant `everyone`"),
        ("drafts = 'merge'", "line 1, column 10", "unknown variant `merge`"),
        ("transfer = ['push']", "line 1, column 13", "unknown variant `push`"),
        ("create_roles = 'anyon'", "line 1, column 16", "expected \"anyone\" or a list of roles"),
        ("narrowed_by = ['account']", "line 1, column 16", "unknown variant `account`"),
        ("[roles]\nguest = ['fly']", "line 2, column 10", "unknown variant `fly`"),
    ] {
        let refused = toml::from_str::<Choices>(text).unwrap_err().to_string();
        assert!(refused.contains(place) && refused.contains(says), "`{text}`: {refused}");
    }
    let refused = toml::from_str::<SiteChoices>("preset = 'zapier'").unwrap_err().to_string();
    assert!(refused.contains("line 1, column 10") && refused.contains("unknown variant `zapier`"), "{refused}");
    assert!(toml::from_str::<SiteChoices>("presets = 'files'").is_err());
    assert!(toml::from_str::<SiteChoices>("[settings]\nhistori = 'data'").is_err());
}

/// Of which products nothing is known about a setting: by hand, from the behaviours. What `mandate` says holds there.
const BLANK: [(&str, &[Preset]); 13] = [
    ("acquire_on", &[]),
    ("co_owners", &[]),
    ("owner_kinds", &[]),
    ("consent", &[Preset::Oneup, Preset::Monday, Preset::Files]),
    ("evaluate_as", &[]),
    ("on_denied", &[Preset::Oneup]),
    ("precheck", &[Preset::Foundry, Preset::Oneup]),
    ("visible_if", &[]),
    ("history", &[Preset::Vendasta, Preset::Oneup]),
    ("drafts", &[Preset::Vendasta, Preset::Foundry, Preset::Oneup, Preset::Files]),
    ("transfer", &[]),
    ("create_roles", &[]),
    ("narrowed_by", &[Preset::Vendasta, Preset::Foundry, Preset::Oneup, Preset::Files]),
];

/// Where a behaviour of the product demands otherwise, with what holds instead. `consent`: turning on again would wait for the primary
/// owner, so that a co-owner could not do it, as they can (ONE-07, ONE-08).
const EXCEPT: [(&str, Preset, &str); 1] = [("consent", Preset::Oneup, "version")];

#[test]
fn a_blank_means_what_mandate_says() {
    let mandate = settings(Preset::Mandate, "").words();
    assert_eq!(
        BLANK.map(|(setting, _)| setting),
        mandate.each_ref().map(|(setting, _)| *setting),
        "each is asked about"
    );
    for ((setting, presets), (_, mandate)) in BLANK.iter().zip(mandate) {
        for preset in *presets {
            let words = settings(*preset, "").words();
            let (_, held) = words.iter().find(|(one, _)| one == setting).unwrap();
            match EXCEPT.iter().find(|(of, by, _)| (of, by) == (setting, preset)) {
                None => assert_eq!(*held, mandate, "`{setting}` of {preset}, of which nothing is known"),
                Some((.., instead)) => assert!(held == instead && *held != mandate, "{setting} of {preset}: {held}"),
            }
        }
    }
    let oneup = settings(Preset::Oneup, "");
    assert_eq!(Preset::Oneup.choices().unwrap().on_denied, None);
    assert_eq!((oneup.on_denied.then, oneup.on_denied.tell.contains(&Told::RunAs)), (Then::Stop, true));
    assert_eq!((oneup.history, oneup.drafts), (History::OwnRight, Drafts::RefuseStale));
    // A product has no role of another: `workspace-admin` of `mandate` takes; OneUp has none.
    assert!(settings(Preset::Mandate, "").permissions("workspace-admin").contains(&Permission::Take));
    assert!(oneup.permissions("workspace-admin").is_empty());
}

#[test]
fn a_site_overrides_one_setting_and_keeps_the_others() {
    let before = settings(Preset::Foundry, "");
    for (own, changed) in [
        ("acquire_on = ['take']", [true, false, false, false]),
        ("visible_if = ['admin']", [false, true, false, false]),
        ("create_roles = 'anyone'", [false, false, true, false]),
        ("[roles]\nviewer = ['view', 'toggle']", [false, false, false, true]),
        ("", [false; 4]),
    ] {
        let after = settings(Preset::Foundry, own);
        let differs = [
            after.acquire_on != before.acquire_on,
            after.visible_if != before.visible_if,
            after.create_roles != before.create_roles,
            after.roles != before.roles,
        ];
        assert_eq!(differs, changed, "{own}");
        assert_eq!(
            (&after.transfer, &after.consent, after.history),
            (&before.transfer, &before.consent, before.history)
        );
    }
    let own = "acquire_on = ['take']\nco_owners = []\nowner_kinds = ['team']\nconsent = ['take']\nprecheck = []\nvisible_if = []
history = 'data'\ndrafts = 'last-wins'\ntransfer = []\ncreate_roles = []\nnarrowed_by = ['workspace']
evaluate_as = { condition = 'run-as', notification = 'run-as' }\non_denied = { then = 'fail', tell = [] }
[roles]\nauditor = ['view', 'view-history']";
    let all = settings(Preset::Mandate, own);
    assert_eq!(all.acquire_on, [Acquire::Take].into());
    assert!(
        all.co_owners.is_empty() && all.precheck.is_empty() && all.visible_if.is_empty() && all.transfer.is_empty()
    );
    assert_eq!((all.consent.len(), all.owner_kinds.len(), all.create_roles), (1, 1, CreateRoles::Roles([].into())));
    assert_eq!(all.narrowed_by, [Layer::Workspace].into());
    assert_eq!((all.history, all.drafts, all.on_denied.then), (History::Data, Drafts::LastWins, Then::Fail));
    // Roles are added to those of the preset.
    assert_eq!(all.roles["auditor"], [Permission::View, Permission::ViewHistory].into());
    assert!(all.roles.contains_key("site-admin"));
}

#[test]
fn create_roles_name_roles_that_there_are() {
    let site = |own: &str| SiteChoices { settings: toml::from_str(own).unwrap(), ..SiteChoices::default() }.effective();
    let refused = site("create_roles = ['member', 'autor']").unwrap_err().to_string();
    assert_eq!(refused, "`create_roles` names the role `autor`, which `roles` does not have");
    assert!(site("create_roles = ['autor']\n[roles]\nautor = []").is_ok());
    assert!(site("create_roles = ['guest']").is_ok(), "built-in roles need no line in `roles`");
    let own = site("create_roles = ['autor']\n[roles]\nautor = ['view']").unwrap();
    assert_eq!(own.permissions("autor"), [Permission::View, Permission::Create].into());
    assert_eq!(own.permissions("member"), [].into());
    assert_eq!(
        settings(Preset::Oneup, "").permissions("member"),
        [].into(),
        "everyone creates by a rule, not by a role"
    );
}

#[test]
fn conditions_and_notifications_are_evaluated_as_the_same() {
    let site = |condition: &str, notification: &str| {
        let own = format!("evaluate_as = {{ condition = '{condition}', notification = '{notification}' }}");
        let site = SiteChoices { settings: toml::from_str(&own).unwrap(), ..SiteChoices::default() };
        site.effective().map(|settings| settings.evaluate_as.is_run_as())
    };
    assert_eq!((site("run-as", "run-as"), site("recipient", "recipient")), (Ok(true), Ok(false)));
    for (condition, notification) in [("run-as", "recipient"), ("recipient", "run-as")] {
        let refused = site(condition, notification).unwrap_err().to_string();
        assert!(refused.starts_with("`evaluate_as` must say the same of condition and notification"), "{refused}");
    }
    let as_run_as = Preset::ALL.map(|preset| (preset, settings(preset, "").evaluate_as.is_run_as()));
    let by_hand = [
        (Preset::Vendasta, true),
        (Preset::Foundry, false),
        (Preset::Oneup, true),
        (Preset::Monday, true),
        (Preset::Files, true),
        (Preset::Mandate, false),
    ];
    assert_eq!(as_run_as, by_hand);
}

/// The rules of each preset, by hand.
#[test]
fn each_preset_turns_on_its_rules() {
    let rules = |preset: Preset, own: &str| {
        settings(preset, own).rules().iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(" ")
    };
    for (preset, expected) in [
        (Preset::Vendasta, "edit-all admin-sees sees-person admin-takes history-run-as"),
        (Preset::Foundry, "run-as-manages manager-users manager-teams edit-all member-sees history-run-as"),
        (Preset::Oneup, "run-as-manages manager-users manager-teams edit-all view-all history-run-as create-anyone"),
        (
            Preset::Monday,
            "run-as-manages manager-users edit-all member-sees main-workspace-sees history-run-as history-viewers \
             workspace-narrows",
        ),
        (Preset::Files, "edit-all scope-manages view-all covers-all-sees history-run-as"),
        (
            Preset::Mandate,
            "run-as-manages manager-users manager-teams edit-all view-all member-sees main-workspace-sees \
             admin-takes history-run-as",
        ),
    ] {
        assert_eq!(rules(preset, ""), expected, "{preset}");
    }
    let teams = rules(Preset::Vendasta, "co_owners = ['teams']");
    assert_eq!(teams, "run-as-manages manager-teams edit-all admin-sees sees-person admin-takes history-run-as");
    let users = rules(Preset::Vendasta, "co_owners = ['users']");
    assert_eq!(users, "run-as-manages manager-users edit-all admin-sees sees-person admin-takes history-run-as");
    assert!(settings(Preset::Mandate, "").visible_if.contains(&Visible::Member));
    assert!(settings(Preset::Monday, "").co_owners.contains(&CoOwner::MembersFirst));
}

/// The presets side by side, as they were checked by hand.
#[test]
fn the_table_of_presets() {
    let golden = include_str!("../../../tests/golden/presets.md");
    let table = table().unwrap();
    assert_eq!(golden.split_once("\n\n| ").unwrap().1, table.strip_prefix("| ").unwrap(), "tests/golden/presets.md");
}

/// MON-29, FIL-42: only where the site hands over at all.
#[test]
fn a_successor_is_a_person_and_needs_handing_over() {
    let site = |preset: Preset, successor: &str| {
        let site: SiteChoices = toml::from_str(&format!("preset = '{preset}'\nsuccessor = '{successor}'")).unwrap();
        site.effective().map(drop).map_err(|error| error.to_string())
    };
    for preset in [Preset::Mandate, Preset::Monday, Preset::Files] {
        assert_eq!(site(preset, "user:ana"), Ok(()), "{preset}");
        let refused = "`successor` names `team:t`, which is no person: name one, such as `user:ana`";
        assert_eq!(site(preset, "team:t"), Err(refused.to_owned()));
    }
    for preset in [Preset::Vendasta, Preset::Foundry, Preset::Oneup] {
        let refused = "`successor` takes over what is handed over at once, but `transfer` does not list `move`: list it, or leave \
                       `successor` out";
        assert_eq!(site(preset, "user:ana"), Err(refused.to_owned()), "{preset}");
    }
    let stored: SiteChoices = serde_json::from_str(r#"{"preset":"monday","settings":{},"policies":""}"#).unwrap();
    assert_eq!(stored.successor, None, "what was stored before there were successors");
    assert_eq!(stored.successor_word(), "–");
    let named: SiteChoices = toml::from_str("preset = 'monday'\nsuccessor = 'user:ana'").unwrap();
    assert_eq!(named.successor_word(), "user:ana");
    assert!(toml::from_str::<SiteChoices>("successor = 'ana'").is_err());
}
