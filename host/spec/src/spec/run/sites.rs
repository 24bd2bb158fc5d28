//! A second site beside the world's own: some of its people are taken to be of that one, with the roles that they have.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId, SiteId};
use mandate_policy::DataSchema;
use mandate_runtime::platform::Unavailable;
use mandate_service::embedded::Embedded;
use mandate_service::{Extent, Offered, Removal, Roles, Standing};

/// The platform's people, some of them of another site.
pub(super) struct Sites {
    own: Embedded,
    elsewhere: RwLock<BTreeMap<PrincipalId, SiteId>>,
}

impl Sites {
    /// All are of the platform's own.
    pub(super) fn new(own: Embedded) -> Self {
        Self { own, elsewhere: RwLock::default() }
    }

    /// From now on the person is of `site`.
    pub(super) fn put(&self, person: PrincipalId, site: SiteId) {
        self.elsewhere.write().unwrap_or_else(PoisonError::into_inner).insert(person, site);
    }

    /// The other site that a person is of.
    pub(super) fn of(&self, person: &PrincipalId) -> Option<SiteId> {
        self.elsewhere.read().unwrap_or_else(PoisonError::into_inner).get(person).cloned()
    }
}

#[async_trait]
impl Roles for Sites {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        let standing = self.own.standing(person).await?;
        Ok(standing.map(|standing| Standing { site: self.of(person).unwrap_or(standing.site.clone()), ..standing }))
    }

    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
        self.own.is_open(workspace).await
    }

    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        self.own.holds(principal, power).await
    }

    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        self.own.knows(person, power).await
    }

    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable> {
        self.own.lies_in(power).await
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        let mut all = self.own.everyone().await?;
        all.retain(|person| self.of(person).is_none());
        Ok(all)
    }

    async fn schema(&self) -> Result<DataSchema, Unavailable> {
        Roles::schema(&self.own).await
    }

    async fn without(&self, removal: &Removal) -> Result<Option<Box<dyn Roles>>, Unavailable> {
        self.own.without(removal).await
    }

    async fn teams(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        self.own.teams().await
    }

    async fn datasets(&self, person: &PrincipalId) -> Result<BTreeMap<String, Offered>, Unavailable> {
        self.own.datasets(person).await
    }

    async fn extent(&self, principal: &PrincipalId, dataset: &str) -> Result<Option<Extent>, Unavailable> {
        self.own.extent(principal, dataset).await
    }
}
