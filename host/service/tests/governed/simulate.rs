//! Dry runs, as oneself and as others: who may, and that nothing is shown of what the viewer may not see, whatever it is.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use mandate_governance::{
    Ask, Choices, Preset, Refused, SiteChoices,
    settings::{AsWhom, EvaluateAs},
};
use mandate_model::{
    AutomationId, Change, Comparison, Effect, Entry, Field, Message, Operand, Outcome, PrincipalId, RowFilter, RowRef,
    Trigger, Value, Verdict,
};
use mandate_runtime::part::ActReport;
use mandate_service::{
    HIDDEN, Occasion, PartKind, Rehearsal, Rehearsed, ServiceError, Shown, Simulated,
    embedded::{PrincipalGrant, PrincipalRight},
};

use crate::{
    history::{CANARY, entry, reads, record, row, shared, tells, ways},
    world::{World, nothing, site, who},
};

/// Being run by hand about a deal.
fn about(id: &str) -> Occasion {
    Occasion::Now(Some(RowRef { dataset: "deals".to_owned(), id: id.to_owned() }))
}

fn people(names: &[&str]) -> BTreeSet<PrincipalId> {
    names.iter().map(|name| who(name)).collect()
}

async fn over(world: &World, person: &str, rights: &[PrincipalRight], of: &str) {
    for right in rights {
        world.embedded.grant_over(&who(person), &PrincipalGrant { right: *right, over: who(of) }).await.unwrap();
    }
}

const BOTH: [PrincipalRight; 2] = [PrincipalRight::SeePage, PrincipalRight::SimulateAs];

async fn margin(world: &World, id: &str, value: &str) {
    let field = Field { name: "margin".to_owned(), value: Value::Text(value.to_owned()) };
    world.embedded.insert(None, "deals", id, &[field], 5).await.unwrap();
}

async fn tried(
    world: &World,
    id: &AutomationId,
    viewer: &str,
    as_whom: &[&str],
) -> Result<Vec<Simulated>, ServiceError> {
    world.service.simulate(id, &who(viewer), None, about("1"), &people(as_whom)).await
}

#[tokio::test]
async fn trying_as_another_takes_rights_over_the_automation_and_over_the_person() {
    let world = World::new(Preset::Mandate).await;
    let id = shared(&world, b"quiet").await;
    margin(&world, "1", "low").await;
    let refused =
        async |viewer: &str, as_whom: &[&str]| tried(&world, &id, viewer, as_whom).await.unwrap_err().to_string();
    let words = |viewer: &str, person: &str| {
        format!(
            "`user:{viewer}` may not try automations as `{person}`: that takes the rights `simulate-as` and `see-page` over \
             them, or to administer the site"
        )
    };
    // Over the automation: cleo sees it, and may not edit it; olga does not see it.
    over(&world, "cleo", &BOTH, "user:ana").await;
    assert!(refused("cleo", &["ana"]).await.contains("`user:cleo` may not edit"));
    assert!(matches!(tried(&world, &id, "olga", &["ana"]).await, Err(ServiceError::Refused(Refused::Unknown))));
    // Over the person: both rights. Who is not there is told like whom one may not.
    assert_eq!(refused("bob", &["ana"]).await, words("bob", "user:ana"));
    assert_eq!(refused("bob", &["ghost"]).await, words("bob", "user:ghost"));
    over(&world, "bob", &[PrincipalRight::SimulateAs], "user:ana").await;
    assert_eq!(refused("bob", &["ana"]).await, words("bob", "user:ana"));
    over(&world, "bob", &[PrincipalRight::SeePage], "user:ana").await;
    assert_eq!(tried(&world, &id, "bob", &["ana"]).await.unwrap().len(), 1);
    // One who lacks it for one of them is shown none; nobody is a team or a site.
    for other in ["cleo", "team:emea", "site:acme"] {
        assert_eq!(refused("bob", &["ana", other]).await, words("bob", &who(other).to_string()));
    }
    // A site admin may, as everybody.
    world.service.ask(&id, &who("ana"), Ask::Share { add: people(&["root"]), remove: BTreeSet::new() }).await.unwrap();
    world.grant("root").await;
    assert_eq!(refused("root", &["rita"]).await, words("root", "user:rita"));
    world.admin("root").await;
    assert_eq!(tried(&world, &id, "root", &["rita", "ana"]).await.unwrap().len(), 2);
    let ghost = tried(&world, &id, "root", &["ghost"]).await;
    assert!(matches!(&ghost, Err(ServiceError::NoPrincipal(person)) if *person == who("ghost")), "{ghost:?}");
    assert_eq!(refused("root", &["team:emea"]).await, words("root", "team:emea"));
}

