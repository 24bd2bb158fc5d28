//! What the API says of an automation.

use mandate_governance::{Consent, Life};
use mandate_service::{AutomationPage, ShownVersion};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Some automations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutomationList {
    /// In order of their ids.
    pub(super) automations: Vec<AutomationSummary>,
    /// The cursor of the next page, if there is one.
    pub(super) next: Option<String>,
}

/// An automation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutomationSummary {
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
    /// `off`, `on` or `stopped`.
    state: &'static str,
    /// Whether it was deleted, which is final.
    deleted: bool,
    /// Whom it runs as; nobody yet if it is left out.
    run_as: Option<String>,
    /// Its workspace, if it is in one.
    workspace: Option<String>,
}

impl From<Life> for AutomationSummary {
    fn from(life: Life) -> Self {
        let automation = life.automation;
        Self {
            id: automation.id.to_string(),
            name: automation.name,
            state: automation.state.as_str(),
            deleted: automation.deleted,
            run_as: automation.run_as.map(|who| who.to_string()),
            workspace: automation.workspace,
        }
    }
}

/// An automation, as you may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutomationBody {
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
    /// `off`, `on` or `stopped`.
    state: &'static str,
    /// Whether it was deleted, which is final.
    deleted: bool,
    /// Whom it runs as; nobody yet if it is left out.
    run_as: Option<String>,
    /// To whom it is offered.
    offered: Option<String>,
    /// Its workspace, if it is in one.
    workspace: Option<String>,
    /// Who manages it besides whom it runs as.
    managers: Vec<String>,
    /// Who may see it.
    members: Vec<String>,
    /// Who made it.
    creator: String,
    /// The consent that holds, for who decides on it.
    consent: Option<ConsentBody>,
    /// What would run.
    version: Option<VersionBody>,
    /// Declared powers that you or whom it runs as lack, in words.
    lacks: Vec<String>,
    /// What is new against what whom it runs as let last, in words; for who decides on it.
    changes: Option<Vec<String>>,
    /// What you may do with it.
    may: Vec<&'static str>,
    /// What happened to it, in order.
    happened: Vec<HappenedBody>,
}

/// A consent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsentBody {
    /// Who lets it act for them.
    principal: String,
    /// Which version.
    version: String,
    /// Who said so.
    by: String,
    /// When: microseconds since 1970.
    at: i64,
}

/// A version, as you may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionBody {
    /// Its id, for who decides on it.
    id: Option<String>,
    /// What the plugin calls itself.
    plugin: String,
    /// What the plugin is.
    digest: String,
    /// What it may ask for, as far as you may know of it.
    #[schema(value_type = Object)]
    powers: Value,
    /// There is more, of which you may not know.
    hidden: bool,
    /// Whom it tells, for who decides on it.
    recipients: Option<Vec<String>>,
    /// What it listens to, for who decides on it and may know of it.
    #[schema(value_type = Option<Object>)]
    trigger: Option<Value>,
    /// Its settings, for who decides on it and may know of them.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HappenedBody {
    /// When: microseconds since 1970.
    at: i64,
    /// Who asked for it; nobody if the host did it.
    by: Option<String>,
    /// In words.
    what: String,
}

impl From<AutomationPage> for AutomationBody {
    fn from(page: AutomationPage) -> Self {
        let automation = page.automation;
        let names = |all: &std::collections::BTreeSet<mandate_model::PrincipalId>| {
            all.iter().map(ToString::to_string).collect()
        };
        Self {
            id: automation.id.to_string(),
            name: automation.name.clone(),
            state: automation.state.as_str(),
            deleted: automation.deleted,
            run_as: automation.run_as.as_ref().map(ToString::to_string),
            offered: automation.offered.as_ref().map(ToString::to_string),
            managers: names(&automation.managers),
            members: names(&automation.members),
            creator: automation.creator.to_string(),
            workspace: automation.workspace,
            consent: page.consent.map(ConsentBody::from),
            version: page.version.map(VersionBody::from),
            lacks: page.lacks.into_iter().collect(),
            changes: page.changes.map(|changes| changes.lines()),
            may: page.may.iter().map(|act| act.as_str()).collect(),
            happened: page
                .happened
                .into_iter()
                .map(|one| HappenedBody { at: one.at, by: one.by.map(|by| by.to_string()), what: one.what })
                .collect(),
        }
    }
}

impl From<Consent> for ConsentBody {
    fn from(consent: Consent) -> Self {
        let Consent { principal, version, by, at, .. } = consent;
        Self { principal: principal.to_string(), version: version.to_string(), by: by.to_string(), at }
    }
}

impl From<ShownVersion> for VersionBody {
    fn from(version: ShownVersion) -> Self {
        let works_on = version.whole.as_ref().and_then(|whole| whole.works_on.clone());
        let (trigger, settings) = works_on.unzip();
        let whole = version.whole;
        Self {
            id: whole.as_ref().map(|whole| whole.version.to_string()),
            plugin: version.plugin,
            digest: version.digest.to_string(),
            powers: serde_json::to_value(&version.powers).unwrap_or_default(),
            hidden: version.hidden,
            recipients: whole.map(|whole| whole.recipients.iter().map(ToString::to_string).collect()),
            trigger: trigger.and_then(|trigger| serde_json::to_value(trigger).ok()),
            settings: settings.and_then(|settings| serde_json::from_str(&settings).ok()),
        }
    }
}
