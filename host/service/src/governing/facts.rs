//! The facts of a command: what the platform says of the actor, the automation and everything that it touches, and what the
//! site's policies make of it. Gathered anew for each command.

use std::collections::BTreeSet;

use mandate_governance::{
    Automation, Command, Facts, Life, Power, Refused, Settings, Version, footprint, needs, settings::Precheck,
};
use mandate_model::{AutomationKind, PrincipalId, PrincipalKind, SiteId};
use mandate_policy::{Act, Actor, Circumstances, Decision, Target};
use mandate_runtime::platform::Unavailable;

use super::Governing;
use crate::roles::{Reach, Roles, Standing};

/// Roles that come of administering what an automation touches, wherever it is.
const SCOPED: [&str; 2] = ["workspace-admin", "resource-admin"];

/// What a command is about.
pub(crate) struct About<'a> {
    /// The automation; for a new one, as it would be.
    pub(crate) automation: &'a Automation,
    /// What is published, and what would be.
    pub(crate) versions: Vec<&'a Version>,
}

impl About<'_> {
    /// Everything that any of the versions touches.
    fn footprint(&self) -> BTreeSet<Power> {
        self.versions.iter().flat_map(|version| footprint(version)).collect()
    }

    /// What the last of the versions, the one that would run, needs of the principal that it runs as.
    pub(crate) fn declared(&self, settings: &Settings) -> BTreeSet<Power> {
        self.versions.last().map(|version| needs(version, settings)).unwrap_or_default()
    }

    /// What any of them needs: who must hold it to edit may not leave out a step that they may not see either (MON-25).
    fn declared_by_any(&self, settings: &Settings) -> BTreeSet<Power> {
        self.versions.iter().flat_map(|version| needs(version, settings)).collect()
    }
}

/// Asks the platform and the policies.
pub(crate) struct Inquiry<'a> {
    pub(crate) governing: &'a Governing,
    pub(crate) roles: &'a dyn Roles,
    pub(crate) at: i64,
}

/// What of a history is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfHistory {
    /// A run, whatever it read.
    Run,
    /// A run of which they could read now all that it read (FND-24).
    CoveredRun,
    /// Only whether and when it ran (FND-25).
    Whether,
}

/// A person before an automation: everything that policies are asked with.
pub(crate) struct Before {
    actor: Actor,
    target: Target,
    circumstances: Circumstances,
    /// Whether it is offered to them, or to whom they speak for: then they see it whatever the policies say.
    offered: bool,
}

