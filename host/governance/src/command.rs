//! What can be asked of an automation's life, what happens then, and why it may be refused.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId, SiteId, VersionId};
use serde::{Deserialize, Serialize};

/// A command. `actor` is who asks, as the host knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A new automation: off, nothing published, without consent.
    Create {
        /// Who asks; becomes the creator.
        actor: PrincipalId,
        /// Its id.
        id: AutomationId,
        /// Its site.
        site: SiteId,
        /// What it is called.
        name: String,
        /// Whom it will run as, once they let it.
        run_as: PrincipalId,
        /// Who else may manage it.
        managers: BTreeSet<PrincipalId>,
    },
    /// Makes `version` the one that would run. The consent to another version ends.
    Publish {
        /// Who asks: a manager, or whom it runs as.
        actor: PrincipalId,
        /// What would run.
        version: VersionId,
    },
    /// Turns it on; whom it runs as lets `version` act for them. Asked anew each time (VEN-12).
    Enable {
        /// Who asks: only whom it runs as.
        actor: PrincipalId,
        /// What they were shown; must be the published version.
        version: VersionId,
        /// Microseconds since 1970-01-01T00:00:00Z.
        at: i64,
    },
    /// Turns it off.
    Disable {
        /// Who asks: a manager, or whom it runs as.
        actor: PrincipalId,
    },
    /// Takes the consent back.
    Revoke {
        /// Who asks: only whom it runs as.
        actor: PrincipalId,
    },
    /// Another principal: turns it off and ends the consent. Refused unless `expected` is whom it runs as now, so that nobody
    /// changes it unawares.
    RunAsChange {
        /// Who asks: whom it runs as hands it over, or a manager takes it for themself.
        actor: PrincipalId,
        /// Whom it runs as, as the actor was shown.
        expected: PrincipalId,
        /// Whom it will run as, once they let it.
        new: PrincipalId,
    },
    /// The host stops it, for instance because a declared power is gone.
    Stop,
    /// The end.
    Delete {
        /// Who asks: a manager, or whom it runs as.
        actor: PrincipalId,
    },
}

impl Command {
    /// Who asks; `None`: the host itself.
    pub fn actor(&self) -> Option<&PrincipalId> {
        match self {
            Self::Create { actor, .. }
            | Self::Publish { actor, .. }
            | Self::Enable { actor, .. }
            | Self::Disable { actor }
            | Self::Revoke { actor }
            | Self::RunAsChange { actor, .. }
            | Self::Delete { actor } => Some(actor),
            Self::Stop => None,
        }
    }
}

/// Something that happened to an automation; kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "happening")]
pub enum Happening {
    /// It was made.
    Created,
    /// Another version would run.
    Published {
        /// Which.
        version: VersionId,
    },
    /// Whom it runs as let a version act for them.
    Consented {
        /// Who.
        principal: PrincipalId,
        /// To what.
        version: VersionId,
    },
    /// A consent ended: revoked, or its version or its principal was replaced.
    ConsentEnded {
        /// Whose.
        principal: PrincipalId,
        /// To what.
        version: VersionId,
    },
    /// It was turned on.
    Enabled,
    /// It was turned off.
    Disabled,
    /// The host stopped it.
    Stopped,
    /// It runs as somebody else.
    RunAsChanged {
        /// Before.
        from: PrincipalId,
        /// Now.
        to: PrincipalId,
    },
    /// It was deleted.
    Deleted,
}

/// Why a command was refused. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such automation.
    #[error("there is no such automation")]
    Unknown,
    /// There is one of this id.
    #[error("there already is an automation `{0}`")]
    Exists(AutomationId),
    /// It was deleted, which is final.
    #[error("the automation is deleted, which is final")]
    Deleted,
    /// The actor does not manage it.
    #[error("`{actor}` does not manage this automation; `{run_as}` and its managers do")]
    NotAManager {
        /// Who asked.
        actor: PrincipalId,
        /// Who could.
        run_as: PrincipalId,
    },
    /// Consent is given, and taken back, only by the principal that it binds.
    #[error("only `{run_as}`, whom the automation runs as, can let it act for them; `{actor}` cannot")]
    OnlyRunAs {
        /// Who asked.
        actor: PrincipalId,
        /// Who could.
        run_as: PrincipalId,
    },
    /// Nothing was published.
    #[error("the automation has no published version; publish one first")]
    Unpublished,
    /// The version is not the published one.
    #[error("`{version}` is not the published version, which is `{published}`; look at that one and decide again")]
    NotPublished {
        /// What was asked for.
        version: VersionId,
        /// What is published.
        published: VersionId,
    },
    /// It no longer runs as who was expected.
    #[error("the automation runs as `{actual}`, not as `{expected}`; look again and decide again")]
    Stale {
        /// Whom the actor was shown.
        expected: PrincipalId,
        /// Whom it runs as.
        actual: PrincipalId,
    },
    /// A manager may take an automation for themself, never for somebody else.
    #[error(
        "`{actor}` cannot make it run as `{new}`; `{run_as}` can hand it over, or `{new}` can take it as a manager"
    )]
    NotTheirs {
        /// Who asked.
        actor: PrincipalId,
        /// For whom.
        new: PrincipalId,
        /// Who could.
        run_as: PrincipalId,
    },
    /// A team or a site where a person is needed.
    #[error("`{0}` is not a person; an automation runs as, and is managed by, people")]
    NotAPerson(PrincipalId),
}
