//! Fields of the trigger.

use std::collections::BTreeMap;

use mandate_model::{RowFilter, Trigger};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{form::Typed, offered::Choices};
use crate::{
    body::Fields,
    console::field::{self, marks},
};

/// The fields there are.
const NAMES: [&str; 8] = ["on", "dataset", "change", "columns", "where", "cron", "time_zone", "type"];
/// The changes of rows, with what they are called.
const CHANGES: [(&str, &str); 3] = [("added", "added"), ("updated", "updated"), ("removed", "removed")];

/// A trigger as a form has it.
pub(super) fn typed(trigger: &Trigger) -> BTreeMap<&'static str, String> {
    let value = serde_json::to_value(trigger).unwrap_or_default();
    let text = |name: &str| match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) if name != "where" => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        Some(other) => other.to_string(),
        None => String::new(),
    };
    NAMES.into_iter().map(|name| (name, text(name))).collect()
}

/// The fields as they were sent.
pub(super) fn read(sent: &Fields) -> BTreeMap<&'static str, String> {
    let text = |name| sent.all(&format!("trigger.{name}")).collect::<Vec<_>>().join("\n");
    let mut all: BTreeMap<&'static str, String> = NAMES.into_iter().map(|name| (name, text(name))).collect();
    // Columns that were offered of another dataset are none of this one.
    let of = sent.text("trigger.columns-of");
    if !of.is_empty() && of != sent.text("trigger.dataset") {
        all.insert("columns", String::new());
    }
    all
}

/// The trigger that they say, or which field is wrong and why.
pub(super) fn of(typed: &BTreeMap<&'static str, String>) -> Result<Trigger, (&'static str, String)> {
    let text = |name: &str| typed.get(name).map(|text| text.trim()).unwrap_or_default();
    let lines = |name: &str| {
        let words = text(name).split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let needed = |field: &'static str, name: &str, why: &str| {
        if text(name).is_empty() { Err((field, why.to_owned())) } else { Ok(()) }
    };
    let value = match text("on") {
        "row" => {
            needed("trigger.dataset", "dataset", "Choose a dataset.")?;
            needed("trigger.change", "change", "Tick at least one.")?;
            let only = if text("where").is_empty() { "[]" } else { text("where") };
            let only: Value =
                serde_json::from_str(only).map_err(|error| ("trigger.where", format!("this is no JSON: {error}")))?;
            let shaped: Result<Vec<RowFilter>, _> = serde_json::from_value(only.clone());
            shaped.map_err(|error| ("trigger.where", format!("this is no list of conditions: {error}")))?;
            json!({ "on": "row", "dataset": text("dataset"), "change": lines("change"), "columns": lines("columns"), "where": only })
        }
        "schedule" => {
            needed("trigger.cron", "cron", "Say when, such as `0 9 * * MON`.")?;
            let zone = if text("time_zone").is_empty() { "UTC" } else { text("time_zone") };
            json!({ "on": "schedule", "cron": text("cron"), "time_zone": zone })
        }
        "event" => {
            needed("trigger.type", "type", "Say which, such as `com.acme.order.paid`.")?;
            json!({ "on": "event", "type": text("type") })
        }
        _ => return Err(("trigger.on", "Choose when it runs.".to_owned())),
    };
    serde_json::from_value(value).map_err(|error| ("trigger.on", error.to_string()))
}

/// When it runs.
pub(super) fn fields(typed: &Typed, choices: &Choices) -> Markup {
    let text = |name: &str| typed.trigger.get(name).map_or("", String::as_str);
    let on = text("on");
    let wrong = |id: &str| field::wrong(id, typed.why(id));
    let line = |id: &str, name: &str, hint: &str| {
        let (invalid, described) = marks(id, typed.why(id));
        html! {
            input type="text" id=(id) name=(id) value=(text(name)) placeholder=(hint) autocomplete="off" aria-invalid=[invalid] aria-describedby=[described];
            (wrong(id))
        }
    };
    let kind = |value: &str, word: &str| {
        html! {
            label.choice { input type="radio" name="trigger.on" value=(value) checked[on == value]; " " (word) }
        }
    };
    html! {
        fieldset {
            legend { "When it runs" }
            (wrong("trigger.on"))
            (kind("row", "When rows change"))
            div.field {
                label for="trigger.dataset" { "In which dataset" }
                (choices.heard("trigger.dataset", text("dataset"), typed))
                (wrong("trigger.dataset"))
                ul.ticks {
                    @for (value, word) in CHANGES {
                        li { label {
                            input type="checkbox" name="trigger.change" value=(value) checked[text("change").lines().any(|one| one == value)];
                            " " (word)
                        } }
                    }
                }
                (wrong("trigger.change"))
                (columns(text("dataset"), text("columns"), choices))
                label for="trigger.where" { "Only where (JSON, judged for each person by what they see)" }
                (line("trigger.where", "where", "[{\"column\": \"status\", \"is\": \"equal\", \"value\": \"open\"}]"))
            }
            (kind("schedule", "By the clock"))
            div.field {
                label for="trigger.cron" { "Minute, hour, day, month, weekday" }
                (line("trigger.cron", "cron", "0 9 * * MON"))
                label for="trigger.time_zone" { "In which time zone" }
                (line("trigger.time_zone", "time_zone", "Europe/Paris"))
            }
            (kind("event", "When the platform tells of an event"))
            div.field {
                label for="trigger.type" { "Its type" }
                (line("trigger.type", "type", "com.acme.order.paid"))
            }
        }
    }
}

/// Of which columns a change counts: those of the dataset that one may see, to tick.
fn columns(dataset: &str, chosen: &str, choices: &Choices) -> Markup {
    let seen = choices.columns_heard(dataset);
    let ticked = |name: &str| chosen.lines().any(|one| one == name);
    let others = chosen.lines().filter(|one| !one.is_empty() && !seen.iter().any(|name| name == one));
    html! {
        div role="group" aria-labelledby="heard-columns" {
            p #heard-columns { "Only if one of these columns changed (any, if none is ticked)" }
            input type="hidden" name="trigger.columns-of" value=(dataset);
            ul.ticks {
                @for name in &seen {
                    li { label { input type="checkbox" name="trigger.columns" value=(name) checked[ticked(name)]; " " (name) } }
                }
                @for name in others {
                    li { label { input type="checkbox" name="trigger.columns" value=(name) checked; " " (name) " (not yours to choose)" } }
                }
            }
            @if dataset.is_empty() { p.quiet { "Choose the dataset; then this offers its columns." } }
            button name="do" value="columns" { "Show its columns" }
        }
    }
}
