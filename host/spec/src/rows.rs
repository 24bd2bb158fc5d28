//! Rows of a dataset beside a fixture: CSV or JSON Lines.
//!
//! CSV: a header of `id` and column names in any order; a column that is left out is null. An empty cell is null, an empty cell
//! in quotes (`""`) is the empty text. JSON Lines: one object a line with `id` and columns.

use std::collections::BTreeSet;

use mandate_model::{Field, PrincipalId, Value};
use mandate_policy::{ColumnDef, ColumnType, DatasetDef};
use mandate_service::embedded::{SeedRow, row_id_problem};

use crate::known::no_column;
use crate::problem::Problem;
use crate::text::Text;
use crate::{cell, json};

/// Reads the rows of `dataset`: JSON Lines if `json`, else CSV. People and teams in them are `known`. What is wrong goes to
/// `problems`.
pub(crate) fn read(
    dataset: &DatasetDef,
    text: &Text,
    json: bool,
    known: &BTreeSet<PrincipalId>,
    problems: &mut Vec<Problem>,
) -> Vec<SeedRow> {
    let mut reader = Rows { dataset, text, known, problems, ids: BTreeSet::new() };
    if json { reader.read_json() } else { reader.read_csv() }
}

struct Rows<'a> {
    dataset: &'a DatasetDef,
    text: &'a Text,
    known: &'a BTreeSet<PrincipalId>,
    problems: &'a mut Vec<Problem>,
    ids: BTreeSet<String>,
}

