//! What runs is what the one principal that it runs as let: exactly that version, as nobody else.

use mandate_governance::{Happening, Refused};
use mandate_model::{PluginDigest, PrincipalId, SiteId};
use mandate_service::{PartState, ServiceError};

use crate::{
    bench::{Bench, lack},
    fakes::who,
};

#[tokio::test]
async fn a_version_without_consent_does_not_run() {
    let bench = Bench::new().await;
    bench.published(&["user:bob"]).await;
    bench.run().await;
    assert!(bench.calls().is_empty());
    assert!(bench.runs("user:ana").await.is_empty());
}

#[tokio::test]
async fn a02_a_new_version_does_not_run_on_the_consent_to_the_old_one() {
    let bench = Bench::new().await;
    let (id, first) = bench.enabled(&["user:bob"]).await;
    let draft = bench.draft(&["user:cleo"], "condition action notification").await;
    let second = bench.publish(&id, "user:mia", &draft).await.unwrap();
    assert_ne!(first, second);
    bench.happens("1").await;
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty());

    let refused = bench.service.enable(&id, &who("user:ana"), &first).await;
    assert!(matches!(refused, Err(ServiceError::Refused(Refused::NotPublished { .. }))), "{refused:?}");
    bench.service.enable(&id, &who("user:ana"), &second).await.unwrap();
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    // What came while it did not run is not caught up with.
    assert_eq!(bench.runs("user:ana").await.len(), 1);
}

