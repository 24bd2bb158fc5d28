//! S18: after ten thousand attacks the host is as it was.

use mandate_runtime::part::Assignment;
use mandate_test_support::made;
use serde_json::json;

use crate::{harness::Arena, process::Process, world::user};

/// Parts that end in every way that is quick.
async fn attacks(arena: &Arena) -> Vec<Assignment> {
    let mut attacks = vec![];
    let texts = ["s07_recursion", "s08_kept", "s08_dropped_twice", "s12_realloc_outside", "s05_length", "s06_length"];
    for bytes in texts
        .map(mandate_test_support::hostile)
        .into_iter()
        .chain(made::TRAPS.map(|(name, _)| made::trap(name).unwrap()))
    {
        attacks.push(arena.assignment(&arena.load(&bytes).await.unwrap(), &json!({})));
    }
    for attack in ["s01_loop", "s02_grow", "s13_counter"] {
        let mut assignment = arena.attacker(attack, 0).await;
        assignment.limits.fuel = 100_000;
        assignment.limits.memory = 4 << 20;
        attacks.push(assignment);
    }
    attacks
}

async fn run(arena: &Arena, attacks: &[Assignment], times: usize) {
    for assignment in attacks.iter().cycle().take(times) {
        arena.sandbox.notify(assignment, &user("ana")).await;
    }
}

#[tokio::test]
async fn s18_ten_thousand_attacks_leave_nothing_behind() {
    let arena = Arena::new();
    let (attacks, honest) = (attacks(&arena).await, arena.attacker("none", 0).await);
    // Slots are filled before: more parts than there are slots.
    run(&arena, &attacks, 500).await;
    let expected = arena.sandbox.notify(&honest, &user("ana")).await;
    assert!(expected.outcome.is_done(), "{expected:?}");
    let before = Process::now();
    run(&arena, &attacks, 10_000).await;
    let after = Process::now();
    assert_eq!((after.files, after.threads), (before.files, before.threads));
    assert!(after.rss <= before.rss + before.rss / 20, "{} bytes before, {} after", before.rss, after.rss);
    let report = arena.sandbox.notify(&honest, &user("ana")).await;
    assert_eq!(report, expected, "and an honest part is as before, to the unit of fuel");
}
