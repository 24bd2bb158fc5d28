//! `/automations/{automation}/setup`: one's draft as a form made from the plugin's schema. Nobody else sees it until it is published.

mod fields;
mod form;
mod offered;
mod trigger;
mod wrong;

use axum::http::StatusCode;
use mandate_governance::Refused;
use mandate_model::VersionId;
use mandate_policy::Act;
use mandate_service::{Draft, PluginInfo, Publishing, SavedDraft, ServiceError};
use maud::{Markup, html};

use self::{form::Typed, offered::Choices};
use super::{
    Shared, Tab, Which, address,
    confirm::{self, Wanted},
    consent::Agreed,
    shown,
};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{At, Fields, Form},
    console::{field, frame::token, told::told},
    guard::{Edit, Guard, Me},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/setup", "One's draft", setup);
    table.post("/automations/{automation}/setup", "Keep one's draft, or publish it", save);
}

async fn setup(guard: Guard<Edit>, At(which): At<Which>) -> Result<Page, Problem> {
    let begun = saved(&guard, &which).await?;
    if begun.is_none() && !guard.app.service.prospect(&which.id()?, guard.me.id()).await?.may.contains(&Act::Edit) {
        return Err(Trouble::NotFound.into());
    }
    if let Some(closed) = closed(&guard, &which).await? {
        return Ok(closed);
    }
    let mut typed = Typed::of(begun.as_ref());
    // A draft may name a plugin without saying which one of that name: the last uploaded.
    if let Ok(plugin) = guard.app.service.plugin(&guard.me.standing.site, &typed.plugin).await {
        typed.plugin = plugin.digest.to_string();
    }
    page(&guard.app, &guard.me, &which, &typed, None).await
}

/// What is shown to who may not know of all that is published, and has no draft of their own.
async fn closed(guard: &Guard<Edit>, which: &Which) -> Result<Option<Page>, Problem> {
    let (page, names) = shown(&guard.app, &guard.me, &which.id()?).await?;
    let hidden = page.version.as_ref().is_some_and(|version| version.hidden);
    if !hidden || guard.app.service.saved_draft(&which.id()?, guard.me.id()).await?.is_some() {
        return Ok(None);
    }
    let shared = Shared { me: &guard.me, page: &page, names: &names };
    Ok(Some(shared.page(Tab::Setup, &offered::closed())))
}

/// One's draft; where there is none, it begins as what is published.
async fn saved<A>(guard: &Guard<A>, which: &Which) -> Result<Option<SavedDraft>, Problem> {
    let (id, service) = (which.id()?, &guard.app.service);
    let prospect = service.prospect(&id, guard.me.id()).await?;
    if let Some(saved) = service.saved_draft(&id, guard.me.id()).await? {
        return Ok(Some(saved));
    }
    // What is published is shown whole here: only to who could edit it.
    let whole = prospect.version.filter(|_| prospect.may.contains(&Act::Edit));
    Ok(whole.as_ref().map(SavedDraft::of).transpose()?)
}

