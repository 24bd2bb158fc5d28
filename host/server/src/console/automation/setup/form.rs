//! What somebody typed, kept as they typed it, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{Recipient, Trigger, VersionId};
use mandate_service::SavedDraft;
use serde_json::{Map, Value};

use super::{fields::kind, trigger};
use crate::body::Fields;

/// What was typed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// The plugin's digest.
    pub(super) plugin: String,
    /// The version that it was begun on; empty, if nothing was published then.
    pub(super) base: String,
    /// Settings, by name.
    pub(super) settings: BTreeMap<String, String>,
    /// The fields of the trigger, by name; several values with line ends between.
    pub(super) trigger: BTreeMap<&'static str, String>,
    /// One recipient on each line.
    pub(super) recipients: String,
    /// What they search among those whom it can tell.
    pub(super) find: String,
    /// What is wrong, by field.
    pub(super) wrong: BTreeMap<String, String>,
}

impl Typed {
    /// A draft as a form would have it.
    pub(super) fn of(draft: Option<&SavedDraft>) -> Self {
        let Some(draft) = draft else { return Self::default() };
        let settings = draft.settings.as_object().cloned().unwrap_or_default();
        Self {
            plugin: draft.plugin.clone(),
            base: draft.base.as_ref().map(ToString::to_string).unwrap_or_default(),
            settings: settings.into_iter().map(|(name, value)| (name, plain(&value))).collect(),
            trigger: trigger::typed(&draft.trigger),
            recipients: lines(&draft.recipients),
            find: String::new(),
            wrong: BTreeMap::new(),
        }
    }

    /// A form as it was sent.
    pub(super) fn read(sent: &Fields, schema: &str) -> Self {
        let setting = |name: String| {
            let field = format!("setting.{name}");
            let text = sent.all(&field).collect::<Vec<_>>().join("\n");
            (name, text)
        };
        let checked: BTreeSet<&str> = sent.all("recipient").collect();
        let written = sent.text("recipients").lines().map(str::trim).filter(|line| !line.is_empty());
        let recipients: BTreeSet<&str> = written.chain(checked).collect();
        Self {
            plugin: sent.text("plugin").to_owned(),
            base: sent.text("base").to_owned(),
            settings: super::fields::names(schema).into_iter().map(setting).collect(),
            trigger: trigger::read(sent),
            recipients: recipients.into_iter().collect::<Vec<_>>().join("\n"),
            find: sent.text("find").trim().to_owned(),
            wrong: BTreeMap::new(),
        }
    }

    /// What is wrong with a field.
    pub(super) fn why(&self, field: &str) -> Option<&str> {
        self.wrong.get(field).map(String::as_str)
    }

    /// Notes what is wrong with a field, besides what was noted already.
    pub(super) fn blame(&mut self, field: &str, why: &str) {
        let told = self.wrong.entry(field.to_owned()).or_default();
        if !told.is_empty() {
            told.push_str("; ");
        }
        told.push_str(why);
    }

    /// The draft that it says; `None`: something is wrong, and noted.
    pub(super) fn draft(&mut self, schema: &str) -> Option<SavedDraft> {
        let settings = self.settings_of(schema);
        let trigger: Option<Trigger> = match trigger::of(&self.trigger) {
            Ok(trigger) => Some(trigger),
            Err((field, why)) => {
                self.wrong.insert(field.to_owned(), why);
                None
            }
        };
        let recipients = self.recipients_of();
        if !self.wrong.is_empty() {
            return None;
        }
        Some(SavedDraft {
            plugin: self.plugin.clone(),
            settings: settings.into(),
            trigger: trigger?,
            recipients,
            base: VersionId::parse(&self.base).ok(),
        })
    }

    fn settings_of(&mut self, schema: &str) -> Map<String, Value> {
        let mut settings = Map::new();
        for (name, text) in &self.settings {
            match kind(schema, name).value(text) {
                Ok(Some(value)) => {
                    settings.insert(name.clone(), value);
                }
                Ok(None) => {}
                Err(why) => {
                    self.wrong.insert(format!("setting.{name}"), why);
                }
            }
        }
        settings
    }

    fn recipients_of(&mut self) -> BTreeSet<Recipient> {
        let mut all = BTreeSet::new();
        for line in self.recipients.lines() {
            match serde_json::from_value::<Recipient>(Value::String(line.to_owned())) {
                Ok(recipient) => {
                    all.insert(recipient);
                }
                Err(error) => {
                    self.wrong.insert("recipients".to_owned(), format!("`{line}`: {error}"));
                }
            }
        }
        all
    }
}

fn lines(recipients: &BTreeSet<Recipient>) -> String {
    recipients.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A setting as one types it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) if all.iter().all(Value::is_string) => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
