//! What a request is answered from.

use std::sync::Arc;

use mandate_model::SiteId;
use mandate_runtime::platform::Directory;
use mandate_service::{Clock, Roles, Service};
use tokio::sync::Notify;

use crate::{cursor::Cursors, session::Sessions, uploads::Uploads};

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The site whose people sign in here.
    pub site: SiteId,
    /// Where people reach it, such as `http://127.0.0.1:7777`: scheme, host and port, without a slash at the end.
    pub origin: String,
    /// Whether anybody may become anybody by a visible switcher: for trying things out, on this machine alone.
    pub demo: bool,
}

/// Everything that handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) service: Arc<Service>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) roles: Arc<dyn Roles>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Arc<Options>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) cursors: Arc<Cursors>,
    pub(crate) uploads: Arc<Uploads>,
    wake: Arc<Notify>,
}

impl App {
    /// An application over a service, with what it needs to know of people.
    pub fn new(
        service: Arc<Service>,
        directory: Arc<dyn Directory>,
        roles: Arc<dyn Roles>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, AppError> {
        let cursors = Cursors::new(&service.key("cursors")).map_err(|trouble| AppError(trouble.to_string()))?;
        Ok(Self {
            service,
            directory,
            roles,
            clock,
            options: Arc::new(options),
            sessions: Arc::default(),
            cursors: Arc::new(cursors),
            uploads: Arc::default(),
            wake: Arc::default(),
        })
    }

    /// Says that there may be something to run.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Returns once [`App::wake`] was called.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether people reach this over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.options.origin.starts_with("https://")
    }
}

/// The server cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the server cannot be set up: {0}")]
pub struct AppError(String);
