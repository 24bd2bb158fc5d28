//! Setting the server up: what `host.toml` and the arguments may say, and what is refused before anything listens.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::bench::Bench;

const FIXTURE: &str = r#"
site = "acme"
people = [{ id = "ana", name = "Ana" }]
[datasets.deals]
columns = [{ name = "title", type = "text", null = true }]
"#;

const OIDC: &str = "[server.oidc]\nname = \"Acme\"\nissuer = \"https://id.example\"\nclient_id = \"mandate\"\n";

fn world() -> Bench {
    let bench = Bench::new();
    let fixture = bench.file("site.toml", FIXTURE);
    bench.fine(&["fixture", "load", &fixture]);
    bench
}

#[test]
fn what_is_wrong_with_the_setup_is_said_and_nothing_listens() {
    let bench = world();
    let refused = |config: &str, words: &[&str], told: &str| {
        bench.file("store/host.toml", config);
        let said = bench.refused(&[&["serve", "--listen", "127.0.0.1:0"], words].concat());
        assert!(said.contains(told), "{config}: {said}");
    };
    refused(OIDC, &["--demo"], "`--demo` lets anybody be anybody, and host.toml says where people sign in");
    refused(&OIDC.replace("https", "http"), &[], "`[server.oidc]`: `issuer` is an `https` address");
    refused(&format!("{OIDC}claim = \"\""), &[], "`[server.oidc]`: `claim` is empty");
    refused(&format!("{OIDC}client_secret_file = \"gone\""), &[], "`[server.oidc]`: `gone` cannot be read");
    refused(&format!("{OIDC}allow = [\"https://id.example/x\"]"), &[], "`allow` names whole origins");
    refused(&format!("{OIDC}client_secret = \"x\""), &[], "unknown field `client_secret`");
    refused("[server]\norigin = \"https://mandate.example/x\"", &[], "`https://mandate.example/x` is no origin");
    refused("", &["--origin", "mandate.example"], "`mandate.example` is no origin: give scheme, host and port alone");
    refused("[server]\nlisten = \"here\"", &[], "invalid socket address");
}

#[test]
fn sessions_and_tokens_are_in_a_file_that_no_backup_has() {
    let bench = world();
    bench.file("store/host.toml", format!("[server]\nlisten = \"127.0.0.1:0\"\n{OIDC}"));
    let mut server = Command::new(env!("CARGO_BIN_EXE_mandate"))
        .args(["serve", "--store"])
        .arg(bench.path("store"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(line.starts_with("Mandate is at http://127.0.0.1:"), "{line}");
    assert!(bench.path("store/server.db").is_file());
    let backup = bench.path("backup");
    bench.fine(&["admin", "backup", &backup.display().to_string()]);
    assert!(backup.join("store.db").is_file() && !backup.join("server.db").exists());
}
