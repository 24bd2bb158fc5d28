//! What the kernel says of the compiling process: its limits, its files, its environment, and that it ends with who started it.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Child, Command, Stdio},
    time::Duration,
};

use mandate_runtime::{compile::CompileLimits, engine::Isolation, limits::Limits, plugin::LoadError};
use mandate_test_support::guest;

use crate::harness::{Bench, PROGRAM};

/// Waits until something is so; a test that waits in vain is ended from outside.
fn until(mut so: impl FnMut() -> bool) {
    while !so() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A compiler that has read what it may use, and waits for the rest.
fn waiting() -> Child {
    let mut child =
        Command::new(PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let head = ask();
    let length = u32::try_from(head.len()).unwrap().to_be_bytes();
    let input = child.stdin.as_mut().unwrap();
    input.write_all(&[&length[..], &[0, 0, 0, 0, 0, 0, 0, 9], head.as_bytes()].concat()).unwrap();
    input.flush().unwrap();
    child
}

/// What the host asks, with the default limits.
fn ask() -> String {
    let limits = serde_json::to_value(Limits::default()).unwrap();
    serde_json::json!({ "processor": 20, "memory": 2_u64 << 30, "limits": limits, "phases": [] }).to_string()
}

/// The soft and the hard limit in a line of `/proc/PID/limits`.
fn limit(pid: u32, name: &str) -> (String, String) {
    let text = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn it_takes_from_itself_what_it_does_not_need_before_it_reads_the_component() {
    let mut child = waiting();
    let pid = child.id();
    until(|| limit(pid, "Max cpu time").0 == "20");
    for (name, soft, hard) in [
        ("Max cpu time", "20", "21"),
        ("Max address space", "2147483648", "6710886400"),
        ("Max core file size", "0", "0"),
        ("Max file size", "0", "67108864"),
        ("Max open files", "16", "16"),
    ] {
        assert_eq!(limit(pid, name), (soft.to_owned(), hard.to_owned()), "{name}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn it_ends_when_its_input_ends_before_the_component_is_there() {
    let mut child = waiting();
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn it_ends_when_its_input_ends_while_it_works() {
    let mut child =
        Command::new(PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let limits = Limits { fuel: u64::MAX, deadline_ticks: u64::MAX, ..Limits::default() };
    let ask =
        serde_json::json!({ "processor": 1_000, "memory": 2_u64 << 30, "limits": limits, "phases": ["condition"] });
    let (ask, component) = (ask.to_string(), mandate_test_support::hostile("s01_start_loop"));
    let mut input = child.stdin.take().unwrap();
    input.write_all(&u32::try_from(ask.len()).unwrap().to_be_bytes()).unwrap();
    input.write_all(&(component.len() as u64).to_be_bytes()).unwrap();
    input.write_all(ask.as_bytes()).unwrap();
    input.write_all(&component).unwrap();
    // As the kernel does for a host that is killed.
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(70));
}

/// Files with which whoever started this test made it begin, and which stay open when a program begins.
fn inherited() -> BTreeSet<String> {
    let numbers = fs::read_dir("/proc/self/fd").unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let stays = |number: &String| {
        let Ok(info) = fs::read_to_string(format!("/proc/self/fdinfo/{number}")) else { return false };
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        u32::from_str_radix(flags, 8).unwrap() & 0o2_000_000 == 0
    };
    numbers.filter(|number| !["0", "1", "2", "3"].contains(&number.as_str())).filter(stays).collect()
}

#[tokio::test]
async fn it_is_given_no_environment_no_folder_and_no_file_of_the_host() {
    let inherited = inherited();
    let folder = tempfile::tempdir().unwrap();
    let _open = fs::File::create(folder.path().join("open")).unwrap();
    let _listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let script = "exec >&2; /bin/env; pwd; /bin/ls /proc/self/fd; exit 1";
    let bench = Bench::script(script, CompileLimits::default());
    assert!(matches!(bench.load(&guest("condition_only")).await, Err(LoadError::Compiler(_))));
    let told = bench.complaints().concat();
    // What the shell itself sets.
    let of_the_shell = ["PWD=/", "SHLVL=0", "SHLVL=1", "_=/bin/env"];
    let told = told.lines().filter(|line| !of_the_shell.contains(line) && !inherited.contains(*line));
    let told: Vec<_> = told.collect();
    assert_eq!(told, ["/", "0", "1", "2", "3"], "the folder, three streams, and the listing itself");
}

#[tokio::test]
async fn whoever_waits_no_longer_has_the_process_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}.part; mv {0}.part {0}; exec sleep 1000", pid.display());
    let bench = Bench::of("/bin/sh", &["-c", &script], CompileLimits::default(), Limits::default(), Isolation::Pooled);
    let bytes = guest("condition_only");
    tokio::select! {
        _ = bench.load(&bytes) => panic!("it sleeps"),
        () = async { while !pid.exists() { tokio::time::sleep(Duration::from_millis(5)).await } } => {}
    }
    let process = format!("/proc/{}/stat", fs::read_to_string(&pid).unwrap().trim());
    // Gone, or dead and not yet collected.
    until(|| fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z ")).then_some(()).is_none());
}
