//! Whether an effect may be carried out: the row is judged before the change and after it, and what may not be seen or done is
//! denied before anything can be invalid.

use mandate_model::{Effect, Failure, Field, effect::PLACEHOLDER};
use mandate_policy::{ColumnRight, DatasetDef, Right};
use sqlx::SqliteConnection;

use super::{
    db::{Inner, unavailable},
    judge::{Judge, row_name},
    record::{Record, load},
    revision::revision,
    write::{RowChange, exists, missing, nulls, set},
};

/// What an effect does, if the principal may. `before` are earlier effects of the same act, which have not happened yet.
pub(super) async fn admit<'a>(
    conn: &mut SqliteConnection,
    inner: &Inner,
    judge: &Judge<'a>,
    effect: &Effect,
    before: &[Effect],
) -> Result<(&'a DatasetDef, RowChange), Failure> {
    match effect {
        Effect::Create { dataset, placeholder, fields } => create(judge, dataset, placeholder, fields, before),
        Effect::Update { dataset, id, fields, if_revision } => {
            let def = judge.dataset(Right::Update, dataset)?;
            let row = seen(conn, judge, dataset, id, before, Right::Update).await?;
            let change = update(inner, judge, def, row, fields, if_revision.as_deref())?;
            Ok((def, change))
        }
        Effect::Remove { dataset, id } => {
            let def = judge.dataset(Right::Remove, dataset)?;
            let row = seen(conn, judge, dataset, id, before, Right::Remove).await?;
            judge.row(Right::Remove, def, &row)?;
            Ok((def, RowChange::Remove(row)))
        }
        Effect::Invoke { operation, .. } => Err(judge.denied("invoke", operation, "no such operation")),
        Effect::Tell { .. } => Err(told()),
    }
}

fn create<'a>(
    judge: &Judge<'a>,
    dataset: &str,
    id: &str,
    fields: &[Field],
    before: &[Effect],
) -> Result<(&'a DatasetDef, RowChange), Failure> {
    let def = judge.dataset(Right::Create, dataset)?;
    writable(judge, def, fields)?;
    let taken = |effect: &Effect| matches!(effect, Effect::Create { placeholder, .. } if placeholder == id);
    if !id.starts_with(PLACEHOLDER) || before.iter().any(taken) {
        return Err(Failure::Invalid(format!("`{id}` cannot stand for a new row")));
    }
    let cells = set(def, nulls(def), fields)?;
    let missing = missing(def, &cells);
    // Who may not set one of them can never create such a row, and does not learn its name.
    missing.iter().try_for_each(|column| judge.column(ColumnRight::UpdateColumn, def, &column.name).map(|_| ()))?;
    if let Some(column) = missing.first() {
        return Err(Failure::Invalid(format!("column `{}`: must have a value", column.name)));
    }
    let record = Record { id: id.to_owned(), cells };
    judge.row(Right::Create, def, &record)?;
    Ok((def, RowChange::Create(record)))
}

fn update(
    inner: &Inner,
    judge: &Judge<'_>,
    def: &DatasetDef,
    before: Record,
    fields: &[Field],
    if_revision: Option<&str>,
) -> Result<RowChange, Failure> {
    judge.row(Right::Update, def, &before)?;
    writable(judge, def, fields)?;
    let current = revision(&inner.secret, def, &before, &judge.visible(def));
    if if_revision.is_some_and(|expected| expected != current) {
        return Err(judge.denied("update", &row_name(def, &before.id), "it is no longer as `if-revision` says"));
    }
    let after = Record { id: before.id.clone(), cells: set(def, before.cells.clone(), fields)? };
    judge.row(Right::Update, def, &after)?;
    Ok(RowChange::Update { before, after })
}

/// Each field's column may be set.
fn writable(judge: &Judge<'_>, dataset: &DatasetDef, fields: &[Field]) -> Result<(), Failure> {
    fields.iter().try_for_each(|field| judge.column(ColumnRight::UpdateColumn, dataset, &field.name).map(|_| ()))
}

