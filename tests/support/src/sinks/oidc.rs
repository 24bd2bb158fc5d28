//! An identity provider, written by others and in another language.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::channel,
    time::Duration,
};

/// How long a test waits before it fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running identity provider; it ends with this.
pub struct IdentityProvider {
    child: Child,
    /// Its issuer, on 127.0.0.1.
    pub issuer: String,
}

impl IdentityProvider {
    /// Who we are there.
    pub const CLIENT: &str = "mandate";
    /// What we prove that with.
    pub const SECRET: &str = "a secret: of + tests & more";

    /// Starts one for the server of `origin`, which signs with `algorithm`: `RS256` or `ES256`.
    pub fn start(origin: &str, algorithm: &str) -> Self {
        let installed = crate::build::target_dir().join("test-tools/oidc-provider-9.13.3");
        assert!(
            installed.join("node_modules").is_dir(),
            "the identity provider of the tests is missing: run `cargo xtask setup`"
        );
        let mut child = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc/server.mjs"))
            .arg(installed)
            .args([format!("{origin}/enter/back"), format!("{origin}/enter"), algorithm.to_owned()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests need Node.js: install `node`, version 20 or later");
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut next = || lines.recv_timeout(PATIENCE).expect("the identity provider does not start: see above");
        // It warns of what is only fit for tests before that.
        let issuer = std::iter::repeat_with(&mut next).find(|line| line.starts_with("http://")).unwrap();
        // What it says from now on is read by nobody, and must not stop it.
        std::thread::spawn(move || lines.iter().for_each(drop));
        Self { child, issuer }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
