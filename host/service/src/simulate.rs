//! Simulating: a dry run as other people. It takes rights over both: to edit the automation, and to try things as each person, whose
//! page one sees. What comes of it is evaluated with that person's rights, and shown by those of who asks, entry by entry, as history is.

use std::collections::BTreeSet;

use mandate_governance::Ask;
use mandate_model::{AutomationId, Effect, Entry, Finding, Message, Outcome, PrincipalId, PrincipalKind};
use mandate_runtime::part::Usage;
use serde::{Deserialize, Serialize};

use crate::{
    dry_run::{Occasion, Rehearsal},
    error::{Result, ServiceError},
    history::Shown,
    replay::Rehearsed,
    service::{Draft, Service},
    store::part::PartKind,
};

/// Most people that are tried at once.
const PEOPLE: usize = 20;

/// What an automation would come to as one person, as far as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulated {
    /// As whom.
    pub person: PrincipalId,
    /// What it comes to. Hidden from who does not see the row that it is about in every column: whether there is anything for that
    /// person may depend on any.
    pub comes_to: Shown<Rehearsal<SimulatedPart>>,
}

/// A part, as far as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedPart {
    /// Which part.
    pub kind: PartKind,
    /// What the guest asked and was told, up to the first entry that depends on what the viewer may not see.
    pub journal: Vec<Entry>,
    /// What it comes to; shown if every entry is.
    pub rest: Shown<Foreseen>,
}

/// What a part comes to: all of it is what a guest made of everything that it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foreseen {
    /// See [`Rehearsed::outcome`].
    pub outcome: Outcome,
    /// See [`Rehearsed::findings`].
    pub findings: Vec<(Finding, Outcome)>,
    /// See [`Rehearsed::effects`].
    pub effects: Vec<Effect>,
    /// See [`Rehearsed::messages`].
    pub messages: Vec<(String, Message)>,
    /// See [`Rehearsed::usage`].
    pub usage: Usage,
}

impl Service {
    /// [`Service::dry_run`] as each of `people`, in order of their ids. As somebody else it takes, besides, the right to try automations
    /// as them and sight of their page, or being a site admin; it is refused as a whole where that is lacking for one of them.
    ///
    /// Nothing is evaluated as somebody of whom the viewer may not even know whether there would be anything.
    pub async fn simulate(
        &self,
        id: &AutomationId,
        viewer: &PrincipalId,
        draft: Option<&Draft>,
        occasion: Occasion,
        people: &BTreeSet<PrincipalId>,
    ) -> Result<Vec<Simulated>> {
        self.runner().decide(id, viewer, Ask::Draft, None).await?;
        if people.len() > PEOPLE {
            return Err(ServiceError::TooManySimulated { count: people.len(), most: PEOPLE });
        }
        self.may_try_as(viewer, people).await?;
        let stage = self.stage(id, viewer, draft, occasion).await?;
        let glance = self.runner().glance(viewer, &stage.context).await?;
        let mut simulated = vec![];
        for person in people {
            let comes_to = if person == viewer {
                Shown::Shown(self.rehearsal(&stage, person).await?.whole())
            } else if glance.whether() {
                Shown::Shown(glance.redacted(person, self.rehearsal(&stage, person).await?).await)
            } else {
                Shown::hidden()
            };
            simulated.push(Simulated { person: person.clone(), comes_to });
        }
        Ok(simulated)
    }

    /// Whether the viewer may try automations as all of these. Who is not there is told like whom they may not.
    async fn may_try_as(&self, viewer: &PrincipalId, people: &BTreeSet<PrincipalId>) -> Result<()> {
        let standing = self.host().roles.standing(viewer).await?;
        for person in people.iter().filter(|person| *person != viewer) {
            let may = standing.as_ref().is_some_and(|standing| standing.may_try_as(person));
            if !may || person.kind() != PrincipalKind::User {
                return Err(ServiceError::NotAsThem { actor: viewer.clone(), person: person.clone() });
            }
        }
        Ok(())
    }
}

impl Rehearsal<Rehearsed> {
    /// All of it, for whom it was asked as.
    fn whole(self) -> Rehearsal<SimulatedPart> {
        match self {
            Self::NoEvent => Rehearsal::NoEvent,
            Self::Parts(parts) => Rehearsal::Parts(parts.into_iter().map(|part| part.cut(None)).collect()),
        }
    }
}

impl Rehearsed {
    /// Its first entries, and no more; `None`: all of it.
    pub(crate) fn cut(self, shown: Option<usize>) -> SimulatedPart {
        let Self { kind, outcome, findings, effects, messages, mut journal, usage } = self;
        journal.truncate(shown.unwrap_or(journal.len()));
        let foreseen = Foreseen { outcome, findings, effects, messages, usage };
        SimulatedPart { kind, journal, rest: Shown::only_if(shown.is_none(), foreseen) }
    }
}
