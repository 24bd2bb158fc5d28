//! ONE-09: whom a version tells as run_as is part of what it is, of what is consented to, and of what a consent page shows.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Consent, Life, Planted, Preset, Settings, Version, changes, may_run, needs, tells};
use mandate_model::{
    AutomationId, AutomationKind, Change, ColumnSet, PluginDigest, Power, Powers, PrincipalId, Recipient, SiteId,
    Trigger,
};

fn who(name: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{name}")).unwrap()
}

fn people(names: &[&str]) -> BTreeSet<PrincipalId> {
    names.iter().map(|name| who(name)).collect()
}

/// Tells the team of sales about margins.
fn version() -> Version {
    let reads = BTreeMap::from([("deals".to_owned(), ColumnSet::Named(["margin".to_owned()].into()))]);
    Version::new(
        PluginDigest::of(b"x"),
        &serde_json::json!({}),
        Trigger::rows("deals", [Change::Added]),
        BTreeSet::from([Recipient::parse("team:sales").unwrap()]),
        Powers { reads, ..Powers::default() },
    )
    .unwrap()
}

fn settings(preset: Preset) -> Settings {
    preset.settings().unwrap()
}

#[test]
fn people_are_told_as_run_as_only_where_version_and_site_both_say_so() {
    let sends = version().telling(people(&["a", "b"]));
    for preset in Preset::ALL {
        let settings = settings(preset);
        let told = matches!(preset, Preset::Vendasta | Preset::Oneup | Preset::Monday | Preset::Files);
        assert_eq!(tells(&sends, &settings), told.then_some(&people(&["a", "b"])), "{preset}");
        assert_eq!(tells(&version(), &settings), None, "{preset}: made where each is told as themself");
    }
}

#[test]
fn a_consent_to_some_people_is_none_to_others() {
    let planted = Planted {
        site: SiteId::parse("acme").unwrap(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "report".to_owned(),
        run_as: who("a"),
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
    };
    let consented = version().telling(people(&["b"]));
    let life = Life::planted(AutomationId::from_bytes([1; 16]), planted).turned_on(consented.id(), 1);
    assert!(may_run(&life.automation, &consented.id(), life.consent.as_ref()).is_ok());
    for other in [version(), version().telling(people(&[])), version().telling(people(&["b", "c"]))] {
        let mut automation = life.automation.clone();
        automation.published = Some(other.id());
        let Consent { version, .. } = life.consent.as_ref().unwrap();
        assert_ne!(*version, other.id());
        assert!(may_run(&automation, &other.id(), life.consent.as_ref()).is_err(), "{:?}", other.people());
    }
}

#[test]
fn who_is_sent_what_run_as_sees_is_told_against_the_last_consent() {
    let none = people(&[]);
    for (old, new, sent, unsent, as_run_as) in [
        (None, version(), none.clone(), none.clone(), None),
        (None, version().telling(people(&["b"])), people(&["b"]), none.clone(), Some(true)),
        (Some(version()), version().telling(people(&["b"])), people(&["b"]), none.clone(), Some(true)),
        (Some(version()), version().telling(none.clone()), none.clone(), none.clone(), Some(true)),
        (Some(version().telling(people(&["b"]))), version(), none.clone(), people(&["b"]), Some(false)),
        (
            Some(version().telling(people(&["b", "c"]))),
            version().telling(people(&["c", "d"])),
            people(&["d"]),
            people(&["b"]),
            None,
        ),
    ] {
        let difference = changes(old.as_ref(), &new);
        assert_eq!((difference.sent, difference.unsent, difference.as_run_as), (sent, unsent, as_run_as), "{old:?}");
    }
}

/// What run_as finds is read as run_as, so they must hold the columns, of every version in such a site.
#[test]
fn run_as_must_hold_the_columns_that_it_tells_of() {
    let margin = Power::ReadColumn { dataset: "deals".to_owned(), column: "margin".to_owned() };
    for version in [version(), version().telling(people(&["b"]))] {
        for preset in Preset::ALL {
            let settings = settings(preset);
            assert_eq!(needs(&version, &settings).contains(&margin), settings.evaluate_as.is_run_as(), "{preset}");
        }
    }
}

#[test]
fn a_stored_version_that_names_somebody_else_than_people_is_not_what_was_published() {
    let stored = serde_json::to_string(&version().telling(people(&["a"]))).unwrap();
    assert_eq!(serde_json::from_str::<Version>(&stored).unwrap().id(), version().telling(people(&["a"])).id());
    let damaged: Version = serde_json::from_str(&stored.replace("user:a", "team:a")).unwrap();
    assert_eq!(damaged.id(), version().telling(people(&[])).id());
    assert!(!serde_json::to_string(&version()).unwrap().contains("people"), "as it was stored before");
}
