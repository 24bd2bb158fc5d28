//! What governance is told of people: everybody is there, and `user:root` is a site admin.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mandate_model::{Power, PrincipalId, SiteId};
use mandate_runtime::platform::Unavailable;
use mandate_service::{Holding, Reach, Roles, Standing};

use super::{World, who};

impl World {
    /// Unless the script says that nothing is answered.
    pub(super) fn is_up(&self) -> Result<(), Unavailable> {
        if self.script().directory_down { Err(Unavailable("the directory is down".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl Roles for World {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        self.is_up()?;
        let admin = Holding { role: "site-admin".to_owned(), reach: Reach::Site };
        Ok(Some(Standing {
            site: SiteId::parse("acme").unwrap(),
            active: true,
            teams: BTreeSet::new(),
            workspaces: BTreeSet::new(),
            holdings: (person.name() == "root").then_some(admin).into_iter().collect(),
            consents_for: BTreeSet::new(),
            sees: BTreeSet::new(),
            simulates: BTreeSet::new(),
        }))
    }

    async fn is_open(&self, _: &str) -> Result<Option<bool>, Unavailable> {
        self.is_up().map(|()| None)
    }

    async fn holds(&self, principal: &PrincipalId, _: &Power) -> Result<bool, Unavailable> {
        self.is_up()?;
        let script = self.script();
        match &script.undecided {
            Some(why) => Err(Unavailable(why.clone())),
            None => Ok(!script.powerless.contains(principal)),
        }
    }

    async fn knows(&self, _: &PrincipalId, _: &Power) -> Result<bool, Unavailable> {
        self.is_up().map(|()| true)
    }

    async fn lies_in(&self, _: &Power) -> Result<Option<String>, Unavailable> {
        self.is_up().map(|()| None)
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        self.is_up()?;
        Ok(vec![who("user:ana"), who("user:mia"), who("user:root")])
    }

    async fn schema(&self) -> Result<mandate_policy::DataSchema, Unavailable> {
        Ok(mandate_policy::DataSchema { datasets: vec![], attributes: vec![] })
    }
}
