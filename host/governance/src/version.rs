//! Versions: everything that runs, immutable, named by a digest over all of it.

use std::collections::BTreeSet;

use mandate_model::{PluginDigest, Powers, PrincipalId, PrincipalKind, Recipient, Trigger, VersionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the digest begins with; changes when the encoding does.
const DOMAIN: &str = "mandate version 1";

/// Why settings make no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Settings are a JSON object.
    #[error("settings must be a JSON object, such as `{{}}`")]
    NoObject,
    /// RFC 8785 has no form for them.
    #[error("settings have no canonical form: {0}")]
    NotCanonical(String),
    /// A whole number that JSON programs round: the guest would get another one than was written.
    #[error("`{0}` is too large for a JSON number to be exact; write it as text")]
    Inexact(String),
}

/// A version of an automation. What a guest is given comes from here and nowhere else, so the digest covers what really runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Version {
    plugin: PluginDigest,
    settings: String,
    trigger: Trigger,
    recipients: BTreeSet<Recipient>,
    powers: Powers,
    /// `None` is left out, so that a version of before has the id that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<BTreeSet<PrincipalId>>,
}

impl Version {
    /// A version. `settings` is a JSON object; it is kept in RFC 8785 form, in which the order of keys is lost. `powers` are
    /// worked out from imports, manifest and settings.
    pub fn new(
        plugin: PluginDigest,
        settings: &serde_json::Value,
        trigger: Trigger,
        recipients: BTreeSet<Recipient>,
        powers: Powers,
    ) -> Result<Self, VersionError> {
        if !settings.is_object() {
            return Err(VersionError::NoObject);
        }
        exact(settings)?;
        let settings = serde_json_canonicalizer::to_string(settings)
            .map_err(|error| VersionError::NotCanonical(error.to_string()))?;
        Ok(Self { plugin, settings, trigger, recipients, powers, people: None })
    }

    /// The same, made where notifications are evaluated as run_as: `people` are its recipients as they are now, teams expanded.
    /// Who is no user is left out: only people are told anything.
    #[must_use]
    pub fn telling(mut self, people: BTreeSet<PrincipalId>) -> Self {
        let users = people.into_iter().filter(|id| id.kind() == PrincipalKind::User);
        self.people = Some(users.collect());
        self
    }

    /// The component that runs.
    pub fn plugin(&self) -> &PluginDigest {
        &self.plugin
    }

    /// The settings in RFC 8785 form.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// What it listens to.
    pub fn trigger(&self) -> &Trigger {
        &self.trigger
    }

    /// Whom it tells.
    pub fn recipients(&self) -> &BTreeSet<Recipient> {
        &self.recipients
    }

    /// The people to whom it sends what it finds as run_as: its recipients when it was made, besides whom a column names. `None`:
    /// it was made where each recipient is evaluated as themself. Whether that holds is for [`tells`](crate::tells) to say.
    pub fn people(&self) -> Option<&BTreeSet<PrincipalId>> {
        self.people.as_ref()
    }

    /// What it may ask for.
    pub fn powers(&self) -> &Powers {
        &self.powers
    }

    /// Its name: sha-256 over every part, each with its length before it, so that no two versions are encoded alike.
    pub fn id(&self) -> VersionId {
        let recipients: Vec<String> = self.recipients.iter().map(ToString::to_string).collect();
        let mut parts = vec![
            DOMAIN.to_owned(),
            self.plugin.as_str().to_owned(),
            self.settings.clone(),
            canonical(&self.trigger),
            canonical(&recipients),
            canonical(&self.powers),
        ];
        // One part more, so no version without people is encoded like one with.
        parts.extend(self.people.as_ref().map(canonical));
        let mut digest = Sha256::new();
        for part in &parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        VersionId::from_digest(&digest.finalize().into())
    }
}

/// Refuses whole numbers that the canonical form would round to others.
fn exact(value: &serde_json::Value) -> Result<(), VersionError> {
    const LARGEST: u64 = (1 << 53) - 1;
    match value {
        serde_json::Value::Number(number) => {
            let large = number.as_i64().map(i64::unsigned_abs).or(number.as_u64()).is_some_and(|whole| whole > LARGEST);
            if large { Err(VersionError::Inexact(number.to_string())) } else { Ok(()) }
        }
        serde_json::Value::Array(items) => items.iter().try_for_each(exact),
        serde_json::Value::Object(fields) => fields.values().try_for_each(exact),
        _ => Ok(()),
    }
}

/// The canonical text of a part. Only a map whose keys are no texts, or a number that is none, has no such text; no part has
/// either, and the Debug form, used then, is as unambiguous.
fn canonical<T: Serialize + std::fmt::Debug>(part: &T) -> String {
    serde_json_canonicalizer::to_string(part).unwrap_or_else(|_| format!("{part:?}"))
}

/// A version as it was stored.
#[derive(Deserialize)]
struct Raw {
    plugin: PluginDigest,
    settings: String,
    trigger: Trigger,
    recipients: BTreeSet<Recipient>,
    powers: Powers,
    #[serde(default)]
    people: Option<BTreeSet<PrincipalId>>,
}

impl TryFrom<Raw> for Version {
    type Error = VersionError;

    fn try_from(raw: Raw) -> Result<Self, VersionError> {
        let settings =
            serde_json::from_str(&raw.settings).map_err(|error| VersionError::NotCanonical(error.to_string()))?;
        let version = Self::new(raw.plugin, &settings, raw.trigger, raw.recipients, raw.powers)?;
        Ok(match raw.people {
            Some(people) => version.telling(people),
            None => version,
        })
    }
}
