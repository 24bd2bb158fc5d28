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
    let mut found = vec![];
    visible(home, who, |life| found.extend(Some(life).filter(named))).await?;
    match (found.pop(), found.is_empty()) {
        (Some(life), true) => Ok(life),
        (Some(_), false) => Err(CliError::Input(format!("several automations are called `{automation}`: give the id"))),
        (None, _) => {
            let list = format!("mandate automation list --as {}", quoted(&who.to_string()));
            Err(CliError::Input(format!("there is no automation `{automation}`: see `{list}`")))
        }
    }
}

/// Each that a person may see, without what is deleted.
pub(super) async fn visible(home: &Home, who: &PrincipalId, mut each: impl FnMut(Life)) -> CliResult {
    home.known(who).await?;
    let kept = |life: Life| {
        if !life.automation.deleted {
            each(life);
        }
    };
    home.service.each_visible(who, kept).await.map_err(CliError::unavailable)
}
