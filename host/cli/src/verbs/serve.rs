//! `mandate serve`: the API and the console over a store.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use mandate_server::{Oidc, Options, ServeError, SignIn};
use tokio::net::TcpListener;

use crate::{
    args::Common,
    config,
    failure::{CliError, CliResult},
    home::Home,
    stop,
};

/// Where it listens if nobody says.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7777);

/// Serve the HTTP API and the console, and run automations meanwhile
///
/// Ends on Ctrl-C or SIGTERM: what runs has some seconds to finish, and what is left is done after the next start.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes a free one [default: `listen` of `[server]` in host.toml, or 127.0.0.1:7777]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where people reach it, if something stands in between: scheme, host and port [default: `origin` of `[server]` in host.toml, or
    /// http:// and the address]
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Let anybody be anybody by a switcher, to try things out: on this machine alone
    #[arg(long)]
    demo: bool,
}

/// Serves until it is told to end.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let home = Home::open(&common.store, common.options()).await?;
    let config = config::server(&common.store)?;
    let sign_in = sign_in(args.demo, config.oidc)?;
    let listen = args.listen.or(config.listen).unwrap_or(LISTEN);
    let unusable = |error: std::io::Error| CliError::Unavailable(format!("cannot listen on {listen}: {error}"));
    let listener = TcpListener::bind(listen).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let origin = match args.origin.or(config.origin) {
        Some(origin) => checked(&origin)?,
        None => format!("http://{address}"),
    };
    let options = Options { site: home.embedded.site().clone(), origin: origin.clone(), sign_in };
    let (app, ticker) = home.into_app(&common.store, options).await?;
    outln!("Mandate is at {origin}");
    if args.demo {
        outln!("This is a demo: anybody on this machine can be anybody");
    }
    let served = mandate_server::serve(app, listener, stop::wanted()).await;
    drop(ticker);
    served.map_err(|error| match error {
        ServeError::DemoInPublic(_) | ServeError::WithoutTls(_) => CliError::input(error),
        _ => CliError::unavailable(error),
    })
}

/// How people sign in.
fn sign_in(demo: bool, oidc: Option<Arc<Oidc>>) -> CliResult<SignIn> {
    match (demo, oidc) {
        (true, Some(_)) => Err(CliError::Input(
            "`--demo` lets anybody be anybody, and host.toml says where people sign in (`[server.oidc]`): leave one of \
             them out"
                .to_owned(),
        )),
        (true, None) => Ok(SignIn::Demo),
        (false, Some(oidc)) => Ok(SignIn::Provider(oidc)),
        (false, None) => Ok(SignIn::Nobody),
    }
}

/// An origin as browsers write it.
fn checked(origin: &str) -> CliResult<String> {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(origin.to_lowercase()),
        _ => Err(CliError::Input(format!(
            "`{origin}` is no origin: give scheme, host and port alone, such as https://mandate.example"
        ))),
    }
}
