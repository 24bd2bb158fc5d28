//! ONE-09: where a site evaluates notifications as run_as, the act part tells people what run_as sees: those whom the version names
//! and who still are recipients, each once, and nothing else of the run is theirs.

mod changing;
mod killed;

use std::collections::BTreeSet;

use mandate_governance::settings::AsWhom;
use mandate_model::{AutomationId, Change, Effect, PrincipalId, VersionId};
use mandate_service::{EffectState, PartState, PartView, ServiceError};

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

/// What ana's guest says, and bob's where he is evaluated as himself.
const ANA: &str = "CANARY-ana {}";
const BOB: &str = "CANARY-bob {}";

/// Ana's automation in a site that evaluates as run_as. Only ana sees what happens.
async fn sending(recipients: &[&str]) -> (Bench, AutomationId, VersionId) {
    let bench = Bench::new().await;
    bench.evaluate_as(AsWhom::RunAs).await;
    bench.world.script().sees = BTreeSet::from([who("user:ana")]);
    let (id, version) = bench.enabled(recipients).await;
    (bench, id, version)
}

async fn act_part(bench: &Bench) -> PartView {
    let mut parts = bench.runs("user:ana").await.remove(0).parts;
    assert_eq!(parts.len(), 1, "nothing but the act part");
    parts.remove(0)
}

/// Whom the act part tells, and what became of it.
fn told(part: &PartView) -> Vec<(PrincipalId, EffectState)> {
    let tell = |effect: &mandate_service::StagedEffect| match &effect.effect {
        Effect::Tell { recipient, .. } => Some((recipient.clone(), effect.state)),
        _ => None,
    };
    part.effects.iter().filter_map(tell).collect()
}

fn all(people: &[&str], state: EffectState) -> Vec<(PrincipalId, EffectState)> {
    people.iter().map(|person| (who(person), state)).collect()
}

#[tokio::test]
async fn one_09_each_is_told_what_run_as_sees_without_seeing_anything_themselves() {
    let (bench, ..) = sending(&["team:sales", "user:bob"]).await;
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana"], "nobody else is evaluated");
    for person in ["user:bob", "user:cleo"] {
        assert_eq!(bench.inbox(person).await, [ANA], "{person}: once, though named twice");
        assert!(bench.runs(person).await.is_empty(), "{person} has no part in it");
    }
    let part = act_part(&bench).await;
    assert_eq!(part.state, PartState::Done);
    assert_eq!(told(&part), all(&["user:bob", "user:cleo"], EffectState::Applied));
    assert_eq!(bench.carried(), ["0", "1", "2"], "the platform carries out changes, never messages");
    assert_eq!(bench.inbox("user:ana").await, [""; 0]);
}

#[tokio::test]
async fn evaluated_as_themselves_they_are_told_nothing_of_what_they_do_not_see() {
    let (bench, ..) = sending(&["team:sales"]).await;
    let (other, version) = bench.published(&["team:sales"]).await;
    bench.evaluate_as(AsWhom::Recipient).await;
    bench.service.enable(&other, &who("user:ana"), &version).await.unwrap();
    bench.run().await;
    for person in ["user:bob", "user:cleo"] {
        assert!(bench.inbox(person).await.is_empty(), "{person}");
        assert_eq!(bench.tables_with("CANARY-bob").await, [""; 0]);
    }
    assert_eq!(bench.calls(), ["act user:ana", "act user:ana"]);
}

#[tokio::test]
async fn who_joins_a_team_is_told_once_it_is_published_and_consented_to_again() {
    let (bench, id, version) = sending(&["team:sales"]).await;
    {
        let mut script = bench.world.script();
        script.teams.get_mut(&who("team:sales")).unwrap().insert(who("user:dora"));
        script.active.insert(who("user:dora"));
    }
    bench.run().await;
    assert_eq!(told(&act_part(&bench).await), all(&["user:bob", "user:cleo"], EffectState::Applied));
    assert!(bench.inbox("user:dora").await.is_empty());
    let draft = bench.draft(&["team:sales"], "condition action notification").await;
    let next = bench.publish(&id, "user:mia", &draft).await.unwrap();
    assert_ne!(next, version, "the same draft, but other people");
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await, [ANA], "the consent was to other people");
    bench.service.enable(&id, &who("user:ana"), &next).await.unwrap();
    bench.happens("3").await;
    bench.service.drain().await.unwrap();
    assert_eq!(
        (bench.inbox("user:dora").await, bench.inbox("user:bob").await),
        (vec![ANA.to_owned()], vec![ANA.to_owned(); 2])
    );
}

