//! Between rendering and delivery, everything is asked once more.

use mandate_service::PartState;

use crate::{bench::Bench, fakes::who};

/// Bob's message is rendered, and the platform goes down before it is delivered.
async fn rendered() -> (Bench, mandate_model::AutomationId) {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["team:sales"]).await;
    bench.world.script().teams.insert(who("team:sales"), [who("user:bob")].into());
    bench.world.script().meanwhile = Some(|script| script.teams_down = true);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert!(bench.calls().contains(&"notify user:bob".to_owned()));
    assert!(bench.inbox("user:bob").await.is_empty());
    assert!(bench.tables_with("CANARY-bob").await.contains(&"message".to_owned()));
    bench.world.script().meanwhile = None;
    bench.world.script().teams_down = false;
    (bench, id)
}

#[tokio::test]
async fn a_rendered_message_is_delivered_once_the_platform_answers_without_a_second_rendering() {
    let (bench, _) = rendered().await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await, ["CANARY-bob {}"]);
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
}

#[tokio::test]
async fn p02_who_may_no_longer_see_the_subject_gets_nothing_and_nothing_is_left() {
    let (bench, _) = rendered().await;
    bench.world.script().sees.remove(&who("user:bob"));
    bench.service.drain().await.unwrap();
    assert!(bench.tables_with("user:bob").await.is_empty());
    assert!(bench.tables_with("CANARY-bob").await.is_empty());
}

#[tokio::test]
async fn p06_who_is_no_longer_a_recipient_gets_nothing_and_nothing_is_left() {
    let (bench, _) = rendered().await;
    bench.world.script().teams.clear();
    bench.service.drain().await.unwrap();
    assert!(bench.tables_with("user:bob").await.is_empty());
    assert!(bench.tables_with("CANARY-bob").await.is_empty());
}

#[tokio::test]
async fn p02_p05_nothing_is_delivered_of_what_was_turned_off_or_revoked() {
    for revoke in [false, true] {
        let (bench, id) = rendered().await;
        if revoke {
            bench.service.revoke(&id, &who("user:ana")).await.unwrap();
        } else {
            bench.service.disable(&id, &who("user:ana")).await.unwrap();
        }
        bench.service.drain().await.unwrap();
        assert!(bench.inbox("user:bob").await.is_empty());
        assert!(!bench.tables_with("CANARY-bob").await.contains(&"message".to_owned()));
        let part = bench.runs("user:bob").await.remove(0).parts.remove(0);
        assert_eq!(part.state, PartState::Withheld);
        assert_eq!(part.reason.as_deref(), Some("the automation does not run now"));
    }
}

#[tokio::test]
async fn a_team_is_listed_once_for_a_run_however_many_are_told() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    let told = bench.world.script().teams[&who("team:sales")].clone();
    let mut delivered = 0;
    for person in &told {
        delivered += bench.inbox(&person.to_string()).await.len();
    }
    assert!(delivered > 1, "several of the team are told");
    assert_eq!(bench.world.script().listed, 1, "each delivery asks for its own recipient alone");
}
