//! What a program can ask, and who answers.

use policy_guest::{Failure, Field, Hand, Page, Query, Row, View};

/// What a program can ask: the handles of the call, or a test's stand-in.
pub(crate) trait Host {
    fn get(&self, dataset: &str, id: &str) -> Result<Row, Failure>;
    fn find(&self, dataset: &str, query: &Query) -> Result<Page, Failure>;
    /// `None`: there is no hand.
    fn change(&self, change: &Asked) -> Option<Result<Option<String>, Failure>>;
    fn ask(&self, what: &str) -> Option<String>;
    fn log(&self, text: &str);
}

/// A change that a program asks for.
pub(crate) enum Asked {
    Create(String, Vec<Field>),
    Update(String, String, Vec<Field>, Option<String>),
    Remove(String, String),
    Invoke(String, String),
}

pub(crate) struct Handles<'a> {
    pub(crate) view: &'a View,
    pub(crate) hand: Option<&'a Hand>,
}

impl Host for Handles<'_> {
    fn get(&self, dataset: &str, id: &str) -> Result<Row, Failure> {
        self.view.get(dataset, id)
    }

    fn find(&self, dataset: &str, query: &Query) -> Result<Page, Failure> {
        self.view.find(dataset, query)
    }

    fn change(&self, change: &Asked) -> Option<Result<Option<String>, Failure>> {
        let hand = self.hand?;
        Some(match change {
            Asked::Create(dataset, fields) => hand.create(dataset, fields).map(Some),
            Asked::Update(dataset, id, fields, revision) => {
                hand.update(dataset, id, fields, revision.as_deref()).map(|()| None)
            }
            Asked::Remove(dataset, id) => hand.remove(dataset, id).map(|()| None),
            Asked::Invoke(operation, arguments) => hand.invoke(operation, arguments).map(|()| None),
        })
    }

    fn ask(&self, what: &str) -> Option<String> {
        match what {
            "settings" => Some(self.view.settings()),
            "locale" => Some(self.view.locale()),
            "time-zone" => Some(self.view.time_zone()),
            "principal" => Some(self.view.principal().id),
            "principal-name" => Some(self.view.principal().name),
            "run" => self.hand.map(Hand::run_id),
            _ => None,
        }
    }

    fn log(&self, text: &str) {
        policy_guest::log::info(text);
    }
}
