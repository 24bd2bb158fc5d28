//! `mandate event`: takes events in, and does all that follows.

mod lines;

use std::path::PathBuf;

use mandate_model::{EventId, Occurrence};
use mandate_service::{EventError, cloud_event};
use serde_json::json;

use self::lines::{Given, Lines};
use super::home;
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    report::{self, Store},
    show::inert,
};

/// What to do with events.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Take CloudEvents in, each answered `accepted`, `known` or `refused` once it is stored, and do all that follows
    ///
    /// Exit codes: 2 if any was refused (the others are stored), 1 if a part failed.
    Send {
        /// A JSON file with one event or an array of them, or one event a line; `-` reads them from a pipe
        file: PathBuf,
        /// Answer in JSON, one line for each event
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let Verb::Send { file, json } = verb;
    let mut lines = Lines::open(&file)?;
    let home = home(common).await?;
    let mut sent = Sent { json, accepted: vec![], known: 0, refused: 0 };
    while let Some(given) = lines.batch()? {
        sent.take_in(&home, &given).await?;
        home.settle().await?;
    }
    sent.report(&home).await
}

/// What became of the events so far.
struct Sent {
    json: bool,
    accepted: Vec<(EventId, Occurrence)>,
    known: usize,
    refused: usize,
}

impl Sent {
    /// Stores all that can be stored in one transaction, then answers each.
    async fn take_in(&mut self, home: &Home, given: &[Given]) -> CliResult {
        let (site, schema) = (home.embedded.site(), home.embedded.schema());
        let read = given.iter().map(|one| cloud_event::read(&one.text, site, schema, home.now())).collect();
        let answered = home.service.accept_each(read).await.map_err(CliError::unavailable)?;
        for (one, answered) in given.iter().zip(answered) {
            match answered {
                Err(error) => self.refuse(one.number, &error),
                Ok((accepted, occurrence)) => self.answer(one.number, accepted.event, accepted.new, occurrence),
            }
        }
        Ok(())
    }

    fn answer(&mut self, number: usize, event: EventId, new: bool, occurrence: Occurrence) {
        let state = if new { "accepted" } else { "known" };
        if self.json {
            outln!("{}", json!({ "number": number, "state": state, "event": event }));
        } else {
            outln!("{number}: {state} {event}");
        }
        if new {
            self.accepted.push((event, occurrence));
        } else {
            self.known += 1;
        }
    }

    fn refuse(&mut self, number: usize, error: &EventError) {
        self.refused += 1;
        if self.json {
            let EventError { problem, field, message } = error;
            let told = json!({ "number": number, "state": "refused", "code": problem.code(), "field": field, "message": message });
            outln!("{told}");
        } else {
            outln!("{number}: refused {}", inert(&error.to_string()));
        }
    }

    /// What followed from one event, or how many there were; an exit code for what went wrong.
    async fn report(&self, home: &Home) -> CliResult {
        if let ([(event, occurrence)], 0, 0, false) = (self.accepted.as_slice(), self.known, self.refused, self.json) {
            report::event(home, event, occurrence, Store::Kept, false).await?;
        } else if !self.json {
            outln!("{} accepted, {} known before, {} refused", self.accepted.len(), self.known, self.refused);
        }
        if self.refused > 0 {
            return Err(CliError::Input(format!("{} event(s) were refused: see above", self.refused)));
        }
        for (event, _) in &self.accepted {
            report::failures(home, event).await?;
        }
        Ok(())
    }
}
