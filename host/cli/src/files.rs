//! Files named on the command line.

use std::path::Path;

use crate::failure::{CliError, CliResult};

/// Largest file that is read at all; smaller limits follow where the content is known.
const LARGEST: u64 = 64 << 20;

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> CliResult<Vec<u8>> {
    let told = |error: &dyn std::fmt::Display| CliError::Input(format!("cannot read `{}`: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| told(&error))?.len();
    if size > LARGEST {
        return Err(told(&format!("it has {size} bytes, and no file that is read here has more than {LARGEST}")));
    }
    std::fs::read(path).map_err(|error| told(&error))
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> CliResult<String> {
    let bytes = bytes(path)?;
    String::from_utf8(bytes).map_err(|_| CliError::Input(format!("`{}` is not UTF-8 text", path.display())))
}
