//! `/runs/{run}`: one run as a line of time, as far as one may see it. What is not shown says so, always in the same words.

mod acts;
mod path;
mod steps;

use mandate_model::{Change, Event, PrincipalId, RunId, Subject};
use mandate_service::{DeliveryView, HIDDEN, PartKind, RunView, Sight};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

pub(super) use self::steps::steps;
use super::{
    frame::{Frame, Room},
    names::Names,
    runs::about,
    time::time,
    told::told,
};
use crate::{
    answer::Page,
    app::App,
    body::At,
    guard::{Guard, Me, See},
    live::{Tag, Topic, ways},
    problem::{Problem, Trouble},
    table::Table,
};

/// Which run.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    run: String,
}

impl Which {
    fn id(&self) -> Result<RunId, Problem> {
        RunId::parse(&self.run).map_err(|_| Trouble::NotFound.into())
    }
}

pub(super) fn add(table: &mut Table) {
    table.get("/runs/{run}", "One run", run);
    acts::add(table);
}

/// A run with what its page needs besides.
struct Shown<'a> {
    me: &'a Me,
    run: &'a RunView,
    names: Names,
    /// Of each message of one's own: by which ways it went out.
    ways: Vec<(String, Vec<DeliveryView>)>,
}

async fn run(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let run = guard.app.service.run(guard.me.id(), &which.id()?).await?;
    page(&guard.app, &guard.me, &run, None).await.map(Page::ok)
}

/// The page of a run, or what came of an act on it: that is not watched, since asking for it again would be to act again.
async fn page(app: &App, me: &Me, run: &RunView, came: Option<&Markup>) -> Result<Markup, Problem> {
    let shown = shown(app, me, run).await?;
    let watched = || (Topic::Run(run.id.clone()).to_string(), Tag::of_run(run, &shown.ways).to_string());
    let (watch, seen) = came.is_none().then(watched).unzip();
    let content = html! {
        @if let Some(came) = came { (came) }
        div data-watch=[watch] data-seen=[seen] {
            (facts(&shown))
            @if let Some(why) = &run.withheld {
                div.note.bad { p { "Nothing of it was begun: " (why.get().map_or(HIDDEN, String::as_str)) } }
            }
            (path::path(me, run))
            (steps::parts(&shown))
        }
        (why(app, me, run).await?)
        (acts::offered(app, me, run).await?)
    };
    let above = [("/runs", "Runs")];
    Ok(Frame { me, room: Room::Runs, above: &above, title: &format!("A run of {}", run.name) }.page(&content))
}

async fn shown<'a>(app: &App, me: &'a Me, run: &'a RunView) -> Result<Shown<'a>, Problem> {
    let others = run.others.get().into_iter().flatten().chain(&run.revealed).map(|part| &part.principal);
    let by = run.began.iter().filter_map(|began| began.by.as_ref());
    let names = Names::of(app, others.chain(by).collect()).await?;
    let ways = ways(app, me.id(), run).await?;
    Ok(Shown { me, run, names, ways })
}

fn facts(shown: &Shown<'_>) -> Markup {
    let Shown { me, run, names, .. } = shown;
    let zone = &me.principal.time_zone;
    html! {
        dl.facts {
            dt { "Happened" } dd { (time(run.at, zone)) }
            dt { "About" } dd { (about(run)) }
            dt { "Started" } dd { (started(run, names)) }
            dt { "Automation" } dd { a href={ "/automations/" (run.automation) } { (run.name) } }
            dt { "Ran as" } dd { (ran_as(me.id(), run, names)) }
            @if let Some(version) = &run.version { dt { "Version" } dd { (told(&format!("`{version}`"), names)) } }
        }
    }
}

/// What happened, in words.
pub(super) fn happened(event: &Event) -> &'static str {
    match (&event.subject, event.change) {
        (_, Change::Manual) => "By hand",
        (Subject::Schedule(_), _) => "By the clock",
        (_, Change::Added) => "A row was added",
        (_, Change::Updated) => "A row was updated",
        (_, Change::Removed) => "A row was removed",
        (_, Change::Due) => "It came due",
        (_, Change::Other) => "The platform told of it",
    }
}

/// What and who started it.
fn started(run: &RunView, names: &Names) -> Markup {
    let Some(event) = run.event.get() else { return html! { (HIDDEN) } };
    let what = happened(event);
    let by = run.began.as_ref().and_then(|began| began.by.as_ref());
    html! { (what) @if let Some(by) = by { ", by " (names.get(by)) } }
}

/// As whom it acted, as far as one may know.
fn ran_as(me: &PrincipalId, run: &RunView, names: &Names) -> Markup {
    let own = run.parts.iter().any(|part| part.kind == PartKind::Act);
    let other = run.others.get().into_iter().flatten().find(|part| part.principal != *me);
    html! {
        @if own { "you" }
        @else if let Some(part) = other { (names.get(&part.principal)) }
        @else if run.sight == Sight::Redacted && run.others.get().is_some() { "nobody" }
        @else { (HIDDEN) }
    }
}

/// What one may know of why it came out as it did.
async fn why(app: &App, me: &Me, run: &RunView) -> Result<Markup, Problem> {
    let Some(event) = run.event.get() else { return Ok(html! {}) };
    let explained = app.service.explain(me.id(), &run.automation, &event.id).await?;
    Ok(html! {
        details {
            summary { "Why did it come out like this?" }
            ul { @for fate in &explained.fates { li { q { (fate) } } } }
        }
    })
}
