//! The `mandate` command: one file per verb under `verbs/`.

#[macro_use]
mod show;

mod args;
mod attachments;
mod code_folder;
mod compiler;
mod config;
mod failure;
mod files;
mod home;
mod report;
mod stop;
mod verbs;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    // Before anything is started: it compiles what others wrote, with as little as possible.
    if compiler::is_wanted() {
        return mandate_runtime::compile::serve();
    }
    let cli = args::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(verbs::run(cli)),
        Err(error) => Err(failure::CliError::unavailable(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", show::lines(&format!("mandate: {error}"), ""));
            error.exit_code()
        }
    }
}
