//! `mandate run FIXTURE`: a plugin on a fixture, in a store that is thrown away.

use std::{collections::BTreeSet, path::Path};

use mandate_governance::settings::{OnDenied, Then};
use mandate_model::{Change, EventId, Occurrence, PrincipalId, PrincipalKind, Recipient, Subject, Trigger};
use mandate_service::ServiceError;
use mandate_spec::{Fixture, FixtureAutomation, Place, Text, event, fixture::PluginRef, json, known::listed};

use super::{Args, show};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    files,
    home::Home,
    report::{self, Store},
    show::inert,
    verbs::{automation, fixture},
};

/// Runs it, and shows what came of it.
pub(super) async fn run(common: &Common, args: Args) -> CliResult {
    let (Some(path), Some(plugin), Some(event)) = (&args.fixture, &args.plugin, &args.event) else {
        return Err(CliError::Input("give a fixture, --plugin and --event: see `mandate run --help`".to_owned()));
    };
    let world = Fixture::load(path).map_err(CliError::input)?;
    let folder = tempfile::tempdir().map_err(CliError::unavailable)?;
    let mut options = common.options();
    options.dry_run = args.dry_run;
    let home = Home::create(folder.path(), &world.seed, options).await?;
    if let Some(who) = &args.who {
        person(&home, who).await?;
    }
    let occurrence = happening(&home, &world, event)?;
    let digest = fixture::upload(&home, plugin).await?;
    let info = home.service.plugin(home.embedded.site(), digest.as_str()).await.map_err(CliError::input)?;
    boundary_only(&home, &world).await?;
    for mut chosen in automations(&world, &info.described.manifest.name, &occurrence, &args)? {
        if let Some(settings) = &args.settings {
            chosen.settings = json::object(settings)
                .map_err(|error| CliError::Input(format!("--settings is not a JSON object: {error}")))?;
        }
        let id = fixture::create(&home, &chosen, digest.as_str()).await?;
        automation::plant_version(&home, &id, &chosen.run_as).await?;
    }
    let event = match home.service.accept(&occurrence).await {
        Ok(accepted) => accepted.event,
        Err(error @ ServiceError::Event(_)) => return Err(CliError::input(error)),
        Err(error) => return Err(CliError::unavailable(error)),
    };
    home.settle().await.map_err(thrown_away)?;
    match &args.who {
        None => report::event(&home, &event, &occurrence, Store::ThrownAway, args.json).await?,
        Some(who) => own(&home, who, &event, &args).await?,
    }
    report::failures(&home, &event).await
}

/// Of a store that is thrown away, nothing is left to be done later.
fn thrown_away(error: CliError) -> CliError {
    match error {
        CliError::Stopped(_) => {
            CliError::Stopped("told to end before everything was done; nothing of the run is kept".to_owned())
        }
        other => other,
    }
}

/// A try-out shows each host call that is denied, where the site itself might stop an automation of which a power is gone.
async fn boundary_only(home: &Home, world: &Fixture) -> CliResult {
    let mut choices = world.governance.clone().unwrap_or_default();
    choices.settings.on_denied = Some(OnDenied { then: Then::Deny, tell: BTreeSet::new() });
    home.service.choose(home.embedded.site(), None, &choices).await.map_err(CliError::input)
}

/// Who looks is a person: teams and sites have no eyes.
async fn person(home: &Home, who: &PrincipalId) -> CliResult {
    if who.kind() == PrincipalKind::User {
        return home.known(who).await;
    }
    Err(CliError::Input(format!("`{who}` is no person: name one with --as, such as `user:ana`")))
}

/// What a person sees of it.
async fn own(home: &Home, who: &PrincipalId, event: &EventId, args: &Args) -> CliResult {
    let mut runs = home.service.runs(who).await.map_err(CliError::unavailable)?;
    if args.reasons {
        for run in &mut runs {
            *run = home.service.run_with_reasons(who, &run.id).await.map_err(CliError::unavailable)?;
        }
    }
    if args.json {
        outln!("{}", serde_json::to_string_pretty(&runs).map_err(CliError::unavailable)?);
        return Ok(());
    }
    if home.service.runs_of(event).await.map_err(CliError::unavailable)?.is_empty() {
        outln!("nothing happened: no automation of the plugin listens to it");
    } else if runs.is_empty() {
        outln!("nothing happened for {who}: they may not know of the event, or are not concerned");
    }
    for view in &runs {
        show::print(view, args.reasons);
    }
    Ok(())
}

/// The event of a file, or of the short form.
fn happening(home: &Home, world: &Fixture, text: &str) -> CliResult<Occurrence> {
    let path = Path::new(text);
    let text = if path.is_file() {
        Text::of_file(&path.display().to_string(), files::text(path)?)
    } else {
        Text::of_file("--event", text)
    };
    let occurrence = event::parse(&text, &world.seed.site, &world.seed.schema, home.now()).map_err(CliError::input)?;
    there(world, &occurrence)?;
    Ok(occurrence)
}

/// An event is about a row of the fixture, unless it carries the last image of one that is gone.
fn there(world: &Fixture, occurrence: &Occurrence) -> CliResult {
    let Some(row) = occurrence.row() else { return Ok(()) };
    let ids = world.seed.rows.iter().filter(|seed| seed.dataset == row.dataset).map(|seed| seed.id.as_str());
    if occurrence.image.is_some() || ids.clone().any(|id| id == row.id) {
        return Ok(());
    }
    let gone = occurrence.change == Change::Removed;
    let instead = if gone { ", and the removal has no `image` of it in its `data`" } else { "" };
    let (dataset, id) = (&row.dataset, &row.id);
    Err(CliError::Input(format!("the fixture has no row `{dataset}/{id}`{instead}; `{dataset}` has: {}", listed(ids))))
}

/// The fixture's automations of the plugin; none: one that runs as the person and tells them, about events like this one.
fn automations(
    world: &Fixture,
    plugin: &str,
    occurrence: &Occurrence,
    args: &Args,
) -> CliResult<Vec<FixtureAutomation>> {
    let of_plugin = |automation: &&FixtureAutomation| match &automation.plugin {
        PluginRef::Name(name) => name == plugin,
        PluginRef::File(file) => args.plugin.as_ref().is_some_and(|path| path.ends_with(file)),
    };
    let found: Vec<FixtureAutomation> = world.automations.iter().filter(of_plugin).cloned().collect();
    let trigger = match &occurrence.subject {
        Subject::Row(row) => Some(Trigger::rows(&row.dataset, [occurrence.change])),
        Subject::Custom(custom) => Some(Trigger::Event { event_type: custom.event_type.clone(), own_effects: false }),
        Subject::File(_) | Subject::Schedule(_) => None,
    };
    let (Some(who), Some(trigger), true) = (&args.who, trigger, found.is_empty()) else {
        return if found.is_empty() {
            Err(CliError::Input(format!(
                "the fixture has no automation of the plugin `{}`: give --as PERSON",
                inert(plugin)
            )))
        } else {
            Ok(found)
        };
    };
    Ok(vec![FixtureAutomation {
        name: plugin.to_owned(),
        plugin: PluginRef::Name(plugin.to_owned()),
        run_as: who.clone(),
        managers: vec![],
        settings: serde_json::Map::new(),
        trigger,
        recipients: vec![Recipient::Principal(who.clone())],
        enabled: true,
        sharing: mandate_spec::fixture::Sharing::default(),
        place: Place::whole("--as"),
    }])
}
