//! Events and stories of changes as files: what is read, and what is refused with line and column.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use mandate_model::{Change, Field, RowRef, SiteId, Subject, Value};
use mandate_policy::{ColumnDef, ColumnType, DataSchema, DatasetDef};
use mandate_spec::changes::{self, Verb};
use mandate_spec::{FixtureError, Text, event};

const NOW: i64 = 7;

fn schema() -> DataSchema {
    let column = |name: &str, column_type, nullable| ColumnDef { name: name.to_owned(), column_type, nullable };
    let columns = vec![column("amount", ColumnType::Decimal(2), false), column("note", ColumnType::Text, true)];
    let deals = DatasetDef { name: "deals".to_owned(), columns, any_change: false };
    DataSchema { datasets: vec![deals], attributes: vec![] }
}

fn parse(text: &str) -> Result<mandate_model::Occurrence, FixtureError> {
    event::parse(&Text::of_file("e.json", text), &SiteId::parse("acme").unwrap(), &schema(), NOW)
}

fn check(text: &str, expected: &str) {
    let found = parse(text).unwrap_err().to_string();
    let (place, words) = expected.split_once(": ").unwrap();
    assert!(
        found.starts_with(&format!("{place}: ")) && found.contains(words),
        "expected `{expected}`, found `{found}`"
    );
}

fn field(name: &str, value: Value) -> Field {
    Field { name: name.to_owned(), value }
}

const ADDED: &str = r#"{
  "specversion": "1.0",
  "type": "mandate.row.added",
  "source": "crm",
  "id": "e1",
  "subject": "deals/a/b",
  "time": "1970-01-01T00:00:01Z",
  "traceparent": "an extension"
}"#;

#[test]
fn a_cloud_event_is_read() {
    let event = parse(ADDED).unwrap();
    assert_eq!((event.source.as_str(), event.id.as_str(), event.at), ("crm", "e1", 1_000_000));
    assert_eq!((event.change, &event.changed, &event.image), (Change::Added, &None, &None));
    assert_eq!(event.subject, Subject::Row(RowRef { dataset: "deals".to_owned(), id: "a/b".to_owned() }));
}

