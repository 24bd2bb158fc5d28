//! `mandate inbox mute|unmute|opt-out|opt-in|wishes`: how somebody wants to be told by an automation.

use mandate_governance::Refused;
use mandate_model::AutomationId;
use mandate_service::{ServiceError, Wish};

use super::{Muting, Whose, Wishing, told};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// The automation that is meant: by its id, or by a message of the person.
async fn automation(home: &Home, wishing: &Wishing) -> CliResult<AutomationId> {
    let who = &wishing.whose.who;
    home.known(who).await?;
    match AutomationId::parse(&wishing.id) {
        Ok(id) => Ok(id),
        Err(_) => Ok(home.service.message(who, &wishing.id).await.map_err(told)?.0.automation),
    }
}

/// Mutes an automation, by one way or by all.
pub(super) async fn mute(home: &Home, muting: &Muting, muted: bool) -> CliResult {
    let Some(way) = muting.by else {
        return set(home, &muting.wishing, if muted { Wish::Muted } else { Wish::Told }).await;
    };
    let (automation, who) = (automation(home, &muting.wishing).await?, &muting.wishing.whose.who);
    home.service.wish(who, &automation).await.map_err(unknown)?;
    home.embedded.mute(who, way, &automation, muted).await.map_err(CliError::unavailable)?;
    let way = way.as_str();
    if muted {
        outln!("{who} gets what automation {automation} tells no longer by {way}");
    } else {
        outln!("{who} gets what automation {automation} tells by {way} too");
    }
    Ok(())
}

/// Says how somebody wants to be told.
pub(super) async fn set(home: &Home, wishing: &Wishing, wish: Wish) -> CliResult {
    let (automation, who) = (automation(home, wishing).await?, &wishing.whose.who);
    home.service.set_wish(who, &automation, wish).await.map_err(unknown)?;
    match wish {
        Wish::Told => outln!("{who} gets what automation {automation} tells"),
        Wish::Muted => outln!("{who} gets what automation {automation} tells in the inbox alone, as read"),
        Wish::OptedOut => outln!("{who} gets nothing of automation {automation} any more"),
    }
    Ok(())
}

/// Lists what tells somebody something, and how they want it.
pub(super) async fn list(home: &Home, whose: &Whose) -> CliResult {
    home.known(&whose.who).await?;
    for teller in home.service.tellers(&whose.who).await.map_err(CliError::of)? {
        outln!("{:<9}  {}  {}", teller.wish.as_str(), teller.automation, inert(&teller.name));
    }
    Ok(())
}

/// An automation that is not theirs to know of is wrong input, whether or not there is one.
fn unknown(error: ServiceError) -> CliError {
    match error {
        ServiceError::Refused(Refused::Unknown) => CliError::input(error),
        error => CliError::of(error),
    }
}
