//! Headings and fenced blocks of a Markdown file, with their places.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::problem::Place;
use crate::text::Text;

/// What a spec is read from.
#[derive(Debug)]
pub(super) enum Item {
    Heading { place: Place, level: usize, text: String },
    Block { place: Place, info: String, text: Text },
}

/// The headings and fenced blocks, in order.
pub(super) fn items(source: &Text) -> Vec<Item> {
    let mut items = Vec::new();
    // What was begun: its start, what it is, and its text so far.
    let mut open: Option<(usize, Open, String)> = None;
    let mut first_text = None;
    for (event, range) in Parser::new(source.as_str()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                open = Some((range.start, Open::Heading(level as usize), String::new()));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some((range.start, Open::Block(info.to_string()), String::new()));
                first_text = None;
            }
            Event::Text(text) | Event::Code(text) => {
                first_text.get_or_insert(range.start);
                if let Some((_, _, so_far)) = &mut open {
                    so_far.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                if let Some((start, kind, text)) = open.take() {
                    items.push(item(source, start, first_text.unwrap_or(range.end), kind, text));
                }
            }
            _ => {}
        }
    }
    items
}

enum Open {
    Heading(usize),
    Block(String),
}

fn item(source: &Text, start: usize, first_text: usize, kind: Open, text: String) -> Item {
    let place = source.at(start);
    match kind {
        Open::Heading(level) => Item::Heading { place, level, text },
        Open::Block(info) => Item::Block { place, info, text: Text::part(source.at(first_text), text) },
    }
}
