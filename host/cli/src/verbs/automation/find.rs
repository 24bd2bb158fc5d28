//! Automations by name, as somebody sees them: what they may not see is told like what does not exist.

use mandate_governance::Life;
use mandate_model::PrincipalId;

use super::Target;
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::quoted,
};

/// The automation that a command names.
pub(crate) async fn find(home: &Home, target: &Target) -> CliResult<Life> {
    let Target { automation, who } = target;
    let named = |life: &Life| life.automation.name == *automation || life.automation.id.as_str() == automation;
    let mut found: Vec<Life> = visible(home, who).await?.into_iter().filter(named).collect();
    match (found.pop(), found.is_empty()) {
        (Some(life), true) => Ok(life),
        (Some(_), false) => Err(CliError::Input(format!("several automations are called `{automation}`: give the id"))),
        (None, _) => {
            let list = format!("mandate automation list --as {}", quoted(&who.to_string()));
            Err(CliError::Input(format!("there is no automation `{automation}`: see `{list}`")))
        }
    }
}

/// What a person may see, without what is deleted.
pub(super) async fn visible(home: &Home, who: &PrincipalId) -> CliResult<Vec<Life>> {
    home.known(who).await?;
    let mut visible = home.service.visible(who).await.map_err(CliError::unavailable)?;
    visible.retain(|life| !life.automation.deleted);
    Ok(visible)
}
