//! What changes between the making of a version and the delivery of a message: the site's choice, the people, the automation.

use mandate_governance::{Ask, settings::AsWhom};
use mandate_model::Failure;
use mandate_service::{EffectState, PartState, Publishing};

use super::{ANA, BOB, act_part, all, sending, told};
use crate::{bench::Bench, fakes::who};

/// The version's site chose one when it was made, and another (or the same) when it runs.
#[tokio::test]
async fn a_version_tells_as_run_as_only_where_the_site_says_so_when_it_is_made_and_when_it_runs() {
    use AsWhom::{Recipient, RunAs};
    for (made, now, inbox) in
        [(RunAs, RunAs, ANA), (RunAs, Recipient, BOB), (Recipient, RunAs, BOB), (Recipient, Recipient, BOB)]
    {
        let bench = Bench::new().await;
        bench.evaluate_as(made).await;
        let (id, version) = bench.enabled(&["user:bob"]).await;
        let people = bench.service.published(&version).await.unwrap().people().cloned();
        assert_eq!(people, (made == RunAs).then(|| [who("user:bob")].into()));
        bench.evaluate_as(now).await;
        bench.run().await;
        assert_eq!(bench.inbox("user:bob").await, [inbox], "made {made:?}, now {now:?}");
        // What is chosen back is as it was consented to; what is published again is as the site says, and waits for consent.
        bench.evaluate_as(made).await;
        bench.advance(1);
        bench.happens("2").await;
        bench.service.drain().await.unwrap();
        let as_made = if made == RunAs { ANA } else { BOB };
        assert_eq!(bench.inbox("user:bob").await[1], as_made);
        bench.evaluate_as(now).await;
        let draft = bench.draft(&["user:bob"], "condition action notification").await;
        let next = bench.publish(&id, "user:mia", &draft).await.unwrap();
        assert_eq!(next == version, made == now);
        assert_eq!(bench.service.automation(&id).await.unwrap().consent.is_some(), made == now);
        bench.service.enable(&id, &who("user:ana"), &next).await.unwrap();
        bench.advance(1);
        bench.happens("3").await;
        bench.service.drain().await.unwrap();
        assert_eq!(bench.inbox("user:bob").await[2], if now == RunAs { ANA } else { BOB });
    }
}

#[tokio::test]
async fn a_run_that_was_planned_for_each_recipient_never_tells_as_run_as_too() {
    let (bench, ..) = sending(&["user:bob"]).await;
    bench.evaluate_as(AsWhom::Recipient).await;
    {
        let mut script = bench.world.script();
        script.sees.insert(who("user:bob"));
        script.down.insert(who("user:ana"));
    }
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    bench.evaluate_as(AsWhom::RunAs).await;
    bench.world.script().down.clear();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
    assert_eq!(bench.inbox("user:bob").await, [BOB]);
}

#[tokio::test]
async fn a_run_that_was_planned_as_run_as_tells_nobody_once_the_site_chooses_otherwise() {
    let (bench, ..) = sending(&["user:bob"]).await;
    bench.world.script().sees.insert(who("user:bob"));
    bench.world.script().down.insert(who("user:ana"));
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    bench.evaluate_as(AsWhom::Recipient).await;
    bench.world.script().down.clear();
    bench.service.drain().await.unwrap();
    assert_eq!((bench.calls(), bench.carried().len()), (vec!["act user:ana".to_owned()], 3));
    assert!(bench.inbox("user:bob").await.is_empty());
}

#[tokio::test]
async fn what_is_staged_is_withheld_alone_once_the_site_chooses_otherwise() {
    let (bench, ..) = sending(&["user:bob", "user:cleo"]).await;
    bench.world.script().refusals.insert(1, vec![Failure::Unavailable("down".to_owned())]);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    bench.evaluate_as(AsWhom::Recipient).await;
    bench.service.drain().await.unwrap();
    let part = act_part(&bench).await;
    assert_eq!((bench.carried(), part.state), (["0", "1", "2"].map(str::to_owned).to_vec(), PartState::Done));
    assert_eq!(told(&part), all(&["user:bob", "user:cleo"], EffectState::Withheld));
    let reason = part.effects.last().unwrap().reason.clone();
    assert_eq!(reason.as_deref(), Some("the site evaluates notifications as each recipient now"));
    assert!(bench.inbox("user:bob").await.is_empty());
}

/// Bob was told, and the platform cannot say whether cleo still is a recipient.
async fn between_two() -> (Bench, mandate_model::AutomationId, mandate_model::VersionId) {
    let (bench, id, version) = sending(&["user:bob", "team:sales"]).await;
    bench.world.script().teams.insert(who("team:sales"), [who("user:cleo")].into());
    bench.world.script().meanwhile = Some(|script| script.teams_down = true);
    bench.happens("1").await;
    bench.service.pass().await.unwrap();
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 0));
    bench.world.script().meanwhile = None;
    bench.world.script().teams_down = false;
    (bench, id, version)
}