impl Inquiry<'_> {
    /// The facts of a command by a person. `life`: the automation before it, if there was one.
    pub(crate) async fn facts(
        &self,
        actor: &PrincipalId,
        command: &Command,
        life: Option<&Life>,
        about: &About<'_>,
    ) -> Result<Facts, Unavailable> {
        let settings = self.governing.settings.clone();
        let Some(standing) = self.roles.standing(actor).await? else {
            return Ok(nobody(self.at, settings, actor));
        };
        let first = life.is_none_or(|life| life.automation.published.is_none());
        let checked = |check: &Precheck| settings.precheck.contains(check);
        let must_hold = command.prechecks(first).iter().any(checked);
        let edits = command.prechecks(first).contains(&Precheck::Edit) && checked(&Precheck::Edit);
        let declared = if edits { about.declared_by_any(&settings) } else { about.declared(&settings) };
        let lacks = self.lacks(actor, &declared).await;
        let before = self.before(actor, &standing, about, must_hold, lacks.is_empty()).await?;
        Ok(Facts {
            may: command.act().map_or(Decision::Allow, |act| self.verdict(act, &before)),
            sees: self.sees(&before),
            acquires_as: self.acquires_as(actor, &standing),
            consents_for: standing.consents_for.clone(),
            lacks: self.known_to(actor, lacks).await?,
            run_as_lacks: self.run_as_lacks(actor, about).await?,
            granters: BTreeSet::new(),
            settings,
            at: self.at,
        })
    }

    /// What policies are asked with, for any act.
    pub(crate) async fn before(
        &self,
        actor: &PrincipalId,
        standing: &Standing,
        about: &About<'_>,
        must_hold: bool,
        holds_all: bool,
    ) -> Result<Before, Unavailable> {
        let automation = about.automation;
        let administers_all = self.administers_all(actor, standing, about).await?;
        let open = self.is_open(automation.workspace.as_deref()).await?;
        let run_as = automation.run_as.as_ref();
        let actor = self.person(actor, standing, automation.workspace.as_deref(), administers_all);
        let circumstances = Circumstances {
            must_hold,
            holds_all,
            administers_all,
            consents_for_run_as: run_as.is_some_and(|run_as| standing.speaks_for(run_as)),
            sees_run_as: run_as.is_some_and(|run_as| standing.sees.contains(run_as)),
            ..Circumstances::default()
        };
        let offered = automation.offered.as_ref();
        let offered = offered.is_some_and(|to| *to == actor.id || standing.speaks_for(to));
        Ok(Before { actor, target: target(automation, open), circumstances, offered })
    }

    pub(super) fn person(
        &self,
        id: &PrincipalId,
        standing: &Standing,
        workspace: Option<&str>,
        administers_all: bool,
    ) -> Actor {
        let roles = roles_at(standing, workspace, administers_all);
        let permissions = roles.iter().flat_map(|role| self.governing.settings.permissions(role)).collect();
        Actor {
            id: id.clone(),
            site: standing.site.clone(),
            active: standing.active,
            teams: standing.teams.clone(),
            workspaces: standing.workspaces.clone(),
            roles,
            permissions,
        }
    }

    /// Whether what is in this workspace, if in any, is in an open one.
    pub(super) async fn is_open(&self, workspace: Option<&str>) -> Result<bool, Unavailable> {
        match workspace {
            Some(workspace) => Ok(self.roles.is_open(workspace).await?.unwrap_or(false)),
            None => Ok(false),
        }
    }

    /// What the policies say.
    pub(crate) fn decide(&self, act: Act, before: &Before) -> Decision {
        self.governing.policies.decide(act, &before.actor, &before.target, &before.circumstances)
    }

    /// What the policies say where the site's prechecks hold; `first`: nothing was published yet.
    pub(crate) fn decide_prechecked(&self, act: Act, before: &mut Before, first: bool) -> Decision {
        let precheck = &self.governing.settings.precheck;
        before.circumstances.must_hold = Precheck::of(act, first).iter().any(|check| precheck.contains(check));
        self.decide(act, before)
    }

    /// What the policies say of an act, not counting powers that are lacking: the reducer says which, to who may act at all. Where
    /// none are lacking, the floor of the prechecks is asked like every other.
    fn verdict(&self, act: Act, before: &Before) -> Decision {
        let must_hold = before.circumstances.must_hold && before.circumstances.holds_all;
        let circumstances = Circumstances { must_hold, ..before.circumstances };
        self.governing.policies.decide(act, &before.actor, &before.target, &circumstances)
    }

    /// Whether they may see it: no precheck stands before that.
    pub(crate) fn sees(&self, before: &Before) -> bool {
        let circumstances = Circumstances { must_hold: false, ..before.circumstances };
        let policies = &self.governing.policies;
        before.offered || policies.decide(Act::View, &before.actor, &before.target, &circumstances).is_allow()
    }

    /// Whether they may see that much of its history.
    pub(crate) fn history(&self, of: OfHistory, before: &Before) -> bool {
        let circumstances = Circumstances {
            must_hold: false,
            covers_run: of == OfHistory::CoveredRun,
            only_whether: of == OfHistory::Whether,
            ..before.circumstances
        };
        let policies = &self.governing.policies;
        policies.decide(Act::ViewHistory, &before.actor, &before.target, &circumstances).is_allow()
    }

    /// Whether the actor administers everything that the automation touches; of one that touches nothing yet, whom it runs as does.
    pub(super) async fn administers_all(
        &self,
        actor: &PrincipalId,
        standing: &Standing,
        about: &About<'_>,
    ) -> Result<bool, Unavailable> {
        let footprint = about.footprint();
        if footprint.is_empty() {
            return Ok(about.automation.runs_as(actor));
        }
        for power in &footprint {
            if !self.administers(standing, power).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) async fn administers(&self, standing: &Standing, power: &Power) -> Result<bool, Unavailable> {
        let place = self.roles.lies_in(power).await?;
        Ok(standing.holdings.iter().any(|holding| match (&holding.reach, holding.role.as_str()) {
            (Reach::Site, _) => holding.is_site_admin(),
            (Reach::Workspace(workspace), "workspace-admin") => place.as_ref() == Some(workspace),
            (Reach::Dataset(dataset), "resource-admin") => power.resource() == dataset,
            _ => false,
        }))
    }

    /// Whom an act by this person makes an automation run as: where sites may, a site admin acts for the site (FIL-39).
    pub(crate) fn acquires_as(&self, actor: &PrincipalId, standing: &Standing) -> PrincipalId {
        let site = self.governing.settings.owner_kinds.contains(&PrincipalKind::Site);
        match PrincipalId::new(PrincipalKind::Site, standing.site.as_str()) {
            Ok(own) if site && standing.is_site_admin() => own,
            _ => actor.clone(),
        }
    }

    /// Whether somebody may change how the site governs its automations.
    pub(crate) async fn may_set_policy(
        &self,
        site: &SiteId,
        actor: &PrincipalId,
    ) -> Result<Result<(), Refused>, Unavailable> {
        let Some(standing) = self.roles.standing(actor).await? else { return Ok(Err(Refused::Unknown)) };
        Ok(match self.decide(Act::SetPolicy, &self.before_site(site, actor, &standing)) {
            Decision::Allow => Ok(()),
            Decision::Deny(reason) => Err(Refused::Denied {
                actor: actor.clone(),
                act: Act::SetPolicy,
                reason,
                granters: self.known_admins(actor, &standing).await?,
            }),
        })
    }

    /// What policies are asked with about the site itself.
    pub(crate) fn before_site(&self, site: &SiteId, actor: &PrincipalId, standing: &Standing) -> Before {
        let target = Target {
            site: site.clone(),
            workspace: None,
            open: false,
            kind: AutomationKind::Private,
            run_as: None,
            creator: actor.clone(),
            managers: BTreeSet::new(),
            members: BTreeSet::new(),
            draft_of: None,
        };
        let actor = self.person(actor, standing, None, false);
        Before { actor, target, circumstances: Circumstances::default(), offered: false }
    }

    /// The active site admins: for who is to be told, never to be named to whoever asks.
    pub(crate) async fn admins(&self, site: &SiteId) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let mut admins = BTreeSet::new();
        for person in self.roles.everyone().await? {
            let standing = self.roles.standing(&person).await?;
            if standing.is_some_and(|standing| standing.site == *site && standing.is_site_admin()) {
                admins.insert(person);
            }
        }
        Ok(admins)
    }
}

