//! The recorder: every host call of a part passes here, is counted, bounded in time and size, and written down.

use std::{future::Future, sync::Arc, time::Duration};

use mandate_model::{Cause, Entry, Failure, Labels, Outcome, Phase, Shortened, Verdict};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::{
    call::size,
    limits::Limits,
    part::{Record, Usage},
    platform::{Always, Standing, Unavailable},
    refusal::{LimitReached, Refusal},
    replay::{Answers, Script},
};

/// What is asked of the host.
pub(crate) struct Question {
    pub(crate) phase: Phase,
    pub(crate) interface: &'static str,
    pub(crate) method: &'static str,
    pub(crate) arguments: Json,
    /// Bytes of the arguments.
    pub(crate) size: usize,
    /// What it is about: what a refusal depends on.
    pub(crate) about: Labels,
}

impl Question {
    /// The same question, about something more.
    pub(crate) fn also_about(self, labels: &Labels) -> Self {
        Self { about: self.about.and(labels), ..self }
    }
}

/// An answer, as it is written down.
pub(crate) struct Answer<T> {
    /// What the guest gets.
    pub(crate) value: T,
    /// The same, as JSON.
    pub(crate) json: Json,
    /// Its bytes.
    pub(crate) size: usize,
    /// What it depends on.
    pub(crate) labels: Labels,
}

impl<T: Serialize> Answer<T> {
    /// An answer with its JSON.
    pub(crate) fn of(value: T, labels: Labels) -> Result<Self, Failure> {
        let json = serde_json::to_value(&value).map_err(|error| Failure::Unavailable(error.to_string()))?;
        Ok(Self { size: size(&json), value, json, labels })
    }
}

/// The journal of one part, with what is left of the part's budget.
pub(crate) struct Recorder {
    limits: Limits,
    standing: Arc<dyn Standing>,
    /// Whether the part was found to stand no longer.
    withdrawn: bool,
    /// What answers in the platform's place.
    script: Option<Script>,
    entries: Vec<Entry>,
    usage: Usage,
    bytes_from_guest: u64,
    log_lines: u32,
    effects: usize,
    /// Time spent in host calls.
    waited: Duration,
    /// Why the part must be done again, whatever the guest makes of it.
    pub(crate) tainted: Option<String>,
}

