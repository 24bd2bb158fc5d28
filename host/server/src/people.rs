//! Whom a request names, and whose page somebody may see: their own, those that they were granted, and everybody's in a site that they administer (VEN-22).

use mandate_model::PrincipalId;
use mandate_service::ServiceError;

use crate::{
    app::App,
    guard::Me,
    problem::{Problem, Trouble},
};

/// Whether `me` may see the page of `person`.
pub(crate) fn sees(me: &Me, person: &PrincipalId) -> bool {
    me.id() == person || me.standing.is_site_admin() || me.standing.sees.contains(person)
}

/// The active people whose pages `me` may see, in order of their ids.
pub(crate) async fn visible(app: &App, me: &Me) -> Result<Vec<PrincipalId>, Problem> {
    let mut all = app.roles.everyone().await.map_err(ServiceError::from)?;
    all.retain(|person| sees(me, person));
    Ok(all)
}

/// A person in a path; whose page may not be seen is told like who does not exist.
pub(crate) async fn person(app: &App, me: &Me, text: &str) -> Result<PrincipalId, Problem> {
    let person = PrincipalId::parse(text).map_err(|_| Trouble::NotFound)?;
    let there = app.roles.standing(&person).await.map_err(ServiceError::from)?.is_some();
    if there && sees(me, &person) { Ok(person) } else { Err(Trouble::NotFound.into()) }
}

/// A principal that somebody wrote in a field.
pub(crate) fn written(field: &str, text: &str) -> Result<PrincipalId, Problem> {
    PrincipalId::parse(text)
        .map_err(|error| Trouble::Field { field: field.to_owned(), detail: error.to_string() }.into())
}
