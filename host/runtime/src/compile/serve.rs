//! The compiling process from within: one question, one answer, and the end.

use std::{
    io::{self, Read as _, Write as _},
    process::ExitCode,
    thread,
    time::Duration,
};

use wasmtime::component::Component;

use super::{
    confined::Confined,
    wire::{Answer, Ask, PREFIX, lengths, prefix},
};
use crate::{engine::Isolation, plugin::LoadError, sandbox::Sandbox, ticker::Ticker};

/// Between two ticks of the clock that a plugin's deadline is counted in.
const TICK: Duration = Duration::from_millis(10);
/// How it ends when whoever asked is gone.
const ALONE: i32 = 70;

/// Compiles the one component that comes by standard input, and answers by standard output: all that the program of a
/// [`Child`](super::Child) has to do. Not to be called where async code runs. What it says by standard error is for the operator.
pub fn serve() -> ExitCode {
    match answered() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody listens any more, there is nobody to tell.
            let _ = writeln!(io::stderr(), "the compiler: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answered() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut lengths_of = [0; PREFIX];
    input.read_exact(&mut lengths_of)?;
    let (head, body) = lengths(lengths_of).ok_or(io::ErrorKind::InvalidData)?;
    let ask: Ask = serde_json::from_slice(&read(&mut input, head)?)?;
    let confined = Confined::new(&ask)?;
    let component = read(&mut input, body)?;
    drop(input);
    end_with_who_asked()?;
    let (answer, code) = answer(&ask, &component, &confined)?;
    let head = serde_json::to_vec(&answer)?;
    let lengths = prefix(&head, &code).ok_or(io::ErrorKind::InvalidData)?;
    let mut output = io::stdout().lock();
    output.write_all(&lengths)?;
    output.write_all(&head)?;
    output.write_all(&code)?;
    output.flush()
}

fn read(input: &mut impl io::Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Whoever asked keeps standard input open while they wait: that it ends means that they are gone, whatever of.
fn end_with_who_asked() -> io::Result<()> {
    let wait = || {
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(ALONE);
    };
    thread::Builder::new().spawn(wait).map(drop)
}

/// The answer, and the code that belongs to it.
fn answer(ask: &Ask, component: &[u8], confined: &Confined) -> io::Result<(Answer, Vec<u8>)> {
    // Code does not depend on where instances live; what a pool reserves for many would not fit.
    let sandbox = Sandbox::new(ask.limits, Isolation::Strict, None).map_err(io::Error::other)?;
    let component = match Component::from_binary(sandbox.engine(), component) {
        Ok(component) => component,
        Err(error) => return Ok((refused(&error, Answer::Compile), vec![])),
    };
    let code = match component.serialize() {
        Ok(code) => code,
        Err(error) => return Ok((refused(&error, Answer::Compile), vec![])),
    };
    if code.len() as u64 > super::wire::BODY {
        let most = super::wire::BODY;
        return Ok((Answer::Compile(format!("its code has {} bytes, and {most} are allowed", code.len())), vec![]));
    }
    confined.room_for_a_guest()?;
    let _ticker = Ticker::start(&sandbox, TICK);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    Ok(match runtime.block_on(sandbox.ask(&component, &ask.phases)) {
        Ok(manifest) => (Answer::Compiled(manifest), code),
        Err(LoadError::Link(text)) => (Answer::Link(text), vec![]),
        Err(error) => (Answer::Describe(said(&error)), vec![]),
    })
}

fn said(error: &LoadError) -> String {
    match error {
        LoadError::Describe(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A refusal in the engine's words, unless it is that there was no memory for what it had to do.
fn refused(error: &wasmtime::Error, told: impl FnOnce(String) -> Answer) -> Answer {
    let without_memory = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::OutOfMemory)
    };
    if error.chain().any(without_memory) { Answer::Memory } else { told(format!("{error:#}")) }
}
