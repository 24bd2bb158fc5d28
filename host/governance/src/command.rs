//! What can be asked of an automation's life.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, AutomationKind, PrincipalId, SiteId, VersionId};
use mandate_policy::Act;

use crate::{Lack, settings::Precheck};

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and it is never moved far")]
pub enum Command {
    /// Somebody asks.
    Asked {
        /// Who, as the host knows them.
        actor: PrincipalId,
        /// What.
        ask: Ask,
    },
    /// The host found that the principal it runs as no longer has declared powers: before a run, by a refused hand, or because
    /// the directory said so, also while idle.
    Lost {
        /// Which.
        powers: Vec<Lack>,
    },
}

/// The change of whom an automation runs as: refused unless `expected` is whom it runs as now, so that nobody changes it
/// unawares, and consent of the new one to what they were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquisition {
    /// Whom it runs as, as the actor was shown.
    pub expected: Option<PrincipalId>,
    /// Whom it will run as.
    pub new: PrincipalId,
    /// What will act for them, as the actor was shown; `None`: nothing is published.
    pub version: Option<VersionId>,
}

/// What a new version changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// Plugin, settings or trigger.
    Logic,
    /// Whom it tells, and nothing else.
    Recipients,
}

/// What somebody asks for. Where `acquisition` is `None`, whom it runs as is not to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A new automation: off, nothing published, without consent.
    Create {
        /// Its id.
        id: AutomationId,
        /// Its site.
        site: SiteId,
        /// Its workspace.
        workspace: Option<String>,
        /// Private or main.
        kind: AutomationKind,
        /// What it is called.
        name: String,
        /// Whose copy it is; the actor was let clone that one.
        cloned_from: Option<AutomationId>,
        /// Whom it runs as, where creating decides that.
        acquisition: Option<Acquisition>,
    },
    /// Another name.
    Rename {
        /// The name.
        name: String,
        /// See [`Ask`].
        acquisition: Option<Acquisition>,
    },
    /// Private or main.
    SetKind {
        /// Which.
        kind: AutomationKind,
    },
    /// Keeps a draft of one's own, which nobody else sees; nothing changes by it (MON-13).
    Draft,
    /// Makes `version` the one that would run. The consent to another version ends.
    Publish {
        /// What would run.
        version: VersionId,
        /// What was published when the draft was begun.
        base: Option<VersionId>,
        /// What it changes.
        touches: Touches,
        /// Whether the actor lets it act for the principal that it runs as, for whom they speak.
        consent: bool,
        /// See [`Ask`].
        acquisition: Option<Acquisition>,
    },
    /// Turns it on. If the actor speaks for the principal that it runs as, that lets `version` act for it.
    Enable {
        /// What the actor was shown; must be the published version.
        version: VersionId,
        /// See [`Ask`].
        acquisition: Option<Acquisition>,
    },
    /// Turns it off.
    Disable {
        /// See [`Ask`].
        acquisition: Option<Acquisition>,
    },
    /// Lets `version`, the published one, act for the principal that it runs as.
    Consent {
        /// What the actor was shown.
        version: VersionId,
    },
    /// Takes the consent back.
    Revoke,
    /// Takes it for oneself, and lets what is published act for oneself.
    Take {
        /// From whom.
        acquisition: Acquisition,
    },
    /// Offers it to somebody, or to nobody any more.
    Offer {
        /// To whom.
        to: Option<PrincipalId>,
    },
    /// Accepts the offer, and lets what is published act for oneself.
    Accept {
        /// From whom.
        acquisition: Acquisition,
    },
    /// Declines the offer.
    Decline,
    /// Makes it run as somebody else, for whom it is off until they turn it on.
    Move {
        /// Whom it runs as, as the actor was shown.
        expected: Option<PrincipalId>,
        /// Whom it will run as.
        new: PrincipalId,
    },
    /// Other managers, applied at once (ONE-12).
    Share {
        /// Who becomes one.
        add: BTreeSet<PrincipalId>,
        /// Who is none any more.
        remove: BTreeSet<PrincipalId>,
    },
    /// Other members.
    Invite {
        /// Who becomes one.
        add: BTreeSet<PrincipalId>,
        /// Who is none any more.
        remove: BTreeSet<PrincipalId>,
    },
    /// One run at once.
    RunNow,
    /// A copy; the copy itself is another automation's [`Ask::Create`].
    Clone,
    /// Lets what is published act for the principal that it runs as because it did so in another product (VEN-14).
    Migrate {
        /// What was migrated.
        version: VersionId,
        /// Whom it ran as there; `None`: whom it runs as here.
        run_as: Option<PrincipalId>,
    },
    /// The end.
    Delete,
}

impl Command {
    /// Who asks; `None`: the host itself.
    pub fn actor(&self) -> Option<&PrincipalId> {
        match self {
            Self::Asked { actor, .. } => Some(actor),
            Self::Lost { .. } => None,
        }
    }

    /// See [`Ask::prechecks`].
    pub fn prechecks(&self, first: bool) -> &'static [Precheck] {
        match self {
            Self::Asked { ask, .. } => ask.prechecks(first),
            Self::Lost { .. } => &[],
        }
    }

    /// What the actor must be let do; `None`: nothing but being who they are, which the reducer looks at itself.
    pub fn act(&self) -> Option<Act> {
        let Self::Asked { ask, .. } = self else { return None };
        Some(match ask {
            Ask::Create { .. } => Act::Create,
            Ask::Rename { .. } => Act::Rename,
            Ask::Draft | Ask::Publish { .. } => Act::Edit,
            Ask::Enable { .. } => Act::Enable,
            Ask::Disable { .. } => Act::Disable,
            Ask::Consent { .. } => Act::Consent,
            Ask::Take { .. } | Ask::Move { .. } => Act::Take,
            Ask::Share { .. } | Ask::Invite { .. } | Ask::SetKind { .. } => Act::Share,
            Ask::RunNow => Act::RunNow,
            Ask::Clone => Act::Clone,
            Ask::Migrate { .. } => Act::SetPolicy,
            Ask::Delete => Act::Delete,
            Ask::Revoke | Ask::Offer { .. } | Ask::Accept { .. } | Ask::Decline => return None,
        })
    }
}

impl Ask {
    /// The prechecks of which any makes the declared powers a condition of this; `first`: nothing was published before.
    pub fn prechecks(&self, first: bool) -> &'static [Precheck] {
        match self {
            // Letting it act is what turning it on needs, too.
            Self::Publish { consent: true, .. } | Self::Publish { acquisition: Some(_), .. } if first => {
                &[Precheck::Create, Precheck::Edit, Precheck::Enable]
            }
            Self::Publish { consent: true, .. } | Self::Publish { acquisition: Some(_), .. } => {
                &[Precheck::Edit, Precheck::Enable]
            }
            Self::Draft | Self::Publish { .. } => Precheck::of(Act::Edit, first),
            Self::Enable { .. } | Self::Consent { .. } => Precheck::of(Act::Enable, first),
            Self::Take { .. } | Self::Accept { .. } => Precheck::of(Act::Take, first),
            _ => &[],
        }
    }
}
