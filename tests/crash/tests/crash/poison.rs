//! E07: a plugin that ends the process of its host, again and again, is found and kept from running; everybody else's work is done.

use crate::bench::{Bench, Ended};

/// Two plugins that are fine, one that ends the host when it is told something, and one when it acts.
const SCRIPTS: [&str; 3] = ["condition action", "condition notification", "poison condition notification"];

#[test]
fn e07_what_ends_the_host_is_in_quarantine_after_three_starts_and_the_others_are_done() {
    let mut bench = Bench::with(&SCRIPTS);
    bench.concurrency = 8;
    let states =
        "SELECT plugin.name, kind, part.state FROM part JOIN plugin ON plugin.digest = part.plugin ORDER BY 1, 2";
    let others = [
        ["condition action", "act", "done"],
        ["condition action", "notify", "done"],
        ["condition notification", "notify", "done"],
    ];
    for start in 1..=3 {
        assert_eq!(bench.work(0), Ended::Killed, "start {start}: once in company, twice alone");
    }
    assert_eq!(bench.store(states)[..3], others, "the innocent were done before it was tried for the second time");
    assert!(matches!(bench.work(0), Ended::Well(_)), "it is not run any more");
    assert_eq!(bench.store(states)[..3], others);
    assert_eq!(bench.store(states)[3..], [["poison condition notification", "notify", "dead"]]);
    let quarantined = "SELECT plugin.name FROM quarantine JOIN plugin ON plugin.digest = quarantine.plugin";
    assert_eq!(bench.store(quarantined), [["poison condition notification"]]);
    let log = std::fs::read_to_string(bench.path("sink.log")).unwrap();
    assert_eq!(log.lines().count(), 4, "each effect once");
}

#[test]
fn e07_a_host_that_is_killed_from_outside_while_guests_run_puts_nobody_into_quarantine() {
    // A kill at any step of the first process, twice over: the third one runs what was interrupted alone.
    let bench = Bench::with(&SCRIPTS[..2]);
    let Ended::Well(steps) = Bench::with(&SCRIPTS[..2]).work(0) else { panic!("nobody killed it") };
    for kill in [steps.len() / 4, steps.len() / 4] {
        assert_eq!(bench.work(kill), Ended::Killed);
    }
    assert!(matches!(bench.work(0), Ended::Well(_)));
    assert_eq!(bench.store("SELECT state, count(*) FROM part GROUP BY state"), [["done", "3"]]);
    assert_eq!(bench.store("SELECT count(*) FROM quarantine"), [["0"]]);
}
