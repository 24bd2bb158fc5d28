//! History: what depends on hidden things looks the same whatever they are (N10), what is revealed is on the record, and what is
//! explained or counted tells no more than history does.

use mandate_governance::{
    Ask, Choices, Happening, Planted, Preset, Refused, SiteChoices,
    settings::{AsWhom, EvaluateAs},
};
use mandate_model::{
    AutomationId, AutomationKind, Cause, Change, Entry, EventId, Field, Finding, Labels, Message, Occurrence, Outcome,
    Phase, Power, Principal, PrincipalId, Resource, RunId, Trigger, Value, Verdict,
};
use mandate_runtime::part::{ActReport, Acted, NotifyReport, Record, Usage};
use mandate_service::{Fate, HIDDEN, Job, RunView, ServiceError};

use crate::world::{World, site, who};

/// A word that stands in what a part came to, followed by its kind.
pub(crate) const CANARY: &str = "CANARY";

pub(crate) fn entry(principal: &PrincipalId, sequence: u32, call: &str, resource: Resource, answer: &str) -> Entry {
    let (interface, method) = call.split_once('.').unwrap();
    Entry {
        sequence,
        phase: Phase::Condition,
        interface: interface.to_owned(),
        method: method.to_owned(),
        arguments: serde_json::json!({}),
        answer: serde_json::json!(answer),
        verdict: Verdict::Allowed,
        labels: Labels::of(principal, resource),
    }
}

pub(crate) fn row(dataset: &str, id: &str) -> Resource {
    let one = |word: &str| [word.to_owned()].into();
    Resource::Rows { dataset: dataset.to_owned(), ids: one(id), columns: one("title") }
}

/// A part that asks for the settings, and then for the row that the event is about.
pub(crate) fn record(job: &Job, principal: &Principal, kind: &str) -> Record {
    let mandate_model::Subject::Row(about) = &job.event.subject else { panic!("about a row") };
    let journal = vec![
        entry(&principal.id, 0, "authority.settings", Resource::Settings, "{}"),
        entry(&principal.id, 1, "rows.get", row(&about.dataset, &about.id), &format!("{CANARY}-{kind}")),
    ];
    Record { journal, usage: Usage { fuel: 11, host_calls: 2, bytes_to_guest: 9 } }
}

/// An act part that reads the row.
pub(crate) fn reads(job: &Job, principal: &Principal) -> ActReport {
    let finding = Finding { key: "k".to_owned(), summary: format!("{CANARY}-act"), data: vec![] };
    let acted = vec![Acted { finding, outcome: Outcome::Done }];
    ActReport { outcome: Outcome::Done, acted, effects: vec![], record: record(job, principal, "act") }
}

/// A notify part that tells of it.
pub(crate) fn tells(job: &Job, principal: &Principal) -> NotifyReport {
    let message = Message { title: format!("{CANARY}-notify"), body: String::new(), attachments: vec![] };
    let messages = vec![("k".to_owned(), message)];
    NotifyReport { outcome: Outcome::Done, messages, record: record(job, principal, "notify") }
}

