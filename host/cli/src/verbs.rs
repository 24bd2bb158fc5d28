//! The verbs: one file each.

pub(crate) mod automation;
pub(crate) mod demo;
pub(crate) mod fixture;
pub(crate) mod grant;
pub(crate) mod inbox;
pub(crate) mod inspect;
pub(crate) mod plugin;
pub(crate) mod rights;
pub(crate) mod row;
pub(crate) mod run;

use mandate_model::PrincipalId;

use crate::{
    args::{Cli, Common, Verb},
    failure::CliResult,
    home::Home,
};

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> CliResult {
    let common = cli.common;
    match cli.verb {
        Verb::Fixture(verb) => fixture::run(&common, verb).await,
        Verb::Plugin(verb) => plugin::run(&common, verb).await,
        Verb::Automation(verb) => automation::run(&common, verb).await,
        Verb::Row(verb) => row::run(&common, verb).await,
        Verb::Grant(verb) => grant::run(&common, verb).await,
        Verb::Rights(args) => rights::run(&common, args).await,
        Verb::Inbox(args) => inbox::run(&common, args).await,
        Verb::Run(args) => run::run(&common, args).await,
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
