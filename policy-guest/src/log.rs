//! Notes for whoever may see the journal of this call. A guest that writes none does not import the power to.

use crate::bindings::powers::mandate::automation::log::{Level, write};

/// For whoever wrote the guest.
pub fn debug(text: &str) {
    write(Level::Debug, text);
}

/// For whoever looks after the automation.
pub fn info(text: &str) {
    write(Level::Info, text);
}

/// Something is odd, but it went on.
pub fn warning(text: &str) {
    write(Level::Warning, text);
}

/// Something failed.
pub fn error(text: &str) {
    write(Level::Error, text);
}

/// Writes the message of a later panic into the journal, as an error, before it traps. Call it first in a phase. Otherwise a
/// panic traps without a word: there is no standard error to write to. A message of more than 1000 characters is cut.
pub fn panics() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string().chars().take(1000).collect::<String>())));
}
