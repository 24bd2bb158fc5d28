//! Searching by name. Only what one may see is looked at, so neither what is found nor how much says anything of the rest (N12).

use mandate_governance::Life;
use mandate_model::PrincipalId;

use crate::{app::App, guard::Me, people, problem::Problem};

/// Most automations that are found at once.
const MOST: usize = 50;

/// What was found.
pub(crate) struct Found {
    /// Automations that are not deleted.
    pub(crate) automations: Vec<Life>,
    /// People with what they are called.
    pub(crate) people: Vec<(PrincipalId, String)>,
    /// Whether there are more automations.
    pub(crate) more: bool,
}

/// What `me` may see whose name has `part` in it, in any case; nothing for an empty one.
pub(crate) async fn find(app: &App, me: &Me, part: &str) -> Result<Found, Problem> {
    let part = part.trim().to_lowercase();
    let mut found = Found { automations: vec![], people: vec![], more: false };
    if part.is_empty() {
        return Ok(found);
    }
    let has = |name: &str| name.to_lowercase().contains(&part);
    app.service
        .each_visible(me.id(), |life| {
            if life.automation.deleted || !has(&life.automation.name) {
                return;
            }
            if found.automations.len() < MOST { found.automations.push(life) } else { found.more = true }
        })
        .await?;
    found.people = people::called(app, me, &part).await?;
    Ok(found)
}
