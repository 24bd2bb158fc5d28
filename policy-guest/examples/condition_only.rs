//! Condition only: finds every row added to the set dataset. It imports no power at all, so it cannot read what it finds;
//! the host tells recipients the finding's summary.

use policy_guest::{Change, Condition, Event, Finding, Manifest, Plugin, Problem, Settings, View, automation};

struct ConditionOnly;

impl Plugin for ConditionOnly {
    fn describe() -> Manifest {
        Manifest::new("condition-only", "0.1.0", "Finds every row added to a dataset.").settings(
            r#"{"type": "object", "additionalProperties": false, "required": ["dataset"],
                "properties": {"dataset": {"type": "string", "format": "dataset", "title": "Dataset"}}}"#,
        )
    }
}

impl Condition for ConditionOnly {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        Ok(added(event, Settings::of(view)?.text("dataset")?).into_iter().collect())
    }
}

automation!(ConditionOnly: condition);

fn added(event: &Event, dataset: &str) -> Option<Finding> {
    let row = event.row_of(dataset).filter(|_| event.change == Change::Added)?;
    Some(Finding::new(&row.id, &format!("Added to {dataset}: {}", row.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_guest::{RowRef, Subject};

    #[test]
    fn only_added_rows_of_the_dataset_are_found() {
        let event = |dataset: &str, change| Event {
            id: "e".to_owned(),
            at: 0,
            change,
            subject: Subject::Row(RowRef { dataset: dataset.to_owned(), id: "7".to_owned() }),
        };
        let found = added(&event("deals", Change::Added), "deals").unwrap();
        assert_eq!((found.key.as_str(), found.summary.as_str()), ("7", "Added to deals: 7"));
        assert!(added(&event("deals", Change::Updated), "deals").is_none());
        assert!(added(&event("people", Change::Added), "deals").is_none());
    }
}
