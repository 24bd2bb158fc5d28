//! A web server that keeps what it was sent and does what the test says: a thread, and nothing of the client's code.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// What it does with a request after it was read.
#[derive(Debug, Clone)]
pub enum Then {
    /// Answers, with these headers besides and this body.
    Answer(u16, Vec<String>, Vec<u8>),
    /// Answers 200 and an endless body.
    Flood,
    /// Reads the request and never answers.
    Hang,
    /// Reads the request and closes the connection.
    Close,
}

/// A request, as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Such as `POST /hook HTTP/1.1`.
    pub line: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The one header of that name.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let header = found.next().unwrap_or_else(|| panic!("no header `{name}`"));
        assert!(found.next().is_none(), "two headers `{name}`");
        &header.1
    }
}

#[derive(Default)]
struct Kept {
    got: Vec<HttpRequest>,
    then: VecDeque<Then>,
    connections: usize,
    // Not answered, and not closed either.
    held: Vec<TcpStream>,
}

/// A running web server; its thread ends with the process.
pub struct Http {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Http {
    /// Starts one that does this, request after request, and then answers 204.
    pub fn start(then: impl IntoIterator<Item = Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Kept { then: then.into_iter().collect(), ..Kept::default() }));
        let mine = Arc::clone(&kept);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                mine.lock().unwrap().connections += 1;
                // Who connects and says nothing that can be read is told nothing.
                let _ = serve(stream, &mine);
            }
        });
        Self { port, kept }
    }

    /// The origin of what it serves.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that it was sent, in order.
    pub fn got(&self) -> Vec<HttpRequest> {
        self.kept.lock().unwrap().got.clone()
    }

    /// How many connections were opened to it.
    pub fn connections(&self) -> usize {
        self.kept.lock().unwrap().connections
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let request = read(&mut BufReader::new(stream.try_clone()?))?;
    let then = {
        let mut kept = kept.lock().unwrap();
        kept.got.push(request);
        kept.then.pop_front().unwrap_or(Then::Answer(204, vec![], vec![]))
    };
    match then {
        Then::Answer(status, headers, body) => {
            let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
            write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n", body.len())?;
            stream.write_all(&body)?;
        }
        Then::Flood => {
            stream.write_all(b"HTTP/1.1 200 X\r\n\r\n")?;
            // Until who asked has gone.
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
        Then::Hang => kept.lock().unwrap().held.push(stream),
        Then::Close => {}
    }
    Ok(())
}

fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<HttpRequest> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let mut headers = vec![];
    loop {
        let mut header = String::new();
        stream.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    Ok(HttpRequest { line: line.trim_end().to_owned(), headers, body })
}
