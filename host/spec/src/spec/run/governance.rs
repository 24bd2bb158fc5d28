//! Asking things of automations in a spec's world, and looking at what became of them.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::{Acquisition, Ask, Happening, Life};
use mandate_model::{AutomationId, PrincipalId, Recipient, RowRef, SiteId};
use mandate_service::{
    Draft, NewAutomation, Occasion, Prospect, Publishing, RunView, SavedDraft, ServiceError, Simulated,
};

use super::{Plugins, World};
use crate::fixture::{FixtureAutomation, PluginRef};
use crate::spec::compare::governance::{ObservedAutomation, ObservedGovernance, ObservedShown};
use crate::spec::expect::Kind;
use crate::spec::expect::governance::Governed;
use crate::spec::steps::ask::{Asked, Content, Point, Verb};
use crate::spec::steps::holdings::Held;

/// Most runs that a spec looks at.
const HISTORY: u32 = 100;

/// What people are shown by a step, and not afterwards.
#[derive(Default)]
pub(super) struct OnTheWay {
    revealed: BTreeMap<(PrincipalId, String), Vec<RunView>>,
    tried: BTreeMap<(PrincipalId, String), Vec<Simulated>>,
}

impl World<'_> {
    /// What did not come as the step says; `None`: it did. A world that cannot go on is an error.
    pub(super) async fn asked(&mut self, asked: &Asked, plugins: Plugins<'_>) -> Option<String> {
        surprise(&asked.point, self.ask(asked, plugins).await.err())
    }

    /// Hands over what runs as `from`; what stays is refused, too.
    pub(super) async fn handed_over(
        &self,
        from: &PrincipalId,
        to: Option<&PrincipalId>,
        by: &PrincipalId,
    ) -> Result<(), String> {
        let done = self.service.hand_over(by, from, to).await.map_err(|error| error.to_string())?;
        match done.automations.into_iter().find_map(|(_, moved)| moved.err()) {
            None => Ok(()),
            Some(refused) => Err(refused.to_string()),
        }
    }

    /// Makes somebody one of another site, which is governed as this one is.
    pub(super) async fn join_site(&self, person: &PrincipalId, site: &SiteId) -> Result<(), ServiceError> {
        if let Some(choices) = &self.case.fixture.governance {
            self.service.choose(site, None, choices).await?;
        }
        self.sites.put(person.clone(), site.clone());
        Ok(())
    }

    async fn ask(&mut self, asked: &Asked, plugins: Plugins<'_>) -> Result<(), String> {
        let Asked { verb, automation: name, by, .. } = asked;
        if let Verb::Create(workspace, kind) = verb {
            let site = self.sites.of(by).unwrap_or_else(|| self.case.fixture.seed.site.clone());
            let (workspace, name, creator) = (workspace.clone(), name.clone(), by.clone());
            let new = NewAutomation { site, workspace, kind: *kind, name: name.clone(), creator };
            let id = self.service.create_automation(new).await.map_err(|error| error.to_string())?;
            self.names.insert(name, id);
            return Ok(());
        }
        let id = self.names.get(name).cloned().ok_or("it was never made")?;
        let life = self.service.automation(&id).await.map_err(|error| error.to_string())?;
        match verb {
            Verb::Draft(content) => self.draft(&id, &life, by, content).await,
            Verb::Publish(content, consent) => {
                let draft = self.content(content, plugins).await?;
                let saved = self.service.saved_draft(&id, by).await.map_err(|error| error.to_string())?;
                let base = saved.map_or_else(|| life.automation.published.clone(), |saved| saved.base);
                let instead_of = asked.confirm.then(|| expected(asked, &life));
                let how = Publishing { base, consent: *consent, instead_of, shown: None };
                self.service.publish(&id, by, &draft, how).await.map(drop).map_err(|error| error.to_string())
            }
            Verb::Clone(copy) => {
                let made = self.service.clone_automation(&id, by, copy).await.map_err(|error| error.to_string())?;
                self.names.insert(copy.clone(), made);
                Ok(())
            }
            Verb::Reveal(reason) => {
                let revealed = self.reveal(&id, by, reason).await?;
                self.shown.revealed.insert((by.clone(), name.clone()), revealed);
                Ok(())
            }
            Verb::RunNow(row) => {
                self.service.run_now(&id, by, row.clone()).await.map(drop).map_err(|error| error.to_string())
            }
            Verb::DryRun(row, people) => {
                let tried = self.try_as(&id, by, row.clone(), people).await?;
                self.shown.tried.insert((by.clone(), name.clone()), tried);
                Ok(())
            }
            _ => {
                let shown = self.prospect(&id, by).await?;
                let ask = plain(asked, &life, shown.as_ref())?;
                self.service.ask(&id, by, ask).await.map_err(|error| error.to_string())?;
                if let Verb::Rename(name) = verb {
                    self.names.insert(name.clone(), id);
                }
                Ok(())
            }
        }
    }

    /// Every run of it that the person knows of, revealed.
    async fn reveal(&self, id: &AutomationId, by: &PrincipalId, reason: &str) -> Result<Vec<RunView>, String> {
        let runs = self.service.history(by, Some(id), None, HISTORY).await.map_err(|error| error.to_string())?;
        if runs.is_empty() {
            return Err("they know of no run of it".to_owned());
        }
        let mut revealed = vec![];
        for run in runs {
            let shown = self.service.reveal(by, &run.id, reason).await;
            revealed.push(shown.map_err(|error| error.to_string())?);
        }
        Ok(revealed)
    }

    async fn try_as(
        &self,
        id: &AutomationId,
        by: &PrincipalId,
        row: Option<RowRef>,
        people: &BTreeSet<PrincipalId>,
    ) -> Result<Vec<Simulated>, String> {
        let own = BTreeSet::from([by.clone()]);
        let people = if people.is_empty() { &own } else { people };
        let tried = self.service.simulate(id, by, None, Occasion::Now(row), people).await;
        tried.map_err(|error| error.to_string())
    }

    /// What the person is shown; `None`: they do not see it.
    async fn prospect(&self, id: &AutomationId, who: &PrincipalId) -> Result<Option<Prospect>, String> {
        match self.service.prospect(id, who).await {
            Ok(shown) => Ok(Some(shown)),
            Err(ServiceError::Refused(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn draft(&self, id: &AutomationId, life: &Life, by: &PrincipalId, content: &Content) -> Result<(), String> {
        let like = self.like(content)?;
        let draft = SavedDraft {
            plugin: plugin_name(&like.plugin),
            settings: serde_json::Value::Object(settings(like, content)),
            trigger: like.trigger.clone(),
            recipients: recipients(like, content),
            base: life.automation.published.clone(),
        };
        self.service.save_draft(id, by, &draft).await.map_err(|error| error.to_string())
    }

    async fn content(&self, content: &Content, plugins: Plugins<'_>) -> Result<Draft, String> {
        let like = self.like(content)?;
        let plugin = self.upload(like, plugins).await.map_err(|error| error.to_string())?;
        let settings = serde_json::Value::Object(settings(like, content));
        Ok(Draft { plugin, settings, trigger: like.trigger.clone(), recipients: recipients(like, content) })
    }

    fn like(&self, content: &Content) -> Result<&FixtureAutomation, String> {
        let found = self.case.fixture.automations.iter().find(|one| one.name == content.like);
        found.ok_or_else(|| format!("the fixture has no automation `{}`", content.like))
    }

    /// Gives something, or takes it away; whether that changed anything.
    pub(super) async fn hold(&self, who: &PrincipalId, held: &Held, give: bool) -> Result<bool, String> {
        let embedded = &self.embedded;
        let done = match (held, give) {
            (Held::Grant(grant), true) => embedded.grant(who, grant).await,
            (Held::Grant(grant), false) => embedded.revoke(who, grant).await,
            (Held::Over(grant), true) => embedded.grant_over(who, grant).await,
            (Held::Over(grant), false) => embedded.revoke_over(who, grant).await,
            (Held::Operation(name), true) => embedded.grant_operation(who, name).await,
            (Held::Operation(name), false) => embedded.revoke_operation(who, name).await,
            (Held::Role(holding), true) => embedded.give_role(who, holding).await,
            (Held::Role(holding), false) => embedded.take_role(who, holding).await,
            (Held::Member(workspace), true) => embedded.add_to_workspace(who, workspace).await,
            (Held::Member(workspace), false) => embedded.remove_from_workspace(who, workspace).await,
            (Held::Team(team), true) => embedded.join_team(who, team).await,
            (Held::Team(team), false) => embedded.leave_team(who, team).await,
        };
        done.map_err(|error| error.to_string())
    }

    /// What became of the automations, as far as expectations speak of it.
    pub(super) async fn governed(&self) -> Result<ObservedGovernance, String> {
        let OnTheWay { revealed, tried } = &self.shown;
        let (revealed, tried) = (revealed.clone(), tried.clone());
        let mut observed = ObservedGovernance { revealed, tried, ..ObservedGovernance::default() };
        for (name, id) in &self.names {
            let life = self.service.automation(id).await.map_err(|error| error.to_string())?;
            let happened = self.service.happenings(id).await.map_err(|error| error.to_string())?;
            let happened = happened.into_iter().map(|(_, by, what)| (by, word(&what))).collect();
            observed.automations.insert(name.clone(), ObservedAutomation { life, happened });
        }
        for item in &self.case.expectations.list {
            if let Kind::Governed(expected) = &item.kind {
                self.look_at(expected, &mut observed).await?;
            }
        }
        Ok(observed)
    }

    async fn look_at(&self, expected: &Governed, observed: &mut ObservedGovernance) -> Result<(), String> {
        match expected {
            Governed::Sees(who, ..) => {
                let seen = self.service.all_visible(who).await.map_err(|error| error.to_string())?;
                observed.seen.insert(who.clone(), seen);
            }
            Governed::May(who, name, _) => {
                let Some(id) = self.names.get(name) else { return Ok(()) };
                if let Some(shown) = self.prospect(id, who).await? {
                    observed.shown.insert((who.clone(), name.clone()), shown_of(&shown));
                }
            }
            Governed::Notice(to, ..) => {
                let told = self.service.notices(to).await.map_err(|error| error.to_string())?;
                observed.notices.insert(to.clone(), told.into_iter().map(|(_, told)| told).collect());
            }
            Governed::History(who, name, _) => {
                let Some(id) = self.names.get(name) else { return Ok(()) };
                let runs = self.service.history(who, Some(id), None, HISTORY).await;
                observed.histories.insert((who.clone(), name.clone()), runs.map_err(|error| error.to_string())?);
            }
            Governed::Reach(who, name, _) => {
                let Some(id) = self.names.get(name) else { return Ok(()) };
                match self.service.reach(id, who).await {
                    Ok(reach) => drop(observed.reaches.insert((who.clone(), name.clone()), reach)),
                    Err(ServiceError::Refused(_)) => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
            Governed::Automation(..) | Governed::Happened(..) | Governed::Revealed(..) | Governed::Tried(..) => {}
        }
        Ok(())
    }
}

/// What did not come as a step says; `None`: it did.
pub(super) fn surprise(point: &Point, refusal: Option<String>) -> Option<String> {
    match (point, refusal) {
        (Point::SetUp | Point::Allowed, None) => None,
        (Point::SetUp | Point::Allowed, Some(told)) => Some(format!("expected that it is done; it is refused: {told}")),
        (Point::Refused(words), None) => Some(format!("expected a refusal with {words:?}; it is done")),
        (Point::Refused(words), Some(told)) => {
            (!told.contains(words)).then(|| format!("expected a refusal with {words:?}; it says {told:?}"))
        }
    }
}

/// What is asked, with what the person was shown.
fn plain(asked: &Asked, life: &Life, shown: Option<&Prospect>) -> Result<Ask, String> {
    let acquisition = || Acquisition {
        expected: expected(asked, life),
        new: shown.map_or_else(|| asked.by.clone(), |shown| shown.acquires_as.clone()),
        version: life.automation.published.clone().filter(|_| asked.confirm),
    };
    let confirmed = || asked.confirm.then(acquisition);
    let version = || life.automation.published.clone().ok_or("nothing of it is published");
    Ok(match asked.verb.clone() {
        Verb::Rename(name) => Ask::Rename { name, acquisition: confirmed() },
        Verb::SetKind(kind) => Ask::SetKind { kind },
        Verb::Enable => Ask::Enable { version: version()?, acquisition: confirmed() },
        Verb::Disable => Ask::Disable { acquisition: confirmed() },
        Verb::Consent => Ask::Consent { version: version()? },
        Verb::Revoke => Ask::Revoke,
        Verb::Take => Ask::Take { acquisition: acquisition() },
        Verb::Offer(to) => Ask::Offer { to },
        Verb::Accept => {
            let offered = life.automation.offered.clone().unwrap_or_else(|| asked.by.clone());
            Ask::Accept { acquisition: Acquisition { new: offered, ..acquisition() } }
        }
        Verb::Decline => Ask::Decline,
        Verb::Move(new) => Ask::Move { expected: expected(asked, life), new },
        Verb::Share(add, remove) => Ask::Share { add, remove },
        Verb::Invite(add, remove) => Ask::Invite { add, remove },
        Verb::Migrate => Ask::Migrate { version: version()?, run_as: None },
        Verb::Delete => Ask::Delete,
        Verb::Create(..)
        | Verb::Draft(_)
        | Verb::Publish(..)
        | Verb::Clone(_)
        | Verb::RunNow(_)
        | Verb::Reveal(_)
        | Verb::DryRun(..) => {
            return Err("it has a way of its own".to_owned());
        }
    })
}

fn shown_of(shown: &Prospect) -> ObservedShown {
    ObservedShown {
        may: shown.may.clone(),
        lacks: shown.lacks.iter().chain(&shown.run_as_lacks).map(ToString::to_string).collect(),
        live: shown.version.as_ref().map(|version| version.settings().to_owned()),
    }
}

/// Whom it runs as, as the person was shown.
fn expected(asked: &Asked, life: &Life) -> Option<PrincipalId> {
    asked.expected.clone().unwrap_or_else(|| life.automation.run_as.clone())
}

fn settings(like: &FixtureAutomation, content: &Content) -> serde_json::Map<String, serde_json::Value> {
    let mut settings = like.settings.clone();
    settings.extend(content.settings.clone());
    settings
}

fn recipients(like: &FixtureAutomation, content: &Content) -> BTreeSet<Recipient> {
    content.recipients.clone().unwrap_or_else(|| like.recipients.iter().cloned().collect())
}

fn plugin_name(plugin: &PluginRef) -> String {
    let (PluginRef::Name(name) | PluginRef::File(name)) = plugin;
    name.clone()
}

/// What happened, as its word in history.
fn word(happening: &Happening) -> String {
    let json = serde_json::to_value(happening).unwrap_or_default();
    json.get("happening").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
