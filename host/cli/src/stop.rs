//! Being told to end.

use mandate_service::Left;

use crate::failure::CliError;

/// Microseconds that what runs has to finish, once this process is told to end.
pub(crate) const GRACE: i64 = 5_000_000;

/// Returns once somebody wants this process to end: Ctrl-C (SIGINT), or SIGTERM.
pub(crate) async fn wanted() {
    tokio::select! {
        () = interrupted() => {}
        () = terminated() => {}
    }
}

async fn interrupted() {
    // Where the signal cannot be waited for, it ends the process as it always did.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signals) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signals.recv().await;
        return;
    }
    std::future::pending::<()>().await;
}

/// What is said of what was not done.
pub(crate) fn left(left: Left) -> CliError {
    let Left { events, runs, parts, given_back } = left;
    CliError::Stopped(format!(
        "told to end before everything was done: {events} events, {runs} runs and {parts} parts are left, of which {given_back} \
         were under way and begin again; what is left is kept in the store, and is done by the next command that changes a row"
    ))
}
