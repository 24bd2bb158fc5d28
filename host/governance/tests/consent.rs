//! Attacks on consent: nothing that somebody else does makes an automation act for who did not let exactly that.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{World, settings};
use mandate_governance::{Changes, Power, Preset, Touches, Version, changes, footprint};
use mandate_model::{Change, ColumnSet, PluginDigest, Powers, Recipient, Trigger};

/// On, published by `a` and run as `a`, with consent.
fn on(preset: Preset) -> World {
    World::new(preset).after("a create; a publish 1; a enable 1")
}

/// A01: a manager publishes other code.
#[test]
fn a01_code_that_a_manager_publishes_does_not_run_as_another() {
    for preset in Preset::ALL {
        let mut world = on(preset);
        world.admins.clear();
        assert_eq!(world.runs().as_deref(), Some("a"));
        let published = world.clone().after("b publish 2");
        // Where saving makes the manager the one that it runs as, it runs as them; nowhere as `a`.
        let expected = matches!(preset, Preset::Foundry | Preset::Files).then(|| "b".to_owned());
        assert_eq!(published.runs(), expected, "{preset}");
        if expected.is_none() {
            for line in ["b enable 2", "b disable; b enable 2", "b rename y; b kind; b enable 2"] {
                assert_eq!(published.clone().after(line).runs(), None, "{preset}: {line}");
            }
            for line in ["b consent 2", "b publish 2 consents", "b migrate 2"] {
                assert!(published.attempt(line).is_err(), "{preset}: {line}");
            }
            assert_eq!(published.after("a consent 2").runs().as_deref(), Some("a"), "{preset}");
        }
    }
}

/// A02: consent to one version is none to another, and none to the first again once another was published.
#[test]
fn a02_a_rollback_needs_consent_anew() {
    for preset in Preset::ALL {
        let newer = on(preset).after("a publish 2");
        assert_eq!(newer.runs(), None, "{preset}");
        assert_eq!(newer.outcome("a consent 1"), "!not-published", "{preset}");
        assert_eq!(newer.outcome("a enable 1"), "!not-published", "{preset}: what was looked at is not what would run");
        let rolled_back = newer.after("a publish 1");
        assert_eq!(rolled_back.runs(), None, "{preset}");
        assert_eq!(rolled_back.after("a consent 1").runs().as_deref(), Some("a"), "{preset}");
    }
    let refused = on(Preset::Mandate).attempt("a consent 2").unwrap_err().to_string();
    let (two, one) = (common::version(2), common::version(1));
    assert_eq!(
        refused,
        format!("`{two}` is not the published version, which is `{one}`; look at that one and decide again")
    );
    let refused = on(Preset::Mandate).attempt("a publish 2 on 2").unwrap_err().to_string();
    let expected =
        format!("the draft was begun on `{two}`, but `{one}` is published now; compare the two and begin again");
    assert_eq!(refused, expected);
}

/// A03, FIL-28, FIL-29: a copy is off, nothing of it is let, and its creator is who copied.
#[test]
fn a03_a_copy_has_nothing_of_its_original() {
    for preset in Preset::ALL {
        let mut original = on(preset).after("a invite +c");
        original.admins.clear();
        assert_eq!(original.outcome("b clone"), "on 1 a1 a", "{preset}: the original goes on");
        let mut none = original;
        none.life = None;
        let copy = none.after("b create copy").life.unwrap();
        let run_as = (preset != Preset::Vendasta).then(|| common::who("b"));
        assert_eq!((copy.automation.run_as, copy.automation.creator), (run_as, common::who("b")), "{preset}");
        assert_eq!((copy.consent, copy.automation.published, copy.automation.turned_on), (None, None, false));
        assert_eq!(copy.automation.state.as_str(), "off");
        assert!(copy.automation.cloned_from.is_some() && copy.automation.members.is_empty());
    }
}

