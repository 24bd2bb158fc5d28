//! Automations: making them, and everything that may be asked of one. Each command is decided and kept in one transaction.

use std::collections::BTreeSet;

use mandate_governance::{
    Acquisition, Ask, Automation, Changes, Command, Happening, Lack, Life, Planted, Refused, Settings, SiteChoices,
    Version, changes,
    settings::{Acquire, Transfer},
};
use mandate_model::{AutomationId, AutomationKind, Failure, PrincipalId, SiteId, Trigger, VersionId};
use mandate_policy::Act;
use mandate_runtime::platform::Unavailable;

use crate::{
    drafts::SavedDraft,
    error::{Result, ServiceError},
    governing::{Governing, Told, decide::ATTEMPTS, facts::About},
    service::{Draft, Service},
    store,
};

/// How many automations are read at once to look whether they still may do what they declare.
const RECHECKED: u32 = 256;

/// A new automation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAutomation {
    /// Its site; never changes.
    pub site: SiteId,
    /// Its workspace; never changes.
    pub workspace: Option<String>,
    /// Private or main.
    pub kind: AutomationKind,
    /// What it is called.
    pub name: String,
    /// Who makes it.
    pub creator: PrincipalId,
}

/// How to publish a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publishing {
    /// What was published when the draft was begun.
    pub base: Option<VersionId>,
    /// Whether the actor lets the new version act for the principal that it runs as, for whom they speak.
    pub consent: bool,
    /// Whom it runs as now, if the actor confirms that publishing makes it run as themself instead.
    pub instead_of: Option<Option<PrincipalId>>,
    /// With that: what will act for them, as they were shown. Refused if it would be another; `None`: whatever is published by this.
    pub shown: Option<VersionId>,
}

/// What is published, before it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Was {
    /// The actor's draft: what they change next they change in that.
    Draft,
    /// Published before: a draft that they have was begun on something else.
    Published,
}

/// What a person is shown before they decide on an automation.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// The automation and its consent.
    pub life: Life,
    /// Whom an act of `acquire_on` by this person makes it run as.
    pub acquires_as: PrincipalId,
    /// What would run; `None`: nothing is published.
    pub version: Option<Version>,
    /// Whether the site evaluates notifications as run_as now; whether the version was made so it says itself (ONE-09).
    pub as_run_as: bool,
    /// What is new in it against what its principal let last.
    pub changes: Option<Changes>,
    /// Whether its principal let none before: then all of it is new.
    pub first: bool,
    /// Declared powers that this person lacks.
    pub lacks: Vec<Lack>,
    /// Declared powers that the principal that it runs as lacks.
    pub run_as_lacks: Vec<Lack>,
    /// What this person may do.
    pub may: BTreeSet<Act>,
    /// Which of that makes it run as `acquires_as` in this site, where it does not: refused until that is confirmed (FND-18).
    pub moves: BTreeSet<Act>,
    /// How it can come to run as somebody else in this site, besides by `moves`.
    pub ways: BTreeSet<Transfer>,
}

impl Service {
    /// Makes an automation: off, nothing published, without consent. Where the site's settings say so, it runs as its creator.
    pub async fn create_automation(&self, new: NewAutomation) -> Result<AutomationId> {
        self.create(new, None).await
    }

