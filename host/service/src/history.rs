//! History: what a person may see of what ran. Their own parts are theirs. Of others' they are shown the act part, if they may see the
//! automation's history, as far as they could read now what it read; notify parts of others do not exist for them, except in
//! [`reveal`], on the record.
//!
//! `sight` decides who is shown what; every page of history is made here, so that there is one redaction.

mod explain;
mod last;
mod list;
mod parts;
mod past;
mod retry;
mod reveal;
mod sight;
mod simulated;
mod unused;

use mandate_model::{AutomationId, Change, Entry, Event, Finding, Occurrence, Outcome, PrincipalId, RunId, VersionId};
use mandate_runtime::part::Usage;
use serde::{Deserialize, Serialize};

use self::sight::Look;
pub use self::{
    explain::{Explanation, Fate},
    last::LastRun,
    past::{Occasions, Past},
    sight::Sight,
    unused::Unused,
};
use crate::{
    error::{Result, ServiceError},
    runner::{Context, Runner},
    store::{
        self,
        effect::StagedEffect,
        inbox::Delivered,
        part::{PartKind, PartState, Seen},
        run::Run,
    },
};

/// What stands in the place of everything that is not shown: always the same words, whatever and however much it was.
pub const HIDDEN: &str = "not shown: it depends on what you may not see, or on what is no longer there";

/// Something, or [`HIDDEN`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shown<T> {
    /// Not for this viewer.
    Hidden {
        /// Always [`HIDDEN`].
        hidden: String,
    },
    /// For them.
    Shown(T),
}

impl<T> Shown<T> {
    /// What is not for this viewer.
    pub fn hidden() -> Self {
        Self::Hidden { hidden: HIDDEN.to_owned() }
    }

    /// `value`, if it is for the viewer.
    pub fn only_if(shown: bool, value: T) -> Self {
        if shown { Self::Shown(value) } else { Self::hidden() }
    }

    /// What it is, if it is shown.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Hidden { .. } => None,
            Self::Shown(value) => Some(value),
        }
    }
}

/// A run, as one person may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The run.
    pub id: RunId,
    /// The automation.
    pub automation: AutomationId,
    /// What the automation is called now.
    pub name: String,
    /// What ran; only for whom it ran as. A version's id is a digest over its recipients too, who are nobody else's business.
    pub version: Option<VersionId>,
    /// When it happened: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What happened; hidden from who may not know of it.
    pub event: Shown<Event>,
    /// How it began; only for who may know of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Began>,
    /// How much is shown of what is not the viewer's own.
    pub sight: Sight,
    /// Why no part of it was ever begun; `None`: some were, or will be, or it is not the viewer's to know.
    pub withheld: Option<Shown<String>>,
    /// The viewer's own parts.
    pub parts: Vec<PartView>,
    /// Act parts of others: none, if whom it ran as could not know of the event either, or where nothing but the viewer's own is shown.
    /// Hidden as a whole from who does not see the row in every column, for whether there is one may depend on any.
    pub others: Shown<Vec<PartOfAnother>>,
    /// Notify parts of others, where they were revealed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revealed: Vec<PartOfAnother>,
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    /// When its event was accepted: microseconds since 1970-01-01T00:00:00Z.
    pub accepted: i64,
    /// Who had it run by hand; only for who sees the automation, where it stands too.
    pub by: Option<PrincipalId>,
}

/// A part, as its own person may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartView {
    /// Which part.
    pub kind: PartKind,
    /// Where it stands.
    pub state: PartState,
    /// How its guest ended; `None`: not yet.
    pub outcome: Option<Outcome>,
    /// Why it was withheld, put off or given up.
    pub reason: Option<String>,
    /// Of an act part: what was found, and whether acting on it succeeded.
    pub findings: Vec<(Finding, Outcome)>,
    /// Of an act part: what was asked for, and what became of it.
    pub effects: Vec<StagedEffect>,
    /// Of a notify part: what was delivered.
    pub messages: Vec<Delivered>,
    /// What the guest asked and was told.
    pub journal: Vec<Entry>,
    /// What it used.
    pub usage: Usage,
    /// When it ended last: microseconds since 1970-01-01T00:00:00Z; `None`: not yet, or the audit of it was purged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
    /// [`HIDDEN`], if the rest of the journal and what came of it depend on what its person may not see any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
}

/// A part, as somebody else may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartOfAnother {
    /// Which part.
    pub kind: PartKind,
    /// Whose.
    pub principal: PrincipalId,
    /// What the guest asked and was told, up to the first entry that depends on what the viewer may not see.
    pub journal: Vec<Entry>,
    /// The rest, if there is any, and what came of it: it depends on all that was answered.
    pub rest: Shown<Ending>,
}

/// What came of a part. All of it, also how much it used, is what a guest made of everything that it was told (N10).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// See [`PartView::state`].
    pub state: PartState,
    /// See [`PartView::outcome`].
    pub outcome: Option<Outcome>,
    /// See [`PartView::reason`].
    pub reason: Option<String>,
    /// See [`PartView::findings`].
    pub findings: Vec<(Finding, Outcome)>,
    /// See [`PartView::effects`].
    pub effects: Vec<StagedEffect>,
    /// See [`PartView::messages`].
    pub messages: Vec<Delivered>,
    /// See [`PartView::usage`].
    pub usage: Usage,
    /// See [`PartView::ended`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
}

