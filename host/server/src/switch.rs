//! Becoming somebody else: in the demo, on every page.

use axum::http::{Method, request::Parts};
use mandate_model::PrincipalId;
use mandate_service::ServiceError;

use crate::{app::App, pane::is_page, problem::Problem};

/// Whom one may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Switch {
    /// Everybody who is active, with their names.
    pub(crate) people: Vec<(PrincipalId, String)>,
    /// The page that one looks at, to look at it again.
    pub(crate) at: String,
}

impl Switch {
    /// What a page shows of it; `None`: this is no demo, or no page.
    pub(crate) async fn of(app: &App, parts: &Parts) -> Result<Option<Self>, Problem> {
        if !app.is_demo() || parts.method != Method::GET || !is_page(parts) {
            return Ok(None);
        }
        let at = parts.uri.path_and_query().map_or("/", |at| at.as_str()).to_owned();
        Ok(Some(Self { people: people(app).await?, at }))
    }
}

/// Everybody who is active, with their names.
pub(crate) async fn people(app: &App) -> Result<Vec<(PrincipalId, String)>, Problem> {
    let mut people = vec![];
    for id in app.roles.everyone().await.map_err(ServiceError::from)? {
        if let Some(found) = app.directory.principal(&id).await.map_err(ServiceError::from)? {
            people.push((id, found.name));
        }
    }
    Ok(people)
}
