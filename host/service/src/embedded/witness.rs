//! Who may know that something happened: exactly who sees it in the data (FND-12, FND-13).

use mandate_model::{Change, Failure, Field, Occurrence, Subject};
use mandate_policy::{DatasetDef, Right};
use sqlx::SqliteConnection;

use super::{
    db::{Inner, unavailable},
    judge::Judge,
    record::{Record, load},
    write::{nulls, set},
};

/// Whether the principal may know of it, under rights of now.
pub(super) async fn witnesses(
    conn: &mut SqliteConnection,
    inner: &Inner,
    judge: &Judge<'_>,
    occurrence: &Occurrence,
) -> Result<bool, Failure> {
    if occurrence.site != inner.site {
        return Ok(false);
    }
    let Some(row) = occurrence.row() else {
        // A schedule is nobody's secret; files and custom events without a row are of no dataset.
        return Ok(matches!(occurrence.subject, Subject::Schedule(_)));
    };
    let Ok(def) = judge.dataset(Right::Read, &row.dataset) else { return Ok(false) };
    let record = match (occurrence.change, &occurrence.image) {
        (Change::Removed, None) => None,
        (Change::Removed, Some(image)) => last(def, &row.id, image),
        _ => load(conn, def, &row.id).await.map_err(unavailable)?,
    };
    let seen = record.is_some_and(|record| judge.may(Right::Read, def, &record));
    Ok(seen && (occurrence.change != Change::Updated || notices(judge, def, occurrence.changed.as_deref())))
}

/// The row as it last was; none if the image does not fit the dataset, since then nothing can be judged.
fn last(def: &DatasetDef, id: &str, image: &[Field]) -> Option<Record> {
    set(def, nulls(def), image).ok().map(|cells| Record { id: id.to_owned(), cells })
}

/// Whether who sees the row notices that these columns changed; `None`: nobody can say which.
fn notices(judge: &Judge<'_>, def: &DatasetDef, changed: Option<&[String]>) -> bool {
    let visible = judge.visible(def);
    let sees_changed = match changed {
        Some(changed) => visible.iter().any(|column| changed.contains(&column.name)),
        None => visible.len() == def.columns.len(),
    };
    def.any_change || sees_changed
}
