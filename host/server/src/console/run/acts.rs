//! What one may do with a run: have it replayed, take one's parts along, see what others were told, have it tried again. Each is
//! decided by the service; a form is shown only to whom it would not be refused.

use mandate_service::{Replayed, RunView, ServiceError, words};
use maud::{Markup, html};

use super::{Which, page};
use crate::{
    answer::{File, Page, SeeOther},
    api::runs::record,
    app::App,
    body::{At, Form},
    console::frame::token,
    guard::{Guard, Me, Retry, Reveal, See},
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.post("/runs/{run}/reveal", "See what others were told, on the record", reveal);
    table.post("/runs/{run}/replay", "Replay one's own parts: nothing is carried out", replay);
    table.post("/runs/{run}/retry", "Try again what failed for good", retry);
    table.get("/runs/{run}/record", "One's own parts of a run, as a file", export);
}

/// What is offered to somebody.
pub(super) async fn offered(app: &App, me: &Me, run: &RunView) -> Result<Markup, Problem> {
    let (reveals, retries) =
        tokio::try_join!(app.service.may_reveal(me.id(), &run.id), app.service.may_retry(me.id(), &run.id))?;
    let at = format!("/runs/{}", run.id);
    let records = run.parts.iter().any(|part| part.hidden.is_none() && part.outcome.is_some());
    Ok(html! {
        @if records || retries || reveals { h2 { "What you may do" } }
        @if records || retries {
            div.acts {
                @if retries { form method="post" action={ (at) "/retry" } { (token(me)) button.primary { "Try again what failed" } } }
                @if records {
                    form method="post" action={ (at) "/replay" } { (token(me)) button { "Replay" } }
                    a.button href={ (at) "/record" } { "Export your parts" }
                }
            }
        }
        @if reveals { (reveal_form(me, &at, "", None)) }
    })
}

fn reveal_form(me: &Me, at: &str, reason: &str, wrong: Option<&str>) -> Markup {
    html! {
        form method="post" action={ (at) "/reveal" } {
            (token(me))
            div.field {
                label for="reason" { "Why must you see what others were told?" }
                p.quiet #kept { "Kept with the automation, where everybody who sees it can read it." }
                input #reason type="text" name="reason" value=(reason) required maxlength="500" autocomplete="off" aria-describedby="kept";
                @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
            }
            button { "Show me" }
        }
    }
}

async fn reveal(guard: Guard<Reveal>, At(which): At<Which>, Form(fields): Form) -> Result<Page, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    match app.service.reveal(me.id(), &id, fields.text("reason")).await {
        Ok(run) => page(app, me, &run, Some(&html! {})).await.map(Page::ok),
        Err(error @ ServiceError::RevealReason(_)) => {
            let run = app.service.run(me.id(), &id).await?;
            let said = html! { div.note.bad role="alert" { p { (error) } } };
            page(app, me, &run, Some(&said)).await.map(Page::again)
        }
        Err(error) => Err(error.into()),
    }
}

async fn replay(guard: Guard<See>, At(which): At<Which>, _: Form) -> Result<Page, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    let run = app.service.run(me.id(), &id).await?;
    let replayed = app.service.replay(me.id(), &id, None).await?;
    page(app, me, &run, Some(&came(&replayed))).await.map(Page::ok)
}

/// What a replay came to.
fn came(all: &[Replayed]) -> Markup {
    let same = all.iter().all(|one| one.differs.is_empty());
    html! {
        div.note.good[same].bad[!same] role="status" {
            @if all.is_empty() { p { "There is nothing to replay: no part of yours was evaluated of which you are shown all." } }
            @else if same { p { "Replayed: it comes to the same. Nothing was carried out." } }
            @else { p { "Replayed: it does not come to the same. Nothing was carried out." } }
            @for one in all.iter().filter(|one| !one.differs.is_empty()) {
                p { "Not as it was: " (one.differs.join(", ")) ". It ended: " q { (words::ended(&one.now.outcome)) } }
            }
        }
    }
}

async fn retry(guard: Guard<Retry>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let id = which.id()?;
    guard.app.service.retry(guard.me.id(), &id).await?;
    guard.app.wake();
    Ok(SeeOther(format!("/runs/{id}")))
}

async fn export(guard: Guard<See>, At(which): At<Which>) -> Result<File, Problem> {
    record(&guard.app, &guard.me, &which.id()?).await
}
