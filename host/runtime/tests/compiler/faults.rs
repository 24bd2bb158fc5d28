//! Each way in which the compiling process may end without an answer: told with its cause, while this process goes on.

use std::{path::Path, time::Duration};

use mandate_model::SiteId;
use mandate_runtime::{
    compile::{CompileLimits, CompilerFault},
    engine::Isolation,
    limits::Limits,
    plugin::LoadError,
};
use mandate_test_support::{guest, hostile, made};

use crate::harness::{Bench, PROGRAM, says};

fn limits() -> CompileLimits {
    CompileLimits { processor: 1, time: Duration::from_mins(1), ..CompileLimits::default() }
}

/// What is told of a script in the compiler's place, and what the operator is told of it.
async fn script(script: &str, limits: CompileLimits) -> (CompilerFault, Vec<String>) {
    let bench = Bench::script(script, limits);
    match bench.load(&guest("condition_only")).await.unwrap_err() {
        LoadError::Compiler(fault) => (fault, bench.complaints()),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn m0156_a_plugin_that_runs_for_ever_uses_up_its_processor_time_and_no_more() {
    let endless = Limits { fuel: u64::MAX, deadline_ticks: u64::MAX, ..Limits::default() };
    let bench = Bench::with(limits(), endless, Isolation::Pooled);
    let error = bench.load(&hostile("s01_start_loop")).await.unwrap_err();
    says(&error, "M0156", &["compiling took more than 1 s of processor time"]);
    assert_eq!(bench.shelf.kept(), 0);
}

#[tokio::test]
async fn m0157_a_component_for_which_there_is_too_little_memory_is_told_so() {
    let little = CompileLimits { memory: 64 << 20, ..CompileLimits::default() };
    let bench = Bench::with(little, Limits::default(), Isolation::Pooled);
    assert!(bench.load(&guest("condition_only")).await.is_ok(), "enough for a small one");
    let error = bench.load(&made::functions(10_000).unwrap()).await.unwrap_err();
    says(&error, "M0157", &["compiling took more than 64 MiB of memory"]);
    assert_eq!(bench.shelf.kept(), 1);
}

#[tokio::test]
async fn m0158_what_takes_too_long_by_the_clock_is_killed() {
    let short = CompileLimits { time: Duration::from_secs(1), ..limits() };
    for sleeping in ["exec sleep 1000", "exec cat > /dev/null", "exec 1>&-; exec sleep 1000"] {
        assert_eq!(script(sleeping, short).await.0, CompilerFault::Time { seconds: 1 }, "{sleeping}");
    }
}

#[tokio::test]
async fn m0159_what_ends_without_an_answer_broke_off() {
    for ending in
        ["exit 0", "exit 1", "kill -KILL $$", "kill -ABRT $$", "kill -SEGV $$", "echo nonsense and more of it"]
    {
        assert_eq!(script(ending, limits()).await.0, CompilerFault::BrokeOff, "{ending}");
    }
}

#[tokio::test]
async fn m0159_an_answer_that_is_none_broke_off() {
    for (head, body) in [
        (r"\377\377\377\377", r"\377\377\377\377\377\377\377\377"),
        (r"\0\0\0\2", r"\0\0\0\0\0\0\0\0{}"),
        (r"\0\0\0\10", r"\0\0\0\0\0\0\0\1"),
        (r"\0\0\0\10", r#"\0\0\0\0\0\0\0\1"Memory""#),
    ] {
        let answer = format!("printf '{head}{body}'");
        assert_eq!(script(&answer, limits()).await.0, CompilerFault::BrokeOff, "{answer}");
    }
    // The same with a body is an answer.
    let memory = CompilerFault::Memory { bytes: 2 << 30 };
    assert_eq!(script(r#"printf '\0\0\0\10\0\0\0\0\0\0\0\1"Memory"x'"#, limits()).await.0, memory);
}

#[tokio::test]
async fn m0161_a_program_that_is_not_there_is_the_operators_affair() {
    let bench = Bench::of("/nowhere/mandate", &[], limits(), Limits::default(), Isolation::Pooled);
    let error = bench.load(&guest("condition_only")).await.unwrap_err();
    says(&error, "M0161", &["the compiler cannot be started: ", "tell the operator"]);
    assert!(!error.to_string().contains("nowhere"), "the author learns no path: {error}");
}

#[tokio::test]
async fn m0162_code_of_another_engine_is_not_loaded() {
    let manifest = concat!(
        r#"{"Compiled":{"name":"x","version":"1.0.0","description":"","settings_schema":"","#,
        r#""reads":[],"writes":[],"reads_folders":[],"writes_folders":[],"operations":[]}}"#
    );
    let answer = format!(r"printf '\0\0\0\{:o}\0\0\0\0\0\0\0\4{manifest}code'", manifest.len());
    assert_eq!(script(&answer, limits()).await.0, CompilerFault::Foreign);
}

#[tokio::test]
async fn the_operator_is_told_what_it_said_cut_and_the_author_is_not() {
    let (fault, complaints) = script("yes complaint | head -c 1000000 >&2; exit 3", limits()).await;
    assert_eq!(fault, CompilerFault::BrokeOff);
    let [complaint] = complaints.as_slice() else { panic!("{complaints:?}") };
    assert_eq!(complaint.len(), 4_096);
    assert!(complaint.starts_with("complaint\ncomplaint\n"));
    assert!(!fault.to_string().contains("complaint"));
}

/// A compiler that writes down when it begins and when it ends, which it does not before `begun` have begun in all.
fn noting(file: &Path, begun: usize) -> String {
    let wait = format!("while [ $(grep -c + {}) -lt {begun} ]; do sleep 0.01; done", file.display());
    // For a while more, so that one too many would be seen.
    format!("echo + >> {0}; {wait}; sleep 0.1; echo - >> {0}; exit 1", file.display())
}

#[tokio::test]
async fn two_are_at_work_at_once_and_one_of_a_site() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("line");
    for (sites, most) in [(["a", "b", "c", "d"], 2), (["a"; 4], 1)] {
        let bench = Bench::script(&noting(&file, most), limits());
        let bytes = guest("condition_only");
        let load = |site| {
            let (bench, bytes, site) = (&bench, &bytes, SiteId::parse(site).unwrap());
            async move { bench.sandbox.load(&site, bytes).await.unwrap_err() }
        };
        let ended = futures::future::join_all(sites.map(load)).await;
        assert_eq!(ended, vec![LoadError::Compiler(CompilerFault::BrokeOff); 4]);
        let mut now = 0_usize;
        let at_work = std::fs::read_to_string(&file).unwrap();
        let at_work: Vec<usize> = at_work
            .lines()
            .map(|line| {
                now = if line == "+" { now + 1 } else { now - 1 };
                now
            })
            .collect();
        assert_eq!((at_work.iter().max(), at_work.len()), (Some(&most), 8), "{at_work:?}");
        std::fs::remove_file(&file).unwrap();
    }
}

#[tokio::test]
async fn m0160_who_finds_the_line_full_is_told_to_come_again_and_others_go_on() {
    let bench = Bench::script("exec sleep 1000", CompileLimits { waiting_of_site: 0, ..limits() });
    let bytes = guest("condition_only");
    let second = async {
        // The first is polled before, so it is there first.
        let error = bench.load(&bytes).await.unwrap_err();
        says(&error, "M0160", &["too many plugins are waiting to be compiled: try again in a minute"]);
        assert_eq!(bench.load(b"not wasm").await.unwrap_err().code(), "M0101", "the scan needs no turn");
    };
    tokio::select! {
        biased;
        _ = bench.load(&bytes) => panic!("it sleeps"),
        () = second => {}
    }
}

#[tokio::test]
async fn without_a_question_the_program_says_what_is_wrong_and_ends() {
    let nothing = tokio::process::Command::new(PROGRAM).stdin(std::process::Stdio::null()).output().await.unwrap();
    assert_eq!((nothing.status.code(), nothing.stdout), (Some(1), vec![]));
    assert!(String::from_utf8(nothing.stderr).unwrap().starts_with("the compiler: "));
}
