//! `cargo xtask test`: every test of the repository, those of the guests (natively) and those in a browser too.

use crate::step::Step;
use crate::{console, setup};

/// Runs all tests, doc tests and browser tests, or with `arguments` what `cargo nextest run` makes of them.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    setup::run()?;
    if !arguments.is_empty() {
        Step::cargo().with(["nextest", "run"]).with(arguments).run()?;
        println!("xtask: doc tests and browser tests left out, because arguments were given");
        return Ok(());
    }
    // `--tests` also takes the examples marked `test = true`, and leaves out those that would only be linked: a guest is
    // built for wasm32, by the tests that need it.
    Step::cargo().with(["nextest", "run", "--workspace", "--tests"]).run()?;
    // nextest cannot run doc tests.
    Step::cargo().with(["test", "--doc", "--workspace"]).run()?;
    console::tests(&[])
}
