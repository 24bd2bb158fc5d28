//! Overreach: asks for more than its person has, and says what came of it. Of each attempt there is a line `what: outcome`,
//! where the outcome is `ok`, `denied`, `invalid`, `limit`, `unavailable` or `other`:
//! - as lines of the finding's and the message's text (summary `attempts`, data `report`; body): `get own row`, `get hidden row`,
//!   `find all`, `find hidden column`, `filter by hidden column`, `order by hidden column`, `get foreign dataset`,
//!   `find foreign dataset`, `get absent row`, `get absent dataset`; after `get own row` and `find all` the columns and ids seen
//! - in the log, from the action: `update own column`, `update hidden column`, `update hidden row`, `remove own row`,
//!   `create foreign row`, `invoke foreign operation`; it then fails, so that nothing of it is carried out.
//!
//! The settings name what is out of reach. The manifest asks for `title`, `amount` and the hidden column of one dataset to
//! read, and for `status` to write.

use policy_guest::{
    Action, Condition, Event, Failure, Field, Finding, Hand, Manifest, Message, Notification, Page, Plugin, Problem,
    Query, Row, Settings, View, automation, log,
};

struct Overreach;

impl Plugin for Overreach {
    fn describe() -> Manifest {
        Manifest::new("overreach", "0.1.0", "Asks for more than its person has; for tests.")
            .settings(
                r#"{"type": "object", "additionalProperties": false,
                    "required": ["dataset", "hidden_column", "hidden_row", "foreign_dataset"],
                    "properties": {
                      "dataset": {"type": "string", "format": "dataset"},
                      "hidden_column": {"type": "string"},
                      "hidden_row": {"type": "string"},
                      "foreign_dataset": {"type": "string"}}}"#,
            )
            .reads("{dataset}", &["title", "amount", "{hidden_column}"])
            .writes("{dataset}", &["status"])
            .operation("ping")
    }
}

impl Condition for Overreach {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        Ok(vec![Finding::new("attempts", "attempts").with("report", reads(event, view)?)])
    }
}

impl Notification for Overreach {
    fn render(event: &Event, _finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        Ok(Some(Message::new("attempts", &reads(event, view)?)))
    }
}

impl Action for Overreach {
    fn act(event: &Event, _finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        for (what, outcome) in changes(event, view, hand)? {
            log::info(&line(what, &outcome));
        }
        Err(Problem::Failed("overreached".to_owned()))
    }
}

automation!(Overreach: condition, action, notification);

fn reads(event: &Event, view: &View) -> Result<String, Problem> {
    let settings = Settings::of(view)?;
    let (own, foreign) = (settings.text("dataset")?, settings.text("foreign_dataset")?);
    let (column, hidden_row) = (settings.text("hidden_column")?, settings.text("hidden_row")?);
    let row = event.row().map_or("", |row| row.id.as_str());
    let mut report = String::new();
    report += &line("get own row", &view.get(own, row).map(|row| seen(&row)));
    report += &line("get hidden row", &view.get(own, hidden_row).map(|row| seen(&row)));
    report += &line("find all", &view.find(own, &Query::new(&[])).map(|page| listed(&page)));
    report += &line("find hidden column", &view.find(own, &Query::new(&[column])).map(|page| listed(&page)));
    let filtered = Query::new(&[]).filter(column, policy_guest::Comparison::NotEqual, policy_guest::Value::Null);
    report += &line("filter by hidden column", &view.find(own, &filtered).map(|page| listed(&page)));
    let ordered = Query::new(&[]).order_by(column);
    report += &line("order by hidden column", &view.find(own, &ordered).map(|page| listed(&page)));
    report += &line("get foreign dataset", &view.get(foreign, row).map(|row| seen(&row)));
    report += &line("find foreign dataset", &view.find(foreign, &Query::new(&[])).map(|page| listed(&page)));
    report += &line("get absent row", &view.get(own, "no-such-row").map(|row| seen(&row)));
    report += &line("get absent dataset", &view.get("no_such_dataset", row).map(|row| seen(&row)));
    Ok(report)
}

type Outcome = Result<String, Failure>;

fn changes(event: &Event, view: &View, hand: &Hand) -> Result<[(&'static str, Outcome); 6], Problem> {
    let settings = Settings::of(view)?;
    let (own, foreign) = (settings.text("dataset")?, settings.text("foreign_dataset")?);
    let column = settings.text("hidden_column")?;
    let row = event.row().map_or("", |row| row.id.as_str());
    let set = |column: &str| [Field::new(column, "overreached")];
    let done = |outcome: Result<(), Failure>| outcome.map(|()| String::new());
    Ok([
        ("update own column", done(hand.update(own, row, &set("status"), None))),
        ("update hidden column", done(hand.update(own, row, &set(column), None))),
        ("update hidden row", done(hand.update(own, settings.text("hidden_row")?, &set("status"), None))),
        ("remove own row", done(hand.remove(own, row))),
        ("create foreign row", hand.create(foreign, &set("title"))),
        ("invoke foreign operation", done(hand.invoke("no_such_operation", "{}"))),
    ])
}

fn line(what: &str, outcome: &Outcome) -> String {
    let outcome = match outcome {
        Ok(seen) => format!("ok {seen}"),
        Err(Failure::Denied) => "denied".to_owned(),
        Err(Failure::Invalid(_)) => "invalid".to_owned(),
        Err(Failure::Limit(_)) => "limit".to_owned(),
        Err(Failure::Unavailable) => "unavailable".to_owned(),
        Err(Failure::Other(_)) => "other".to_owned(),
    };
    format!("{what}: {}\n", outcome.trim_end())
}

fn seen(row: &Row) -> String {
    row.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(",")
}

fn listed(page: &Page) -> String {
    let ids: Vec<_> = page.rows.iter().map(|row| row.id.as_str()).collect();
    format!("{} of {}", page.columns.join(","), ids.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_a_line() {
        assert_eq!(line("get own row", &Ok("title".to_owned())), "get own row: ok title\n");
        assert_eq!(line("remove own row", &Ok(String::new())), "remove own row: ok\n");
        assert_eq!(line("find all", &Err(Failure::Denied)), "find all: denied\n");
    }
}
