//! Drafts: private to their editor.

use mandate_model::{AutomationId, PrincipalId, VersionId};
use sqlx::{Executor, Sqlite, SqliteConnection};

use super::{from_json, json};
use crate::{drafts::SavedDraft, error::Result};

/// Keeps an editor's draft, instead of the one before.
pub(crate) async fn save(
    tx: &mut SqliteConnection,
    id: &AutomationId,
    editor: &PrincipalId,
    draft: &SavedDraft,
    at: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO draft (automation, editor, body, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (automation, editor) DO UPDATE SET body = excluded.body, at = excluded.at",
    )
    .bind(id.as_str())
    .bind(editor.to_string())
    .bind(json(draft)?)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// An editor's draft.
pub(crate) async fn find<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    id: &AutomationId,
    editor: &PrincipalId,
) -> Result<Option<SavedDraft>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM draft WHERE automation = $1 AND editor = $2")
        .bind(id.as_str())
        .bind(editor.to_string())
        .fetch_optional(executor)
        .await?;
    body.as_deref().map(from_json).transpose()
}

/// An editor's draft was published as `version`, or an automation was: what they change next they change in that.
pub(crate) async fn rebase(
    tx: &mut SqliteConnection,
    id: &AutomationId,
    editor: &PrincipalId,
    version: &VersionId,
) -> Result<()> {
    sqlx::query("UPDATE draft SET body = json_set(body, '$.base', $3) WHERE automation = $1 AND editor = $2")
        .bind(id.as_str())
        .bind(editor.to_string())
        .bind(version.as_str())
        .execute(tx)
        .await?;
    Ok(())
}
