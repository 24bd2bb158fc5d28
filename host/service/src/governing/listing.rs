//! What somebody sees of all automations, as far as a predicate says it: policies are asked once for automations that are alike, not
//! for each.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::PrincipalId;
use mandate_policy::{Literal, Operand, Outlook, Predicate};
use mandate_runtime::platform::Unavailable;

use super::facts::{Inquiry, roles_at};
use crate::{
    error::Result,
    roles::Standing,
    runner::Runner,
    store::{self, listing::Sight},
};

/// What workspaces have in common for one person: whether they are open, and the person's roles there, without and with those of
/// administering everything that an automation touches.
type Class = (bool, [BTreeSet<String>; 2]);

impl Runner {
    /// What a person sees of all automations; `None`: the platform does not know them.
    pub(crate) async fn sight(&self, viewer: &PrincipalId) -> Result<Option<Sight>> {
        let Some(standing) = self.host.roles.standing(viewer).await? else { return Ok(None) };
        let mut tx = self.store.reader().begin().await?;
        let governing = self.governing(&mut tx, &standing.site).await?;
        let workspaces = store::listing::workspaces(&mut tx, &standing.site).await?;
        drop(tx);
        Ok(Some(self.inquiry(&governing).sight(viewer, &standing, workspaces).await?))
    }
}

impl Inquiry<'_> {
    async fn sight(
        &self,
        viewer: &PrincipalId,
        standing: &Standing,
        workspaces: BTreeSet<Option<String>>,
    ) -> std::result::Result<Sight, Unavailable> {
        let mut classes: BTreeMap<Class, Vec<Option<String>>> = BTreeMap::new();
        for workspace in workspaces {
            let roles = [false, true].map(|all| roles_at(standing, workspace.as_deref(), all));
            let open = self.is_open(workspace.as_deref()).await?;
            classes.entry((open, roles)).or_default().push(workspace);
        }
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        for ((open, _), workspaces) in &classes {
            let alike = self.alike(viewer, standing, workspaces.first().and_then(Option::as_deref), *open);
            sure.push(Predicate::all([within(workspaces), alike.sure]));
            maybe.push(Predicate::all([within(workspaces), alike.maybe]));
        }
        // Of another site the wall forbids everything; what is offered is seen whatever policies say.
        let site = one_of("site", [standing.site.as_str().to_owned()]);
        let offered = [viewer].into_iter().chain(&standing.consents_for);
        let offered = one_of("offered", offered.map(ToString::to_string));
        let seen = |here| Predicate::any([Predicate::all([site.clone(), Predicate::any(here)]), offered.clone()]);
        Ok(Sight { sure: seen(sure), maybe: seen(maybe) })
    }

    /// What is seen of automations in such workspaces. Which powers somebody holds takes the automation's version to say, so where it
    /// matters, it is for asking.
    fn alike(&self, viewer: &PrincipalId, standing: &Standing, workspace: Option<&str>, open: bool) -> Sight {
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        for (administers_all, holds_all) in [(false, false), (false, true), (true, false), (true, true)] {
            let actor = self.person(viewer, standing, workspace, administers_all);
            let (consents_for, sees) = (&standing.consents_for, &standing.sees);
            let outlook = Outlook { open, holds_all, administers_all, consents_for, sees };
            let Some(visible) = self.governing.policies.visible(&actor, &outlook) else {
                return Sight { sure: Predicate::False, maybe: Predicate::True };
            };
            sure.push(visible.clone());
            maybe.push(visible);
        }
        Sight { sure: Predicate::all(sure), maybe: Predicate::any(maybe) }
    }
}

fn within(workspaces: &[Option<String>]) -> Predicate {
    let none = workspaces.contains(&None).then(|| Predicate::IsNull("workspace".to_owned()));
    Predicate::any(none.into_iter().chain([one_of("workspace", workspaces.iter().flatten().cloned())]))
}

fn one_of(column: &str, texts: impl IntoIterator<Item = String>) -> Predicate {
    Predicate::one_of(Operand::Column(column.to_owned()), texts.into_iter().map(Literal::Text))
}
