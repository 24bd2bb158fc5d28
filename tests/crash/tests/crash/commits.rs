//! What an event costs in commits: who writes at the same time shares one.

use crate::bench::{Bench, Ended};

/// Commits of the store for a deal that ana acts on and that ten people are told of, with so many parts at the same time; and what it
/// leaves.
fn commits(concurrency: usize) -> (usize, Vec<Vec<String>>) {
    let mut bench = Bench::telling("team:ten", &["condition action notification"]);
    bench.concurrency = concurrency;
    let Ended::Well(steps) = bench.work(0) else { panic!("nobody killed it") };
    println!("{concurrency} at the same time:\n{}", steps.join("\n"));
    let changes = steps.iter().filter(|step| step.starts_with("store: ") && *step != "store: nothing").count();
    (changes, bench.store("SELECT kind, state, count(*) FROM part GROUP BY kind, state ORDER BY kind, state"))
}

#[test]
fn an_event_with_ten_recipients_takes_three_commits_for_each_part_alone_and_shares_them_with_others() {
    let done = [["act", "done", "1"], ["notify", "done", "10"]];
    // The event, the run and its plan; eight of ana's part; three of each recipient's; and each of three effects is an event.
    assert_eq!(commits(1), (1 + 1 + 1 + 8 + 10 * 3 + 3 + 3, done.map(|row| row.map(str::to_owned).to_vec()).to_vec()));
    let (shared, left) = commits(8);
    assert_eq!(left, done);
    assert!(shared < 36, "{shared}: eight begin in one commit, and more than that is saved");
}