/// The row as it will be after the effects before, if the principal sees it; else denied, as if it were not there.
async fn seen(
    conn: &mut SqliteConnection,
    judge: &Judge<'_>,
    dataset: &str,
    id: &str,
    before: &[Effect],
    right: Right,
) -> Result<Record, Failure> {
    let def = judge.dataset(Right::Read, dataset)?;
    let stored = load(conn, def, id).await.map_err(unavailable)?;
    let row = before.iter().try_fold(stored, |row, effect| fold(def, id, row, effect))?;
    let row = row.ok_or_else(|| judge.denied(right.as_str(), &row_name(def, id), "no such row"))?;
    judge.row(Right::Read, def, &row)?;
    Ok(row)
}

/// What an earlier effect makes of the row. Each was admitted in its turn.
fn fold(def: &DatasetDef, id: &str, row: Option<Record>, effect: &Effect) -> Result<Option<Record>, Failure> {
    let record = |cells| Record { id: id.to_owned(), cells };
    match effect {
        Effect::Create { dataset, placeholder, fields } if *dataset == def.name && placeholder == id => {
            set(def, nulls(def), fields).map(record).map(Some)
        }
        Effect::Update { dataset, id: other, fields, .. } if *dataset == def.name && other == id => {
            row.map(|row| set(def, row.cells, fields).map(record)).transpose()
        }
        Effect::Remove { dataset, id: other } if *dataset == def.name && other == id => Ok(None),
        _ => Ok(row),
    }
}

/// A new row under its real id, which must be free and is judged like the rest of the row; other changes as they are.
pub(super) async fn renamed(
    conn: &mut SqliteConnection,
    judge: Option<&Judge<'_>>,
    def: &DatasetDef,
    change: RowChange,
    id: impl FnOnce() -> String + Send,
) -> Result<RowChange, Failure> {
    let RowChange::Create(record) = change else { return Ok(change) };
    let record = Record { id: id(), ..record };
    let name = row_name(def, &record.id);
    match judge {
        Some(judge) => {
            judge.row(Right::Create, def, &record)?;
            if exists(conn, def, &record.id).await? {
                return Err(judge.denied("create", &name, "it is there already"));
            }
        }
        None if exists(conn, def, &record.id).await? => {
            return Err(Failure::Invalid(format!("row `{name}` is there already")));
        }
        None => {}
    }
    Ok(RowChange::Create(record))
}

/// What an administrator's change does: no rights are asked, everything else holds.
pub(super) async fn unjudged<'a>(
    conn: &mut SqliteConnection,
    inner: &'a Inner,
    effect: &Effect,
) -> Result<(&'a DatasetDef, RowChange), Failure> {
    let known = |name: &String| {
        inner.schema.dataset(name).ok_or_else(|| Failure::Invalid(format!("there is no dataset `{name}`")))
    };
    let gone = |def: &DatasetDef, id: &str| Failure::Invalid(format!("there is no row `{}`", row_name(def, id)));
    match effect {
        Effect::Create { dataset, placeholder, fields } => {
            let def = known(dataset)?;
            let cells = set(def, nulls(def), fields)?;
            if let Some(column) = missing(def, &cells).first() {
                return Err(Failure::Invalid(format!("column `{}`: must have a value", column.name)));
            }
            Ok((def, RowChange::Create(Record { id: placeholder.clone(), cells })))
        }
        Effect::Update { dataset, id, fields, .. } => {
            let def = known(dataset)?;
            let before = load(conn, def, id).await.map_err(unavailable)?.ok_or_else(|| gone(def, id))?;
            let after = Record { id: id.clone(), cells: set(def, before.cells.clone(), fields)? };
            Ok((def, RowChange::Update { before, after }))
        }
        Effect::Remove { dataset, id } => {
            let def = known(dataset)?;
            let row = load(conn, def, id).await.map_err(unavailable)?.ok_or_else(|| gone(def, id))?;
            Ok((def, RowChange::Remove(row)))
        }
        Effect::Invoke { operation, .. } => Err(Failure::Invalid(format!("there is no operation `{operation}`"))),
        Effect::Tell { .. } => Err(told()),
    }
}

/// Messages never come this way.
fn told() -> Failure {
    Failure::Invalid("a message is delivered by the service, not by the platform".to_owned())
}