#[tokio::test]
async fn p02_p05_what_is_stopped_between_two_messages_withholds_the_second() {
    let (ana, mia) = (who("user:ana"), who("user:mia"));
    for way in ["revoke", "disable", "delete", "hand over"] {
        let (bench, id, version) = between_two().await;
        match way {
            "revoke" => bench.service.revoke(&id, &ana).await.unwrap(),
            "disable" => bench.service.disable(&id, &mia).await.unwrap(),
            "delete" => bench.service.delete(&id, &mia).await.unwrap(),
            _ => {
                bench.world.script().active.insert(who("user:eve"));
                bench.hand_over(&id, "user:ana", "user:eve").await;
                bench.service.enable(&id, &who("user:eve"), &version).await.unwrap();
            }
        }
        bench.service.drain().await.unwrap();
        let part = act_part(&bench).await;
        assert_eq!(part.state, PartState::Withheld, "{way}");
        assert_eq!(told(&part)[1], (who("user:cleo"), EffectState::Withheld), "{way}");
        assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (1, 0), "{way}");
    }
}

#[tokio::test]
async fn who_leaves_the_team_between_staging_and_delivery_misses_theirs_alone() {
    let (bench, ..) = sending(&["team:sales"]).await;
    bench.world.script().meanwhile = Some(|script| {
        script.teams.values_mut().for_each(|team| _ = team.remove(&who("user:bob")));
    });
    bench.run().await;
    let part = act_part(&bench).await;
    assert_eq!(told(&part), [(who("user:bob"), EffectState::Withheld), (who("user:cleo"), EffectState::Applied)]);
    assert_eq!(part.state, PartState::Done);
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await.len()), (0, 1));
}

#[tokio::test]
async fn a_change_that_is_refused_withholds_what_would_be_told_after_it() {
    let (bench, ..) = sending(&["user:bob"]).await;
    bench.world.script().refusals.insert(2, vec![Failure::Denied("no right".to_owned())]);
    bench.run().await;
    assert_eq!(told(&act_part(&bench).await), all(&["user:bob"], EffectState::Withheld));
    assert!(bench.inbox("user:bob").await.is_empty());
}

#[tokio::test]
async fn a_guest_that_fails_tells_nobody() {
    let (bench, ..) = sending(&["user:bob"]).await;
    let failed = mandate_model::Outcome::Failed { cause: mandate_model::Cause::Failed, detail: "no".to_owned() };
    bench.world.script().endings.insert(who("user:ana"), vec![failed]);
    bench.run().await;
    assert!(bench.inbox("user:bob").await.is_empty());
    assert_eq!(act_part(&bench).await.effects, []);
}

#[tokio::test]
async fn copied_migrated_and_planted_ones_tell_the_people_of_their_own_version() {
    let (bench, id, _) = sending(&["team:sales"]).await;
    bench.service.disable(&id, &who("user:ana")).await.unwrap();
    let root = who("user:root");
    {
        let mut script = bench.world.script();
        script.teams.insert(who("team:sales"), [who("user:cleo")].into());
        script.active.insert(root.clone());
        script.sees.insert(root.clone());
    }
    // A copy begins with the recipients as they were written, and finds who they are when it is published.
    let copy = bench.service.clone_automation(&id, &root, "copy").await.unwrap();
    let saved = bench.service.saved_draft(&copy, &root).await.unwrap().unwrap();
    let draft = bench.draft(&["team:sales"], "condition action notification").await;
    assert_eq!(saved.recipients, draft.recipients);
    let version = bench.service.publish(&copy, &root, &draft, Publishing::default()).await.unwrap();
    let people = bench.service.published(&version).await.unwrap().people().cloned();
    assert_eq!(people, Some([who("user:cleo")].into()));
    // What was made here has no consent to take over; one that was set up and never on has, to the people of what is published.
    let migrate = Ask::Migrate { version: version.clone(), run_as: None };
    bench.service.ask(&copy, &root, migrate.clone()).await.unwrap_err();
    let (set_up, same) = bench.published(&["team:sales"]).await;
    assert_eq!(same, version);
    bench.service.ask(&set_up, &root, migrate).await.unwrap();
    bench.run().await;
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await), (0, vec![ANA.to_owned()]));
    bench.service.disable(&set_up, &root).await.unwrap();
    // What an operator plants is made like what is published.
    assert_eq!(bench.service.plant_version(&id, &draft).await.unwrap(), version);
    bench.advance(1);
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!((bench.inbox("user:bob").await.len(), bench.inbox("user:cleo").await[1].as_str()), (0, ANA));
}

#[tokio::test]
async fn what_is_rolled_back_tells_who_is_a_recipient_now() {
    let (bench, id, first) = sending(&["team:sales"]).await;
    let other = bench.draft(&["user:bob"], "condition action notification").await;
    bench.publish(&id, "user:mia", &other).await.unwrap();
    // The same again is the same version, and still waits for consent; with other people in the team it is another one.
    let back = bench.draft(&["team:sales"], "condition action notification").await;
    assert_eq!(bench.publish(&id, "user:mia", &back).await.unwrap(), first);
    assert_eq!(bench.service.automation(&id).await.unwrap().consent, None);
    bench.world.script().teams.insert(who("team:sales"), [who("user:cleo")].into());
    let version = bench.publish(&id, "user:mia", &back).await.unwrap();
    assert_ne!(version, first);
    let people = bench.service.published(&version).await.unwrap().people().cloned();
    assert_eq!(people, Some([who("user:cleo")].into()));
}
