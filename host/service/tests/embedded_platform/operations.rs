//! Named operations: who may invoke which, with what, and who is asked to carry them out.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mandate_model::{AutomationId, Failure, Power, RunId};
use mandate_runtime::platform::Operations as _;
use mandate_service::{
    Roles as _,
    apply::{Apply as _, NotDone},
    embedded::{Embedded, EmbeddedError, OperationsSeed, Seed},
    operations::{HttpCall, Invocation, Operation},
    outbound::Target,
    outward::Setback,
};
use serde_json::json;

use crate::world::{World, clock, id, is_denied, seed};

const AUTOMATION: &str = "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const RUN: &str = "run_aaaaaaaaaaaaaaaaaaaaaaaaaa";

fn operation(name: &str, idempotent: bool) -> Operation {
    Operation {
        name: name.to_owned(),
        description: "Closes a deal.".to_owned(),
        schema: json!({"properties": {"deal": {"type": "string"}}, "required": ["deal"]}),
        idempotent,
        call: None,
    }
}

/// `close` for emea, `reopen`, which honours keys, for boss, and `archive` for nobody.
fn operations() -> OperationsSeed {
    let all = vec![operation("close", false), operation("reopen", true), operation("archive", true)];
    let grants = [("team:emea", "close"), ("user:boss", "close"), ("user:boss", "reopen"), ("user:eve", "reopen")];
    OperationsSeed { all, grants: grants.map(|(who, name)| (id(who), name.to_owned())).into() }
}

async fn world() -> World {
    World::of(&Seed { operations: operations(), ..seed() }).await
}

fn close(principal: &str, operation: &str, arguments: &str, again: bool) -> Invocation {
    Invocation {
        principal: id(principal),
        key: "run_a/prt_b/0".to_owned(),
        automation: AutomationId::parse(AUTOMATION).unwrap(),
        run: RunId::parse(RUN).unwrap(),
        operation: operation.to_owned(),
        arguments: arguments.to_owned(),
        again,
    }
}

const FINE: &str = r#"{"deal": "1"}"#;

