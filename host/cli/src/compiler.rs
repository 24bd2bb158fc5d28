//! The compiler: this program once more, in a process of its own for each component.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use mandate_model::Secret;
use mandate_runtime::{
    cache::{Cache, CodeCache},
    compile::{Child, CompileLimits, Compiler},
    engine::Isolation,
    limits::Limits,
    plugin::LoadError,
    sandbox::Sandbox,
};

use crate::{
    failure::{CliError, CliResult},
    show,
};

/// The one argument that makes this program the compiler. It is no verb of the command line: nobody types it.
pub(crate) const ARGUMENT: &str = "compile-one";

/// Where Linux shows this very program, even if the file has been replaced since, which would be of another build.
const SELF: &str = "/proc/self/exe";

/// Whether this process was started to compile.
pub(crate) fn is_wanted() -> bool {
    std::env::args_os().skip(1).eq([ARGUMENT])
}

/// A compiler whose code is kept in `cache`.
pub(crate) fn with(cache: Cache) -> CliResult<Compiler> {
    let child = Child::new(program()?, &[ARGUMENT], CompileLimits::default(), Arc::new(complain));
    Ok(Compiler::Child(Box::new(child), cache))
}

/// A sandbox without a store: code is kept as long as it lives.
pub(crate) fn sandbox(isolation: Isolation) -> CliResult<Sandbox> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(CliError::unavailable)?;
    let cache = Cache { store: Box::new(InMemory::default()), secret: Secret::from_bytes(secret) };
    Sandbox::with_compiler(Limits::default(), isolation, with(cache)?).map_err(CliError::unavailable)
}

fn program() -> CliResult<PathBuf> {
    let program = Path::new(SELF);
    if program.exists() { Ok(program.to_owned()) } else { std::env::current_exe().map_err(CliError::unavailable) }
}

/// What is said of a component that is not loaded: wrong input, unless the compiler itself failed.
pub(crate) fn refused(error: &LoadError, told: String) -> CliError {
    match error {
        LoadError::Compiler(fault) if fault.is_passing() => CliError::Unavailable(told),
        _ => CliError::Input(told),
    }
}

/// What a compiler said that gave no answer, for the operator.
fn complain(text: &str) {
    if !text.is_empty() {
        eprint!("mandate: the compiler said:\n{}", show::lines(text, "  "));
    }
}

/// Code that is kept as long as this process lives.
#[derive(Default)]
struct InMemory(Mutex<BTreeMap<String, Vec<u8>>>);

impl CodeCache for InMemory {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), bytes.to_vec());
    }
}
