//! What the API says of an automation.

use std::collections::BTreeSet;

use mandate_governance::{Consent, Lack, Life};
use mandate_model::PrincipalId;
use mandate_service::{AutomationPage, LastRun, ListedAutomation, ShownVersion, Stands, Stop};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::listing;

/// Some automations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutomationList {
    /// In order of their ids; none that was deleted.
    pub(super) automations: Vec<ListedBody>,
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
    /// How it stands: `on`; `waits` if it is on and waits for consent; `stopped`; `off`; `never` if nothing was ever published.
    stands: &'static str,
    /// Whether it was deleted, which is final.
    deleted: bool,
    /// Whom it runs as; nobody yet if it is left out.
    run_as: Option<String>,
    /// Its workspace, if it is in one.
    workspace: Option<String>,
}

/// An automation in the list of all that you may see.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedBody {
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
    /// `off`, `on` or `stopped`.
    state: &'static str,
    /// How it stands: `on`; `waits` if it is on and waits for consent; `stopped`; `off`; `never` if nothing was ever published.
    stands: &'static str,
    /// Whether it was deleted, which is final: never so here.
    deleted: bool,
    /// Whom it runs as; nobody yet if it is left out.
    run_as: Option<String>,
    /// Its workspace, if it is in one.
    workspace: Option<String>,
    /// Who manages it besides whom it runs as.
    managers: Vec<String>,
    /// What the plugin calls itself that runs.
    plugin: Option<String>,
    /// What starts it, for who decides on it and may know of it.
    #[schema(value_type = Option<Object>)]
    trigger: Option<Value>,
    /// Its last run of which you may know.
    last: Option<LastBody>,
    /// What you may do with it.
    may: Vec<&'static str>,
}

/// The last run of an automation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastBody {
    /// Its id.
    run: String,
    /// When: microseconds since 1970.
    at: i64,
    /// Whether how it ended may be something that is not for you to see.
    hidden: bool,
    /// The worst state of its parts, such as `done` or `dead`; left out where it is hidden or there is none yet.
    #[schema(value_type = Option<String>)]
    ended: Option<Value>,
}

impl From<Life> for AutomationSummary {
    fn from(life: Life) -> Self {
        let stands = listing::state(Stands::of(&life.automation, life.consent.is_some()));
        let automation = life.automation;
        Self {
            id: automation.id.to_string(),
            name: automation.name,
            state: automation.state.as_str(),
            stands,
            deleted: automation.deleted,
            run_as: automation.run_as.map(|who| who.to_string()),
            workspace: automation.workspace,
        }
    }
}

impl From<ListedAutomation> for ListedBody {
    fn from(listed: ListedAutomation) -> Self {
        let ListedAutomation { automation, stands, plugin, trigger, may, last } = listed;
        Self {
            id: automation.id.to_string(),
            name: automation.name,
            state: automation.state.as_str(),
            stands: listing::state(stands),
            deleted: automation.deleted,
            run_as: automation.run_as.map(|who| who.to_string()),
            workspace: automation.workspace,
            managers: names(&automation.managers),
            plugin,
            trigger: trigger.and_then(|trigger| serde_json::to_value(trigger).ok()),
            last: last.map(LastBody::from),
            may: may.iter().map(|act| act.as_str()).collect(),
        }
    }
}

impl From<LastRun> for LastBody {
    fn from(last: LastRun) -> Self {
        let ended = last.ended.get();
        let (hidden, ended) = (ended.is_none(), ended.copied().flatten());
        let ended = ended.and_then(|state| serde_json::to_value(state).ok());
        Self { run: last.run.to_string(), at: last.at, hidden, ended }
    }
}

/// Principals, as they are written.
fn names(all: &BTreeSet<PrincipalId>) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
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
    /// How it stands: `on`; `waits` if it is on and waits for consent; `stopped`; `off`; `never` if nothing was ever published.
    stands: &'static str,
    /// Since when and why the host stopped it, while it is stopped.
    stopped: Option<StopBody>,
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
    /// Who could give what is lacking; for who decides on it, where anything is.
    granters: Vec<String>,
    /// What is new against what whom it runs as let last, in words; for who decides on it.
    changes: Option<Vec<String>>,
    /// What you may do with it.
    may: Vec<&'static str>,
    /// Which of these make it run as you, or as whom you act for: refused until you confirm it, with `acquire`.
    moves: Vec<&'static str>,
    /// Whom these make it run as; left out where none does.
    acquires_as: Option<String>,
    /// What happened to it, in order.
    happened: Vec<HappenedBody>,
}

/// That the host stopped it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StopBody {
    /// When: microseconds since 1970.
    at: i64,
    /// What was lost.
    lost: Vec<LostBody>,
}

/// Something that somebody can do no longer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LostBody {
    /// Who lost it.
    principal: String,
    /// What, in words; left out if you may not know of it.
    power: Option<String>,
}

impl From<Stop> for StopBody {
    fn from(stop: Stop) -> Self {
        // What nobody can decide is no loss.
        let lost = |Lack { principal, power, undecided: _ }: Lack| LostBody {
            principal: principal.to_string(),
            power: power.map(|power| power.to_string()),
        };
        Self { at: stop.at, lost: stop.lost.into_iter().map(lost).collect() }
    }
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
        Self {
            id: automation.id.to_string(),
            name: automation.name.clone(),
            state: automation.state.as_str(),
            stands: listing::state(page.stands),
            stopped: page.stopped.map(StopBody::from),
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
            granters: names(&page.granters),
            changes: page.changes.map(|changes| changes.lines()),
            may: page.may.iter().map(|act| act.as_str()).collect(),
            acquires_as: (!page.moves.is_empty()).then(|| page.acquires_as.to_string()),
            moves: page.moves.iter().map(|act| act.as_str()).collect(),
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
