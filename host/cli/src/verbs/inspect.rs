//! `mandate inspect PLUGIN`: what a component is, and what it could ever ask for.

use std::{collections::BTreeSet, path::PathBuf};

use mandate_model::{Columns, Import, Manifest, SiteId};
use mandate_runtime::plugin::Plugin;
use serde_json::json;

use crate::{
    args::Common,
    compiler,
    failure::{CliError, CliResult},
    files,
    show::{inert, lines},
};

/// Show what a component is and what it could ever ask for, without running it as anybody
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The component: a .wasm file
    plugin: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Loads the component, asks it what it is, and prints it.
pub(crate) async fn run(common: &Common, args: Args) -> CliResult {
    let bytes = files::bytes(&args.plugin)?;
    let sandbox = compiler::sandbox(common.isolation())?;
    let site = SiteId::parse("inspect").map_err(CliError::input)?;
    let plugin = sandbox.load(&site, &bytes).await.map_err(|error| refused(&args.plugin, &error))?;
    if args.json {
        outln!("{}", as_json(&plugin, bytes.len()));
    } else {
        out!("{}", as_text(&plugin, bytes.len()));
    }
    Ok(())
}

/// A refusal with its public code.
pub(crate) fn refused(path: &std::path::Path, error: &mandate_runtime::plugin::LoadError) -> CliError {
    let told = format!("`{}` is refused ({}): {}", path.display(), error.code(), inert(&error.to_string()));
    compiler::refused(error, told)
}

fn as_json(plugin: &Plugin, size: usize) -> serde_json::Value {
    json!({
        "digest": plugin.digest().to_string(),
        "bytes": size,
        "imports": plugin.imports(),
        "phases": plugin.phases(),
        "manifest": plugin.manifest(),
    })
}

fn as_text(plugin: &Plugin, size: usize) -> String {
    let manifest = plugin.manifest();
    let phases: Vec<_> = plugin.phases().iter().map(|phase| phase.as_str()).collect();
    let mut text = format!("{} {}\n", inert(&manifest.name), inert(&manifest.version));
    text += &lines(&manifest.description, "  ");
    text += &format!("\ndigest   {}\nsize     {size} bytes\nphases   {}\n", plugin.digest(), phases.join(", "));
    text += "\nIt could ask for (its imports):\n";
    text += &powers(plugin.imports(), true);
    text += "\nIt asks for, within that (its manifest):\n";
    text += &asked(manifest);
    text += "\nIt can never (it does not import the interface):\n";
    text += &powers(plugin.imports(), false);
    if !manifest.settings_schema.is_empty() {
        text += "\nSettings (JSON Schema):\n";
        text += &lines(&manifest.settings_schema, "  ");
    }
    text
}

/// A line for each power that is imported, or is not.
fn powers(imports: &BTreeSet<Import>, imported: bool) -> String {
    let with_words = |import: &Import| words(*import).map(|words| (import.as_str(), words));
    let lines = Import::ALL.iter().filter(|import| imports.contains(import) == imported).filter_map(with_words);
    let text: String = lines.map(|(name, words)| format!("  {name:<12} {words}\n")).collect();
    if text.is_empty() { "  nothing\n".to_owned() } else { text }
}

/// What a power is, for people; `None` for interfaces that give nothing.
fn words(import: Import) -> Option<&'static str> {
    match import {
        Import::Types | Import::Authority => None,
        Import::Log => Some("write notes for whoever may see the run"),
        Import::Rows => Some("read rows that the person may see"),
        Import::RowsWrite => Some("change rows that the person may change"),
        Import::Files => Some("read files that the person may see"),
        Import::FilesWrite => Some("change files that the person may change"),
        Import::Operations => Some("invoke the platform's named operations"),
    }
}

fn asked(manifest: &Manifest) -> String {
    let columns = |verb: &str, list: &[Columns]| -> String {
        let names = |asked: &Columns| {
            if asked.columns.is_empty() {
                "every column that the person may".to_owned()
            } else {
                asked.columns.join(", ")
            }
        };
        list.iter().map(|asked| format!("  {verb} {}: {}\n", inert(&asked.dataset), inert(&names(asked)))).collect()
    };
    let plain = |verb: &str, list: &[String]| -> String {
        list.iter().map(|entry| format!("  {verb} {}\n", inert(entry))).collect()
    };
    let text = columns("reads", &manifest.reads)
        + &columns("writes", &manifest.writes)
        + &plain("reads folder", &manifest.reads_folders)
        + &plain("writes folder", &manifest.writes_folders)
        + &plain("invokes", &manifest.operations);
    if text.is_empty() { "  nothing\n".to_owned() } else { text }
}
