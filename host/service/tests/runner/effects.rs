//! Carrying out: in order, once for each key, and only while everything still holds.

use std::collections::BTreeSet;

use mandate_model::{Effect, Failure};
use mandate_service::{EffectState, PartState, PartView};

use crate::{
    bench::{Bench, remove},
    fakes::who,
};

async fn act_part(bench: &Bench) -> PartView {
    bench.runs("user:ana").await.remove(0).parts.remove(0)
}

fn states(part: &PartView) -> Vec<EffectState> {
    part.effects.iter().map(|effect| effect.state).collect()
}

/// An automation whose first effect is carried out and whose second one waits for the platform.
async fn halfway() -> (Bench, mandate_model::AutomationId) {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    bench.world.script().refusals.insert(1, vec![Failure::Unavailable("down".to_owned())]);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert_eq!(bench.carried(), ["0"]);
    (bench, id)
}

async fn nothing_more(bench: &Bench, reason: &str) {
    bench.advance(60);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0"]);
    let part = act_part(bench).await;
    assert_eq!(part.state, PartState::Withheld);
    assert_eq!(states(&part), [EffectState::Applied, EffectState::Withheld, EffectState::Withheld]);
    for effect in &part.effects[1..] {
        let told = effect.reason.clone().unwrap_or_default();
        assert!(told.contains(reason), "{told}");
    }
    // Nor later, whatever changes back.
    bench.advance(600);
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0"]);
}

#[tokio::test]
async fn every_effect_has_a_key_of_its_own_that_names_run_part_and_sequence() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    bench.run().await;
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    let run = bench.runs("user:ana").await.remove(0).id;
    let script = bench.world.script();
    let prefixes: BTreeSet<&str> = script.carried.iter().map(|(key, _, _)| key.rsplit_once('/').unwrap().0).collect();
    assert_eq!(prefixes.len(), 1);
    assert!(prefixes.first().unwrap().starts_with(&format!("{run}/prt_")));
}

#[tokio::test]
async fn e02_an_unavailable_platform_is_asked_again_with_the_same_key_from_where_it_stopped() {
    let (bench, _) = halfway().await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    let asked: Vec<String> =
        bench.world.script().asked.iter().map(|key| key.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(asked, ["0", "1", "1", "2"]);
    let keys: BTreeSet<String> = bench.world.script().asked.iter().cloned().collect();
    assert_eq!(keys.len(), 3, "an effect asked for again has its old key");
    assert_eq!(bench.calls(), ["act user:ana"], "the guest is not asked again");
    assert_eq!(act_part(&bench).await.state, PartState::Done);
}

#[tokio::test]
async fn p02_p05_disabled_between_two_effects_withholds_the_rest() {
    let (bench, id) = halfway().await;
    bench.service.disable(&id, &who("user:mia")).await.unwrap();
    nothing_more(&bench, "is off").await;
}

#[tokio::test]
async fn p02_revoked_between_two_effects_withholds_the_rest() {
    let (bench, id) = halfway().await;
    bench.service.revoke(&id, &who("user:ana")).await.unwrap();
    nothing_more(&bench, "has not let").await;
}

#[tokio::test]
async fn p05_deleted_between_two_effects_withholds_the_rest() {
    let (bench, id) = halfway().await;
    bench.service.delete(&id, &who("user:mia")).await.unwrap();
    nothing_more(&bench, "deleted").await;
}

#[tokio::test]
async fn a_run_never_changes_its_principal() {
    let (bench, id) = halfway().await;
    let version = bench.service.automations().await.unwrap()[0].automation.published.clone().unwrap();
    let bob = who("user:bob");
    bench.hand_over(&id, "user:ana", "user:bob").await;
    bench.service.enable(&id, &bob, &version).await.unwrap();
    nothing_more(&bench, "runs as `user:bob` now").await;
    assert!(bench.runs("user:bob").await.is_empty(), "what ran as ana stays ana's");
}

#[tokio::test]
async fn a_new_version_withholds_what_the_old_one_staged() {
    let (bench, id) = halfway().await;
    let draft = bench.draft(&["user:bob"], "condition action").await;
    let version = bench.publish(&id, "user:mia", &draft).await.unwrap();
    bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
    nothing_more(&bench, "no longer the published version").await;
}

#[tokio::test]
async fn a06_a_deactivated_person_changes_nothing_more() {
    let (bench, _) = halfway().await;
    bench.world.script().active.remove(&who("user:ana"));
    bench.advance(60);
    bench.service.drain().await.unwrap();
    assert!(bench.runs("user:ana").await.is_empty(), "who is not active is shown nothing");
    // Active again, they see what was withheld meanwhile.
    bench.world.script().active.insert(who("user:ana"));
    nothing_more(&bench, "not active").await;
}

#[tokio::test]
async fn p02_a_right_lost_between_staging_and_applying_withholds_this_and_the_rest() {
    let denied = (Failure::Denied("no right".to_owned()), "it does not exist, or they may not");
    let invalid = (Failure::Invalid("no right".to_owned()), "no right");
    for (refusal, told) in [denied, invalid] {
        let bench = Bench::new().await;
        bench.enabled(&["user:bob"]).await;
        bench.world.script().refusals.insert(1, vec![refusal]);
        bench.run().await;
        nothing_more(&bench, told).await;
        assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
    }
}

#[tokio::test]
async fn an_effect_is_given_up_after_five_attempts_and_can_be_tried_again() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    let down = || Failure::Unavailable("down".to_owned());
    bench.world.script().refusals.insert(0, vec![down(), down(), down(), down()]);
    bench.world.script().refusals.insert(1, vec![down(), down(), down(), down(), down()]);
    bench.run().await;
    assert_eq!(bench.carried(), ["0"], "the bound holds for each effect");
    let part = act_part(&bench).await;
    assert_eq!(part.state, PartState::Dead);
    assert_eq!(states(&part), [EffectState::Applied, EffectState::Dead, EffectState::Dead]);
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    assert_eq!(bench.calls(), ["act user:ana"]);
    assert_eq!(act_part(&bench).await.state, PartState::Done);
}

#[tokio::test]
async fn the_bound_on_attempts_holds_for_each_effect_by_itself() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    let down = Failure::Unavailable("down".to_owned());
    for sequence in 0..3 {
        bench.world.script().refusals.insert(sequence, vec![down.clone(); 4]);
    }
    bench.run().await;
    assert_eq!(bench.carried(), ["0", "1", "2"]);
    assert_eq!(act_part(&bench).await.state, PartState::Done);
}

#[tokio::test]
async fn a_row_created_by_an_effect_is_known_by_its_real_id_to_the_next() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    let create = Effect::Create { dataset: "deals".to_owned(), placeholder: "new:0".to_owned(), fields: vec![] };
    bench.world.script().effects = vec![create, remove("new:0")];
    bench.run().await;
    assert_eq!(bench.world.script().carried[1].2, remove("row-0"));
}
