//! What is wrong with a draft that the service refused, beside the fields that it is about.

use mandate_governance::Refused;
use mandate_model::powers::PowersError;
use mandate_service::{ScheduleError, ServiceError, TriggerError};

use super::form::Typed;

/// How problems of settings begin, and what stands between them.
const UNFIT: &str = "the settings do not fit the plugin: ";
const BETWEEN: &str = "; ";

/// Puts what can be put right in the form beside its fields. What is said above the form; `None`: it is no matter of the form.
pub(super) fn place(error: &ServiceError, typed: &mut Typed) -> Option<String> {
    let rest = match error {
        ServiceError::Settings(text) => settings(text, typed),
        ServiceError::Trigger(why) => {
            typed.blame(field_of(why), &sentence(&why.to_string()));
            String::new()
        }
        ServiceError::Where(why) => {
            typed.blame("trigger.where", &sentence(why));
            String::new()
        }
        ServiceError::Powers(PowersError::MissingSetting(name)) if typed.settings.contains_key(name) => {
            typed.blame(&format!("setting.{name}"), "It is needed.");
            String::new()
        }
        ServiceError::Powers(why @ PowersError::BadName(value)) => powers(&why.to_string(), value, typed),
        ServiceError::TooManyPeople { .. } => {
            typed.blame("recipients", &sentence(&error.to_string()));
            String::new()
        }
        ServiceError::NoPlugin(_) => {
            typed.blame("plugin", &sentence(&error.to_string()));
            String::new()
        }
        ServiceError::Version(_) | ServiceError::Powers(_) | ServiceError::Refused(Refused::Lacks { .. }) => {
            format!("{error}.")
        }
        _ => return None,
    };
    Some(if rest.is_empty() {
        "Not published: look at what is marked below.".to_owned()
    } else {
        format!("Not published: {rest}")
    })
}

/// Each problem of the settings, beside its own; what is of none of them.
fn settings(text: &str, typed: &mut Typed) -> String {
    let mut rest = vec![];
    for piece in text.strip_prefix(UNFIT).unwrap_or(text).split(BETWEEN) {
        let names: Vec<String> = typed.settings.keys().cloned().collect();
        let told = names.into_iter().find_map(|name| {
            let missing = piece == format!("\"{name}\" is a required property");
            let about = || piece.strip_prefix('/')?.strip_prefix(name.as_str())?.strip_prefix(": ");
            let why = if missing { Some("It is needed.".to_owned()) } else { about().map(sentence) };
            why.map(|why| (name, why))
        });
        match told {
            Some((name, why)) => typed.blame(&format!("setting.{name}"), &why),
            None => rest.push(piece),
        }
    }
    if rest.is_empty() { String::new() } else { format!("{UNFIT}{}.", rest.join(BETWEEN)) }
}

/// What names nothing, beside the setting that says it.
fn powers(why: &str, value: &str, typed: &mut Typed) -> String {
    let Some(name) = typed.settings.iter().find(|(_, text)| *text == value).map(|(name, _)| name.clone()) else {
        return format!("{why}.");
    };
    typed.blame(&format!("setting.{name}"), &sentence(why));
    String::new()
}

/// The field of the trigger that is to blame.
fn field_of(why: &TriggerError) -> &'static str {
    match why {
        TriggerError::Schedule(ScheduleError::Zone(_)) => "trigger.time_zone",
        TriggerError::Schedule(_) => "trigger.cron",
        TriggerError::NoChange | TriggerError::NoRowChange => "trigger.change",
        TriggerError::Type(_) | TriggerError::Reserved(_) => "trigger.type",
        TriggerError::Removed | TriggerError::TooMuch | TriggerError::Compared(..) => "trigger.where",
        TriggerError::NoRow(_) => "recipients",
    }
}

/// As it is read beside a field.
fn sentence(why: &str) -> String {
    format!("{}.", why.replace('`', "\"").trim_end_matches('.'))
}
