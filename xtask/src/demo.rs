//! `cargo xtask demo`: builds what the demo needs, then runs it without asking anything.

use crate::setup;
use crate::step::{Step, target};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Builds `mandate` and the guests (`--release`: optimised), then runs `mandate demo` with the other arguments.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    setup::guest_target()?;
    let (profile, others): (Vec<_>, Vec<_>) = arguments.iter().cloned().partition(|argument| argument == "--release");
    let folder = target().join("demo");
    let (guests, store) = (folder.join("guests"), folder.join("store"));
    fresh(&store)?;
    let built = built(&profile)?;
    Step::new(built.join("guests")).with([&guests]).run()?;
    Step::new(built.join("mandate"))
        .with(["demo", "--guests"])
        .with([&guests])
        .with(["--store"])
        .with([&store])
        .with(others)
        .run()
}

/// Builds `mandate` and what builds the example guests, and says in which folder they are. As parts of the workspace, so that what
/// they are made of is built as for the tests, and not once more.
pub(crate) fn built(profile: &[String]) -> anyhow::Result<PathBuf> {
    Step::cargo().with(["build", "--workspace", "--bin", "mandate", "--bin", "guests"]).with(profile).run()?;
    Ok(target().join(if profile.is_empty() { "debug" } else { "release" }))
}

/// The demo begins the same way each time: what an earlier one stored is removed.
fn fresh(store: &Path) -> anyhow::Result<()> {
    if store.exists() {
        println!("xtask: removing the store of the last demo, {}", store.display());
        std::fs::remove_dir_all(store).with_context(|| format!("cannot remove `{}`", store.display()))?;
    }
    std::fs::create_dir_all(store).with_context(|| format!("cannot make `{}`", store.display()))
}

#[cfg(test)]
mod tests {
    use super::fresh;

    #[test]
    fn a_demo_finds_an_empty_store() {
        let store = std::env::temp_dir().join(format!("xtask-demo-{}", std::process::id()));
        fresh(&store).unwrap();
        std::fs::write(store.join("left"), "over").unwrap();
        fresh(&store).unwrap();
        assert_eq!(std::fs::read_dir(&store).unwrap().count(), 0);
        std::fs::remove_dir(&store).unwrap();
    }
}
