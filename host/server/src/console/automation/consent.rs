//! `/automations/{automation}/consent`: what it may do, what it reaches with one's rights, what others will learn; and agreeing to
//! exactly that.

use axum::http::StatusCode;
use mandate_governance::{Acquisition, Ask, Refused};
use mandate_model::{Power, Powers, PrincipalId, VersionId};
use mandate_policy::Act;
use mandate_service::{ReachPreview, Sends, ServiceError, ShownVersion, Unused};
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, confirm, shown};
use crate::{
    answer::{Answer, Page, SeeOther},
    app::App,
    body::{At, Fields, Form},
    console::{
        frame::token,
        names::Names,
        told::{about, joined, told, when, whom},
    },
    guard::{Guard, Me, See, Toggle},
    openapi::Doc,
    problem::Problem,
    table::Table,
};

/// How many runs are looked at for powers that they did not use.
const RUNS: u32 = 30;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/consent", "What it may do, before one agrees", consent);
    table.post("/automations/{automation}/agree", "Agree to exactly what was shown", agree);
}

/// There it goes, or the page again with what changed.
pub(in crate::console) enum Agreed {
    /// It is so now.
    There(SeeOther),
    /// Nothing was given.
    Again(Page),
}

impl axum::response::IntoResponse for Agreed {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::There(there) => there.into_response(),
            Self::Again(page) => page.into_response(),
        }
    }
}

impl Answer for Agreed {
    fn describe(doc: &mut Doc) {
        doc.is_page();
    }
}

async fn consent(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    page(&guard.app, &guard.me, &which, None).await
}

async fn page(app: &App, me: &Me, which: &Which, note: Option<&str>) -> Result<Page, Problem> {
    let id = which.id()?;
    let (page, names) = shown(app, me, &id).await?;
    let reach = if page.version_id().is_some() { app.service.reach(&id, me.id()).await.ok() } else { None };
    let shared = Shared { me, page: &page, names: &names };
    let new = page.changes.as_ref().map(|changes| changes.asks.clone()).unwrap_or_default();
    // Who may not see what ran is shown no marks.
    let unused = app.service.unused(me.id(), &id, RUNS).await.ok().filter(|unused| unused.counted > 0);
    let content = html! {
        @if let Some(note) = note { div.note.bad role="alert" { p { (note) } } }
        @match &page.version {
            None => { p { "There is no live version: nothing is published yet, and there is nothing to agree to." } }
            Some(version) => {
                (lead(&shared))
                div.columns {
                    (may(version, &new, unused.as_ref()))
                    (reaches(reach.as_ref(), &names))
                    (learn(version, &names))
                }
                (never(version))
                (buttons(&shared, version))
            }
        }
    };
    let mut shown = shared.page(Tab::Consent, &content);
    if note.is_some() {
        shown.status = StatusCode::CONFLICT;
    }
    Ok(shown)
}

fn lead(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let mine = page.automation.runs_as(shared.me.id());
    html! {
        p.sentence {
            @if mine && page.consent.is_some() {
                "You agreed to this: it acts " strong { "on your behalf" } "."
            } @else if mine {
                "If you agree, " strong { (page.automation.name) } " will act " strong { "on your behalf" } "."
            } @else if shared.may(Act::Take) && page.version_id().is_some() {
                "It acts on behalf of " strong { (shared.run_as()) } ". If you take it over, " strong { (page.automation.name) }
                " will act " strong { "on your behalf" } "."
            } @else {
                "It acts on behalf of " strong { (shared.run_as()) } "."
            }
        }
        @if let Some(changes) = page.changes.as_ref().filter(|_| page.consent.is_none()) {
            section aria-labelledby="new" {
                h2 #new { "New since the last consent" }
                ul { @for line in changes.lines() { li { (about(&line, shared.names)) } } }
            }
        }
    }
}

