//! A folder with a store in which one thing is about to happen, its sink, and the processes that work on it.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use mandate_crash::world::{DEAL, World};
use mandate_model::Change;
use tempfile::TempDir;

use crate::oracle::Db;

/// What ana's automation does: it asks for an operation whose keys are honoured, or for one whose keys are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    Honoured,
    Unhonoured,
}

/// What each case starts from, made once: eve was told of dan's automation before, and now ana's has a deal to act on and to tell
/// bob and cleo about.
static BASES: [OnceLock<TempDir>; 2] = [OnceLock::new(), OnceLock::new()];

fn base(asks: Asks) -> &'static Path {
    BASES[asks as usize]
        .get_or_init(|| {
            let folder = TempDir::new().unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(make(folder.path(), asks));
            folder
        })
        .path()
}

async fn make(folder: &Path, asks: Asks) {
    let world = World::create(folder).await.unwrap();
    let phases = match asks {
        Asks::Honoured => "condition action notification",
        Asks::Unhonoured => "condition action notification ring_bell",
    };
    let told = "condition notification";
    world.automation(told, "user:dan", &["user:dan", "user:eve"], Change::Updated).await.unwrap();
    world.add("d0").await.unwrap();
    world.change("d0").await.unwrap();
    world.settle().await.unwrap();
    world.automation(phases, "user:ana", &["team:sales"], Change::Added).await.unwrap();
    world.add(DEAL).await.unwrap();
    world.close().await;
}

/// How a worker ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// It did all that there was to do, in these durable steps.
    Well(Vec<String>),
    /// It ended itself.
    Killed,
}

pub struct Bench {
    folder: TempDir,
    sink: Child,
    address: String,
    /// Parts that a worker evaluates at the same time.
    pub concurrency: usize,
    /// Whether workers forget the keys of effects.
    pub forgets_keys: bool,
    /// What the base is.
    pub asks: Asks,
}

impl Bench {
    /// What is about to happen in the base, with a sink that is told how to behave.
    pub fn new(sink: &[&str]) -> Self {
        Self::of(Asks::Honoured, sink)
    }

    /// The same, of an automation that asks for this operation.
    pub fn of(asks: Asks, sink: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["store.db", "platform.db"] {
            std::fs::copy(base(asks).join(name), folder.path().join(name)).unwrap();
        }
        let mut bench = Self::over(folder, sink);
        bench.asks = asks;
        bench
    }

    /// The automations of these scripts are all ana's and tell bob; a deal is added.
    pub fn with(scripts: &[&str]) -> Self {
        Self::telling("user:bob", scripts)
    }

    /// The same, where they tell somebody else.
    pub fn telling(recipient: &str, scripts: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::create(folder.path()).await.unwrap();
            for script in scripts {
                world.automation(script, "user:ana", &[recipient], Change::Added).await.unwrap();
            }
            world.add(DEAL).await.unwrap();
            world.close().await;
        });
        Self::over(folder, &[])
    }

    fn over(folder: TempDir, sink: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crash-sink"));
        command.arg(folder.path().join("sink.log")).args(sink).stdout(Stdio::piped());
        let mut sink = command.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(sink.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self {
            folder,
            sink,
            address: address.trim().to_owned(),
            concurrency: 1,
            forgets_keys: false,
            asks: Asks::Honoured,
        }
    }

    /// A process that works, and ends itself at step `kill`; 0: at none.
    pub fn worker(&self, kill: usize) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crash-worker"));
        command.arg(self.folder.path()).arg(&self.address).args([self.concurrency.to_string(), kill.to_string()]);
        if self.forgets_keys {
            command.arg("--forgets-keys");
        }
        command
    }

    /// Lets a [worker](Bench::worker) work to its end.
    pub fn work(&self, kill: usize) -> Ended {
        let output = self.worker(kill).output().unwrap();
        match output.status.code() {
            Some(0) => Ended::Well(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()),
            Some(code) => panic!("the worker failed with {code}: {}", String::from_utf8_lossy(&output.stderr)),
            None => Ended::Killed,
        }
    }

    /// What the store answers, row by row, as text.
    pub fn store(&self, sql: &str) -> Vec<Vec<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Db::open(self.path("store.db")).await;
            let rows = store.rows(sql).await;
            store.close().await;
            rows
        })
    }

    /// A file of the case.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a file of its base is called.
    pub fn before(&self, name: &str) -> PathBuf {
        base(self.asks).join(name)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.sink.kill();
        let _ = self.sink.wait();
    }
}
