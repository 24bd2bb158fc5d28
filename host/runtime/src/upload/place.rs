//! Where in a component something is, and how text from a component is shown.

use std::fmt;

/// The longest text of a component that a message shows, in characters.
const SHOWN: usize = 200;

/// A place in an uploaded component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The core module, counted from 0 in the order of the file.
    pub module: Option<u32>,
    /// The function of that module, imported ones counted first, as in a disassembly.
    pub function: Option<u32>,
    /// The byte, counted from 0.
    pub offset: usize,
}

impl Place {
    /// A place outside any core module.
    pub(crate) fn at(offset: usize) -> Self {
        Self { module: None, function: None, offset }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(module) = self.module {
            write!(f, "in core module {module}, ")?;
        }
        if let Some(function) = self.function {
            write!(f, "function {function}, ")?;
        }
        write!(f, "at byte {:#x}", self.offset)
    }
}

/// Text chosen by the author of a component, made harmless: printable ASCII stays, anything else (line ends, escapes, characters
/// that turn the direction of writing) is spelled out, and what is long is cut.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::new();
    let mut length = 0;
    for character in text.chars() {
        let plain = (character.is_ascii_graphic() || character == ' ') && character != '`';
        let spelled = if plain { character.to_string() } else { character.escape_unicode().to_string() };
        length += spelled.len();
        if length > SHOWN {
            shown.push_str("...");
            break;
        }
        shown.push_str(&spelled);
    }
    shown
}

/// A message of the validator, which may quote names and spread over lines.
pub(crate) fn harmless_message(message: &str) -> String {
    harmless(&message.replace('\n', ": ").replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c06_hostile_text_is_spelled_out_and_cut() {
        assert_eq!(harmless("wasi:cli/run@0.2.0"), "wasi:cli/run@0.2.0");
        assert_eq!(harmless("a\u{1b}[2J\n\u{202e}`b"), r"a\u{1b}[2J\u{a}\u{202e}\u{60}b");
        assert_eq!(harmless(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(harmless(&"x".repeat(201)), format!("{}...", "x".repeat(200)));
        assert_eq!(harmless(&"\0".repeat(90_000)), format!("{}...", r"\u{0}".repeat(40)));
    }

    #[test]
    fn places_read_like_a_disassembly() {
        let place = Place { module: Some(0), function: Some(3), offset: 0x1a2 };
        assert_eq!(place.to_string(), "in core module 0, function 3, at byte 0x1a2");
        assert_eq!(Place::at(8).to_string(), "at byte 0x8");
    }
}
