//! `mandate team`: who is in which team.

use mandate_model::PrincipalId;
use mandate_service::Removal;

use super::{foresee, home, principal, stopped};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
};

/// Who, and in which team.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Who: `user:ana`, or a team within the team
    #[arg(value_parser = principal)]
    who: PrincipalId,
    /// Which team: `team:emea`
    #[arg(value_parser = principal)]
    team: PrincipalId,
}

/// What to do with teams.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Put somebody into one: what it manages and was granted is theirs from then on
    Add(Which),
    /// Take somebody out of one; through another team they may still be in it
    Remove {
        #[command(flatten)]
        which: Which,
        /// Show what would become of automations and of who may do what, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List who is in which themself
    List,
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::List => list(&home).await,
        Verb::Add(Which { who, team }) => {
            let new = home.embedded.join_team(&who, &team).await.map_err(CliError::input)?;
            let already = if new { "" } else { " already" };
            outln!("{who} is in {team}{already}");
            Ok(())
        }
        Verb::Remove { which: Which { who, team }, dry_run } => {
            let none = format!("{who} is not in {team} themself: see `mandate team list`");
            if dry_run {
                return foresee::show(&home, &Removal::Team(who, team), &none).await;
            }
            if !home.embedded.leave_team(&who, &team).await.map_err(CliError::input)? {
                return Err(CliError::Input(none));
            }
            outln!("{who} is not in {team} any more");
            stopped(&home).await
        }
    }
}

async fn list(home: &Home) -> CliResult {
    let members = home.embedded.team_members().await.map_err(CliError::unavailable)?;
    if members.is_empty() {
        outln!("nobody is in a team");
    }
    for (team, member) in members {
        outln!("{team}  {member}");
    }
    Ok(())
}
