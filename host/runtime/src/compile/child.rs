//! The compiling process from without: started for one component, given little, and killed when its time is over.

use std::{
    ffi::OsString,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
};

use mandate_model::Manifest;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{ChildStdin, Command},
    time::timeout,
};

use super::{
    CompileLimits, CompilerFault, Source,
    line::Line,
    wire::{Answer, Ask, PREFIX, lengths, prefix},
};
use crate::{limits::Limits, plugin::LoadError};

/// Bytes of what it says to the operator that are kept.
const COMPLAINT: u64 = 4 << 10;

/// Where what a compiling process said goes when it gave no answer: for the operator, never for the author. It is bounded, and
/// plain text whose control characters are still in it.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// Starts a process for each component.
pub struct Child {
    program: PathBuf,
    arguments: Vec<OsString>,
    limits: CompileLimits,
    line: Line,
    log: Log,
}

impl Child {
    /// Compiles with `program`, which must be of this very build and call [`serve`](super::serve) when it is given `arguments`.
    pub fn new(program: impl Into<PathBuf>, arguments: &[&str], limits: CompileLimits, log: Log) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Self { program: program.into(), arguments, limits, line: Line::new(limits), log }
    }

    /// Waits for its turn; then the code of a component, and what it says of itself. Dropped, it kills the process.
    pub(super) async fn compile(&self, source: &Source<'_>, limits: &Limits) -> Result<(Manifest, Vec<u8>), LoadError> {
        let _turn = self.line.turn(source.site).await?;
        let CompileLimits { processor, memory, time, .. } = self.limits;
        let ask = Ask { processor, memory, limits: *limits, phases: source.phases.clone() };
        let answered = timeout(time, self.ask(&ask, source.bytes)).await;
        let (answer, code) = answered.unwrap_or(Err(CompilerFault::Time { seconds: time.as_secs() }))?;
        match answer {
            Answer::Compiled(manifest) => Ok((manifest, code)),
            Answer::Compile(text) => Err(LoadError::Compile(text)),
            Answer::Link(text) => Err(LoadError::Link(text)),
            Answer::Describe(text) => Err(LoadError::Describe(text)),
            Answer::Memory => Err(CompilerFault::Memory { bytes: memory }.into()),
        }
    }

    async fn ask(&self, ask: &Ask, component: &[u8]) -> Result<(Answer, Vec<u8>), CompilerFault> {
        let mut child = self.command().spawn().map_err(|error| CompilerFault::NotStarted(error.to_string()))?;
        let (Some(mut input), Some(output), Some(complaint)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(CompilerFault::BrokeOff);
        };
        // Its input stays open until it has answered: that it ends tells the process that nobody waits for it.
        let ((), answer, complaint) = tokio::join!(send(&mut input, ask, component), receive(output), first(complaint));
        let status = child.wait().await;
        answer.ok_or_else(|| {
            (self.log)(&complaint);
            self.fault(status.ok(), &complaint)
        })
    }

    /// Nothing of this process is handed over: no environment, no folder, and all files that a Rust program opens close when
    /// another program begins. Those with which this process was started itself may be there.
    #[allow(clippy::disallowed_methods, reason = "the one program that the host starts")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().current_dir("/").kill_on_drop(true);
        // Ctrl-C is for the host, which lets what runs come to an end.
        #[cfg(unix)]
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Why it ended without an answer.
    fn fault(&self, status: Option<ExitStatus>, complaint: &str) -> CompilerFault {
        let CompileLimits { processor, memory, .. } = self.limits;
        match status.and_then(signal) {
            Some(Signal::ProcessorTime) => CompilerFault::Processor { seconds: processor },
            // What the standard library says before it aborts; a test holds the text.
            Some(Signal::Abort) if complaint.contains("memory allocation of ") => {
                CompilerFault::Memory { bytes: memory }
            }
            _ => CompilerFault::BrokeOff,
        }
    }
}

/// The signals that say why.
enum Signal {
    ProcessorTime,
    Abort,
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<Signal> {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = status.signal()?;
    let is = |known: rustix::process::Signal| known.as_raw() == signal;
    if is(rustix::process::Signal::XCPU) {
        return Some(Signal::ProcessorTime);
    }
    is(rustix::process::Signal::ABORT).then_some(Signal::Abort)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<Signal> {
    None
}

/// Sends what is asked. Who does not listen to the end does not answer either, so that is where it shows.
async fn send(input: &mut ChildStdin, ask: &Ask, component: &[u8]) {
    let Ok(head) = serde_json::to_vec(ask) else { return };
    let Some(lengths) = prefix(&head, component) else { return };
    for bytes in [&lengths, head.as_slice(), component] {
        if input.write_all(bytes).await.is_err() {
            return;
        }
    }
}

async fn receive(mut output: impl AsyncRead + Unpin) -> Option<(Answer, Vec<u8>)> {
    let mut prefix = [0; PREFIX];
    output.read_exact(&mut prefix).await.ok()?;
    let (head, body) = lengths(prefix)?;
    let head = take(&mut output, head).await?;
    let code = take(&mut output, body).await?;
    Some((serde_json::from_slice(&head).ok()?, code))
}

/// So many bytes; room is made as they come, not as they are announced.
async fn take(output: &mut (impl AsyncRead + Unpin), length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    output.take(length).read_to_end(&mut bytes).await.ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

/// The beginning of what it complains about; the rest is read and dropped, so that it does not wait for a reader.
async fn first(mut complaint: impl AsyncRead + Unpin) -> String {
    let mut kept = Vec::new();
    let mut rest = tokio::io::sink();
    // What cannot be read is not told; why it ended is.
    let _ = (&mut complaint).take(COMPLAINT).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut complaint, &mut rest).await;
    String::from_utf8_lossy(&kept).into_owned()
}
