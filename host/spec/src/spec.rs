//! Markdown specs: behaviours told in prose, with a world to try them in, events, and what must come of them.
//!
//! A heading that begins with ids of behaviours (`## FND-12 A new object is tested once per recipient`) begins a spec. Fenced
//! blocks below it are its parts; blocks before the first such heading belong to every spec of the file, unless a spec has
//! blocks of that kind itself. All other prose and blocks are for people.
//!
//! | fence | what |
//! |---|---|
//! | `toml people`, `toml grants`, `toml data`, `toml automation`, `toml governance` | pieces of one [fixture](crate::fixture) |
//! | `cedar policies` | its policies |
//! | `csv deals.csv`, `jsonl deals.jsonl` | a file beside it |
//! | `toml event` | what happens: see [`steps`], [`steps::ask`] and [`steps::holdings`] |
//! | `toml expect` | what must come of it: see [`expect`] and [`expect::governance`] |
//!
//! A fence that ends in `mutation "why"` is a counter-world: it stands in for all blocks of its kind (blocks with the same
//! words belong together), and with it at least one expectation must fail. A spec that still passes tests nothing, and is
//! itself wrong; so is one without any mutation.
//!
//! A step with `refused` or `allowed` is an expectation too. All other steps are set-up, and a mutation under which one of them
//! is refused before an expectation failed is wrong: it would be noticed whatever the spec expects. What is expected is the same
//! in a mutation; its own steps may leave out those that are expectations, but bring no others.
//!
//! Each spec is tried in the world of each other preset, too ([`elsewhere`]): a behaviour of one product that holds in all is
//! either a constant, which `tests/spec/behaviours.toml` says, or its spec does not ask for what is particular of it.

pub mod compare;
pub mod elsewhere;
pub mod expect;
mod markdown;
mod parse;
pub mod run;
pub mod steps;

use std::path::Path;

use crate::fixture::{Fixture, Sources};
use crate::folder::{self, Folder};
use crate::problem::{FixtureError, Place, Problem};
use crate::text::Text;
use compare::Observed;
use expect::Expectations;
use steps::Step;

/// A spec: one heading with what belongs to it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The behaviours that it holds, such as `FND-12`; at least one.
    pub ids: Vec<String>,
    /// The heading behind the ids.
    pub title: String,
    /// Where the heading stands.
    pub place: Place,
    /// The world as it should be.
    pub case: Case,
    /// Worlds in which it must fail; at least one.
    pub mutations: Vec<Mutation>,
}

/// A world in which a spec must fail.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// What is other than it should be.
    pub why: String,
    /// Where its first block stands.
    pub place: Place,
    /// The world.
    pub case: Case,
}

/// A world, what happens in it, and what must come of that.
#[derive(Debug, Clone)]
pub struct Case {
    /// The world.
    pub fixture: Fixture,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What must come of it.
    pub expectations: Expectations,
}

impl Spec {
    /// Reads the specs of a file; everything that is wrong with them is in the error.
    pub fn load(path: &Path) -> Result<Vec<Self>, FixtureError> {
        let (text, folder) = folder::open(path)?;
        parse::specs(&text, &folder)
    }

    /// Reads specs from text, with files beside it in `folder`.
    pub fn parse(text: &Text, folder: &Folder) -> Result<Vec<Self>, FixtureError> {
        parse::specs(text, folder)
    }

    /// What is wrong once its worlds were tried: `observed` for its own world, `mutated` for each mutation in order.
    /// Nothing: the behaviour holds, and every mutation was noticed.
    pub fn judge(&self, observed: &Observed, mutated: &[Observed]) -> Vec<Problem> {
        let mut problems = compare::compare(&self.case.expectations, observed);
        for (mutation, observed) in self.mutations.iter().zip(mutated) {
            problems.extend(self.unnoticed(mutation, observed));
        }
        problems
    }

    /// What is wrong with a mutation; nothing: what is expected notices it.
    fn unnoticed(&self, mutation: &Mutation, observed: &Observed) -> Option<Problem> {
        let (ids, why) = (self.ids.join(", "), &mutation.why);
        let problem = |message| Some(Problem { place: mutation.place.clone(), message });
        if let Some(step) = compare::broken_set_up(observed) {
            return problem(format!(
                "`{ids}` never comes to its point although {why}: {step}; this breaks the set-up: write a mutation that what is \
                 expected notices, or say `allowed = true` of the step if that it is done is the point"
            ));
        }
        let passes = compare::compare(&mutation.case.expectations, observed).is_empty();
        if passes {
            problem(format!("`{ids}` still passes although {why}: it does not test what it says"))
        } else {
            None
        }
    }
}

impl Case {
    /// Puts the pieces together.
    fn read(sources: Sources, events: &Text, expected: &Text, at: &Place) -> Result<Self, FixtureError> {
        let fixture = Fixture::read(sources)?;
        let steps = steps::parse(events, &fixture, at)?;
        let expectations = expect::parse(expected, &fixture, &steps, at)?;
        Ok(Self { fixture, steps, expectations })
    }
}
