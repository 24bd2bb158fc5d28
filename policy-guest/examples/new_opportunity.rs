//! New opportunity: tells people about a large row, and sets it to `review`.
//!
//! The condition finds a row of the set dataset that was added or updated and whose `amount` is at least the threshold. The
//! action sets its `status` to `review`, if it is still as it was seen. The notification shows those of `title`, `amount`
//! and `margin` that its reader may see: who may not see `margin` gets a whole message without it.

use policy_guest::{
    Action, Change, Condition, Event, Field, Fields, Finding, Hand, Manifest, Message, Notification, Plugin, Problem,
    Row, Settings, View, automation,
};

struct NewOpportunity;

impl Plugin for NewOpportunity {
    fn describe() -> Manifest {
        Manifest::new("new-opportunity", "0.1.0", "Tells people about a large opportunity and sets it to review.")
            .settings(include_str!("new_opportunity.schema.json"))
            .reads("{dataset}", &["title", "amount", "status", "margin"])
            .writes("{dataset}", &["status"])
    }
}

impl Condition for NewOpportunity {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        let settings = Settings::of(view)?;
        let Some(row) = event.row_of(settings.text("dataset")?).filter(|_| is_news(event.change)) else {
            return Ok(vec![]);
        };
        let row = view.get(&row.dataset, &row.id)?;
        let large =
            row.decimal("amount").is_some_and(|amount| settings.decimal("threshold").is_ok_and(|t| amount >= t));
        Ok(if large { vec![finding(&row)] } else { vec![] })
    }
}

impl Action for NewOpportunity {
    fn act(_event: &Event, finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        let settings = Settings::of(view)?;
        let row = view.get(settings.text("dataset")?, &finding.key)?;
        if row.text("status") == Some("review") {
            return Ok(());
        }
        Ok(hand.update(settings.text("dataset")?, &row.id, &[Field::new("status", "review")], Some(&row.revision))?)
    }
}

impl Notification for NewOpportunity {
    fn render(_event: &Event, finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        let settings = Settings::of(view)?;
        let row = view.get(settings.text("dataset")?, &finding.key)?;
        Ok(Some(Message::new(&finding.summary, &body(&row))))
    }
}

automation!(NewOpportunity: condition, action, notification);

fn is_news(change: Change) -> bool {
    matches!(change, Change::Added | Change::Updated | Change::Manual)
}

fn finding(row: &Row) -> Finding {
    let title = row.text("title").unwrap_or(&row.id);
    Finding::new(&row.id, &format!("New opportunity: {title}"))
}

/// A line for each column that the reader may see.
fn body(row: &Row) -> String {
    let line = |name: &str, column: &str| row.value(column).map(|value| format!("{name}: {}\n", value.show()));
    [line("Title", "title"), line("Amount", "amount"), line("Margin", "margin")].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_guest::Value;

    fn row(fields: &[(&str, Value)]) -> Row {
        let fields = fields.iter().map(|(name, value)| Field::new(name, value.clone())).collect();
        Row { id: "7".to_owned(), revision: "r".to_owned(), fields }
    }

    #[test]
    fn n02_a_hidden_column_leaves_no_trace_in_the_body() {
        let seen = [("title", "Deal".into()), ("amount", Value::decimal("12.50")), ("margin", Value::decimal("0.2"))];
        assert_eq!(body(&row(&seen)), "Title: Deal\nAmount: 12.50\nMargin: 0.2\n");
        assert_eq!(body(&row(&seen[..2])), "Title: Deal\nAmount: 12.50\n");
    }

    #[test]
    fn a_finding_is_keyed_by_its_row() {
        assert_eq!(finding(&row(&[])).key, "7");
        assert_eq!(finding(&row(&[])).summary, "New opportunity: 7");
        assert_eq!(finding(&row(&[("title", "Deal".into())])).summary, "New opportunity: Deal");
    }

    #[test]
    fn a_removed_row_is_no_news() {
        assert!(
            is_news(Change::Added) && is_news(Change::Updated) && !is_news(Change::Removed) && !is_news(Change::Due)
        );
    }
}
