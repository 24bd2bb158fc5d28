//! The embedded platform's side of backing up and verifying.

use std::path::Path;

use super::{Embedded, EmbeddedError};

impl Embedded {
    /// Copies the platform, as it is at one moment, into a new file. Reading and writing go on.
    pub async fn backup(&self, to: &Path) -> Result<(), EmbeddedError> {
        Ok(crate::sqlite::copy(self.writer(), to).await?)
    }

    /// What SQLite finds damaged in the file; nothing: it is whole.
    pub async fn damage(&self) -> Result<Vec<String>, EmbeddedError> {
        let said: Vec<String> = sqlx::query_scalar("pragma integrity_check(10)").fetch_all(self.writer()).await?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }
}
