//! Connections: so many at a time, and each must send the head of its request in time (W06).

use std::{pin::pin, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// Most connections at a time. Others wait until one has ended: the machine keeps some, and refuses the rest.
const MOST: usize = 1024;
/// How long the head of a request may take to come, and how long a connection is kept that asks for nothing.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of the head of a request.
const HEAD: usize = 64 * 1024;
/// How long nothing is accepted after that failed, as when the machine has no more files.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers what is asked on `listener` until `ended` says so; then what is being answered, and no more.
pub(crate) async fn answer(listener: TcpListener, router: Router, ended: watch::Receiver<bool>) {
    let mut all = JoinSet::new();
    let mut until = ended.clone();
    loop {
        while all.try_join_next().is_some() {}
        let full = all.len() >= MOST;
        tokio::select! {
            Some(_) = all.join_next(), if full => {}
            accepted = listener.accept(), if !full => match accepted {
                Ok((stream, _)) => drop(all.spawn(one(stream, router.clone(), ended.clone()))),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            () = over(&mut until) => break,
        }
    }
    drop(listener);
    while all.join_next().await.is_some() {}
}

/// One connection. How it ends is the client's affair.
async fn one(stream: TcpStream, router: Router, mut ended: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let mut how = http1::Builder::new();
    how.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(HEAD);
    let mut connection = pin!(how.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = over(&mut ended) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Returns once the server is told to end. A sender that is gone means the same.
async fn over(ended: &mut watch::Receiver<bool>) {
    let _ = ended.wait_for(|ended| *ended).await;
}
