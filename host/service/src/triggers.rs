//! What a trigger must be like before it is published: everything that is wrong whoever asks, and whatever the data is.

use std::collections::BTreeSet;

use mandate_model::{Change, Comparison, Operand, Recipient, RowFilter, Trigger};

use crate::schedule::{Schedule, ScheduleError};

/// Most conditions of a `where`.
const MAX_FILTERS: usize = 32;
/// Most items of a list in one, and bytes of a text.
const MAX_OPERAND: usize = 1000;
/// Largest whole number that every JSON program keeps.
const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Longest type of an event in bytes.
pub(crate) const MAX_TYPE: usize = 255;
/// What a run by hand that is about no row is an event of.
pub(crate) const RUN_NOW: &str = "run-now";

/// Why a trigger cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// A schedule that there is not.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// It listens to nothing.
    #[error("the trigger listens to no `change`: name `added`, `updated` or `removed`")]
    NoChange,
    /// It listens to what does not happen to rows.
    #[error("a row is `added`, `updated` or `removed`, and nothing else happens to it")]
    NoRowChange,
    /// No type of an event.
    #[error("`{0}` is no type of an event: it has 1 to {MAX_TYPE} letters, digits and signs of `.`, `-`, `_` and `/`")]
    Type(String),
    /// A type that is the host's own.
    #[error("`{0}` is the host's own: listen to rows with `on = \"row\"`, to times with `on = \"schedule\"`")]
    Reserved(String),
    /// A removed row has no cells.
    #[error("`where` cannot be judged of a row that was `removed`: leave out one of them")]
    Removed,
    /// Too many conditions, or too much in one.
    #[error(
        "`where` takes at most {MAX_FILTERS} conditions, each with at most {MAX_OPERAND} bytes or items, and whole numbers up to {MAX_INTEGER}"
    )]
    TooMuch,
    /// A comparison that cannot be with this.
    #[error("`where`: `{0}` is compared with {1}")]
    Compared(String, &'static str),
    /// A person in a column of a row that there is not.
    #[error("a schedule is about no row, so `{0}` names nobody: name people or teams")]
    NoRow(Recipient),
}

/// Refuses what can never be right.
pub fn check(trigger: &Trigger, recipients: &BTreeSet<Recipient>) -> Result<(), TriggerError> {
    match trigger {
        Trigger::Row { change, only, .. } => {
            if change.is_empty() {
                return Err(TriggerError::NoChange);
            }
            if change.iter().any(|one| !matches!(one, Change::Added | Change::Updated | Change::Removed)) {
                return Err(TriggerError::NoRowChange);
            }
            if change.contains(&Change::Removed) && !only.is_empty() {
                return Err(TriggerError::Removed);
            }
            if only.len() > MAX_FILTERS {
                return Err(TriggerError::TooMuch);
            }
            only.iter().try_for_each(check_filter)
        }
        Trigger::Schedule { cron, time_zone } => {
            Schedule::parse(cron, time_zone)?;
            match recipients.iter().find(|recipient| matches!(recipient, Recipient::Column(_))) {
                Some(column) => Err(TriggerError::NoRow(column.clone())),
                None => Ok(()),
            }
        }
        Trigger::Event { event_type, .. } => check_type(event_type),
    }
}

/// Refuses what is no type of an event that a platform sends.
pub fn check_type(event_type: &str) -> Result<(), TriggerError> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    if !(1..=MAX_TYPE).contains(&event_type.len()) || !event_type.bytes().all(sign) {
        return Err(TriggerError::Type(event_type.to_owned()));
    }
    let ours = event_type == RUN_NOW || event_type == "mandate" || event_type.starts_with("mandate.");
    if ours { Err(TriggerError::Reserved(event_type.to_owned())) } else { Ok(()) }
}

fn check_filter(filter: &RowFilter) -> Result<(), TriggerError> {
    use Comparison::{Contains, Equal, NotEqual, OneOf, Other};
    let with = match (filter.is, &filter.value) {
        (Other, _) => "`equal`, `not-equal`, `less`, `at-most`, `greater`, `at-least`, `contains` or `one-of`",
        (OneOf, value) if !matches!(value, Some(Operand::List(_))) => "a list by `one-of`",
        (Contains, value) if !matches!(value, Some(Operand::Text(_))) => "a text by `contains`",
        (is, None) if !matches!(is, Equal | NotEqual) => "no value by `equal` and `not-equal` alone",
        (is, Some(Operand::List(_))) if is != OneOf => "a list by `one-of` alone",
        (_, Some(value)) if !fits(value) => return Err(TriggerError::TooMuch),
        _ => return Ok(()),
    };
    Err(TriggerError::Compared(filter.column.clone(), with))
}

