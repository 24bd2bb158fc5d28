//! What the frame of pages shows of its person: the main automations that they may see (MON-06).

use std::num::NonZeroUsize;

use axum::http::request::Parts;
use mandate_model::{AutomationId, PrincipalId};

use crate::{app::App, problem::Problem};

/// Most that are listed; all are in the list of automations.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(11);

/// Whether what is asked for is a page, or leads to one.
pub(crate) fn is_page(parts: &Parts) -> bool {
    !["/api/", "/assets/"].iter().any(|other| parts.uri.path().starts_with(other))
}

/// Their ids and names, by name.
pub(crate) async fn main(app: &App, viewer: &PrincipalId) -> Result<Vec<(AutomationId, String)>, Problem> {
    let lives = app.service.visible_main(viewer, MOST).await?;
    let mut main: Vec<_> = lives.into_iter().map(|life| (life.automation.id, life.automation.name)).collect();
    main.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(main)
}
