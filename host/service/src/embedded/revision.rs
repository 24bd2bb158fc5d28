//! A row's revision: a digest of the cells that one principal may see, so that it says nothing about the others.

use mandate_model::{Secret, Value};
use mandate_policy::{ColumnDef, DatasetDef};

use super::record::Record;

/// 32 hex digits. Keyed with the platform's secret: an automation may be allowed fewer columns than its principal, and must not
/// be able to guess the others from it.
pub(super) fn revision(secret: &Secret, dataset: &DatasetDef, record: &Record, visible: &[&ColumnDef]) -> String {
    // Test-only: the leak that the two-world test must find.
    #[cfg(feature = "seeded-leak")]
    let visible = &[visible, &dataset.columns.iter().collect::<Vec<_>>()].concat();
    let cells: Vec<(&str, Vec<u8>)> =
        visible.iter().map(|column| (column.name.as_str(), bytes(&record.cell(&column.name)))).collect();
    let mut parts = vec![dataset.name.as_bytes(), record.id.as_bytes()];
    for (name, cell) in &cells {
        parts.extend([name.as_bytes(), cell.as_slice()]);
    }
    let digest = secret.mac("revision", &parts);
    data_encoding::HEXLOWER.encode(digest.split_at(16).0)
}

/// A value as bytes: its kind, then what it is. All values of one column are of one kind or null.
fn bytes(value: &Value) -> Vec<u8> {
    let (kind, content): (u8, Vec<u8>) = match value {
        Value::Null => (0, Vec::new()),
        Value::Boolean(flag) => (1, vec![u8::from(*flag)]),
        Value::Integer(number) => (2, number.to_be_bytes().to_vec()),
        Value::Number(number) => (3, number.to_bits().to_be_bytes().to_vec()),
        Value::Decimal(text) => (4, text.as_bytes().to_vec()),
        Value::Text(text) => (5, text.as_bytes().to_vec()),
        Value::Timestamp(time) => (6, time.to_be_bytes().to_vec()),
        Value::Bytes(bytes) => (7, bytes.clone()),
        // No column holds these.
        Value::Items(_) => (8, Vec::new()),
        Value::Other(text) => (9, text.as_bytes().to_vec()),
    };
    let mut all = vec![kind];
    all.extend(content);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use mandate_policy::ColumnType;

    fn column(name: &str) -> ColumnDef {
        ColumnDef { name: name.to_owned(), column_type: ColumnType::Text, nullable: true }
    }

    fn of(a: Value, b: Value, visible: &[&str]) -> String {
        let dataset =
            DatasetDef { name: "deals".to_owned(), columns: vec![column("a"), column("b")], any_change: false };
        let cells = [("a".to_owned(), a), ("b".to_owned(), b)].into();
        let visible: Vec<&ColumnDef> = visible.iter().filter_map(|name| dataset.column(name)).collect();
        let record = Record { id: "d1".to_owned(), cells };
        revision(&Secret::from_bytes([1; 32]), &dataset, &record, &visible)
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn it_depends_on_visible_cells_only() {
        assert_eq!(of(text("x"), text("1"), &["a"]), of(text("x"), text("2"), &["a"]));
        assert_ne!(of(text("x"), text("1"), &["a", "b"]), of(text("x"), text("2"), &["a", "b"]));
        assert_ne!(of(text("x"), text("y"), &["a", "b"]), of(text("xy"), text(""), &["a", "b"]));
        assert_ne!(of(Value::Null, text("y"), &["a", "b"]), of(text(""), text("y"), &["a", "b"]));
        assert_eq!(of(text("x"), text("1"), &[]).len(), 32);
    }
}
