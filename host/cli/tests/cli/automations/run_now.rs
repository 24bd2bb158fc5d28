//! Run now: exactly one run, of one automation, by who may.

use super::{acting, world};

#[test]
fn fil_30_it_runs_once_about_a_row_that_the_actor_sees() {
    let bench = world("");
    bench.telling();
    let ran = bench.does("run-now", "Tell", "user:ana", &["--row", "deals/1"]);
    assert!(ran.contains("told   1: bo"), "{ran}");
    let inbox: serde_json::Value = serde_json::from_str(&bench.fine(&["inbox", "--as", "user:bo", "--json"])).unwrap();
    assert_eq!(inbox["messages"].as_array().unwrap().len(), 1);
    assert!(bench.does("show", "Tell", "user:ana", &[]).contains("user:ana: it was run by hand"));
}

#[test]
fn a_row_that_the_actor_does_not_see_is_like_none() {
    let bench = world("");
    bench.telling();
    let told = |row: &str| bench.denied("run-now", "Tell", "user:ana", &["--row", row]);
    let hidden = told("deals/3");
    assert!(hidden.contains("there is no row `deals/3`, or `user:ana` may not see it"), "{hidden}");
    assert_eq!(told("deals/9"), hidden.replace("deals/3", "deals/9"));
    assert!(!bench.does("show", "Tell", "user:ana", &[]).contains("run by hand"), "nothing happened");
    assert!(bench.mandate(&super::words("run-now", "Tell", "user:ana", &["--row", "1"])).err.contains("no DATASET/ID"));
}

#[test]
fn only_one_that_is_on_runs_and_only_for_who_may() {
    let bench = world("");
    bench.telling();
    bench.does("invite", "Tell", "user:ana", &["--add", "user:bo"]);
    let refused = bench.denied("run-now", "Tell", "user:bo", &["--row", "deals/1"]);
    assert!(refused.contains("`user:bo` may not run-now this automation"), "{refused}");
    bench.does("disable", "Tell", "user:ana", &[]);
    let refused = bench.denied("run-now", "Tell", "user:ana", &["--row", "deals/1"]);
    assert!(refused.contains("the automation is off; `user:ana` can turn it on"), "{refused}");
}

#[test]
fn without_a_row_only_the_act_part_runs() {
    let bench = world("");
    bench.telling();
    let none = bench.does("run-now", "Tell", "user:ana", &[]);
    assert!(none.contains("nothing for 1: bo"), "it only tells: {none}");
    bench.does("create", "Act", "user:ana", &["--draft", &acting(&bench)]);
    bench.does("enable", "Act", "user:ana", &[]);
    bench.does("run-now", "Act", "user:ana", &[]);
    let runs = bench.fine(&["run", "list", "--as", "user:ana"]);
    assert!(runs.contains("Act  run-now"), "{runs}");
    let acted = bench.does("run-now", "Act", "user:ana", &["--row", "deals/2"]);
    assert!(acted.contains("acted:  as user:ana: update deals/2: stage = `seen`: done"), "{acted}");
}
