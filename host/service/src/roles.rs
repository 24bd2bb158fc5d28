//! What governance must know of people, roles and places: what a platform implements so that automations can be governed on it.
//!
//! Every method asks anew; nothing may be remembered between calls, but by [`at_one_moment`]. [`Roles::without`] answers as if a right were gone already.

mod moment;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId, SiteId};
use mandate_policy::{DataSchema, Grant};
use mandate_runtime::platform::Unavailable;

pub(crate) use self::moment::Momentary;
pub use self::moment::at_one_moment;

/// Where a role holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// In the whole site. A `site-admin` is one by this reach only.
    Site,
    /// In a workspace, and for everything that lies in it.
    Workspace(String),
    /// For a dataset.
    Dataset(String),
}

/// A role that somebody has, themself or through a team, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holding {
    /// The role: a built-in one such as `site-admin`, or one of the site's own.
    pub role: String,
    /// Where.
    pub reach: Reach,
}

impl Holding {
    /// Whether it makes somebody an admin of the whole site.
    pub fn is_site_admin(&self) -> bool {
        self.reach == Reach::Site && self.role == "site-admin"
    }
}

/// A person as governance knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Their site.
    pub site: SiteId,
    /// Whether they may act.
    pub active: bool,
    /// Every team that they are in, however deep.
    pub teams: BTreeSet<PrincipalId>,
    /// The workspaces that they are a member of, themself or through a team.
    pub workspaces: BTreeSet<String>,
    /// Their roles, themself or through a team.
    pub holdings: BTreeSet<Holding>,
    /// Teams and sites in whose name they may consent; a site admin may for their site.
    pub consents_for: BTreeSet<PrincipalId>,
    /// People whose page they may see, besides their own (VEN-22).
    pub sees: BTreeSet<PrincipalId>,
    /// People as whom they may try automations, if they see their page.
    pub simulates: BTreeSet<PrincipalId>,
}

/// Something that an administrator may take away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// A role of a person or team, of exactly this reach.
    Role(PrincipalId, Holding),
    /// That a person or team is in a team themself.
    Team(PrincipalId, PrincipalId),
    /// A grant of a principal's own.
    Grant(PrincipalId, Grant),
    /// A principal's own grant to invoke an operation.
    Operation(PrincipalId, String),
    /// That a person may act and be told things.
    Active(PrincipalId),
}

/// What somebody may do with a dataset, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// The rows that they see: a condition, `every row`, or why there are none.
    pub reads: String,
    /// Columns that they see, in order.
    pub sees: Vec<String>,
    /// Columns that they may set, in order.
    pub sets: Vec<String>,
}

/// A dataset that somebody may know of, as they are offered it to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered {
    /// The workspace that it lies in.
    pub workspace: Option<String>,
    /// Whether they may read it: at least some row.
    pub reads: bool,
    /// Columns that they see, in order.
    pub sees: Vec<String>,
    /// Columns that they may set, in order.
    pub sets: Vec<String>,
}

impl Standing {
    /// Whether they look into a workspace that is not open: its members, and who administers it.
    pub fn enters(&self, workspace: &str) -> bool {
        let administers = |holding: &Holding| {
            holding.is_site_admin()
                || (holding.role == "workspace-admin" && holding.reach == Reach::Workspace(workspace.to_owned()))
        };
        self.workspaces.contains(workspace) || self.holdings.iter().any(administers)
    }

    /// Whether they are an admin of the whole site.
    pub fn is_site_admin(&self) -> bool {
        self.holdings.iter().any(Holding::is_site_admin)
    }

    /// Whether they may try automations as `person`, who is not themself: they hold that right, and see what their page tells.
    pub fn may_try_as(&self, person: &PrincipalId) -> bool {
        self.active && (self.is_site_admin() || self.simulates.contains(person) && self.sees.contains(person))
    }

    /// Whether they speak for `principal`, which is not themself: a team or a site for which they may consent.
    pub(crate) fn speaks_for(&self, principal: &PrincipalId) -> bool {
        self.consents_for.contains(principal)
    }
}

/// People, roles and places.
#[async_trait]
pub trait Roles: Send + Sync {
    /// A person, active or not; `None`: unknown, or no person.
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable>;

    /// Whether a workspace is open to everyone of its site; `None`: there is none of that name.
    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable>;

    /// Whether `principal`, whoever it is, holds a declared power now: at least on some row, for rows are judged one by one.
    /// [`Unavailable`] also where that cannot be decided, as where a policy errs: a no would be a loss.
    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable>;

    /// Whether the person may know that what the power is about exists. A column is judged by its dataset alone, so that the
    /// answer tells nothing about columns.
    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable>;

    /// The workspace that what the power is about lies in; a column lies where its dataset does.
    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable>;

    /// The active people of the site, in order of their ids.
    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable>;

    /// The datasets with their columns, as events name them: what is said to have happened is checked with it.
    async fn schema(&self) -> Result<DataSchema, Unavailable>;

    /// The same questions, answered as if `removal` were done; nothing changes. `None`: there is nothing to take away. A platform
    /// that cannot foresee need not implement it.
    async fn without(&self, _removal: &Removal) -> Result<Option<Box<dyn Roles>>, Unavailable> {
        Err(Unavailable("this platform cannot say what would be without a right".to_owned()))
    }

    /// The teams of the site, in order of their ids. A platform that cannot list need not implement it; people then write ids by
    /// hand.
    async fn teams(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        Ok(vec![])
    }

    /// The datasets that a person may know of, by name: what they are offered to choose from. A platform that cannot list need not
    /// implement it; people then write names by hand.
    async fn datasets(&self, _person: &PrincipalId) -> Result<BTreeMap<String, Offered>, Unavailable> {
        Ok(BTreeMap::new())
    }

    /// What `principal` may do with a dataset now; `None`: they are not there, or the platform has no words for it.
    async fn extent(&self, _principal: &PrincipalId, _dataset: &str) -> Result<Option<Extent>, Unavailable> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{Holding, Reach, Standing};

    #[test]
    fn its_members_and_who_administers_it_look_into_a_workspace() {
        let standing = |workspaces: &[&str], role: &str, reach: Reach| Standing {
            site: "acme".to_owned().try_into().unwrap(),
            active: true,
            teams: [].into(),
            workspaces: workspaces.iter().map(|one| (*one).to_owned()).collect(),
            holdings: [Holding { role: role.to_owned(), reach }].into(),
            consents_for: [].into(),
            sees: [].into(),
            simulates: [].into(),
        };
        let in_sales = || Reach::Workspace("sales".to_owned());
        assert!(standing(&["sales"], "member", Reach::Site).enters("sales"));
        assert!(!standing(&["hall"], "member", Reach::Site).enters("sales"));
        assert!(standing(&[], "site-admin", Reach::Site).enters("sales"));
        assert!(standing(&[], "workspace-admin", in_sales()).enters("sales"));
        assert!(!standing(&[], "workspace-admin", in_sales()).enters("hall"));
        assert!(!standing(&[], "resource-admin", in_sales()).enters("sales"));
        assert!(!standing(&[], "site-admin", in_sales()).enters("hall"));
    }
}
