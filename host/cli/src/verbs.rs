//! The verbs: one file each.

pub(crate) mod admin;
pub(crate) mod automation;
pub(crate) mod delivery;
pub(crate) mod demo;
pub(crate) mod event;
pub(crate) mod fixture;
mod foresee;
pub(crate) mod grant;
pub(crate) mod inbox;
pub(crate) mod inspect;
pub(crate) mod operation;
pub(crate) mod person;
pub(crate) mod plugin;
pub(crate) mod policy;
pub(crate) mod reach;
mod rehearsed;
pub(crate) mod rights;
pub(crate) mod role;
pub(crate) mod row;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod team;

use mandate_governance::Happening;
use mandate_model::PrincipalId;

use crate::{
    args::{Cli, Common, Verb},
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> CliResult {
    let common = cli.common;
    match cli.verb {
        Verb::Fixture(verb) => fixture::run(&common, verb).await,
        Verb::Plugin(verb) => plugin::run(&common, verb).await,
        Verb::Automation(verb) => automation::run(&common, verb).await,
        Verb::Policy(verb) => Box::pin(policy::run(&common, verb)).await,
        Verb::Event(verb) => event::run(&common, verb).await,
        Verb::Row(verb) => row::run(&common, verb).await,
        Verb::Grant(verb) => Box::pin(grant::run(&common, verb)).await,
        Verb::Role(verb) => Box::pin(role::run(&common, verb)).await,
        Verb::Team(verb) => Box::pin(team::run(&common, verb)).await,
        Verb::Person(verb) => Box::pin(person::run(&common, verb)).await,
        Verb::Reach(args) => reach::run(&common, args).await,
        Verb::Rights(args) => rights::run(&common, args).await,
        Verb::Delivery(verb) => delivery::run(&common, verb).await,
        Verb::Operation(verb) => operation::run(&common, verb).await,
        Verb::Inbox(args) => inbox::run(&common, args).await,
        Verb::Run(args) => run::run(&common, args).await,
        Verb::Admin(verb) => Box::pin(admin::run(&common, verb)).await,
        Verb::Serve(args) => Box::pin(serve::run(&common, args)).await,
        Verb::Inspect(args) => inspect::run(&common, args).await,
        Verb::Demo(args) => Box::pin(demo::run(&common, args)).await,
    }
}

/// The store that the command line names.
async fn home(common: &Common) -> CliResult<Home> {
    Home::open(&common.store, common.options()).await
}

/// A principal as an argument.
fn principal(text: &str) -> Result<PrincipalId, String> {
    PrincipalId::parse(text).map_err(|error| error.to_string())
}

/// After rights changed: stops what runs as somebody who lost a declared power, and says what stopped.
async fn stopped(home: &Home) -> CliResult {
    for id in home.service.recheck().await.map_err(CliError::unavailable)? {
        let life = home.service.automation(&id).await.map_err(CliError::unavailable)?;
        let told = home.service.happenings(&id).await.map_err(CliError::unavailable)?;
        let lost = told.into_iter().rev().find_map(|(_, _, happening)| match happening {
            Happening::Stopped { lost } => Some(lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
            _ => None,
        });
        outln!("`{}` was stopped: {}", inert(&life.automation.name), inert(&lost.unwrap_or_default()));
    }
    Ok(())
}
