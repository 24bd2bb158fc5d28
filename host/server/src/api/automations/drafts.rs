//! What an automation would run: the editor's own draft, and the versions that were published.

use std::collections::BTreeSet;

use axum::http::Method;
use mandate_model::{Recipient, Trigger, VersionId};
use mandate_service::{Draft, Publishing, SavedDraft};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Which, field, version};
use crate::{
    answer::{Done, Reply},
    app::App,
    body::{At, Body},
    etag::{IfMatch, IfNoneMatch, Tagged},
    guard::{Edit, Guard},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/automations/{automation}/draft", "Your draft, which nobody else sees", draft);
    table.add(
        Method::PUT,
        "/api/v1/automations/{automation}/draft",
        "Keep your draft; begun on what is published now",
        keep,
    );
    table.post(
        "/api/v1/automations/{automation}/publish",
        "Publish your draft; it runs once its person lets it",
        publish,
    );
}

/// A draft.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftBody {
    /// A plugin's digest, or its name: the last one uploaded.
    plugin: String,
    /// What the plugin's schema asks for.
    #[schema(value_type = Object)]
    settings: Value,
    /// What it listens to: `{ "on": "row", "dataset": …, "change": […] }` and the like.
    #[schema(value_type = Object)]
    trigger: Value,
    /// Whom it tells, such as `user:bo`, `team:emea` or `column:owner`.
    #[serde(default)]
    recipients: Vec<String>,
    /// What was published when it was begun; told, and not taken.
    #[serde(default)]
    base: Option<String>,
}

impl DraftBody {
    fn of(draft: &SavedDraft) -> Self {
        Self {
            plugin: draft.plugin.clone(),
            settings: draft.settings.clone(),
            trigger: serde_json::to_value(&draft.trigger).unwrap_or_default(),
            recipients: draft.recipients.iter().map(ToString::to_string).collect(),
            base: draft.base.as_ref().map(ToString::to_string),
        }
    }

    fn read(self) -> Result<SavedDraft, Problem> {
        let trigger: Trigger =
            serde_json::from_value(self.trigger).map_err(|error| field("trigger", &error.to_string()))?;
        if !self.settings.is_object() {
            return Err(field("settings", "settings are an object"));
        }
        let recipients = self.recipients.into_iter().map(|one| {
            serde_json::from_value::<Recipient>(Value::String(one))
                .map_err(|error| field("recipients", &error.to_string()))
        });
        let recipients = recipients.collect::<Result<BTreeSet<_>, _>>()?;
        Ok(SavedDraft { plugin: self.plugin, settings: self.settings, trigger, recipients, base: None })
    }
}

async fn draft(guard: Guard<Edit>, At(which): At<Which>, has: IfNoneMatch) -> Result<Tagged<DraftBody>, Problem> {
    let saved = saved(&guard.app, &guard, &which).await?;
    Ok(Tagged { what: DraftBody::of(&saved), has })
}

async fn keep(
    guard: Guard<Edit>,
    At(which): At<Which>,
    read: IfMatch,
    Body(body): Body<DraftBody>,
) -> Result<Done, Problem> {
    let id = which.id()?;
    // Who may not see it learns nothing by what is wrong with a draft.
    guard.app.service.prospect(&id, guard.me.id()).await?;
    let (service, me) = (&guard.app.service, guard.me.id());
    let seen = if read.is_asked() { service.saved_draft(&id, me).await? } else { None };
    read.holds(seen.as_ref().map(DraftBody::of).as_ref())?;
    match &seen {
        Some(seen) => service.rewrite_draft(&id, me, body.read()?, seen).await?,
        None => service.write_draft(&id, me, body.read()?).await?,
    }
    Ok(Done)
}

/// Their draft, of what they still may see.
async fn saved<A>(app: &App, guard: &Guard<A>, which: &Which) -> Result<SavedDraft, Problem> {
    let (id, me) = (which.id()?, guard.me.id());
    app.service.prospect(&id, me).await?;
    app.service.saved_draft(&id, me).await?.ok_or_else(|| Trouble::NotFound.into())
}

/// How to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PublishBody {
    /// Whether you let it act for whom it runs as, for whom you speak.
    #[serde(default)]
    consent: bool,
    /// Confirms that it comes to run as you, in sites where publishing does that.
    instead_of: Option<InsteadOf>,
}

/// Whom it runs as now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InsteadOf {
    /// Whom it runs as, as you were shown; nobody if it is left out.
    run_as: Option<String>,
    /// What will act for you, as you were shown: refused if it would be another. Whatever is published by this, if it is left out.
    version: Option<String>,
}

/// How it is published.
pub(super) fn publishing(
    base: Option<VersionId>,
    consent: bool,
    instead_of: Option<InsteadOf>,
) -> Result<Publishing, Problem> {
    let mut how = Publishing { base, consent, ..Publishing::default() };
    if let Some(instead) = instead_of {
        how.instead_of = Some(instead.run_as.as_deref().map(|id| people::written("run_as", id)).transpose()?);
        how.shown = instead.version.as_deref().map(|id| version("version", id)).transpose()?;
    }
    Ok(how)
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublishedBody {
    /// The version.
    pub(super) version: String,
}

async fn publish(
    guard: Guard<Edit>,
    At(which): At<Which>,
    Body(body): Body<PublishBody>,
) -> Result<Reply<PublishedBody>, Problem> {
    let saved = saved(&guard.app, &guard, &which).await?;
    let service = &guard.app.service;
    let plugin = service.plugin(&guard.me.standing.site, &saved.plugin).await?.digest;
    let SavedDraft { settings, trigger, recipients, base, .. } = saved;
    let draft = Draft { plugin, settings, trigger, recipients };
    let how = publishing(base, body.consent, body.instead_of)?;
    let version = service.publish(&which.id()?, guard.me.id(), &draft, how).await?;
    guard.app.wake();
    Ok(Reply(PublishedBody { version: version.to_string() }))
}
