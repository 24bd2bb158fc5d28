//! What a viewer is shown of a dry run that was asked as somebody else: what they would be shown of it in history, had it been a run.

use mandate_model::PrincipalId;

use super::sight::Eyes;
use crate::{
    dry_run::Rehearsal,
    error::Result,
    replay::Rehearsed,
    runner::{Context, Runner},
    simulate::SimulatedPart,
};

/// What one person could know now of what a dry run is about.
pub(crate) struct Glance(Eyes);

impl Runner {
    /// A viewer, who knows that it happened, before what is tried.
    pub(crate) async fn glance(&self, viewer: &PrincipalId, context: &Context) -> Result<Glance> {
        let from = self.standpoint(&context.life, viewer).await?;
        Ok(Glance(self.eyes(viewer, from.as_ref(), true, context).await?))
    }
}

impl Glance {
    /// Whether the viewer may know whether there is anything for another person: that may depend on every cell of the row.
    pub(crate) fn whether(&self) -> bool {
        self.0.act
    }

    /// What was asked as `person`, as far as the viewer could read now what it read.
    pub(crate) async fn redacted(&self, person: &PrincipalId, came: Rehearsal<Rehearsed>) -> Rehearsal<SimulatedPart> {
        let Rehearsal::Parts(parts) = came else { return Rehearsal::NoEvent };
        let mut shown = vec![];
        for part in parts {
            let seen = self.0.entries(person, &part.journal).await;
            let all = seen == part.journal.len() && self.0.names;
            shown.push(part.cut((!all).then_some(seen)));
        }
        Rehearsal::Parts(shown)
    }
}
