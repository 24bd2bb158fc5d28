//! Settings in words: the presets side by side, as a Markdown table, and where two differ.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{Choices, Preset, PresetError, Settings};

/// Setting × preset. Words of a list are in the order in which [`settings`](crate::settings) has them; `–` is an empty list.
///
/// # Errors
/// None for the presets that are built in, by test.
pub fn table() -> Result<String, PresetError> {
    let all = Preset::ALL.into_iter().map(|preset| Ok(preset.settings()?.words())).collect::<Result<Vec<_>, _>>()?;
    let names = Preset::ALL.map(Preset::as_str);
    let mut text = format!("| setting | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let settings = all.first().into_iter().flatten().map(|(setting, _)| setting);
    for (at, setting) in settings.enumerate() {
        let cells: Vec<&str> =
            all.iter().filter_map(|column| column.get(at)).map(|(_, words)| words.as_str()).collect();
        text.push_str(&format!("| `{setting}` | {} |\n", cells.join(" | ")));
    }
    Ok(text)
}

/// A setting that holds otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which; a role is `role NAME`.
    pub setting: String,
    /// Its words before.
    pub before: String,
    /// Its words after.
    pub after: String,
}

impl Settings {
    /// Each of the thirteen settings in words, in order.
    pub fn words(&self) -> [(&'static str, String); 13] {
        let as_whom = &self.evaluate_as;
        let denied = &self.on_denied;
        [
            ("acquire_on", words(&self.acquire_on)),
            ("co_owners", words(&self.co_owners)),
            ("owner_kinds", words(&self.owner_kinds)),
            ("consent", words(&self.consent)),
            (
                "evaluate_as",
                format!("condition: {}, notification: {}", words(&as_whom.condition), words(&as_whom.notification)),
            ),
            ("on_denied", format!("then: {}, tell: {}", words(&denied.then), words(&denied.tell))),
            ("precheck", words(&self.precheck)),
            ("visible_if", words(&self.visible_if)),
            ("history", words(&self.history)),
            ("drafts", words(&self.drafts)),
            ("transfer", words(&self.transfer)),
            ("create_roles", words(&self.create_roles)),
            ("narrowed_by", words(&self.narrowed_by)),
        ]
    }

    /// What holds otherwise in `after`: settings in order, then roles by name.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let settings = self.words().into_iter().zip(after.words());
        let settings = settings.map(|((setting, before), (_, after))| (setting.to_owned(), before, after));
        let names: BTreeSet<&String> = self.roles.keys().chain(after.roles.keys()).collect();
        let role = |settings: &Self, name: &str| words(&settings.roles.get(name));
        let roles = names.into_iter().map(|name| (format!("role {name}"), role(self, name), role(after, name)));
        let differ = settings.chain(roles).filter(|(_, before, after)| before != after);
        differ.map(|(setting, before, after)| Difference { setting, before, after }).collect()
    }
}

impl Choices {
    /// The settings that these say, by name.
    pub fn said(&self) -> BTreeSet<String> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(said)) => said.into_iter().map(|(setting, _)| setting).collect(),
            _ => BTreeSet::new(),
        }
    }
}

/// A word, or the words of a list, as a file of settings has them.
fn words<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Array(list)) if !list.is_empty() => list.iter().map(words).collect::<Vec<_>>().join(", "),
        _ => "–".to_owned(),
    }
}
