//! What is audited: everything that happened, once each, in the transaction of what it tells of.

use mandate_governance::{Happening, SiteChoices};
use mandate_model::{Change, Failure, SiteId};
use mandate_service::{AuditEntry, Audited, Deed, PartKind, PartState};

use crate::{
    bench::{Bench, lack, occurrence},
    fakes::who,
};

async fn entries(bench: &Bench) -> Vec<AuditEntry> {
    bench.service.upkeep().audit(None, 0, 1_000).await.unwrap()
}

/// What is audited, each in a word or two.
async fn told(bench: &Bench) -> Vec<String> {
    let word = |entry: AuditEntry| match entry.audited {
        None => "purged".to_owned(),
        Some(Audited::Begun) => "begun".to_owned(),
        Some(Audited::Automation { happening, actor, .. }) => {
            let json = serde_json::to_value(happening).unwrap();
            let by = actor.map_or_else(|| "host".to_owned(), |actor| actor.to_string());
            format!("{} by {by}", json["happening"].as_str().unwrap())
        }
        Some(Audited::Site { choices, .. }) => format!("site {}", choices.preset),
        Some(Audited::Run { outcome, .. }) => format!("run {outcome}"),
        Some(Audited::Part { kind, principal, outcome, .. }) => format!("{kind:?} {principal} {outcome:?}"),
        Some(Audited::Effect { principal, sequence, .. }) => format!("effect {sequence} as {principal}"),
        Some(other) => format!("{other:?}"),
    };
    entries(bench).await.into_iter().map(word).collect()
}

