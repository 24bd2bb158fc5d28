//! `/plugins`: what was uploaded, what each could ever ask for, and uploading with its stages in sight.

use axum::extract::{FromRequest, Multipart, Request};
use mandate_model::Import;
use mandate_runtime::compile::Stage;
use mandate_service::PluginInfo;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room, token},
    time::time,
};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{At, Piece, in_time, matches_token},
    guard::{Guard, See, Upload},
    openapi::Doc,
    problem::{Problem, Trouble},
    session::Session,
    table::Table,
    uploads::{self, State},
};

pub(super) fn add(table: &mut Table) {
    table.get("/plugins", "What was uploaded to the site", list);
    table.post("/plugins", "Upload a component", upload);
    table.get("/plugins/{plugin}", "One plugin: all that it could ever ask for", one);
    table.get("/uploads/{upload}", "How far an upload is", under_way);
}

/// One plugin.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its digest.
    plugin: String,
}

/// One upload.
#[derive(Debug, Deserialize, IntoParams)]
struct WhichUpload {
    /// Its id.
    upload: String,
}

/// A form with the page's token, and after it one file.
struct Sent(Vec<u8>);

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        in_time(sent(request, app)).await?
    }
}

/// Reads it, as far as it may be read.
async fn sent(request: Request, app: &App) -> Result<Sent, Problem> {
    let session = request.extensions().get::<Session>().cloned();
    let broken = |_| Trouble::Malformed("the form broke off, or is none".to_owned());
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|_| Trouble::Unsupported("this takes `multipart/form-data`"))?;
    let first = form.next_field().await.map_err(broken)?.ok_or(Trouble::StaleForm)?;
    let token = if first.name() == Some("csrf") { first.text().await.map_err(broken)? } else { String::new() };
    matches_token(&session.ok_or(Trouble::StaleForm)?, &token)?;
    let mut bytes = vec![];
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > uploads::MOST {
                return Err(Trouble::TooLarge(uploads::MOST).into());
            }
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(Sent(bytes))
}

impl Piece for Sent {
    fn describe(doc: &mut Doc) {
        doc.is_form();
    }
}

async fn list(guard: Guard<See>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let plugins = app.service.plugins(&me.standing.site).await?;
    let may = app.service.may_upload(&me.standing.site, me.id()).await?;
    let content = html! {
        @if may {
            form.field method="post" action="/plugins" enctype="multipart/form-data" {
                (token(me))
                label for="file" { "Upload a component" }
                p.quiet { "A WebAssembly component of at most " (uploads::MOST / 1_048_576) " MiB. Nothing runs before somebody agrees to it." }
                input type="file" id="file" name="file" accept=".wasm,application/wasm" required;
                button.primary { "Upload" }
            }
        }
        @if plugins.is_empty() { p.empty { "Nothing is uploaded yet. A plugin is a component that automations of this site can run." } }
        @else { (rows(&plugins, &me.principal.time_zone)) }
    };
    Ok(Page::ok(Frame { me, room: Room::Plugins, above: &[], title: "Plugins" }.page(&content)))
}

fn rows(plugins: &[PluginInfo], zone: &str) -> Markup {
    html! {
        table.cards {
            thead { tr { th scope="col" { "Name" } th scope="col" { "It could ask for" } th scope="col" { "Uploaded" } } }
            tbody {
                @for plugin in plugins {
                    @let manifest = &plugin.described.manifest;
                    tr {
                        th scope="row" { a href={ "/plugins/" (plugin.digest) } { (manifest.name) " " (manifest.version) } }
                        td data-label="It could ask for" { (asks(plugin).join(", ")) }
                        td data-label="Uploaded" { (time(plugin.at, zone)) }
                    }
                }
            }
        }
    }
}

