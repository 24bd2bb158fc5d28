//! What a page of the list shows besides the automations: each kind is one question, however long the page is.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::Version;
use mandate_model::{AutomationId, Entry, EventId, Occurrence, PluginDigest, PrincipalId, RunId, SiteId, VersionId};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::{
    from_json, from_word,
    part::Seen,
    run::{Run, RunRow},
};
use crate::error::Result;

/// `(…)` with all of these, also if there are none.
fn within<T: ToString>(sql: &mut QueryBuilder<Sqlite>, all: impl IntoIterator<Item = T>) {
    sql.push("(''");
    for one in all {
        sql.push(", ").push_bind(one.to_string());
    }
    sql.push(")");
}

/// The versions of these ids that can be read and are what was published.
pub(crate) async fn versions(reader: &SqlitePool, ids: &BTreeSet<&VersionId>) -> Result<BTreeMap<VersionId, Version>> {
    let mut sql = QueryBuilder::new("SELECT body FROM version WHERE id IN ");
    within(&mut sql, ids);
    let bodies: Vec<String> = sql.build_query_scalar().fetch_all(reader).await?;
    let read = bodies.iter().filter_map(|body| from_json::<Version>(body).ok());
    Ok(read.map(|version| (version.id(), version)).filter(|(id, _)| ids.contains(id)).collect())
}

/// What plugins of a site are called.
pub(crate) async fn plugins(
    reader: &SqlitePool,
    site: &SiteId,
    digests: &BTreeSet<&PluginDigest>,
) -> Result<BTreeMap<String, String>> {
    let mut sql = QueryBuilder::new("SELECT digest, name FROM plugin WHERE site = ");
    sql.push_bind(site.as_str()).push(" AND digest IN ");
    within(&mut sql, digests.iter().map(|digest| digest.as_str()));
    let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(reader).await?;
    Ok(rows.into_iter().collect())
}

/// The last run of each of these automations of which `person` has a part that they may know of, or that is of `histories`.
pub(crate) async fn runs(
    reader: &SqlitePool,
    person: &PrincipalId,
    automations: &BTreeSet<&AutomationId>,
    histories: &BTreeSet<&AutomationId>,
) -> Result<Vec<Run>> {
    let mut sql = QueryBuilder::new(
        "SELECT run.id, run.automation, run.version, run.event, run.attempts, run.state, run.reason, run.tells_as
         FROM automation JOIN run ON run.id = (
             SELECT last.id FROM run AS last WHERE last.automation = automation.id AND (automation.id IN ",
    );
    within(&mut sql, histories);
    sql.push(" OR EXISTS (SELECT 1 FROM part WHERE part.run = last.id AND witnessed = 1 AND principal = ");
    sql.push_bind(person.to_string()).push(")) ORDER BY last.at DESC, last.id DESC LIMIT 1) WHERE automation.id IN ");
    within(&mut sql, automations);
    let rows: Vec<RunRow> = sql.build_query_as().fetch_all(reader).await?;
    rows.into_iter().map(RunRow::read).collect()
}

/// What these events were; without those that cannot be read.
pub(crate) async fn occurrences(
    reader: &SqlitePool,
    events: &BTreeSet<&EventId>,
) -> Result<BTreeMap<EventId, Occurrence>> {
    let mut sql = QueryBuilder::new("SELECT id, occurrence FROM event WHERE id IN ");
    within(&mut sql, events.iter().map(|event| event.as_str()));
    let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(reader).await?;
    let read = |(id, text): (String, String)| Some((from_word(&id).ok()?, from_json(&text).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The parts of these runs that are `person`'s own, and their act parts, whoever's; those that their person may know of.
pub(crate) async fn parts(reader: &SqlitePool, person: &PrincipalId, runs: &BTreeSet<&RunId>) -> Result<Vec<Seen>> {
    let mut sql = QueryBuilder::new(
        "SELECT id, run, kind, principal, state, outcome, findings, usage, reason FROM part
         WHERE witnessed = 1 AND run IN ",
    );
    within(&mut sql, runs.iter().map(|run| run.as_str()));
    sql.push(" AND (kind = 'act' OR principal = ")
        .push_bind(person.to_string())
        .push(") ORDER BY run, kind, principal");
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// What the guests of these parts asked and were told, in order.
pub(crate) async fn journals(reader: &SqlitePool, parts: &[Seen]) -> Result<BTreeMap<String, Vec<Entry>>> {
    let mut sql = QueryBuilder::new("SELECT part, entry FROM journal WHERE part IN ");
    within(&mut sql, parts.iter().map(|part| &part.id));
    sql.push(" ORDER BY part, sequence");
    let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(reader).await?;
    let mut journals: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (part, entry) in rows {
        journals.entry(part).or_default().push(from_json(&entry)?);
    }
    Ok(journals)
}
