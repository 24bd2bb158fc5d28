//! The reach preview: what an automation would touch as somebody, against what it touches as whom it runs as now. What it does
//! may change when it runs as somebody else, and this says so before (FIL-21).

use std::collections::BTreeSet;

use mandate_governance::{Automation, Power, Refused, Version, footprint};
use mandate_model::{AutomationId, ColumnSet, Failure, Page, PrincipalId, Query, rows::MAX_PAGE};
use mandate_runtime::platform::ViewClass;

use crate::{
    automations::Prospect,
    error::{Result, ServiceError},
    roles::Extent,
    service::{Draft, Service},
};

/// How many rows are named of a dataset.
const EXAMPLES: usize = 3;

/// What an automation would touch as somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachPreview {
    /// As whom.
    pub person: PrincipalId,
    /// As whom it runs now.
    pub run_as: Option<PrincipalId>,
    /// Every declared power, once.
    pub powers: Vec<PowerReach>,
    /// Every dataset that is read.
    pub datasets: Vec<DatasetReach>,
}

/// A declared power, and who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerReach {
    /// Which; `None`: something that the person may not know of.
    pub power: Option<Power>,
    /// Whether they hold it.
    pub held: bool,
    /// Whether the principal that it runs as now holds it; `None`: it runs as nobody, or the person may not know.
    pub now: Option<bool>,
}

/// What is read of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetReach {
    /// Which.
    pub dataset: String,
    /// The rows that they see, and how many of them whom it runs as does not see.
    pub rows: Rows,
    /// Some of these rows, by their ids: first of those that whom it runs as does not see.
    pub examples: Vec<String>,
    /// What they may do with it, in words, if the platform has any.
    pub extent: Option<Extent>,
    /// Whether the principal that it runs as now sees the same rows and columns; `None`: that cannot be said.
    pub same: Option<bool>,
}

/// Rows that somebody sees; for another viewer, those of them that the viewer sees, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rows {
    /// How many; at most a page.
    pub count: usize,
    /// Whether there are more.
    pub more: bool,
    /// How many of them the principal that it runs as now does not see; `None`: there are too many to compare, or it runs as
    /// nobody. What only that one sees is not for others to count.
    pub new: Option<usize>,
}

impl PowerReach {
    /// Whether the automation would be able to do something that it cannot do now.
    pub fn grows(&self) -> bool {
        self.held && self.now == Some(false)
    }

    /// Whether the automation would lose it.
    pub fn shrinks(&self) -> bool {
        !self.held && self.now == Some(true)
    }
}

impl ReachPreview {
    /// Whether the reach grows or shrinks, in one line (FIL-21).
    pub fn summary(&self) -> &'static str {
        let grows = self.powers.iter().any(PowerReach::grows)
            || self.datasets.iter().any(|dataset| dataset.rows.new.is_some_and(|new| new > 0));
        let shrinks = self.powers.iter().any(PowerReach::shrinks);
        let differs = self.datasets.iter().any(|dataset| dataset.same == Some(false));
        let compared = self.datasets.iter().all(|dataset| dataset.same != Some(false) || dataset.rows.new.is_some());
        match (grows, shrinks) {
            (true, true) => "its reach would grow in one place and shrink in another",
            (true, false) => "its reach would grow",
            (false, false) if !compared => {
                "its reach would be another: there are too many rows to say whether it would grow"
            }
            (false, true) if !compared => {
                "its reach would shrink, and there are too many rows to say whether it would grow too"
            }
            (false, true) => "its reach would shrink",
            (false, false) if differs => "its reach would be another: it may do less than now",
            (false, false) => "its reach would stay as it is",
        }
    }
}

impl Service {
    /// What the published version of an automation would touch if it ran as `person`, who must be allowed to see it.
    pub async fn reach(&self, id: &AutomationId, person: &PrincipalId) -> Result<ReachPreview> {
        self.reach_as(id, person, person).await
    }

    /// [`Service::reach`] for `viewer`, who is shown no more of it than they may know: it must run as `whom`, come to run as them by
    /// an act of the viewer, or be offered to them.
    pub async fn reach_as(&self, id: &AutomationId, viewer: &PrincipalId, whom: &PrincipalId) -> Result<ReachPreview> {
        let mut prospect = self.prospect(id, viewer).await?;
        let version = prospect.version.take().ok_or(Refused::Unpublished)?;
        self.reached(&prospect, &version, viewer, whom).await
    }

    /// [`Service::reach_as`] of what a draft would be published as; refused as publishing would.
    pub async fn reach_of_draft(
        &self,
        id: &AutomationId,
        editor: &PrincipalId,
        whom: &PrincipalId,
        draft: &Draft,
    ) -> Result<ReachPreview> {
        let prospect = self.prospect(id, editor).await?;
        let version = self.version(&prospect.life.automation.site, draft).await?;
        self.reached(&prospect, &version, editor, whom).await
    }

    async fn reached(
        &self,
        prospect: &Prospect,
        version: &Version,
        viewer: &PrincipalId,
        whom: &PrincipalId,
    ) -> Result<ReachPreview> {
        let Automation { run_as, offered, .. } = &prospect.life.automation;
        let named = [Some(viewer), Some(&prospect.acquires_as), run_as.as_ref()].contains(&Some(whom));
        let may = named || offered.as_ref() == Some(whom) && self.speaks_for(viewer, whom).await?;
        // Of anybody else it would be a way to ask about their rights.
        if !may {
            return Err(Refused::Unknown.into());
        }
        let look = Look { viewer, whom, run_as: run_as.as_ref() };
        let (mut powers, mut datasets): (Vec<PowerReach>, _) = (vec![], vec![]);
        for power in footprint(version) {
            powers.push(self.power(power, &look).await?);
        }
        for dataset in read(version) {
            let power = Power::Read { dataset: dataset.clone() };
            if self.host().roles.knows(viewer, &power).await? {
                datasets.push(self.dataset(dataset, &look).await?);
            }
        }
        // What may not be known of is not counted either.
        let (mut powers, hidden): (Vec<_>, Vec<_>) = powers.into_iter().partition(|one| one.power.is_some());
        powers.extend(hidden.into_iter().next());
        Ok(ReachPreview { person: whom.clone(), run_as: run_as.clone(), powers, datasets })
    }

