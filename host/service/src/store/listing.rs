//! Automations by what they are: predicates of governance as the `WHERE` of a query. Every leaf is true or false, although SQL is not.

use std::collections::BTreeSet;

use mandate_governance::Life;
use mandate_model::{AutomationId, SiteId};
use mandate_policy::{Literal, Operand, Operator, Predicate};
use sqlx::{FromRow, QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{automation::AutomationRow, from_word};
use crate::{
    error::Result,
    shown::{Only, Stands},
};

/// Deepest predicate, and most parts in one `and` or `or`: SQLite parses at most 1000 levels.
const MAX_DEPTH: usize = 50;
const MAX_PARTS: usize = 200;
/// Largest predicate; SQLite takes at most 32766 bound values.
const MAX_SIZE: usize = 10_000;

/// Which automations of all somebody sees: those of `sure`; and of those of `maybe`, which has all of `sure`, some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) sure: Predicate,
    pub(crate) maybe: Predicate,
}

impl Sight {
    /// Of these the main ones.
    pub(crate) fn main_alone(self) -> Self {
        let kind = Operand::Column("kind".to_owned());
        let main = Predicate::one_of(kind, [Literal::Text("main".to_owned())]);
        let alone = |seen| Predicate::all([main.clone(), seen]);
        Self { sure: alone(self.sure), maybe: alone(self.maybe) }
    }
}

