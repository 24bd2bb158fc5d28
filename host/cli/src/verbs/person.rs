//! `mandate person`: what concerns somebody, whether they are active, and handing over what runs as them.

mod contact;

use mandate_governance::Life;
use mandate_model::{PrincipalId, PrincipalKind};
use mandate_service::{Removal, Roles as _, ServiceError};

use super::{foresee, home, principal, stopped};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// What to do about a person.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Show what runs as them, what they manage, and what is evaluated as them because it tells them
    Show {
        /// Whose
        #[arg(value_parser = principal)]
        person: PrincipalId,
        /// Who looks: only automations that they may see. Default: the operator, who sees all
        #[arg(long = "as", value_name = "VIEWER", value_parser = principal)]
        who: Option<PrincipalId>,
    },
    /// Say where somebody gets mail beside their inbox
    Mail(contact::MailArgs),
    /// Say where somebody gets signed requests beside their inbox
    Webhook(contact::WebhookArgs),
    /// Let somebody act again; what was stopped stays stopped
    Activate {
        /// Whom
        #[arg(value_parser = principal)]
        person: PrincipalId,
    },
    /// Let somebody neither act nor be told things any more
    Deactivate {
        /// Whom
        #[arg(value_parser = principal)]
        person: PrincipalId,
        /// Show what would become of automations, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Hand everything that runs as somebody over to another, for whom it is off until they turn it on
    HandOver {
        /// From whom; they may be deactivated
        #[arg(value_parser = principal)]
        from: PrincipalId,
        /// To whom. Default: the `successor` of the site's policy
        #[arg(long, value_name = "SUCCESSOR", value_parser = principal)]
        to: Option<PrincipalId>,
        /// Who does it; what they may not see or take stays as it is
        #[arg(long = "as", value_name = "ADMIN", value_parser = principal)]
        who: PrincipalId,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::Show { person, who } => show(&home, &person, who.as_ref()).await,
        Verb::Mail(args) => contact::mail(&home, args).await,
        Verb::Webhook(args) => contact::webhook(&home, args).await,
        Verb::Activate { person } => {
            home.embedded.set_active(&person, true).await.map_err(CliError::input)?;
            outln!("{person} is active");
            Ok(())
        }
        Verb::Deactivate { person, dry_run } => deactivate(&home, person, dry_run).await,
        Verb::HandOver { from, to, who } => hand_over(&home, &from, to.as_ref(), &who).await,
    }
}

async fn show(home: &Home, person: &PrincipalId, viewer: Option<&PrincipalId>) -> CliResult {
    there(home, person).await?;
    if let Some(viewer) = viewer {
        home.known(viewer).await?;
    }
    let inventory = home.service.inventory(person, viewer).await.map_err(CliError::unavailable)?;
    outln!("runs as {person}:");
    list(inventory.runs_as.iter().map(|life| (foresee::line(life), consent(life))));
    outln!("managed by {person}:");
    list(inventory.manages.iter().map(|(life, named)| (foresee::line_with_run_as(life), through(named, person))));
    outln!("evaluated as {person}, because it tells them:");
    list(inventory.reads_as.iter().map(|(life, named)| (foresee::line_with_run_as(life), through(named, person))));
    if !inventory.may_read_as.is_empty() {
        outln!("evaluated as {person} too, whenever a column of the row names them:");
        list(inventory.may_read_as.iter().map(|life| (foresee::line_with_run_as(life), String::new())));
    }
    Ok(())
}

fn list(lines: impl Iterator<Item = (String, String)>) {
    let mut any = false;
    for (line, more) in lines {
        outln!("  {line}{more}");
        any = true;
    }
    if !any {
        outln!("  nothing");
    }
}

fn consent(life: &Life) -> String {
    if life.consent.is_some() { String::new() } else { ", without their consent".to_owned() }
}

fn through(named: &PrincipalId, person: &PrincipalId) -> String {
    if named == person { String::new() } else { format!(", through {named}") }
}

async fn deactivate(home: &Home, person: PrincipalId, dry_run: bool) -> CliResult {
    there(home, &person).await?;
    if dry_run {
        let none = format!("{person} is deactivated already");
        return foresee::show(home, &Removal::Active(person), &none).await;
    }
    home.embedded.set_active(&person, false).await.map_err(CliError::input)?;
    outln!("{person} is deactivated");
    stopped(home).await?;
    let left = home.service.inventory(&person, None).await.map_err(CliError::unavailable)?.runs_as.len();
    let choices = home.service.choices(home.embedded.site()).await.map_err(CliError::unavailable)?;
    let to =
        if choices.successor.as_ref().is_some_and(|successor| *successor != person) { "" } else { " --to SUCCESSOR" };
    if left > 0 {
        outln!("{left} automation(s) run as them: `mandate person hand-over {person}{to} --as ADMIN` moves them");
    }
    if choices.successor == Some(person) {
        outln!("they are the default successor of the site: name another in its policy");
    }
    Ok(())
}

async fn hand_over(home: &Home, from: &PrincipalId, to: Option<&PrincipalId>, who: &PrincipalId) -> CliResult {
    there(home, from).await?;
    home.known(who).await?;
    let done = home.service.hand_over(who, from, to).await.map_err(|error| match error {
        none @ ServiceError::NoDefaultSuccessor(_) => CliError::Input(format!("{none}, with `--to PERSON`")),
        other => CliError::input(other),
    })?;
    let (to, mut refused) = (done.to, 0);
    for (id, moved) in &done.automations {
        let life = home.service.automation(id).await.map_err(CliError::unavailable)?;
        let name = inert(&life.automation.name);
        match moved {
            Ok(()) => outln!("`{name}` runs as {to} once they turn it on"),
            Err(refusal) => {
                refused += 1;
                outln!("`{name}` stays: {}", inert(&refusal.to_string()));
            }
        }
    }
    if done.automations.is_empty() {
        outln!("nothing runs as {from} that {who} may see");
    }
    if refused == 0 { Ok(()) } else { Err(CliError::Failed(format!("{refused} automation(s) were not handed over"))) }
}

/// Refuses who is no person here; somebody deactivated is one.
async fn there(home: &Home, person: &PrincipalId) -> CliResult {
    let known = home.embedded.standing(person).await.map_err(CliError::unavailable)?.is_some();
    if known && person.kind() == PrincipalKind::User {
        Ok(())
    } else {
        Err(CliError::Input(format!("there is no person `{person}`")))
    }
}