/// What it asks for. `unused`: what of that its last runs did not use.
pub(super) fn may(version: &ShownVersion, new: &[String], unused: Option<&Unused>) -> Markup {
    let Powers { reads, writes, reads_folders, writes_folders, operations } = &version.powers;
    let idle = |power: Power| {
        let idle = unused.is_some_and(|unused| unused.powers.contains(&power));
        html! { @if idle { " " span.badge.waits { "unused" } } }
    };
    html! {
        section aria-labelledby="may" {
            h2 #may { "It may" }
            ul.plain {
                @for (dataset, columns) in reads {
                    li { "read " b { (dataset) } ": " (columns) (idle(Power::Read { dataset: dataset.clone() })) }
                }
                @for (dataset, columns) in writes {
                    li { "change " b { (dataset) } ": " (columns) (idle(Power::Write { dataset: dataset.clone() })) }
                }
                @for folder in reads_folders { li { "read files in " b { (folder) } (idle(Power::ReadFolder { pattern: folder.clone() })) } }
                @for folder in writes_folders { li { "change files in " b { (folder) } (idle(Power::WriteFolder { pattern: folder.clone() })) } }
                @for name in operations { li { "call " b { (name) } (idle(Power::Operation { name: name.clone() })) } }
                @if version.hidden { li.quiet { "something that you may not know of" } }
                @if version.powers == Powers::default() && !version.hidden { li { "nothing but look at the event" } }
            }
            @if !new.is_empty() { p { span.badge { "new" } " " (new.join(", ")) } }
            @if let Some(unused) = unused { (idle_columns(unused)) }
        }
    }
}

