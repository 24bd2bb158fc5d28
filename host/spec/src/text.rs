//! A text that knows which file and line each of its lines comes from, so that pieces of several files, or several fenced
//! blocks of one Markdown file, can be read as one and still be reported where they stand.

use crate::problem::Place;

/// A text made of one or more pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    text: String,
    pieces: Vec<Piece>,
}

/// Lines that stand together in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// The first of its lines within the text, from 1.
    line: usize,
    /// Where that line stands, and how many characters stand before it there.
    origin: Place,
}

impl Text {
    /// A whole file.
    pub fn of_file(file: &str, text: impl Into<String>) -> Self {
        Self::part(Place { file: file.to_owned(), line: 1, column: 1 }, text)
    }

    /// A part of a file that begins at `origin`.
    pub fn part(origin: Place, text: impl Into<String>) -> Self {
        Self { text: text.into(), pieces: vec![Piece { line: 1, origin }] }
    }

    /// Adds the lines of another text.
    pub fn append(&mut self, other: Self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        let before = self.text.matches('\n').count();
        self.text.push_str(&other.text);
        self.pieces.extend(other.pieces.into_iter().map(|piece| Piece { line: piece.line + before, ..piece }));
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the byte at `offset` stands.
    pub fn at(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&character| character != '\n').count() + 1;
        self.at_line(line, column)
    }

    /// Where a line and a column of the text, both from 1, stand.
    pub fn at_line(&self, line: usize, column: usize) -> Place {
        let piece = self.pieces.iter().rev().find(|piece| piece.line <= line);
        piece.map_or_else(
            || Place { file: String::new(), line, column },
            |piece| {
                let first = piece.line == line;
                let column = if first { column + piece.origin.column - 1 } else { column };
                Place { file: piece.origin.file.clone(), line: piece.origin.line + line - piece.line, column }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &Text, part: &str) -> String {
        text.at(text.as_str().find(part).unwrap()).to_string()
    }

    #[test]
    fn lines_are_found_where_they_stand() {
        let mut text = Text::of_file("a.toml", "one\nänother");
        text.append(Text::part(Place { file: "b.md".to_owned(), line: 10, column: 4 }, "third\nfourth\n"));
        assert_eq!(place(&text, "one"), "a.toml:1:1");
        assert_eq!(place(&text, "nother"), "a.toml:2:2");
        assert_eq!(place(&text, "ird"), "b.md:10:6");
        assert_eq!(place(&text, "fourth"), "b.md:11:1");
        assert_eq!(text.at(10_000).to_string(), "b.md:12:1");
    }
}
