//! Rust files: documented at the top, short, with short functions, finished.

use crate::Offence;

const MOST_LINES_OF_A_FILE: usize = 500;
const MOST_LINES_OF_A_FUNCTION: usize = 60;

/// Signs of something unfinished. Joined here, so that this file does not have them.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("unimple", "mented!"),
    concat!("to", "do!"),
    concat!("db", "g!("),
    concat!("#[ign", "ore]"),
];

/// All checks over one file.
pub(crate) fn check(path: &str, text: &str) -> Vec<Offence> {
    [head(path, text), length(path, text), unfinished(path, text), functions(path, text)].concat()
}

fn head(path: &str, text: &str) -> Vec<Offence> {
    if text.starts_with("//!") { Vec::new() } else { vec![format!("{path}:1: does not begin with `//!`")] }
}

fn length(path: &str, text: &str) -> Vec<Offence> {
    let lines = text.lines().count();
    if lines <= MOST_LINES_OF_A_FILE { Vec::new() } else { vec![format!("{path}: has {lines} lines: split it")] }
}

fn unfinished(path: &str, text: &str) -> Vec<Offence> {
    let lines = text.lines().enumerate();
    let hits =
        lines.flat_map(|(at, line)| UNFINISHED.iter().filter(|sign| line.contains(**sign)).map(move |sign| (at, sign)));
    hits.map(|(at, sign)| format!("{path}:{}: `{sign}`", at + 1)).collect()
}

fn functions(path: &str, text: &str) -> Vec<Offence> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, function_name(line)?)));
    let long = starts.filter_map(|(at, name)| {
        let length = function_length(lines.get(at..)?);
        (length > MOST_LINES_OF_A_FUNCTION).then(|| format!("{path}:{}: `{name}` has {length} lines: split it", at + 1))
    });
    long.collect()
}

/// The name of the function that begins on this line.
fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    while let Some(after) = without_qualifier(rest) {
        rest = after;
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

fn without_qualifier(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix("pub(") {
        return Some(after.split_once(')')?.1.trim_start());
    }
    ["pub ", "const ", "async ", "unsafe ", "extern \"C\" "].iter().find_map(|word| text.strip_prefix(word))
}

/// Lines from the `fn` to its end, in the form that rustfmt gives it: the signature ends with the first line that ends in
/// `{`, `}` or `;`, and the body with the first `}` that stands as far to the right as the `fn`.
fn function_length(lines: &[&str]) -> usize {
    let signature_end = lines.iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap_or(lines.len());
    let one_piece = lines.get(signature_end).is_none_or(|line| !line.ends_with('{'));
    let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
    let closing = format!("{}}}", " ".repeat(indent));
    let body = if one_piece { Some(0) } else { lines.iter().skip(signature_end).position(|line| **line == *closing) };
    body.map_or(lines.len(), |body| signature_end + body + 1)
}

#[test]
fn a_file_without_words_at_its_top_is_seen() {
    assert_eq!(head("a.rs", "use std::io;\n//! late\n"), ["a.rs:1: does not begin with `//!`"]);
    assert_eq!(head("a.rs", "//! What this is.\n"), Vec::<String>::new());
}

#[test]
fn a_long_file_is_seen() {
    assert_eq!(length("a.rs", &"\n".repeat(501)), ["a.rs: has 501 lines: split it"]);
    assert_eq!(length("a.rs", &"\n".repeat(500)), Vec::<String>::new());
}

#[test]
fn something_unfinished_is_seen() {
    for sign in UNFINISHED {
        assert_eq!(unfinished("a.rs", &format!("fine\n    {sign} later\n")), [format!("a.rs:2: `{sign}`")]);
    }
    assert_eq!(unfinished("a.rs", "fn to_do() {}"), Vec::<String>::new());
}

/// A function of `lines` lines in all, indented.
fn function_of(lines: usize) -> String {
    format!("    pub(crate) async fn long<T>(\n        a: T,\n    ) {{\n{}    }}\n", "        a();\n".repeat(lines - 4))
}

#[test]
fn a_long_function_is_seen() {
    let text = format!("//! x\nimpl A {{\n{}}}\n", function_of(61));
    assert_eq!(functions("a.rs", &text), ["a.rs:3: `long` has 61 lines: split it"]);
    let text = format!("//! x\nimpl A {{\n{}{}}}\n", function_of(60), function_of(60));
    assert_eq!(functions("a.rs", &text), Vec::<String>::new());
}

#[test]
fn a_declaration_and_a_one_line_function_end_where_they_end() {
    let after = "x\n".repeat(70);
    assert_eq!(
        functions("a.rs", &format!("    fn declared(\n        a: [u8; 2],\n    );\n{after}")),
        Vec::<String>::new()
    );
    assert_eq!(functions("a.rs", &format!("fn one() {{}}\n{after}")), Vec::<String>::new());
    assert_eq!(functions("a.rs", &format!("fn open() {{\n{after}")).len(), 1, "one without an end is not passed over");
}