/// The form, with what was typed and what is wrong with it.
async fn page(app: &App, me: &Me, which: &Which, typed: &Typed, note: Option<&str>) -> Result<Page, Problem> {
    let (page, names) = shown(app, me, &which.id()?).await?;
    let plugins = app.service.plugins(&me.standing.site).await?;
    let chosen = plugins.iter().find(|plugin| plugin.digest.to_string() == typed.plugin);
    let shared = Shared { me, page: &page, names: &names };
    let choices = Choices::of(app, me, &page, chosen).await?;
    let content = html! {
        p.note { "A draft: only you can see it, until you publish it." }
        @if page.moves.contains(&Act::Edit) {
            div.note.waits { p { "In this site publishing moves it. " (confirm::sentence(&shared)) " You are asked before it does." } }
        }
        @if let Some(note) = note { div.note.bad role="alert" { p { (told(note, &names)) } } }
        form.setup method="post" action={ (address(&page)) "/setup" } novalidate {
            (token(me))
            input type="hidden" name="base" value=(typed.base);
            (plugin(&plugins, chosen, typed))
            @if let Some(chosen) = chosen {
                (fields::settings(&chosen.described.manifest.settings_schema, typed, &choices))
                (trigger::fields(typed, &choices))
                (fields::recipients(typed, &choices))
            }
            div.acts {
                button name="do" value="save" { "Keep the draft" }
                @if chosen.is_some() { button.primary name="do" value="publish" { "Publish" } }
            }
        }
    };
    let mut shown = shared.page(Tab::Setup, &content);
    if note.is_some() || !typed.wrong.is_empty() {
        shown.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(shown)
}

/// Which plugin; without scripts, another one is taken with a button.
fn plugin(plugins: &[PluginInfo], chosen: Option<&PluginInfo>, typed: &Typed) -> Markup {
    let (invalid, described) = field::marks("plugin", typed.why("plugin"));
    html! {
        div.field {
            label for="plugin" { "Plugin" }
            @if plugins.is_empty() { p { "Nothing is uploaded to this site yet." } }
            select id="plugin" name="plugin" aria-invalid=[invalid] aria-describedby=[described] {
                @if chosen.is_none() { option value="" selected { "Choose one" } }
                @for plugin in plugins {
                    @let manifest = &plugin.described.manifest;
                    option value=(plugin.digest) selected[plugin.digest.to_string() == typed.plugin] {
                        (manifest.name) " " (manifest.version)
                    }
                }
            }
            (field::wrong("plugin", typed.why("plugin")))
            button name="do" value="plugin" { "Take this plugin" }
            @if let Some(chosen) = chosen { p.quiet { q { (chosen.described.manifest.description) } } }
        }
    }
}

async fn save(guard: Guard<Edit>, At(which): At<Which>, Form(sent): Form) -> Result<Agreed, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    // Who may not see it learns nothing by what is wrong with a draft.
    app.service.prospect(&id, me.id()).await?;
    let plugins = app.service.plugins(&me.standing.site).await?;
    let plugin = plugins.iter().find(|plugin| plugin.digest.to_string() == sent.text("plugin"));
    let schema = plugin.map(|plugin| plugin.described.manifest.settings_schema.as_str()).unwrap_or_default();
    let mut typed = Typed::read(&sent, schema);
    if ["plugin", "search", "columns"].contains(&sent.text("do")) {
        return page(app, me, &which, &typed, None).await.map(Agreed::Again);
    }
    let Some(draft) = typed.draft(schema) else {
        return page(app, me, &which, &typed, None).await.map(Agreed::Again);
    };
    app.service.keep_draft(&id, me.id(), draft.clone()).await?;
    if sent.text("do") != "publish" {
        return Ok(Agreed::There(SeeOther(format!("/automations/{id}/setup"))));
    }
    let SavedDraft { settings, trigger, recipients, base, .. } = draft;
    let Some(digest) = plugin.map(|plugin| plugin.digest.clone()) else {
        typed.blame("plugin", "Choose a plugin first.");
        return page(app, me, &which, &typed, None).await.map(Agreed::Again);
    };
    let draft = Draft { plugin: digest, settings, trigger, recipients };
    match app.service.publish(&id, me.id(), &draft, how(base, &sent)?).await {
        Ok(_) => {
            app.wake();
            Ok(Agreed::There(SeeOther(format!("/automations/{id}/consent"))))
        }
        Err(error) if confirm::asks(&error, &sent) => ask(app, me, &which, &draft, &sent).await.map(Agreed::Again),
        Err(ServiceError::Refused(Refused::StaleDraft { base, published })) => {
            let note = overtaken(app, me, &which, base.as_ref()).await?;
            // Who publishes from the page that says so replaces what they were told of.
            typed.base = published.as_ref().map(ToString::to_string).unwrap_or_default();
            page(app, me, &which, &typed, Some(&note)).await.map(Agreed::Again)
        }
        Err(error) => match wrong::place(&error, &mut typed) {
            Some(note) => page(app, me, &which, &typed, Some(&note)).await.map(Agreed::Again),
            None => Err(error.into()),
        },
    }
}

/// How it is published, and what is confirmed by it.
fn how(base: Option<VersionId>, sent: &Fields) -> Result<Publishing, Problem> {
    let confirmed = confirm::confirmed(sent)?;
    let shown = confirmed.as_ref().and_then(|confirmed| confirmed.version.clone());
    Ok(Publishing { base, shown, instead_of: confirmed.map(|confirmed| confirmed.expected), ..Publishing::default() })
}

/// The page that asks whether it may come to run as who publishes it.
async fn ask(app: &App, me: &Me, which: &Which, draft: &Draft, sent: &Fields) -> Result<Page, Problem> {
    let id = which.id()?;
    let would = app.service.shown_draft(&id, me.id(), draft).await?;
    let (page, mut names) = shown(app, me, &id).await?;
    names.ask(app, would.whole.iter().flat_map(super::told_by)).await?;
    let shared = Shared { me, page: &page, names: &names };
    let back = format!("{}/setup", address(&page));
    let wanted = Wanted { verb: "/setup", what: "Publish", back: &back, tab: Tab::Setup, sent };
    let reached = app.service.reach_of_draft(&id, me.id(), &page.acquires_as, draft).await.ok();
    Ok(confirm::page(&shared, &wanted, Some(&would), reached.as_ref()))
}

/// What is said of a draft that others overtook: what they changed.
async fn overtaken(app: &App, me: &Me, which: &Which, base: Option<&VersionId>) -> Result<String, Problem> {
    let changed = match app.service.since(&which.id()?, me.id(), base).await {
        Ok(changes) => format!("Since then, this changed: {}.", changes.lines().join("; ")),
        Err(ServiceError::NoVersion(_)) => "Another was published since.".to_owned(),
        Err(error) => return Err(error.into()),
    };
    Ok(format!(
        "Not published: the draft was begun on another version than what is published now. {changed} Your draft is kept as you \
         typed it; publish it again to put it in the place of what is there."
    ))
}
