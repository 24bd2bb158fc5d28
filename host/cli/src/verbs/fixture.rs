//! `mandate fixture load`: a store from a fixture.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use mandate_model::AutomationId;
use mandate_service::{Component, Parts as _, SavedDraft, ServiceError};
use mandate_spec::{Fixture, FixtureAutomation, fixture::PluginRef};

use crate::{
    args::Common,
    compiler,
    failure::{CliError, CliResult},
    files,
    home::Home,
    show::{inert, quoted},
    verbs::automation,
};

/// What to do with a fixture.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Make a store from a fixture: people, teams, grants, datasets with rows and policies, automations
    Load {
        /// The fixture: a TOML file, or a folder with a `fixture.toml`
        fixture: PathBuf,
        /// Upload this plugin too, so that automations that the fixture turns on run at once; may be repeated
        #[arg(long, value_name = "FILE")]
        plugin: Vec<PathBuf>,
    },
}

/// Does it.
pub(crate) async fn run(common: &Common, Verb::Load { fixture, plugin }: Verb) -> CliResult {
    let fixture = Fixture::load(&fixture).map_err(CliError::input)?;
    let home = Home::create(&common.store, &fixture.seed, common.options()).await?;
    match load(&home, &fixture, &plugin, &common.store).await {
        Ok(()) => Ok(()),
        Err(error) => {
            home.discard(&common.store).await;
            Err(error)
        }
    }
}

async fn load(home: &Home, fixture: &Fixture, plugins: &[PathBuf], store: &Path) -> CliResult {
    for path in plugins {
        upload(home, path).await?;
    }
    let seed = &fixture.seed;
    outln!(
        "loaded site `{}`: {} people, {} teams, {} datasets, {} rows",
        seed.site,
        seed.people.len(),
        seed.teams.len(),
        seed.schema.datasets.len(),
        seed.rows.len()
    );
    if let Some(choices) = &fixture.governance {
        home.service.choose(home.embedded.site(), None, choices).await.map_err(CliError::input)?;
    }
    for automation in &fixture.automations {
        plant(home, fixture, automation, store).await?;
    }
    Ok(())
}

/// Checks a component file as [`upload`] does, and keeps nothing.
pub(crate) async fn check(home: &Home, path: &Path) -> CliResult {
    let bytes = files::bytes(path)?;
    let digest = mandate_model::PluginDigest::of(&bytes);
    let component = Component { site: home.embedded.site().clone(), digest, bytes: bytes.into() };
    home.parts.describe(&component).await.map(drop).map_err(|error| refused(path, error.into()))
}

/// Uploads a component file; its digest.
pub(crate) async fn upload(home: &Home, path: &Path) -> CliResult<mandate_model::PluginDigest> {
    let bytes = files::bytes(path)?;
    home.service.upload(home.embedded.site(), &bytes).await.map_err(|error| refused(path, error))
}

fn refused(path: &Path, error: ServiceError) -> CliError {
    let told = format!("`{}`: {}", path.display(), inert(&error.to_string()));
    match error {
        ServiceError::Plugin(error) => compiler::refused(&error, told),
        _ => CliError::Input(told),
    }
}

/// Makes an automation of the fixture, and turns it on if the fixture says so and its plugin is there.
async fn plant(home: &Home, fixture: &Fixture, automation: &FixtureAutomation, store: &Path) -> CliResult {
    let plugin = match &automation.plugin {
        PluginRef::Name(name) => name.clone(),
        PluginRef::File(file) => {
            let path = fixture.folder.path(file).map_err(CliError::Input)?;
            upload(home, &path).await?.as_str().to_owned()
        }
    };
    let id = create(home, automation, &plugin).await?;
    let there = home.service.plugin(home.embedded.site(), &plugin).await.is_ok();
    let name = inert(&automation.name);
    if automation.enabled && there {
        automation::plant_version(home, &id, &automation.run_as).await?;
        outln!("automation `{name}` is on and runs as {}", automation.run_as);
    } else {
        let store = quoted(&store.display().to_string());
        outln!("automation `{name}` is off; it runs as {} once they turn it on:", automation.run_as);
        if !there {
            outln!("  mandate plugin upload FILE --store {store}      (the plugin `{}`)", inert(&plugin));
        }
        let quoted = quoted(&automation.name);
        outln!("  mandate automation enable {quoted} --as {} --store {store}", automation.run_as);
    }
    Ok(())
}

/// Makes the automation with its draft; off, nothing published.
pub(crate) async fn create(home: &Home, automation: &FixtureAutomation, plugin: &str) -> CliResult<AutomationId> {
    let at = |error: &dyn std::fmt::Display| CliError::Input(format!("{}: {error}", automation.place));
    let planted = automation.planted(home.embedded.site());
    let id = home.service.plant(planted).await.map_err(|error| at(&error))?;
    let draft = SavedDraft {
        plugin: plugin.to_owned(),
        settings: serde_json::Value::Object(automation.settings.clone()),
        trigger: automation.trigger.clone(),
        recipients: automation.recipients.iter().cloned().collect::<BTreeSet<_>>(),
        base: None,
    };
    home.service.save_draft(&id, &automation.run_as, &draft).await.map_err(|error| at(&error))?;
    Ok(id)
}
