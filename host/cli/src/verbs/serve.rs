//! `mandate serve`: the API and the console over a store.

use std::net::SocketAddr;

use mandate_server::Options;
use tokio::net::TcpListener;

use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    stop,
};

/// Serve the HTTP API and the console, and run automations meanwhile
///
/// Ends on Ctrl-C or SIGTERM: what runs has some seconds to finish, and what is left is done after the next start.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
    /// Where people reach it, if something stands in between: scheme, host and port [default: http:// and the address]
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Let anybody be anybody by a switcher, to try things out: on this machine alone
    #[arg(long)]
    demo: bool,
}

/// Serves until it is told to end.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = Home::open(&common.store, common.options()).await?;
    let unusable = |error: std::io::Error| CliError::Unavailable(format!("cannot listen on {}: {error}", args.listen));
    let listener = TcpListener::bind(args.listen).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let origin = match args.origin {
        Some(origin) => checked(&origin)?,
        None => format!("http://{address}"),
    };
    let options = Options { site: home.embedded.site().clone(), origin: origin.clone(), demo: args.demo };
    let (app, ticker) = home.into_app(options)?;
    outln!("Mandate is at {origin}");
    if args.demo {
        outln!("This is a demo: anybody on this machine can be anybody");
    }
    let served = mandate_server::serve(app, listener, stop::wanted()).await;
    drop(ticker);
    served.map_err(|error| match error {
        mandate_server::ServeError::DemoInPublic(_) => CliError::input(error),
        _ => CliError::unavailable(error),
    })
}

/// An origin as browsers write it.
fn checked(origin: &str) -> CliResult<String> {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(origin.to_lowercase()),
        _ => Err(CliError::Input(format!(
            "`--origin {origin}` is not one: give scheme, host and port alone, such as https://mandate.example"
        ))),
    }
}
