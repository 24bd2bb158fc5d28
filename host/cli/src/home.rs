//! A store on disk: the service's database, the embedded platform's, and compiled code, in one folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use mandate_model::{Effect, Failure, PrincipalId, Secret};
use mandate_policy::DatasetDef;
use mandate_runtime::{cache::Cache, engine::Isolation, limits::Limits, sandbox::Sandbox, ticker::Ticker};
use mandate_server::App;
use mandate_service::{
    Clock, Host, Outward, Retry, Sandboxed, Service, SystemClock,
    apply::{Applied, Apply, NotDone},
    embedded::{Embedded, EmbeddedError, Seed},
    operations::Invocation,
};
use mandate_spec::known::no_dataset;

use crate::{
    code_folder::CodeFolder,
    compiler, config,
    failure::{CliError, CliResult},
    stop,
};

/// The service's file in the folder of a store.
const STORE: &str = "store.db";
/// The embedded platform's file in it.
pub(crate) const PLATFORM: &str = "platform.db";
/// The folder of compiled code in it.
const CODE: &str = "code";
/// What is said of an effect that a dry run did not carry out.
pub(crate) const DRY_RUN: &str = "a dry run carries nothing out";
/// Between two ticks of the deadline clock.
const TICK: Duration = Duration::from_millis(10);
/// Parts that are evaluated at the same time.
const CONCURRENCY: usize = 8;

/// An open store.
pub(crate) struct Home {
    /// The platform.
    pub(crate) embedded: Embedded,
    /// The service.
    pub(crate) service: Service,
    /// What checks and runs plugins.
    pub(crate) parts: Arc<Sandboxed>,
    clock: SystemClock,
    ticker: Ticker,
}

/// How guests are kept apart and what they may use; given on the command line.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Where instances live.
    pub(crate) isolation: Isolation,
    /// What each part may use.
    pub(crate) limits: Limits,
    /// Whether effects are shown and never carried out.
    pub(crate) dry_run: bool,
}

impl Home {
    /// Makes a store in an empty or new folder. Nothing is left behind if the seed is refused.
    pub(crate) async fn create(folder: &Path, seed: &Seed, options: Options) -> CliResult<Self> {
        private_folder(folder)
            .map_err(|error| CliError::Unavailable(format!("cannot make the store `{}`: {error}", folder.display())))?;
        let embedded = Embedded::create(&platform(folder), seed, Arc::new(SystemClock)).await;
        Self::with(folder, embedded.map_err(|error| told(folder, error))?, options).await
    }

    /// Opens a store that was made before.
    pub(crate) async fn open(folder: &Path, options: Options) -> CliResult<Self> {
        if !platform(folder).exists() {
            return Err(none(folder));
        }
        let embedded = Embedded::open(&platform(folder), Arc::new(SystemClock)).await;
        Self::with(folder, embedded.map_err(|error| told(folder, error))?, options).await
    }

    async fn with(folder: &Path, embedded: Embedded, options: Options) -> CliResult<Self> {
        let code = CodeFolder::open(&folder.join(CODE))?;
        let secret = code.secret()?;
        let cache = Cache { store: Box::new(code), secret: Secret::from_bytes(secret) };
        let sandbox = Sandbox::with_compiler(options.limits, options.isolation, compiler::with(cache)?);
        let sandbox = sandbox.map_err(CliError::unavailable)?;
        let ticker = Ticker::start(&sandbox, TICK);
        let parts = Arc::new(Sandboxed::new(Arc::new(sandbox)));
        // What is only tried tells nobody.
        let outward = if options.dry_run { Outward::none() } else { config::outward(folder, &embedded)? };
        let host = Host {
            platform: embedded.platform(),
            roles: Arc::new(embedded.clone()),
            apply: if options.dry_run { Arc::new(DryRun) } else { Arc::new(embedded.clone()) },
            parts: parts.clone(),
            clock: Arc::new(SystemClock),
            limits: options.limits,
            outward,
            retry: Retry::default(),
            concurrency: CONCURRENCY,
        };
        let service = Service::open(&folder.join(STORE), host).await;
        let service = service.map_err(|error| unusable(folder, STORE, &error))?;
        Ok(Self { embedded, service, parts, clock: SystemClock, ticker })
    }

