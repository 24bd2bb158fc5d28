//! `mandate policy`: how the site governs its automations: the presets, what holds, what another choice would change, and
//! choosing it.

pub(super) mod changes;

use std::{collections::BTreeSet, path::PathBuf};

use mandate_governance::{Preset, Settings, SiteChoices, preset::BUILT_IN};
use mandate_model::PrincipalId;
use serde_json::json;

use super::{home, principal, stopped};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    show::{inert, lines},
};

/// What to do with the site's policy.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Show the presets side by side, setting by setting
    Presets,
    /// Show what holds here: preset, settings and where each comes from, roles, own policies
    Show {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show who would gain and who would lose what, and change nothing
    Check {
        /// A TOML file: `preset`, `policies`, `successor`, `[settings]`
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Govern the site by this file from now on
    Set {
        /// A TOML file: `preset`, `policies`, `successor`, `[settings]`
        file: PathBuf,
        /// Who asks; needs the permission `set-policy`. Default: the operator, who needs none
        #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
        who: Option<PrincipalId>,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    match verb {
        Verb::Presets => {
            out!("{}", mandate_governance::table().map_err(CliError::unavailable)?);
            Ok(())
        }
        Verb::Show { json } => {
            let home = home(common).await?;
            let choices = home.service.choices(home.embedded.site()).await.map_err(CliError::unavailable)?;
            show(&home, &choices, json)
        }
        Verb::Check { file, json } => {
            let choices = mandate_spec::load_choices(&file).map_err(CliError::input)?;
            changes::show(&home(common).await?, &choices, json).await
        }
        Verb::Set { file, who } => {
            let choices = mandate_spec::load_choices(&file).map_err(CliError::input)?;
            let home = home(common).await?;
            set(&home, who.as_ref(), &choices).await
        }
    }
}

async fn set(home: &Home, who: Option<&PrincipalId>, choices: &SiteChoices) -> CliResult {
    if let Some(who) = who {
        home.known(who).await?;
    }
    let site = home.embedded.site();
    home.service.choose(site, who, choices).await.map_err(CliError::input)?;
    outln!("site `{site}` is governed by the preset `{}`{}", choices.preset, otherwise(choices));
    stopped(home).await
}

/// What a site has of its own, behind its preset.
fn otherwise(choices: &SiteChoices) -> String {
    let mut own: Vec<String> = choices.settings.said().iter().map(|setting| format!("`{setting}`")).collect();
    own.extend(choices.successor.iter().map(|successor| format!("default successor `{successor}`")));
    if !choices.policies.trim().is_empty() {
        own.push("policies".to_owned());
    }
    if own.is_empty() { String::new() } else { format!(", with its own {}", own.join(", ")) }
}

fn show(home: &Home, choices: &SiteChoices, as_json: bool) -> CliResult {
    let settings = choices.effective().map_err(CliError::unavailable)?;
    let own = choices.settings.said();
    if as_json {
        let rows = settings.words().map(|(setting, words)| {
            json!({ "setting": setting, "value": words, "from": from(choices.preset, &own, setting) })
        });
        let told = json!({
            "site": home.embedded.site(), "preset": choices.preset, "settings": rows, "roles": roles(choices, &settings),
            "policies": choices.policies, "successor": choices.successor, "note": sends(&settings),
        });
        outln!("{}", serde_json::to_string_pretty(&told).map_err(CliError::unavailable)?);
        return Ok(());
    }
    outln!("site `{}` is governed by the preset `{}`", home.embedded.site(), choices.preset);
    for (setting, words) in settings.words() {
        outln!("  {setting:<12} {}  ({})", inert(&words), from(choices.preset, &own, setting));
    }
    if let Some(note) = sends(&settings) {
        outln!("note: {note}");
    }
    outln!("default successor, for `mandate person hand-over` without `--to`: {}", choices.successor_word());
    outln!("roles:");
    for role in roles(choices, &settings) {
        outln!("  {}", inert(&role.line()));
    }
    if choices.policies.trim().is_empty() {
        outln!("no policies of its own");
    } else {
        outln!("policies of its own:");
        out!("{}", lines(&choices.policies, "  "));
    }
    Ok(())
}

fn from(preset: Preset, own: &BTreeSet<String>, setting: &str) -> String {
    if own.contains(setting) { "own".to_owned() } else { format!("preset {preset}") }
}

/// What messages made as run_as mean for what was published before.
fn sends(settings: &Settings) -> Option<&'static str> {
    settings.evaluate_as.is_run_as().then_some(
        "`evaluate_as` is run-as: whom an automation tells is sent what it finds as whom it runs as; one that was published \
         before tells each as themself until it is published again",
    )
}

/// A role, what it gives, and whether the site says so itself.
#[derive(serde::Serialize)]
struct Role {
    name: String,
    gives: Vec<&'static str>,
    from: String,
}

impl Role {
    fn line(&self) -> String {
        let gives = if self.gives.is_empty() { "nothing".to_owned() } else { self.gives.join(", ") };
        format!("{:<16} {gives}  ({})", self.name, self.from)
    }
}

/// The built-in roles, then those of the preset and of the site.
fn roles(choices: &SiteChoices, settings: &Settings) -> Vec<Role> {
    let others = settings.roles.keys().map(String::as_str).filter(|name| !BUILT_IN.contains(name));
    let own = |name: &str| choices.settings.roles.contains_key(name);
    let role = |name: &str| Role {
        name: name.to_owned(),
        gives: settings.permissions(name).into_iter().map(mandate_policy::Permission::as_str).collect(),
        from: if own(name) { "own".to_owned() } else { format!("preset {}", choices.preset) },
    };
    BUILT_IN.into_iter().chain(others).map(role).collect()
}