impl Runner {
    /// The runs in which `viewer` has a part that they may know of: the latest event first.
    pub(crate) async fn runs(&self, viewer: &PrincipalId) -> Result<Vec<RunView>> {
        let seen = store::part::seen(self.store.reader(), viewer, None).await?;
        let ids = seen.iter().map(Seen::run).collect::<Result<std::collections::BTreeSet<_>>>()?;
        let mut runs = Vec::with_capacity(ids.len());
        for id in ids {
            runs.extend(self.shown(viewer, &id).await?.filter(|run| !run.parts.is_empty()));
        }
        runs.sort_by(|one, other| (other.at, &one.id).cmp(&(one.at, &other.id)));
        Ok(runs)
    }

    /// A run for a list: `None` if it is not for the viewer, or cannot be read. Asked for by itself, it says why it cannot.
    async fn shown(&self, viewer: &PrincipalId, id: &RunId) -> Result<Option<RunView>> {
        match self.run(viewer, id).await {
            Ok(run) => Ok(Some(run)),
            Err(ServiceError::NoRun(_)) => Ok(None),
            Err(error) if error.is_broken() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One run. What the viewer may not know of (any more) is told like what does not exist, a denial without its reason (R6), and
    /// what has no label not at all.
    pub(crate) async fn run(&self, viewer: &PrincipalId, id: &RunId) -> Result<RunView> {
        let look = self.look(viewer, id).await?;
        self.page(&look).await
    }

    /// The viewer's own parts of a run, as far as they are shown to them; [`ServiceError::NoRun`] if there are none.
    pub(crate) async fn own_parts(&self, viewer: &PrincipalId, id: &RunId) -> Result<(Context, Vec<PartView>)> {
        let look = self.look(viewer, id).await?;
        let mut parts = vec![];
        for part in &look.own {
            parts.push(self.own_redacted(&look, part).await?);
        }
        if parts.is_empty() { Err(ServiceError::NoRun(id.to_string())) } else { Ok((look.context, parts)) }
    }

    /// What started a run, if the viewer may know of it.
    pub(crate) async fn event_of(&self, viewer: &PrincipalId, id: &RunId) -> Result<Occurrence> {
        let look = self.look(viewer, id).await?;
        if look.eyes.event { Ok(look.context.occurrence) } else { Err(ServiceError::NoRun(id.to_string())) }
    }

    /// [`Runner::run`] with nothing but the viewer's own parts, the reasons of denials, and whatever the viewer may know now: for
    /// the operator.
    pub(crate) async fn run_with_reasons(&self, viewer: &PrincipalId, id: &RunId) -> Result<RunView> {
        let seen = store::part::seen(self.store.reader(), viewer, Some(id)).await?;
        if seen.is_empty() {
            return Err(ServiceError::NoRun(id.to_string()));
        }
        let context = self.context(id).await?;
        let mut view = self.cover(&context, Sight::Own, true);
        for part in &seen {
            view.parts.push(self.own_part(viewer, id, part).await?);
        }
        view.version = acts(&view).then_some(context.run.version);
        Ok(view)
    }

    async fn page(&self, look: &Look) -> Result<RunView> {
        let run = &look.context.run;
        let mut view = self.cover(&look.context, look.sight, look.eyes.event);
        view.began = self.began(look).await?;
        for part in &look.own {
            view.parts.push(self.own_redacted(look, part).await?);
        }
        if look.sight == Sight::Redacted {
            view.withheld = withheld(run, look.eyes.names);
            view.others = match look.eyes.act {
                true => Shown::Shown(self.of_others(look, PartKind::Act).await?),
                // Of their own act part they know already that there is one.
                false if acts(&view) => Shown::Shown(vec![]),
                false => Shown::hidden(),
            };
        }
        view.version = acts(&view).then(|| run.version.clone());
        Ok(view)
    }

    /// How it began, if the viewer may know of the event.
    async fn began(&self, look: &Look) -> Result<Option<Began>> {
        if !look.eyes.event {
            return Ok(None);
        }
        let (reader, context) = (self.store.reader(), &look.context);
        let accepted = store::event::accepted(reader, &context.run.event).await?;
        let by_hand = look.sees && context.occurrence.change == Change::Manual;
        let by = if by_hand {
            store::automation::ran_by(reader, &context.run.automation, context.occurrence.at).await?
        } else {
            None
        };
        Ok(Some(Began { accepted, by }))
    }

    /// A run without its parts; `event`: whether the viewer may know of it.
    fn cover(&self, context: &Context, sight: Sight, event: bool) -> RunView {
        RunView {
            id: context.run.id.clone(),
            automation: context.run.automation.clone(),
            name: context.life.automation.name.clone(),
            version: None,
            at: context.occurrence.at,
            event: Shown::only_if(event, context.occurrence.event(self.store.secret())),
            began: None,
            sight,
            withheld: None,
            parts: vec![],
            others: Shown::Shown(vec![]),
            revealed: vec![],
        }
    }
}

fn acts(view: &RunView) -> bool {
    view.parts.iter().any(|part| part.kind == PartKind::Act)
}

/// Why the run was ended before it was planned: it may name what the automation touches.
fn withheld(run: &Run, names: bool) -> Option<Shown<String>> {
    run.ended().map(|reason| Shown::only_if(names, reason.to_owned()))
}
