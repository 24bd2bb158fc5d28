//! What another way of governing would change.

use mandate_governance::{Lack, Power, Preset, SiteChoices};
use mandate_policy::Act;
use mandate_service::{Object, PolicyChanges, ServiceError};
use serde_json::json;

use crate::{
    bench::{Bench, own},
    world::id,
};

async fn foreseen(bench: &Bench, choices: &SiteChoices) -> PolicyChanges {
    bench.service.policy_changes(bench.world.db.site(), choices).await.unwrap()
}

#[tokio::test]
async fn the_same_choices_change_nothing_for_anybody() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    assert!(foreseen(&bench, &SiteChoices::default()).await.is_empty());
}

#[tokio::test]
async fn who_loses_is_named_with_why_and_nothing_is_changed() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    let policy = r#"@because("not carla") forbid (principal == User::"carla", action == Action::"edit", resource);"#;
    let changes = foreseen(&bench, &own(json!({}), policy)).await;
    assert!(changes.policies && changes.settings.is_empty() && changes.lacks.is_empty());
    assert_eq!(changes.decisions.len(), 1, "{changes:?}");
    let change = &changes.decisions[0];
    assert_eq!((&change.person, change.act), (&id("user:carla"), Act::Edit));
    assert_eq!(change.object, Object::Automation(tell));
    assert!(change.before.is_allow() && !change.after.is_allow() && !change.after.is_undecided());
    assert!(format!("{:?}", change.after).contains("not carla"));
    assert_eq!(bench.service.choices(bench.world.db.site()).await.unwrap(), SiteChoices::default());
}

#[tokio::test]
async fn who_gains_is_named_too_and_settings_are_told_in_words() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    let anyone = own(json!({ "create_roles": "anyone", "roles": { "auditor": ["view-all"] } }), "");
    let changes = foreseen(&bench, &anyone).await;
    let settings: Vec<&str> = changes.settings.iter().map(|difference| difference.setting.as_str()).collect();
    assert_eq!(settings, ["create_roles", "role auditor"]);
    assert_eq!((changes.settings[1].before.as_str(), changes.settings[1].after.as_str()), ("–", "view-all"));
    let gain: Vec<String> = changes.decisions.iter().map(|change| change.person.to_string()).collect();
    assert_eq!(gain, ["user:ana", "user:bob", "user:carla"], "boss could before");
    assert!(
        changes
            .decisions
            .iter()
            .all(|change| { change.act == Act::Create && change.object == Object::Site && change.after.is_allow() })
    );
}

#[tokio::test]
async fn a13_a_policy_that_errs_is_shown_as_cannot_decide() {
    let bench = Bench::new().await;
    bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    let overflow = r#"@id("limit") forbid (principal, action == Action::"rename", resource)
        when { (if context.must_hold then 1 else 9223372036854775807) + 1 > 0 };"#;
    let changes = foreseen(&bench, &own(json!({}), overflow)).await;
    let undecided: Vec<_> = changes.decisions.iter().filter(|change| change.after.is_undecided()).collect();
    // Also for who may not now: a no that cannot be decided is another no.
    let people: Vec<String> = undecided.iter().map(|change| change.person.to_string()).collect();
    assert_eq!(people, ["user:ana", "user:bob", "user:boss", "user:carla"]);
    assert!(undecided.iter().all(|change| change.act == Act::Rename));
    assert_eq!(changes.decisions.len(), undecided.len());
}

#[tokio::test]
async fn what_an_automation_would_need_more_is_told() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &[], "deals.margin>").await;
    let run_as = own(json!({ "evaluate_as": { "condition": "run-as", "notification": "run-as" } }), "");
    let changes = foreseen(&bench, &run_as).await;
    let power = Power::ReadColumn { dataset: "deals".to_owned(), column: "margin".to_owned() };
    assert_eq!(changes.lacks, [(tell, vec![Lack { principal: id("user:ana"), power: Some(power), undecided: false }])]);
}

#[tokio::test]
async fn what_is_not_valid_is_refused() {
    let bench = Bench::new().await;
    let site = bench.world.db.site();
    let policies = bench.service.policy_changes(site, &own(json!({}), "permit (principal, action")).await;
    assert!(matches!(policies, Err(ServiceError::Policies(_))), "{policies:?}");
    let role = bench.service.policy_changes(site, &own(json!({ "create_roles": ["boss"] }), "")).await;
    assert!(role.unwrap_err().to_string().contains("names the role `boss`, which `roles` does not have"));
    let vendasta = SiteChoices { preset: Preset::Vendasta, ..SiteChoices::default() };
    assert!(!foreseen(&bench, &vendasta).await.is_empty());
}
