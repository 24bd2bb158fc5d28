//! Action only: sets a column of the event's row to a value. Without a condition the host gives it one finding, `event`.
//! It imports no power to read.

use policy_guest::{Action, Event, Field, Finding, Hand, Manifest, Plugin, Problem, Settings, View, automation};

struct ActionOnly;

impl Plugin for ActionOnly {
    fn describe() -> Manifest {
        Manifest::new("action-only", "0.1.0", "Sets a column of each row that something happens to.")
            .settings(
                r#"{"type": "object", "additionalProperties": false, "required": ["dataset", "column", "value"],
                    "properties": {
                      "dataset": {"type": "string", "format": "dataset", "title": "Dataset"},
                      "column": {"type": "string", "format": "column", "title": "Column to set"},
                      "value": {"type": "string", "title": "Text to set it to"}}}"#,
            )
            .writes("{dataset}", &["{column}"])
    }
}

impl Action for ActionOnly {
    fn act(event: &Event, finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        if !is_whole_event(finding) {
            return Err(Problem::Failed(format!("unexpected finding `{}`", finding.key)));
        }
        let settings = Settings::of(view)?;
        let (dataset, column) = (settings.text("dataset")?, settings.text("column")?);
        let Some(row) = event.row_of(dataset) else { return Ok(()) };
        Ok(hand.update(dataset, &row.id, &[Field::new(column, settings.text("value")?)], None)?)
    }
}

automation!(ActionOnly: action);

/// Whether it is the finding that stands for the event as such.
fn is_whole_event(finding: &Finding) -> bool {
    finding.key == "event"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_default_finding_is_acted_on() {
        assert!(is_whole_event(&Finding::new("event", "")));
        assert!(!is_whole_event(&Finding::new("7", "")));
    }
}
