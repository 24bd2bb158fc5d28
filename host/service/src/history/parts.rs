//! One part as a page has it: for its own person, and for somebody else.

use mandate_model::PrincipalId;

use super::{Ending, HIDDEN, PartOfAnother, PartView, Shown, sight::Look};
use crate::{
    error::Result,
    redact::{redact, untold},
    runner::Runner,
    store::{
        self,
        inbox::Delivered,
        part::{PartKind, Seen},
    },
};

impl Runner {
    /// A part with all that there is of it.
    pub(super) async fn own_part(
        &self,
        person: &PrincipalId,
        run: &mandate_model::RunId,
        part: &Seen,
    ) -> Result<PartView> {
        let reader = self.store.reader();
        let kind = part.kind()?;
        let messages: Vec<Delivered> = match kind {
            PartKind::Act => vec![],
            PartKind::Notify => store::inbox::inbox(reader, person, Some(run)).await?,
        };
        Ok(PartView {
            kind,
            state: part.state()?,
            outcome: part.outcome()?,
            reason: part.reason.clone(),
            findings: part.findings()?,
            effects: store::effect::of(reader, &part.id).await?,
            messages,
            journal: store::part::journal(reader, &part.id).await?,
            usage: part.usage()?,
            ended: store::audit::ended(reader, &part.id).await?,
            hidden: None,
        })
    }

    /// The viewer's own part, as far as they could read now what was read as them.
    pub(super) async fn own_redacted(&self, look: &Look, part: &Seen) -> Result<PartView> {
        let mut view = self.own_part(&look.viewer, &look.context.run.id, part).await?;
        let seen = look.eyes.entries(&look.viewer, &view.journal).await;
        redact(&mut view, seen);
        Ok(view)
    }

    /// The parts of one kind that are somebody else's.
    pub(super) async fn of_others(&self, look: &Look, kind: PartKind) -> Result<Vec<PartOfAnother>> {
        let mut others = vec![];
        for part in store::part::others(self.store.reader(), &look.viewer, &look.context.run.id, kind).await? {
            others.push(self.of_another(look, &part).await?);
        }
        Ok(others)
    }

    /// Somebody else's part, as far as the viewer could read now what was read as that one.
    async fn of_another(&self, look: &Look, part: &Seen) -> Result<PartOfAnother> {
        let principal = part.principal()?;
        let mut whole = self.own_part(&principal, &look.context.run.id, part).await?;
        let seen = look.eyes.entries(&principal, &whole.journal).await;
        let all = seen == whole.journal.len() && look.eyes.event && look.eyes.names;
        whole.journal.truncate(seen);
        untold(&mut whole);
        let PartView { kind, state, outcome, reason, findings, effects, messages, journal, usage, ended, hidden: _ } =
            whole;
        let ending = Ending { state, outcome, reason, findings, effects, messages, usage, ended };
        Ok(PartOfAnother { kind, principal, journal, rest: Shown::only_if(all, ending) })
    }
}

impl PartView {
    /// Notes that something of it is not shown.
    pub(crate) fn hide(&mut self) {
        self.hidden = Some(HIDDEN.to_owned());
    }
}
