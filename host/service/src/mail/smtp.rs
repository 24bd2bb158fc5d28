//! A letter's way to the mail server. What is known of a failure decides what follows: before its text was handed over it did not
//! arrive; afterwards, without a clear answer, nobody knows (E02).

use std::{net::SocketAddr, time::Duration};

use async_trait::async_trait;
use lettre::{
    message::Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail as From, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::timeout;

use super::{Sender, letter};
use crate::{
    outbound::certificates,
    outward::{Address, Carrier, Parcel, Setback},
};

/// Ways to say who one is.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Begins plain and must become TLS before anything is said.
    StartTls,
    /// TLS from the first byte on.
    Implicit,
    /// None: only to this machine itself.
    None,
}

/// A mail server and how to speak with it.
#[derive(Clone)]
pub struct MailServer {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// User and password.
    pub user: Option<(String, String)>,
    /// A certificate in PEM form that is trusted besides those of the machine.
    pub certificate: Option<Vec<u8>>,
    /// Whom mail is from.
    pub from: String,
    /// For connecting, and again for handing a letter over.
    pub time: Duration,
}

/// What is wrong with the settings of mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The sender.
    #[error("the sender of mail: {0}")]
    From(String),
    /// Mail would go over a network unprotected.
    #[error("mail to `{0}` needs TLS: without it, only to `localhost`, `127.0.0.1` or `::1`")]
    Plain(String),
    /// The certificate, or the machine's trust.
    #[error("TLS of mail: {0}")]
    Tls(String),
}

/// Brings letters to a mail server.
pub struct Mail {
    server: MailServer,
    from: Sender,
    hello: ClientId,
    /// `None`: no TLS.
    tls: Option<TlsParameters>,
}

impl Mail {
    /// Mail by this server; nothing is sent yet.
    pub fn new(server: MailServer) -> Result<Self, MailError> {
        let from = Sender::parse(&server.from).map_err(MailError::From)?;
        let tls = if server.tls == MailTls::None {
            if !matches!(server.host.as_str(), "localhost" | "127.0.0.1" | "::1") {
                return Err(MailError::Plain(server.host));
            }
            None
        } else {
            Some(tls(&server).map_err(MailError::Tls)?)
        };
        let hello = ClientId::Domain(from.host().to_owned());
        Ok(Self { server, from, hello, tls })
    }

    /// A connection that is protected as it must be, and on which it was said who we are.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let MailServer { host, port, tls, user, .. } = &self.server;
        let found = tokio::net::lookup_host((host.as_str(), *port)).await.map_err(|error| error.to_string())?;
        let addresses: Vec<SocketAddr> =
            found.filter(|address| *tls != MailTls::None || address.ip().is_loopback()).collect();
        let implicit = self.tls.clone().filter(|_| *tls == MailTls::Implicit);
        let told = |error: Error| told(&error);
        let time = Some(self.server.time);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), time, &self.hello, implicit, None)
                .await
                .map_err(told)?;
        if let (MailTls::StartTls, Some(tls)) = (tls, &self.tls) {
            connection.starttls(tls.clone(), &self.hello).await.map_err(told)?;
        }
        if let Some((user, password)) = user {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(&MECHANISMS, &credentials).await.map_err(told)?;
        }
        Ok(connection)
    }

    /// Says who sends and who gets it. Until the end of it nothing was handed over.
    async fn address(connection: &mut AsyncSmtpConnection, letter: &Message) -> Result<(), Setback> {
        let before = |error: Error| match refused(&error) {
            Some(never) => never,
            None => Setback::Later(told(&error)),
        };
        connection.command(From::new(letter.envelope().from().cloned(), vec![])).await.map_err(before)?;
        for to in letter.envelope().to() {
            connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(before)?;
        }
        connection.command(Data).await.map_err(before)?;
        Ok(())
    }

    async fn send(&self, letter: &Message) -> Result<(), Setback> {
        let slow = || "the mail server takes too long".to_owned();
        let time = self.server.time;
        let connected = timeout(time, self.connect()).await.map_err(|_| Setback::Later(slow()))?;
        let mut connection = connected.map_err(Setback::Later)?;
        let addressed = timeout(time, Self::address(&mut connection, letter)).await;
        addressed.map_err(|_| Setback::Later(slow()))??;
        match timeout(time, connection.message(&letter.formatted())).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(refused(&error).unwrap_or_else(|| Setback::Unknown(told(&error)))),
            Err(_) => return Err(Setback::Unknown(slow())),
        }
        // It was taken; how the connection ends does not matter.
        let _ = timeout(time, connection.quit()).await;
        Ok(())
    }
}

#[async_trait]
impl Carrier for Mail {
    async fn carry(&self, parcel: &Parcel, to: &Address) -> Result<(), Setback> {
        let Address::Mail(address) = to else { return Err(Setback::Never("this is no mail address".to_owned())) };
        let letter = letter::write(parcel, &self.from, address).map_err(Setback::Never)?;
        self.send(&letter).await
    }
}

fn tls(server: &MailServer) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(server.host.clone());
    for certificate in server.certificate.as_deref().map_or_else(|| Ok(vec![]), certificates)? {
        let certificate = Certificate::from_der(certificate.to_vec()).map_err(|error| told(&error))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| told(&error))
}

/// A clear answer of the server's that it did not take the letter.
fn refused(error: &Error) -> Option<Setback> {
    if error.is_permanent() {
        Some(Setback::Never(told(error)))
    } else if error.is_transient() {
        Some(Setback::Later(told(error)))
    } else {
        None
    }
}

/// What an error says, with what lies beneath it.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(beneath) = source {
        let beneath_text = beneath.to_string();
        if !text.contains(&beneath_text) {
            text = format!("{text}: {beneath_text}");
        }
        source = beneath.source();
    }
    text
}
