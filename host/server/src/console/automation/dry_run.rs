//! `/automations/{automation}/dry-run`: what it would come to on something that happened or a row that there is, for each person.
//! Nothing is carried out and nobody is told.

mod asked;
mod matrix;

use std::collections::BTreeSet;

use mandate_governance::Refused;
use mandate_model::{PrincipalId, RowRef, RunId};
use mandate_policy::Act;
use mandate_service::{Draft, Occasion, Occasions, SavedDraft, ServiceError};
use maud::{Markup, html};

use self::asked::{Offered, Wrong};
use super::{Shared, Tab, Which, shown};
use crate::{
    answer::Page,
    app::App,
    body::{At, Fields, Form},
    guard::{Edit, Guard, Me},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/dry-run", "What to try, and as whom", choose);
    table.post("/automations/{automation}/dry-run", "Try it: nothing is carried out", try_out);
}

async fn choose(guard: Guard<Edit>, At(which): At<Which>) -> Result<Page, Problem> {
    // Who may not edit it has no page of it; what they ask for nevertheless is refused by the service.
    if !guard.app.service.prospect(&which.id()?, guard.me.id()).await?.may.contains(&Act::Edit) {
        return Err(Trouble::NotFound.into());
    }
    let draft = draft(&guard.app, &guard.me, &which).await?;
    page(&guard.app, &guard.me, &which, draft.as_ref(), (&Fields::default(), &Wrong::None, &html! {}))
        .await
        .map(Page::ok)
}

/// The form with what was `sent`, what is `wrong` with it, and the `outcome`.
async fn page(
    app: &App,
    me: &Me,
    which: &Which,
    draft: Option<&Draft>,
    (sent, wrong, outcome): (&Fields, &Wrong, &Markup),
) -> Result<Markup, Problem> {
    let id = which.id()?;
    let (page, mut names) = shown(app, me, &id).await?;
    let published = page.version.as_ref().and_then(|version| version.whole.as_ref()?.works_on.as_ref());
    let trigger = draft.map(|draft| &draft.trigger).or(published.map(|(trigger, _)| trigger));
    let Occasions { events, rows } = app.service.occasions(me.id(), &id, trigger).await?;
    let offered = Offered::of(app, me, sent, (events, rows)).await?;
    names.ask(app, &offered.people).await?;
    let shared = Shared { me, page: &page, names: &names };
    Ok(shared.markup(
        Tab::DryRun,
        &html! {
            p.note { "Nothing is carried out, and nobody is told." }
            (outcome)
            (asked::form(&shared, sent, &offered, wrong))
        },
    ))
}

async fn try_out(guard: Guard<Edit>, At(which): At<Which>, Form(sent): Form) -> Result<Page, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    let draft = draft(app, me, &which).await?;
    let again = async |wrong: Wrong| page(app, me, &which, draft.as_ref(), (&sent, &wrong, &html! {})).await;
    if sent.text("do") == "search" {
        return again(Wrong::None).await.map(Page::ok);
    }
    let (people, occasion) = match (persons(&sent), occasion(&sent)) {
        (Ok(people), Ok(occasion)) => (people, occasion),
        (Err(wrong), _) | (_, Err(wrong)) => return again(wrong).await.map(Page::again),
    };
    match app.service.simulate(&id, me.id(), draft.as_ref(), occasion, &people).await {
        Ok(simulated) => {
            let outcome = matrix::matrix(app, &simulated).await?;
            page(app, me, &which, draft.as_ref(), (&sent, &Wrong::None, &outcome)).await.map(Page::ok)
        }
        Err(error) => again(told(error)?).await.map(Page::again),
    }
}

/// What is wrong with what was asked for stands beside it; everything else is a problem.
fn told(error: ServiceError) -> Result<Wrong, Problem> {
    let said = format!("Not tried: {error}");
    match error {
        ServiceError::NotAsThem { .. } | ServiceError::TooManySimulated { .. } => Ok(Wrong::Person(said)),
        ServiceError::NoRow { .. } => Ok(Wrong::Row(said)),
        ServiceError::NoRun(_) | ServiceError::Refused(Refused::Unpublished) => Ok(Wrong::On(said)),
        error => Err(error.into()),
    }
}

/// One's draft; without one, what is published is tried.
async fn draft(app: &App, me: &Me, which: &Which) -> Result<Option<Draft>, Problem> {
    let id = which.id()?;
    app.service.prospect(&id, me.id()).await?;
    let Some(SavedDraft { plugin, settings, trigger, recipients, .. }) = app.service.saved_draft(&id, me.id()).await?
    else {
        return Ok(None);
    };
    let plugin = app.service.plugin(&me.standing.site, &plugin).await?.digest;
    Ok(Some(Draft { plugin, settings, trigger, recipients }))
}

fn persons(sent: &Fields) -> Result<BTreeSet<PrincipalId>, Wrong> {
    let all = sent.all("person").map(|id| people::written("person", id)).collect::<Result<BTreeSet<_>, _>>();
    let all = all.map_err(|problem| Wrong::Person(problem.0.to_string()))?;
    if all.is_empty() { Err(Wrong::Person("Tick at least one.".to_owned())) } else { Ok(all) }
}

fn occasion(sent: &Fields) -> Result<Occasion, Wrong> {
    if let Ok(run) = RunId::parse(sent.text("on")) {
        return Ok(Occasion::Run(run));
    }
    let row = sent.text("row").trim();
    if row.is_empty() {
        return Ok(Occasion::Now(None));
    }
    let no_row = || Wrong::Row(format!("`{row}` is no row: write its dataset and its id, such as deals/d1"));
    let (dataset, id) = row.split_once('/').ok_or_else(no_row)?;
    Ok(Occasion::Now(Some(RowRef { dataset: dataset.to_owned(), id: id.to_owned() })))
}