/// An automation of ana's in `sales`, managed by bob, which max sees too; rita is told.
pub(crate) async fn shared(world: &World, plugin: &[u8]) -> AutomationId {
    let planted = Planted {
        site: site(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "deals".to_owned(),
        run_as: who("ana"),
        managers: [who("bob")].into(),
        members: ["cleo", "max"].map(who).into(),
    };
    let id = world.service.plant(planted).await.unwrap();
    let mut draft = world.draft(&["user:rita"]).await;
    draft.plugin = world.service.upload(&site(), plugin).await.unwrap();
    world.service.plant_version(&id, &draft).await.unwrap();
    id
}

async fn ran(world: &World, id: &AutomationId, row: &str) -> RunId {
    world.insert(row).await;
    world.service.drain().await.unwrap();
    world.service.history(&who("ana"), Some(id), None, 1).await.unwrap().remove(0).id
}

/// What comes of a guest that was shown something of `hr`, which nobody may read, in every way that it could tell it on.
pub(crate) fn ways() -> Vec<(&'static str, Outcome, usize, u64)> {
    let failed = |cause| Outcome::Failed { cause, detail: format!("{CANARY} {}", cause.as_str()) };
    vec![
        ("done", Outcome::Done, 1, 1),
        ("more calls", Outcome::Done, 9, 1),
        ("no call after", Outcome::Done, 0, 1),
        ("more fuel", Outcome::Done, 1, 1_000_000),
        ("trap", failed(Cause::Trap), 1, 1),
        ("out of fuel", failed(Cause::Fuel), 1, 1),
        ("said failed", failed(Cause::Failed), 2, 1),
        ("retry", Outcome::Retry { detail: format!("{CANARY} again") }, 1, 1),
    ]
}

#[tokio::test]
async fn n10_whatever_a_guest_makes_of_what_is_hidden_looks_the_same() {
    let mut seen: Vec<(&str, String)> = vec![];
    for (way, outcome, calls, fuel) in ways() {
        let world = World::new(Preset::Monday).await;
        *world.scripted.act.lock().unwrap() = Some(Box::new(move |job, principal| {
            let mut record = record(job, principal, "act");
            record.journal.push(entry(&principal.id, 2, "rows.get", row("hr", "1"), CANARY));
            for more in 0..calls {
                let sequence = 3 + u32::try_from(more).unwrap();
                record.journal.push(entry(&principal.id, sequence, "log.write", Resource::Event, CANARY));
            }
            record.usage.fuel = fuel;
            let finding = Finding { key: "k".to_owned(), summary: CANARY.to_owned(), data: vec![] };
            let acted = (0..calls).map(|_| Acted { finding: finding.clone(), outcome: Outcome::Done }).collect();
            ActReport { outcome: outcome.clone(), acted, effects: vec![], record }
        }));
        let id = shared(&world, b"quiet").await;
        let run = ran(&world, &id, "1").await;
        let shown = world.service.run(&who("cleo"), &run).await.unwrap();
        let journal = &shown.others.get().unwrap()[0].journal;
        assert_eq!(journal.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [0, 1], "{way}");
        let text = serde_json::to_string(&shown).unwrap();
        let text = text.replace(id.as_str(), "AUTOMATION").replace(run.as_str(), "RUN");
        let text = text.replace(shown.event.get().unwrap().id.as_str(), "EVENT");
        assert!(text.contains(HIDDEN) && text.contains("CANARY-act") && !text.contains("hr"), "{text}");
        // Whom it ran as sees what they could read themself.
        let own = world.service.run(&who("ana"), &run).await.unwrap().parts.remove(0);
        assert_eq!((own.journal.len(), own.hidden.as_deref()), (2, Some(HIDDEN)), "{way}");
        assert!(!format!("{:?} {:?}", own.reason, own.outcome).contains(CANARY), "{way}: {own:?}");
        // Who may not know of the event sees that there was one, and nothing that could differ.
        let blind = world.service.run(&who("max"), &run).await.unwrap();
        assert!(blind.event.get().is_none() && blind.others.get().is_none() && blind.withheld.is_none(), "{way}");
        seen.push((way, text));
    }
    for (way, text) in &seen {
        assert_eq!(text, &seen[0].1, "{way} shows through");
    }
}

#[tokio::test]
async fn rights_are_those_of_now_and_what_is_gone_looks_like_what_is_hidden() {
    let world = World::new(Preset::Monday).await;
    *world.scripted.act.lock().unwrap() = Some(Box::new(reads));
    let id = shared(&world, b"quiet").await;
    let run = ran(&world, &id, "1").await;
    let looks = |person: &'static str| {
        let (service, run) = (&world.service, run.clone());
        async move { service.run(&who(person), &run).await.unwrap() }
    };
    let whole = |view: &RunView| view.others.get().is_some_and(|others| others[0].rest.get().is_some());
    assert!(whole(&looks("bob").await) && whole(&looks("cleo").await) && !whole(&looks("max").await));
    world.revoke("cleo").await;
    let hidden = looks("cleo").await;
    assert_eq!(hidden, looks("max").await);
    world.grant("max").await;
    assert_eq!(looks("max").await, looks("bob").await);
    world.embedded.remove(None, "deals", "1", 6).await.unwrap();
    assert_eq!(looks("bob").await, hidden, "of a row that is gone");
    assert_eq!(looks("ana").await, RunView { parts: vec![], ..hidden }, "also to whom it ran as");
}