    async fn speaks_for(&self, viewer: &PrincipalId, whom: &PrincipalId) -> Result<bool> {
        Ok(self.host().roles.standing(viewer).await?.is_some_and(|standing| standing.speaks_for(whom)))
    }

    async fn power(&self, power: Power, look: &Look<'_>) -> Result<PowerReach> {
        let roles = &self.host().roles;
        if !roles.knows(look.viewer, &power).await? {
            return Ok(PowerReach { power: None, held: false, now: None });
        }
        let held = roles.holds(look.whom, &power).await?;
        let now = match look.run_as {
            Some(run_as) if run_as == look.whom => Some(held),
            Some(run_as) => Some(roles.holds(run_as, &power).await?),
            None => None,
        };
        Ok(PowerReach { held, power: Some(power), now })
    }

    async fn dataset(&self, dataset: String, look: &Look<'_>) -> Result<DatasetReach> {
        let mut theirs = self.page(look.whom, &dataset).await?;
        let own = look.viewer == look.whom;
        if !own {
            let seen = self.page(look.viewer, &dataset).await?;
            theirs.ids.retain(|id| seen.ids.contains(id));
            theirs.next = theirs.next.or(seen.next);
        }
        let mut rows = Rows { count: theirs.ids.len(), more: theirs.next.is_some(), new: None };
        let (mut same, mut new) = (None, BTreeSet::new());
        match look.run_as {
            Some(run_as) if run_as == look.whom => {
                rows.new = theirs.next.is_none().then_some(0);
                same = Some(true);
            }
            Some(run_as) => {
                let now = self.page(run_as, &dataset).await?;
                if theirs.next.is_none() && now.next.is_none() {
                    new = theirs.ids.difference(&now.ids).cloned().collect();
                    rows.new = Some(new.len());
                }
                let (class, other) = (self.class(look.whom, &dataset).await?, self.class(run_as, &dataset).await?);
                same = class.zip(other).map(|(class, other)| class == other);
            }
            None => {}
        }
        let examples = new.iter().chain(theirs.ids.difference(&new)).take(EXAMPLES).cloned().collect();
        // By what another is shown rows is not for the viewer to know.
        let extent = if own { self.host().roles.extent(look.whom, &dataset).await? } else { None };
        Ok(DatasetReach { dataset, rows, examples, extent, same })
    }

    /// What somebody sees of a dataset, as a class; who may not read it has none.
    async fn class(&self, principal: &PrincipalId, dataset: &str) -> Result<Option<ViewClass>> {
        match self.host().platform.data.open(principal).view_class(&[dataset.to_owned()]).await {
            Ok(class) => Ok(class),
            Err(Failure::Denied(_)) => Ok(None),
            Err(failure) => Err(unavailable(failure)),
        }
    }

    /// The first rows that somebody sees, without their cells. Who may not read sees none.
    async fn page(&self, principal: &PrincipalId, dataset: &str) -> Result<Ids> {
        let query =
            Query { columns: vec![], filters: vec![], order_by: None, descending: false, limit: MAX_PAGE, after: None };
        let none = ColumnSet::Named(BTreeSet::new());
        match self.host().platform.data.open(principal).find(dataset, &query, &none).await {
            Ok(Page { rows, next, .. }) => Ok(Ids { ids: rows.into_iter().map(|row| row.id).collect(), next }),
            Err(Failure::Denied(_)) => Ok(Ids { ids: BTreeSet::new(), next: None }),
            Err(failure) => Err(unavailable(failure)),
        }
    }
}

/// Who looks at what it touches as whom, and as whom it runs now.
struct Look<'a> {
    viewer: &'a PrincipalId,
    whom: &'a PrincipalId,
    run_as: Option<&'a PrincipalId>,
}

/// Ids of rows.
struct Ids {
    ids: BTreeSet<String>,
    next: Option<String>,
}

/// The datasets that a version reads.
fn read(version: &Version) -> BTreeSet<String> {
    let reads = footprint(version).into_iter().filter_map(|power| match power {
        Power::Read { dataset } => Some(dataset),
        _ => None,
    });
    reads.collect()
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function of `map_err`")]
fn unavailable(failure: Failure) -> ServiceError {
    ServiceError::Unavailable(mandate_runtime::platform::Unavailable(failure.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_not_called_less() {
        let person = PrincipalId::parse("user:ana").unwrap();
        let of = |new, same| {
            let rows = Rows { count: 1000, more: true, new };
            let deals =
                DatasetReach { dataset: "deals".to_owned(), rows, examples: vec![], extent: None, same: Some(same) };
            ReachPreview { person: person.clone(), run_as: None, powers: vec![], datasets: vec![deals] }.summary()
        };
        assert_eq!(of(None, false), "its reach would be another: there are too many rows to say whether it would grow");
        assert_eq!(of(Some(0), false), "its reach would be another: it may do less than now");
        assert_eq!(of(Some(1), false), "its reach would grow");
        assert_eq!(of(None, true), "its reach would stay as it is");
    }
}
