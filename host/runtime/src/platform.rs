//! Where data, people and operations really live: what a platform implements to be driven by Mandate.
//!
//! Data is *opened as a principal*: the provider answers with exactly that principal's rights at that moment, and the host never
//! filters afterwards what it fetched with rights of its own. Every method asks anew; nothing may be remembered between calls.
//!
//! What a principal may not see is [`Failure::Denied`] before anything about it could be [`Failure::Invalid`], and what does not
//! exist is denied in the same way.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use mandate_model::{ColumnSet, Effect, Failure, Occurrence, Page, Principal, PrincipalId, Query, Row, RowFilter};

/// People, teams and sites.
#[async_trait]
pub trait Directory: Send + Sync {
    /// A principal that may act or be told something now; `None`: unknown or deactivated.
    async fn principal(&self, id: &PrincipalId) -> Result<Option<Principal>, Unavailable>;

    /// The active people of a team, nested teams flattened, each once, in order of their ids; empty for an unknown team.
    async fn people(&self, team: &PrincipalId) -> Result<Vec<PrincipalId>, Unavailable>;

    /// Whether an active person is in a team, however deep. Asked once for each recipient at delivery: a platform that can say so
    /// without listing the team should.
    async fn is_in(&self, person: &PrincipalId, team: &PrincipalId) -> Result<bool, Unavailable> {
        Ok(self.people(team).await?.contains(person))
    }
}

/// Datasets.
pub trait Data: Send + Sync {
    /// The data as `principal` sees it. Cheap: rights are asked at each call of what is returned, not here.
    fn open(&self, principal: &PrincipalId) -> Arc<dyn DataAs>;
}

/// Datasets as one principal may see and change them now.
#[async_trait]
pub trait DataAs: Send + Sync {
    /// Rows that the principal may see; others are absent. `within` are the columns of the automation's powers: an empty
    /// `query.columns` means every column that the principal may see among them. Filters, order and paging are applied to
    /// visible rows only, and a column named anywhere in the query that may not be seen is denied.
    async fn find(&self, dataset: &str, query: &Query, within: &ColumnSet) -> Result<Page, Failure>;

    /// One row, with the visible columns among `within`.
    async fn get(&self, dataset: &str, id: &str, within: &ColumnSet) -> Result<Row, Failure>;

    /// Whether `effect` may be carried out now, after the effects `before` it in the same act (a row may be created and then
    /// updated). The row is judged before the change and after it; `if_revision` must still hold.
    async fn check(&self, effect: &Effect, before: &[Effect]) -> Result<(), Failure>;

    /// Whether the principal may know of it: they see the row, and for an update at least one changed column (every column, if
    /// the platform cannot say which changed, unless the dataset declares that any change counts). A removed row is judged on
    /// its last image under rights of now.
    async fn witnesses(&self, occurrence: &Occurrence) -> Result<bool, Failure>;

    /// Whether the principal may read each of these now, in the same order. What does not exist (any more) is told like what they
    /// may not see. Asked when history is shown: of what a part once read, that much is shown as may be read now.
    async fn may_read(&self, readings: &[Reading]) -> Result<Vec<bool>, Failure>;

    /// Whether the `where` of a trigger fits the dataset: its columns are ones that the principal may see, and can be compared with
    /// these values (`Invalid`: they cannot). A platform without types takes any.
    async fn fits(&self, _dataset: &str, _only: &[RowFilter]) -> Result<(), Failure> {
        Ok(())
    }

    /// Equal classes see equal rows and columns of these datasets. `None`: unknown, ask for each principal.
    async fn view_class(&self, datasets: &[String]) -> Result<Option<ViewClass>, Failure>;
}

/// What somebody would have to see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    /// Of which dataset; its name alone already is something that not everybody may know.
    pub dataset: String,
    /// Which rows.
    pub rows: Which,
    /// Which columns; [`ColumnSet::All`]: every column that the dataset has.
    pub columns: ColumnSet,
}

/// Rows of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// None: only that there is such a dataset, with such columns.
    NoRow,
    /// Each of these.
    These(BTreeSet<String>),
    /// Every row that there is or could be: whoever reads by a condition may not.
    Every,
}

/// What the rights to see amount to, as a digest: principals of one class see equal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewClass(pub [u8; 32]);

/// Named operations of the platform.
#[async_trait]
pub trait Operations: Send + Sync {
    /// Whether `principal` may invoke `operation` with these arguments (a JSON object) now.
    async fn check(&self, principal: &PrincipalId, operation: &str, arguments: &str) -> Result<(), Failure>;
}

/// A platform, as the runtime asks it.
#[derive(Clone)]
pub struct Platform {
    /// People, teams and sites.
    pub directory: Arc<dyn Directory>,
    /// Datasets.
    pub data: Arc<dyn Data>,
    /// Named operations.
    pub operations: Arc<dyn Operations>,
}

/// A platform without operations: each is denied.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoOperations;

#[async_trait]
impl Operations for NoOperations {
    async fn check(&self, _: &PrincipalId, operation: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::Denied(format!("no operation `{operation}`")))
    }
}

/// Whether a part may still go on: its automation on, its consent standing, its principal the same. Asked before every host call,
/// so that what was stopped meanwhile ends there.
#[async_trait]
pub trait Standing: Send + Sync {
    /// `false` ends the part: this call and all after it are not answered, and nothing of the part counts.
    async fn stands(&self) -> Result<bool, Unavailable>;
}

/// A part that nothing stops, for hosts without automations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Always;

#[async_trait]
impl Standing for Always {
    async fn stands(&self) -> Result<bool, Unavailable> {
        Ok(true)
    }
}

/// The platform cannot answer now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform cannot answer now: {0}")]
pub struct Unavailable(pub String);