fn reaches(reach: Option<&ReachPreview>, names: &Names) -> Markup {
    html! {
        section aria-labelledby="reach" {
            h2 #reach { "With your rights it reaches today" }
            @match reach {
                None => { p.quiet { "That cannot be shown to you." } }
                Some(reach) => {
                    ul {
                        @for one in &reach.powers {
                            @let word = one.power.as_ref().map_or_else(|| "something".to_owned(), ToString::to_string);
                            li { (told(&word, names)) ": " strong { @if one.held { "yes" } @else { "no, you lack it" } } }
                        }
                        @for one in &reach.datasets {
                            li {
                                b { (one.dataset) } ": " (one.rows.count) @if one.rows.more { " or more" } " rows"
                                @if let Some(extent) = &one.extent { " (" (extent.reads) ")" }
                                @if one.same == Some(false) { "; not the same as now" }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn learn(version: &ShownVersion, names: &Names) -> Markup {
    let whole = version.whole.as_ref();
    html! {
        section aria-labelledby="learn" {
            h2 #learn { "Others will learn" }
            @match whole {
                None => { p.quiet { "That is not for you to see." } }
                Some(whole) if whole.recipients.is_empty() => { p { "Nobody is told anything." } }
                Some(whole) => {
                    p {
                        "It tells " (whom(&whole.recipients, names)) "."
                        @if whole.sends.is_none() { " Each message is made from what that person may see." }
                    }
                    p { "They may also learn its settings." }
                    @for line in whole.sends.iter().flat_map(Sends::lines) { p { strong { (told(&line, names)) } } }
                    @if let Some((trigger, settings)) = &whole.works_on {
                        dl.facts {
                            dt { "Listens to" } dd { (when(trigger)) }
                            dt { "Settings" } dd { pre tabindex="0" { (settings) } }
                        }
                    }
                }
            }
        }
    }
}

/// Which powers its last runs did not use, one by one: what it could do without.
fn idle_columns(unused: &Unused) -> Markup {
    html! {
        @if unused.powers.is_empty() {
            p.quiet { "Its last runs that you see whole (" (unused.counted) ") used all of it." }
        } @else {
            details {
                summary { "Unused in its last runs that you see whole (" (unused.counted) ")" }
                ul { @for power in &unused.powers { li { (power) } } }
                p.quiet { "What only its messages show counts as unused." }
            }
        }
    }
}

/// What it can never do, because the component has no way to ask for it.
pub(super) fn never(version: &ShownVersion) -> Markup {
    let powers = &version.powers;
    let mut cannot = vec![];
    if !version.hidden {
        if powers.writes.is_empty() {
            cannot.push("change data");
        }
        if powers.reads_folders.is_empty() && powers.writes_folders.is_empty() {
            cannot.push("touch files");
        }
        if powers.operations.is_empty() {
            cannot.push("call operations");
        }
    }
    html! {
        @if !cannot.is_empty() { p.quiet { "It cannot " (joined(cannot, "or")) ": this version does not ask for it, and the sandbox holds it to that." } }
    }
}

/// Turning it on, and taking it over; what moves it says so, and is confirmed by it.
fn buttons(shared: &Shared<'_>, version: &ShownVersion) -> Markup {
    let page = shared.page;
    let Some(whole) = &version.whole else { return html! {} };
    let (at, run_as) = (address(page), page.automation.run_as.as_ref());
    let may = |act| page.may.contains(&act) && !page.automation.deleted;
    let mine = page.automation.runs_as(shared.me.id());
    let speaks = mine || run_as.is_some_and(|run_as| shared.me.standing.consents_for.contains(run_as));
    let moves = page.moves.contains(&Act::Enable);
    let enable = may(Act::Enable) && (!shared.is_on() || speaks && page.waits);
    let take = !mine && may(Act::Take);
    html! {
        p.quiet { (told(&format!("`{}`", whole.version), shared.names)) }
        @if enable && moves { div.note.waits { p { "Turning it on moves it. " (confirm::sentence(shared)) } } }
        @if enable || take {
            form.acts method="post" action={ (at) "/agree" } {
                (token(shared.me))
                input type="hidden" name="version" value=(whole.version);
                input type="hidden" name="from" value=(run_as.map(ToString::to_string).unwrap_or_default());
                @if enable {
                    @if moves { (confirm::fields(run_as, &page.acquires_as, Some(&whole.version))) }
                    button.primary name="how" value="enable" { (turning_on(shared, speaks)) }
                }
                @if take { button.primary[!enable] name="how" value="take" { "Take over: it runs as me" } }
                a.button href=(at) { "Not now" }
            }
        }
    }
}

/// What turning it on does, on its button.
fn turning_on(shared: &Shared<'_>, speaks: bool) -> String {
    let page = shared.page;
    if page.moves.contains(&Act::Enable) {
        let to = confirm::as_whom(shared, &page.acquires_as);
        return format!("Agree and turn on: it runs as {}", if to == "you" { "me" } else { to });
    }
    if speaks { "Agree and turn on".to_owned() } else { format!("Turn on: it waits until {} agrees", shared.run_as()) }
}

async fn agree(guard: Guard<Toggle>, At(which): At<Which>, Form(fields): Form) -> Result<Agreed, Problem> {
    let id = which.id()?;
    let asked = match wanted(&guard.me, &fields) {
        Some(ask) => guard.app.service.ask(&id, guard.me.id(), ask).await,
        None => Err(ServiceError::OtherVerb),
    };
    match asked {
        Ok(_) => {
            guard.app.wake();
            Ok(Agreed::There(SeeOther(format!("/automations/{id}"))))
        }
        Err(ServiceError::Refused(
            changed @ (Refused::NotPublished { .. }
            | Refused::Stale { .. }
            | Refused::NotConfirmed { .. }
            | Refused::WouldMove { .. }
            | Refused::DoesNotMove),
        )) => {
            let note = format!("It was changed meanwhile, and nothing was given: {changed}. This is what it is now.");
            page(&guard.app, &guard.me, &which, Some(&note)).await.map(Agreed::Again)
        }
        Err(ServiceError::OtherVerb) => {
            let note = "That form was not whole, and nothing was given. This is what it is now.";
            page(&guard.app, &guard.me, &which, Some(note)).await.map(Agreed::Again)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form asks for.
fn wanted(me: &Me, fields: &Fields) -> Option<Ask> {
    let version = VersionId::parse(fields.text("version")).ok()?;
    match fields.text("how") {
        "enable" => Some(Ask::Enable { version, acquisition: confirm::shown_and_confirmed(fields).ok()? }),
        "take" => {
            let from = fields.text("from");
            let expected = if from.is_empty() { None } else { Some(PrincipalId::parse(from).ok()?) };
            Some(Ask::Take { acquisition: Acquisition { expected, new: me.id().clone(), version: Some(version) } })
        }
        _ => None,
    }
}
