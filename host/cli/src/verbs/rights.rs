//! `mandate rights`: what a person may see and change in a dataset, as the policies come to now.

use mandate_model::{PrincipalId, PrincipalKind};

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
    home.dataset(&args.dataset)?;
    home.known(&args.who).await?;
    let rights = home.embedded.explain(&args.who, &args.dataset).await.map_err(CliError::input)?;
    outln!("{} on `{}` now:", args.who, inert(&args.dataset));
    for (right, rows) in rights.rows {
        outln!("  {:<8} {}", right.as_str(), inert(&rows));
    }
    outln!("  sees     {}", columns(&rights.reads));
    outln!("  may set  {}", columns(&rights.writes));
    if args.who.kind() == PrincipalKind::Team {
        outln!("this is what {} may as itself; its people may what `mandate rights user:…` shows of each", args.who);
    }
    Ok(())
}

fn columns(names: &[String]) -> String {
    if names.is_empty() { "no column".to_owned() } else { names.join(", ") }
}
