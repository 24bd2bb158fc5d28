//! The thirteen settings of a site, and the roles that it has.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::PrincipalKind;
use mandate_policy::{Act, Permission};
use serde::{Deserialize, Serialize};

/// An act that may make its actor the one that the automation runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acquire {
    /// Making the automation.
    Create,
    /// Turning it on while it runs as nobody yet (VEN-02).
    FirstEnable,
    /// Turning it on or off (FIL-38).
    Toggle,
    /// Giving it another name or another description (FIL-38).
    Rename,
    /// Publishing anything (FND-16).
    Save,
    /// Publishing another plugin, other settings or another trigger; other recipients alone do not (FND-21).
    SaveLogic,
    /// Taking it (VEN-04).
    Take,
}

/// Who may be a manager besides the principal that it runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoOwner {
    /// People (ONE-04).
    Users,
    /// Teams: everyone in them, however deep (ONE-05).
    Teams,
    /// Only who is a member already (MON-11).
    MembersFirst,
    /// Nobody by name: admins of everything that it touches (FIL-06 to FIL-13).
    AdminOfAll,
}

/// When consent is asked for. In every preset a version runs only with the consent of the principal that it runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompt {
    /// For each version; always so.
    Version,
    /// Each time that it is turned on (VEN-12); without it a consent outlives being turned off by somebody else.
    Enable,
    /// When it is taken (VEN-13).
    Take,
    /// When saving makes the actor the one that it runs as (FND-18).
    Save,
}

/// As whom a phase is evaluated. An action always is as run_as (FND-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AsWhom {
    /// The principal that the automation runs as; a message is an effect of theirs.
    RunAs,
    /// Each recipient.
    Recipient,
}

/// As whom conditions and notifications are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluateAs {
    /// The condition of a notification.
    pub condition: AsWhom,
    /// What a recipient is told; as whom the condition is, since nothing found as one may be told as another.
    pub notification: AsWhom,
}

impl EvaluateAs {
    /// Whether notifications are evaluated as the principal that the automation runs as, with what it finds.
    pub fn is_run_as(self) -> bool {
        self == Self { condition: AsWhom::RunAs, notification: AsWhom::RunAs }
    }
}

/// What becomes of an automation that lost a declared power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// The whole automation stops until it is restarted by hand (VEN-18, VEN-21).
    Stop,
    /// That run's act part fails; the automation stays on (FIL-41).
    Fail,
    /// Nothing but that the host calls which need it are denied (FND-05).
    Deny,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Site admins (VEN-19).
    Admins,
    /// The principal that it runs as.
    RunAs,
}

/// What is done about a lost power.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnDenied {
    /// What becomes of the automation.
    pub then: Then,
    /// Who is told, once for each loss.
    pub tell: BTreeSet<Told>,
}

/// An act for which the actor must hold every declared power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precheck {
    /// Making and publishing the first version (FIL-11).
    Create,
    /// Publishing (MON-25).
    Edit,
    /// Turning it on (VEN-06); turning it off never needs them (VEN-24).
    Enable,
    /// Taking it (VEN-07).
    Take,
}

impl Precheck {
    /// Those of which any makes the declared powers a condition of an act; `first`: nothing was published before.
    pub fn of(act: Act, first: bool) -> &'static [Self] {
        match act {
            Act::Edit if first => &[Self::Create, Self::Edit],
            Act::Edit => &[Self::Edit],
            Act::Enable | Act::Consent => &[Self::Enable],
            Act::Take => &[Self::Take],
            _ => &[],
        }
    }
}

/// What makes an automation visible, besides running as oneself and a role that gives `view`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visible {
    /// Being an admin of the site or of its workspace.
    Admin,
    /// Seeing the page of the person that it runs as (VEN-22).
    SeesPerson,
    /// Managing it.
    Manager,
    /// Being invited (MON-02).
    Member,
    /// It is a main one, and one is in its workspace, or that is open (MON-03 to MON-05).
    MainWorkspace,
    /// Having the permission to view all (ONE-17).
    ViewAll,
    /// Administering everything that it touches (FIL-13).
    AdminOfAll,
}

/// Who sees its runs; what they see of them is redacted by their own rights of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// The principal that it runs as (FND-23).
    RunAs,
    /// The principal that it runs as; and who sees the automation, those runs of which they could read all that was read (FND-24).
    Data,
    /// The principal that it runs as; and who sees the automation, that it ran and when, and no more (FND-25).
    Triggers,
    /// Whoever sees the automation (MON-21).
    Viewers,
    /// The principal that it runs as, and who has the permission to view history (FIL-15).
    OwnRight,
}

/// What becomes of a draft whose base is no longer what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drafts {
    /// It cannot be published until its editor has seen both sides.
    RefuseStale,
    /// The last one published holds (MON-17).
    LastWins,
}

/// How an automation comes to run as somebody else, besides what `acquire_on` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    /// Who has the permission takes it for themself (VEN-03).
    Pull,
    /// The principal that it runs as offers it to somebody, who accepts (ONE-16).
    Offer,
    /// Who has the permission to take moves it to somebody, for whom it is off until they consent (MON-29, FIL-42).
    Move,
}

