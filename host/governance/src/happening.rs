//! What happened to an automation; kept for ever.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, AutomationKind, PrincipalId, RunId, VersionId};
use serde::{Deserialize, Serialize};

use crate::Lack;

/// Something that happened to an automation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "happening")]
pub enum Happening {
    /// It was made.
    Created {
        /// Whose copy it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cloned_from: Option<AutomationId>,
    },
    /// It is called something else.
    Renamed {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// It is private, or main.
    KindChanged {
        /// Which.
        kind: AutomationKind,
    },
    /// Another version would run.
    Published {
        /// Which.
        version: VersionId,
    },
    /// The principal that it runs as let a version act for them.
    Consented {
        /// Who.
        principal: PrincipalId,
        /// To what.
        version: VersionId,
        /// Who said so, for a team or a site.
        by: PrincipalId,
    },
    /// A site admin took a consent over from another product (VEN-14).
    Migrated {
        /// Whose.
        principal: PrincipalId,
        /// To what.
        version: VersionId,
    },
    /// A consent ended: revoked, or its version or its principal was replaced, or it was turned off.
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
    Stopped {
        /// What the principal that it runs as lost.
        lost: Vec<Lack>,
    },
    /// It runs as somebody else.
    RunAsChanged {
        /// Before; `None`: as nobody.
        from: Option<PrincipalId>,
        /// Now.
        to: PrincipalId,
    },
    /// The principal that it runs as offers it to somebody.
    Offered {
        /// To whom.
        to: PrincipalId,
    },
    /// It is offered no longer: withdrawn, declined, accepted or overtaken.
    OfferEnded {
        /// To whom it was.
        to: PrincipalId,
    },
    /// Others manage it.
    Shared {
        /// Who does now.
        added: BTreeSet<PrincipalId>,
        /// Who does no longer.
        removed: BTreeSet<PrincipalId>,
    },
    /// Others are its members.
    Invited {
        /// Who is now.
        added: BTreeSet<PrincipalId>,
        /// Who is no longer.
        removed: BTreeSet<PrincipalId>,
    },
    /// Somebody had it run at once.
    RanNow,
    /// Somebody made a copy of it.
    Cloned,
    /// Somebody was shown what recipients of a run were told.
    Revealed {
        /// Of which run.
        run: RunId,
        /// Why, in their words.
        reason: String,
    },
    /// It was deleted.
    Deleted,
}
