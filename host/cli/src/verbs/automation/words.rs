//! What happened to an automation, in words.

use std::collections::BTreeSet;

use mandate_governance::{Happening, Lack};
use mandate_model::{AutomationKind, PrincipalId, VersionId};

use crate::show::{inert, runs_as};

/// Says what came of a command.
pub(super) fn say(name: &str, happened: &[Happening]) {
    let name = inert(name);
    if happened.is_empty() {
        outln!("`{name}`: nothing changed, it was so already");
    }
    for happening in happened {
        outln!("`{name}`: {}", inert(&words(happening, true)));
    }
}

/// One happening. A version's id tells of its recipients, who are no business of all who see the automation: `versions` says
/// whether it is told.
pub(in crate::verbs) fn words(happening: &Happening, versions: bool) -> String {
    let named = |version: &VersionId| if versions { format!("`{version}`") } else { "a version".to_owned() };
    match happening {
        Happening::Created { cloned_from: None } => "it was made".to_owned(),
        Happening::Created { cloned_from: Some(_) } => "it was made as a copy of another".to_owned(),
        Happening::Renamed { from, to } => format!("it is called `{to}`, no longer `{from}`"),
        Happening::KindChanged { kind: changed } => format!("it is {}", kind(*changed)),
        Happening::Published { version } => format!("{} is published", named(version)),
        Happening::Consented { principal, version, by } if principal == by => {
            format!("`{principal}` lets {} act for them", named(version))
        }
        Happening::Consented { principal, version, by } => {
            format!("`{principal}` lets {} act for them, says `{by}`", named(version))
        }
        Happening::Migrated { principal, version } => {
            format!("that `{principal}` lets {} act for them was taken over from another product", named(version))
        }
        Happening::ConsentEnded { principal, version } => {
            format!("`{principal}` no longer lets {} act for them", named(version))
        }
        Happening::Enabled => "it was turned on".to_owned(),
        Happening::Disabled => "it was turned off; what was staged or queued is withheld".to_owned(),
        Happening::Stopped { lost } => format!("it was stopped: {}", lacks(lost)),
        Happening::RunAsChanged { from, to } => format!("it runs as {to}, before as {}", runs_as(from.as_ref())),
        Happening::Offered { to } => format!("it is offered to {to}"),
        Happening::OfferEnded { to } => format!("it is no longer offered to {to}"),
        Happening::Shared { added, removed } => people("manages it", added, removed),
        Happening::Invited { added, removed } => people("is invited", added, removed),
        Happening::RanNow => "it was run by hand".to_owned(),
        Happening::Cloned => "it was copied".to_owned(),
        Happening::Deleted => "it was deleted, for ever".to_owned(),
    }
}

fn people(what: &str, added: &BTreeSet<PrincipalId>, removed: &BTreeSet<PrincipalId>) -> String {
    let added = added.iter().map(|who| format!("{who} {what}"));
    let removed = removed.iter().map(|who| format!("{who} no longer {what}"));
    added.chain(removed).collect::<Vec<_>>().join(", ")
}

fn lacks(lost: &[Lack]) -> String {
    lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The word for a kind.
pub(super) fn kind(kind: AutomationKind) -> &'static str {
    match kind {
        AutomationKind::Private => "private",
        AutomationKind::Main => "main",
    }
}

/// Several names, or what to say of none.
pub(super) fn names<T: ToString>(all: impl IntoIterator<Item = T>, none: &str) -> String {
    let names: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    if names.is_empty() { none.to_owned() } else { inert(&names.join(", ")) }
}
