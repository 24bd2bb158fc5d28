//! What a decision needs to know: who asks, about what, and what is known of both together. A slice, never the directory.

use std::collections::BTreeSet;

use mandate_model::{AutomationKind, PrincipalId, SiteId};

use super::Permission;

/// Who asks, as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A person: nobody else acts on automations.
    pub id: PrincipalId,
    /// Where they belong.
    pub site: SiteId,
    /// Whether they are neither deactivated nor gone.
    pub active: bool,
    /// Every team that they are in, however deep.
    pub teams: BTreeSet<PrincipalId>,
    /// Workspaces that they are a member of.
    pub workspaces: BTreeSet<String>,
    /// Roles that they have at this target, such as `site-admin`.
    pub roles: BTreeSet<String>,
    /// What these roles give.
    pub permissions: BTreeSet<Permission>,
}

/// What is asked about: an automation, or, to create one or to set policies, where. Then only `site` and `workspace` count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The site that it belongs to.
    pub site: SiteId,
    /// Its workspace, if it has one.
    pub workspace: Option<String>,
    /// Whether the workspace is open to the whole account.
    pub open: bool,
    /// Who may see it.
    pub kind: AutomationKind,
    /// Whom it runs as, if there is anyone yet (VEN-02).
    pub run_as: Option<PrincipalId>,
    /// Who made it: gives no power, but a site's own policies may ask for it.
    pub creator: PrincipalId,
    /// Users and teams that manage it.
    pub managers: BTreeSet<PrincipalId>,
    /// Users and teams that may see it.
    pub members: BTreeSet<PrincipalId>,
    /// For [`Act::ViewDraft`](super::Act::ViewDraft): whose draft.
    pub draft_of: Option<PrincipalId>,
}

/// What is known of the two together, which takes more than a slice to find out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each with a name of its own in policies")]
pub struct Circumstances {
    /// The site's settings ask whoever does this to hold every declared power.
    pub must_hold: bool,
    /// They hold every declared power.
    pub holds_all: bool,
    /// They administer every resource of the footprint.
    pub administers_all: bool,
    /// They hold `consent-for` on the team or site that it runs as. Of no use for a person: those consent themselves.
    pub consents_for_run_as: bool,
    /// They may see the page of the person that it runs as.
    pub sees_run_as: bool,
    /// Of [`Act::ViewHistory`](super::Act::ViewHistory) alone: they could read now all that the run read (FND-24).
    pub covers_run: bool,
    /// Of [`Act::ViewHistory`](super::Act::ViewHistory) alone: asked is only whether something ran, and when (FND-25).
    pub only_whether: bool,
}
