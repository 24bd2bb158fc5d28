//! What the cases came to: a property that holds because nothing ever happened would hold nothing.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{host::Outcome, mutate::Mutation, sight::Sight};

/// What every run of the property must have seen.
const NEEDED: [&str; 18] = [
    "told something",
    "told nothing",
    "no part of it",
    "part failed",
    "part dead",
    "denied",
    "invalid",
    "trap",
    "fuel",
    "cursor used",
    "empty page",
    "runs as them",
    "others get something else",
    "effect carried out",
    "other effects",
    "added",
    "updated",
    "removed",
];

/// Counts by what was seen.
#[derive(Debug, Default)]
pub struct Tally(pub BTreeMap<String, usize>);

impl Tally {
    fn add(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    /// Counts a case: what the person got, what they could see, what was otherwise in the other world.
    pub fn count(&mut self, here: &Outcome, there: &Outcome, sight: &Sight, mutations: &[Mutation]) {
        let gets = &here.gets;
        let text = gets.to_string();
        let is = |part: &str| text.contains(part);
        let empty = |name: &str| gets[name].as_array().is_some_and(Vec::is_empty);
        let seen = [
            ("told something", !empty("inbox")),
            ("told nothing", empty("inbox")),
            ("no part of it", empty("runs")),
            ("part failed", is(r#""state":"failed""#)),
            ("part dead", is(r#""state":"dead""#)),
            ("denied", is(r#""verdict":"denied""#)),
            ("invalid", is(r#""verdict":"invalid""#)),
            ("trap", is(r#""cause":"trap""#)),
            ("fuel", is(r#""cause":"fuel""#)),
            ("cursor used", is(r#""after":""#)),
            ("empty page", is(r#""rows":[]"#)),
            ("runs as them", !sight.acted.is_empty()),
            ("others get something else", here.others["inboxes"] != there.others["inboxes"]),
            ("effect carried out", here.others["effects"] != json!([])),
            ("other effects", here.others["effects"] != there.others["effects"]),
            ("added", is(r#""change":"added""#)),
            ("updated", is(r#""change":"updated""#)),
            ("removed", is(r#""change":"removed""#)),
        ];
        seen.into_iter().filter(|(_, seen)| *seen).for_each(|(what, _)| self.add(what));
        for mutation in mutations {
            self.add(&format!("{:?}", mutation.kind()));
        }
    }

    /// What never happened, though it must.
    pub fn missing(&self) -> Vec<String> {
        let kinds = crate::mutate::Kind::ALL.map(|kind| format!("{kind:?}"));
        let needed = NEEDED.iter().map(|what| (*what).to_owned()).chain(kinds);
        needed.filter(|what| !self.0.contains_key(what)).collect()
    }
}