#[tokio::test]
async fn n04_unknown_and_not_granted_are_denied_alike_before_anything_is_invalid() {
    let world = world().await;
    for (who, operation) in [
        ("user:bob", "close"),
        ("user:ana", "reopen"),
        ("user:ana", "nonsense"),
        ("user:eve", "reopen"),
        ("user:nobody", "close"),
    ] {
        for arguments in [FINE, "{}", "nonsense"] {
            let refused = world.db.check(&id(who), operation, arguments).await;
            let told = format!("`{who}` may not invoke `{operation}`: no grant");
            assert_eq!(refused, Err(Failure::Denied(told)));
        }
    }
    let ana = id("user:ana");
    assert_eq!(world.db.check(&ana, "close", FINE).await, Ok(()));
    let invalid = |told: &str| Err(Failure::Invalid(told.to_owned()));
    assert_eq!(world.db.check(&ana, "close", "[]").await, invalid("the arguments are a JSON object"));
    assert_eq!(world.db.check(&ana, "close", "{}").await, invalid("\"deal\" is a required property"));
    assert_eq!(world.db.check(&ana, "close", r#"{"deal": 1}"#).await, invalid("/deal: 1 is not of type \"string\""));
}

#[tokio::test]
async fn grants_come_through_teams_however_deep_and_hold_from_the_next_question_on() {
    let world = world().await;
    let power = |name: &str| Power::Operation { name: name.to_owned() };
    for (who, holds) in [
        ("user:ana", true),
        ("user:carla", true),
        ("team:spain", true),
        ("user:eve", false),
        ("user:bob", false),
        ("user:nobody", false),
    ] {
        assert_eq!(world.db.holds(&id(who), &power("close")).await.unwrap(), holds, "{who}");
        // A team is no person, who could know of anything.
        let knows = holds && who.starts_with("user:");
        assert_eq!(world.db.knows(&id(who), &power("close")).await.unwrap(), knows, "{who}");
        assert!(!world.db.holds(&id(who), &power("nonsense")).await.unwrap(), "{who}");
    }
    let (bob, emea) = (id("user:bob"), id("team:emea"));
    let give = async || world.db.grant_operation(&bob, "close").await.unwrap();
    assert_eq!([give().await, give().await], [true, false]);
    assert_eq!(world.db.check(&bob, "close", FINE).await, Ok(()));
    let take = async || world.db.revoke_operation(&bob, "close").await.unwrap();
    assert_eq!([take().await, take().await], [true, false]);
    assert!(is_denied(&world.db.check(&bob, "close", FINE).await));
    assert!(world.db.revoke_operation(&emea, "close").await.unwrap());
    assert!(is_denied(&world.db.check(&id("user:carla"), "close", FINE).await));
    assert_eq!(world.db.invokers("close").await.unwrap(), [id("user:boss")]);
}

#[tokio::test]
async fn only_admins_of_everything_know_of_what_they_may_not_invoke() {
    use crate::roles::at;
    use mandate_service::Reach;
    let archive = Power::Operation { name: "archive".to_owned() };
    let nonsense = Power::Operation { name: "nonsense".to_owned() };
    for (role, reach, knows) in [
        ("site-admin", Reach::Site, true),
        ("resource-admin", Reach::Site, true),
        ("resource-admin", Reach::Dataset("deals".to_owned()), false),
        ("site-admin", Reach::Dataset("deals".to_owned()), false),
        ("member", Reach::Site, false),
    ] {
        let world = world().await;
        let bob = id("user:bob");
        world.db.give_role(&bob, &at(role, reach.clone())).await.unwrap();
        assert_eq!(world.db.knows(&bob, &archive).await.unwrap(), knows, "{role} {reach:?}");
        assert!(!world.db.knows(&bob, &nonsense).await.unwrap());
        world.db.set_active(&bob, false).await.unwrap();
        assert!(!world.db.knows(&bob, &archive).await.unwrap(), "{role}");
    }
}

#[tokio::test]
async fn what_cannot_be_granted_or_planted_is_told() {
    let world = world().await;
    let told = |error: EmbeddedError| error.to_string();
    let unknown = world.db.grant_operation(&id("user:ana"), "nonsense").await.map_err(told);
    assert_eq!(unknown, Err("there is no operation `nonsense`".to_owned()));
    let nobody = world.db.grant_operation(&id("user:nobody"), "close").await.map_err(told).unwrap_err();
    assert!(nobody.starts_with("`user:nobody` is unknown"), "{nobody}");
    let refused = async |change: fn(&mut OperationsSeed)| {
        let mut operations = operations();
        change(&mut operations);
        let path = tempfile::tempdir().unwrap();
        let made = Embedded::create(&path.path().join("p.db"), &Seed { operations, ..seed() }, clock()).await;
        made.err().expect("the seed is wrong").to_string()
    };
    assert_eq!(refused(|seed| seed.all.push(operation("close", true))).await, "the operation `close` is given twice");
    let bad = refused(|seed| seed.all.push(operation("Close", true))).await;
    assert!(bad.starts_with("`Close` is no name of an operation"), "{bad}");
    let nothing = refused(|seed| seed.grants.push((id("user:ana"), "nonsense".to_owned()))).await;
    assert_eq!(nothing, "a grant to `user:ana`: there is no operation `nonsense`");
    let nobody = refused(|seed| seed.grants.push((id("user:nobody"), "close".to_owned()))).await;
    assert_eq!(nobody, "a grant to `user:nobody`: there is no such person, team or site");
}

#[tokio::test]
async fn operations_are_kept_as_they_were_given() {
    let target = Target::parse("https://crm.example.com/close").unwrap();
    let call = Some(HttpCall { target, secret_file: Some("crm-token".into()) });
    let called = Operation { call, ..operation("called", true) };
    let all = vec![called, operation("close", false)];
    let world = World::of(&Seed { operations: OperationsSeed { all: all.clone(), grants: vec![] }, ..seed() }).await;
    assert_eq!(world.db.operations().await.unwrap(), all);
    world.db.close().await;
    assert_eq!(Embedded::open(&world.path(), clock()).await.unwrap().operations().await.unwrap(), all);
}

#[tokio::test]
async fn a_provider_is_asked_once_with_what_was_checked_and_what_it_says_is_told() {
    let world = world().await;
    let asked: Arc<Mutex<Vec<Invocation>>> = Arc::default();
    let answers = Arc::new(Mutex::new(vec![
        Err(Setback::Later("busy".to_owned())),
        Err(Setback::Never("gone".to_owned())),
        Err(Setback::Unknown("slow".to_owned())),
        Err(Setback::Unknown("slow".to_owned())),
    ]));
    for name in ["close", "reopen"] {
        let (asked, answers) = (Arc::clone(&asked), Arc::clone(&answers));
        let provider = move |invocation: &Invocation| {
            asked.lock().unwrap().push(invocation.clone());
            let mut answers = answers.lock().unwrap();
            if answers.is_empty() { Ok(()) } else { answers.remove(0) }
        };
        world.db.provide(name, Arc::new(provider));
    }
    let none = BTreeMap::new();
    let invoke = async |operation: &str| world.db.invoke(&close("user:boss", operation, FINE, false), &none).await;
    assert_eq!(invoke("close").await, Err(NotDone::Later("busy".to_owned())));
    assert_eq!(invoke("close").await, Err(NotDone::Never("gone".to_owned())));
    let perhaps = |again| Err(NotDone::Perhaps { reason: "slow".to_owned(), again });
    assert_eq!(invoke("close").await, perhaps(false));
    assert_eq!(invoke("reopen").await, perhaps(true));
    // What was written twice is sent once, as it was checked; ids of rows that were created are the real ones.
    let ids = BTreeMap::from([("new:0".to_owned(), "row_x".to_owned())]);
    let odd = r#"{"deal": 1, "deal": "new:0", "all": ["new:0", "a new:0"]}"#;
    assert_eq!(world.db.invoke(&close("user:boss", "close", odd, false), &ids).await, Ok(()));
    let last = asked.lock().unwrap().pop().unwrap();
    assert_eq!(last.arguments, r#"{"deal":"row_x","all":["row_x","a new:0"]}"#);
    assert_eq!((last.key.as_str(), last.principal), ("run_a/prt_b/0", id("user:boss")));
    assert_eq!(asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn p02_rights_and_arguments_are_judged_again_before_anybody_is_asked() {
    let world = world().await;
    let asked = Arc::new(Mutex::new(0));
    for name in ["close", "reopen"] {
        let asked = Arc::clone(&asked);
        let provider = move |_: &Invocation| {
            *asked.lock().unwrap() += 1;
            Ok(())
        };
        world.db.provide(name, Arc::new(provider));
    }
    let none = BTreeMap::new();
    let invoke = async |invocation: Invocation| world.db.invoke(&invocation, &none).await;
    world.db.revoke_operation(&id("team:emea"), "close").await.unwrap();
    let denied = invoke(close("user:ana", "close", FINE, false)).await;
    assert!(matches!(denied, Err(NotDone::Refused(Failure::Denied(_)))), "{denied:?}");
    let invalid = invoke(close("user:boss", "close", "{}", false)).await;
    assert!(matches!(invalid, Err(NotDone::Refused(Failure::Invalid(_)))), "{invalid:?}");
    // What may have been done is asked for again only where that does nothing twice.
    let perhaps = NotDone::Perhaps { reason: "the host ended while it was being carried out".to_owned(), again: false };
    assert_eq!(invoke(close("user:boss", "close", FINE, true)).await, Err(perhaps));
    assert_eq!(*asked.lock().unwrap(), 0);
    assert_eq!(invoke(close("user:boss", "reopen", FINE, true)).await, Ok(()));
    assert_eq!(*asked.lock().unwrap(), 1);
    world.db.grant_operation(&id("user:boss"), "archive").await.unwrap();
    let nobody = NotDone::Never("this host is not set up to carry `archive` out".to_owned());
    assert_eq!(invoke(close("user:boss", "archive", FINE, false)).await, Err(nobody));
    world.db.close().await;
    let gone = invoke(close("user:boss", "close", FINE, false)).await;
    assert!(matches!(gone, Err(NotDone::Refused(Failure::Unavailable(_)))), "{gone:?}");
}
