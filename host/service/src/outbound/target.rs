//! Where a request goes, checked in form. Read as browsers read it: `https://0x7f.1/` names 127.0.0.1, and is judged as that.

use std::net::IpAddr;

use url::{Host, Url};

/// Longest address in bytes.
const LONGEST: usize = 2048;
/// The first port that is no well-known service's.
const FREE_PORTS: u16 = 1024;
/// The port of HTTPS.
const HTTPS: u16 = 443;

/// Why an address is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an address at all.
    #[error("`{0}` is no address such as `https://example.com/hook`: {1}")]
    Form(String, String),
    /// Another scheme, or plain HTTP where the operator did not allow it.
    #[error("`{0}`: only `https` is allowed")]
    Scheme(String),
    /// A user or password in it, which would be kept and shown with it.
    #[error("an address carries no user and no password: leave out what stands before the `@`")]
    UserInfo,
    /// A port of another service.
    #[error("`{0}`: port {1} is not allowed: 443, or one from {FREE_PORTS} on")]
    Port(String, u16),
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

/// The host of a target.
pub(super) enum Place<'a> {
    /// To be resolved.
    Name(&'a str),
    /// Not to be resolved.
    Address(IpAddr),
}

impl Target {
    /// Reads an `http` or `https` address. Which of them may be reached is judged when a request is made.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let wrong = |why: &str| TargetError::Form(shown(text), why.to_owned());
        if text.len() > LONGEST {
            return Err(wrong("it has more than 2048 bytes"));
        }
        // A browser would leave them out; who reads the address would not see where it goes.
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\') {
            return Err(wrong("it has a space, a control character or a `\\` in it"));
        }
        let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(TargetError::Scheme(shown(text)));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::UserInfo);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Scheme, host and port: what an operator allows.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address, as it is called.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is called over TLS.
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(HTTPS)
    }

    /// Its host.
    pub(super) fn place(&self) -> Option<Place<'_>> {
        self.0.host().map(|host| match host {
            Host::Domain(name) => Place::Name(name),
            Host::Ipv4(address) => Place::Address(address.into()),
            Host::Ipv6(address) => Place::Address(address.into()),
        })
    }

    /// What the header `host` says.
    pub(super) fn host_header(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query.
    pub(super) fn path(&self) -> String {
        let query = self.0.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.0.path())
    }

    /// What is asked of a target that the operator did not allow by its origin.
    pub(super) fn is_public_form(&self) -> Result<(), TargetError> {
        if !self.is_https() {
            return Err(TargetError::Scheme(self.origin()));
        }
        let port = self.port();
        if port != HTTPS && port < FREE_PORTS {
            return Err(TargetError::Port(self.origin(), port));
        }
        Ok(())
    }
}

/// What is said of an address that was refused: no user and password, and no more than a line.
fn shown(text: &str) -> String {
    let after = text.rsplit('@').next().unwrap_or_default();
    after.chars().filter(|letter| !letter.is_control()).take(100).collect()
}