impl Recorder {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            standing: Arc::new(Always),
            withdrawn: false,
            script: None,
            entries: vec![],
            usage: Usage::default(),
            bytes_from_guest: 0,
            log_lines: 0,
            effects: 0,
            waited: Duration::ZERO,
            tainted: None,
        }
    }

    /// Of a part that goes on only while it stands.
    pub(crate) fn under(self, standing: &Arc<dyn Standing>) -> Self {
        Self { standing: Arc::clone(standing), ..self }
    }

    /// Of a part that is answered so.
    pub(crate) fn answered_by(self, answers: &Answers) -> Self {
        Self { script: Script::of(answers), ..self }
    }

    /// Why a replay went another way than its journal, if it did.
    pub(crate) fn diverged(&self) -> Option<&str> {
        self.script.as_ref().and_then(Script::diverged)
    }

    /// How the part ended; of a replay, also whether it came to all of its journal.
    pub(crate) fn ended(&self, outcome: Outcome) -> Outcome {
        match &self.script {
            Some(script) => script.ended(outcome),
            None => outcome,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn add_fuel(&mut self, fuel: u64) {
        self.usage.fuel = self.usage.fuel.saturating_add(fuel);
    }

    pub(crate) fn fuel_used(&self) -> u64 {
        self.usage.fuel
    }

    pub(crate) fn into_record(self) -> Record {
        Record { journal: self.entries, usage: self.usage }
    }

    /// Asks, within the limits, and writes down question and answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &mut self,
        question: Question,
        answer: impl Future<Output = Result<Answer<T>, Failure>> + Send,
    ) -> Result<T, Refusal> {
        self.count(&question)?;
        let answered = match &mut self.script {
            Some(script) => script.answer(&question)?,
            None => self.live(answer).await?,
        };
        match answered {
            Ok(answer) => {
                self.usage.bytes_to_guest += answer.size as u64;
                self.write(question, answer.json, Verdict::Allowed, Some(answer.labels));
                if self.usage.bytes_to_guest > self.limits.bytes_to_guest {
                    return Err(LimitReached(Cause::Hostcall).into());
                }
                Ok(answer.value)
            }
            Err(failure) => {
                self.taint(&failure);
                self.write(question, Json::Null, verdict(&failure), None);
                Err(failure.into())
            }
        }
    }

    /// Asks the platform, if the part may go on.
    async fn live<T>(
        &mut self,
        answer: impl Future<Output = Result<Answer<T>, Failure>> + Send,
    ) -> Result<Result<Answer<T>, Failure>, Refusal> {
        self.stands().await?;
        let since = tokio::time::Instant::now();
        let answered = in_time(self.limits.host_call_time, answer).await.and_then(|answer| self.fits(answer));
        self.waited = self.waited.saturating_add(since.elapsed());
        Ok(answered)
    }

    /// Ends a part that may not go on: nothing is answered from here on.
    async fn stands(&mut self) -> Result<(), Refusal> {
        let since = tokio::time::Instant::now();
        let standing = Arc::clone(&self.standing);
        let asked = async { standing.stands().await.map_err(|Unavailable(why)| Failure::Unavailable(why)) };
        let stands = in_time(self.limits.host_call_time, asked).await;
        self.waited = self.waited.saturating_add(since.elapsed());
        match stands {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.withdrawn = true;
                Err(LimitReached(Cause::Withdrawn).into())
            }
            Err(failure) => {
                self.taint(&failure);
                Err(failure.into())
            }
        }
    }

    fn taint(&mut self, failure: &Failure) {
        if let Failure::Unavailable(why) = failure {
            self.tainted.get_or_insert_with(|| why.clone());
        }
    }

    /// Writes a line of the guest's log: cut, if it is too long. Of the lines past the limit the first says that they are dropped.
    pub(crate) async fn log(&mut self, mut line: Question, level: &str, text: &str) -> Result<(), Refusal> {
        line.size = text.len();
        self.count(&line)?;
        if self.script.is_none() {
            self.stands().await?;
        }
        self.log_lines = self.log_lines.saturating_add(1);
        let verdict = match self.log_lines.checked_sub(self.limits.log_lines) {
            None | Some(0) if text.len() <= self.limits.log_line_bytes => Verdict::Allowed,
            None | Some(0) => Verdict::Log(Shortened::Cut),
            Some(1) => Verdict::Log(Shortened::Dropped),
            Some(_) => return Ok(()),
        };
        if verdict != Verdict::Log(Shortened::Dropped) {
            let kept = cut(text, self.limits.log_line_bytes);
            line.arguments = serde_json::json!({ "level": level, "text": kept });
        }
        if let Some(script) = &mut self.script {
            script.follow(&line)?;
        }
        self.write(line, Json::Null, verdict, None);
        Ok(())
    }

    /// Counts an effect that is to be staged. The limit is the part's: a finding more gives no effect more.
    pub(crate) fn count_effect(&mut self) -> Result<(), LimitReached> {
        self.effects = self.effects.saturating_add(1);
        if self.effects > self.limits.effects { Err(LimitReached(Cause::Effects)) } else { Ok(()) }
    }

    /// A part that must be done again goes no further, and one that waits for ever ends: neither keeps others waiting.
    fn count(&mut self, question: &Question) -> Result<(), LimitReached> {
        if self.withdrawn {
            return Err(LimitReached(Cause::Withdrawn));
        }
        if self.tainted.is_some() || self.waited > self.limits.host_time {
            return Err(LimitReached(Cause::Deadline));
        }
        self.usage.host_calls = self.usage.host_calls.saturating_add(1);
        self.bytes_from_guest = self.bytes_from_guest.saturating_add(question.size as u64);
        if self.usage.host_calls > self.limits.host_calls {
            return Err(LimitReached(Cause::Calls));
        }
        if self.bytes_from_guest > self.limits.bytes_from_guest {
            return Err(LimitReached(Cause::Hostcall));
        }
        Ok(())
    }

    fn fits<T>(&self, answer: Answer<T>) -> Result<Answer<T>, Failure> {
        if answer.size <= self.limits.answer_bytes {
            Ok(answer)
        } else {
            Err(Failure::Limit(format!("an answer has at most {} bytes: ask for less", self.limits.answer_bytes)))
        }
    }

    fn write(&mut self, question: Question, answer: Json, verdict: Verdict, labels: Option<Labels>) {
        self.entries.push(Entry {
            sequence: u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
            phase: question.phase,
            interface: question.interface.to_owned(),
            method: question.method.to_owned(),
            arguments: question.arguments,
            answer,
            verdict,
            labels: labels.unwrap_or(question.about),
        });
    }
}

async fn in_time<T>(time: Duration, answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(time, answer)
        .await
        .unwrap_or_else(|_| Err(Failure::Unavailable(format!("no answer within {} ms", time.as_millis()))))
}

fn verdict(failure: &Failure) -> Verdict {
    match failure.clone() {
        Failure::Denied(reason) => Verdict::Denied(reason),
        Failure::Invalid(reason) => Verdict::Invalid(reason),
        Failure::Limit(reason) => Verdict::Limit(reason),
        Failure::Unavailable(reason) => Verdict::Unavailable(reason),
    }
}

/// The longest beginning of `text` that has at most `bytes` bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}
