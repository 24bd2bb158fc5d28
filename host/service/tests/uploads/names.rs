//! C06, C08: a plugin is its bytes. Its name and version are what it says of itself, and nothing is found, overwritten or consented to
//! by them.

use std::collections::BTreeSet;

use mandate_governance::Planted;
use mandate_model::{AutomationId, AutomationKind, Change, PluginDigest, SiteId, Trigger};
use mandate_service::{Draft, Publishing, ServiceError};
use mandate_test_support::made;

use crate::{bench::Bench, world::id};

fn acme() -> SiteId {
    SiteId::parse("acme").unwrap()
}

#[tokio::test]
async fn c06_hostile_names_are_data_and_make_no_file() {
    let bench = Bench::new().await;
    let files = |bench: &Bench| -> BTreeSet<String> {
        let entries = std::fs::read_dir(bench.world.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let before = files(&bench);
    for name in ["../../x", "/etc/passwd", "C:\\x", "<script>alert(1)</script>", "a\u{202e}b", "store.db", "'; --"] {
        let bytes = made::described(name, "1.0.0-../../y", "", &[]).unwrap();
        let digest = bench.upload("acme", &bytes).await.0.unwrap();
        let kept = bench.service.plugin(&acme(), name).await.unwrap();
        assert_eq!((&kept.digest, kept.described.manifest.name.as_str()), (&digest, name));
        assert_eq!(kept.described.manifest.version, "1.0.0-../../y");
    }
    assert_eq!(files(&bench), before, "the store's own files, and nothing else");
}

#[tokio::test]
async fn c06_names_that_cannot_be_shown_are_refused() {
    let bench = Bench::new().await;
    for name in ["a\0b", "a\nb", "a\u{1b}[2Jb", &"x".repeat(101), " "] {
        let (refused, _) = bench.upload("acme", &made::described(name, "1.0.0", "", &[]).unwrap()).await;
        let Err(ServiceError::Plugin(error)) = refused else { panic!("{name:?}: {refused:?}") };
        assert_eq!(error.code(), "M0154", "{name:?}");
        assert!(!error.to_string().contains('\u{1b}'), "the message is inert");
    }
}

/// A published and enabled automation of ana's, which carla manages too.
async fn enabled(bench: &Bench, plugin: &PluginDigest) -> AutomationId {
    let planted = Planted {
        site: bench.world.db.site().clone(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "tagged".to_owned(),
        run_as: id("user:ana"),
        managers: BTreeSet::from([id("user:carla")]),
        members: BTreeSet::new(),
    };
    let automation = bench.service.plant(planted).await.unwrap();
    bench.service.plant_version(&automation, &draft(plugin)).await.unwrap();
    automation
}

fn draft(plugin: &PluginDigest) -> Draft {
    let trigger = Trigger::rows("deals", [Change::Added]);
    Draft { plugin: plugin.clone(), settings: serde_json::json!({}), trigger, recipients: BTreeSet::new() }
}

#[tokio::test]
async fn c08_other_bytes_of_the_same_name_and_version_have_no_consent() {
    let bench = Bench::new().await;
    let site = bench.world.db.site().to_string();
    let first = bench.upload(&site, &made::described("tagged", "1.0.0", "", &[]).unwrap()).await.0.unwrap();
    let automation = enabled(&bench, &first).await;
    let before = bench.service.automation(&automation).await.unwrap();
    let consented = before.consent.clone().unwrap().version;
    assert_eq!(before.automation.published.as_ref(), Some(&consented));

    // The name points to other bytes now; what was consented to does not.
    let second = bench.upload(&site, &made::described("tagged", "1.0.0", "{}", &[]).unwrap()).await.0.unwrap();
    assert_ne!(first, second);
    let named = bench.service.plugin(bench.world.db.site(), "tagged").await.unwrap();
    assert_eq!(named.digest, second);
    assert_eq!(bench.service.automation(&automation).await.unwrap(), before);
    assert_eq!(bench.service.published(&consented).await.unwrap().plugin(), &first);

    // Published, they are another version: its runs wait for ana.
    let publishing = Publishing { base: Some(consented.clone()), ..Publishing::default() };
    let version = bench.service.publish(&automation, &id("user:carla"), &draft(&second), publishing).await.unwrap();
    assert_ne!(version, consented);
    let after = bench.service.automation(&automation).await.unwrap();
    assert_eq!((after.automation.published, after.consent), (Some(version), None));
}
