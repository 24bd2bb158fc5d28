//! Specs from the headings and blocks of a Markdown file.

use std::collections::BTreeMap;

use super::markdown::{self, Item};
use super::steps::Step;
use super::{Case, Mutation, Spec};
use crate::fixture::Sources;
use crate::folder::Folder;
use crate::problem::{FixtureError, Place, Problem};
use crate::text::Text;

/// Kinds of blocks that are pieces of a fixture's TOML.
const FIXTURE: [&str; 5] = ["people", "grants", "data", "automation", "governance"];

/// What a fence can be.
const FENCES: &str = "`toml people`, `toml grants`, `toml data`, `toml automation`, `toml governance`, `toml event`, `toml expect`, \
    `cedar policies`, `csv FILE.csv` or `jsonl FILE.jsonl`";

/// Blocks by their kind: `people`, `policies`, `event`, or the name of a file.
type Blocks = BTreeMap<String, Text>;

/// A spec before its worlds are put together.
struct Draft {
    ids: Vec<String>,
    title: String,
    place: Place,
    level: usize,
    shared: Blocks,
    own: Blocks,
    /// In order: what is other, where, and the blocks that say so.
    mutations: Vec<(String, Place, Blocks)>,
}

/// The specs of a file.
pub(super) fn specs(source: &Text, folder: &Folder) -> Result<Vec<Spec>, FixtureError> {
    let mut problems = Vec::new();
    let drafts = drafts(source, &mut problems);
    if drafts.is_empty() && problems.is_empty() {
        let message = "the file has no spec: begin one with a heading such as `## FND-12 A new object is tested once`";
        problems.push(Problem { place: source.at(0), message: message.to_owned() });
    }
    // A fence that is misspelt would be missed below; one report of it is enough.
    if !problems.is_empty() {
        return Err(FixtureError::new(problems));
    }
    let mut specs = Vec::new();
    for draft in drafts {
        match draft.finish(folder) {
            Ok(spec) => specs.push(spec),
            Err(error) => problems.extend(error.problems),
        }
    }
    if problems.is_empty() { Ok(specs) } else { Err(FixtureError::new(problems)) }
}

fn drafts(source: &Text, problems: &mut Vec<Problem>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut shared = Blocks::new();
    let mut current: Option<Draft> = None;
    for item in markdown::items(source) {
        match item {
            Item::Heading { place, level, text } => {
                let (ids, title) = ids(&text);
                // A deeper heading without ids is prose of the spec.
                if !ids.is_empty() || current.as_ref().is_some_and(|draft| level <= draft.level) {
                    drafts.extend(current.take());
                }
                if !ids.is_empty() {
                    let (shared, own) = (shared.clone(), Blocks::new());
                    current = Some(Draft { ids, title, place, level, shared, own, mutations: Vec::new() });
                }
            }
            Item::Block { place, info, text } => match fence(&info) {
                Ok(None) => {}
                Ok(Some(fence)) => {
                    if let Err(message) = put(&mut shared, current.as_mut(), fence, &place, text) {
                        problems.push(Problem { place, message });
                    }
                }
                Err(message) => problems.push(Problem { place, message }),
            },
        }
    }
    drafts.extend(current);
    drafts
}

/// The ids that a heading begins with, and the rest of it.
fn ids(heading: &str) -> (Vec<String>, String) {
    let mut ids = Vec::new();
    let mut words = heading.split_whitespace().peekable();
    while let Some(id) = words.peek().map(|word| word.trim_end_matches([',', ':'])).filter(|word| is_id(word)) {
        ids.push(id.to_owned());
        words.next();
    }
    (ids, words.collect::<Vec<_>>().join(" "))
}