/// The first `limit` automations of `maybe` after this one, in order of their ids, each with whether it is of `sure`; `None`: it
/// cannot be read. What SQL does not say may be any.
pub(crate) async fn page(
    reader: &SqlitePool,
    sight: &Sight,
    only: Option<&Only>,
    after: Option<&AutomationId>,
    limit: usize,
) -> Result<Vec<(AutomationId, Option<(Life, bool)>)>> {
    let mut query = said(sight, after).unwrap_or_else(|| {
        let mut sql = QueryBuilder::new("SELECT id, body, consent, false AS sure FROM automation WHERE id > ");
        sql.push_bind(from(after));
        sql
    });
    if let Some(only) = only {
        narrow(&mut query, only);
    }
    query.push(" ORDER BY id LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = query.build().fetch_all(reader).await?;
    rows.iter().map(|row| Ok((from_word(row.try_get("id")?)?, readable(row)?))).collect()
}

/// Leaves those out that are deleted, and those of which `only` does not hold.
fn narrow(sql: &mut QueryBuilder<Sqlite>, only: &Only) {
    let Only { stands, run_as, managed_by, plugin } = only;
    sql.push(" AND deleted = 'no'");
    sql.push(match stands {
        None => "",
        Some(Stands::On) => " AND state = 'on' AND consent IS NOT NULL",
        Some(Stands::Waits) => " AND state = 'on' AND consent IS NULL",
        Some(Stands::Stopped) => " AND state = 'stopped'",
        Some(Stands::Off) => " AND state = 'off' AND published IS NOT NULL",
        Some(Stands::Never) => " AND state = 'off' AND published IS NULL",
    });
    if let Some(run_as) = run_as {
        sql.push(" AND ").push_bind(run_as.to_string()).push(" IN (run_as, run_as_team, run_as_site)");
    }
    if !managed_by.is_empty() {
        sql.push(" AND EXISTS (SELECT 1 FROM automation_named AS named WHERE named.automation = automation.id");
        sql.push(" AND named.list = 'managers' AND named.principal IN (''");
        for principal in managed_by {
            sql.push(", ").push_bind(principal.to_string());
        }
        sql.push("))");
    }
    if let Some(plugin) = plugin {
        sql.push(" AND published IN (SELECT version.id FROM version JOIN plugin ON plugin.digest = version.plugin");
        sql.push(" WHERE plugin.site = automation.site AND plugin.name = ").push_bind(plugin.clone()).push(")");
    }
}

fn readable(row: &SqliteRow) -> Result<Option<(Life, bool)>> {
    let read = || -> Result<(Life, bool)> { Ok((AutomationRow::from_row(row)?.read()?, row.try_get("sure")?)) };
    match read() {
        Err(error) if error.is_broken() => Ok(None),
        read => read.map(Some),
    }
}

/// The workspaces that automations of the site are in; `None`: some are in none.
pub(crate) async fn workspaces(tx: &mut SqliteConnection, site: &SiteId) -> Result<BTreeSet<Option<String>>> {
    let all = sqlx::query_scalar("SELECT DISTINCT workspace FROM automation WHERE site = $1");
    Ok(all.bind(site.as_str()).fetch_all(tx).await?.into_iter().collect())
}

/// Before every id, if there is none.
fn from(after: Option<&AutomationId>) -> String {
    after.map_or_else(String::new, |id| id.as_str().to_owned())
}

/// `None`: SQL does not say it, or it is too large.
fn said(sight: &Sight, after: Option<&AutomationId>) -> Option<QueryBuilder<Sqlite>> {
    if sight.sure.size().saturating_add(sight.maybe.size()) > MAX_SIZE {
        return None;
    }
    let mut sql = QueryBuilder::new("SELECT id, body, consent, (");
    write(&mut sql, &sight.sure, MAX_DEPTH)?;
    sql.push(") AS sure FROM automation WHERE id > ");
    sql.push_bind(from(after)).push(" AND (");
    write(&mut sql, &sight.maybe, MAX_DEPTH)?;
    sql.push(")");
    Some(sql)
}

/// `None`: SQL does not say it.
fn write(sql: &mut QueryBuilder<Sqlite>, predicate: &Predicate, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match predicate {
        Predicate::True => drop(sql.push("true")),
        Predicate::False => drop(sql.push("false")),
        Predicate::And(parts) => chain(sql, parts, " AND ", depth)?,
        Predicate::Or(parts) => chain(sql, parts, " OR ", depth)?,
        Predicate::Not(inner) => {
            sql.push("(NOT ");
            write(sql, inner, depth)?;
            sql.push(")");
        }
        Predicate::IsNull(name) => {
            let name = single(name)?;
            sql.push(format_args!("({name} IS NULL)"));
        }
        Predicate::Compare(Operand::Column(name), Operator::Equal, Operand::Literal(literal)) => {
            one_of(sql, name, std::slice::from_ref(literal))?;
        }
        Predicate::OneOf(Operand::Column(name), literals) => one_of(sql, name, literals)?,
        Predicate::Compare(Operand::Column(left), Operator::Equal, Operand::Column(right)) => {
            let (left, right) = (single(left)?, single(right)?);
            sql.push(format_args!("coalesce({left} = {right}, false)"));
        }
        Predicate::Compare(..) | Predicate::OneOf(..) | Predicate::IsTrue(_) | Predicate::Like(..) => return None,
    }
    Some(())
}

fn chain(sql: &mut QueryBuilder<Sqlite>, parts: &[Predicate], between: &str, depth: usize) -> Option<()> {
    (parts.len() <= MAX_PARTS).then_some(())?;
    for (index, part) in parts.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { between });
        write(sql, part, depth)?;
    }
    sql.push(")");
    Some(())
}

fn one_of(sql: &mut QueryBuilder<Sqlite>, name: &str, literals: &[Literal]) -> Option<()> {
    if let Some(list) = several(name) {
        sql.push("EXISTS (SELECT 1 FROM automation_named AS named WHERE named.automation = automation.id AND ");
        sql.push(format_args!("named.list = '{list}' AND named.principal IN ("));
    } else {
        let name = single(name)?;
        sql.push(format_args!("coalesce({name} IN ("));
    }
    for (index, literal) in literals.iter().enumerate() {
        let Literal::Text(text) = literal else { return None };
        sql.push(if index == 0 { "" } else { ", " }).push_bind(text.clone());
    }
    sql.push(if several(name).is_some() { "))" } else { "), false)" });
    Some(())
}

/// A column that holds one value or none.
fn single(name: &str) -> Option<&'static str> {
    let all = ["site", "workspace", "kind", "creator", "offered", "run_as", "run_as_team", "run_as_site"];
    all.into_iter().find(|one| *one == name)
}

/// The list of an automation that a column stands for: users and teams are in one, their ids keep them apart.
fn several(name: &str) -> Option<&'static str> {
    match name {
        "managers" | "manager_teams" => Some("managers"),
        "members" | "member_teams" => Some("members"),
        _ => None,
    }
}
