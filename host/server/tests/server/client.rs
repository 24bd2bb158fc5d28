//! A browser without a window: it keeps its cookie, and knows the token of its pages.

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Somebody with a browser.
pub(crate) struct Client {
    origin: String,
    cookie: Option<String>,
    csrf: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// What came over the wire.
    pub(crate) async fn read(response: Response<Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        Self { status: parts.status, headers, body }
    }

    /// A header; empty without it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// What two answers may differ in is only when they were given.
    pub(crate) fn without_date(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "date");
        self
    }
}

impl Client {
    pub(crate) fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), cookie: None, csrf: String::new() }
    }

    /// Becomes somebody.
    pub(crate) async fn enter(&mut self, person: &str) {
        let entered = self.form("/enter", &[("person", person)]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{entered:?}");
        let cookie = entered.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        self.cookie = Some(cookie);
        let page = self.get("/automations").await;
        let (_, rest) = page.body.split_once("name=\"csrf\" value=\"").expect("a page with a token");
        rest.split('"').next().unwrap_or_default().clone_into(&mut self.csrf);
    }

    /// Looks at something.
    pub(crate) async fn get(&self, at: &str) -> Answer {
        self.send(Method::GET, at, &[], "").await
    }

    /// Sends a form of a page.
    pub(crate) async fn form(&self, at: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields);
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, at, &kind, &form.finish()).await
    }

    /// Asks the API, as the module of a page would.
    pub(crate) async fn api(&self, method: Method, at: &str, body: &serde_json::Value) -> Answer {
        let headers = [("content-type", "application/json"), ("x-csrf-token", &self.csrf)];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, at, &headers, &body).await
    }

    /// Asks the API with a token and nothing else.
    pub(crate) async fn by_token(&self, token: &str, method: Method, at: &str, body: &serde_json::Value) -> Answer {
        assert!(self.cookie.is_none(), "a program has no cookie");
        let bearer = format!("Bearer {token}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, at, &[("authorization", &bearer), ("content-type", "application/json")], &body).await
    }

    /// The cookie, as it is sent; empty without one.
    pub(crate) fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// The token of the pages.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Any request, with the cookie if there is one.
    pub(crate) async fn send(&self, method: Method, at: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.bytes(method, at, headers, body.as_bytes().to_vec()).await
    }

    /// [`Client::send`] of what may be no text.
    pub(crate) async fn bytes(&self, method: Method, at: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        Answer::read(self.begin(method, at, headers, body).await).await
    }

    /// A request whose answer is yet to be read, and may have no end.
    pub(crate) async fn begin(
        &self,
        method: Method,
        at: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Response<Incoming> {
        let address = self.origin.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(at).header(header::HOST, address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        sender.send_request(request).await.unwrap()
    }
}