#[test]
fn columns_and_last_image_are_for_the_host() {
    let data = |kind: &str, data: &str| {
        ADDED.replace("row.added", kind).replace("\"time\"", &format!("\"data\": {data}, \"time\""))
    };
    let updated = parse(&data("row.updated", r#"{"changed": ["amount"]}"#)).unwrap();
    assert_eq!(updated.changed, Some(vec!["amount".to_owned()]));
    let removed = parse(&data("row.removed", r#"{"image": {"amount": "2.5"}}"#)).unwrap();
    let image = vec![field("amount", Value::Decimal("2.50".to_owned())), field("note", Value::Null)];
    assert_eq!(removed.image, Some(image));
    check(&data("row.removed", r#"{"image": {"amount": "x"}}"#), "e.json:7:12: `x` is not a decimal");
    check(&data("row.removed", r#"{"image": {}}"#), "e.json:7:12: `amount` cannot be null");
    check(&data("row.removed", r#"{"image": {"size": 1}}"#), "e.json:7:12: no column `size`");
    check(&data("row.updated", r#"{"changed": ["size"]}"#), "e.json:7:12: no column `size`");
    check(&data("row.added", r#"{"changed": ["amount"]}"#), "e.json:7:12: only an update");
    check(&data("row.updated", r#"{"image": {}}"#), "e.json:7:12: only a removal");
    check(&data("row.updated", r#"{"imagine": {}}"#), "e.json:7:3: unknown field `imagine`");
}

#[test]
fn what_is_no_known_event_is_refused() {
    check("{\n \"specversion\": 1", "e.json:2:17: ");
    check(&ADDED.replace("row.added", "row.moved"), "e.json:3:3: the type `mandate.row.moved` is not known");
    check(&ADDED.replace("1.0", "0.3"), "e.json:2:3: no version of CloudEvents");
    check(&ADDED.replace("deals/a/b", "deals"), "e.json:6:3: write `dataset/id`");
    check(&ADDED.replace("deals/a/b", "leads/1"), "e.json:6:3: no dataset `leads`");
    check(&ADDED.replace("deals/a/b", "deals/"), "e.json:6:3: 1 to 200 bytes");
    check(&ADDED.replace("1970-01-01T00", "1970-01-01 00"), "e.json:7:3: no time such as");
    check(&ADDED.replace("\"e1\"", "\"\""), "e.json:4:3: must not be empty");
    check(
        &ADDED.replace("traceparent\": \"an extension", "datacontenttype\": \"text/xml"),
        "e.json:8:3: `application/json`",
    );
}

#[test]
fn an_event_of_the_platforms_own_type_names_a_row_a_file_or_nothing_and_its_data_is_not_kept() {
    let custom = ADDED.replace("mandate.row.added", "com.acme.paid");
    let about = |text: &str| match parse(text).unwrap() {
        mandate_model::Occurrence { change: Change::Other, subject: Subject::Custom(custom), image: None, .. } => {
            custom
        }
        other => unreachable!("{other:?}"),
    };
    let row = RowRef { dataset: "deals".to_owned(), id: "a/b".to_owned() };
    let found = about(&custom);
    assert_eq!((found.event_type.as_str(), found.about, found.file), ("com.acme.paid", Some(row), None));
    assert_eq!(about(&custom.replace("deals/a/b", "/bills/7.pdf")).file.as_deref(), Some("/bills/7.pdf"));
    let bare = custom.replace("  \"subject\": \"deals/a/b\",\n", "  \"data\": {\"card\": \"CANARY\"},\n");
    assert_eq!((about(&bare).about, about(&bare).file), (None, None));
    assert!(!serde_json::to_string(&parse(&bare).unwrap()).unwrap().contains("CANARY"));
    check(&custom.replace("deals/a/b", "leads/1"), "e.json:6:3: no dataset `leads`");
    assert_eq!(parse("event:com.acme.paid:deals/7").unwrap().row().unwrap().id, "7");
    assert_eq!(parse("event:com.acme.paid").unwrap().row(), None);
    assert!(parse("event:com.acme.paid:leads/7").is_err());
}

#[test]
fn the_short_form_is_read() {
    let event = parse("row.updated[amount, note]:deals/7").unwrap();
    assert_eq!((event.change, event.at, event.source.as_str()), (Change::Updated, NOW, event::SHORT_SOURCE));
    assert_eq!(event.changed, Some(vec!["amount".to_owned(), "note".to_owned()]));
    assert_eq!(parse("row.updated:deals/7").unwrap().changed, None);
    for bad in [
        "deals/7",
        "row.moved:deals/7",
        "row.added:deals",
        "row.added:leads/7",
        "row.updated[x]:deals/7",
        "row.updated[note:deals/7",
        "row.added[note]:deals/7",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}

fn story(text: &str) -> Result<Vec<changes::Step>, String> {
    changes::parse(&Text::of_file("c.jsonl", text), &schema()).map_err(|error| error.to_string())
}

#[test]
fn a_story_is_read() {
    let steps = story("{\"verb\": \"insert\", \"as\": \"user:ana\", \"dataset\": \"deals\", \"id\": \"7\", \"fields\": {\"amount\": 1}}\n\n{\"verb\": \"update\", \"as\": \"user:ana\", \"dataset\": \"deals\", \"id\": \"7\", \"fields\": {\"note\": null}}").unwrap();
    assert_eq!(steps[0].verb, Verb::Insert);
    assert_eq!(steps[0].fields, [field("amount", Value::Decimal("1.00".to_owned()))]);
    assert_eq!(steps[1].fields, [field("note", Value::Null)]);
    assert_eq!(steps[1].place.line, 3);
}

#[test]
fn a_malformed_story_is_refused_where_it_stands() {
    let line = "{\"verb\": \"update\", \"as\": \"user:ana\", \"dataset\": \"deals\", \"id\": \"7\", \"fields\": {\"note\": null}}\n";
    let all = [
        line.replace("update", "upsert"),
        line.replace("user:ana", "ana"),
        line.replace("deals", "leads"),
        line.replace("\"note\": null", ""),
        line.replace("update", "insert"),
        line.replace("\"7\"", "\"\""),
        line.replace("note", "size"),
        line.replace("verb", "werb"),
    ];
    let found = story(&all.concat()).unwrap_err();
    let places: Vec<_> = found.lines().map(|line| line.split(": ").next().unwrap()).collect();
    let expected = [
        "c.jsonl:1:17",
        "c.jsonl:2:20",
        "c.jsonl:3:38",
        "c.jsonl:4:69",
        "c.jsonl:5:1",
        "c.jsonl:6:58",
        "c.jsonl:7:80",
        "c.jsonl:8:7",
    ];
    assert_eq!(places, expected, "{found}");
}
