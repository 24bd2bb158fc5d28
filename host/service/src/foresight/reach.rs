//! The reach preview: what an automation would touch as somebody, against what it touches as whom it runs as now. What it does
//! may change when it runs as somebody else, and this says so before (FIL-21).

use std::collections::BTreeSet;

use mandate_governance::{Power, Refused, Version, footprint};
use mandate_model::{AutomationId, ColumnSet, Failure, Page, PrincipalId, Query, rows::MAX_PAGE};
use mandate_runtime::platform::ViewClass;

use crate::{
    error::{Result, ServiceError},
    roles::Extent,
    service::Service,
};

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
    /// What they may do with it, in words, if the platform has any.
    pub extent: Option<Extent>,
    /// Whether the principal that it runs as now sees the same rows and columns; `None`: that cannot be said.
    pub same: Option<bool>,
}

/// Rows that somebody sees.
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

impl Service {
    /// What the published version of an automation would touch if it ran as `person`, who must be allowed to see it.
    pub async fn reach(&self, id: &AutomationId, person: &PrincipalId) -> Result<ReachPreview> {
        let prospect = self.prospect(id, person).await?;
        let version = prospect.version.ok_or(Refused::Unpublished)?;
        let run_as = prospect.life.automation.run_as;
        let (mut powers, mut datasets): (Vec<PowerReach>, _) = (vec![], vec![]);
        for power in footprint(&version) {
            powers.push(self.power(power, person, run_as.as_ref()).await?);
        }
        for dataset in read(&version) {
            let power = Power::Read { dataset: dataset.clone() };
            if self.host().roles.knows(person, &power).await? {
                datasets.push(self.dataset(dataset, person, run_as.as_ref()).await?);
            }
        }
        // What may not be known of is not counted either.
        let (mut powers, hidden): (Vec<_>, Vec<_>) = powers.into_iter().partition(|one| one.power.is_some());
        powers.extend(hidden.into_iter().next());
        Ok(ReachPreview { person: person.clone(), run_as, powers, datasets })
    }

    async fn power(&self, power: Power, person: &PrincipalId, run_as: Option<&PrincipalId>) -> Result<PowerReach> {
        let roles = &self.host().roles;
        if !roles.knows(person, &power).await? {
            return Ok(PowerReach { power: None, held: false, now: None });
        }
        let now = match run_as {
            Some(run_as) => Some(roles.holds(run_as, &power).await?),
            None => None,
        };
        Ok(PowerReach { held: roles.holds(person, &power).await?, power: Some(power), now })
    }

    async fn dataset(
        &self,
        dataset: String,
        person: &PrincipalId,
        run_as: Option<&PrincipalId>,
    ) -> Result<DatasetReach> {
        let theirs = self.page(person, &dataset).await?;
        let mut rows = Rows { count: theirs.len(), more: theirs.next.is_some(), new: None };
        let mut same = None;
        if let Some(run_as) = run_as {
            let now = self.page(run_as, &dataset).await?;
            if theirs.next.is_none() && now.next.is_none() {
                rows.new = Some(theirs.ids.difference(&now.ids).count());
            }
            let (class, other) = (self.class(person, &dataset).await?, self.class(run_as, &dataset).await?);
            same = class.zip(other).map(|(class, other)| class == other);
        }
        let extent = self.host().roles.extent(person, &dataset).await?;
        Ok(DatasetReach { dataset, rows, extent, same })
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

/// Ids of rows.
struct Ids {
    ids: BTreeSet<String>,
    next: Option<String>,
}

impl Ids {
    fn len(&self) -> usize {
        self.ids.len()
    }
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
