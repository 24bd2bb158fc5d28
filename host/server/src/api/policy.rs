//! `/api/v1/policy`: how the site governs its automations, and what another way would change.

use axum::http::Method;
use mandate_governance::{Difference, SiteChoices};
use mandate_service::{Object, PolicyChanges};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    answer::{Done, Reply},
    body::Body,
    guard::{Govern, Guard, See},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/policy", "How your site governs its automations", policy);
    table.post("/api/v1/policy/check", "What another way would change, for whom; nothing is changed", check);
    table.add(Method::PUT, "/api/v1/policy", "Govern it so from now on", choose);
}

/// A way of governing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyBody {
    /// Where it begins: `mandate`, `vendasta`, `foundry`, `oneup`, `monday` or `files`.
    preset: String,
    /// What it says otherwise, by setting.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Value,
    /// Cedar policies of its own.
    #[serde(default)]
    policies: String,
    /// Who takes over where nobody is named.
    #[serde(default)]
    successor: Option<String>,
}

impl PolicyBody {
    fn read(self) -> Result<SiteChoices, Problem> {
        let settings = if self.settings.is_null() { Value::Object(serde_json::Map::new()) } else { self.settings };
        let mut whole = serde_json::json!({ "preset": self.preset, "settings": settings, "policies": self.policies });
        if let (Value::Object(fields), Some(successor)) = (&mut whole, self.successor) {
            fields.insert("successor".to_owned(), Value::String(successor));
        }
        serde_json::from_value(whole)
            .map_err(|error| Trouble::Field { field: "settings".to_owned(), detail: error.to_string() }.into())
    }
}

/// How it is governed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GovernedBody {
    /// What was chosen.
    chosen: PolicyBody,
    /// What holds, in words, by setting.
    holds: Vec<SettingBody>,
}

/// A setting in words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SettingBody {
    /// Which.
    setting: String,
    /// Its words.
    words: String,
    /// The words of the preset.
    preset: String,
}

async fn policy(guard: Guard<See>) -> Result<Reply<GovernedBody>, Problem> {
    let choices = guard.app.service.choices(&guard.me.standing.site).await?;
    let holds = choices.effective().map_err(mandate_service::ServiceError::from)?.words();
    let preset = choices.preset.settings().map_err(mandate_service::ServiceError::from)?.words();
    let holds = holds.into_iter().zip(preset);
    Ok(Reply(GovernedBody {
        holds: holds
            .map(|((setting, words), (_, preset))| SettingBody { setting: setting.to_owned(), words, preset })
            .collect(),
        chosen: PolicyBody {
            preset: choices.preset.to_string(),
            settings: serde_json::to_value(&choices.settings).unwrap_or_default(),
            policies: choices.policies,
            successor: choices.successor.map(|who| who.to_string()),
        },
    }))
}

/// What would change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangesBody {
    /// Settings that would hold otherwise.
    settings: Vec<DifferenceBody>,
    /// Whether the site's own policies would be others.
    policies: bool,
    /// Who would gain or lose what.
    decisions: Vec<DecisionBody>,
    /// What automations that are on would lack, in words.
    lacks: Vec<String>,
}

/// A setting that would hold otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceBody {
    /// Which.
    setting: String,
    /// Its words now.
    before: String,
    /// Its words then.
    after: String,
}

/// A decision that would come out otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecisionBody {
    /// For whom.
    person: String,
    /// About what: an automation's id, a workspace, or the site.
    object: String,
    /// To do what.
    act: String,
    /// Whether they may now.
    before: bool,
    /// Whether they might then.
    after: bool,
}

impl From<PolicyChanges> for ChangesBody {
    fn from(changes: PolicyChanges) -> Self {
        let object = |object: Object| match object {
            Object::Site => "the site".to_owned(),
            Object::Workspace(workspace) => workspace,
            Object::Automation(id) => id.to_string(),
        };
        let difference = |Difference { setting, before, after }| DifferenceBody { setting, before, after };
        let lacks = changes.lacks.iter().flat_map(|(id, lacks)| lacks.iter().map(move |lack| format!("{id}: {lack}")));
        Self {
            lacks: lacks.collect(),
            settings: changes.settings.into_iter().map(difference).collect(),
            policies: changes.policies,
            decisions: changes
                .decisions
                .into_iter()
                .map(|one| DecisionBody {
                    person: one.person.to_string(),
                    object: object(one.object),
                    act: one.act.to_string(),
                    before: one.before.is_allow(),
                    after: one.after.is_allow(),
                })
                .collect(),
        }
    }
}

async fn check(guard: Guard<Govern>, Body(body): Body<PolicyBody>) -> Result<Reply<ChangesBody>, Problem> {
    let (service, site) = (&guard.app.service, &guard.me.standing.site);
    // Who gains and loses what is told to nobody who may not decide it.
    service.may_choose(site, guard.me.id()).await?;
    Ok(Reply(service.policy_changes(site, &body.read()?).await?.into()))
}

async fn choose(guard: Guard<Govern>, Body(body): Body<PolicyBody>) -> Result<Done, Problem> {
    let (service, site) = (&guard.app.service, &guard.me.standing.site);
    service.may_choose(site, guard.me.id()).await?;
    service.choose(site, Some(guard.me.id()), &body.read()?).await?;
    guard.app.governed();
    Ok(Done)
}
