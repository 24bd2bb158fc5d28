//! Cascades: what effects change is an event in its turn, within bounds.

use mandate_model::{Change, Trigger};

use crate::{
    bench::{Bench, occurrence},
    fakes::who,
};

fn updates(dataset: &str, own_effects: bool) -> Trigger {
    let (dataset, change) = (dataset.to_owned(), vec![Change::Updated]);
    Trigger::Row { dataset, change, columns: vec![], only: vec![], own_effects }
}

/// What is changed in `from` is answered with a change in `to`.
fn answers(bench: &Bench, pairs: &[(&str, &str)]) {
    let mut script = bench.world.script();
    script.answers = pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    script.effects.clear();
}

async fn changed(bench: &Bench, dataset: &str) {
    let mut first = occurrence("1", Change::Updated);
    first.subject =
        mandate_model::Subject::Row(mandate_model::RowRef { dataset: dataset.to_owned(), id: "d1".to_owned() });
    bench.service.accept(&first).await.unwrap();
    bench.service.drain().await.unwrap();
}

#[tokio::test]
async fn what_an_effect_changes_is_an_event_for_others_in_the_same_pass() {
    let bench = Bench::new().await;
    answers(&bench, &[("ping", "pong")]);
    bench.listening(updates("ping", false), &[]).await;
    bench.listening(updates("pong", false), &["user:bob"]).await;
    changed(&bench, "ping").await;
    assert_eq!(bench.calls(), ["act user:ana", "act user:ana", "notify user:bob"]);
    assert!(bench.world.script().happened.is_empty(), "it was taken over");
    assert!(bench.service.dead_letters().await.unwrap().is_empty());
    // Nobody is told how the event came about.
    let run = serde_json::to_string(&bench.runs("user:bob").await).unwrap();
    let cause = bench.world.script().carried[0].0.clone();
    let first = cause.split('/').next().unwrap();
    assert!(!run.contains("cause") && !run.contains(first), "{run}");
}

#[tokio::test]
async fn an_automation_does_not_listen_to_what_it_caused_itself_or_through_others() {
    let bench = Bench::new().await;
    answers(&bench, &[("ping", "ping")]);
    bench.listening(updates("ping", false), &[]).await;
    changed(&bench, "ping").await;
    assert_eq!(bench.calls().len(), 1, "its own change");

    let bench = Bench::new().await;
    answers(&bench, &[("ping", "pong"), ("pong", "ping")]);
    bench.listening(updates("ping", false), &[]).await;
    bench.listening(updates("pong", false), &[]).await;
    changed(&bench, "ping").await;
    assert_eq!(bench.calls().len(), 2, "each once: the second one's change goes back to the first, who began it");
}

#[tokio::test]
async fn two_that_set_each_other_off_for_ever_are_ended_after_eight() {
    let bench = Bench::new().await;
    answers(&bench, &[("ping", "pong"), ("pong", "ping")]);
    let (ping, _) = bench.listening(updates("ping", true), &[]).await;
    bench.listening(updates("pong", true), &[]).await;
    changed(&bench, "ping").await;
    // The first run, and eight more, each set off by the one before.
    assert_eq!(bench.calls().len(), 9);
    assert_eq!(bench.world.script().carried.len(), 9);
    let dead = bench.service.dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].kind == "event" && dead[0].reason.contains(ping.as_str()), "{dead:?}");
    assert!(dead[0].reason.contains("set each other off 8 times in a row"), "{dead:?}");
    // Whom it runs as and who manages it are told, once.
    for person in ["user:ana", "user:mia"] {
        let told = bench.service.notices(&who(person)).await.unwrap();
        let told: Vec<_> = told.iter().filter(|(_, told)| told.text.contains("8 times in a row")).collect();
        assert_eq!(told.len(), 1, "{person}");
        assert_eq!(told[0].1.automation, ping);
    }
    assert!(bench.service.notices(&who("user:bob")).await.unwrap().is_empty());
    bench.service.revive().await.unwrap();
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls().len(), 9, "tried again, it is as deep as before");
}

#[tokio::test]
async fn the_end_of_a_chain_to_which_nobody_listens_is_nothing_to_tell() {
    let bench = Bench::new().await;
    let names: Vec<String> = (0..10).map(|number| format!("d{number}")).collect();
    let pairs: Vec<(&str, &str)> =
        names.iter().zip(&names[1..]).map(|(from, to)| (from.as_str(), to.as_str())).collect();
    answers(&bench, &pairs);
    for name in &names[..9] {
        bench.listening(updates(name, false), &[]).await;
    }
    changed(&bench, "d0").await;
    assert_eq!(bench.calls().len(), 9);
    assert_eq!(bench.world.script().carried.len(), 9, "the ninth change is there");
    assert!(bench.service.dead_letters().await.unwrap().is_empty());
    assert!(bench.service.notices(&who("user:mia")).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_that_listens_to_its_own_effects_is_ended_too() {
    let bench = Bench::new().await;
    answers(&bench, &[("ping", "ping")]);
    bench.listening(updates("ping", true), &["user:bob"]).await;
    changed(&bench, "ping").await;
    assert_eq!(bench.calls().len(), 18, "nine runs of two parts");
}

#[tokio::test]
async fn e01_killed_at_any_call_to_the_outside_a_cascade_happens_once() {
    let mut call = 0;
    loop {
        let mut bench = Bench::with_concurrency(1).await;
        answers(&bench, &[("ping", "pong")]);
        bench.listening(updates("ping", false), &[]).await;
        bench.listening(updates("pong", false), &["user:bob"]).await;
        bench.world.kill_at(Some(call));
        let done = tokio::select! {
            () = bench.world.killed.notified() => false,
            () = changed(&bench, "ping") => true,
        };
        bench = bench.reopen().await;
        bench.service.drain().await.unwrap();
        assert_eq!(bench.world.script().carried.len(), 1, "killed at {call}");
        assert_eq!(bench.inbox("user:bob").await.len(), 1, "killed at {call}");
        assert_eq!(bench.runs("user:ana").await.len(), 2, "killed at {call}");
        if done {
            break;
        }
        call += 1;
    }
    assert!(call > 8, "only {call} calls");
}

#[tokio::test]
async fn a_cause_that_nobody_knows_starts_nothing_and_is_told_to_the_operator() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    for (id, cause) in [("1", "run_aaaaaaaaaaaaaaaaaaaaaaaaaa/prt_1/0"), ("2", "nonsense")] {
        let mut caused = occurrence(id, Change::Added);
        caused.cause = Some(cause.to_owned());
        bench.service.accept(&caused).await.unwrap();
        bench.service.drain().await.unwrap();
        let dead = bench.service.dead_letters().await.unwrap();
        assert!(
            dead.iter().any(|letter| letter.reason.contains(&format!("its cause `{cause}` is not known"))),
            "{dead:?}"
        );
    }
    assert!(bench.calls().is_empty());
}
