//! `cargo xtask console`: the console in a real browser.

use crate::step::{Step, root, target};
use crate::{demo, setup};
use anyhow::Context as _;
use std::ffi::OsString;

/// Runs the browser tests alone: all, or those of the pages that are named.
pub(crate) fn run(pages: &[String]) -> anyhow::Result<()> {
    setup::guest_target()?;
    setup::browser()?;
    tests(pages)
}

/// Builds what they need, and runs them. What is missing fails; nothing is skipped.
pub(crate) fn tests(pages: &[String]) -> anyhow::Result<()> {
    let files = files(pages)?;
    let guests = target().join("console/guests");
    Step::new(demo::built(&[])?.join("guests")).with([guests]).run()?;
    println!("xtask: pictures of the pages go to {}", target().join("console-shots").display());
    Step::new("node")
        .with(["--test", "--test-concurrency=2", "--test-timeout=400000", "--test-reporter=spec"])
        .with(files)
        .run()
}

/// The test files of these pages, in order; all of them if none is named.
fn files(pages: &[String]) -> anyhow::Result<Vec<OsString>> {
    let folder = root().join("tests/console");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(page) = name.strip_suffix(".test.js") else { continue };
        if pages.is_empty() || pages.iter().any(|wanted| wanted == page) {
            files.push(path.into_os_string());
        }
    }
    files.sort();
    let known =
        |page: &&String| !files.iter().any(|file| file.to_string_lossy().ends_with(&format!("/{page}.test.js")));
    if let Some(unknown) = pages.iter().find(known) {
        anyhow::bail!("there is no `{}`", folder.join(format!("{unknown}.test.js")).display());
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn all_pages_or_those_that_are_named() {
        let all = files(&[]).unwrap();
        assert!(all.len() > 2 && all.iter().all(|file| file.to_string_lossy().ends_with(".test.js")), "{all:?}");
        let one = files(&["enter".to_owned()]).unwrap();
        assert!(one.len() == 1 && one[0].to_string_lossy().ends_with("tests/console/enter.test.js"), "{one:?}");
        let error = files(&["no-such-page".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("tests/console/no-such-page.test.js"), "{error}");
    }
}