impl Rows<'_> {
    fn report(&mut self, offset: usize, message: impl Into<String>) {
        self.problems.push(Problem { place: self.text.at(offset), message: message.into() });
    }

    fn read_csv(&mut self) -> Vec<SeedRow> {
        let mut records = records(self.text.as_str()).into_iter();
        let Some(header) = records.next() else {
            self.report(0, "a CSV file begins with a header: `id` and the names of columns");
            return Vec::new();
        };
        if !self.check_header(&header) {
            return Vec::new();
        }
        records.filter_map(|record| self.csv_row(&header, &record)).collect()
    }

    fn check_header(&mut self, header: &[Cell]) -> bool {
        let before = self.problems.len();
        let start = header.first().map_or(0, |cell| cell.offset);
        let mut seen = BTreeSet::new();
        for cell in header {
            if cell.text != "id" && self.dataset.column(&cell.text).is_none() {
                self.report(cell.offset, no_column(self.dataset, &cell.text));
            } else if !seen.insert(cell.text.as_str()) {
                self.report(cell.offset, format!("`{}` stands twice in the header", cell.text));
            }
        }
        let needed = self.dataset.columns.iter().filter(|column| !column.nullable).map(|column| column.name.as_str());
        for name in std::iter::once("id").chain(needed) {
            if !seen.contains(name) {
                self.report(start, format!("the header lacks `{name}`"));
            }
        }
        self.problems.len() == before
    }

    fn csv_row(&mut self, header: &[Cell], record: &[Cell]) -> Option<SeedRow> {
        let start = record.first().map_or(0, |cell| cell.offset);
        if record.len() != header.len() {
            let message = format!("{} cells, but the header has {}", record.len(), header.len());
            self.report(start, message);
            return None;
        }
        let (mut id, mut fields) = (None, Vec::new());
        for (name, cell) in header.iter().zip(record) {
            if name.text == "id" {
                id = self.row_id(cell.offset, &cell.text);
            } else if let Some(column) = self.dataset.column(&name.text) {
                let null = cell.text.is_empty() && !cell.quoted;
                let value = if null { cell::null(column) } else { cell::from_text(column, &cell.text) };
                self.keep(cell.offset, column, value, &mut fields);
            }
        }
        id.map(|id| SeedRow { dataset: self.dataset.name.clone(), id, fields })
    }

    fn read_json(&mut self) -> Vec<SeedRow> {
        let text = self.text;
        let mut offset = 0;
        let mut rows = Vec::new();
        for line in text.as_str().split_inclusive('\n') {
            if !line.trim().is_empty() {
                rows.extend(self.json_row(offset, line.trim_end()));
            }
            offset += line.len();
        }
        rows
    }

    fn json_row(&mut self, offset: usize, line: &str) -> Option<SeedRow> {
        let object = match json::object(line) {
            Ok(object) => object,
            Err(error) => {
                let before: usize = line.chars().take(error.column - 1).map(char::len_utf8).sum();
                self.report(offset + before, format!("not one JSON object on one line: {}", error.message));
                return None;
            }
        };
        let at = |key: &str| offset + line.find(&format!("\"{key}\"")).unwrap_or(0);
        let id = object.get("id").and_then(serde_json::Value::as_str);
        let Some(id) = id.and_then(|id| self.row_id(at("id"), id)) else {
            if id.is_none() {
                self.report(offset, "a row needs an `id`, as text");
            }
            return None;
        };
        let mut fields = Vec::new();
        for (key, json) in object.iter().filter(|(key, _)| *key != "id") {
            match self.dataset.column(key) {
                Some(column) => self.keep(at(key), column, cell::from_json(column, json), &mut fields),
                None => self.report(at(key), no_column(self.dataset, key)),
            }
        }
        for column in self.dataset.columns.iter().filter(|column| !column.nullable) {
            if !object.contains_key(&column.name) {
                self.report(offset, format!("the row lacks `{}`", column.name));
            }
        }
        Some(SeedRow { dataset: self.dataset.name.clone(), id, fields })
    }

    /// Keeps a cell that is not null, or reports what is wrong with it.
    fn keep(&mut self, offset: usize, column: &ColumnDef, value: Result<Value, String>, fields: &mut Vec<Field>) {
        match value.and_then(|value| self.there(column, value)) {
            Ok(Value::Null) => {}
            Ok(value) => fields.push(Field { name: column.name.clone(), value }),
            Err(message) => self.report(offset, message),
        }
    }

    /// The value, unless it names somebody who is not there.
    fn there(&self, column: &ColumnDef, value: Value) -> Result<Value, String> {
        let among = match column.column_type {
            ColumnType::User => "people",
            ColumnType::Team => "teams",
            _ => return Ok(value),
        };
        match &value {
            Value::Text(id) if !PrincipalId::parse(id).is_ok_and(|id| self.known.contains(&id)) => {
                Err(format!("`{}`: `{id}` is not among `{among}`", column.name))
            }
            _ => Ok(value),
        }
    }

    fn row_id(&mut self, offset: usize, id: &str) -> Option<String> {
        if let Some(message) = row_id_problem(id) {
            self.report(offset, message);
        } else if self.ids.insert(id.to_owned()) {
            return Some(id.to_owned());
        } else {
            self.report(offset, format!("two rows have the id `{id}`"));
        }
        None
    }
}

/// A cell of a CSV file.
struct Cell {
    offset: usize,
    quoted: bool,
    text: String,
}

/// The records of a CSV text, with the place of every cell, which the csv crate knows only for whole records.
fn records(text: &str) -> Vec<Vec<Cell>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    // Reading from memory cannot fail, and a `&str` is UTF-8.
    reader.records().filter_map(Result::ok).map(|record| cells(text, &record)).collect()
}

fn cells(text: &str, record: &csv::StringRecord) -> Vec<Cell> {
    let start = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
    let rest = text.get(start..).unwrap_or_default();
    let raw = rest.trim_start_matches(['\r', '\n']);
    let mut places = places(raw);
    let start = text.len() - raw.len();
    let cell = |text: &str| {
        let (offset, quoted) = places.next().unwrap_or_default();
        Cell { offset: start + offset, quoted, text: text.to_owned() }
    };
    record.iter().map(cell).collect()
}

/// Where each cell begins, and whether in quotes.
fn places(raw: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut inside = false;
    let begins_quoted = |from: usize| raw.as_bytes().get(from) == Some(&b'"');
    let later = raw.bytes().enumerate().filter_map(move |(at, byte)| {
        inside ^= byte == b'"';
        (byte == b',' && !inside).then_some(at + 1)
    });
    std::iter::once(0).chain(later).map(move |from| (from, begins_quoted(from)))
}