/// Capital letters, `-`, digits.
fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(area, number)| {
        !area.is_empty()
            && !number.is_empty()
            && area.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

struct Fence {
    kind: String,
    mutation: Option<String>,
}

/// What a fence is; `None`: for people.
fn fence(info: &str) -> Result<Option<Fence>, String> {
    let (head, mutation) = match info.split_once(" mutation") {
        Some((head, why)) => (head, Some(why.trim())),
        None => (info.trim(), None),
    };
    let mut words = head.split_whitespace();
    let (language, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let known = match language {
        "toml" => FIXTURE.contains(&kind) || matches!(kind, "event" | "expect"),
        "cedar" => kind == "policies",
        "csv" | "jsonl" => kind.ends_with(&format!(".{language}")),
        _ => return Ok(None),
    };
    if !known || words.next().is_some() {
        return Err(format!(
            "`{info}` is no fence of a spec: {FENCES}, with `mutation \"why\"` behind it if it is one"
        ));
    }
    let why = |why: &str| {
        let why = why.strip_prefix('"').and_then(|why| why.strip_suffix('"')).filter(|why| !why.is_empty());
        why.map(str::to_owned)
            .ok_or("write what is other behind `mutation`, in quotes: `mutation \"ana may see margins\"`")
    };
    let mutation = mutation.map(why).transpose()?;
    if mutation.is_some() && kind == "expect" {
        return Err("a mutation changes the world, never what is expected of it".to_owned());
    }
    Ok(Some(Fence { kind: kind.to_owned(), mutation }))
}

fn put(
    shared: &mut Blocks,
    current: Option<&mut Draft>,
    fence: Fence,
    place: &Place,
    text: Text,
) -> Result<(), String> {
    let blocks = match (current, fence.mutation) {
        (None, Some(_)) => return Err("a mutation belongs below the heading of a spec".to_owned()),
        (None, None) => shared,
        (Some(draft), None) => &mut draft.own,
        (Some(draft), Some(why)) => {
            let known = draft.mutations.iter().position(|(known, _, _)| *known == why);
            if known.is_none() {
                draft.mutations.push((why.clone(), place.clone(), Blocks::new()));
            }
            let found = draft.mutations.iter_mut().find(|(known, _, _)| *known == why);
            &mut found.ok_or("a mutation is lost")?.2
        }
    };
    blocks.entry(fence.kind).or_default().append(text);
    Ok(())
}

impl Draft {
    fn finish(self, folder: &Folder) -> Result<Spec, FixtureError> {
        if self.mutations.is_empty() {
            let message =
                "the spec has no mutation: show a world in which it must fail, in a fence with `mutation \"why\"`";
            return Err(FixtureError::one(self.place, message));
        }
        let mut world = self.shared;
        world.extend(self.own);
        let case = assemble(&world, folder, &self.place)?;
        let mut mutations = Vec::new();
        for (why, place, blocks) in self.mutations {
            if let Some(kind) = blocks.keys().find(|kind| !world.contains_key(*kind)) {
                return Err(FixtureError::one(place, format!("there is no block `{kind}` that it could stand in for")));
            }
            let mut world = world.clone();
            world.extend(blocks);
            // It must be a sound world too, or it would fail for the wrong reason.
            let mutated = assemble(&world, folder, &place)?;
            same_points(&case, &mutated)?;
            mutations.push(Mutation { case: mutated, why, place });
        }
        Ok(Spec { ids: self.ids, title: self.title, place: self.place, case, mutations })
    }
}

/// A mutation expects nothing that the spec does not.
fn same_points(case: &Case, mutated: &Case) -> Result<(), FixtureError> {
    let known = |step: &Step| case.steps.iter().any(|own| own.action == step.action);
    match mutated.steps.iter().find(|step| step.is_point() && !known(step)) {
        None => Ok(()),
        Some(step) => {
            let message = "a mutation changes the world, never what is expected of it: the spec has no such step that is \
                           `refused` or `allowed`";
            Err(FixtureError::one(step.place.clone(), message))
        }
    }
}

fn assemble(world: &Blocks, folder: &Folder, place: &Place) -> Result<Case, FixtureError> {
    let block = |kind: &str| world.get(kind).cloned().unwrap_or_default();
    let mut toml = Text::default();
    for kind in FIXTURE.iter().filter(|kind| world.contains_key(**kind)) {
        toml.append(block(kind));
    }
    let mut folder = folder.clone();
    for (name, text) in world.iter().filter(|(name, _)| name.contains('.')) {
        folder.put(name, text.clone());
    }
    let sources = Sources { toml, policies: block("policies"), folder };
    Case::read(sources, &block("event"), &block("expect"), place)
}
