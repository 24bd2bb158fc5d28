//! What differs between two answers, place by place.

use std::collections::BTreeSet;

use serde_json::Value;

/// Most differences that are told.
const MOST: usize = 8;

/// Where two values differ, and how; empty: they are equal.
pub fn differences(one: &Value, other: &Value) -> Vec<String> {
    let mut found = vec![];
    walk("", one, other, &mut found);
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found
}

fn walk(place: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        _ if one == other => {}
        (Value::Object(left), Value::Object(right)) => {
            for name in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
                let of = |all: &serde_json::Map<String, Value>| all.get(name).cloned().unwrap_or_default();
                walk(&format!("{place}.{name}"), &of(left), &of(right), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                walk(&format!("{place}[{at}]"), left, right, found);
            }
        }
        _ => found.push(format!("{place}: {one} here, {other} there")),
    }
}

#[test]
fn each_difference_is_told_with_its_place() {
    let (one, other) = (serde_json::json!({"a": [1, {"b": 2}], "c": 3}), serde_json::json!({"a": [1, {"b": 4}]}));
    assert_eq!(differences(&one, &other), [".a[1].b: 2 here, 4 there", ".c: 3 here, null there"]);
    assert!(differences(&one, &one).is_empty());
}
