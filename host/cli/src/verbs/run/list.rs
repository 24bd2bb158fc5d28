//! `mandate run list`: the runs in which a person has a part.

use mandate_model::PrincipalId;

use super::{home, subject};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::{inert, time},
};

/// Lists them.
pub(super) async fn run(common: &Common, who: &PrincipalId) -> CliResult {
    let home = home(common).await?;
    home.known(who).await?;
    for view in home.service.runs(who).await.map_err(CliError::unavailable)? {
        outln!("{}  {}  {}  {}", time(view.event.at), view.id, inert(&view.name), inert(&subject(&view.event.subject)));
    }
    Ok(())
}
