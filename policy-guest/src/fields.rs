//! Reading named values by kind, whatever holds them.

use crate::{Decimal, Field, Finding, Page, Row, Value};

/// Something with named values: a row, a record of a page, a finding. A column that the principal may not see is absent, like
/// one that does not exist; a value of another kind than the one asked for counts as absent too.
pub trait Fields {
    /// The value of that name; `None` when it is absent.
    fn value(&self, name: &str) -> Option<&Value>;

    /// A text.
    fn text(&self, name: &str) -> Option<&str> {
        if let Some(Value::Text(text)) = self.value(name) { Some(text) } else { None }
    }

    /// A whole number.
    fn integer(&self, name: &str) -> Option<i64> {
        if let Some(Value::Integer(number)) = self.value(name) { Some(*number) } else { None }
    }

    /// A whole or decimal number, exactly.
    fn decimal(&self, name: &str) -> Option<Decimal> {
        self.value(name).and_then(Value::amount)
    }

    /// A floating-point number.
    fn number(&self, name: &str) -> Option<f64> {
        if let Some(Value::Number(number)) = self.value(name) { Some(*number) } else { None }
    }

    /// True or false.
    fn boolean(&self, name: &str) -> Option<bool> {
        if let Some(Value::Boolean(yes)) = self.value(name) { Some(*yes) } else { None }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    fn timestamp(&self, name: &str) -> Option<i64> {
        if let Some(Value::Timestamp(at)) = self.value(name) { Some(*at) } else { None }
    }

    /// As text for people; the empty text when it is absent.
    fn show(&self, name: &str) -> String {
        self.value(name).map(Value::show).unwrap_or_default()
    }
}

impl Fields for [Field] {
    fn value(&self, name: &str) -> Option<&Value> {
        self.iter().find(|field| field.name == name).map(|field| &field.value)
    }
}

impl Fields for Row {
    fn value(&self, name: &str) -> Option<&Value> {
        self.fields.value(name)
    }
}

impl Fields for Finding {
    fn value(&self, name: &str) -> Option<&Value> {
        self.data.value(name)
    }
}

/// A row of a page, with the names of its columns.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its id.
    pub id: &'a str,
    /// Opaque: for `if_revision`.
    pub revision: &'a str,
    /// The names of its columns.
    pub columns: &'a [String],
    /// One for each column.
    pub values: &'a [Value],
}

impl Fields for Record<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        let at = self.columns.iter().position(|column| column == name)?;
        self.values.get(at)
    }
}

impl Page {
    /// Its rows, readable by column name.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().map(|row| Record {
            id: &row.id,
            revision: &row.revision,
            columns: &self.columns,
            values: &row.values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cells;

    #[test]
    fn a_field_is_read_by_name_and_kind() {
        let fields = [Field::new("title", "Deal"), Field::new("amount", Value::decimal("1.50")), Field::new("n", 4)];
        let fields = fields.as_slice();
        assert_eq!(fields.text("title"), Some("Deal"));
        assert_eq!(fields.text("amount"), None);
        assert_eq!(fields.integer("n"), Some(4));
        assert_eq!(fields.decimal("amount"), Decimal::parse("1.5"));
        assert_eq!(fields.decimal("n"), Decimal::parse("4"));
        assert_eq!((fields.boolean("title"), fields.number("n"), fields.timestamp("n")), (None, None, None));
        assert_eq!((fields.show("amount"), fields.show("hidden")), ("1.50".to_owned(), String::new()));
    }

    #[test]
    fn a_page_gives_each_row_its_column_names() {
        let cells = |id: &str, values| Cells { id: id.to_owned(), revision: "r".to_owned(), values };
        let page = Page {
            columns: vec!["title".to_owned(), "n".to_owned()],
            rows: vec![cells("1", vec!["a".into(), 1.into()]), cells("2", vec!["b".into(), 2.into()])],
            next: None,
        };
        let read: Vec<_> = page.records().map(|row| (row.id, row.show("title"), row.integer("n"))).collect();
        assert_eq!(read, [("1", "a".to_owned(), Some(1)), ("2", "b".to_owned(), Some(2))]);
        assert!(page.records().all(|row| row.value("hidden").is_none()));
    }
}
