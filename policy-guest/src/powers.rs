//! The powers as methods of the handles that they need. A guest imports a power when it calls one of its methods.

use crate::bindings::powers::mandate::automation::{files, files_write, operations, rows, rows_write};
use crate::{Conflict, Entry, Failure, Field, Hand, Listing, Page, Problem, Query, Row, View};

impl View {
    /// Rows that the principal may see; others are absent. `Denied`: the dataset, or a column named in the query, may not be
    /// seen or does not exist.
    pub fn find(&self, dataset: &str, query: &Query) -> Result<Page, Failure> {
        rows::find(self, dataset, query)
    }

    /// One row. `Denied`: it does not exist or may not be seen.
    pub fn get(&self, dataset: &str, id: &str) -> Result<Row, Failure> {
        rows::get(self, dataset, id)
    }

    /// All pages of a query, asked for one at a time.
    pub fn pages<'a>(&'a self, dataset: &'a str, query: Query) -> Pages<'a> {
        Pages { view: self, dataset, query: Some(query) }
    }

    /// Entries of a folder that the principal may see, in byte order of their paths.
    pub fn list_folder(&self, folder: &str, after: Option<&str>) -> Result<Listing, Failure> {
        files::list_folder(self, folder, after)
    }

    /// One entry. `Denied`: it does not exist or may not be seen.
    pub fn stat(&self, path: &str) -> Result<Entry, Failure> {
        files::stat(self, path)
    }

    /// At most `length` (up to 256 KiB) bytes from `offset`; fewer at the end of the file.
    pub fn read_file(&self, path: &str, offset: u64, length: u32, revision: Option<&str>) -> Result<Vec<u8>, Failure> {
        files::read(self, path, offset, length, revision)
    }
}

impl Hand {
    /// Stages a new row. The id stands for it within the same act.
    pub fn create(&self, dataset: &str, fields: &[Field]) -> Result<String, Failure> {
        rows_write::create(self, dataset, fields)
    }

    /// Stages a change of these fields, carried out only if the row is still at `revision`, where one is given.
    pub fn update(&self, dataset: &str, id: &str, fields: &[Field], revision: Option<&str>) -> Result<(), Failure> {
        rows_write::update(self, dataset, id, fields, revision)
    }

    /// Stages the removal of a row.
    pub fn remove(&self, dataset: &str, id: &str) -> Result<(), Failure> {
        rows_write::remove(self, dataset, id)
    }

    /// Stages a whole file.
    pub fn write_file(&self, path: &str, content: &[u8], on_conflict: Conflict) -> Result<(), Failure> {
        files_write::write(self, path, content, on_conflict)
    }

    /// Stages a copy.
    pub fn copy_file(&self, source: &str, destination: &str, on_conflict: Conflict) -> Result<(), Failure> {
        files_write::copy_to(self, source, destination, on_conflict)
    }

    /// Stages a move, carried out only if the source is still at `revision`, where one is given.
    pub fn move_file(
        &self,
        source: &str,
        destination: &str,
        on_conflict: Conflict,
        revision: Option<&str>,
    ) -> Result<(), Failure> {
        files_write::move_to(self, source, destination, on_conflict, revision)
    }

    /// Stages a removal into the trash. A folder must be empty.
    pub fn remove_file(&self, path: &str, revision: Option<&str>) -> Result<(), Failure> {
        files_write::remove(self, path, revision)
    }

    /// Stages a new folder; nothing happens if it exists.
    pub fn make_folder(&self, path: &str) -> Result<(), Failure> {
        files_write::make_folder(self, path)
    }

    /// Stages an operation of the platform. `arguments` is a JSON object that satisfies its schema.
    pub fn invoke(&self, operation: &str, arguments: &str) -> Result<(), Failure> {
        operations::invoke(self, operation, arguments)
    }
}

/// The pages of a query, in order; it ends after the last page or after the first failure.
#[derive(Debug)]
pub struct Pages<'a> {
    view: &'a View,
    dataset: &'a str,
    query: Option<Query>,
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let query = self.query.take()?;
        let page = self.view.find(self.dataset, &query);
        if let Ok(Page { next: Some(next), .. }) = &page {
            self.query = Some(query.after(next));
        }
        Some(page)
    }
}

/// So that `?` ends a phase: what the platform cannot answer now is tried again, everything else has failed.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable => Self::Retry("the platform cannot answer now".to_owned()),
            Failure::Denied => Self::Failed("denied".to_owned()),
            Failure::Invalid(why) => Self::Failed(format!("invalid: {why}")),
            Failure::Limit(which) => Self::Failed(format!("a limit was reached: {which}")),
            Failure::Other(what) => Self::Other(what),
        }
    }
}
