//! One request, on a connection of its own, to exactly an address that was judged.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    address::{Inside, inside},
    target::{Place, Target, TargetError},
    tls::Trust,
};

/// Most bytes of an answer's head (what one read brings beyond that is taken still), and most headers in it.
const HEAD: (usize, usize) = (64 << 10, 100);

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Such as `POST`.
    pub method: Method,
    /// Where to.
    pub target: &'a Target,
    /// Headers besides `host`, `content-length` and `user-agent`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Most bytes of the answer's body that are read; 0: it is not read at all.
    pub most: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status; a redirect is one like others, and is not followed.
    pub status: u16,
    /// The first bytes of the body.
    pub body: Vec<u8>,
    /// Whether these are all of them.
    pub whole: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// It is not sent there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// It is not sent there: an address of the name is not outside.
    #[error("`{0}` is not outside: this host sends nothing there")]
    Inside(String),
    /// It was not sent: nobody was reached.
    #[error("`{0}` cannot be reached: {1}")]
    Unreached(String, String),
    /// It may have been taken; there was no answer in time, or none that is one.
    #[error("`{0}` gave no answer: {1}")]
    Unanswered(String, String),
}

/// What addresses a name has.
#[async_trait]
pub trait Names: Send + Sync {
    /// Every address of a host name.
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// The client.
#[derive(Clone)]
pub struct Outbound {
    names: Arc<dyn Names>,
    tls: TlsConnector,
    allowed: BTreeSet<String>,
    time: Duration,
}

/// A connection, with or without TLS.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

impl Outbound {
    /// A client that has `time` for a whole request. `allowed` are [origins](Target::origin) inside that the operator lets be called,
    /// also by plain HTTP. `Err`: no TLS can be had with this trust.
    pub fn new(
        names: Arc<dyn Names>,
        trust: &Trust,
        allowed: BTreeSet<String>,
        time: Duration,
    ) -> Result<Self, String> {
        Ok(Self { names, tls: TlsConnector::from(trust.config()?), allowed, time })
    }

    /// Sends a request once.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, OutboundError> {
        let target = request.target;
        let opened = timeout(self.time, self.open(target)).await;
        let slow = || OutboundError::Unreached(target.origin(), "it takes too long".to_owned());
        let connection = opened.map_err(|_| slow())??;
        let told = |why: String| OutboundError::Unanswered(target.origin(), why);
        match timeout(self.time, exchange(connection, request)).await {
            Ok(answer) => answer.map_err(told),
            Err(_) => Err(told("it takes too long".to_owned())),
        }
    }

    /// A connection to the target, with TLS if it asks for it.
    async fn open(&self, target: &Target) -> Result<Box<dyn Connection>, OutboundError> {
        let unreached = |why: String| OutboundError::Unreached(target.origin(), why);
        let mut reached = Err(unreached("it has no address".to_owned()));
        for address in self.judged(target).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    reached = Ok(stream);
                    break;
                }
                Err(error) => reached = Err(unreached(error.to_string())),
            }
        }
        let stream = reached?;
        if !target.is_https() {
            return Ok(Box::new(stream));
        }
        let name = match target.place() {
            Some(Place::Name(name)) => {
                ServerName::try_from(name.to_owned()).map_err(|error| unreached(error.to_string()))?
            }
            Some(Place::Address(address)) => ServerName::from(address),
            None => return Err(unreached("it has no host".to_owned())),
        };
        let stream = self.tls.connect(name, stream).await.map_err(|error| unreached(error.to_string()))?;
        Ok(Box::new(stream))
    }

    /// The addresses of a target. All of them must be outside: of a name that has one inside, none is called.
    async fn judged(&self, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let allowed = self.allowed.contains(&target.origin());
        if !allowed {
            target.is_public_form()?;
        }
        let addresses = match target.place() {
            Some(Place::Address(address)) => vec![address],
            Some(Place::Name(name)) => {
                let found = self.names.addresses(name).await;
                found.map_err(|error| OutboundError::Unreached(target.origin(), error.to_string()))?
            }
            None => vec![],
        };
        for address in &addresses {
            match inside(*address) {
                None => {}
                Some(Inside::Own) if allowed => {}
                Some(Inside::Own | Inside::Never) => return Err(OutboundError::Inside(target.origin())),
            }
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, target.port())).collect())
    }
}

/// One request and its answer.
async fn exchange(connection: Box<dyn Connection>, request: Request<'_>) -> Result<Answer, String> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD.0).max_headers(HEAD.1);
    let (mut sender, driver) = builder.handshake(TokioIo::new(connection)).await.map_err(|error| error.to_string())?;
    // Ends with this call, whatever comes of it.
    let mut driving = JoinSet::new();
    driving.spawn(driver);
    let most = request.most;
    let answer = sender.send_request(form(request)?).await.map_err(|error| told(&error))?;
    let status = answer.status().as_u16();
    let (body, whole) = if most == 0 { (vec![], false) } else { read(answer.into_body(), most).await? };
    Ok(Answer { status, body, whole })
}

fn form(request: Request<'_>) -> Result<hyper::Request<Full<Bytes>>, String> {
    let mut built = hyper::Request::builder()
        .method(request.method)
        .uri(request.target.path())
        .header("host", request.target.host_header())
        .header("user-agent", "mandate");
    for (name, value) in request.headers {
        built = built.header(name, value);
    }
    built.body(Full::new(Bytes::from(request.body))).map_err(|error| error.to_string())
}

async fn read(mut body: Incoming, most: usize) -> Result<(Vec<u8>, bool), String> {
    let mut all = vec![];
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| told(&error))?.into_data() else { continue };
        let room = most.saturating_sub(all.len());
        all.extend(data.iter().take(room));
        if data.len() > room {
            return Ok((all, false));
        }
    }
    Ok((all, true))
}

/// What hyper says, with what the machine said beneath it.
fn told(error: &hyper::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