/// A05: who may edit everything turns on what is somebody else's.
#[test]
fn a05_an_admin_who_turns_it_on_does_not_make_it_run_as_another() {
    let first = World::new(Preset::Vendasta).after("a create; a publish 1");
    assert_eq!(first.clone().after("b enable 1").runs().as_deref(), Some("b"), "VEN-02: as the admin who let it");
    assert_eq!(first.outcome("b enable 1 as a"), "!not-theirs");
    for preset in Preset::ALL.into_iter().filter(|preset| *preset != Preset::Files) {
        let off = on(preset).after("a disable");
        assert_eq!(off.told("b enable 1"), ["a: wants-consent"], "{preset}");
        let turned_on = off.after("b enable 1");
        assert_eq!(turned_on.runs(), None, "{preset}: on, and waits for `a`");
        assert_eq!(turned_on.after("a consent 1").runs().as_deref(), Some("a"), "{preset}");
    }
    let files = on(Preset::Files).after("a disable; b enable 1");
    assert_eq!(files.runs().as_deref(), Some("s"), "FIL-39: as the site, for which the admin speaks");
    let toggle = World::of(settings(Preset::Files, "acquire_on = ['create', 'save']"))
        .after("a create; a publish 1; a enable 1; a disable");
    assert_eq!(toggle.after("b enable 1").runs(), None);
}

fn version(plugin: u8, settings: &str, trigger: Trigger, recipients: &[&str], powers: Powers) -> Version {
    let recipients = recipients.iter().map(|text| Recipient::parse(text).unwrap()).collect();
    Version::new(PluginDigest::of(&[plugin]), &serde_json::from_str(settings).unwrap(), trigger, recipients, powers)
        .unwrap()
}

fn trigger(dataset: &str) -> Trigger {
    Trigger::rows(dataset, [Change::Added])
}

fn columns(names: &[&str]) -> ColumnSet {
    ColumnSet::Named(names.iter().map(|name| (*name).to_owned()).collect())
}

fn small() -> Powers {
    Powers { reads: BTreeMap::from([("deals".to_owned(), columns(&["stage"]))]), ..Powers::default() }
}

fn large() -> Powers {
    Powers {
        reads: BTreeMap::from([
            ("deals".to_owned(), columns(&["stage", "margin"])),
            ("people".to_owned(), ColumnSet::All),
        ]),
        writes: BTreeMap::from([("deals".to_owned(), columns(&["stage"]))]),
        reads_folders: BTreeSet::from(["in/*".to_owned()]),
        writes_folders: BTreeSet::from(["out/*".to_owned()]),
        operations: BTreeSet::from(["crm.close".to_owned()]),
    }
}

fn listed(powers: &BTreeSet<Power>) -> Vec<String> {
    powers.iter().map(ToString::to_string).collect()
}

/// A10: powers that grew are listed, each.
#[test]
fn a10_powers_that_grew_are_listed() {
    let old = version(1, "{}", trigger("deals"), &["user:ana"], small());
    let new = version(1, "{}", trigger("deals"), &["user:ben"], large());
    let grown = [
        "read `people`",
        "read the column `margin` of `deals`",
        "change `deals`",
        "set the column `stage` of `deals`",
        "read the folder `in/*`",
        "write the folder `out/*`",
        "invoke `crm.close`",
    ];
    let difference = changes(Some(&old), &new);
    assert_eq!(listed(&difference.more), grown);
    assert_eq!(difference.fewer, BTreeSet::new());
    let named = |text: &str| BTreeSet::from([Recipient::parse(text).unwrap()]);
    assert_eq!((difference.told, difference.untold), (named("user:ben"), named("user:ana")));
    let back = changes(Some(&new), &old);
    assert_eq!((back.more, listed(&back.fewer)), (BTreeSet::new(), grown.map(str::to_owned).to_vec()));
    let first = changes(None, &old);
    assert_eq!(listed(&first.more), ["read `deals`", "read the column `stage` of `deals`"]);
    assert_eq!((first.told, first.untold), (named("user:ana"), BTreeSet::new()));
    assert!(first.plugin && first.settings && first.trigger);
}

