//! What is old is purged: in small steps, only what is finished, never what people agreed to; and the chain still verifies.

use mandate_model::Change;
use mandate_service::{Audited, Purged, Purging, RetentionKind};

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

/// Seconds of a day.
const DAY: i64 = 86_400;

fn older_than(days: u32) -> Purging {
    Purging { older_than: Some(days), ..Purging::by_retention() }
}

async fn purge(bench: &Bench, purging: &Purging) -> Purged {
    bench.service.upkeep().purge(purging, |_| ()).await.unwrap()
}

/// Runs a hundred, fifty and no days old; two parts and one message each.
async fn three() -> Bench {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    for (id, days) in [("1", 50), ("2", 50), ("3", 0)] {
        bench.happens(id).await;
        bench.service.drain().await.unwrap();
        bench.advance(days * DAY);
    }
    bench
}

#[tokio::test]
async fn a_dry_run_counts_what_goes_and_changes_nothing() {
    let bench = three().await;
    let entries = bench.verified(None).await.entries;
    let dry = purge(&bench, &Purging { dry_run: true, ..older_than(60) }).await;
    assert_eq!(dry, Purged { journals: 2, messages: 1, events: 1, notices: 0, audit: 0 });
    assert_eq!(bench.verified(None).await.entries, entries);
    assert_eq!(bench.inbox("user:bob").await.len(), 3);
    let real = purge(&bench, &older_than(60)).await;
    assert_eq!(real, Purged { audit: 5, ..dry }, "and what the audit tells of that run: two parts and three effects");
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
    assert_eq!(bench.runs("user:ana").await.len(), 2);
    assert_eq!(purge(&bench, &older_than(60)).await, Purged::default(), "once");
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn e03_an_event_whose_run_was_purged_is_still_known_when_it_comes_again() {
    let bench = three().await;
    purge(&bench, &older_than(0)).await;
    let (calls, carried) = (bench.calls(), bench.carried());
    for id in ["1", "2"] {
        assert!(!bench.service.accept(&occurrence(id, Change::Added)).await.unwrap().new);
    }
    bench.service.drain().await.unwrap();
    assert_eq!((bench.calls(), bench.carried()), (calls, carried));
    assert!(bench.service.dead_letters().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_purged_is_in_no_file_any_more_and_consent_and_the_chain_stay() {
    let bench = three().await;
    bench.advance(DAY);
    let before = bench.verified(None).await;
    purge(&bench, &older_than(0)).await;
    assert_eq!(bench.tables_with("CANARY").await, Vec::<String>::new());
    for end in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{end}", bench.path().display())).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"), "store.db{end}");
    }
    assert_eq!(bench.verified(before.head.as_ref()).await.flaws, []);
    let entries = bench.service.upkeep().audit(None, 0, 1_000).await.unwrap();
    let of = |wanted: fn(&Audited) -> bool| {
        entries.iter().filter_map(|entry| entry.audited.as_ref()).filter(|audited| wanted(audited)).count()
    };
    assert_eq!(of(|audited| matches!(audited, Audited::Automation { .. })), 4);
    assert_eq!(of(|audited| matches!(audited, Audited::Part { .. } | Audited::Effect { .. })), 0);
    assert_eq!(of(|audited| matches!(audited, Audited::Purged { .. })), 1, "that it was purged is audited");
    assert_eq!(entries.iter().filter(|entry| entry.audited.is_none()).count(), 15);
}

#[tokio::test]
async fn what_waits_or_was_given_up_is_kept() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.world.script().down.insert(who("user:bob"));
    bench.run().await;
    assert_eq!(bench.service.dead_letters().await.unwrap().len(), 1);
    bench.happens("2").await;
    bench.advance(100 * DAY);
    let purged = purge(&bench, &older_than(1)).await;
    assert_eq!((purged.events, purged.journals), (0, 1), "only the journal of the part that is done");
    bench.world.script().down.clear();
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
    assert_eq!(bench.flaws().await, []);
}

#[tokio::test]
async fn each_kind_is_kept_as_long_as_it_was_said_and_without_a_word_for_ever() {
    let bench = three().await;
    let upkeep = bench.service.upkeep();
    assert_eq!(purge(&bench, &Purging::by_retention()).await, Purged::default());
    upkeep.retain(RetentionKind::Journals, Some(10)).await.unwrap();
    upkeep.retain(RetentionKind::Messages, Some(60)).await.unwrap();
    assert_eq!(upkeep.retention(RetentionKind::Journals).await.unwrap(), Some(10));
    let purged = purge(&bench, &Purging::by_retention()).await;
    assert_eq!(purged, Purged { journals: 4, messages: 1, ..Purged::default() });
    assert_eq!(bench.inbox("user:bob").await.len(), 2);
    let runs = bench.runs("user:ana").await;
    assert_eq!(runs.iter().map(|run| run.parts[0].journal.len()).sum::<usize>(), 1, "of today's run");
    assert!(runs.iter().all(|run| run.parts[0].effects.len() == 3), "what was changed stays with the run");
    upkeep.retain(RetentionKind::Journals, None).await.unwrap();
    upkeep.retain(RetentionKind::Messages, None).await.unwrap();
    bench.advance(1_000 * DAY);
    assert_eq!(purge(&bench, &Purging::by_retention()).await, Purged::default());
    let entries = upkeep.audit(None, 0, 1_000).await.unwrap();
    let set = entries.iter().filter(|entry| matches!(entry.audited, Some(Audited::Retention { .. })));
    assert_eq!(set.count(), 4, "how long things are kept is audited");
}

#[tokio::test]
async fn old_notices_go_and_writers_wait_for_one_batch_at_most() {
    let bench = Bench::with_concurrency(1).await;
    let (id, version) = bench.enabled(&["user:bob"]).await;
    for run in 0..7 {
        bench.happens(&run.to_string()).await;
    }
    bench.service.drain().await.unwrap();
    bench.lose(&id).await;
    assert_eq!(bench.service.notices(&who("user:ana")).await.unwrap().len(), 1);
    bench.advance(DAY);
    let mut steps = vec![];
    let purging = Purging { batch: 3, ..older_than(0) };
    let purged = bench.service.upkeep().purge(&purging, |purged| steps.push(*purged)).await.unwrap();
    assert_eq!((purged.journals, purged.messages, purged.events, purged.audit), (14, 7, 7, 35));
    assert!(purged.notices > 0);
    let events: Vec<u64> = steps.iter().map(|step| step.events).collect();
    for pair in events.windows(2) {
        assert!(pair[1] - pair[0] <= 3, "{events:?}");
    }
    assert_eq!(steps.len(), 5 + 3 + 3 + 1 + 12, "a transaction for each three");
    assert!(bench.service.notices(&who("user:ana")).await.unwrap().is_empty());
    assert_eq!(bench.flaws().await, []);
    // What people decided is as it was.
    assert_eq!(bench.service.automation(&id).await.unwrap().automation.published, Some(version));
}
