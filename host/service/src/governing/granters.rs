//! Who could give somebody what they were refused for, as far as who asks may know of them: whose page they may see, and who is
//! shown to whoever sees the automation. Never all who administer a site to everybody, and nobody as a way out of what they lack.

use std::collections::BTreeSet;

use mandate_governance::{Automation, Lack, settings::CoOwner};
use mandate_model::{PrincipalId, PrincipalKind};
use mandate_policy::Act;
use mandate_runtime::platform::Unavailable;

use super::facts::{About, Inquiry, roles_at};
use crate::roles::Standing;

/// Roles of who gives roles and rights, where they reach.
const GIVING: [&str; 3] = ["site-admin", "workspace-admin", "resource-admin"];

impl Inquiry<'_> {
    /// Who could let `actor` do this with the automation, of those whom they may know.
    pub(crate) async fn could_let(
        &self,
        actor: &PrincipalId,
        act: Act,
        about: &About<'_>,
    ) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let shared = self.may_if_shared(actor, act, about).await?;
        let mut found = BTreeSet::new();
        for (person, standing) in self.known_people(actor, about.automation).await? {
            let may_let = person != *actor
                && (standing.is_site_admin()
                    || self.gives_roles(&person, &standing, act, about).await?
                    || shared && self.shares(&person, &standing, about).await?);
            if may_let {
                found.insert(person);
            }
        }
        Ok(found)
    }

    /// Who could give what is lacking, of those whom `asker` may know: not who lacks it.
    pub(crate) async fn could_give(
        &self,
        asker: &PrincipalId,
        lacks: &[Lack],
        automation: &Automation,
    ) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let mut found = BTreeSet::new();
        for (person, standing) in self.known_people(asker, automation).await? {
            for lack in lacks.iter().filter(|lack| lack.principal != person) {
                let gives = match &lack.power {
                    Some(power) => self.administers(&standing, power).await?,
                    // Who administers what they may not know of would tell where it lies.
                    None => standing.is_site_admin(),
                };
                if gives {
                    found.insert(person.clone());
                }
            }
        }
        Ok(found)
    }

    /// The active site admins whose page `asker` may see, without themself.
    pub(super) async fn known_admins(
        &self,
        asker: &PrincipalId,
        standing: &Standing,
    ) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let mut found = BTreeSet::new();
        for person in self.whose_page(standing).await?.into_iter().filter(|person| person != asker) {
            let theirs = self.roles.standing(&person).await?.filter(|theirs| theirs.active);
            if theirs.is_some_and(|theirs| theirs.site == standing.site && theirs.is_site_admin()) {
                found.insert(person);
            }
        }
        Ok(found)
    }

    /// The people whose page somebody may see, besides their own.
    async fn whose_page(&self, standing: &Standing) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        if standing.is_site_admin() {
            return Ok(self.roles.everyone().await?.into_iter().collect());
        }
        Ok(standing.sees.clone())
    }

    /// The active people of the site whom `asker` may know who sees the automation: themself among them.
    async fn known_people(
        &self,
        asker: &PrincipalId,
        automation: &Automation,
    ) -> Result<Vec<(PrincipalId, Standing)>, Unavailable> {
        let Some(own) = self.roles.standing(asker).await? else { return Ok(vec![]) };
        let mut people = self.whose_page(&own).await?;
        people.insert(asker.clone());
        people.extend(automation.run_as.iter().chain(&automation.managers).cloned());
        let mut known = vec![];
        for person in people.into_iter().filter(|one| one.kind() == PrincipalKind::User) {
            let standing = self.roles.standing(&person).await?;
            let standing = standing.filter(|standing| standing.active && standing.site == automation.site);
            known.extend(standing.map(|standing| (person, standing)));
        }
        Ok(known)
    }

    /// Whether a role of theirs reaches the automation by which they give others roles there.
    async fn gives_roles(
        &self,
        person: &PrincipalId,
        standing: &Standing,
        act: Act,
        about: &About<'_>,
    ) -> Result<bool, Unavailable> {
        if act == Act::SetPolicy || !standing.holdings.iter().any(|holding| GIVING.contains(&holding.role.as_str())) {
            return Ok(false);
        }
        let all = self.administers_all(person, standing, about).await?;
        let roles = roles_at(standing, about.automation.workspace.as_deref(), all);
        Ok(GIVING.iter().any(|role| *role != "site-admin" && roles.contains(*role)))
    }

    /// Whether the actor might do it if the automation were shared with them.
    async fn may_if_shared(&self, actor: &PrincipalId, act: Act, about: &About<'_>) -> Result<bool, Unavailable> {
        let settings = &self.governing.settings;
        let people = [CoOwner::Users, CoOwner::MembersFirst].iter().any(|one| settings.co_owners.contains(one));
        let Some(standing) = self.roles.standing(actor).await?.filter(|_| people && act != Act::Create) else {
            return Ok(false);
        };
        let mut shared = about.automation.clone();
        shared.managers.insert(actor.clone());
        let shared = About { automation: &shared, versions: about.versions.clone() };
        let lacks = self.lacks(actor, &shared.declared(settings)).await;
        let before = self.before(actor, &standing, &shared, false, lacks.is_empty()).await?;
        Ok(self.decide(act, &before).is_allow())
    }

    /// Whether it runs as them or they manage it, and they may share it.
    async fn shares(&self, person: &PrincipalId, standing: &Standing, about: &About<'_>) -> Result<bool, Unavailable> {
        let automation = about.automation;
        let named = automation.runs_as(person)
            || automation.managers.contains(person)
            || !automation.managers.is_disjoint(&standing.teams);
        if !named {
            return Ok(false);
        }
        let lacks = self.lacks(person, &about.declared(&self.governing.settings)).await;
        let before = self.before(person, standing, about, false, lacks.is_empty()).await?;
        Ok(self.decide(Act::Share, &before).is_allow())
    }
}
