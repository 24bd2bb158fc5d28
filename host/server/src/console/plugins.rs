//! `/plugins`: what was uploaded, and what each could ever ask for.

mod upload;

use std::collections::BTreeMap;

use mandate_model::Import;
use mandate_service::PluginInfo;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room},
    time::time,
};
use crate::{
    answer::Page,
    app::App,
    body::At,
    guard::{Guard, Me, See},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/plugins", "What was uploaded to the site", list);
    table.get("/plugins/{plugin}", "One plugin: all that it could ever ask for", one);
    upload::add(table);
}

/// One plugin.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its digest.
    plugin: String,
}

async fn list(guard: Guard<See>) -> Result<Page, Problem> {
    Ok(Page::ok(page(&guard.app, &guard.me, None).await?))
}

/// What was uploaded, and the form for more. `refused`: why the file that was sent was not taken.
async fn page(app: &App, me: &Me, refused: Option<&str>) -> Result<Markup, Problem> {
    let plugins = app.service.plugins(&me.standing.site).await?;
    let may = app.service.may_upload(&me.standing.site, me.id()).await?;
    let content = html! {
        @if may { (upload::form(me, refused)) }
        @if plugins.is_empty() { p.empty { "Nothing is uploaded yet. A plugin is a component that automations of this site can run." } }
        @else { (rows(&plugins, &me.principal.time_zone)) }
    };
    Ok(Frame { me, room: Room::Plugins, above: &[], title: "Plugins" }.page(&content))
}

/// One line for each name: the last that was uploaded under it, and those before.
fn rows(plugins: &[PluginInfo], zone: &str) -> Markup {
    html! {
        table.cards {
            thead { tr { th scope="col" { "Name" } th scope="col" { "It could ask for" } th scope="col" { "Uploaded" } th scope="col" { "Before" } } }
            tbody {
                @for (last, before) in by_name(plugins) {
                    tr {
                        th scope="row" { (link(last)) }
                        td data-label="It could ask for" { (asks(last).join(", ")) }
                        td data-label="Uploaded" { (time(last.at, zone)) }
                        td data-label="Before" {
                            @if before.is_empty() { span.quiet { "none" } }
                            @else { ul.plain { @for one in before { li { (link(one)) ", " (time(one.at, zone)) } } } }
                        }
                    }
                }
            }
        }
    }
}

fn link(plugin: &PluginInfo) -> Markup {
    let manifest = &plugin.described.manifest;
    html! { a href={ "/plugins/" (plugin.digest) } { (manifest.name) " " (manifest.version) } }
}

/// The last one of each name with those before it. They come the last first, and stay so.
fn by_name(plugins: &[PluginInfo]) -> Vec<(&PluginInfo, Vec<&PluginInfo>)> {
    let (mut all, mut places) = (Vec::<(&PluginInfo, Vec<_>)>::new(), BTreeMap::new());
    for plugin in plugins {
        let place = *places.entry(&plugin.described.manifest.name).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, before)) => before.push(plugin),
            None => all.push((plugin, vec![])),
        }
    }
    all
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
