//! Each spec under each other preset, kept in `tests/golden/elsewhere`: one table for each file of specs, so that they are tried
//! side by side. That each behaviour fails somewhere, or says why it holds everywhere, is asked by `behaviour_table.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mandate_governance::Preset;
use mandate_spec::spec::Spec;
use mandate_spec::spec::run::{Trial, named};

use super::{folder, guests, specs};

/// What is above each table.
const HEAD: &str = "Made by `host/spec/tests/behaviours/elsewhere.rs`: each spec of the file with its preset replaced, and all else the \
    same. `own`: its\nown preset, where it holds. `fails`: something else comes. `set-up`: a step on the way to its point is refused \
    there.\n\n";

/// What becomes of each spec under each preset, as words, and why as people may read it.
fn table(file: &str, specs: &[Spec]) -> (String, String) {
    let presets = Preset::ALL.map(|preset| preset.to_string()).join(" | ");
    let mut table =
        format!("# `tests/spec/{file}` elsewhere\n\n{HEAD}| spec | {presets} |\n|---|---|---|---|---|---|---|\n");
    let mut why = String::new();
    let guests: BTreeMap<_, _> = guests();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let trial = Trial::new().unwrap();
        for spec in specs {
            let mut words = vec![];
            for preset in Preset::ALL {
                if preset == spec.preset() {
                    words.push("own");
                    continue;
                }
                let fate = trial.elsewhere(spec, preset, &named(&guests)).await;
                words.push(fate.word());
                writeln!(why, "{} {preset} {}: {}", spec.ids.join(" "), fate.word(), fate.why()).unwrap();
            }
            writeln!(table, "| {} {} | {} |", spec.ids.join(" "), spec.title, words.join(" | ")).unwrap();
        }
    });
    (table, why)
}

fn check(file: &str) {
    let (made, why) = table(file, &specs(file));
    let name = file.rsplit('/').next().unwrap();
    let path = folder().join("../golden/elsewhere").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &made).unwrap();
        println!("{why}");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        made == kept,
        "specs fare otherwise under other presets: look at what changed with UPDATE_GOLDEN=1\n{made}\n{why}"
    );
}

#[test]
fn the_specs_of_authority_elsewhere() {
    check("authority.md");
}

#[test]
fn the_specs_of_content_elsewhere() {
    check("content.md");
}

#[test]
fn the_specs_of_operations_elsewhere() {
    check("operations.md");
}

#[test]
fn the_specs_of_recipients_elsewhere() {
    check("recipients.md");
}

#[test]
fn the_specs_of_triggers_elsewhere() {
    check("triggers.md");
}

#[test]
fn the_specs_of_oneup_elsewhere() {
    check("governance/oneup.md");
}

#[test]
fn the_specs_of_monday_elsewhere() {
    check("governance/monday.md");
}

#[test]
fn the_specs_of_mandate_elsewhere() {
    check("governance/mandate.md");
}

#[test]
fn the_specs_of_foundry_elsewhere() {
    check("governance/foundry.md");
}

#[test]
fn the_specs_of_history_elsewhere() {
    check("governance/history.md");
}

#[test]
fn the_specs_of_simulate_elsewhere() {
    check("governance/simulate.md");
}

#[test]
fn the_specs_of_files_elsewhere() {
    check("governance/files.md");
}

#[test]
fn the_specs_of_vendasta_elsewhere() {
    check("governance/vendasta.md");
}
