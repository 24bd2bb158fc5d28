//! SQL as it is put together: fixed text, names of this schema, and bound values; nothing else can get into it.

use futures::stream::BoxStream;
use mandate_policy::{ColumnDef, DatasetDef};
use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::types::Cell;

/// A statement, or a piece of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sql {
    text: String,
    binds: Vec<Cell>,
}

impl Sql {
    /// Fixed text.
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), binds: Vec::new() }
    }

    /// Adds fixed text.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds the table of a dataset. Its name was validated when the platform was created; the prefix keeps it apart from our
    /// tables and from SQLite's.
    pub(super) fn table(&mut self, dataset: &DatasetDef) -> &mut Self {
        self.quoted("data_", &dataset.name)
    }

    /// Adds a column.
    pub(super) fn column(&mut self, column: &ColumnDef) -> &mut Self {
        self.quoted("c_", &column.name)
    }

    fn quoted(&mut self, prefix: &str, name: &str) -> &mut Self {
        self.text.push('"');
        self.text.push_str(prefix);
        // A quote cannot be in a name; doubled, it would be harmless all the same.
        self.text.push_str(&name.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// Adds a bound value.
    pub(super) fn bind(&mut self, cell: Cell) -> &mut Self {
        self.text.push('?');
        self.binds.push(cell);
        self
    }

    /// Adds another piece.
    pub(super) fn append(&mut self, other: Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.binds.extend(other.binds);
        self
    }

    /// Adds pieces with fixed text between them.
    pub(super) fn join(&mut self, pieces: impl IntoIterator<Item = Self>, between: &'static str) -> &mut Self {
        for (index, piece) in pieces.into_iter().enumerate() {
            if index > 0 {
                self.push(between);
            }
            self.append(piece);
        }
        self
    }

    /// Bound values so far.
    pub(super) fn bound(&self) -> usize {
        self.binds.len()
    }

    /// Runs it and collects its rows.
    pub(super) async fn fetch(self, conn: &mut SqliteConnection) -> Result<Vec<SqliteRow>, sqlx::Error> {
        self.query().fetch_all(conn).await
    }

    /// Runs it, row by row: SQLite goes on when a row is asked for.
    pub(super) fn stream(self, conn: &mut SqliteConnection) -> BoxStream<'_, Result<SqliteRow, sqlx::Error>> {
        self.query().fetch(conn)
    }

    /// Runs it.
    pub(super) async fn execute(self, conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
        Ok(self.query().execute(conn).await?.rows_affected())
    }

    fn query(self) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
        // Safe: `text` is made by the methods above only.
        let query = sqlx::query(AssertSqlSafe(self.text));
        self.binds.into_iter().fold(query, |query, cell| match cell {
            Cell::Null => query.bind(None::<i64>),
            Cell::Integer(number) => query.bind(number),
            Cell::Real(bits) => query.bind(bits.number()),
            Cell::Text(text) => query.bind(text),
            Cell::Blob(bytes) => query.bind(bytes),
        })
    }
}