    /// The server over this store, and what keeps its deadlines while it is held.
    pub(crate) fn into_app(self, options: mandate_server::Options) -> CliResult<(App, Ticker)> {
        let Self { embedded, service, clock, ticker, .. } = self;
        let directory = embedded.platform().directory;
        let app = App::new(Arc::new(service), directory, Arc::new(embedded), Arc::new(clock), options);
        Ok((app.map_err(CliError::unavailable)?, ticker))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Refuses who is not there: an unknown name must not look like somebody with nothing to show.
    pub(crate) async fn known(&self, who: &PrincipalId) -> CliResult {
        let found = self.embedded.platform().directory.principal(who).await.map_err(CliError::unavailable)?;
        match found {
            Some(_) => Ok(()),
            None => Err(CliError::Input(format!("there is no `{who}`, or they are deactivated"))),
        }
    }

    /// The dataset of that name; the message of an error lists those there are.
    pub(crate) fn dataset(&self, name: &str) -> CliResult<&DatasetDef> {
        let schema = self.embedded.schema();
        schema.dataset(name).ok_or_else(|| CliError::Input(no_dataset(schema, name)))
    }

    /// Removes what [`Home::create`] made, when what should follow was refused: nothing of it is left behind.
    pub(crate) async fn discard(self, folder: &Path) {
        self.service.close().await;
        self.embedded.close().await;
        for name in [STORE, PLATFORM] {
            for end in ["", "-wal", "-shm", "-lock"] {
                // What cannot be removed is told by the next attempt to make a store here.
                let _ = std::fs::remove_file(folder.join(format!("{name}{end}")));
            }
        }
        let _ = std::fs::remove_dir_all(folder.join(CODE));
        let _ = std::fs::remove_dir(folder);
    }

    /// Lets the service do all that follows from what happened: it takes the platform's changes over itself. Told to end meanwhile,
    /// it begins nothing new, gives what runs a few seconds, and says what is left.
    pub(crate) async fn settle(&self) -> CliResult {
        let left = self.service.drain_until(stop::wanted(), stop::GRACE).await.map_err(CliError::unavailable)?;
        if left.is_nothing() { Ok(()) } else { Err(stop::left(left)) }
    }
}

/// Carries nothing out.
struct DryRun;

#[async_trait]
impl Apply for DryRun {
    async fn apply(
        &self,
        _principal: &PrincipalId,
        _key: &str,
        _effect: &Effect,
        _ids: &BTreeMap<String, String>,
    ) -> Result<Applied, Failure> {
        Err(Failure::Limit(DRY_RUN.to_owned()))
    }

    async fn invoke(&self, _invocation: &Invocation, _ids: &BTreeMap<String, String>) -> Result<(), NotDone> {
        Err(NotDone::Refused(Failure::Limit(DRY_RUN.to_owned())))
    }
}

/// Makes a folder that only its owner may enter: a store holds everybody's data and the secrets behind every id.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// The service's file of the store in a folder.
pub(crate) fn store(folder: &Path) -> PathBuf {
    folder.join(STORE)
}

/// The embedded platform's file of the store in a folder.
pub(crate) fn platform(folder: &Path) -> PathBuf {
    folder.join(PLATFORM)
}

/// There is no store in a folder.
pub(crate) fn none(folder: &Path) -> CliError {
    CliError::Input(format!(
        "there is no store in `{}`: make one with `mandate fixture load FIXTURE --store {}`",
        folder.display(),
        folder.display()
    ))
}

/// Copies the secret of compiled code from a store into a backup of it: with another one, everything is compiled again.
pub(crate) fn copy_secret(folder: &Path, backup: &Path) -> CliResult {
    CodeFolder::open(&backup.join(CODE))?.keep_secret(CodeFolder::open(&folder.join(CODE))?.secret()?)
}

fn told(folder: &Path, error: EmbeddedError) -> CliError {
    match error {
        EmbeddedError::Exists(_) => CliError::Input(format!(
            "there is a store in `{}` already: give another folder with `--store`, or remove it first",
            folder.display()
        )),
        EmbeddedError::Seed(_) | EmbeddedError::Policies(_) => CliError::input(error),
        EmbeddedError::NotAPlatform(_) => unusable(folder, PLATFORM, &"it is not a platform's database"),
        _ => unusable(folder, PLATFORM, &error),
    }
}

/// A file of the store that cannot be used, and what to do.
fn unusable(folder: &Path, file: &str, error: &dyn std::fmt::Display) -> CliError {
    CliError::Unavailable(format!(
        "`{}` cannot be used: {error}; if it is damaged, restore the folder `{}` from a backup, or load the fixture into \
         another one with `mandate fixture load FIXTURE --store DIR`",
        folder.join(file).display(),
        folder.display()
    ))
}
