//! A browser that goes from server to server: it keeps the cookies of each, and goes where it is led.

use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::{Method, Request, body::Bytes, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::client::Answer;

/// How often it lets itself be led on.
const MOST: usize = 15;

/// Its cookies, by server.
#[derive(Default)]
pub(crate) struct Browser {
    jars: BTreeMap<String, BTreeMap<String, String>>,
}

/// A page, and where it is.
pub(crate) struct Seen {
    pub(crate) at: String,
    pub(crate) answer: Answer,
}

impl Seen {
    /// The value behind this text of the page, up to the next `"`; `&amp;` is read as a browser does.
    pub(crate) fn behind(&self, text: &str) -> String {
        let (_, rest) =
            self.answer.body.split_once(text).unwrap_or_else(|| panic!("no `{text}` in {}", self.answer.body));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }
}

impl Browser {
    /// Goes to `at`, and on to wherever it is led.
    pub(crate) async fn go(&mut self, at: &str) -> Seen {
        self.follow(Method::GET, at, "").await
    }

    /// Sends a form.
    pub(crate) async fn submit(&mut self, at: &str, fields: &[(&str, &str)]) -> Seen {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.follow(Method::POST, at, &form).await
    }

    /// The cookies of a server.
    pub(crate) fn cookies(&self, origin: &str) -> BTreeMap<String, String> {
        self.jars.get(origin.trim_start_matches("http://")).cloned().unwrap_or_default()
    }

    /// Puts a cookie into the jar of a server.
    pub(crate) fn plant(&mut self, origin: &str, name: &str, value: &str) {
        let jar = self.jars.entry(origin.trim_start_matches("http://").to_owned()).or_default();
        jar.insert(name.to_owned(), value.to_owned());
    }

    async fn follow(&mut self, mut method: Method, at: &str, form: &str) -> Seen {
        let (mut at, mut form) = (at.to_owned(), form.to_owned());
        for _ in 0..MOST {
            let answer = self.step(method, &at, &form).await;
            if !answer.status.is_redirection() {
                return Seen { at, answer };
            }
            let to = answer.header("location").to_owned();
            let origin = at.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            at = if to.starts_with('/') { format!("{origin}{to}") } else { to };
            (method, form) = (Method::GET, String::new());
        }
        panic!("led in circles, at last to {at}")
    }

    /// One request, and no further.
    pub(crate) async fn step(&mut self, method: Method, at: &str, form: &str) -> Answer {
        let rest = at.strip_prefix("http://").unwrap_or_else(|| panic!("`{at}` is nowhere"));
        let (server, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let stream = TcpStream::connect(server).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let jar = self.jars.entry(server.to_owned()).or_default();
        let cookies = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request = Request::builder().method(method.clone()).uri(path).header(header::HOST, server);
        if method == Method::POST {
            request = request.header("origin", format!("http://{server}"));
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        let request = request.body(Full::new(Bytes::from(form.to_owned()))).unwrap();
        let answer = Answer::read(sender.send_request(request).await.unwrap()).await;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            keep(jar, cookie);
        }
        answer
    }
}

fn keep(jar: &mut BTreeMap<String, String>, cookie: &str) {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let (name, value) = pair.split_once('=').unwrap();
    let gone = attributes.contains("Max-Age=0") || attributes.contains("01 Jan 1970");
    if gone { _ = jar.remove(name) } else { _ = jar.insert(name.to_owned(), value.to_owned()) }
}
