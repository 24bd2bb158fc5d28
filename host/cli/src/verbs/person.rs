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
    /// Show what runs as them, what they manage, what is evaluated as them because it tells them, and what tells them without that
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
    /// Let somebody neither act nor be told things any more; what runs as them is handed over first, or left with `--leave`
    Deactivate(Deactivate),
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

/// Who is deactivated, and what becomes of what runs as them.
#[derive(Debug, clap::Args)]
pub(crate) struct Deactivate {
    /// Whom
    #[arg(value_parser = principal)]
    person: PrincipalId,
    /// Show what would become of automations, and change nothing
    #[arg(long, conflicts_with_all = ["to", "who", "leave"])]
    dry_run: bool,
    /// Who takes over what runs as them. Default: the `successor` of the site's policy
    #[arg(long, value_name = "SUCCESSOR", value_parser = principal, requires = "who")]
    to: Option<PrincipalId>,
    /// Who hands it over; what they may not see or take stays as it is
    #[arg(long = "as", value_name = "ADMIN", value_parser = principal)]
    who: Option<PrincipalId>,
    /// Leave what is not handed over: it does not run any more
    #[arg(long)]
    leave: bool,
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
        Verb::Deactivate(args) => deactivate(&home, args).await,
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
    if !inventory.told_by.is_empty() {
        outln!("tells {person}, made from what whom it runs as may see:");
        list(inventory.told_by.iter().map(|(life, named)| (foresee::line_with_run_as(life), through(named, person))));
    }
    if !inventory.may_be_told_by.is_empty() {
        outln!("tells {person} so too, whenever a column of the row names them:");
        list(inventory.may_be_told_by.iter().map(|life| (foresee::line_with_run_as(life), String::new())));
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

async fn deactivate(home: &Home, args: Deactivate) -> CliResult {
    let Deactivate { person, dry_run, to, who, leave } = args;
    there(home, &person).await?;
    if dry_run {
        let none = format!("{person} is deactivated already");
        return foresee::show(home, &Removal::Active(person), &none).await;
    }
    let mut left = home.service.inventory(&person, None).await.map_err(CliError::unavailable)?.runs_as;
    if let Some(who) = who.filter(|_| !left.is_empty()) {
        let handed = hand_over(home, &person, to.as_ref(), &who).await;
        // What stays is said; whether that is fine, too, is for `--leave` to say.
        if let (Err(error), false) = (handed, leave) {
            return Err(error);
        }
        left = home.service.inventory(&person, None).await.map_err(CliError::unavailable)?.runs_as;
    }
    let choices = home.service.choices(home.embedded.site()).await.map_err(CliError::unavailable)?;
    let successor = choices.successor.as_ref();
    if !left.is_empty() && !leave {
        return Err(CliError::Input(unsaid(&person, &left, successor.filter(|successor| **successor != person))));
    }
    home.embedded.set_active(&person, false).await.map_err(CliError::input)?;
    outln!("{person} is deactivated");
    stopped(home).await?;
    for life in &left {
        outln!("`{}` still runs as them, and so not any more", inert(&life.automation.name));
    }
    if successor == Some(&person) {
        outln!("they are the default successor of the site: name another in its policy");
    }
    Ok(())
}

/// What runs as somebody who is to leave, and what to say of it (FIL-42).
fn unsaid(person: &PrincipalId, left: &[Life], successor: Option<&PrincipalId>) -> String {
    let names: Vec<String> = left.iter().map(|life| format!("`{}`", inert(&life.automation.name))).collect();
    let to = successor.map_or_else(
        || "`--to SUCCESSOR --as ADMIN`".to_owned(),
        |successor| format!("`--as ADMIN` (to {successor}, or `--to SUCCESSOR`)"),
    );
    format!(
        "{person} is still active: {} run as them. Say who takes that over, with {to}, or leave it, so that it does not run any \
         more, with `--leave`",
        names.join(", ")
    )
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
