//! CSV report: sends each recipient the rows of a dataset that they may see, with the columns that they may see, as a CSV
//! attachment. What a spreadsheet would take for a formula is neutralised.

use policy_guest::{
    Event, Finding, Manifest, Message, Notification, Page, Plugin, Problem, Query, Settings, Value, View, automation,
};

/// More rows than this are left out, and the message says so.
const MOST_ROWS: usize = 1000;
/// So are rows beyond this many bytes: a message has a published limit of 256 KiB.
const MOST_BYTES: usize = 200 << 10;

struct CsvReport;

impl Plugin for CsvReport {
    fn describe() -> Manifest {
        Manifest::new("csv-report", "0.1.0", "Sends each recipient the rows that they may see, as CSV.")
            .settings(
                r#"{"type": "object", "additionalProperties": false, "required": ["dataset"],
                    "properties": {"dataset": {"type": "string", "format": "dataset", "title": "Dataset"}}}"#,
            )
            .reads("{dataset}", &[])
    }
}

impl Notification for CsvReport {
    fn render(_event: &Event, _finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        let settings = Settings::of(view)?;
        let dataset = settings.text("dataset")?;
        let mut report = Report::default();
        for page in view.pages(dataset, Query::new(&[])) {
            if !report.add(&page?) {
                break;
            }
        }
        Ok(Some(report.message(dataset)))
    }
}

automation!(CsvReport: notification);

#[derive(Default)]
struct Report {
    csv: String,
    rows: usize,
    cut: bool,
}

impl Report {
    /// Adds a page; false once the report is full.
    fn add(&mut self, page: &Page) -> bool {
        if self.csv.is_empty() {
            self.line(page.columns.iter().map(|column| quoted(column)));
        }
        for row in &page.rows {
            if self.rows == MOST_ROWS || self.csv.len() > MOST_BYTES {
                self.cut = true;
                return false;
            }
            self.line(row.values.iter().map(cell));
            self.rows += 1;
        }
        true
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) {
        self.csv.push_str(&cells.collect::<Vec<_>>().join(","));
        self.csv.push_str("\r\n");
    }

    fn message(self, dataset: &str) -> Message {
        let more = if self.cut { " There are more." } else { "" };
        let body = format!("{} rows of {dataset}.{more}", self.rows);
        Message::new(&format!("Report of {dataset}"), &body).attach("report.csv", "text/csv", self.csv.into_bytes())
    }
}

/// A cell as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe in front; a number
/// stays a number, also a negative one.
fn cell(value: &Value) -> String {
    let shown = value.show();
    match value {
        Value::Integer(_) | Value::Number(_) | Value::Decimal(_) | Value::Timestamp(_) => quoted(&shown),
        _ if shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => quoted(&format!("'{shown}")),
        _ => quoted(&shown),
    }
}

fn quoted(text: &str) -> String {
    let plain = !text.contains([',', '"', '\n', '\r']);
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_guest::{Cells, Content};

    fn page(rows: usize) -> Page {
        let row = |at: usize| Cells {
            id: at.to_string(),
            revision: String::new(),
            values: vec![Value::from("x"), Value::Integer(-1)],
        };
        Page { columns: vec!["title".to_owned(), "n".to_owned()], rows: (0..rows).map(row).collect(), next: None }
    }

    #[test]
    fn w08_formulas_are_neutralised_and_numbers_are_not() {
        assert_eq!(cell(&"=cmd()".into()), "'=cmd()");
        assert_eq!(cell(&"-1+2".into()), "'-1+2");
        assert_eq!(cell(&"@x,y".into()), "\"'@x,y\"");
        assert_eq!(cell(&"\t=1".into()), "'\t=1");
        assert_eq!(cell(&Value::decimal("-12.50")), "-12.50");
        assert_eq!(cell(&Value::Other("=1".to_owned())), "'=1");
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        assert_eq!(cell(&"a,b".into()), "\"a,b\"");
        assert_eq!(cell(&"say \"hi\"\r\n".into()), "\"say \"\"hi\"\"\r\n\"");
        assert_eq!(cell(&Value::Null), "");
    }

    #[test]
    fn a_report_has_a_header_and_an_end() {
        let mut report = Report::default();
        assert!(report.add(&page(2)));
        let message = report.message("deals");
        assert_eq!(message.body, "2 rows of deals.");
        let Content::Inline(csv) = &message.attachments[0].content else { panic!("not inline") };
        assert_eq!(csv, b"title,n\r\nx,-1\r\nx,-1\r\n");
        let mut report = Report::default();
        assert!(report.add(&page(1000)));
        assert!(!report.add(&page(1)));
        assert_eq!(report.message("deals").body, "1000 rows of deals. There are more.");
    }
}
