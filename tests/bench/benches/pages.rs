//! What the pages of the console take on the server: the demo is played and served, and each page takes turns with the answer that
//! asks nothing.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use mandate_bench::{
    command::{binary, root},
    measure::{Arm, take_turns},
    table,
};

/// Batches, and requests of each page in one.
const BATCHES: usize = 20;
const CALLS: u32 = 3;
/// Who looks: whom the demo's automations run as.
const WHO: &str = "user:ines";
/// What asks nothing.
const NOTHING: &str = "/api/v1/health";

/// A page, and where it is; what is in braces is found in the list.
const PAGES: [(&str, &str); 12] = [
    ("nothing asked: the health check", NOTHING),
    ("automations", "/automations"),
    ("one automation", "{/automations/aut_}"),
    ("its powers and reach", "{/automations/aut_}/consent"),
    ("its people", "{/automations/aut_}/people"),
    ("runs", "/runs"),
    ("one run", "{/runs/run_}"),
    ("inbox", "/inbox"),
    ("people", "/people"),
    ("plugins", "/plugins"),
    ("search", "/search?q=big"),
    ("you", "/me"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let served = Served::start(folder.path())?;
    let cookie = served.enter()?;
    let mut places = vec![];
    for (_, at) in PAGES {
        places.push(served.place(at, &cookie)?);
    }
    let arms = PAGES.iter().zip(&places).map(|((name, _), at)| {
        let (served, cookie) = (&served, &cookie);
        Arm::new(name, move || async move { served.get(at, cookie).map(drop) })
    });
    let samples = take_turns(&arms.collect::<Vec<_>>(), BATCHES, CALLS).await?;
    let Some(nothing) = samples.first() else { return Ok(()) };
    let mut rows = vec![];
    for ((name, _), (at, this)) in PAGES.iter().zip(places.iter().zip(&samples)) {
        let bytes = served.get(at, &cookie)?.len();
        rows.push(vec![
            (*name).to_owned(),
            this.to(nothing).to_string(),
            table::time(this.median()),
            bytes.to_string(),
        ]);
    }
    let title = format!("Pages of the demo, as its sales lead ({BATCHES} batches of {CALLS})");
    table::print(&title, &["page", "ratio to nothing asked (quartiles)", "median time", "bytes"], &rows);
    Ok(())
}

/// The demo, served by a process of its own; it ends with this.
struct Served {
    process: Child,
    address: String,
    _told: BufReader<ChildStdout>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    #[allow(clippy::disallowed_methods, reason = "a benchmark of a process")]
    fn start(folder: &Path) -> Result<Self> {
        let guests = folder.join("guests");
        mandate_test_support::build_all(&guests)?;
        let mut command = Command::new(binary()?);
        command.args(["demo", "--serve", "--listen", "127.0.0.1:0", "--guests"]).arg(guests);
        command.arg("--store").arg(folder.join("store")).current_dir(root()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut told = BufReader::new(process.stdout.take().context("it tells nothing")?);
        loop {
            let mut line = String::new();
            ensure!(told.read_line(&mut line)? > 0, "the demo ended before it was served");
            if let Some(origin) = line.trim().strip_prefix("Mandate is at http://") {
                return Ok(Self { process, address: origin.to_owned(), _told: told });
            }
        }
    }

    /// Signs in by the demo's switcher: the cookie.
    fn enter(&self) -> Result<String> {
        let (body, origin) = (format!("person={WHO}"), format!("http://{}", self.address));
        let answer = self.ask(&format!(
            "POST /enter HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\nconnection: close\r\ncontent-length: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
            self.address,
            body.len()
        ))?;
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        Ok(cookie.and_then(|line| line.split(';').next()).context("nobody was signed in")?.to_owned())
    }

    /// Where something is: `{…}` stands for the first link that begins so, in the list that it is in.
    fn place(&self, at: &str, cookie: &str) -> Result<String> {
        let Some((begin, rest)) = at.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            return Ok(at.to_owned());
        };
        let (list, _) = begin.rsplit_once('/').context("no list")?;
        let page = self.get(list, cookie)?;
        let (_, after) =
            page.split_once(&format!("href=\"{begin}")).with_context(|| format!("`{list}` has no link"))?;
        let id = after.split(['"', '/', '?']).next().unwrap_or_default();
        Ok(format!("{begin}{id}{rest}"))
    }

    fn get(&self, at: &str, cookie: &str) -> Result<String> {
        let head =
            format!("GET {at} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n", self.address);
        let answer = self.ask(&head)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{at}: {}", answer.lines().next().unwrap_or_default());
        Ok(answer)
    }

    /// One request on a connection of its own, and all that is answered.
    fn ask(&self, request: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![];
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
