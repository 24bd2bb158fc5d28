//! The oracle sees what it is there for: it fails where the sink forgets its keys, or the host does.

use crate::{
    bench::{Bench, Ended},
    oracle::complaints,
};

/// Kills a worker after the sink has answered and before that is kept, then lets one do the rest.
fn killed_after_the_first_answer(bench: &Bench) -> Vec<String> {
    let Ended::Well(steps) = Bench::new(&[]).work(0) else { panic!("nobody killed it") };
    let answered = steps.iter().position(|step| step == "sink: answered").unwrap();
    assert_eq!(bench.work(answered + 1), Ended::Killed);
    assert!(matches!(bench.work(0), Ended::Well(_)));
    complaints(bench)
}

#[test]
fn where_nobody_forgets_a_key_nothing_is_wrong() {
    assert_eq!(killed_after_the_first_answer(&Bench::new(&[])), Vec::<String>::new());
}

#[test]
fn a_sink_that_forgets_its_keys_is_seen() {
    let found = killed_after_the_first_answer(&Bench::new(&["--forgetful"]));
    assert!(found.iter().any(|one| one.ends_with("/0: done 2 times")), "{found:?}");
}

#[test]
fn a_sink_that_forgets_the_key_of_an_operation_is_seen() {
    let Ended::Well(steps) = Bench::new(&[]).work(0) else { panic!("nobody killed it") };
    let answered = steps.iter().rposition(|step| step == "sink: answered").unwrap();
    let bench = Bench::new(&["--forgetful"]);
    assert_eq!(bench.work(answered + 1), Ended::Killed);
    assert!(matches!(bench.work(0), Ended::Well(_)));
    let found = complaints(&bench);
    assert!(found.iter().any(|one| one.ends_with("/3: done 2 times")), "{found:?}");
}

#[test]
fn a_host_that_has_other_keys_after_it_was_killed_is_seen() {
    let mut bench = Bench::new(&[]);
    bench.forgets_keys = true;
    let found = killed_after_the_first_answer(&bench);
    assert!(found.iter().filter(|one| one.contains("no effect has this key")).count() >= 5, "{found:?}");
}