/// All that it could ever ask for, by what it imports.
fn asks(plugin: &PluginInfo) -> Vec<&'static str> {
    let words = plugin.described.imports.iter().filter_map(|import| match import {
        Import::Rows => Some("read rows"),
        Import::RowsWrite => Some("change rows"),
        Import::Files => Some("read files"),
        Import::FilesWrite => Some("change files"),
        Import::Operations => Some("call operations"),
        _ => None,
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { vec!["nothing but the event"] } else { words }
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let me = &guard.me;
    let found = guard.app.service.plugin(&me.standing.site, &which.plugin).await;
    let plugin = found.map_err(|_| Trouble::NotFound)?;
    let manifest = &plugin.described.manifest;
    let columns = |all: &[mandate_model::Columns]| {
        html! { @for one in all { li { b { (one.dataset) } ": " @if one.columns.is_empty() { "every column that its person may" } @else { (one.columns.join(", ")) } } } }
    };
    let phases: Vec<&str> = plugin.described.phases.iter().map(|phase| phase.as_str()).collect();
    let content = html! {
        p { q { (manifest.description) } }
        dl.facts {
            dt { "It could ask for" } dd { (asks(&plugin).join(", ")) }
            dt { "It takes part in" } dd { (phases.join(", ")) }
            dt { "Uploaded" } dd { (time(plugin.at, &me.principal.time_zone)) }
            dt { "Digest" } dd.id { (plugin.digest) }
        }
        h2 { "It says that it reads" }
        ul { (columns(&manifest.reads)) @for folder in &manifest.reads_folders { li { "files in " b { (folder) } } } }
        h2 { "It says that it changes" }
        ul { (columns(&manifest.writes)) @for folder in &manifest.writes_folders { li { "files in " b { (folder) } } } }
        @if !manifest.operations.is_empty() { h2 { "It says that it calls" } ul { @for name in &manifest.operations { li { (name) } } } }
        p.quiet { "The sandbox holds it to this. Names in braces are settings of the automation." }
    };
    let title = format!("{} {}", manifest.name, manifest.version);
    let above = [("/plugins", "Plugins")];
    Ok(Page::ok(Frame { me, room: Room::Plugins, above: &above, title: &title }.page(&content)))
}

async fn upload(guard: Guard<Upload>, Sent(bytes): Sent) -> Result<SeeOther, Problem> {
    uploads::may(&guard.app, &guard.me).await?;
    let id = uploads::begin(&guard.app, &guard.me, bytes)?;
    Ok(SeeOther(format!("/uploads/{id}")))
}

async fn under_way(guard: Guard<See>, At(which): At<WhichUpload>) -> Result<Page, Problem> {
    const STAGES: [(Stage, &str); 4] = [
        (Stage::Received, "Received"),
        (Stage::Scanned, "Looked through"),
        (Stage::Compiled, "Compiled"),
        (Stage::Checked, "Checked"),
    ];
    let me = &guard.me;
    let state = guard.app.uploads.state(me.id(), &which.upload)?;
    let reached = match &state {
        State::UnderWay(stage) => STAGES.iter().position(|(one, _)| one == stage).map_or(0, |at| at + 1),
        State::Kept(_) => STAGES.len(),
        State::Refused(_) => 0,
    };
    let content = html! {
        @match &state {
            State::Refused(why) => {
                div.note.bad role="alert" { p { strong { "Not taken." } } p { (why.body.detail) } }
                p { a.button href="/plugins" { "Upload another" } }
            }
            _ => {
                // The page asks again by itself, and with scripts sooner.
                ol aria-live="polite" {
                    @for (at, (_, word)) in STAGES.iter().enumerate() {
                        li { @if at < reached { strong { (word) " ✓" } } @else { span.quiet { (word) } } }
                    }
                }
            }
        }
        @if let State::Kept(digest) = &state {
            p { a.button.primary href={ "/plugins/" (digest) } { "Look at what it could ask for" } }
        }
    };
    let above = [("/plugins", "Plugins")];
    let waits = matches!(state, State::UnderWay(_));
    let markup = Frame { me, room: Room::Plugins, above: &above, title: "Upload" }.page(&content);
    Ok(if waits { Page::ok(markup).again_in(1) } else { Page::ok(markup) })
}
