//! Does all that there is to do in a folder, and prints each durable step; ends itself at one of them if told so. On SIGTERM it stops
//! in good order, says what is left, and ends with code 4.
//! `crash-worker FOLDER SINK CONCURRENCY KILL [--forgets-keys]`; KILL 0: never.

use std::path::Path;

use anyhow::{Context as _, bail};
use mandate_crash::{
    steps,
    world::{Mutation, World},
};
use tokio::signal::unix::{SignalKind, signal};

async fn terminated() {
    if let Ok(mut signals) = signal(SignalKind::terminate()) {
        signals.recv().await;
    }
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, sink, concurrency, kill, more @ ..] = words.as_slice() else {
        bail!("crash-worker FOLDER SINK CONCURRENCY KILL [--forgets-keys]")
    };
    let mutation = if more.is_empty() { Mutation::None } else { Mutation::ForgetsKeys };
    steps::count(Some(kill.parse()?))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(async {
        let sink = sink.parse().context("the sink's address")?;
        let world = World::open(Path::new(folder), sink, mutation, concurrency.parse()?).await?;
        let left = world.settle_until(terminated).await?;
        world.close().await;
        anyhow::Ok(left)
    })?;
    if !left.is_nothing() {
        println!("{} parts are left, {} were given back", left.parts, left.given_back);
        std::process::exit(4);
    }
    for name in steps::names() {
        println!("{name}");
    }
    Ok(())
}