#[tokio::test]
async fn history_is_paged_from_the_latest_on_and_a_hidden_run_is_no_place_in_it() {
    let world = World::new(Preset::Monday).await;
    let id = shared(&world, b"quiet").await;
    let mut runs = vec![];
    for row in ["1", "2", "3", "4", "5"] {
        runs.insert(0, ran(&world, &id, row).await);
    }
    let page = async |person: &str, after: Option<&RunId>, limit| {
        let page = world.service.history(&who(person), None, after, limit).await;
        page.map(|page| page.into_iter().map(|run| run.id).collect::<Vec<_>>())
    };
    let (mut all, mut after) = (vec![], None);
    loop {
        let next = page("bob", after.as_ref(), 2).await.unwrap();
        let Some(last) = next.last() else { break };
        after = Some(last.clone());
        all.extend(next);
    }
    assert_eq!(all, runs);
    assert_eq!(page("olga", None, 100).await.unwrap(), []);
    let [hidden, none] = [runs[1].clone(), RunId::from_bytes([9; 16])];
    for place in [&hidden, &none] {
        assert!(matches!(page("olga", Some(place), 2).await, Err(ServiceError::NoRun(told)) if told == place.as_str()));
    }
}

#[tokio::test]
async fn what_recipients_were_told_is_revealed_on_the_record_and_by_the_viewers_own_rights() {
    let world = World::new(Preset::Mandate).await;
    *world.scripted.notify.lock().unwrap() = Some(Box::new(tells));
    let id = shared(&world, b"quiet").await;
    world.admin("root").await;
    world.admin("vic").await;
    let run = ran(&world, &id, "1").await;
    let revealed = async || {
        let happened = world.service.happenings(&id).await.unwrap().into_iter();
        let revealed = happened.filter_map(|(_, by, what)| match what {
            Happening::Revealed { run, reason } => Some((by.unwrap(), run, reason)),
            _ => None,
        });
        revealed.collect::<Vec<_>>()
    };
    // Without a reason, without the right, and without any sight of the run, nothing is shown and nothing noted.
    for reason in ["", "  ", &"x".repeat(501)] {
        let refused = world.service.reveal(&who("vic"), &run, reason).await;
        assert!(matches!(refused, Err(ServiceError::RevealReason(500))), "{refused:?}");
    }
    let refused = world.service.reveal(&who("ana"), &run, "why not").await.unwrap_err().to_string();
    assert!(refused.contains("`user:ana` may not reveal-history"), "{refused}");
    for nobody in ["bob", "olga", "zed", "rita"] {
        let refused = world.service.reveal(&who(nobody), &run, "why not").await;
        assert!(matches!(refused, Err(ServiceError::NoRun(_))), "{nobody}: {refused:?}");
    }
    assert_eq!(revealed().await, []);
    // With it, what rita was told is shown to who could read it themself; to root, that she was told something.
    let shown = world.service.reveal(&who("vic"), &run, " complaint 7 ").await.unwrap();
    assert_eq!(shown.revealed[0].principal, who("rita"));
    assert_eq!(shown.revealed[0].rest.get().unwrap().messages[0].message.title, "CANARY-notify");
    let shown = world.service.reveal(&who("root"), &run, "complaint 8").await.unwrap();
    assert_eq!((shown.revealed.len(), shown.revealed[0].rest.get()), (1, None));
    assert!(!serde_json::to_string(&shown).unwrap().contains(CANARY));
    let noted = [("vic", "complaint 7"), ("root", "complaint 8")];
    let noted = noted.map(|(by, reason)| (who(by), run.clone(), reason.to_owned()));
    assert_eq!(revealed().await, noted);
    // Looking alone reveals nothing.
    assert_eq!(world.service.run(&who("vic"), &run).await.unwrap().revealed, []);
}

