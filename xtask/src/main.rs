//! `cargo xtask`: sets this repository up, tests it and shows it. One file per verb.
#![allow(clippy::disallowed_methods, reason = "this program is there to start others")]

mod console;
mod demo;
mod setup;
mod step;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Sets this repository up, tests it and shows it.

Usage: cargo xtask <COMMAND> [ARGUMENTS]

Commands:
  setup               installs what is missing: the wasm32-unknown-unknown target, cargo-nextest, the mail server
                      of the tests, schemathesis, which tries the HTTP API, Chromium and what drives it
  test [ARGUMENTS]    setup, then all tests; arguments go to `cargo nextest run` in place of `--workspace`
                      (`cargo xtask test -p mandate-policy residual`), and doc tests and browser tests
                      are then left out
  console [PAGES]     builds `mandate` and the guests, then runs the browser tests: all, or those of some pages
                      (`cargo xtask console automations`, see tests/console/README.md)
  demo [--release] [ARGUMENTS]
                      builds `mandate` and the example guests, then runs `mandate demo`
                      (`--serve`: and the console over it);
                      other arguments go to `mandate demo`
  help                this text

Exit codes: 0 fine, 1 a step failed, 2 wrong usage.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let verb = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match verb.as_str() {
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ if rest.iter().any(|argument| argument == "--help") => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        "setup" if rest.is_empty() => setup::run(),
        "test" => test::run(&rest),
        "console" => console::run(&rest),
        "demo" => demo::run(&rest),
        "setup" => return usage("`setup` takes no arguments"),
        "" => return usage("a command is missing"),
        other => return usage(&format!("there is no command `{other}`")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn usage(problem: &str) -> ExitCode {
    eprint!("xtask: {problem}\n\n{HELP}");
    ExitCode::from(2)
}