#[tokio::test]
async fn at_most_twenty_people_are_tried_at_once() {
    let world = World::new(Preset::Mandate).await;
    let id = shared(&world, b"quiet").await;
    margin(&world, "1", "low").await;
    let many: Vec<String> = (0..21).map(|number| format!("p{number:02}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let refused = tried(&world, &id, "bob", &many).await.unwrap_err().to_string();
    assert_eq!(refused, "it would be tried as 21 people, and can be as 20 at once: name fewer");
    let refused = tried(&world, &id, "bob", &many[..20]).await.unwrap_err();
    assert!(matches!(refused, ServiceError::NotAsThem { .. }), "twenty are not too many: {refused}");
}

#[tokio::test]
async fn n10_whether_there_is_anything_for_another_does_not_tell_of_a_hidden_column() {
    let policies = r#"
        forbid (principal == User::"ana", action == Action::"read", resource is deals)
            when { resource has margin && resource.margin == "low" };
        forbid (principal == User::"bob", action == Action::"read-column", resource == Column::"deals.margin");"#;
    let mut seen = vec![];
    for value in ["low", "high"] {
        let world = World::with(policies).await;
        world.govern(Preset::Mandate, "").await;
        let asked: Arc<Mutex<Vec<PrincipalId>>> = Arc::default();
        let log = Arc::clone(&asked);
        *world.scripted.act.lock().unwrap() = Some(Box::new(move |job, principal| {
            log.lock().unwrap().push(principal.id.clone());
            reads(job, principal)
        }));
        let id = shared(&world, b"quiet").await;
        let more = Ask::Share { add: people(&["cleo"]), remove: BTreeSet::new() };
        world.service.ask(&id, &who("ana"), more).await.unwrap();
        for viewer in ["bob", "cleo"] {
            over(&world, viewer, &BOTH, "user:ana").await;
        }
        margin(&world, "1", value).await;
        let bob = tried(&world, &id, "bob", &["ana"]).await.unwrap();
        assert_eq!(bob, [Simulated { person: who("ana"), comes_to: Shown::hidden() }]);
        assert_eq!(*asked.lock().unwrap(), [], "nothing is evaluated of which nothing could be shown");
        // Who sees the column is shown which it is.
        let cleo = tried(&world, &id, "cleo", &["ana"]).await.unwrap().remove(0).comes_to;
        match (value, cleo.get()) {
            ("low", Some(Rehearsal::NoEvent)) => {}
            ("high", Some(Rehearsal::Parts(parts))) => {
                assert_eq!(parts.iter().map(|part| part.kind).collect::<Vec<_>>(), [PartKind::Act, PartKind::Notify]);
                assert_eq!(parts[0].rest.get().unwrap().findings[0].0.summary, "CANARY-act");
            }
            other => panic!("{other:?}"),
        }
        seen.push(serde_json::to_string(&bob).unwrap());
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn n10_whatever_a_guest_makes_of_what_the_viewer_may_not_see_looks_the_same() {
    let mut seen = vec![];
    for (way, outcome, calls, fuel) in ways() {
        let world = World::new(Preset::Mandate).await;
        *world.scripted.act.lock().unwrap() = Some(Box::new(move |job, principal| {
            let mut record = record(job, principal, "act");
            let mut more: Vec<Entry> = vec![entry(&principal.id, 2, "rows.get", row("hr", "1"), CANARY)];
            more.extend((0..calls).map(|_| entry(&principal.id, 3, "log.write", row("hr", "1"), CANARY)));
            record.journal.extend(more);
            record.usage.fuel = fuel;
            ActReport { outcome: outcome.clone(), acted: vec![], effects: vec![], record }
        }));
        *world.scripted.notify.lock().unwrap() = Some(Box::new(tells));
        let id = shared(&world, b"quiet").await;
        over(&world, "bob", &BOTH, "user:ana").await;
        margin(&world, "1", "low").await;
        let shown = tried(&world, &id, "bob", &["ana", "bob"]).await.unwrap();
        let [ana, bob] = &shown[..] else { panic!("{shown:?}") };
        let text = serde_json::to_string(ana).unwrap();
        assert!(text.contains(HIDDEN) && text.contains("CANARY-act") && !text.contains("hr"), "{way}: {text}");
        let Some(Rehearsal::Parts(parts)) = ana.comes_to.get() else { panic!("{ana:?}") };
        assert_eq!((parts[0].journal.len(), parts[0].rest.get()), (2, None), "{way}");
        // Of the part that reads what bob reads, too, he is shown what it would tell.
        assert_eq!(parts[1].rest.get().unwrap().messages[0].1.title, "CANARY-notify");
        // What was asked as himself is his.
        let Some(Rehearsal::Parts(own)) = bob.comes_to.get() else { panic!("{bob:?}") };
        assert_eq!((own[0].journal.len(), own[0].rest.get().is_some()), (3 + calls, true), "{way}");
        seen.push((way, text));
    }
    for (way, text) in &seen {
        assert_eq!(text, &seen[0].1, "{way} shows through");
    }
}

#[tokio::test]
async fn what_it_comes_to_is_for_who_knows_of_all_that_it_may_touch_and_reasons_of_denials_for_nobody() {
    let world = World::new(Preset::Mandate).await;
    *world.scripted.act.lock().unwrap() = Some(Box::new(|_, principal| {
        let mut record = nothing();
        let mut denied = entry(&principal.id, 0, "rows.get", row("deals", "1"), "");
        denied.verdict = Verdict::Denied("no policy permits it".to_owned());
        record.journal = vec![denied];
        ActReport { outcome: Outcome::Done, acted: vec![], effects: vec![], record }
    }));
    // It declares an operation that bob may not know of, and cleo may.
    let id = shared(&world, b"invokes").await;
    let more = Ask::Share { add: people(&["cleo"]), remove: BTreeSet::new() };
    world.service.ask(&id, &who("ana"), more).await.unwrap();
    world.embedded.grant_operation(&who("cleo"), "ping").await.unwrap();
    margin(&world, "1", "low").await;
    for (viewer, whole) in [("bob", false), ("cleo", true)] {
        over(&world, viewer, &BOTH, "user:ana").await;
        let shown = tried(&world, &id, viewer, &["ana"]).await.unwrap();
        let Some(Rehearsal::Parts(parts)) = shown[0].comes_to.get() else { panic!("{shown:?}") };
        assert_eq!((parts[0].journal.len(), parts[0].rest.get().is_some()), (1, whole), "{viewer}");
        assert!(!format!("{shown:?}").contains("no policy permits it"), "{viewer}: {shown:?}");
    }
}

#[tokio::test]
async fn a_dry_run_judges_where_as_its_person() {
    let hides =
        r#"forbid (principal == User::"bob", action == Action::"read-column", resource == Column::"deals.margin");"#;
    let world = World::with(hides).await;
    world.govern(Preset::Mandate, "").await;
    let id = shared(&world, b"quiet").await;
    let mut draft = world.draft(&[]).await;
    draft.trigger = Trigger::Row {
        dataset: "deals".to_owned(),
        change: vec![Change::Added],
        columns: vec![],
        only: vec![RowFilter {
            column: "margin".to_owned(),
            is: Comparison::Equal,
            value: Some(Operand::Text("high".to_owned())),
        }],
        own_effects: false,
    };
    margin(&world, "1", "high").await;
    margin(&world, "2", "low").await;
    let dry = async |person: &str, row: &str| {
        world.service.dry_run(&id, &who(person), Some(&draft), about(row)).await.unwrap()
    };
    let Rehearsal::Parts(parts) = dry("ana", "1").await else { panic!("it is as the trigger wants it") };
    let first = parts.iter().map(|part| (part.kind, part.journal[0].method.as_str())).collect::<Vec<_>>();
    assert_eq!(first, [(PartKind::Act, "where"), (PartKind::Notify, "where")]);
    assert_eq!(dry("ana", "2").await, Rehearsal::NoEvent);
    // A column that is hidden from them is never as the trigger wants it.
    assert_eq!(dry("bob", "1").await, Rehearsal::NoEvent);
    assert_eq!(dry("bob", "2").await, Rehearsal::NoEvent);
    // As another, it is judged as that one: bob is the one for whom there is nothing.
    over(&world, "ana", &BOTH, "user:bob").await;
    let both =
        world.service.simulate(&id, &who("ana"), Some(&draft), about("1"), &people(&["ana", "bob"])).await.unwrap();
    assert!(matches!(both[0].comes_to.get(), Some(Rehearsal::Parts(parts)) if parts.len() == 2), "{both:?}");
    assert_eq!(both[1].comes_to, Shown::Shown(Rehearsal::NoEvent));
}

#[tokio::test]
async fn about_nothing_only_the_act_part_is_tried() {
    let world = World::new(Preset::Mandate).await;
    let id = shared(&world, b"quiet").await;
    let came = world.service.dry_run(&id, &who("bob"), None, Occasion::Now(None)).await.unwrap();
    assert!(matches!(&came, Rehearsal::Parts(parts) if parts.len() == 1 && parts[0].kind == PartKind::Act), "{came:?}");
}

fn kinds_and_told(came: Rehearsal<Rehearsed>) -> Vec<(PartKind, Vec<String>)> {
    let Rehearsal::Parts(parts) = came else { panic!("no event") };
    let told = |part: &Rehearsed| {
        let told = part.effects.iter().filter_map(|effect| match effect {
            Effect::Tell { recipient, .. } => Some(recipient.to_string()),
            _ => None,
        });
        told.collect()
    };
    parts.iter().map(|part| (part.kind, told(part))).collect()
}

#[tokio::test]
async fn one_09_where_run_as_tells_a_dry_run_shows_whom_it_would_tell_and_no_notify_part() {
    let world = World::new(Preset::Mandate).await;
    *world.scripted.act.lock().unwrap() = Some(Box::new(|job, _| {
        let message = Message { title: "t".to_owned(), body: String::new(), attachments: vec![] };
        let tell = |recipient: &PrincipalId| Effect::Tell {
            recipient: recipient.clone(),
            finding: "k".to_owned(),
            message: message.clone(),
        };
        let effects = job.tells.iter().map(tell).collect();
        ActReport { outcome: Outcome::Done, acted: vec![], effects, record: nothing() }
    }));
    let id = shared(&world, b"quiet").await;
    margin(&world, "1", "low").await;
    let draft = world.draft(&["user:rita", "team:emea"]).await;
    let dry = async || kinds_and_told(world.service.dry_run(&id, &who("ana"), Some(&draft), about("1")).await.unwrap());
    assert_eq!(dry().await, [(PartKind::Act, vec![]), (PartKind::Notify, vec![])]);
    let as_whom = AsWhom::RunAs;
    let evaluate_as = Some(EvaluateAs { condition: as_whom, notification: as_whom });
    let settings = Choices { evaluate_as, ..Choices::default() };
    let choices = SiteChoices { preset: Preset::Mandate, settings, ..SiteChoices::default() };
    world.service.choose(&site(), None, &choices).await.unwrap();
    assert_eq!(dry().await, [(PartKind::Act, vec!["user:bob".to_owned(), "user:rita".to_owned()])]);
    // What was published before names nobody: each is told as themself still.
    let published = world.service.dry_run(&id, &who("ana"), None, about("1")).await.unwrap();
    assert_eq!(kinds_and_told(published), [(PartKind::Act, vec![]), (PartKind::Notify, vec![])]);
    // Nobody was told anything.
    assert!(world.service.inbox(&who("rita")).await.unwrap().is_empty());
}
