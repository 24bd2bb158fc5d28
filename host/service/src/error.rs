//! What can go wrong in the service.

use mandate_governance::{PresetError, Refused, VersionError};
use mandate_model::{PluginDigest, PrincipalId, RowRef, powers::PowersError};
use mandate_policy::PolicyError;
use mandate_runtime::{platform::Unavailable, plugin::LoadError};

/// Why the service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store could not be read or written. Nothing was half done: try again.
    #[error("the store cannot be used now: {0}")]
    Store(#[from] sqlx::Error),
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
    Migrate(#[from] sqlx::migrate::MigrateError),
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
    /// The powers could not be worked out.
    #[error(transparent)]
    Powers(#[from] PowersError),
    /// The site's settings name what there is not.
    #[error(transparent)]
    Preset(#[from] PresetError),
    /// The site's policies are not valid.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policies(Vec<PolicyError>),
    /// The platform cannot say now who may do what.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Somebody who is to be given something is not there.
    #[error("there is no `{0}`, or they are deactivated")]
    NoPrincipal(PrincipalId),
    /// No such workspace.
    #[error("there is no workspace `{0}`")]
    NoWorkspace(String),
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

    /// Bytes whose digest is not their name any more (C07).
    pub(crate) fn altered(digest: &PluginDigest) -> Self {
        Self::Damaged(format!("the bytes of plugin `{digest}` are not those that were uploaded"))
    }
}

/// The result of the service's verbs.
pub(crate) type Result<T, E = ServiceError> = std::result::Result<T, E>;
