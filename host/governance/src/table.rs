//! The presets side by side, as a Markdown table: what holds in each, also where its file says nothing.

use serde::Serialize;

use crate::{Preset, PresetError, Settings};

/// Setting × preset. Words of a list are in the order in which [`settings`](crate::settings) has them; `–` is an empty list.
///
/// # Errors
/// None for the presets that are built in, by test.
pub fn table() -> Result<String, PresetError> {
    let all = Preset::ALL.into_iter().map(|preset| Ok(column(&preset.settings()?))).collect::<Result<Vec<_>, _>>()?;
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

/// The words of one preset.
fn column(settings: &Settings) -> [(&'static str, String); 12] {
    let as_whom = &settings.evaluate_as;
    let denied = &settings.on_denied;
    [
        ("acquire_on", words(&settings.acquire_on)),
        ("co_owners", words(&settings.co_owners)),
        ("owner_kinds", words(&settings.owner_kinds)),
        ("consent", words(&settings.consent)),
        (
            "evaluate_as",
            format!("condition: {}, notification: {}", words(&as_whom.condition), words(&as_whom.notification)),
        ),
        ("on_denied", format!("then: {}, tell: {}", words(&denied.then), words(&denied.tell))),
        ("precheck", words(&settings.precheck)),
        ("visible_if", words(&settings.visible_if)),
        ("history", words(&settings.history)),
        ("drafts", words(&settings.drafts)),
        ("transfer", words(&settings.transfer)),
        ("create_roles", words(&settings.create_roles)),
    ]
}

/// A word, or the words of a list, as a file of settings has them.
fn words<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Array(list)) if !list.is_empty() => list.iter().map(words).collect::<Vec<_>>().join(", "),
        _ => "–".to_owned(),
    }
}
