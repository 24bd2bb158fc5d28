//! What taking something away would stop, who would be left without managers, and what runs as whom.

use mandate_governance::{Lack, Power, settings::Then};
use mandate_policy::{Act, Right};
use mandate_service::{Impact, Object, Removal, Roles as _};

use crate::{
    bench::{Bench, admin, names},
    world::{grant, id},
};

async fn foreseen(bench: &Bench, removal: &Removal) -> Option<Impact> {
    bench.service.impact(bench.world.db.site(), removal).await.unwrap()
}

fn read_deals() -> Removal {
    Removal::Grant(id("team:emea"), grant(Right::Read, "deals"))
}

#[tokio::test]
async fn a_grant_of_a_team_stops_what_runs_as_its_people_and_looking_changes_nothing() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &["user:carla"], "deals.stage>stage").await;
    bench.on("other", "user:boss", &[], "deals.stage>").await;
    let impact = foreseen(&bench, &read_deals()).await.unwrap();
    assert_eq!(impact.losses.len(), 1);
    assert_eq!((&impact.losses[0].life.automation.id, impact.losses[0].then), (&tell, Then::Stop));
    let power = Power::Read { dataset: "deals".to_owned() };
    assert_eq!(
        impact.losses[0].lost,
        [Lack { principal: id("user:ana"), power: Some(power.clone()), undecided: false }]
    );
    assert!(impact.unmanaged.is_empty() && impact.runs_as.is_empty() && impact.decisions.is_empty());
    // It was only looked at: the right is there, nothing stopped, nobody was told, and others may write.
    assert!(bench.world.db.holds(&id("user:ana"), &power).await.unwrap());
    assert!(bench.service.recheck().await.unwrap().is_empty());
    assert!(bench.service.notices(&id("user:ana")).await.unwrap().is_empty());
    assert!(bench.world.db.revoke(&id("team:emea"), &grant(Right::Read, "deals")).await.unwrap());
    // What was foreseen comes.
    assert_eq!(bench.service.recheck().await.unwrap(), [tell]);
    assert_eq!(bench.service.notices(&id("user:boss")).await.unwrap().len(), 1, "admins are told once");
    assert!(bench.service.recheck().await.unwrap().is_empty());
    assert_eq!(bench.service.notices(&id("user:boss")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_lacked_before_is_no_loss() {
    let bench = Bench::new().await;
    bench.on("tell", "user:bob", &[], "notes.title>").await;
    let impact = foreseen(&bench, &Removal::Grant(id("user:bob"), grant(Right::Read, "deals"))).await.unwrap();
    let lost: Vec<_> = impact.losses.iter().flat_map(|loss| &loss.lost).map(ToString::to_string).collect();
    assert_eq!(lost, ["`user:bob` may not read `deals`"], "notes were never theirs");
}

#[tokio::test]
async fn there_is_nothing_to_take_away_where_nothing_is() {
    let bench = Bench::new().await;
    let (_, role) = admin();
    for removal in [
        Removal::Grant(id("user:ana"), grant(Right::Read, "deals")),
        Removal::Role(id("user:ana"), role),
        Removal::Active(id("user:eve")),
        Removal::Active(id("user:nobody")),
    ] {
        assert_eq!(foreseen(&bench, &removal).await, None, "{removal:?}");
    }
}

#[tokio::test]
async fn mon_29_a_person_who_goes_leaves_what_runs_as_them_and_what_only_they_manage() {
    let bench = Bench::new().await;
    bench.on("shared", "user:ana", &["user:carla"], "deals.stage>").await;
    bench.on("alone", "user:ana", &[], "deals.stage>").await;
    let ana = foreseen(&bench, &Removal::Active(id("user:ana"))).await.unwrap();
    let mut stopped: Vec<_> = ana.losses.iter().map(|loss| loss.life.automation.name.as_str()).collect();
    stopped.sort_unstable();
    assert_eq!(stopped, ["alone", "shared"]);
    assert_eq!(names(&ana.unmanaged), ["alone"]);
    assert_eq!(ana.runs_as.len(), 2);
    let carla = foreseen(&bench, &Removal::Active(id("user:carla"))).await.unwrap();
    assert!(carla.is_empty(), "ana still manages it: {carla:?}");
    assert!(bench.world.db.standing(&id("user:ana")).await.unwrap().unwrap().active);
}

#[tokio::test]
async fn a_role_that_goes_takes_what_it_gives() {
    let bench = Bench::new().await;
    let tell = bench.on("tell", "user:ana", &["user:carla"], "deals.stage>").await;
    let (boss, role) = admin();
    let impact = foreseen(&bench, &Removal::Role(boss.clone(), role)).await.unwrap();
    assert!(impact.losses.is_empty() && impact.unmanaged.is_empty());
    let lost = |object: &Object, act: Act| {
        impact.decisions.iter().any(|change| {
            change.person == boss && change.object == *object && change.act == act && change.before.is_allow()
        })
    };
    assert!(lost(&Object::Site, Act::SetPolicy));
    assert!(lost(&Object::Automation(tell), Act::Edit));
    assert!(impact.decisions.iter().all(|change| change.person == boss), "nobody else stands otherwise");
}