#[tokio::test]
async fn why_nothing_happened_is_told_as_far_as_one_may_know() {
    let world = World::new(Preset::Monday).await;
    // Each recipient has a part of their own.
    let evaluate_as = Some(EvaluateAs { condition: AsWhom::Recipient, notification: AsWhom::Recipient });
    let settings = Choices { evaluate_as, ..Choices::default() };
    let choices = SiteChoices { preset: Preset::Monday, settings, ..SiteChoices::default() };
    world.service.choose(&site(), None, &choices).await.unwrap();
    let id = shared(&world, b"quiet").await;
    let explain = async |person: &str, event: &EventId| world.service.explain(&who(person), &id, event).await;
    let accept = async |occurrence: &Occurrence| world.service.accept(occurrence).await.unwrap().event;
    let added = world.embedded.insert(None, "deals", "1", &[], 5).await.unwrap();
    let event = accept(&added).await;
    // Not looked at yet, or not to be known of: the same for who has no part in it.
    assert_eq!(explain("bob", &event).await.unwrap().fates, [Fate::DidNotRun]);
    world.service.drain().await.unwrap();
    let fates = explain("ana", &event).await.unwrap().fates;
    assert_eq!(fates, [Fate::Ran, Fate::Acted("done".to_owned()), Fate::NoPart]);
    assert_eq!(explain("bob", &event).await.unwrap().fates, fates);
    let told = explain("rita", &event).await.unwrap();
    assert_eq!(told.fates, [Fate::Told("done: nothing came of it".to_owned())]);
    // Who may not know of the event is told that there is none; who does not see the automation, that it is not there.
    let none = EventId::from_bytes([9; 16]);
    for (person, event) in [("max", &event), ("max", &none), ("bob", &none)] {
        let refused = explain(person, event).await;
        assert!(matches!(&refused, Err(ServiceError::NoEvent(told)) if told == event.as_str()), "{person} {refused:?}");
    }
    for person in ["olga", "zed"] {
        let refused = explain(person, &event).await;
        assert!(matches!(refused, Err(ServiceError::Refused(Refused::Unknown))), "{person}: {refused:?}");
    }
    // An event that it does not listen to, and one that came while it was off.
    let title = Field { name: "title".to_owned(), value: Value::Text("x".to_owned()) };
    let updated = world.embedded.update(None, "deals", "1", &[title], 6).await.unwrap().unwrap();
    assert_eq!(explain("bob", &accept(&updated).await).await.unwrap().fates, [Fate::NotMatched]);
    world.service.ask(&id, &who("ana"), Ask::Disable { acquisition: None }).await.unwrap();
    let late = accept(&world.embedded.insert(None, "deals", "2", &[], 7).await.unwrap()).await;
    world.service.drain().await.unwrap();
    let fates = explain("bob", &late).await.unwrap().fates;
    assert!(matches!(&fates[..], [Fate::MayNotRun(why)] if why.contains("off")), "{fates:?}");
}

#[tokio::test]
async fn n01_whether_a_trigger_heard_of_a_hidden_column_is_not_explained() {
    let world = World::with(
        r#"forbid (principal == User::"bob", action == Action::"read-column", resource == Column::"deals.margin");"#,
    )
    .await;
    let id = shared(&world, b"quiet").await;
    let mut draft = world.draft(&[]).await;
    draft.trigger = Trigger::Row {
        dataset: "deals".to_owned(),
        change: vec![Change::Updated],
        columns: vec!["margin".to_owned()],
        only: vec![],
        own_effects: false,
    };
    world.service.plant_version(&id, &draft).await.unwrap();
    world.govern(Preset::Foundry, "").await;
    world.insert("1").await;
    let mut told = vec![];
    for (at, columns) in [(6, &["title"][..]), (7, &["title", "margin"])] {
        let field = |name: &&str| Field { name: (*name).to_owned(), value: Value::Text(format!("x{at}")) };
        let fields: Vec<_> = columns.iter().map(field).collect();
        let updated = world.embedded.update(None, "deals", "1", &fields, at).await.unwrap().unwrap();
        let event = world.service.accept(&updated).await.unwrap().event;
        world.service.drain().await.unwrap();
        told.push(world.service.explain(&who("bob"), &id, &event).await.unwrap());
        let seen = world.service.explain(&who("cleo"), &id, &event).await.unwrap().fates;
        assert_eq!(seen, [if at == 6 { Fate::NotMatched } else { Fate::NoPart }]);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].fates, [Fate::NotTold]);
}

#[tokio::test]
async fn unused_powers_are_counted_from_act_parts_that_one_sees_whole() {
    let world = World::new(Preset::Monday).await;
    *world.scripted.act.lock().unwrap() = Some(Box::new(reads));
    let id = shared(&world, b"reader").await;
    ran(&world, &id, "1").await;
    ran(&world, &id, "2").await;
    let unused = async |person: &str| world.service.unused(&who(person), &id, 100).await;
    let margin = Power::ReadColumn { dataset: "deals".to_owned(), column: "margin".to_owned() };
    for person in ["ana", "bob", "cleo"] {
        let unused = unused(person).await.unwrap();
        assert_eq!((unused.counted, unused.powers), (2, [margin.clone()].into()), "{person}");
    }
    // Who sees no part whole counts none, and is told no name.
    let blind = unused("max").await.unwrap();
    assert_eq!((blind.counted, blind.powers), (0, [].into()));
    assert!(matches!(unused("rita").await, Err(ServiceError::Refused(Refused::Unknown))));
    world.govern(Preset::Foundry, "").await;
    let refused = unused("bob").await.unwrap_err().to_string();
    assert!(refused.contains("may not view-history"), "{refused}");
}