#[tokio::test]
async fn who_consented_what_ran_as_whom_and_what_it_changed_is_audited_in_order() {
    let bench = Bench::with_concurrency(1).await;
    let (id, version) = bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let all = told(&bench).await;
    let mut ran = all[5..].to_vec();
    assert_eq!(all[..3], ["begun", "created by host", "published by user:mia"]);
    assert_eq!(all[3..5].iter().filter(|word| word.ends_with("by user:ana")).count(), 2, "{all:?}");
    ran.sort();
    let ends = ["Act user:ana Done", "Notify user:bob Done"];
    let effects = ["effect 0 as user:ana", "effect 1 as user:ana", "effect 2 as user:ana"];
    assert_eq!(ran, [&ends[..], &effects[..]].concat());
    for entry in entries(&bench).await {
        match entry.audited.unwrap() {
            Audited::Effect { of, part, sequence, deed, row, .. } => {
                let key = format!("{}/{part}/{sequence}", of.run);
                assert!(bench.world.script().asked.contains(&key), "{key}");
                assert_eq!(row, Some(format!("row-{sequence}")));
                assert_eq!(of.version, version);
                assert!(matches!(deed, Some(Deed::Remove { .. })));
                let started = of.started.unwrap();
                assert_eq!((started.source.as_str(), started.change), ("crm", Change::Added));
            }
            Audited::Automation { automation, .. } => assert_eq!(automation, id),
            _ => {}
        }
    }
    assert!(!bench.tables_with("CANARY").await.contains(&"audit".to_owned()), "what guests said is not in it");
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn what_never_began_was_withheld_failed_or_given_up_is_audited() {
    let bench = Bench::with_concurrency(1).await;
    let (id, _) = bench.enabled(&["user:bob", "user:cleo"]).await;
    // The platform cannot say whether bob may know of it, and he never learns that there was something: no entry of his.
    bench.world.script().down.insert(who("user:bob"));
    bench.world.script().sees.remove(&who("user:cleo"));
    bench.world.script().refusals.insert(0, vec![Failure::Denied("no".to_owned())]);
    bench.run().await;
    assert_eq!(told(&bench).await[5..], ["Act user:ana Withheld"]);
    assert_eq!(bench.service.dead_letters().await.unwrap().len(), 1, "bob's part");
    bench.happens("2").await;
    bench.service.disable(&id, &who("user:ana")).await.unwrap();
    bench.service.drain().await.unwrap();
    bench.service.accept(&occurrence("3", Change::Added)).await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn a_run_that_is_withheld_before_it_begins_is_audited() {
    let bench = Bench::new().await;
    bench.enabled(&[]).await;
    bench.happens("1").await;
    bench.world.script().powerless.insert(who("user:ana"));
    bench.service.drain().await.unwrap();
    let told = told(&bench).await;
    assert!(told.contains(&"stopped by host".to_owned()), "{told:?}");
    assert_eq!(told.last().unwrap(), "run withheld");
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn what_is_erased_because_they_may_not_know_any_more_is_audited_of_nobody() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    // Bob's part was given up after he was let know of it.
    bench.world.script().meanwhile = Some(|script| script.teams_down = true);
    let again = || mandate_model::Outcome::Retry { detail: "later".to_owned() };
    bench.world.script().endings.insert(who("user:bob"), (0..5).map(|_| again()).collect());
    bench.run().await;
    assert!(told(&bench).await.contains(&"Notify user:bob Dead".to_owned()));
    bench.world.script().sees.remove(&who("user:bob"));
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    let told = told(&bench).await;
    assert!(!told.iter().any(|word| word.contains("user:bob")), "{told:?}");
    assert_eq!(told.iter().filter(|word| *word == "purged").count(), 1, "{told:?}");
    assert_eq!(bench.tables_with("user:bob").await, ["version"], "only whom it tells");
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn a_command_that_is_refused_leaves_no_entry_and_one_that_is_kept_leaves_its_own() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&[]).await;
    let before = entries(&bench).await.len();
    bench.service.disable(&id, &who("user:cleo")).await.unwrap_err();
    assert_eq!(entries(&bench).await.len(), before);
    bench.service.lose(&id, vec![lack("user:ana")]).await.unwrap();
    let site = SiteId::parse("acme").unwrap();
    let choices = SiteChoices { policies: String::new(), ..SiteChoices::default() };
    bench.service.choose(&site, None, &choices).await.unwrap();
    let last = entries(&bench).await;
    assert!(matches!(last.last().unwrap().audited, Some(Audited::Site { actor: None, .. })));
    let stopped = |entry: &AuditEntry| {
        matches!(&entry.audited, Some(Audited::Automation { happening: Happening::Stopped { .. }, .. }))
    };
    assert_eq!(last.iter().filter(|entry| stopped(entry)).count(), 1);
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn the_entries_of_one_automation_are_its_own_in_pages() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob"]).await;
    bench.enabled(&[]).await;
    bench.run().await;
    let upkeep = bench.service.upkeep();
    let mut own = vec![];
    let mut after = 0;
    loop {
        let page = upkeep.audit(Some(&id), after, 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = last.number;
        own.extend(page);
    }
    let parts = own.iter().filter_map(|entry| match &entry.audited {
        Some(Audited::Part { kind, outcome, .. }) => Some((*kind, *outcome)),
        _ => None,
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort();
    assert_eq!(parts, [(PartKind::Act, PartState::Done), (PartKind::Notify, PartState::Done)]);
    assert_eq!(own.len(), 4 + 3 + 2, "four happenings, three effects, two parts");
}

#[tokio::test]
async fn the_audit_of_an_older_store_begins_with_what_is_in_it() {
    let bench = Bench::new().await;
    let (id, _) = bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let before = entries(&bench).await.len();
    bench
        .statements(&["DROP TRIGGER audit_is_never_removed", "DELETE FROM audit", "INSERT INTO audit_due VALUES (1)"])
        .await;
    let bench = bench.reopen().await;
    assert_eq!(entries(&bench).await.len(), before);
    assert_eq!(bench.service.upkeep().audit(Some(&id), 0, 100).await.unwrap().len(), before - 1);
    let bench = bench.reopen().await;
    assert_eq!(entries(&bench).await.len(), before, "once");
}
