//! `mandate delivery`: what went out beside inboxes, for the operator.

use mandate_service::DeliveryState;

use super::{home, inbox};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    show::inert,
};

/// What to do about deliveries.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List what was to go out by mail and webhook, to whom, and what the last attempt came to
    List {
        /// Only what was not sent, or perhaps not
        #[arg(long)]
        failed: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Try again whatever was given up, runs among it; what may have been sent is not sent again
    Retry,
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    match verb {
        Verb::Retry => {
            home.service.revive().await.map_err(CliError::unavailable)?;
            home.settle().await
        }
        Verb::List { failed, json } => {
            let mut all = home.service.deliveries().await.map_err(CliError::unavailable)?;
            all.retain(|record| !failed || matches!(record.view.state, DeliveryState::Dead | DeliveryState::Unknown));
            if json {
                outln!("{}", serde_json::to_string_pretty(&all).map_err(CliError::unavailable)?);
                return Ok(());
            }
            for record in &all {
                let detail = record.detail.as_ref().map(|detail| format!(": {}", inert(detail))).unwrap_or_default();
                let (way, state) = (record.view.way.as_str(), inbox::state(&record.view));
                outln!("{}  {} by {way}  {state}; tried {} time(s){detail}", record.id, record.person, record.attempts);
            }
            Ok(())
        }
    }
}