#[tokio::test]
async fn who_left_the_team_or_is_gone_is_not_told() {
    let (bench, ..) = sending(&["team:sales", "user:eve"]).await;
    bench.world.script().teams.insert(who("team:sales"), [who("user:cleo")].into());
    bench.run().await;
    let expected = [(who("user:cleo"), EffectState::Applied), (who("user:eve"), EffectState::Withheld)];
    let part = act_part(&bench).await;
    assert_eq!(told(&part), expected, "bob is not even tried, eve is not active");
    let reason = part.effects.last().unwrap().reason.clone();
    assert_eq!(reason.as_deref(), Some("`user:eve` is no recipient any more"));
    assert_eq!((part.state, part.reason), (PartState::Done, None), "one person's lack blocks nobody");
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (0, 1));
}

#[tokio::test]
async fn a_column_names_somebody_besides_as_run_as_reads_it() {
    let (bench, ..) = sending(&["column:seller", "user:bob"]).await;
    {
        let mut script = bench.world.script();
        script.cells.insert("seller".to_owned(), "user:dora".to_owned());
        script.active.insert(who("user:dora"));
    }
    bench.run().await;
    assert_eq!(told(&act_part(&bench).await), all(&["user:bob", "user:dora"], EffectState::Applied));
    assert_eq!(bench.inbox("user:dora").await, [ANA]);
}

#[tokio::test]
async fn a_plugin_that_does_not_act_has_an_act_part_to_tell_with() {
    let bench = Bench::new().await;
    bench.evaluate_as(AsWhom::RunAs).await;
    for (recipients, phases, calls) in [
        (&["user:bob"][..], "condition notification", 1),
        (&["user:bob"], "condition", 2),
        (&[], "condition notification", 2),
    ] {
        let (id, version) = bench.published_with(recipients, phases).await;
        bench.service.enable(&id, &who("user:ana"), &version).await.unwrap();
        bench.happens(&format!("{calls}{phases}")).await;
        bench.service.drain().await.unwrap();
        bench.service.disable(&id, &who("user:ana")).await.unwrap();
        assert_eq!(bench.calls().len(), calls, "{phases}, {recipients:?}");
        assert_eq!(bench.inbox("user:bob").await.len(), calls);
    }
    assert!(bench.carried().is_empty());
}

#[tokio::test]
async fn of_a_removal_that_nobodys_right_to_know_can_be_judged_of_run_as_still_tells() {
    let (bench, ..) = sending(&["user:bob"]).await;
    bench.service.accept(&occurrence("1", Change::Removed)).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await, [ANA]);
}

#[tokio::test]
async fn run_as_who_may_not_know_of_the_event_tells_nobody() {
    let (bench, ..) = sending(&["user:bob"]).await;
    bench.world.script().sees = BTreeSet::from([who("user:bob")]);
    bench.run().await;
    assert!(bench.inbox("user:bob").await.is_empty());
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_platform_that_cannot_say_who_is_in_a_team_puts_the_part_off_and_tells_once() {
    let (bench, ..) = sending(&["team:sales"]).await;
    bench.world.script().teams_down = true;
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert!(bench.calls().is_empty());
    // It is down again when the first message is to be delivered.
    bench.world.script().meanwhile = Some(|script| script.teams_down = true);
    bench.world.script().teams_down = false;
    bench.advance(60);
    bench.service.pass().await.unwrap();
    assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (3, 0));
    bench.world.script().teams_down = false;
    bench.service.drain().await.unwrap();
    assert_eq!(
        (bench.inbox("user:bob").await, bench.inbox("user:cleo").await),
        (vec![ANA.to_owned()], vec![ANA.to_owned()])
    );
    assert_eq!(bench.calls(), ["act user:ana"]);
}

#[tokio::test]
async fn a_version_that_would_tell_more_people_than_a_part_may_is_refused() {
    let bench = Bench::new().await;
    let crowd = (0..1_001).map(|at| who(&format!("user:p{at}"))).collect();
    bench.world.script().teams.insert(who("team:crowd"), crowd);
    let (id, _) = bench.published(&["user:bob"]).await;
    let draft = bench.draft(&["team:crowd"], "condition action notification").await;
    bench.publish(&id, "user:mia", &draft).await.unwrap();
    bench.evaluate_as(AsWhom::RunAs).await;
    let refused = bench.publish(&id, "user:mia", &draft).await.unwrap_err();
    assert!(matches!(refused, ServiceError::TooManyPeople { count: 1_001, most: 1_000 }), "{refused:?}");
    let words =
        "in this site it would send what it finds as whom it runs as to 1001 people, and may to 1000: name fewer";
    assert_eq!(refused.to_string(), words);
    bench.world.script().teams.get_mut(&who("team:crowd")).unwrap().pop_last();
    bench.publish(&id, "user:mia", &draft).await.unwrap();
}
