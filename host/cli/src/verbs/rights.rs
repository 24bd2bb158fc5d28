//! `mandate rights`: what a person may see and change in a dataset, as the policies come to now.

use mandate_model::PrincipalId;

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::inert,
};

/// Whose rights on what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose: `user:ana` or `team:emea`
    #[arg(value_parser = principal)]
    who: PrincipalId,
    /// On which dataset
    dataset: String,
}

/// Shows them.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = home(common).await?;
    let rights = home.embedded.explain(&args.who, &args.dataset).await.map_err(CliError::input)?;
    outln!("{} on `{}` now:", args.who, inert(&args.dataset));
    for (right, rows) in rights.rows {
        outln!("  {:<8} {}", right.as_str(), inert(&rows));
    }
    outln!("  sees     {}", rights.reads.join(", "));
    outln!("  may set  {}", rights.writes.join(", "));
    Ok(())
}
