//! What the left pane lists besides the rooms: the main automations that one may see (MON-06).

use std::num::NonZeroUsize;

use axum::http::request::Parts;
use mandate_model::{AutomationId, PrincipalId};

use crate::{app::App, problem::Problem};

/// Most that are listed; all are in the list of automations.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(11);

/// Their ids and names, by name; none where this is no page.
pub(crate) async fn main(
    app: &App,
    parts: &Parts,
    viewer: &PrincipalId,
) -> Result<Vec<(AutomationId, String)>, Problem> {
    if ["/api/", "/assets/"].iter().any(|other| parts.uri.path().starts_with(other)) {
        return Ok(vec![]);
    }
    let lives = app.service.visible_main(viewer, MOST).await?;
    let mut main: Vec<_> = lives.into_iter().map(|life| (life.automation.id, life.automation.name)).collect();
    main.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(main)
}
