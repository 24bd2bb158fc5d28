//! Which versions automations had: one line for each time that one was published.

use mandate_governance::Happening;
use mandate_model::{AutomationId, PrincipalId, VersionId};
use sqlx::SqlitePool;

use super::{from_json, from_word, json};
use crate::error::{Result, ServiceError};

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// Which one of its automation: the first is 1.
    pub(crate) number: u32,
    pub(crate) version: VersionId,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// `None`: the operator.
    pub(crate) by: Option<PrincipalId>,
    /// Whether none was published since.
    pub(crate) latest: bool,
}

#[derive(sqlx::FromRow)]
struct PublishedRow {
    place: u32,
    actor: Option<String>,
    body: String,
    at: i64,
    latest: bool,
}

impl PublishedRow {
    fn read(self) -> Result<Published> {
        let Happening::Published { version } = from_json(&self.body)? else {
            return Err(ServiceError::Damaged("a happening is not what it begins as".to_owned()));
        };
        let by = self.actor.as_deref().map(from_word).transpose()?;
        Ok(Published { number: self.place, version, at: self.at, by, latest: self.latest })
    }
}

/// What was published of an automation, the latest first: at most `limit`, before the one of that number.
pub(crate) async fn page(
    reader: &SqlitePool,
    id: &AutomationId,
    before: Option<u32>,
    limit: u32,
) -> Result<Vec<Published>> {
    let rows: Vec<PublishedRow> = sqlx::query_as(
        "WITH published AS (
             SELECT row_number() OVER (ORDER BY number) AS place, actor, body, at
             FROM happening WHERE automation = $1 AND body LIKE '{\"happening\":\"published\",%'
         )
         SELECT place, actor, body, at, place = (SELECT max(place) FROM published) AS latest FROM published WHERE place < $2 ORDER BY place DESC LIMIT $3",
    )
    .bind(id.as_str())
    .bind(before.unwrap_or(u32::MAX))
    .bind(limit)
    .fetch_all(reader)
    .await?;
    rows.into_iter().map(PublishedRow::read).collect()
}

/// Whether it was ever published of this automation.
pub(crate) async fn was(reader: &SqlitePool, id: &AutomationId, version: &VersionId) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM happening WHERE automation = $1 AND body = $2")
        .bind(id.as_str())
        .bind(json(&Happening::Published { version: version.clone() })?)
        .fetch_one(reader)
        .await?;
    Ok(count > 0)
}
