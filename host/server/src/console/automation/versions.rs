//! `/automations/{automation}/versions`: every version that it had, what each changed, and the way back to one.

use axum::http::StatusCode;
use mandate_model::VersionId;
use mandate_policy::Act;
use mandate_service::{PastVersion, PastVersions, Publishing, ServiceError, ShownVersion, Whole};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Shared, Tab, Which, address,
    confirm::{self, Wanted},
    consent::Agreed,
    shown,
};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{Asked, At, Fields, Form},
    console::{
        frame::token,
        names::Names,
        time::time,
        told::{about, told, when, whom},
    },
    guard::{Edit, Guard, Me, See},
    problem::Problem,
    table::Table,
};

/// How many are on one page.
const PAGE: u32 = 20;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/versions", "The versions that it had", versions);
    table.post("/automations/{automation}/roll-back", "Publish what an earlier version says", roll_back);
}

/// What the address says.
#[derive(Debug, Deserialize, IntoParams)]
struct Older {
    /// Where to go on.
    cursor: Option<String>,
}

async fn versions(guard: Guard<See>, At(which): At<Which>, Asked(older): Asked<Older>) -> Result<Page, Problem> {
    let list = format!("versions {} page", which.automation);
    let before = match &older.cursor {
        Some(cursor) => guard.app.cursors.open(guard.me.id(), &list, cursor)?.parse().ok(),
        None => None,
    };
    page(&guard.app, &guard.me, &which, before, None).await
}

async fn page(
    app: &App,
    me: &Me,
    which: &Which,
    before: Option<u32>,
    note: Option<(StatusCode, String)>,
) -> Result<Page, Problem> {
    let id = which.id()?;
    let (page, mut names) = shown(app, me, &id).await?;
    let past = app.service.versions(&id, me.id(), before, PAGE).await?;
    names.ask(app, past.versions.iter().flat_map(people)).await?;
    let list = format!("versions {} page", which.automation);
    let next = past.next.map(|next| app.cursors.seal(me.id(), &list, &next.to_string())).transpose()?;
    let shared = Shared { me, page: &page, names: &names };
    let content = html! {
        @if let Some((_, note)) = &note { div.note.bad role="alert" { p { (told(note, &names)) } } }
        (all(&shared, &past))
        @if let Some(next) = next { p.more { a href={ (address(&page)) "/versions?cursor=" (next) } rel="next" { "Older" } } }
    };
    let mut shown = shared.page(Tab::Versions, &content);
    shown.status = note.map_or(shown.status, |(status, _)| status);
    Ok(shown)
}

/// Everybody whom a version names.
fn people(past: &PastVersion) -> impl Iterator<Item = &mandate_model::PrincipalId> {
    let whole = past.version.iter().filter_map(|version| version.whole.as_ref());
    past.by.iter().chain(whole.flat_map(super::told_by))
}

fn all(shared: &Shared<'_>, past: &PastVersions) -> Markup {
    html! {
        @if past.versions.is_empty() {
            p.empty { "Nothing was published yet. Each version that is published stays here, and one can go back to it." }
        }
        @for one in &past.versions { (version(shared, one)) }
    }
}

fn version(shared: &Shared<'_>, past: &PastVersion) -> Markup {
    let names = shared.names;
    let heading = format!("version-{}", past.number);
    html! {
        section.card aria-labelledby=(heading) {
            h2 id=(heading) {
                "Version " (past.number)
                @if past.live { " " span.badge.good { "live" } }
            }
            p {
                "Published by " strong { (past.by.as_ref().map_or("Mandate", |by| names.get(by))) }
                ", " (time(past.at, &shared.me.principal.time_zone))
            }
            @match &past.version {
                None => { p.quiet { "It cannot be read any more." } }
                Some(version) => {
                    p { "Plugin " q { (version.plugin) } }
                    (changes(past, names))
                    @if let Some(whole) = &version.whole {
                        (says(version, whole, names))
                        (way_back(shared, past, whole))
                    }
                }
            }
        }
    }
}

/// What it changed.
fn changes(past: &PastVersion, names: &Names) -> Markup {
    html! {
        @match &past.changes {
            None => { p.quiet { "What it changed is not for you to see." } }
            Some(_) if past.number == 1 => { p { "The first that was published." } }
            Some(changes) => {
                h3 { "What it changed" }
                ul { @for line in changes.lines() { li { (about(&line, names)) } } }
            }
        }
    }
}