/// FND-21: what touches the logic, and what only whom it tells.
#[test]
fn recipients_alone_are_not_the_logic() {
    let of = |plugin, settings, dataset, recipients: &[&str]| {
        version(plugin, settings, trigger(dataset), recipients, small())
    };
    let old = of(1, "{}", "deals", &["user:ana"]);
    for (new, plugin, settings, listens, touches) in [
        (of(1, "{}", "deals", &["user:ana"]), false, false, false, Touches::Recipients),
        (of(1, "{}", "deals", &["user:ben"]), false, false, false, Touches::Recipients),
        (of(2, "{}", "deals", &["user:ana"]), true, false, false, Touches::Logic),
        (of(1, r#"{"a":1}"#, "deals", &["user:ana"]), false, true, false, Touches::Logic),
        (of(1, "{}", "leads", &["user:ana"]), false, false, true, Touches::Logic),
    ] {
        let difference = changes(Some(&old), &new);
        assert_eq!((difference.plugin, difference.settings, difference.trigger), (plugin, settings, listens));
        assert_eq!(difference.touches(), touches);
    }
    assert_eq!(Changes::default().touches(), Touches::Recipients);
}

/// The footprint is everything that a version declares, and the dataset that it listens to.
#[test]
fn a_footprint_names_each_power_once() {
    let whole = footprint(&version(1, "{}", trigger("leads"), &[], large()));
    let shown = [
        ("read `deals`", "deals", false),
        ("read `leads`", "leads", false),
        ("read `people`", "people", false),
        ("read the column `margin` of `deals`", "deals", false),
        ("read the column `stage` of `deals`", "deals", false),
        ("change `deals`", "deals", true),
        ("set the column `stage` of `deals`", "deals", true),
        ("read the folder `in/*`", "in/*", false),
        ("write the folder `out/*`", "out/*", true),
        ("invoke `crm.close`", "crm.close", true),
    ];
    let found: Vec<_> = whole.iter().map(|power| (power.to_string(), power.resource(), power.changes())).collect();
    assert_eq!(found, shown.map(|(text, resource, changes)| (text.to_owned(), resource, changes)));
    let power = Some(Power::Operation { name: "crm.close".to_owned() });
    let lack = mandate_governance::Lack { principal: common::who("a"), power, undecided: false };
    assert_eq!(lack.to_string(), "`user:a` may not invoke `crm.close`");
    let hidden = mandate_governance::Lack { principal: common::who("a"), power: None, undecided: false };
    assert_eq!(hidden.to_string(), "`user:a` lacks something that you may not know of");
}

#[test]
fn a_footprint_has_what_the_trigger_looks_at() {
    let of = |trigger: &str| {
        let trigger = serde_json::from_str(trigger).unwrap();
        listed(&footprint(&version(1, "{}", trigger, &[], Powers::default())))
    };
    assert!(of(r#"{"on":"schedule","cron":"0 9 * * *"}"#).is_empty());
    assert!(of(r#"{"on":"event","type":"com.acme.paid"}"#).is_empty());
    let row = r#"{"on":"row","dataset":"deals","change":["added"],"where":[{"column":"stage","is":"equal"}]}"#;
    let same = Powers { reads: BTreeMap::from([("deals".to_owned(), columns(&["stage"]))]), ..Powers::default() };
    assert_eq!(of(row), listed(&footprint(&version(1, "{}", trigger("deals"), &[], same))));
}

#[test]
fn another_time_or_condition_is_another_version() {
    let of = |trigger: &str| version(1, "{}", serde_json::from_str(trigger).unwrap(), &[], small()).id();
    let row = |more: &str| of(&format!(r#"{{"on":"row","dataset":"deals","change":["added"]{more}}}"#));
    let ids = [
        of(r#"{"on":"schedule","cron":"0 9 * * *"}"#),
        of(r#"{"on":"schedule","cron":"0 9 * * *","time_zone":"Europe/Paris"}"#),
        of(r#"{"on":"schedule","cron":"0 8 * * *"}"#),
        of(r#"{"on":"event","type":"com.acme.paid"}"#),
        of(r#"{"on":"event","type":"com.acme.paid","own_effects":true}"#),
        row(""),
        row(r#","own_effects":true"#),
        row(r#","where":[{"column":"stage","is":"equal","value":"won"}]"#),
        row(r#","where":[{"column":"stage","is":"equal","value":"lost"}]"#),
    ];
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}
