//! What can go wrong in the service.

use mandate_governance::{PresetError, Refused, VersionError};
use mandate_model::{PluginDigest, PrincipalId, RowRef, VersionId, powers::PowersError};
use mandate_policy::PolicyError;
use mandate_runtime::{platform::Unavailable, plugin::LoadError};

use crate::{intake::EventError, sqlite, triggers::TriggerError};

/// What begins every reason of who cannot say whether somebody may do something, as those of policies do.
const CANNOT_DECIDE: &str = "cannot decide: ";

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store could not be read or written. Nothing was half done: try again.
    #[error("the store cannot be used now: {0}")]
    Store(sqlx::Error),
    /// The disk is full, or the store has reached the size that it was given (E04). Nothing was half done.
    #[error("the disk is full: free space and try again; nothing that was accepted is lost")]
    Full,
    /// Another program held the store's file for longer than the store waits, or this one did (E04). Nothing was half done.
    #[error(
        "the store is locked by another program or by a long backup: wait until that has ended and try again; nothing that \
         was accepted is lost"
    )]
    Locked,
    /// The machine could not read, write or sync the store's file (E04). Nothing was half done.
    #[error(
        "the store's file cannot be read or written: {0}; look after the disk and try again; nothing that was accepted is lost"
    )]
    Disk(String),
    /// There is no store in the file.
    #[error("there is no store `{0}`")]
    NoStore(String),
    /// A folder that must be new or empty is not.
    #[error("the folder `{0}` is not empty: name a new one")]
    NotEmpty(String),
    /// A folder holds no backup, or one that was changed.
    #[error("there is no whole backup in `{folder}`: {why}")]
    NoBackup {
        /// Where.
        folder: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file could not be read or written.
    #[error("cannot use `{path}`: {error}")]
    File {
        /// Which.
        path: String,
        /// What the machine said.
        error: std::io::Error,
    },
    /// What belongs with the store could not be backed up.
    #[error("what belongs with the store cannot be backed up: {0}")]
    Beside(String),
    /// Another process works with the store.
    #[error("the store `{store}` is in use by {holder}: end that one, or wait until it has ended, and try again")]
    InUse {
        /// Its file.
        store: String,
        /// Which process, as far as it is known.
        holder: String,
    },
    /// The store's lock could not be taken.
    #[error("the store `{store}` cannot be locked: {error}")]
    Lock {
        /// Its file.
        store: String,
        /// What the machine said.
        error: std::io::Error,
    },
    /// The store could not be brought to this version.
    #[error("the store cannot be brought to this version: {0}")]
    Migrate(sqlx::migrate::MigrateError),
    /// What is stored is not what was stored.
    #[error("the store is damaged: {0}; restore it from a backup")]
    Damaged(String),
    /// The machine gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(String),
    /// The uploaded bytes are no plugin that may be used.
    #[error("the plugin is refused: ({code}) {0}", code = .0.code())]
    Plugin(#[from] LoadError),
    /// No operation of that key waits for the operator.
    #[error("there is no operation with the key `{0}` of which nobody knows whether it was carried out")]
    NotUnknown(String),
    /// No such plugin was uploaded to the site.
    #[error("there is no plugin `{0}`; upload it first")]
    NoPlugin(String),
    /// It was never published of this automation.
    #[error("the automation never had the version `{0}`; its list of versions says which it had")]
    NoVersion(VersionId),
    /// Settings, trigger or recipients make no version.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// More recipients than one part sends a message to.
    #[error(
        "in this site it would send what it finds as whom it runs as to {count} people, and may to {most}: name fewer"
    )]
    TooManyPeople {
        /// How many they are.
        count: usize,
        /// How many they may be.
        most: usize,
    },
    /// The settings do not fit the plugin.
    #[error("{0}")]
    Settings(String),
    /// The trigger can never be right.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// The event is refused.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The trigger does not fit what the publisher may see.
    #[error("the trigger's `where`: {0}")]
    Where(String),
    /// The powers could not be worked out.
    #[error(transparent)]
    Powers(#[from] PowersError),
    /// The site's settings name what there is not.
    #[error(transparent)]
    Preset(#[from] PresetError),
    /// The site's policies are not valid.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policies(Vec<PolicyError>),
    /// The platform cannot say now who may do what (A13).
    #[error("{}", undecided(.0))]
    Unavailable(#[from] Unavailable),
    /// Somebody who is to be given something is not there.
    #[error("there is no `{0}`, or they are deactivated")]
    NoPrincipal(PrincipalId),
    /// It is no longer what it was when it was read.
    #[error("it was changed since it was read: read it again")]
    Changed,
    /// No such workspace.
    #[error("there is no workspace `{0}`")]
    NoWorkspace(String),
    /// Somebody else began the part meanwhile: nothing of what was done is kept. The runner ends the work on it with this.
    #[error("somebody else works on this part now; nothing was kept")]
    Stale,
    /// Others kept changing the automation meanwhile. Nothing changed.
    #[error("others change this automation just now; try again")]
    Contended,
    /// Asked for by the wrong verb.
    #[error("creating, publishing, running and copying have verbs of their own")]
    OtherVerb,
    /// Nobody to hand over to.
    #[error("there is no `{0}`, or they are deactivated: name somebody who can take it over")]
    NoSuccessor(PrincipalId),
    /// Nobody was named to hand over to, and nobody takes over by default; why.
    #[error("{0}: name somebody who can take it over")]
    NoDefaultSuccessor(&'static str),
    /// Governance refused; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No such row for whom wants a run of it: it does not exist, or they may not see it.
    #[error("there is no row `{dataset}/{id}`, or `{actor}` may not see it", dataset = row.dataset, id = row.id)]
    NoRow {
        /// The row.
        row: RowRef,
        /// Who asked.
        actor: PrincipalId,
    },
    /// No such message for this person: it does not exist, or is not theirs.
    #[error("there is no message `{0}`")]
    NoMessage(String),
    /// No such attachment for this person now: it does not exist, or they may not open it any more.
    #[error("message `{message}` has no attachment {number}, or it may not be opened now")]
    NoAttachment {
        /// Of which message.
        message: String,
        /// Which, from 1.
        number: usize,
    },
    /// No such run for this viewer: it does not exist, or is not theirs.
    #[error("there is no run `{0}`")]
    NoRun(String),
    /// No such event for this viewer: it did not happen, or they may not know of it.
    #[error("there is no event `{0}`")]
    NoEvent(String),
    /// Somebody may not try automations as another; or there is nobody of that name.
    #[error(
        "`{actor}` may not try automations as `{person}`: that takes the rights `simulate-as` and `see-page` over them, or to \
         administer the site"
    )]
    NotAsThem {
        /// Who asked.
        actor: PrincipalId,
        /// As whom.
        person: PrincipalId,
    },
    /// More people than a dry run is tried as at once.
    #[error("it would be tried as {count} people, and can be as {most} at once: name fewer")]
    TooManySimulated {
        /// How many they are.
        count: usize,
        /// How many they may be.
        most: usize,
    },
    /// What recipients were told is revealed for a reason that others can read.
    #[error("say why, in at most {0} bytes: who sees the automation can read it")]
    RevealReason(usize),
    /// Somebody who is no administrator of the site wants what failed for good tried again.
    #[error("only an administrator of the site has what failed for good tried again")]
    MayNotRetry,
}

impl ServiceError {
    /// Whether what is stored cannot be run, now or later. It ends the part or run that needs it, and nothing else.
    pub(crate) fn is_broken(&self) -> bool {
        use sqlx::Error::{ColumnDecode, Decode, RowNotFound};
        matches!(
            self,
            Self::Damaged(_)
                | Self::NoPlugin(_)
                | Self::Refused(Refused::Unknown)
                | Self::Store(ColumnDecode { .. } | Decode(_) | RowNotFound)
        )
    }

    /// Whether the store could not be used for a reason that goes away without anybody changing what is stored.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Full | Self::Locked | Self::Disk(_))
    }

    /// Bytes whose digest is not their name any more (C07).
    pub(crate) fn altered(digest: &PluginDigest) -> Self {
        Self::Damaged(format!("the bytes of plugin `{digest}` are not those that were uploaded"))
    }
}

/// That nobody can say now who may do what, and why: it is a no until somebody can (A13).
pub(crate) fn undecided(unavailable: &Unavailable) -> String {
    let why = &unavailable.0;
    if why.starts_with(CANNOT_DECIDE) { why.clone() } else { format!("{CANNOT_DECIDE}{unavailable}") }
}

impl From<sqlx::Error> for ServiceError {
    fn from(error: sqlx::Error) -> Self {
        match sqlite::fault(&error) {
            Some(sqlite::Fault::Full) => Self::Full,
            Some(sqlite::Fault::Locked) => Self::Locked,
            Some(sqlite::Fault::Disk) => Self::Disk(error.to_string()),
            None => Self::Store(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for ServiceError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match error {
            Execute(error) | ExecuteMigration(error, _) => error.into(),
            other => Self::Migrate(other),
        }
    }
}

/// The result of the service's verbs.
pub(crate) type Result<T, E = ServiceError> = std::result::Result<T, E>;
