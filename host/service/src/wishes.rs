//! How a person wants to be told by an automation: as it comes, muted, or not at all. Each says so for themself alone, and nobody else
//! is shown what they said: not who manages the automation, not who is shown history. For others, who opted out looks like who is no
//! recipient, of whom there is nothing to see either. The operator reads it in the audit.
//!
//! It is asked where parts are planned, before one is evaluated, and in the transaction of each delivery: what is under way is
//! honoured too. Notices are no messages of an automation: they are about the person's own authority, and nobody can mute them.

use std::collections::BTreeMap;

use mandate_governance::{Automation, Life, Refused};
use mandate_model::{AutomationId, PrincipalId};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    service::Service,
    store::{
        self,
        audit::{self, entry::Audited},
    },
};

/// How somebody wants to be told by an automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// As it comes: in their inbox, and by every way that they have.
    #[default]
    Told,
    /// In their inbox, as read; nothing goes out to them by mail or webhook.
    Muted,
    /// Not at all: nothing is evaluated as them, and nothing is delivered to them.
    OptedOut,
}

impl Wish {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Muted => "muted",
            Self::OptedOut => "opted-out",
        }
    }

    /// The wish of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Told, Self::Muted, Self::OptedOut].into_iter().find(|wish| wish.as_str() == word)
    }
}

/// An automation that tells somebody something, or may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Teller {
    /// Which.
    pub automation: AutomationId,
    /// What it is called now.
    pub name: String,
    /// Whether they may see it; if not, they know of it by what it told them.
    pub sees: bool,
    /// Who is named as its recipient, where they may see it: themself, or a team of theirs. `None`: nobody by name; a row may name
    /// them, or it told them before.
    pub through: Option<PrincipalId>,
    /// Whether what it tells them is made from what they may see, or else as whom it runs as (ONE-09). `None`: it tells them nothing
    /// now, as far as they may know.
    pub reads: Option<bool>,
    /// How they want to be told.
    pub wish: Wish,
}

impl Service {
    /// How `person` wants to be told by an automation. Refused like what does not exist, unless they may see it, were told something by
    /// it, or wished something of it before.
    pub async fn wish(&self, person: &PrincipalId, automation: &AutomationId) -> Result<Wish> {
        self.knows_of(person, automation).await?;
        store::wish::of(self.store().reader(), person, automation).await
    }

    /// Says how `person` wants to be told from now on; whether that is new. Refused as [`Service::wish`] is.
    pub async fn set_wish(&self, person: &PrincipalId, automation: &AutomationId, wish: Wish) -> Result<bool> {
        self.knows_of(person, automation).await?;
        let now = self.host().clock.now();
        let mut tx = self.store().begin().await?;
        if store::wish::of(&mut *tx, person, automation).await? == wish {
            return Ok(false);
        }
        store::wish::set(&mut tx, person, automation, wish, now).await?;
        let wished = Audited::Wish { automation: automation.clone(), person: person.clone(), wish };
        audit::append(&mut tx, &wished, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What tells `person` something, or may, as far as they may know: of what they may see, what names them or may come to; of the rest, what told them, or of which they wished something. In order of the automations' ids.
    pub async fn tellers(&self, person: &PrincipalId) -> Result<Vec<Teller>> {
        let reader = self.store().reader();
        let inventory = self.inventory(person, Some(person)).await?;
        let mut all = BTreeMap::new();
        let mut add = |life: Life, sees, through, reads| {
            let Automation { id, name, .. } = life.automation;
            let teller = Teller { automation: id.clone(), name, sees, through, reads, wish: Wish::Told };
            all.entry(id).or_insert(teller);
        };
        inventory.reads_as.into_iter().for_each(|(life, through)| add(life, true, Some(through), Some(true)));
        inventory.told_by.into_iter().for_each(|(life, through)| add(life, true, Some(through), Some(false)));
        inventory.may_read_as.into_iter().for_each(|life| add(life, true, None, Some(true)));
        inventory.may_be_told_by.into_iter().for_each(|life| add(life, true, None, Some(false)));
        let wished: BTreeMap<AutomationId, Wish> = store::wish::all(reader, person).await?.into_iter().collect();
        let told = store::inbox::tellers(reader, person).await?;
        for id in told.iter().chain(wished.keys()) {
            let life = store::automation::known(reader, id).await?;
            let sees = self.runner().sees_automation(&life, person).await?;
            add(life, sees, None, None);
        }
        for (id, wish) in wished {
            all.entry(id).and_modify(|teller| teller.wish = wish);
        }
        Ok(all.into_values().collect())
    }

    async fn knows_of(&self, person: &PrincipalId, id: &AutomationId) -> Result<()> {
        let reader = self.store().reader();
        let life = store::automation::known(reader, id).await?;
        let there = matches!(self.host().platform.directory.principal(person).await, Ok(Some(_)));
        let knows = there
            && (store::inbox::was_told(reader, person, id).await?
                || store::wish::of(reader, person, id).await? != Wish::Told
                || self.runner().sees_automation(&life, person).await?);
        if knows { Ok(()) } else { Err(ServiceError::Refused(Refused::Unknown)) }
    }
}