#[tokio::test]
async fn a05_who_turns_on_what_runs_as_another_has_it_wait_for_that_one() {
    let bench = Bench::new().await;
    let (id, version) = bench.published(&["user:bob"]).await;
    bench.service.enable(&id, &who("user:mia"), &version).await.unwrap();
    let asked = bench.service.notices(&who("user:ana")).await.unwrap();
    assert!(asked.iter().any(|(_, told)| told.text.contains("only once you let it")), "{asked:?}");
    let refused = bench.service.enable(&id, &who("user:bob"), &version).await;
    assert!(matches!(refused, Err(ServiceError::Refused(Refused::Unknown))), "not theirs to see: {refused:?}");
    bench.run().await;
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn fil_26_disabled_means_no_run_of_what_was_accepted_before() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob"]).await;
    bench.happens("1").await;
    bench.service.disable(&id, &who("user:mia")).await.unwrap();
    bench.service.drain().await.unwrap();
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn fil_31_deleted_is_final() {
    let bench = Bench::new().await;
    let (id, version) = bench.enabled(&["user:bob"]).await;
    bench.service.delete(&id, &who("user:ana")).await.unwrap();
    bench.run().await;
    assert!(bench.calls().is_empty());
    let again = bench.service.enable(&id, &who("user:ana"), &version).await;
    assert!(matches!(again, Err(ServiceError::Refused(Refused::Deleted))));
    assert!(bench.tables_with("\"happening\":\"deleted\"").await.contains(&"happening".to_owned()));
}

#[tokio::test]
async fn a_changed_run_as_runs_only_after_its_own_consent() {
    let bench = Bench::new().await;
    let (id, version) = bench.enabled(&[]).await;
    let bob = who("user:bob");
    bench.hand_over(&id, "user:ana", "user:bob").await;
    bench.run().await;
    assert!(bench.calls().is_empty());
    bench.service.enable(&id, &bob, &version).await.unwrap();
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:bob"]);
}

#[tokio::test]
async fn happenings_name_who_asked() {
    let bench = Bench::new().await;
    let (id, version) = bench.enabled(&[]).await;
    bench.lose(&id).await;
    let happened: Vec<(Option<PrincipalId>, Happening)> =
        bench.service.happenings(&id).await.unwrap().into_iter().map(|(_, actor, what)| (actor, what)).collect();
    let [ana, mia] = ["user:ana", "user:mia"].map(|name| Some(who(name)));
    let expected = [
        (None, Happening::Created { cloned_from: None }),
        (mia, Happening::Published { version: version.clone() }),
        (
            ana.clone(),
            Happening::Consented { principal: who("user:ana"), version: version.clone(), by: who("user:ana") },
        ),
        (ana, Happening::Enabled),
        (None, Happening::ConsentEnded { principal: who("user:ana"), version }),
        (None, Happening::Stopped { lost: vec![lack("user:ana")] }),
    ];
    assert_eq!(happened, expected);
    bench.run().await;
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn c07_r1_altered_bytes_are_not_run() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    // A store that was opened anew has nothing in memory: the bytes that are instantiated are the bytes that are compared.
    let bench = bench.reopen().await;
    bench.sql("UPDATE plugin SET bytes = CAST('condition action notification!' AS BLOB)").await;
    bench.run().await;
    assert!(bench.calls().is_empty());
    let raw = bench.raw().await;
    let parts: Vec<(String, String)> = sqlx::query_as("SELECT state, reason FROM part").fetch_all(&raw).await.unwrap();
    assert_eq!(parts.len(), 1, "the recipient's part left no trace: {parts:?}");
    assert!(parts[0].0 == "withheld" && parts[0].1.contains("not those that were uploaded"), "{parts:?}");
}

#[tokio::test]
async fn r1_an_altered_version_is_not_run_and_keeps_nobody_else_from_running() {
    let bench = Bench::new().await;
    let (_, version) = bench.enabled(&["user:bob"]).await;
    let (other, second) = bench.published(&["user:cleo"]).await;
    assert_ne!(version, second);
    bench.service.enable(&other, &who("user:ana"), &second).await.unwrap();
    bench.sql("UPDATE version SET body = replace(body, 'user:bob', 'user:eve')").await;
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"]);
    assert_eq!(bench.tables_with("is not what was published").await, ["run"]);
}

#[tokio::test]
async fn uploads_are_named_by_their_bytes() {
    let bench = Bench::new().await;
    let site = SiteId::parse("acme").unwrap();
    let first = bench.service.upload(&site, b"condition").await.unwrap();
    assert_eq!(first, PluginDigest::of(b"condition"));
    assert_eq!(bench.service.upload(&site, b"condition").await.unwrap(), first);
    assert_eq!(bench.service.plugin(&site, "condition").await.unwrap().digest, first);
    assert_eq!(bench.service.plugin(&site, &first.to_string()).await.unwrap().digest, first);
    let elsewhere = SiteId::parse("umbrella").unwrap();
    assert!(matches!(bench.service.plugin(&elsewhere, first.as_str()).await, Err(ServiceError::NoPlugin(_))));
    let refused = bench.service.upload(&site, &[0xff]).await.unwrap_err();
    assert!(matches!(&refused, ServiceError::Plugin(error) if error.code() == "M0153"), "{refused:?}");
    assert_eq!(refused.to_string(), "the plugin is refused: (M0153) `plugin.describe` did not answer: no text");
}

#[tokio::test]
async fn settings_are_checked_before_anything_is_published() {
    let bench = Bench::new().await;
    let (id, version) = bench.enabled(&[]).await;
    let mut draft = bench.draft(&[], "condition").await;
    draft.settings = serde_json::json!({"bad": 1});
    let refused = bench.publish(&id, "user:mia", &draft).await;
    assert!(matches!(refused, Err(ServiceError::Settings(_))), "{refused:?}");
    draft.settings = serde_json::json!({});
    assert!(matches!(bench.publish(&id, "user:bob", &draft).await, Err(ServiceError::Refused(Refused::Unknown))));
    let life = bench.service.automations().await.unwrap().remove(0);
    assert_eq!(
        (life.automation.published, life.consent.map(|consent| consent.version)),
        (Some(version.clone()), Some(version))
    );
    bench.run().await;
    let view = bench.runs("user:ana").await.remove(0);
    assert_eq!(view.parts[0].state, PartState::Done);
}
