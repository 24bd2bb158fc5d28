//! What needs no machine: comparisons, words, and members of statements.

use std::cmp::Ordering;

use policy_guest::{Change, Comparison, Event, Failure, Field, Finding, Json, Value, json};

pub(crate) fn of_event(event: &Event, what: &str) -> Option<Value> {
    Some(match what {
        "id" => event.id.as_str().into(),
        "at" => Value::Timestamp(event.at),
        "change" => change(event.change).into(),
        "dataset" => event.row()?.dataset.as_str().into(),
        "row" => event.row()?.id.as_str().into(),
        _ => return None,
    })
}

pub(crate) fn of_finding(finding: &Finding, what: &str) -> Option<Value> {
    match what {
        "key" => Some(finding.key.as_str().into()),
        "summary" => Some(finding.summary.as_str().into()),
        _ => None,
    }
}

pub(crate) fn sum(left: &Value, right: &Value) -> Option<Value> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(Value::Integer(left.wrapping_add(*right))),
        _ => None,
    }
}

pub(crate) fn holds(left: &Value, operator: &str, right: &Value) -> bool {
    match operator {
        "=" => equal(left, right),
        "!=" => !equal(left, right),
        "<" => less(left, right),
        "<=" => less(left, right) || equal(left, right),
        ">" => less(right, left),
        ">=" => less(right, left) || equal(left, right),
        "contains" => matches!((left, right), (Value::Text(left), Value::Text(right)) if left.contains(right)),
        _ => false,
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left.amount(), right.amount()) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn less(left: &Value, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        _ => left.amount().zip(right.amount()).map(|(left, right)| left.cmp(&right)),
    };
    order == Some(Ordering::Less)
}

pub(crate) fn status(failure: Option<&Failure>) -> &'static str {
    match failure {
        None => "ok",
        Some(Failure::Denied) => "denied",
        Some(Failure::Invalid(_)) => "invalid",
        Some(Failure::Limit(_)) => "limit",
        Some(Failure::Unavailable) => "unavailable",
        Some(Failure::Other(_)) => "other",
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Updated => "updated",
        Change::Removed => "removed",
        Change::Due => "due",
        Change::Manual => "manual",
        Change::Other => "other",
    }
}

pub(crate) fn compared(comparison: &str) -> Comparison {
    match comparison {
        "equal" => Comparison::Equal,
        "not-equal" => Comparison::NotEqual,
        "less" => Comparison::Less,
        "at-most" => Comparison::AtMost,
        "greater" => Comparison::Greater,
        "at-least" => Comparison::AtLeast,
        "contains" => Comparison::Contains,
        "one-of" => Comparison::OneOf,
        _ => Comparison::Other,
    }
}

pub(crate) fn arguments(fields: &[Field]) -> String {
    json::object(fields.iter().map(|field| (field.name.as_str(), field.value.to_json())))
}

pub(crate) fn name(statement: &Json, member: &str) -> String {
    statement.get(member).and_then(Json::text).unwrap_or_default().to_owned()
}

pub(crate) fn items<'a>(statement: &'a Json, member: &str) -> &'a [Json] {
    statement.get(member).and_then(Json::items).unwrap_or_default()
}

pub(crate) fn number(statement: &Json, member: &str) -> Option<i64> {
    statement.get(member).and_then(Json::integer)
}

pub(crate) fn clamp(limit: i64) -> u32 {
    u32::try_from(limit.max(0)).unwrap_or(u32::MAX)
}

pub(crate) fn burn(thousands: i64) {
    let steps = thousands.max(0).saturating_mul(1000);
    // The compiler must not see that nobody needs the result.
    std::hint::black_box((0..steps).fold(0_i64, |sum, step| std::hint::black_box(sum ^ step)));
}

pub(crate) fn trap() -> ! {
    #[cfg(target_family = "wasm")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_family = "wasm"))]
    std::process::abort();
}
