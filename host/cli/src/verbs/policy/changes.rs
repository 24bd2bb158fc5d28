//! What another way of governing would change, in lines or as JSON.

use std::collections::{BTreeMap, BTreeSet};

use mandate_governance::SiteChoices;
use mandate_model::AutomationId;
use mandate_policy::Decision;
use mandate_service::{Change, Object, PolicyChanges};
use serde_json::{Value as Json, json};

use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// What automations are called.
pub(in crate::verbs) type Names = BTreeMap<AutomationId, String>;

/// Shows what `choices` would change.
pub(super) async fn show(home: &Home, choices: &SiteChoices, as_json: bool) -> CliResult {
    let changes = home.service.policy_changes(home.embedded.site(), choices).await.map_err(CliError::input)?;
    let lives = home.service.automations().await.map_err(CliError::unavailable)?;
    let names = lives.into_iter().map(|life| (life.automation.id, life.automation.name)).collect();
    if as_json {
        outln!("{}", serde_json::to_string_pretty(&told(&changes, &names)).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if changes.is_empty() {
        outln!("nothing changes for anybody");
        return Ok(());
    }
    settings(&changes);
    people(&changes.decisions, &names);
    for (id, lacks) in &changes.lacks {
        outln!("`{}` would need what it does not need now:", inert(&name(&names, id)));
        for lack in lacks {
            outln!("  {}", inert(&lack.to_string()));
        }
    }
    outln!("nothing was changed: `mandate policy set FILE` does it");
    Ok(())
}

fn settings(changes: &PolicyChanges) {
    for difference in &changes.settings {
        outln!("`{}`: {}  →  {}", difference.setting, inert(&difference.before), inert(&difference.after));
    }
    if changes.policies {
        outln!("the site's own policies would be others");
    }
    if changes.decisions.is_empty() {
        outln!("who may do what stays as it is");
    }
}

/// One line for each person, object and direction; then what cannot be decided, with why.
pub(in crate::verbs) fn people(decisions: &[Change], names: &Names) {
    let mut same: BTreeMap<(String, &str, String), BTreeSet<&str>> = BTreeMap::new();
    for change in decisions.iter().filter(|change| change.before.is_allow() != change.after.is_allow()) {
        let direction = if change.after.is_allow() { "gains" } else { "loses" };
        let line = (change.person.to_string(), direction, object(&change.object, names));
        same.entry(line).or_default().insert(change.act.as_str());
    }
    for ((person, direction, object), acts) in same {
        let acts: Vec<_> = acts.into_iter().collect();
        outln!("{} {direction} on {}: {}", inert(&person), inert(&object), acts.join(", "));
    }
    let mut undecided: BTreeMap<(String, String, &str), BTreeSet<&str>> = BTreeMap::new();
    for change in decisions {
        if let (true, Decision::Deny(reason)) = (change.after.is_undecided(), &change.after) {
            let line = (change.person.to_string(), object(&change.object, names), reason.as_str());
            undecided.entry(line).or_default().insert(change.act.as_str());
        }
    }
    for ((person, object, reason), acts) in undecided {
        let acts: Vec<_> = acts.into_iter().collect();
        outln!("{} is refused on {}: {}: {}", inert(&person), inert(&object), acts.join(", "), inert(reason));
    }
}

fn object(object: &Object, names: &Names) -> String {
    match object {
        Object::Site => "the site".to_owned(),
        Object::Workspace(workspace) => format!("the workspace `{workspace}`"),
        Object::Automation(id) => format!("`{}`", name(names, id)),
    }
}

fn name(names: &Names, id: &AutomationId) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_string())
}

fn told(changes: &PolicyChanges, names: &Names) -> Json {
    let decision = |decision: &Decision| match decision {
        Decision::Allow => json!({ "allowed": true }),
        Decision::Deny(reason) => json!({ "allowed": false, "reason": reason, "undecided": decision.is_undecided() }),
    };
    let decisions: Vec<Json> = changes
        .decisions
        .iter()
        .map(|change| {
            json!({
                "person": change.person, "object": change.object, "act": change.act,
                "before": decision(&change.before), "after": decision(&change.after),
            })
        })
        .collect();
    let lacks: Vec<Json> = changes
        .lacks
        .iter()
        .map(|(id, lacks)| json!({ "automation": id, "name": name(names, id), "lacks": lacks }))
        .collect();
    json!({ "settings": changes.settings, "policies": changes.policies, "decisions": decisions, "lacks": lacks })
}
