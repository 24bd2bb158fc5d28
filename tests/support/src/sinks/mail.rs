//! A mail server, written by others and in another language.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// How long a test waits before it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running mail server; it ends with this.
pub struct MailServer {
    child: Child,
    lines: Receiver<String>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

impl MailServer {
    /// Starts one; `mail/server.py` says which words it knows.
    pub fn start(words: &[&str]) -> Self {
        let installed = crate::build::target_dir().join("test-tools/aiosmtpd-1.4.6");
        assert!(installed.is_dir(), "the mail server of the tests is missing: run `cargo xtask setup`");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mail/server.py");
        let mut child = python(&installed)
            .arg(script)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests need Python: install `python3`");
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let port = lines.recv_timeout(PATIENCE).expect("the mail server does not start: see above").parse().unwrap();
        Self { child, lines, port }
    }

    /// The next letter that it was given, as JSON.
    pub fn letter(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("no letter came")
    }

    /// Whether it was given no further letter until now.
    pub fn is_idle(&self) -> bool {
        self.lines.try_recv().is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn python(installed: &PathBuf) -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", installed);
    command
}
