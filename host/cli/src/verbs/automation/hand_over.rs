//! How an automation comes to run as somebody else: taken, offered and accepted, moved.

use mandate_governance::{Acquisition, Ask, Refused};
use mandate_model::{PrincipalId, VersionId};
use mandate_service::ServiceError;

use super::{
    Target,
    ask::{ask, refused, repeat},
    find::find,
    page::Page,
    principal, switch, words,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    verbs::reach,
};

/// What makes it run as oneself, which nobody does unawares.
#[derive(Debug, clap::Args)]
pub(crate) struct Decision {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// The version that you were shown; refused if another is published by now
    #[arg(long, value_name = "VERSION", value_parser = switch::version)]
    seen: Option<VersionId>,
    /// Confirm that what is shown acts for you from now on; without it nothing changes
    #[arg(long)]
    confirm: bool,
}

/// For whom.
#[derive(Debug, clap::Args)]
pub(crate) struct To {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// To whom
    #[arg(long, value_name = "PRINCIPAL", value_parser = principal)]
    to: PrincipalId,
}

/// Takes it for oneself.
pub(super) async fn take(home: &Home, args: &Decision) -> CliResult {
    let life = find(home, &args.target).await?;
    let prospect = home.service.prospect(&life.automation.id, &args.target.who).await.map_err(refused)?;
    decide(home, args, prospect.acquires_as, |acquisition| Ask::Take { acquisition }).await
}

/// Accepts it.
pub(super) async fn accept(home: &Home, args: &Decision) -> CliResult {
    let life = find(home, &args.target).await?;
    let new = life.automation.offered.unwrap_or_else(|| args.target.who.clone());
    decide(home, args, new, |acquisition| Ask::Accept { acquisition }).await
}

/// Shows what would act for them, and does it once that is confirmed (VEN-11, VEN-13); without that nothing changes (VEN-15).
/// What is published is not asked for unconfirmed to do it: only to learn first of what else stands against it.
async fn decide(home: &Home, args: &Decision, new: PrincipalId, make: impl FnOnce(Acquisition) -> Ask) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let id = &life.automation.id;
    Page::of(home, id, who).await?.print();
    let published = life.automation.published.clone();
    match home.service.reach_as(id, who, &new).await {
        Ok(reach) => reach::tell(&life.automation.name, &reach),
        // Of what is not published, or not theirs to take, there is none: what stands against it is said below.
        Err(ServiceError::Refused(Refused::Unpublished | Refused::Unknown)) => {}
        Err(error) => return Err(refused(error)),
    }
    if !args.confirm && published.is_none() {
        return Err(CliError::Input(repeat(&format!("this makes the automation run as `{new}`"))));
    }
    let version = if args.confirm { args.seen.clone().or(published) } else { None };
    let ask = make(Acquisition { expected: life.automation.run_as.clone(), new, version });
    let happened = match home.service.ask(id, who, ask).await {
        Ok(happened) => happened,
        Err(ServiceError::Refused(unconfirmed @ Refused::NotConfirmed { .. })) => {
            return Err(CliError::Input(repeat(&unconfirmed.to_string())));
        }
        Err(error) => return Err(refused(error)),
    };
    words::say(&life.automation.name, &happened);
    Ok(())
}

/// Makes it run as somebody who has not been asked.
pub(super) async fn push(home: &Home, args: &To) -> CliResult {
    home.known(&args.to).await?;
    let new = args.to.clone();
    ask(home, &args.target, |life| Ok(Ask::Move { expected: life.automation.run_as.clone(), new })).await
}

/// Offers it.
pub(super) async fn offer(home: &Home, args: To) -> CliResult {
    home.known(&args.to).await?;
    ask(home, &args.target, |_| Ok(Ask::Offer { to: Some(args.to) })).await
}

/// Offers it no longer.
pub(super) async fn withdraw(home: &Home, target: &Target) -> CliResult {
    ask(home, target, |_| Ok(Ask::Offer { to: None })).await
}

/// Declines it.
pub(super) async fn decline(home: &Home, target: &Target) -> CliResult {
    ask(home, target, |_| Ok(Ask::Decline)).await
}
