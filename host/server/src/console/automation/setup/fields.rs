//! Fields of the settings, from the plugin's JSON Schema: what a person may see is offered, the rest is typed.

use mandate_model::PrincipalId;
use maud::{Markup, html};
use serde_json::Value;

use super::{form::Typed, offered::Choices};
use crate::{
    console::field::{self, marks},
    people,
};

/// How a setting is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of text.
    Text,
    /// Whole or not.
    Number,
    /// Yes or no.
    Boolean,
    /// One of these.
    OneOf(Vec<String>),
    /// The name of a dataset.
    Dataset,
    /// The name of a column of any dataset.
    Column,
    /// Somebody.
    Principal,
    /// Several texts, one on each line.
    Lines,
    /// Anything else, as JSON.
    Json,
}

impl Kind {
    /// The value of what was typed; `None`: nothing was.
    pub(super) fn value(&self, text: &str) -> Result<Option<Value>, String> {
        let text = text.trim();
        if text.is_empty() && *self != Self::Boolean {
            return Ok(None);
        }
        let number = || text.parse::<serde_json::Number>().map_err(|_| format!("`{text}` is no number"));
        Ok(Some(match self {
            Self::Text | Self::OneOf(_) | Self::Dataset | Self::Column | Self::Principal => Value::from(text),
            Self::Number => Value::Number(number()?),
            Self::Boolean => Value::Bool(matches!(text, "true" | "on")),
            Self::Lines => Value::from(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>()),
            Self::Json => serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?,
        }))
    }
}

/// The names of the settings that the schema has.
pub(super) fn names(schema: &str) -> Vec<String> {
    let properties = property(schema, None);
    properties.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

/// How a setting is typed.
pub(super) fn kind(schema: &str, name: &str) -> Kind {
    let schema = property(schema, Some(name));
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let one_of = schema.get("enum").and_then(Value::as_array);
    if let Some(all) = one_of.filter(|all| all.iter().all(Value::is_string)) {
        return Kind::OneOf(all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let types = schema.get("type").cloned().unwrap_or_default();
    let is = |word: &str| types == word || types.as_array().is_some_and(|all| all.iter().any(|one| one == word));
    let items = schema.get("items").and_then(|items| items.get("type"));
    match format {
        "dataset" => Kind::Dataset,
        "column" => Kind::Column,
        "principal" => Kind::Principal,
        _ if is("string") => Kind::Text,
        _ if is("integer") || is("number") => Kind::Number,
        _ if is("boolean") => Kind::Boolean,
        _ if is("array") && items.is_some_and(|items| items == "string") => Kind::Lines,
        _ => Kind::Json,
    }
}

fn property(schema: &str, name: Option<&str>) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let properties = schema.get("properties").cloned().unwrap_or_default();
    match name {
        Some(name) => properties.get(name).cloned().unwrap_or_default(),
        None => properties,
    }
}

fn required(schema: &str, name: &str) -> bool {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    schema.get("required").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == name))
}

/// All settings.
pub(super) fn settings(schema: &str, typed: &Typed, choices: &Choices) -> Markup {
    let names = names(schema);
    html! {
        @if !names.is_empty() {
            fieldset {
                legend { "Settings" }
                p.quiet { "Everybody whom it tells may learn these: never write secrets here." }
                @for name in &names { (setting(schema, name, typed, choices)) }
            }
        }
    }
}

fn setting(schema: &str, name: &str, typed: &Typed, choices: &Choices) -> Markup {
    let about = property(schema, Some(name));
    let title = about.get("title").and_then(Value::as_str).unwrap_or(name);
    let description = about.get("description").and_then(Value::as_str);
    let field = format!("setting.{name}");
    let value = typed.settings.get(name).map_or("", String::as_str);
    html! {
        div.field {
            label for=(field) { q { (title) } @if required(schema, name) { " (needed)" } }
            @if let Some(text) = description { p.quiet { q { (text) } } }
            (input(&kind(schema, name), name, value, typed, choices))
            (field::wrong(&field, typed.why(&field)))
        }
    }
}

