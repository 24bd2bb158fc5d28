//! Making automations, and drafts, which their editor alone sees (MON-13).

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use mandate_model::{AutomationKind, PrincipalId, Recipient, Trigger};
use mandate_service::{NewAutomation, SavedDraft};
use mandate_spec::json;
use serde::Deserialize;

use super::{
    Target,
    ask::{called, refused},
    changes,
    find::find,
    principal, publish,
};
use crate::{
    failure::{CliError, CliResult},
    files,
    home::Home,
    show::{inert, runs_as},
};

/// A new one.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// What it is called
    name: String,
    /// Who makes it
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: PrincipalId,
    /// The workspace that it lies in, for ever
    #[arg(long)]
    workspace: Option<String>,
    /// Seen by everyone in its workspace
    #[arg(long, requires = "workspace")]
    main: bool,
    /// Its first draft: a JSON file as `edit` takes it
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
}

/// Another draft.
#[derive(Debug, clap::Args)]
pub(crate) struct Edit {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// A JSON file: `{ "plugin": …, "settings": {…}, "trigger": {…}, "recipients": […] }`, as `draft` prints it
    #[arg(long, value_name = "FILE")]
    draft: PathBuf,
}

/// A draft as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    plugin: String,
    #[serde(default)]
    settings: serde_json::Map<String, serde_json::Value>,
    trigger: Trigger,
    #[serde(default)]
    recipients: BTreeSet<Recipient>,
    /// Printed by `draft`. A draft that is written is begun on what is published then.
    #[serde(default, rename = "base")]
    _base: serde::de::IgnoredAny,
}

fn read(path: &Path) -> CliResult<SavedDraft> {
    let told = |error: &dyn std::fmt::Display| CliError::Input(format!("the draft `{}`: {error}", path.display()));
    let object = json::object(&files::text(path)?).map_err(|error| told(&error))?;
    let written: Written = serde_json::from_value(object.into()).map_err(|error| told(&error))?;
    let Written { plugin, settings, trigger, recipients, .. } = written;
    Ok(SavedDraft { plugin, settings: settings.into(), trigger, recipients, base: None })
}

/// Makes it: off, with nothing published.
pub(super) async fn create(home: &Home, args: Create) -> CliResult {
    home.known(&args.who).await?;
    let draft = args.draft.as_deref().map(read).transpose()?;
    let new = NewAutomation {
        site: home.embedded.site().clone(),
        workspace: args.workspace,
        kind: if args.main { AutomationKind::Main } else { AutomationKind::Private },
        name: args.name,
        creator: args.who.clone(),
    };
    let id = home.service.create_automation(new).await.map_err(refused)?;
    let life = home.service.automation(&id).await.map_err(refused)?;
    outln!("{} is off and runs as {}  {id}", called(&life), runs_as(life.automation.run_as.as_ref()));
    if let Some(draft) = draft {
        home.service.write_draft(&id, &args.who, draft).await.map_err(refused)?;
        outln!("Its draft is seen by you alone, until you publish it.");
    }
    Ok(())
}

/// Writes a draft. Where an earlier one was begun on something else than what is published now, both sides are shown.
pub(super) async fn edit(home: &Home, args: &Edit) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let (id, published) = (&life.automation.id, life.automation.published.as_ref());
    let draft = read(&args.draft)?;
    let before = home.service.saved_draft(id, who).await.map_err(refused)?;
    home.service.write_draft(id, who, draft.clone()).await.map_err(refused)?;
    outln!("your draft of {} is seen by you alone, until you publish it", called(&life));
    if let Some(before) = before.filter(|before| before.base.as_ref() != published) {
        // A plugin that is not uploaded yet is told when the draft is published.
        let version = publish::would_be(home, &draft).await.ok();
        changes::both_sides(home, who, before.base.as_ref(), published, version.as_ref()).await?;
    }
    Ok(())
}

/// Shows the person's own draft.
pub(super) async fn show(home: &Home, target: &Target) -> CliResult {
    let life = find(home, target).await?;
    let draft = home.service.saved_draft(&life.automation.id, &target.who).await.map_err(refused)?;
    let draft = draft.ok_or_else(|| none(&target.who, &life.automation.name))?;
    outln!("{}", serde_json::to_string_pretty(&draft).map_err(CliError::unavailable)?);
    Ok(())
}

/// There is no draft of theirs.
pub(super) fn none(who: &PrincipalId, name: &str) -> CliError {
    CliError::Input(format!("{who} has no draft of `{}`: write one with `mandate automation edit`", inert(name)))
}
