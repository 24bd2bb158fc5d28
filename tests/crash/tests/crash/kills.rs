//! Killed at each durable step, and at pairs of them.

use crate::{
    bench::{Asks, Bench, Ended},
    oracle::complaints,
};

/// The durable steps of a process that nobody kills, and what each one is. A change of this list is a change of what survives: each
/// commit names the tables that it changed (of those that have row ids).
const STEPS: &[(&str, &str)] = &[
    ("platform: nothing", "opened: whether there is a platform in it"),
    ("store: nothing", "opened: there is a secret"),
    ("store: nothing", "opened: its audit has begun"),
    ("store: nothing", "opened: nothing was being evaluated"),
    ("store: event", "the deal's change is accepted"),
    ("platform: occurrence", "and acknowledged, so that it is told no more"),
    ("store: event+run", "matched: ana's automation has a run"),
    ("store: part+run", "planned: a part for ana, bob and cleo each"),
    ("store: part", "ana's part begins"),
    ("store: part", "she may know of the deal"),
    ("store: part", "her plan, with its journal"),
    ("platform: occurrence+platform", "the first effect is carried out in the platform, with its key"),
    ("sink: asked", "about to ask"),
    ("sink: answered", "the sink has done it, and nobody else knows"),
    ("store: audit+part", "the first effect is noted, and audited"),
    ("platform: occurrence+platform", "the second effect is carried out in the platform, with its key"),
    ("sink: asked", "about to ask"),
    ("sink: answered", "the sink has done it, and nobody else knows"),
    ("store: audit+part", "the second effect is noted, and audited"),
    ("platform: occurrence+platform", "the third effect is carried out in the platform, with its key"),
    ("sink: asked", "about to ask"),
    ("sink: answered", "the sink has done it, and nobody else knows"),
    ("store: audit+part", "the third effect is noted, and audited"),
    ("store: part", "the operation: it may still be asked for, and is noted as being tried"),
    ("sink: asked", "about to ask, over HTTP"),
    ("sink: answered", "the sink has done it, and nobody else knows"),
    ("store: audit+part", "the operation is noted, ana's part ends, and both are audited"),
    ("store: part", "the first recipient's part begins"),
    ("store: part", "they may know of the deal"),
    (
        "store: audit+message+part",
        "their message is in their inbox, with its journal, and the part ends and is audited",
    ),
    ("store: part", "the second recipient's part begins"),
    ("store: part", "they may know of the deal"),
    (
        "store: audit+message+part",
        "their message is in their inbox, with its journal, and the part ends and is audited",
    ),
    ("store: event", "what the first effect changed is accepted"),
    ("platform: occurrence", "and acknowledged"),
    ("store: event", "what the second effect changed is accepted"),
    ("platform: occurrence", "and acknowledged"),
    ("store: event", "what the third effect changed is accepted"),
    ("platform: occurrence", "and acknowledged"),
    ("store: event", "matched: nobody listens"),
    ("store: event", "matched: nobody listens"),
    ("store: event", "matched: nobody listens"),
];

/// A worker is killed at each of `kills` in turn, then one does the rest. Whether the last of `kills` was reached.
fn survives(bench: &Bench, kills: &[usize]) -> bool {
    let ended: Vec<Ended> = kills.iter().map(|kill| bench.work(*kill)).collect();
    assert!(matches!(bench.work(0), Ended::Well(_)));
    assert_eq!(complaints(bench), Vec::<String>::new(), "killed at {kills:?}");
    ended.last() == Some(&Ended::Killed)
}

#[test]
fn e01_these_are_the_durable_steps() {
    let bench = Bench::new(&[]);
    let Ended::Well(steps) = bench.work(0) else { panic!("nobody killed it") };
    assert_eq!(complaints(&bench), Vec::<String>::new());
    // Which of the three parts comes first depends on their ids, which are random.
    let sorted = |mut steps: Vec<String>| {
        steps.sort();
        steps
    };
    let expected = STEPS.iter().map(|(step, _)| (*step).to_owned()).collect();
    assert_eq!(sorted(steps.clone()), sorted(expected), "{}", steps.join("\n"));
}

#[test]
fn e01_killed_at_any_durable_step_nothing_is_lost_and_nothing_is_done_twice() {
    let mut step = 1;
    while survives(&Bench::new(&[]), &[step]) {
        step += 1;
    }
    assert_eq!(step - 1, STEPS.len(), "the first step that was not reached is the one after the last");
}

/// The steps between the note that an operation is tried and that of what came of it.
const NOBODY_KNOWS: [&str; 3] = ["sink: asked", "sink: answered", "store: audit+part"];

#[test]
fn e02_an_operation_whose_key_nobody_honours_is_never_asked_for_twice_and_is_unknown_where_nobody_can_know() {
    let Ended::Well(steps) = Bench::of(Asks::Unhonoured, &[]).work(0) else { panic!("nobody killed it") };
    let asked = steps.iter().rposition(|step| step == NOBODY_KNOWS[0]).unwrap();
    // Elsewhere it is as with the other operation: there, some steps do, unless pairs are asked for.
    let around = asked - 1..asked + NOBODY_KNOWS.len() + 3;
    let some = if std::env::var_os("MANDATE_KILL_PAIRS").is_some() { 1 } else { 6 };
    for kill in (1..=steps.len()).filter(|kill| around.contains(kill) || kill % some == 0) {
        let bench = Bench::of(Asks::Unhonoured, &[]);
        survives(&bench, &[kill]);
        let unknown = bench.store("SELECT count(*) FROM effect WHERE state = 'unknown'");
        let nobody_knows = (asked..asked + NOBODY_KNOWS.len()).contains(&(kill - 1));
        assert_eq!(unknown, [[if nobody_knows { "1" } else { "0" }]], "killed at {kill}, {}", steps[kill - 1]);
    }
    assert_eq!(steps[asked..asked + NOBODY_KNOWS.len()], NOBODY_KNOWS);
}

/// A small generator of numbers (splitmix64), so that the same pairs are drawn again.
struct Numbers(u64);

impl Numbers {
    /// From 1 to `most`.
    fn next(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).unwrap() + 1
    }
}

/// Pairs of steps: 40 of them, as many as `MANDATE_KILL_PAIRS` says, or `all`.
fn pairs() -> Vec<[usize; 2]> {
    let all = || (1..=STEPS.len()).flat_map(|first| (1..=STEPS.len()).map(move |second| [first, second])).collect();
    let number = match std::env::var("MANDATE_KILL_PAIRS") {
        Ok(number) if number == "all" => return all(),
        Ok(number) => number.parse().expect("MANDATE_KILL_PAIRS is a number or `all`"),
        Err(_) => 40,
    };
    let mut numbers = Numbers(20_261_122);
    (0..number).map(|_| [numbers.next(STEPS.len()), numbers.next(STEPS.len())]).collect()
}

#[test]
fn e01_killed_twice_nothing_is_lost_and_nothing_is_done_twice() {
    let pairs = pairs();
    let twice = pairs.iter().filter(|pair| survives(&Bench::new(&[]), *pair)).count();
    // What the first one did the second need not do: late steps are not reached twice.
    assert!(twice * 4 > pairs.len(), "{twice} of {} pairs were killed twice", pairs.len());
    println!("{} pairs, {twice} of them killed twice", pairs.len());
}

#[test]
fn e01_killed_while_parts_are_evaluated_beside_each_other() {
    for kill in (1..=STEPS.len()).step_by(3) {
        let mut bench = Bench::new(&[]);
        bench.concurrency = 8;
        survives(&bench, &[kill]);
    }
}
