//! How a verb fails: a sentence, and an exit code that a script can use.

use std::process::ExitCode;

use mandate_model::Failure;
use mandate_service::ServiceError;

/// Why a verb did not do what it was asked.
#[derive(Debug)]
pub(crate) enum CliError {
    /// A part or a spec failed: 1.
    Failed(String),
    /// The input is wrong: 2.
    Input(String),
    /// The platform or the store cannot be used now: 3.
    Unavailable(String),
    /// Told to end before everything was done: 4.
    Stopped(String),
}

/// The result of a verb.
pub(crate) type CliResult<T = ()> = Result<T, CliError>;

impl CliError {
    /// Wrong input, told by any error.
    pub(crate) fn input(error: impl std::fmt::Display) -> Self {
        Self::Input(error.to_string())
    }

    /// A store or platform that cannot be used, told by any error.
    pub(crate) fn unavailable(error: impl std::fmt::Display) -> Self {
        Self::Unavailable(error.to_string())
    }

    /// What the service refused: wrong input, unless the store or the platform cannot be used now.
    pub(crate) fn of(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(_) | ServiceError::Unavailable(_) => Self::unavailable(error),
            _ => Self::input(error),
        }
    }

    /// The exit code: 1 a part or spec failed, 2 bad input or usage, 3 platform not available, 4 told to end before all was done.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Input(_) => 2,
            Self::Unavailable(_) => 3,
            Self::Stopped(_) => 4,
        })
    }
}

impl From<Failure> for CliError {
    /// What the platform refused: wrong input, unless it cannot answer now.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(_) => Self::Unavailable(failure.to_string()),
            _ => Self::Input(failure.to_string()),
        }
    }
}

impl std::fmt::Display for CliError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(text) | Self::Input(text) | Self::Unavailable(text) | Self::Stopped(text) => f.write_str(text),
        }
    }
}
