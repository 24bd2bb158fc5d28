//! `/api/v1/intake`: what a source of events may send.

use serde::Serialize;
use utoipa::ToSchema;

use super::at;
use crate::{answer::Reply, guard::Intake, problem::Problem, table::Table};

/// What a service token is for.
#[derive(Debug, Serialize, ToSchema)]
struct SourceBody {
    /// The site that its events happen in.
    site: String,
    /// The source that its events name; those of others are refused.
    source: String,
    /// Until when the token counts.
    expires: String,
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/intake", "What your service token may send", what);
}

async fn what(intake: Intake) -> Result<Reply<SourceBody>, Problem> {
    let Intake { source, expires, app } = intake;
    Ok(Reply(SourceBody { site: app.options.site.to_string(), source, expires: at(expires) }))
}