/// What it says.
fn says(version: &ShownVersion, whole: &Whole, names: &Names) -> Markup {
    html! {
        details {
            summary { "All that it says" }
            dl.facts {
                dt { "It is" } dd { (told(&format!("`{}`", whole.version), names)) }
                dt { "It tells" } dd { @if whole.recipients.is_empty() { "nobody" } @else { (whom(&whole.recipients, names)) } }
                @if let Some((trigger, settings)) = &whole.works_on {
                    dt { "Listens to" } dd { (when(trigger)) }
                    dt { "Settings" } dd { pre tabindex="0" { (settings) } }
                }
                @if version.hidden { dt { "Besides" } dd { "something that you may not know of" } }
            }
        }
    }
}

/// The way back to it, for who may publish.
fn way_back(shared: &Shared<'_>, past: &PastVersion, whole: &Whole) -> Markup {
    let live = shared.page.version_id();
    let may = shared.page.may.contains(&Act::Edit) && !shared.page.automation.deleted;
    html! {
        @if may && !past.live && live == Some(&whole.version) {
            p.quiet { "It says what is live now." }
        } @else if may && !past.live {
            form.acts method="post" action={ (address(shared.page)) "/roll-back" } {
                (token(shared.me))
                input type="hidden" name="version" value=(whole.version);
                @if let Some(live) = live { input type="hidden" name="base" value=(live); }
                button { "Roll back to version " (past.number) }
            }
        }
    }
}

async fn roll_back(guard: Guard<Edit>, At(which): At<Which>, Form(sent): Form) -> Result<Agreed, Problem> {
    let (id, service, me) = (which.id()?, &guard.app.service, &guard.me);
    let Ok(to) = VersionId::parse(sent.text("version")) else {
        let note = (StatusCode::UNPROCESSABLE_ENTITY, "Not rolled back: choose a version.".to_owned());
        return page(&guard.app, me, &which, None, Some(note)).await.map(Agreed::Again);
    };
    let confirmed = confirm::confirmed(&sent)?;
    let how = Publishing {
        base: VersionId::parse(sent.text("base")).ok(),
        shown: confirmed.as_ref().and_then(|confirmed| confirmed.version.clone()),
        instead_of: confirmed.map(|confirmed| confirmed.expected),
        ..Publishing::default()
    };
    match service.roll_back(&id, me.id(), &to, how).await {
        Ok(_) => {
            guard.app.wake();
            Ok(Agreed::There(SeeOther(format!("/automations/{id}/consent"))))
        }
        Err(error) if confirm::asks(&error, &sent) => ask(&guard, &which, &to, &sent).await.map(Agreed::Again),
        Err(error) => match not_rolled_back(&error) {
            Some(note) => page(&guard.app, me, &which, None, Some(note)).await.map(Agreed::Again),
            None => Err(error.into()),
        },
    }
}

/// The page that asks whether it may come to run as who rolls it back.
async fn ask(guard: &Guard<Edit>, which: &Which, to: &VersionId, sent: &Fields) -> Result<Page, Problem> {
    let (id, service, me) = (which.id()?, &guard.app.service, &guard.me);
    let draft = service.earlier(&id, me.id(), to).await?;
    let would = service.shown_draft(&id, me.id(), &draft).await?;
    let (page, mut names) = shown(&guard.app, me, &id).await?;
    names.ask(&guard.app, would.whole.iter().flat_map(super::told_by)).await?;
    let shared = Shared { me, page: &page, names: &names };
    let back = format!("{}/versions", address(&page));
    let wanted = Wanted { verb: "/roll-back", what: "Roll back", back: &back, tab: Tab::Versions, sent };
    let reached = service.reach_of_draft(&id, me.id(), &page.acquires_as, &draft).await.ok();
    Ok(confirm::page(&shared, &wanted, Some(&would), reached.as_ref()))
}

/// What is said on the page of why nothing was rolled back, and how the answer begins.
fn not_rolled_back(error: &ServiceError) -> Option<(StatusCode, String)> {
    use mandate_governance::Refused;
    match error {
        ServiceError::Refused(Refused::StaleDraft { .. }) => {
            let note =
                "Not rolled back: another version was published meanwhile. These are the versions now; decide again.";
            Some((StatusCode::CONFLICT, note.to_owned()))
        }
        ServiceError::Settings(_)
        | ServiceError::Version(_)
        | ServiceError::Trigger(_)
        | ServiceError::Where(_)
        | ServiceError::Powers(_)
        | ServiceError::NoPlugin(_)
        | ServiceError::NoVersion(_)
        | ServiceError::TooManyPeople { .. }
        | ServiceError::Refused(Refused::Lacks { .. }) => {
            Some((StatusCode::UNPROCESSABLE_ENTITY, format!("Not rolled back: {error}.")))
        }
        _ => None,
    }
}
