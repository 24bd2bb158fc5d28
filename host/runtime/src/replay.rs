//! Replay: a journal answers in the platform's place, for as long as the guest asks what it asked then.

use std::sync::Arc;

use mandate_model::{Cause, Entry, Failure, Outcome, Verdict};
use serde::de::DeserializeOwned;

use crate::{
    call::size,
    journal::{Answer, Question},
    refusal::LimitReached,
};

/// Who answers what a part asks.
#[derive(Debug, Clone, Default)]
pub enum Answers {
    /// The platform, with the rights of now.
    #[default]
    Platform,
    /// A journal: nothing else is asked, neither the platform nor whether the part still stands. A guest that asks something
    /// else than it was asked then ends with cause `diverged`.
    Journal(Arc<[Entry]>),
}

/// A journal on its way through a replay.
pub(crate) struct Script {
    entries: Arc<[Entry]>,
    next: usize,
    diverged: Option<String>,
}

impl Script {
    /// Of a part that is replayed; `None`: the platform answers.
    pub(crate) fn of(answers: &Answers) -> Option<Self> {
        match answers {
            Answers::Platform => None,
            Answers::Journal(entries) => Some(Self { entries: Arc::clone(entries), next: 0, diverged: None }),
        }
    }

    /// Why the replay went another way, if it did.
    pub(crate) fn diverged(&self) -> Option<&str> {
        self.diverged.as_deref()
    }

    /// What the journal answers to this question, if it is the one that comes next.
    pub(crate) fn answer<T: DeserializeOwned>(
        &mut self,
        question: &Question,
    ) -> Result<Result<Answer<T>, Failure>, LimitReached> {
        let entry = self.follow(question)?;
        let failure = match entry.verdict {
            Verdict::Allowed | Verdict::Log(_) => {
                let Ok(value) = serde_json::from_value(entry.answer.clone()) else {
                    self.next = self.next.saturating_sub(1);
                    return Err(self.part_ways("the journal does not show what was answered"));
                };
                let size = if entry.answer.is_null() { 0 } else { size(&entry.answer) };
                return Ok(Ok(Answer { value, size, json: entry.answer, labels: entry.labels }));
            }
            Verdict::Denied(reason) => Failure::Denied(reason),
            Verdict::Invalid(reason) => Failure::Invalid(reason),
            Verdict::Limit(reason) => Failure::Limit(reason),
            Verdict::Unavailable(reason) => Failure::Unavailable(reason),
        };
        Ok(Err(failure))
    }

    /// The entry that comes next, if it is about the same question.
    pub(crate) fn follow(&mut self, question: &Question) -> Result<Entry, LimitReached> {
        let Some(entry) = self.entries.get(self.next).cloned() else {
            return Err(self.part_ways(&format!("it asks {}, where the journal has no more calls", named(question))));
        };
        let same = entry.phase == question.phase
            && entry.interface == question.interface
            && entry.method == question.method
            && entry.arguments == question.arguments;
        if !same {
            let asked = format!("`{}.{}` {}", entry.interface, entry.method, entry.arguments);
            return Err(self.part_ways(&format!("it asks {}, where the journal has {asked}", named(question))));
        }
        self.next = self.next.saturating_add(1);
        Ok(entry)
    }

    /// How the part ended, unless calls of the journal are left that the guest did not come to.
    pub(crate) fn ended(&self, outcome: Outcome) -> Outcome {
        let (asked, all) = (self.next, self.entries.len());
        if asked == all || self.diverged.is_some() {
            return outcome;
        }
        let detail = format!("diverged after call {asked}: it asks nothing more, where the journal has {all} calls");
        Outcome::Failed { cause: Cause::Diverged, detail }
    }

    fn part_ways(&mut self, why: &str) -> LimitReached {
        self.diverged = Some(format!("diverged at call {}: {why}", self.next.saturating_add(1)));
        LimitReached(Cause::Diverged)
    }
}

fn named(question: &Question) -> String {
    format!("`{}.{}` {}", question.interface, question.method, question.arguments)
}