    async fn create(&self, new: NewAutomation, cloned_from: Option<AutomationId>) -> Result<AutomationId> {
        let id = AutomationId::from_bytes(store::random_id()?);
        let NewAutomation { site, workspace, kind, name, creator } = new;
        let planted = Planted {
            site: site.clone(),
            workspace: workspace.clone(),
            kind,
            name: name.clone(),
            run_as: creator.clone(),
            managers: BTreeSet::new(),
            members: BTreeSet::new(),
        };
        let as_it_would_be = Life::planted(id.clone(), planted).automation;
        let mut tx = self.store().reader().begin().await?;
        let governing = self.runner().governing(&mut tx, &site).await?;
        drop(tx);
        let inquiry = self.runner().inquiry(&governing);
        let mut command = Command::Asked {
            actor: creator.clone(),
            ask: Ask::Create { id: id.clone(), site, workspace, kind, name, cloned_from, acquisition: None },
        };
        let about = About { automation: &as_it_would_be, versions: vec![] };
        let facts = inquiry.facts(&creator, &command, None, &about).await?;
        if governing.settings.acquire_on.contains(&Acquire::Create)
            && let Command::Asked { ask: Ask::Create { acquisition, .. }, .. } = &mut command
        {
            *acquisition = Some(Acquisition { expected: None, new: facts.acquires_as.clone(), version: None });
        }
        let (life, happened) = match mandate_governance::apply(None, &command, &facts) {
            Ok(applied) => applied,
            Err(refused) => return Err(self.runner().explained(refused, &inquiry, &creator, &about).await.into()),
        };
        if let Some(workspace) = &life.automation.workspace
            && self.host().roles.is_open(workspace).await?.is_none()
        {
            return Err(ServiceError::NoWorkspace(workspace.clone()));
        }
        let mut tx = self.store().begin().await?;
        if store::site::choices(&mut *tx, &life.automation.site).await? != governing.choices {
            return Err(ServiceError::Contended);
        }
        store::automation::keep(&mut tx, &life, Some(&creator), &happened, inquiry.at).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Sets an automation up as the operator says, for instance from a fixture: nobody's rights count.
    pub async fn plant(&self, planted: Planted) -> Result<AutomationId> {
        let id = AutomationId::from_bytes(store::random_id()?);
        let life = Life::planted(id.clone(), planted);
        let mut tx = self.store().begin().await?;
        let created = Happening::Created { cloned_from: None };
        store::automation::keep(&mut tx, &life, None, &[created], self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Publishes a version of a planted automation and turns it on: the operator says that its principal let it.
    pub async fn plant_version(&self, id: &AutomationId, draft: &Draft) -> Result<VersionId> {
        let life = self.automation(id).await?;
        let version = self.version(&life.automation.site, draft).await?;
        let at = self.host().clock.now();
        let mut tx = self.store().begin().await?;
        let published = store::automation::insert_version(&mut tx, &version, at).await?;
        let principal = life.automation.run_as.clone();
        let life = life.turned_on(published.clone(), at);
        let mut happened = vec![Happening::Published { version: published.clone() }];
        happened.extend(principal.map(|principal| {
            let by = principal.clone();
            Happening::Consented { principal, version: published.clone(), by }
        }));
        happened.push(Happening::Enabled);
        store::automation::keep(&mut tx, &life, None, &happened, at).await?;
        if let Some(run_as) = &life.automation.run_as {
            store::draft::rebase(&mut tx, id, run_as, &published).await?;
        }
        store::automation::listen(&mut tx, &life.automation.site, id, Some(version.trigger())).await?;
        self.runner().retime(&mut tx, &life, at).await?;
        tx.commit().await?;
        Ok(published)
    }

    /// Publishes a version: what would run from now on. It runs only once the principal that it runs as has let exactly it.
    pub async fn publish(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: &Draft,
        how: Publishing,
    ) -> Result<VersionId> {
        self.publish_as(id, actor, draft, how, Was::Draft).await
    }

    pub(crate) async fn publish_as(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        draft: &Draft,
        how: Publishing,
        was: Was,
    ) -> Result<VersionId> {
        // Who may not see it learns nothing by how a draft is refused.
        let life = self.automation(id).await?;
        if !self.runner().sees_automation(&life, actor).await? {
            return Err(Refused::Unknown.into());
        }
        let version = self.version(&life.automation.site, draft).await?;
        self.fits(&life, actor, version.trigger()).await?;
        let site = life.automation.site;
        let published = version.id();
        for _ in 0..ATTEMPTS {
            let ask = self.runner().publishing(id, actor, &version, &how).await?;
            let decided = self.runner().decide(id, actor, ask, Some(&version)).await?;
            let mut tx = self.store().begin().await?;
            store::automation::insert_version(&mut tx, &version, decided.at).await?;
            if self.runner().keep(&mut tx, &decided).await? {
                if was == Was::Draft {
                    store::draft::rebase(&mut tx, id, actor, &published).await?;
                }
                store::automation::listen(&mut tx, &site, id, Some(version.trigger())).await?;
                tx.commit().await?;
                return Ok(published);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Refuses a `where` that does not fit its dataset, of which the publisher must see the columns. Who publishes what it was
    /// before need not see them.
    async fn fits(&self, life: &Life, actor: &PrincipalId, trigger: &Trigger) -> Result<()> {
        let (Some(dataset), false) = (trigger.dataset(), trigger.only().is_empty()) else { return Ok(()) };
        if let Some(published) = &life.automation.published
            && store::automation::version(self.store().reader(), published).await?.trigger() == trigger
        {
            return Ok(());
        }
        match self.host().platform.data.open(actor).fits(dataset, trigger.only()).await {
            Ok(()) => Ok(()),
            Err(Failure::Unavailable(reason)) => Err(Unavailable(reason).into()),
            Err(Failure::Denied(_)) => Err(ServiceError::Where(format!(
                "`{dataset}` does not have all of these columns, or you may not see them"
            ))),
            Err(Failure::Invalid(why) | Failure::Limit(why)) => Err(ServiceError::Where(why)),
        }
    }

    /// Everything else that may be asked of an automation: see [`Ask`]. What happened, in order.
    pub async fn ask(&self, id: &AutomationId, actor: &PrincipalId, ask: Ask) -> Result<Vec<Happening>> {
        self.asked(id, actor, ask, None).await
    }

    /// [`Service::ask`] if the automation still is as it was `seen`: judged in the transaction of the change.
    /// [`ServiceError::Changed`]: it is not, and nothing happened.
    pub async fn ask_unchanged(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        ask: Ask,
        seen: &Life,
    ) -> Result<Vec<Happening>> {
        self.asked(id, actor, ask, Some(seen)).await
    }

    async fn asked(
        &self,
        id: &AutomationId,
        actor: &PrincipalId,
        ask: Ask,
        seen: Option<&Life>,
    ) -> Result<Vec<Happening>> {
        if matches!(ask, Ask::Create { .. } | Ask::Publish { .. } | Ask::RunNow | Ask::Clone) {
            return Err(ServiceError::OtherVerb);
        }
        for _ in 0..ATTEMPTS {
            let decided = self.runner().decide(id, actor, ask.clone(), None).await?;
            if seen.is_some_and(|seen| *seen != decided.before) {
                return Err(ServiceError::Changed);
            }
            // What was decided on is kept only if nothing changed since.
            let mut tx = self.store().begin().await?;
            if self.runner().keep(&mut tx, &decided).await? {
                tx.commit().await?;
                return Ok(decided.happened);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Turns an automation on: where `actor` is whom it runs as, they let exactly `version`, the published one, act for them.
    pub async fn enable(&self, id: &AutomationId, actor: &PrincipalId, version: &VersionId) -> Result<()> {
        self.ask(id, actor, Ask::Enable { version: version.clone(), acquisition: None }).await.map(drop)
    }

    /// Turns an automation off. What is staged or queued is withheld, what runs ends at its next host call.
    pub async fn disable(&self, id: &AutomationId, actor: &PrincipalId) -> Result<()> {
        self.ask(id, actor, Ask::Disable { acquisition: None }).await.map(drop)
    }

    /// Takes the consent back. What is staged or queued is withheld, what runs ends at its next host call.
    pub async fn revoke(&self, id: &AutomationId, actor: &PrincipalId) -> Result<()> {
        self.ask(id, actor, Ask::Revoke).await.map(drop)
    }

    /// Deletes an automation, for ever. What ran stays in history.
    pub async fn delete(&self, id: &AutomationId, actor: &PrincipalId) -> Result<()> {
        self.ask(id, actor, Ask::Delete).await.map(drop)
    }

    /// The platform says that the principal that an automation runs as no longer has declared powers: as the site's setting
    /// `on_denied` says, it stops (VEN-18). Whether it did.
    pub async fn lose(&self, id: &AutomationId, powers: Vec<Lack>) -> Result<bool> {
        self.runner().lose(id, &powers).await
    }

    /// Looks at every automation that is on, and stops those whose principal lost a declared power, also while they are idle: for
    /// a platform to call when rights change. Which were stopped. Of whom nobody can say now what they hold, nothing is stopped: they
    /// are looked at again the next time.
    pub async fn recheck(&self) -> Result<Vec<AutomationId>> {
        let (mut stopped, mut after) = (vec![], None);
        loop {
            let page = store::automation::on(self.store().reader(), after.as_ref(), RECHECKED).await?;
            for life in page.whole {
                if self.runner().recheck(&life).await? {
                    stopped.push(life.automation.id);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(stopped);
            }
        }
    }

    /// A copy: off, nothing published, without consent; its creator is `actor`. Its first draft is `actor`'s, as the original is
    /// published (FIL-28, FIL-29, A03).
    pub async fn clone_automation(&self, id: &AutomationId, actor: &PrincipalId, name: &str) -> Result<AutomationId> {
        let decided = self.runner().decide(id, actor, Ask::Clone, None).await?;
        let mut tx = self.store().reader().begin().await?;
        let original = decided.before.clone();
        let version = self.runner().published_of(&mut tx, &original).await?;
        drop(tx);
        if let Some(version) = &version {
            self.runner().knows_whole(&original, actor, version).await?;
        }
        let automation = original.automation;
        let new = NewAutomation {
            site: automation.site,
            workspace: automation.workspace,
            kind: automation.kind,
            name: name.to_owned(),
            creator: actor.clone(),
        };
        let copy = self.create(new, Some(id.clone())).await?;
        if let Some(version) = version {
            // Begun on nothing: the copy has nothing published.
            self.save_draft(&copy, actor, &SavedDraft { base: None, ..SavedDraft::of(&version)? }).await?;
        }
        let mut tx = self.store().begin().await?;
        // Whatever became of the original meanwhile, the copy was made of what it was.
        store::automation::record(&mut tx, id, Some(actor), &Happening::Cloned, decided.at).await?;
        tx.commit().await?;
        Ok(copy)
    }

    /// What `viewer` is shown before they decide on an automation; [`Refused::Unknown`] if they may not see it.
    pub async fn prospect(&self, id: &AutomationId, viewer: &PrincipalId) -> Result<Prospect> {
        let mut tx = self.store().reader().begin().await?;
        let life = store::automation::known(&mut *tx, id).await?;
        let version = self.runner().published_of(&mut tx, &life).await?;
        let governing = self.runner().governing(&mut tx, &life.automation.site).await?;
        let consented = store::automation::last_consented(&mut tx, &life).await?;
        drop(tx);
        let inquiry = self.runner().inquiry(&governing);
        let about = About { automation: &life.automation, versions: version.iter().collect() };
        let Some(standing) = self.host().roles.standing(viewer).await? else { return Err(Refused::Unknown.into()) };
        let lacks = inquiry.lacks(viewer, &about.declared(&governing.settings)).await;
        let before = inquiry.before(viewer, &standing, &about, false, lacks.is_empty()).await?;
        if !inquiry.sees(&before) {
            return Err(Refused::Unknown.into());
        }
        let acquires_as = inquiry.acquires_as(viewer, &standing);
        let may: BTreeSet<Act> =
            Act::ALL.iter().copied().filter(|act| inquiry.decide(*act, &before).is_allow()).collect();
        Ok(Prospect {
            moves: moves(&governing.settings, &life.automation, &acquires_as).intersection(&may).copied().collect(),
            ways: ways(&governing.settings),
            acquires_as,
            first: consented.is_none(),
            changes: version.as_ref().map(|version| changes(consented.as_ref(), version)),
            may,
            lacks: inquiry.known_to(viewer, lacks).await?,
            run_as_lacks: inquiry.run_as_lacks(viewer, &about).await?,
            as_run_as: governing.settings.evaluate_as.is_run_as(),
            version,
            life,
        })
    }

    /// What a person was told of automations, in order, with when.
    pub async fn notices(&self, person: &PrincipalId) -> Result<Vec<(i64, Told)>> {
        store::notice::of(self.store().reader(), person).await
    }

    /// Whether `actor` may say how a site governs its automations; refused as [`Service::choose`] would, if not.
    pub async fn may_choose(&self, site: &SiteId, actor: &PrincipalId) -> Result<()> {
        self.runner().may_set_policy(site, actor).await
    }

    /// How a site governs its automations.
    pub async fn choices(&self, site: &SiteId) -> Result<SiteChoices> {
        store::site::choices(self.store().reader(), site).await
    }

    /// Governs a site otherwise from now on; refused if the settings or policies are not valid or the successor is nobody who can
    /// take over, then nothing changes. `actor` needs the permission `set-policy`; `None`: the operator.
    pub async fn choose(&self, site: &SiteId, actor: Option<&PrincipalId>, choices: &SiteChoices) -> Result<()> {
        Governing::of(choices)?;
        if let Some(actor) = actor {
            self.runner().may_set_policy(site, actor).await?;
        }
        self.check_successor(site, choices).await?;
        let mut tx = self.store().begin().await?;
        store::site::choose(&mut tx, site, actor, choices, self.host().clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// How automations of a site with these settings are handed over: where taking one does not make it run as who takes it, nobody does.
fn ways(settings: &Settings) -> BTreeSet<Transfer> {
    let takes = settings.acquire_on.contains(&Acquire::Take);
    settings.transfer.iter().copied().filter(|way| *way != Transfer::Pull || takes).collect()
}

/// Acts that make an automation run as `acquires_as`, in a site with these settings.
pub(crate) fn moves(settings: &Settings, automation: &Automation, acquires_as: &PrincipalId) -> BTreeSet<Act> {
    if automation.runs_as(acquires_as) || automation.deleted {
        return BTreeSet::new();
    }
    let acts = |acquire: &Acquire| match acquire {
        Acquire::FirstEnable if automation.run_as.is_some() => vec![],
        Acquire::FirstEnable => vec![Act::Enable],
        Acquire::Toggle => vec![Act::Enable, Act::Disable],
        Acquire::Rename => vec![Act::Rename],
        Acquire::Save | Acquire::SaveLogic => vec![Act::Edit],
        // Making it is past, and taking it says so itself.
        Acquire::Create | Acquire::Take => vec![],
    };
    settings.acquire_on.iter().flat_map(acts).collect()
}
