//! A process that is told to end (SIGTERM) while a guest runs gives back what it holds, says what is left, and loses nothing.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use crate::bench::Bench;

#[test]
fn told_to_end_while_a_guest_runs_it_gives_back_what_it_holds() {
    let bench = Bench::with(&["waits condition notification"]);
    let mut worker = bench.worker(0).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(worker.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting\n", "the guest runs");
    assert!(Command::new("kill").args(["-TERM", &worker.id().to_string()]).status().unwrap().success());
    assert_eq!(worker.wait().unwrap().code(), Some(4));
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.trim(), "1 parts are left, 1 were given back");
    let waits = "SELECT state, attempts, lease, suspect FROM part WHERE kind = 'notify'";
    assert_eq!(bench.store(waits), [["pending", "0", "NULL", "NULL"]], "as if it had not begun, and no suspect");
}
