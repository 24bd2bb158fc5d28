//! Sandboxes whose compiler is the program of this crate, or a script in its place.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mandate_model::{Secret, SiteId};
use mandate_runtime::{
    cache::{Cache, CodeCache},
    compile::{Child, CompileLimits, Compiler, Progress, Stage},
    engine::Isolation,
    limits::Limits,
    plugin::{LoadError, Plugin},
    sandbox::Sandbox,
};

/// The program that compiles.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_mandate-compile");

/// What is kept, by its key.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Shelf {
    pub(crate) fn kept(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    pub(crate) fn lose(&self) {
        self.0.lock().unwrap().clear();
    }
}

impl CodeCache for Shelf {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(key).cloned()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        self.0.lock().unwrap().insert(key.to_owned(), bytes.to_vec());
    }
}

/// A sandbox with a compiler, and what the compiler left behind.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) shelf: Shelf,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    /// With the program of this crate.
    pub(crate) fn new() -> Self {
        Self::with(CompileLimits::default(), Limits::default(), Isolation::Pooled)
    }

    pub(crate) fn with(compile: CompileLimits, limits: Limits, isolation: Isolation) -> Self {
        Self::of(PROGRAM, &[], compile, limits, isolation)
    }

    /// With a script in the program's place.
    pub(crate) fn script(script: &str, compile: CompileLimits) -> Self {
        Self::of("/bin/sh", &["-c", script], compile, Limits::default(), Isolation::Pooled)
    }

    pub(crate) fn of(
        program: &str,
        arguments: &[&str],
        compile: CompileLimits,
        limits: Limits,
        isolation: Isolation,
    ) -> Self {
        let (shelf, complaints) = (Shelf::default(), Arc::<Mutex<Vec<String>>>::default());
        let heard = Arc::clone(&complaints);
        let log = Arc::new(move |text: &str| heard.lock().unwrap().push(text.to_owned()));
        let cache = Cache { store: Box::new(shelf.clone()), secret: Secret::from_bytes([7; 32]) };
        let compiler = Compiler::Child(Box::new(Child::new(program, arguments, compile, log)), cache);
        Self { sandbox: Sandbox::with_compiler(limits, isolation, compiler).unwrap(), shelf, complaints }
    }

    pub(crate) async fn load(&self, bytes: &[u8]) -> Result<Plugin, LoadError> {
        self.sandbox.load(&acme(), bytes).await
    }

    /// Loads it, and gives the stages that were told.
    pub(crate) async fn told(&self, bytes: &[u8]) -> (Result<Plugin, LoadError>, Vec<Stage>) {
        let stages = Arc::<Mutex<Vec<Stage>>>::default();
        let heard = Arc::clone(&stages);
        let progress = Progress::new(move |stage| heard.lock().unwrap().push(stage));
        let loaded = self.sandbox.load_told(&acme(), bytes, &progress).await;
        let stages = stages.lock().unwrap().clone();
        (loaded, stages)
    }

    /// What the operator is told.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }
}

pub(crate) fn acme() -> SiteId {
    SiteId::parse("acme").unwrap()
}

/// Asserts the code of a refusal and that its message holds all of `parts`.
pub(crate) fn says(error: &LoadError, code: &str, parts: &[&str]) {
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
}
