//! `/automations/{automation}/consent`: what it may do, what it reaches with one's rights, what others will learn; and agreeing to
//! exactly that.

mod agree;

use axum::http::StatusCode;
use mandate_model::{ColumnSet, Power, Powers};
use mandate_service::{PluginInfo, Sends, ShownVersion, Unused};
use maud::{Markup, html};

use super::{Shared, Tab, Which, reach, shown};
use crate::{
    answer::{Answer, Page, SeeOther},
    app::App,
    body::At,
    console::{
        names::Names,
        time::time,
        told::{about, joined, told, when, whom},
    },
    guard::{Guard, Me, See},
    openapi::Doc,
    problem::Problem,
    table::Table,
};

/// How many runs are looked at for powers that they did not use.
const RUNS: u32 = 30;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/consent", "What it may do, before one agrees", consent);
    agree::add(table);
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

/// What is told above the page when nothing was given.
struct Note {
    text: String,
    status: StatusCode,
}

async fn page(app: &App, me: &Me, which: &Which, note: Option<Note>) -> Result<Page, Problem> {
    let id = which.id()?;
    let (page, names) = shown(app, me, &id).await?;
    let shared = Shared { me, page: &page, names: &names };
    let as_whom = agree::as_whom(&shared);
    let decides = page.version_id().is_some();
    let reach = if decides { app.service.reach_as(&id, me.id(), as_whom).await.ok() } else { None };
    // Of what was never let before everything is new, and nothing is to be marked.
    let changes = page.changes.as_ref().filter(|_| !page.first);
    let new = changes.map(|changes| changes.asks.clone()).unwrap_or_default();
    // Who may not see what ran is shown no marks.
    let unused = app.service.unused(me.id(), &id, RUNS).await.ok().filter(|unused| unused.counted > 0);
    let plugin = match &page.version {
        Some(version) => app.service.plugin(&page.automation.site, version.digest.as_str()).await.ok(),
        None => None,
    };
    let content = html! {
        @if let Some(note) = &note { div.note.bad role="alert" { p { (told(&note.text, &names)) } } }
        @match &page.version {
            None => {
                p { "There is no live version: nothing is published yet, and there is nothing to agree to." }
                (agree::buttons(&shared, None))
            }
            Some(version) => {
                (lead(&shared))
                (origin(&shared, version, plugin.as_ref()))
                div.columns {
                    (may(version, &new, unused.as_ref()))
                    (reach::reaches(&shared, reach.as_ref()))
                    (learn(version, &names))
                }
                (never(version))
                (agree::buttons(&shared, Some(version)))
            }
        }
    };
    let mut shown = shared.page(Tab::Consent, &content);
    if let Some(note) = note {
        shown.status = note.status;
    }
    Ok(shown)
}

fn lead(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let mine = page.automation.runs_as(shared.me.id());
    let name = &page.automation.name;
    html! {
        p.sentence {
            @if mine && page.consent.is_some() {
                "You agreed to this: it acts " strong { "on your behalf" } "."
            } @else if mine {
                "If you agree, " strong { (name) } " will act " strong { "on your behalf" } "."
            } @else if let Some(to) = shared.offered() {
                "It acts on behalf of " strong { (shared.run_as()) } ", who offers it. If you accept, " strong { (name) } " will act "
                strong { @if to == shared.me.id() { "on your behalf" } @else { "on behalf of " (shared.names.get(to)) } } "."
            } @else if shared.takes() && page.version_id().is_some() {
                "It acts on behalf of " strong { (shared.run_as()) } ". If you take it over, " strong { (name) }
                " will act " strong { "on your behalf" } "."
            } @else {
                "It acts on behalf of " strong { (shared.run_as()) } "."
            }
        }
        @if let Some(changes) = page.changes.as_ref().filter(|_| page.consent.is_none() && !page.first) {
            section aria-labelledby="new" {
                h2 #new { "New since the last consent" }
                ul { @for line in changes.lines() { li { (about(&line, shared.names)) } } }
            }
        }
    }
}

/// Who published it and when, and what its plugin says of itself.
fn origin(shared: &Shared<'_>, version: &ShownVersion, plugin: Option<&PluginInfo>) -> Markup {
    let published = shared.page.happened.iter().rev().find(|one| one.publishes);
    let about = plugin.map_or("", |plugin| plugin.described.manifest.description.as_str());
    html! {
        p.quiet {
            @if let Some(one) = published {
                "Published by " (one.by.as_ref().map_or("the operator", |by| shared.names.get(by))) " "
                (time(one.at, &shared.me.principal.time_zone)) ". "
            }
            "Plugin " q { (version.plugin) } @if about.is_empty() { "." } @else { ", which says of itself: " q { (about) } }
        }
    }
}

/// What it asks for. `new`: powers that whom it runs as did not let it have before, in words. `unused`: what of that its last runs
/// did not use.
pub(super) fn may(version: &ShownVersion, new: &[String], unused: Option<&Unused>) -> Markup {
    let Powers { reads, writes, reads_folders, writes_folders, operations } = &version.powers;
    let marks = Marks { new, unused };
    html! {
        section aria-labelledby="may" {
            h2 #may { "It may" }
            ul.plain {
                @for (dataset, columns) in reads {
                    li {
                        "read " b { (dataset) } (marks.of(&Power::Read { dataset: dataset.clone() })) ": "
                        (marks.columns(columns, |column| Power::ReadColumn { dataset: dataset.clone(), column }))
                    }
                }
                @for (dataset, columns) in writes {
                    li {
                        "change " b { (dataset) } (marks.of(&Power::Write { dataset: dataset.clone() })) ": "
                        (marks.columns(columns, |column| Power::WriteColumn { dataset: dataset.clone(), column }))
                    }
                }
                @for folder in reads_folders { li { "read files in " b { (folder) } (marks.of(&Power::ReadFolder { pattern: folder.clone() })) } }
                @for folder in writes_folders { li { "change files in " b { (folder) } (marks.of(&Power::WriteFolder { pattern: folder.clone() })) } }
                @for name in operations { li { "call " b { (name) } (marks.of(&Power::Operation { name: name.clone() })) } }
                @if version.hidden { li.quiet { "something that you may not know of" } }
                @if version.powers == Powers::default() && !version.hidden { li { "nothing but look at the event" } }
            }
            @if let Some(unused) = unused { (idle_columns(unused)) }
        }
    }
}

/// What stands behind a power.
struct Marks<'a> {
    new: &'a [String],
    unused: Option<&'a Unused>,
}

impl Marks<'_> {
    fn of(&self, power: &Power) -> Markup {
        let idle = self.unused.is_some_and(|unused| unused.powers.contains(power));
        html! {
            @if self.is_new(power) { " " span.badge { "new" } }
            @if idle { " " span.badge.waits { "unused" } }
        }
    }

    fn is_new(&self, power: &Power) -> bool {
        let word = power.to_string();
        self.new.contains(&word)
    }

    fn columns(&self, columns: &ColumnSet, power: impl Fn(String) -> Power) -> Markup {
        let ColumnSet::Named(names) = columns else { return html! { (columns) } };
        html! {
            @for (at, name) in names.iter().enumerate() {
                @if at > 0 { ", " }
                (name) @if self.is_new(&power(name.clone())) { " " span.badge { "new" } }
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
                Some(whole) => {
                    @if whole.recipients.is_empty() { p { "Nobody is told anything." } } @else {
                        p {
                            "It tells " (whom(&whole.recipients, names)) "."
                            @if whole.sends.is_none() { " Each message is made from what that person may see." }
                        }
                        p { "They may also learn its settings." }
                    }
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