fn fits(value: &Operand) -> bool {
    match value {
        Operand::Boolean(_) => true,
        Operand::Integer(number) => number.unsigned_abs() <= MAX_INTEGER,
        Operand::Text(text) => text.len() <= MAX_OPERAND,
        Operand::List(items) => {
            items.len() <= MAX_OPERAND && items.iter().all(|item| !matches!(item, Operand::List(_)) && fits(item))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trigger: &str, recipients: &[&str]) -> String {
        let recipients = recipients.iter().map(|text| Recipient::parse(text).unwrap()).collect();
        check(&serde_json::from_str(trigger).unwrap(), &recipients)
            .map_or_else(|error| error.to_string(), |()| String::new())
    }

    fn only(changes: &str, filter: &str) -> String {
        told(
            &format!(r#"{{"on":"row","dataset":"deals","change":[{changes}],"where":[{filter}]}}"#),
            &["column:seller"],
        )
    }

    #[test]
    fn what_can_never_be_right_is_refused() {
        for (filter, said) in [
            (r#"{"column":"a","is":"equal"}"#, ""),
            (r#"{"column":"a","is":"one-of","value":["x",1]}"#, ""),
            (r#"{"column":"a","is":"at-least","value":"1.00"}"#, ""),
            (
                r#"{"column":"a","is":"less"}"#,
                "`where`: `a` is compared with no value by `equal` and `not-equal` alone",
            ),
            (r#"{"column":"a","is":"one-of","value":"x"}"#, "`where`: `a` is compared with a list by `one-of`"),
            (r#"{"column":"a","is":"equal","value":["x"]}"#, "`where`: `a` is compared with a list by `one-of` alone"),
            (r#"{"column":"a","is":"contains","value":1}"#, "`where`: `a` is compared with a text by `contains`"),
            (r#"{"column":"a","is":"other","value":1}"#, "`where`: `a` is compared with `equal`, "),
            (r#"{"column":"a","is":"equal","value":9007199254740992}"#, "`where` takes at most 32 conditions"),
            (r#"{"column":"a","is":"one-of","value":[["x"]]}"#, "`where` takes at most 32 conditions"),
        ] {
            let found = only("\"added\"", filter);
            assert!(found.starts_with(said) && found.is_empty() == said.is_empty(), "{filter}: {found}");
        }
        let many = vec![r#"{"column":"a","is":"equal"}"#; 33].join(",");
        assert!(only("\"added\"", &many).contains("at most 32"));
        let long = format!(r#"{{"column":"a","is":"equal","value":"{}"}}"#, "x".repeat(1001));
        assert!(only("\"added\"", &long).contains("at most 32"));
        assert!(only("\"added\",\"removed\"", r#"{"column":"a","is":"equal"}"#).contains("`removed`"));
        assert!(only("", "").contains("listens to no `change`"));
        assert!(only("\"due\"", "").contains("nothing else happens to it"));
    }

    #[test]
    fn types_of_events_are_the_platforms_own() {
        let event = |name: &str| told(&format!(r#"{{"on":"event","type":"{name}"}}"#), &[]);
        for good in ["com.acme.order.paid", "paid", "Acme/paid-2_x", "mandated"] {
            assert_eq!(event(good), "");
        }
        for bad in ["", "a b", "é", "a:b", &"a".repeat(256)] {
            assert!(event(bad).contains("is no type of an event"), "{bad}");
        }
        for ours in ["mandate", "mandate.row.added", "mandate.x", "run-now"] {
            assert!(event(ours).contains("is the host's own"), "{ours}");
        }
    }

    #[test]
    fn a_schedule_has_no_row_that_names_anybody() {
        let daily = r#"{"on":"schedule","cron":"0 9 * * *"}"#;
        assert_eq!(told(daily, &["team:emea"]), "");
        assert!(told(daily, &["column:seller"]).contains("`column:seller` names nobody"));
        assert!(told(r#"{"on":"schedule","cron":"0 25 * * *"}"#, &[]).contains("`25` is no hour"));
    }
}
