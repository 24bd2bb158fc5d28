//! The Cedar schema of a [`DataSchema`]: fixed types are capitalised and datasets lower-case, so that they cannot clash.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::str::FromStr;

use cedar_policy::EntityTypeName;
use mandate_model::name::is_name;

use crate::{AttributeType, ColumnType, DataSchema, DatasetDef, Right};

/// Everything that has grants and can be asked about.
const PRINCIPALS: &str = "[User, Team, Site]";

/// What is wrong with the names of a schema, in order: not names, twice there, or words that Cedar keeps for itself.
pub(crate) fn check(schema: &DataSchema) -> Vec<String> {
    let mut wrong = Vec::new();
    names("attribute", schema.attributes.iter().map(|attribute| attribute.name.as_str()), &mut wrong);
    names("dataset", schema.datasets.iter().map(|dataset| dataset.name.as_str()), &mut wrong);
    for dataset in &schema.datasets {
        let name = &dataset.name;
        if is_name(name) && EntityTypeName::from_str(name).is_err() {
            wrong.push(format!("dataset `{name}`: Cedar keeps this word for itself; rename the dataset"));
        }
        let columns = dataset.columns.iter().map(|column| column.name.as_str());
        names(&format!("dataset `{name}`: column"), columns, &mut wrong);
    }
    wrong
}

fn names<'a>(what: &str, all: impl Iterator<Item = &'a str>, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in all {
        if !is_name(name) {
            wrong.push(format!(
                "{what} `{name}`: a name is a lower-case letter, then lower-case letters, digits and `_`"
            ));
        } else if !seen.insert(name) {
            wrong.push(format!("{what} `{name}` is there twice; remove one"));
        }
    }
}

/// The schema as Cedar text. Attribute names are quoted: Cedar's words are fine as names of columns.
pub(crate) fn text(schema: &DataSchema) -> String {
    let mut text = format!("entity User in [Team, Grant] = {{{}}};\n", attributes(schema));
    text.push_str("entity Team in [Team, Grant];\nentity Site in [Grant];\nentity Grant;\nentity Dataset;\n");
    text.push_str("entity Column in [Dataset];\n");
    for dataset in &schema.datasets {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "entity {} = {{{}}};", dataset.name, cells(dataset));
    }
    action(&mut text, &["read-column", "update-column"], "Column");
    if !schema.datasets.is_empty() {
        let types: Vec<_> = schema.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
        action(&mut text, &Right::ALL.map(Right::as_str), &types.join(", "));
    }
    text
}

fn action(text: &mut String, names: &[&str], resources: &str) {
    let names = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let applies = format!("{{ principal: {PRINCIPALS}, resource: [{resources}], context: {{}} }}");
    let _ = writeln!(text, "action {names} appliesTo {applies};");
}

fn attributes(schema: &DataSchema) -> String {
    let all = schema.attributes.iter().map(|attribute| {
        let cedar = match attribute.attribute_type {
            AttributeType::Boolean => "__cedar::Bool",
            AttributeType::Integer => "__cedar::Long",
            AttributeType::Text => "__cedar::String",
        };
        self::attribute(&attribute.name, attribute.optional, cedar)
    });
    all.collect::<Vec<_>>().join(", ")
}

fn cells(dataset: &DatasetDef) -> String {
    let all = dataset.columns.iter().filter_map(|column| {
        let cedar = match column.column_type {
            ColumnType::Boolean => "__cedar::Bool",
            ColumnType::Integer | ColumnType::Decimal(_) | ColumnType::Timestamp => "__cedar::Long",
            ColumnType::Text => "__cedar::String",
            ColumnType::User => "User",
            ColumnType::Team => "Team",
            ColumnType::Number | ColumnType::Bytes => return None,
        };
        Some(attribute(&column.name, column.nullable, cedar))
    });
    all.collect::<Vec<_>>().join(", ")
}

fn attribute(name: &str, optional: bool, cedar: &str) -> String {
    format!("\"{name}\"{}: {cedar}", if optional { "?" } else { "" })
}
