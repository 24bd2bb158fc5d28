//! Whether a principal may read something they once heard of: a question about rights of now, never an answer with cells in it.

use mandate_model::{ColumnSet, Failure};
use mandate_policy::{DatasetDef, Predicate, Right};
use mandate_runtime::platform::{Reading, Which};
use sqlx::SqliteConnection;

use super::{db::unavailable, judge::Judge, record::load};

/// Whether the principal may read all of it now. What does not exist is told like what they may not see.
pub(super) async fn may_read(
    conn: &mut SqliteConnection,
    judge: &Judge<'_>,
    reading: &Reading,
) -> Result<bool, Failure> {
    let Ok(def) = judge.dataset(Right::Read, &reading.dataset) else { return Ok(false) };
    Ok(columns(judge, def, &reading.columns) && rows(conn, judge, def, &reading.rows).await?)
}

fn columns(judge: &Judge<'_>, def: &DatasetDef, wanted: &ColumnSet) -> bool {
    let visible = judge.visible(def);
    match wanted {
        ColumnSet::All => visible.len() == def.columns.len(),
        ColumnSet::Named(names) => names.iter().all(|name| visible.iter().any(|column| column.name == *name)),
    }
}

async fn rows(
    conn: &mut SqliteConnection,
    judge: &Judge<'_>,
    def: &DatasetDef,
    wanted: &Which,
) -> Result<bool, Failure> {
    match wanted {
        Which::NoRow => {}
        Which::Every => return Ok(judge.rows(Right::Read, def).is_ok_and(|rows| rows == Predicate::True)),
        Which::These(ids) => {
            for id in ids {
                let record = load(conn, def, id).await.map_err(unavailable)?;
                if !record.is_some_and(|record| judge.may(Right::Read, def, &record)) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}
