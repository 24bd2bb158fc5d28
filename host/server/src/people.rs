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

/// The people whose pages `me` may see and whose name or id has `part` in it, in any case, with what they are called.
pub(crate) async fn called(app: &App, me: &Me, part: &str) -> Result<Vec<(PrincipalId, String)>, Problem> {
    let mut named = named(app, visible(app, me).await?).await?;
    named.retain(|(id, name)| has(part, id, name));
    Ok(named)
}

/// Whether that is a part of the name or id, in any case.
pub(crate) fn has(part: &str, id: &PrincipalId, name: &str) -> bool {
    let part = part.trim().to_lowercase();
    name.to_lowercase().contains(&part) || id.name().contains(&part)
}

/// The teams of which `me` is one or may see everybody, with what they are called.
pub(crate) async fn teams(app: &App, me: &Me) -> Result<Vec<(PrincipalId, String)>, Problem> {
    let mut seen = vec![];
    for team in app.roles.teams().await.map_err(ServiceError::from)? {
        if me.standing.teams.contains(&team) || me.standing.is_site_admin() {
            seen.push(team);
            continue;
        }
        let people = app.directory.people(&team).await.map_err(ServiceError::from)?;
        if !people.is_empty() && people.iter().all(|person| sees(me, person)) {
            seen.push(team);
        }
    }
    named(app, seen).await
}

async fn named(app: &App, all: Vec<PrincipalId>) -> Result<Vec<(PrincipalId, String)>, Problem> {
    let mut named = vec![];
    for id in all {
        if let Some(principal) = app.directory.principal(&id).await.map_err(ServiceError::from)? {
            named.push((id, principal.name));
        }
    }
    Ok(named)
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
