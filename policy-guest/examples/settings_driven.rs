//! Settings driven: watches any column of any dataset for a value. Dataset and column come from the settings, whose schema
//! gives them the formats `dataset` and `column`: so the console offers what the person who sets it up may see.

use policy_guest::{
    Condition, Event, Fields, Finding, Manifest, Message, Notification, Plugin, Problem, Row, Settings, View,
    automation,
};

struct SettingsDriven;

impl Plugin for SettingsDriven {
    fn describe() -> Manifest {
        Manifest::new("settings-driven", "0.1.0", "Tells people when a column of a row has a value.")
            .settings(
                r#"{"type": "object", "additionalProperties": false, "required": ["dataset", "column", "value"],
                    "properties": {
                      "dataset": {"type": "string", "format": "dataset", "title": "Dataset"},
                      "column": {"type": "string", "format": "column", "title": "Column to watch"},
                      "value": {"type": "string", "title": "Value to wait for, as it is shown"}}}"#,
            )
            .reads("{dataset}", &["{column}"])
    }
}

impl Condition for SettingsDriven {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        let settings = Settings::of(view)?;
        let Some(row) = event.row_of(settings.text("dataset")?) else { return Ok(vec![]) };
        let row = view.get(&row.dataset, &row.id)?;
        Ok(found(&row, settings.text("column")?, settings.text("value")?).into_iter().collect())
    }
}

impl Notification for SettingsDriven {
    fn render(_event: &Event, finding: &Finding, _view: &View) -> Result<Option<Message>, Problem> {
        Ok(Some(Message::new(&finding.summary, &format!("Row: {}\n", finding.key))))
    }
}

automation!(SettingsDriven: condition, notification);

/// Who may not see the column is told nothing, whatever it holds.
fn found(row: &Row, column: &str, value: &str) -> Option<Finding> {
    let cell = row.value(column).filter(|cell| cell.show() == value)?;
    Some(Finding::new(&row.id, &format!("{column} is {}", cell.show())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_guest::{Field, Value};

    #[test]
    fn a_cell_is_compared_as_it_is_shown() {
        let row = Row {
            id: "7".to_owned(),
            revision: "r".to_owned(),
            fields: vec![Field::new("amount", Value::decimal("5.00")), Field::new("note", "")],
        };
        assert_eq!(found(&row, "amount", "5.00").map(|finding| finding.summary), Some("amount is 5.00".to_owned()));
        assert!(found(&row, "amount", "5").is_none());
        assert!(found(&row, "note", "").is_some());
        assert!(found(&row, "hidden", "").is_none());
    }
}
