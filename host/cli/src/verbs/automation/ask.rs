//! Asking governance, and saying what came of it.

use mandate_governance::{Acquisition, Ask, Life, Refused};
use mandate_model::{PrincipalId, VersionId};
use mandate_service::ServiceError;

use super::{Target, find::find, page::Page, words};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
    verbs::reach,
};

/// Asks, and says what happened.
pub(super) async fn ask(home: &Home, target: &Target, make: impl FnOnce(&Life) -> CliResult<Ask>) -> CliResult {
    let life = find(home, target).await?;
    let id = &life.automation.id;
    let happened = home.service.ask(id, &target.who, make(&life)?).await.map_err(refused)?;
    words::say(&life.automation.name, &happened);
    Ok(())
}

/// Asks for what in some sites changes whom it runs as: there with a warning, and only once that is confirmed (FND-18).
pub(super) async fn ask_confirmed(
    home: &Home,
    target: &Target,
    confirm: bool,
    make: impl Fn(Option<Acquisition>) -> Ask,
) -> CliResult<Life> {
    let life = find(home, target).await?;
    let (id, who) = (&life.automation.id, &target.who);
    let asked = home.service.ask(id, who, make(None)).await;
    let happened = match asked {
        Err(ServiceError::Refused(moves @ Refused::WouldMove { .. })) => {
            let page = Page::of(home, id, who).await?;
            foretell(home, &life, who, &moves).await?;
            let acquisition = confirmed(&moves, &page, life.automation.published.clone(), confirm)?;
            home.service.ask(id, who, make(Some(acquisition))).await
        }
        asked => asked,
    };
    words::say(&life.automation.name, &happened.map_err(refused)?);
    home.service.automation(id).await.map_err(refused)
}

/// What it would touch as whom it would come to run as, against now (FIL-21).
async fn foretell(home: &Home, life: &Life, who: &PrincipalId, moves: &Refused) -> CliResult {
    if let (Refused::WouldMove { to, .. }, Some(_)) = (moves, &life.automation.published) {
        let reach = home.service.reach_as(&life.automation.id, who, to).await.map_err(refused)?;
        reach::tell(&life.automation.name, &reach);
    }
    Ok(())
}

/// Shows what would run as the actor; what they confirm by it, if they do.
fn confirmed(moves: &Refused, page: &Page, version: Option<VersionId>, confirm: bool) -> CliResult<Acquisition> {
    page.print();
    match moves {
        Refused::WouldMove { from, to } if confirm => {
            Ok(Acquisition { expected: from.clone(), new: to.clone(), version })
        }
        other => Err(CliError::Input(repeat(&other.to_string()))),
    }
}

/// A warning, and how to go on.
pub(super) fn repeat(warning: &str) -> String {
    format!("nothing changed: {warning}; to confirm it, repeat the command with `--confirm`")
}

/// The published version, to decide on.
pub(super) fn published(life: &Life) -> CliResult<VersionId> {
    life.automation.published.clone().ok_or_else(|| CliError::input(Refused::Unpublished))
}

/// Why something was refused; of settings, where to find which there are.
pub(super) fn refused(error: ServiceError) -> CliError {
    match error {
        ServiceError::Settings(text) => CliError::Input(format!(
            "{text}: `mandate inspect PLUGIN` shows which it takes; give them with `mandate run … --settings JSON`, in the \
             fixture's automation, or in a draft"
        )),
        ServiceError::Store(_) | ServiceError::Unavailable(_) => CliError::unavailable(error),
        other => CliError::input(other),
    }
}

/// A name as it is shown.
pub(super) fn called(life: &Life) -> String {
    format!("`{}`", inert(&life.automation.name))
}
