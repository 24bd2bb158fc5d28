//! Helpers of events and findings.

use crate::{Event, Field, Finding, RowRef, Subject, Value};

impl Event {
    /// The row that it is about, also of a custom event; `None` for files and schedules.
    pub fn row(&self) -> Option<&RowRef> {
        match &self.subject {
            Subject::Row(row) => Some(row),
            Subject::Custom(custom) => custom.about.as_ref(),
            _ => None,
        }
    }

    /// The row that it is about, if that is of this dataset.
    pub fn row_of(&self, dataset: &str) -> Option<&RowRef> {
        self.row().filter(|row| row.dataset == dataset)
    }

    /// The path of the file that it is about, also of a custom event.
    pub fn file(&self) -> Option<&str> {
        match &self.subject {
            Subject::File(path) => Some(path),
            Subject::Custom(custom) => custom.file.as_deref(),
            _ => None,
        }
    }
}

impl Finding {
    /// A finding without data. Equal keys of one event are the same finding.
    pub fn new(key: &str, summary: &str) -> Self {
        Self { key: key.to_owned(), summary: summary.to_owned(), data: Vec::new() }
    }

    /// With one more named value for the later phases of the same principal.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.push(Field::new(name, value));
        self
    }
}

impl Field {
    /// A named value.
    pub fn new(name: &str, value: impl Into<Value>) -> Self {
        Self { name: name.to_owned(), value: value.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, CustomRef};

    fn event(subject: Subject) -> Event {
        Event { id: "e".to_owned(), at: 0, change: Change::Added, subject }
    }

    #[test]
    fn the_row_of_an_event_is_found_in_its_dataset_only() {
        let row = RowRef { dataset: "deals".to_owned(), id: "7".to_owned() };
        let custom = CustomRef { event_type: "x".to_owned(), about: Some(row.clone()), file: None };
        for subject in [Subject::Row(row), Subject::Custom(custom)] {
            let event = event(subject);
            assert_eq!(event.row_of("deals").map(|row| row.id.as_str()), Some("7"));
            assert_eq!(event.row_of("people"), None);
            assert_eq!(event.file(), None);
        }
        assert_eq!(event(Subject::File("/a".to_owned())).file(), Some("/a"));
    }
}
