//! What a request is answered from.

use std::sync::Arc;

use mandate_model::SiteId;
use mandate_runtime::platform::Directory;
use mandate_service::{Clock, Roles, Service};
use tokio::sync::Notify;

use crate::{
    cursor::Cursors, hook::HookSecrets, idempotency::Repeats, live::Live, oidc::Oidc, problem::Trouble, store::Store,
    uploads::Uploads,
};

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The site whose people sign in here.
    pub site: SiteId,
    /// Where people reach it, such as `http://127.0.0.1:7777`: scheme, host and port, without a slash at the end.
    pub origin: String,
    /// How people sign in.
    pub sign_in: SignIn,
}

/// How people sign in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// Nobody can; programs ask with the tokens that there are.
    Nobody,
    /// Anybody may become anybody by a visible switcher: for trying things out, on this machine alone.
    Demo,
    /// At an identity provider.
    Provider(Arc<Oidc>),
}

/// Everything that handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) service: Arc<Service>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) roles: Arc<dyn Roles>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Arc<Options>,
    pub(crate) store: Store,
    pub(crate) cursors: Arc<Cursors>,
    pub(crate) hooks: Arc<HookSecrets>,
    pub(crate) repeats: Arc<Repeats>,
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) live: Arc<Live>,
    wake: Arc<Notify>,
    governed: Arc<Notify>,
}

impl App {
    /// An application over a service, with what it needs to know of people, and a store of its own.
    pub fn new(
        service: Arc<Service>,
        directory: Arc<dyn Directory>,
        roles: Arc<dyn Roles>,
        clock: Arc<dyn Clock>,
        store: Store,
        options: Options,
    ) -> Result<Self, AppError> {
        let failed = |trouble: Trouble| AppError(trouble.to_string());
        let cursors = Cursors::new(&service.key("cursors"), &options.site).map_err(failed)?;
        let hooks = HookSecrets::new(&service.key("hooks")).map_err(failed)?;
        let repeats = Repeats::new(&service.key("answers")).map_err(failed)?;
        Ok(Self {
            service,
            directory,
            roles,
            clock,
            options: Arc::new(options),
            store,
            cursors: Arc::new(cursors),
            hooks: Arc::new(hooks),
            repeats: Arc::new(repeats),
            uploads: Arc::default(),
            live: Arc::default(),
            wake: Arc::default(),
            governed: Arc::default(),
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

    /// Says that the site is governed otherwise: what was no loss may be one.
    pub(crate) fn governed(&self) {
        self.governed.notify_one();
        self.wake();
    }

    /// Returns once [`App::governed`] was called.
    pub(crate) async fn governed_otherwise(&self) {
        self.governed.notified().await;
    }

    /// Whether anybody may become anybody.
    pub(crate) fn is_demo(&self) -> bool {
        matches!(self.options.sign_in, SignIn::Demo)
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