/// Who may make automations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"anyone\" or a list of roles")]
pub enum CreateRoles {
    /// Everyone of the site.
    Anyone(Anyone),
    /// Who has one of these roles; custom roles may give `create` besides.
    Roles(BTreeSet<String>),
}

/// The word for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anyone {
    /// Everyone of the site.
    Anyone,
}

/// A layer above an automation. The account always is one: no right reaches beyond the site (MON-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Its workspace: who is outside of it, where it is not open, has no right besides stopping what runs as them.
    Workspace,
}

/// Roles by their names, each with the permissions that it gives.
pub type Roles = BTreeMap<String, BTreeSet<Permission>>;

/// Some of the settings: a preset, or what a site has of its own. What is not said holds as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// See [`Settings::acquire_on`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquire_on: Option<BTreeSet<Acquire>>,
    /// See [`Settings::co_owners`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub co_owners: Option<BTreeSet<CoOwner>>,
    /// See [`Settings::owner_kinds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_kinds: Option<BTreeSet<PrincipalKind>>,
    /// See [`Settings::consent`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<BTreeSet<Prompt>>,
    /// See [`Settings::evaluate_as`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluate_as: Option<EvaluateAs>,
    /// See [`Settings::on_denied`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_denied: Option<OnDenied>,
    /// See [`Settings::precheck`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precheck: Option<BTreeSet<Precheck>>,
    /// See [`Settings::visible_if`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_if: Option<BTreeSet<Visible>>,
    /// See [`Settings::history`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// See [`Settings::drafts`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drafts: Option<Drafts>,
    /// See [`Settings::transfer`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<BTreeSet<Transfer>>,
    /// See [`Settings::create_roles`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_roles: Option<CreateRoles>,
    /// See [`Settings::narrowed_by`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrowed_by: Option<BTreeSet<Layer>>,
    /// Roles that are added, or whose permissions are replaced.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: Roles,
}

/// All thirteen settings, and the roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Acts that make the actor the one that it runs as.
    pub acquire_on: BTreeSet<Acquire>,
    /// Who may be a manager; empty: nobody, roles manage.
    pub co_owners: BTreeSet<CoOwner>,
    /// What it may run as.
    pub owner_kinds: BTreeSet<PrincipalKind>,
    /// When consent is asked for.
    pub consent: BTreeSet<Prompt>,
    /// As whom conditions and notifications are evaluated.
    pub evaluate_as: EvaluateAs,
    /// What is done about a lost power.
    pub on_denied: OnDenied,
    /// Acts for which the actor must hold every declared power.
    pub precheck: BTreeSet<Precheck>,
    /// What makes it visible.
    pub visible_if: BTreeSet<Visible>,
    /// Who sees its runs.
    pub history: History,
    /// What becomes of stale drafts.
    pub drafts: Drafts,
    /// How it comes to run as somebody else.
    pub transfer: BTreeSet<Transfer>,
    /// Who may make automations.
    pub create_roles: CreateRoles,
    /// Layers above the automation that must allow every right, besides the account (MON-01).
    pub narrowed_by: BTreeSet<Layer>,
    /// What each role gives.
    pub roles: Roles,
}

impl Settings {
    /// These settings, with what `choices` say in place of what held.
    #[must_use]
    pub fn with(mut self, choices: &Choices) -> Self {
        let Choices { roles, .. } = choices;
        choose(&mut self.acquire_on, choices.acquire_on.as_ref());
        choose(&mut self.co_owners, choices.co_owners.as_ref());
        choose(&mut self.owner_kinds, choices.owner_kinds.as_ref());
        choose(&mut self.consent, choices.consent.as_ref());
        choose(&mut self.evaluate_as, choices.evaluate_as.as_ref());
        choose(&mut self.on_denied, choices.on_denied.as_ref());
        choose(&mut self.precheck, choices.precheck.as_ref());
        choose(&mut self.visible_if, choices.visible_if.as_ref());
        choose(&mut self.history, choices.history.as_ref());
        choose(&mut self.drafts, choices.drafts.as_ref());
        choose(&mut self.transfer, choices.transfer.as_ref());
        choose(&mut self.create_roles, choices.create_roles.as_ref());
        choose(&mut self.narrowed_by, choices.narrowed_by.as_ref());
        self.roles.extend(roles.clone());
        self
    }

    /// The permissions that a role gives, with `create` where `create_roles` names it. An unknown role gives none.
    pub fn permissions(&self, role: &str) -> BTreeSet<Permission> {
        let mut permissions = self.roles.get(role).cloned().unwrap_or_default();
        if matches!(&self.create_roles, CreateRoles::Roles(roles) if roles.contains(role)) {
            permissions.insert(Permission::Create);
        }
        permissions
    }
}

fn choose<T: Clone>(held: &mut T, chosen: Option<&T>) {
    if let Some(chosen) = chosen {
        *held = chosen.clone();
    }
}
