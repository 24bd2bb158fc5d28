//! A server of this program's own process, and somebody who asks it over a socket.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::bench::Bench;

/// A server that runs, until it is dropped.
pub(crate) struct Served {
    process: Child,
    /// What it says. It ends where nobody reads that any more, as every command does.
    _said: BufReader<ChildStdout>,
    address: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Who asks: the cookie of a session, and the token of its pages.
pub(crate) struct Person {
    pub(crate) cookie: String,
    pub(crate) token: String,
}

impl Served {
    /// Serves what a fixture makes, as a demo.
    pub(crate) fn demo(bench: &Bench, fixture: &str) -> Self {
        let fixture = bench.file("site.toml", fixture);
        bench.fine(&["fixture", "load", &fixture]);
        let mut process = Command::new(env!("CARGO_BIN_EXE_mandate"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--store"])
            .arg(bench.path("store"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut line, mut said) = (String::new(), BufReader::new(process.stdout.take().unwrap()));
        said.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://").unwrap_or_else(|| panic!("{line}"));
        let address = rest.split(|letter: char| letter != ':' && letter != '.' && !letter.is_ascii_digit()).next();
        Self { process, _said: said, address: address.unwrap().trim_end_matches('.').to_owned() }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Most memory that its process ever had, in KiB.
    pub(crate) fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// A connection, and nothing sent on it yet.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// The head of a request.
    pub(crate) fn head(&self, what: &str, by: Option<&Person>, more: &str) -> String {
        let by = by.map_or_else(String::new, |by| format!("cookie: {}\r\nx-csrf-token: {}\r\n", by.cookie, by.token));
        format!("{what} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{by}{more}\r\n", self.address)
    }

    /// Asks, such as for `GET /`, with these lines of the head and this body.
    pub(crate) fn ask(&self, what: &str, by: Option<&Person>, more: &str, body: &[u8]) -> Answer {
        let mut stream = self.connect();
        let head = self.head(what, by, &format!("{more}content-length: {}\r\n", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        // Who is refused unread may not be listened to until the end.
        let _ = stream.write_all(body);
        read(&mut stream)
    }

    /// Looks at something that is there.
    pub(crate) fn look(&self, at: &str, by: Option<&Person>) -> Answer {
        let answer = self.ask(&format!("GET {at}"), by, "", b"");
        assert_eq!(answer.status, 200, "{at}: {answer:?}");
        answer
    }

    /// Becomes somebody.
    pub(crate) fn enter(&self, person: &str) -> Person {
        let form = format!("person={}", person.replace(':', "%3A"));
        let kind = "content-type: application/x-www-form-urlencoded\r\n";
        let entered = self.ask("POST /enter", None, kind, form.as_bytes());
        assert_eq!(entered.status, 303, "{entered:?}");
        let (_, rest) = entered.head.split_once("set-cookie: ").unwrap();
        let cookie = rest.split(';').next().unwrap().to_owned();
        let page = self.look("/automations", Some(&Person { cookie: cookie.clone(), token: String::new() })).body;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        Person { cookie, token: rest.split('"').next().unwrap().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What came back on a connection, until it was closed.
pub(crate) fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = vec![];
    // Who is refused while it sends may find the connection reset: what came before counts.
    let mut some = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut some) {
        bytes.extend_from_slice(&some[..count]);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
