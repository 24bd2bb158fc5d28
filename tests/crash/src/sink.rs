//! A sink for effects in a process of its own: it appends each one that it carries out to a log, and answers a key that it
//! knows with what it did before. One connection per request: one line of JSON each way, or, for operations, HTTP. It can be told to
//! misbehave (E02).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs::File,
    io::{BufRead, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, bail};
use mandate_model::Effect;
use serde::{Deserialize, Serialize};

use crate::operations::RING;

/// How long who asks waits for a byte of the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is to be carried out.
#[derive(Serialize, Deserialize)]
pub struct Request {
    /// As whom.
    pub principal: String,
    /// Under which key.
    pub key: String,
    /// What.
    pub effect: Effect,
}

/// A line of the log.
#[derive(Serialize, Deserialize)]
struct Line {
    /// Whether the key was known, and so nothing was done.
    known: bool,
    #[serde(flatten)]
    request: Request,
}

/// What it does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Does it and says so.
    Well,
    /// Does it, and keeps its answer until somebody else asks.
    Late,
    /// Does nothing and says that it is broken.
    Broken,
    /// Does it and says that it is broken.
    BrokenAfter,
    /// Does nothing and closes the connection.
    Reset,
    /// Does it and closes the connection.
    ResetAfter,
    /// Does it, and its answer comes byte by byte.
    Slow,
    /// Does it and says so twice.
    Twice,
}

impl Mood {
    /// Every one of them.
    pub const ALL: [(&str, Self); 8] = [
        ("well", Self::Well),
        ("late", Self::Late),
        ("broken", Self::Broken),
        ("broken-after", Self::BrokenAfter),
        ("reset", Self::Reset),
        ("reset-after", Self::ResetAfter),
        ("slow", Self::Slow),
        ("twice", Self::Twice),
    ];

    /// The one of that name.
    pub fn parse(name: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        Ok(found.with_context(|| format!("no mood is called `{name}`"))?.1)
    }

    fn does(self) -> bool {
        !matches!(self, Self::Broken | Self::Reset)
    }
}

/// A sink.
pub struct Sink {
    log: File,
    known: BTreeSet<String>,
    /// Remembers no key: a sink that is wrong, to see that it is noticed.
    forgetful: bool,
    /// What it does with the next requests; after that, all goes well.
    moods: VecDeque<Mood>,
    /// An answer that somebody waits for in vain.
    held: Option<TcpStream>,
}

impl Sink {
    /// A sink with its log at `log`.
    pub fn new(log: &Path, moods: Vec<Mood>, forgetful: bool) -> anyhow::Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        Ok(Self { log, known: BTreeSet::new(), forgetful, moods: moods.into(), held: None })
    }

    /// Says where it listens, on standard output, and serves until it is killed.
    pub fn serve(mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept()?;
            // Whoever asked was killed meanwhile, or gave up: that is nothing to the sink.
            let _ = self.answer(stream);
        }
    }

    fn answer(&mut self, mut stream: TcpStream) -> anyhow::Result<()> {
        self.held = None;
        let mut line = String::new();
        let mut reader = BufReader::new(&stream);
        reader.read_line(&mut line)?;
        let is_http = line.starts_with("POST ");
        let request: Request = if is_http { read_http(&mut reader)? } else { serde_json::from_str(&line)? };
        let mood = self.moods.pop_front().unwrap_or(Mood::Well);
        if mood.does() {
            self.carry_out(request)?;
        }
        let fine: &[u8] = if is_http { b"HTTP/1.1 204 X\r\n\r\n" } else { b"done\n" };
        match mood {
            Mood::Well => stream.write_all(fine)?,
            Mood::Twice => stream.write_all(&[fine, fine].concat())?,
            Mood::Broken | Mood::BrokenAfter if !is_http => stream.write_all(b"500\n")?,
            Mood::Broken => stream.write_all(b"HTTP/1.1 503 X\r\n\r\n")?,
            Mood::BrokenAfter => stream.write_all(b"HTTP/1.1 500 X\r\n\r\n")?,
            Mood::Slow => {
                for byte in fine {
                    stream.write_all(&[*byte])?;
                    std::thread::sleep(PATIENCE / 400);
                }
            }
            Mood::Late => self.held = Some(stream),
            Mood::Reset | Mood::ResetAfter => {}
        }
        Ok(())
    }

    fn carry_out(&mut self, request: Request) -> anyhow::Result<()> {
        let is_known = !self.known.insert(request.key.clone());
        let known = is_known && !self.forgetful && !rings(&request.effect);
        let mut line = serde_json::to_string(&Line { known, request })?;
        line.push('\n');
        // Not synced: processes are killed here, never the machine, and a slow disk would look like a sink that does not answer.
        self.log.write_all(line.as_bytes())?;
        Ok(())
    }
}

/// Whether it is the operation that is done as often as it is asked for.
fn rings(effect: &Effect) -> bool {
    matches!(effect, Effect::Invoke { operation, .. } if operation == RING)
}

/// What is asked for in the rest of a request over HTTP.
fn read_http(reader: &mut impl BufRead) -> anyhow::Result<Request> {
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let header = |name: &str| headers.get(name).cloned().with_context(|| format!("no header `{name}`"));
    let mut body = vec![0; header("content-length")?.parse()?];
    reader.read_exact(&mut body)?;
    let effect = Effect::Invoke { operation: header("mandate-operation")?, arguments: String::from_utf8(body)? };
    Ok(Request { principal: header("mandate-principal")?, key: header("idempotency-key")?, effect })
}

/// Has the sink carry an effect out. An error says nothing about whether it was.
pub(crate) fn ask(sink: SocketAddr, request: &Request) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect_timeout(&sink, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    if answer != "done\n" {
        bail!("the sink said `{}`", answer.trim());
    }
    Ok(())
}
