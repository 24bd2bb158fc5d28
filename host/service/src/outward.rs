//! Ways to a person beside their inbox: who says where somebody is reached, and who brings it there.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use mandate_model::{AutomationId, Message, PrincipalId, RunId};
use mandate_runtime::platform::Unavailable;
use serde::{Deserialize, Serialize};

use crate::{mail::MailAddress, webhook::Webhook};

/// A way to a person beside their inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By mail.
    Mail,
    /// By a signed request to an address of theirs.
    Webhook,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Webhook];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    /// The way of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == word)
    }

    /// Whether the same parcel twice is one for who gets it, because they know it by its key. What is not so is never sent again
    /// when nobody knows whether it arrived (E02).
    pub fn knows_keys(self) -> bool {
        matches!(self, Self::Webhook)
    }
}

/// Where somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A mail address.
    Mail(MailAddress),
    /// A webhook.
    Webhook(Webhook),
}

/// What a platform says about reaching somebody by a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// There.
    At(Address),
    /// They do not want it.
    Muted,
    /// They have no such address.
    None,
}

/// Where people are reached: what a platform implements. Every question is asked anew, right before something is sent.
#[async_trait]
pub trait Addresses: Send + Sync {
    /// Where `person` is reached by `way` with what `automation` tells them; `None`: with what concerns their own authority,
    /// which nobody can mute.
    async fn contact(
        &self,
        person: &PrincipalId,
        way: Way,
        automation: Option<&AutomationId>,
    ) -> Result<Contact, Unavailable>;
}

/// Something to bring to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its idempotency key: derived with the store's secret, the same at each attempt, and tells nothing about others (N11).
    pub key: String,
    /// A word that nobody who wrote a text of it can know: what separates its parts.
    pub seal: String,
    /// What the person is called.
    pub name: String,
    /// What it brings.
    pub message: Message,
    /// Of what it tells.
    pub about: About,
    /// When the person got it in their inbox: microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Now.
    pub now: i64,
}

/// Of what a parcel tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A message of an automation.
    Message {
        /// Its id.
        id: String,
        /// The automation.
        automation: AutomationId,
        /// The run.
        run: RunId,
        /// The key of the finding.
        finding: String,
    },
    /// A notice: what became of an automation that concerns the person.
    Notice(AutomationId),
}

/// Why a parcel was not brought, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Setback {
    /// It did not arrive; it may at another time.
    #[error("{0}")]
    Later(String),
    /// It did not arrive and never will.
    #[error("{0}")]
    Never(String),
    /// Nobody knows whether it arrived.
    #[error("{0}")]
    Unknown(String),
}

/// Brings parcels by one way.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Brings it, within a time of its own.
    async fn carry(&self, parcel: &Parcel, to: &Address) -> Result<(), Setback>;
}

/// All ways that a host has.
#[derive(Clone)]
pub struct Outward {
    /// Where people are reached.
    pub addresses: Arc<dyn Addresses>,
    /// Who brings it there; a way without a carrier is not taken.
    pub carriers: BTreeMap<Way, Arc<dyn Carrier>>,
}

impl Outward {
    /// No way beside the inbox.
    pub fn none() -> Self {
        Self { addresses: Arc::new(Nowhere), carriers: BTreeMap::new() }
    }
}

/// Nobody is reached.
struct Nowhere;

#[async_trait]
impl Addresses for Nowhere {
    async fn contact(&self, _: &PrincipalId, _: Way, _: Option<&AutomationId>) -> Result<Contact, Unavailable> {
        Ok(Contact::None)
    }
}