fn input(kind: &Kind, name: &str, value: &str, typed: &Typed, choices: &Choices) -> Markup {
    let field = &format!("setting.{name}");
    let (invalid, described) = marks(field, typed.why(field));
    match kind {
        Kind::Text => html! {
            input type="text" id=(field) name=(field) value=(value) autocomplete="off" aria-invalid=[invalid] aria-describedby=[described];
        },
        Kind::Number => html! {
            input type="text" inputmode="decimal" id=(field) name=(field) value=(value) autocomplete="off"
                aria-invalid=[invalid] aria-describedby=[described];
        },
        Kind::Boolean => html! {
            input type="checkbox" id=(field) name=(field) value="true" checked[value == "true"] aria-invalid=[invalid] aria-describedby=[described];
        },
        Kind::OneOf(all) => html! {
            select id=(field) name=(field) aria-invalid=[invalid] aria-describedby=[described] {
                option value="" { "Choose one" }
                @for one in all { option value=(one) selected[*one == value] { (one) } }
                // What somebody set before the plugin had other values stays until it is changed.
                @if !value.is_empty() && !all.iter().any(|one| one == value) {
                    option value=(value) selected { (value) " (not offered any more)" }
                }
            }
        },
        Kind::Dataset => choices.dataset_of(field, name, value, typed),
        Kind::Column => choices.column_of(field, name, value, typed),
        Kind::Principal => principal(field, value, typed, choices),
        Kind::Lines | Kind::Json => html! {
            textarea id=(field) name=(field) rows="4" aria-invalid=[invalid] aria-describedby=[described] { (value) }
        },
    }
}

/// Somebody: those whom one may see are offered by name while one types, and anybody's id can be typed.
fn principal(field: &str, value: &str, typed: &Typed, choices: &Choices) -> Markup {
    const OFFERED: usize = 200;
    let (invalid, described) = marks(field, typed.why(field));
    html! {
        input type="text" id=(field) name=(field) value=(value) list={ (field) "-people" } placeholder="user:bo" autocomplete="off"
            aria-invalid=[invalid] aria-describedby=[described];
        datalist id={ (field) "-people" } {
            @for (id, name) in choices.people.iter().take(OFFERED) { option value=(id) { (name) } }
        }
    }
}

/// Whom it tells: those whom one may see to tick, by name, and anybody else to type.
pub(super) fn recipients(typed: &Typed, choices: &Choices) -> Markup {
    const OFFERED: usize = 30;
    let chosen: Vec<&str> = typed.recipients.lines().collect();
    let is_chosen = |id: &PrincipalId| chosen.iter().any(|one| *one == id.to_string());
    let (ticked, rest): (Vec<_>, Vec<_>) = choices.people.iter().partition(|(id, _)| is_chosen(id));
    let found: Vec<_> = rest.into_iter().filter(|(id, name)| people::has(&typed.find, id, name)).collect();
    let known = |text: &str| ticked.iter().any(|(id, _)| id.to_string() == text);
    let typed_by_hand: Vec<&str> = chosen.iter().filter(|one| !known(one)).copied().collect();
    let (invalid, described) = marks("recipients", typed.why("recipients"));
    let tick = |(id, name): &(PrincipalId, String), on: bool| {
        html! {
            li { label { input type="checkbox" name="recipient" value=(id) checked[on]; " " (name) " " span.id { (id) } } }
        }
    };
    html! {
        fieldset {
            legend { "Whom it tells" }
            p.quiet {
                @if choices.as_run_as { "Each is sent what it finds as whom it runs as, also of what they may not see themselves." }
                @else { "Each is told from what they themselves may see." }
            }
            @if choices.people.len() > OFFERED {
                div.field {
                    label for="find" { "Search people and teams" }
                    p.quiet { "By name, among those whom you may see. What you ticked stays." }
                    input type="search" id="find" name="find" value=(typed.find) autocomplete="off";
                    button name="do" value="search" { "Search" }
                }
            }
            ul.ticks {
                @for one in &ticked { (tick(one, true)) }
                @for one in found.iter().take(OFFERED) { (tick(one, false)) }
            }
            @if found.len() > OFFERED { p.quiet { "There are more: write more of the name." } }
            div.field {
                label for="recipients" { "Others, one on each line" }
                p.quiet { "Somebody (user:bo), a team (team:emea), or whom a column of the row names (column:owner)." }
                textarea id="recipients" name="recipients" rows="3" aria-invalid=[invalid] aria-describedby=[described] { (typed_by_hand.join("\n")) }
                (field::wrong("recipients", typed.why("recipients")))
            }
        }
    }
}