/// Somebody whom the platform does not know: there is nothing for them.
fn nobody(at: i64, settings: Settings, actor: &PrincipalId) -> Facts {
    Facts {
        may: Decision::Deny("the platform does not know them".to_owned()),
        sees: false,
        acquires_as: actor.clone(),
        consents_for: BTreeSet::new(),
        lacks: vec![],
        run_as_lacks: vec![],
        granters: BTreeSet::new(),
        settings,
        at,
    }
}

/// The roles that reach an automation: those of the whole site, of its workspace, and of everything that it touches.
pub(super) fn roles_at(standing: &Standing, workspace: Option<&str>, administers_all: bool) -> BTreeSet<String> {
    let reaches = |holding: &&crate::Holding| match &holding.reach {
        Reach::Site => true,
        Reach::Workspace(name) => {
            workspace == Some(name.as_str()) || administers_all && SCOPED.contains(&holding.role.as_str())
        }
        Reach::Dataset(_) => administers_all && SCOPED.contains(&holding.role.as_str()),
    };
    standing.holdings.iter().filter(reaches).map(|holding| holding.role.clone()).collect()
}

fn target(automation: &Automation, open: bool) -> Target {
    Target {
        site: automation.site.clone(),
        workspace: automation.workspace.clone(),
        open,
        kind: automation.kind,
        run_as: automation.run_as.clone(),
        creator: automation.creator.clone(),
        managers: automation.managers.clone(),
        members: automation.members.clone(),
        draft_of: None,
    }
}
