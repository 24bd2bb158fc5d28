//! One step: a program that is named before it is started, and whose failure is ours.

use anyhow::{Context, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program and its arguments.
pub(crate) struct Step {
    program: OsString,
    arguments: Vec<OsString>,
}

impl Step {
    /// `program`, found in `PATH`.
    pub(crate) fn new(program: impl Into<OsString>) -> Self {
        Self { program: program.into(), arguments: Vec::new() }
    }

    /// The cargo that started us, or the one in `PATH`.
    pub(crate) fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Adds arguments.
    pub(crate) fn with<T: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Says what it does, does it in the root of the repository, and fails if the program does. No input is given: every
    /// step must go through without anybody to ask.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        println!("xtask: {self}");
        let status = self.command().status().with_context(|| format!("cannot start `{self}`"))?;
        if !status.success() {
            bail!("`{self}` failed: {status}");
        }
        Ok(())
    }

    /// What the program prints; nothing when it cannot be started or fails.
    pub(crate) fn answer(&self) -> Option<String> {
        let output = self.command().output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(root()).stdin(Stdio::null());
        command
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = Path::new(&self.program).file_name().unwrap_or(&self.program);
        write!(out, "{}", name.display())?;
        self.arguments.iter().try_for_each(|argument| write!(out, " {}", argument.display()))
    }
}

/// The root of the repository that `cargo xtask` was called in. Asked when it runs: a target folder that several checkouts share
/// may hold an xtask that was built in another one.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().unwrap_or(&here).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn a_step_is_shown_as_one_would_type_it() {
        assert_eq!(Step::new("/usr/bin/git").with(["log", "-1"]).to_string(), "git log -1");
    }

    #[test]
    fn a_step_that_fails_or_cannot_start_is_an_error() {
        Step::cargo().with(["--version"]).run().unwrap();
        let failed = Step::cargo().with(["no-such-verb-of-cargo"]).run().unwrap_err().to_string();
        assert!(failed.contains("cargo no-such-verb-of-cargo` failed"), "{failed}");
        let missing = Step::new("no-such-program-anywhere").run().unwrap_err().to_string();
        assert!(missing.contains("cannot start `no-such-program-anywhere`"), "{missing}");
    }

    #[test]
    fn an_answer_is_what_was_printed_and_only_of_a_program_that_succeeded() {
        assert!(Step::cargo().with(["--version"]).answer().unwrap().starts_with("cargo "));
        assert_eq!(Step::cargo().with(["no-such-verb-of-cargo"]).answer(), None);
        assert_eq!(Step::new("no-such-program-anywhere").answer(), None);
    }
}
