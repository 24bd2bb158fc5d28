//! The socket, and what runs beside it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, middleware};
use tokio::{net::TcpListener, sync::watch};

use crate::{app::App, connections, idempotency, live, panics, protect, table};

/// How long a pass over the store waits for something to wake it, at most: a platform may change without telling.
const LOOK_AGAIN: i64 = 1_000_000;
/// How long after the last time it is looked again whether automations lost a power while nothing runs: a platform may take rights
/// away without telling. Before something runs, it is asked anyway.
const RECHECK: i64 = 300_000_000;
/// How long requests that are being answered may take once the server is told to end.
const GRACE: Duration = Duration::from_secs(5);

/// Why a server ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket cannot be used.
    #[error("cannot serve: {0}")]
    Socket(#[from] std::io::Error),
    /// In demo mode, everybody can become anybody: not for other machines.
    #[error("the demo is for this machine alone: listen on a loopback address such as 127.0.0.1, not on `{0}`")]
    DemoInPublic(SocketAddr),
    /// Cookies and tokens would be for everybody on the way to read.
    #[error(
        "without TLS this is for this machine alone: listen on a loopback address such as 127.0.0.1, not on `{0}`; for \
         others, let a proxy that speaks TLS stand before it, and say with `--origin https://…` how people reach that"
    )]
    WithoutTls(SocketAddr),
    /// The store cannot be used any more.
    #[error(transparent)]
    Service(#[from] mandate_service::ServiceError),
}

/// Answers requests on `listener` and runs automations, until `stop` returns. Afterwards nothing is under way: what runs has some
/// seconds to end, and is given back if it does not.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    may_listen(address, app.is_demo(), app.is_secure())?;
    let (ending, ended) = watch::channel(false);
    let runs = tokio::spawn(run(app.clone(), ended.clone()));
    let looks = tokio::spawn(live::rounds(app.clone()));
    let rechecks = tokio::spawn(recheck(app.clone(), ended.clone()));
    let mut answers = tokio::spawn(connections::answer(listener, router(app.clone()), ended.clone()));
    stop.await;
    let _ = ending.send(true);
    // Who listens is an answer that would not end by itself.
    app.live.end();
    // Who keeps a connection open does not keep the server.
    if tokio::time::timeout(GRACE, &mut answers).await.is_err() {
        answers.abort();
    }
    let grace = i64::try_from(GRACE.as_micros()).unwrap_or(i64::MAX);
    app.service.shutdown(app.clock.now().saturating_add(grace)).await?;
    let _ = tokio::join!(runs, looks, rechecks);
    app.store.close().await;
    Ok(())
}

/// Whether this server may be reached at `address`.
fn may_listen(address: SocketAddr, demo: bool, secure: bool) -> Result<(), ServeError> {
    match (address.ip().is_loopback(), demo, secure) {
        (true, ..) | (false, false, true) => Ok(()),
        (false, true, _) => Err(ServeError::DemoInPublic(address)),
        (false, false, false) => Err(ServeError::WithoutTls(address)),
    }
}

/// Does what is due, again and again. A store that cannot be used now is tried again.
async fn run(app: App, mut ended: watch::Receiver<bool>) {
    while !*ended.borrow() {
        let now = app.clock.now();
        let due = match app.service.pass().await {
            Ok(due) => due,
            Err(error) => {
                eprintln!("mandate: what is due could not be run: {error}");
                None
            }
        };
        let again = due.unwrap_or(i64::MAX).clamp(now, now.saturating_add(LOOK_AGAIN));
        tokio::select! {
            () = app.clock.sleep_until(again) => {}
            () = app.woken() => {}
            _ = ended.wait_for(|ended| *ended) => {}
        }
    }
}

/// Stops what lost a declared power, also while it is idle: once the site is governed otherwise, and now and then.
async fn recheck(app: App, mut ended: watch::Receiver<bool>) {
    let mut due = app.clock.now().saturating_add(RECHECK);
    while !*ended.borrow() {
        let now = app.clock.now();
        if now >= due {
            if let Err(error) = app.service.recheck().await {
                eprintln!("mandate: it could not be looked whether automations lost a power: {error}");
            }
            due = app.clock.now().saturating_add(RECHECK);
        }
        // A clock may be set.
        tokio::select! {
            () = app.clock.sleep_until(due.min(now.saturating_add(LOOK_AGAIN))) => {}
            () = app.governed_otherwise() => due = now,
            _ = ended.wait_for(|ended| *ended) => {}
        }
    }
}

/// Everything that is answered.
pub(crate) fn router(app: App) -> Router {
    let (router, routes) = table::table().into_parts();
    let routes = Arc::new(idempotency::repeatable(&routes));
    let once = idempotency::Once { app: app.clone(), routes };
    router
        .fallback(protect::nothing)
        .method_not_allowed_fallback(protect::no_method)
        .layer(middleware::from_fn(panics::answered))
        .layer(middleware::from_fn(protect::at_one_moment))
        .layer(middleware::from_fn_with_state(once, idempotency::once))
        .layer(middleware::from_fn(protect::in_words))
        .layer(middleware::from_fn_with_state(app.clone(), protect::headers))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(address: &str, demo: bool, secure: bool) -> String {
        may_listen(address.parse().unwrap(), demo, secure)
            .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn what_is_not_protected_is_for_this_machine_alone() {
        for here in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80"] {
            for (demo, secure) in [(true, true), (true, false), (false, true), (false, false)] {
                assert_eq!(told(here, demo, secure), "fine", "{here}");
            }
        }
        let demo = "the demo is for this machine alone: listen on a loopback address such as 127.0.0.1, not on `";
        let open =
            "without TLS this is for this machine alone: listen on a loopback address such as 127.0.0.1, not on `";
        for out in ["0.0.0.0:80", "[::]:80", "192.168.1.7:80"] {
            assert!(told(out, true, true).starts_with(demo) && told(out, true, false).starts_with(demo), "{out}");
            assert!(told(out, false, false).starts_with(open), "{out}");
            assert_eq!(told(out, false, true), "fine", "behind a proxy: {out}");
        }
    }
}
