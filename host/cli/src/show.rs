//! What a terminal is shown: text of guests and of people is always inert.

use std::{fmt::Write as _, io::Write as _};

pub(crate) use mandate_service::words::runs_as;

/// Prints like `print!`; where nobody reads any more (`| head`), the program ends quietly.
macro_rules! out {
    ($($text:tt)*) => { $crate::show::write(format_args!($($text)*)) };
}

/// [`out!`] with a line end.
macro_rules! outln {
    ($($text:tt)*) => { $crate::show::write(format_args!("{}\n", format_args!($($text)*))) };
}

/// Where [`out!`] ends.
pub(crate) fn write(text: std::fmt::Arguments<'_>) {
    if std::io::stdout().write_fmt(text).is_err() {
        std::process::exit(0);
    }
}

/// `text` without anything that a terminal would obey or that would turn the line around: controls (ESC among them) and
/// bidirectional overrides are spelled out, line ends become `⏎` (R9).
pub(crate) fn inert(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => shown.push('⏎'),
            '\t' => shown.push(' '),
            _ if is_active(letter) => {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
            }
            _ => shown.push(letter),
        }
    }
    shown
}

/// [`inert`] for text of several lines, each with `indent` before it.
pub(crate) fn lines(text: &str, indent: &str) -> String {
    text.lines().map(|line| format!("{indent}{}\n", inert(line))).collect()
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,".contains(letter);
    if word.chars().all(plain) && !word.is_empty() {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn is_active(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Microseconds since 1970 as `2026-11-21 23:05:38` (UTC).
pub(crate) fn time(at: i64) -> String {
    let (days, micros) = (at.div_euclid(86_400_000_000), at.rem_euclid(86_400_000_000));
    let seconds = micros / 1_000_000;
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The date of a day counted from 1970-01-01, by the proleptic Gregorian calendar: counted in eras of 400 years that begin on
/// 1 March, so that the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_hostile_text_is_inert() {
        assert_eq!(inert("a\u{1b}[31mb\0\u{202e}c\nd"), "a\\u{1b}[31mb\\u{0}\\u{202e}c⏎d");
        assert_eq!(inert("Zoë 東京 \"x\" <b>"), "Zoë 東京 \"x\" <b>");
        assert_eq!(lines("a\nb\u{7f}", "  "), "  a\n  b\\u{7f}\n");
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("user:ana"), "user:ana");
        assert_eq!(quoted("Bo's deals"), r"'Bo'\''s deals'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn times_are_utc() {
        assert_eq!(time(0), "1970-01-01 00:00:00");
        assert_eq!(time(951_782_400_000_000), "2000-02-29 00:00:00");
        assert_eq!(time(1_795_302_338_000_000), "2026-11-21 23:05:38");
        assert_eq!(time(-1), "1969-12-31 23:59:59");
    }
}
