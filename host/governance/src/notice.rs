//! Who is told of what happened to an automation, once each.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;

use crate::{
    Happening, Life, Settings, State,
    settings::{Prompt, Told},
};

/// To whom a notice goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Every site admin.
    Admins,
    /// A user, or everyone in a team, each once (ONE-13); for a site its admins.
    Principal(PrincipalId),
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// The host stopped it (VEN-19, VEN-20).
    Stopped,
    /// It runs as them now.
    RunsAsYou,
    /// It no longer runs as them.
    NoLongerRunsAsYou,
    /// It waits for their consent to what was published.
    WantsConsent,
    /// It is offered to them.
    OfferedToYou,
    /// They manage it now (ONE-13).
    SharedWithYou,
}

/// Who is told that a run failed because of a lost power, where the automation stays on (FIL-40, FIL-41).
pub fn told_of_failure(life: &Life, settings: &Settings) -> BTreeSet<Audience> {
    let told = settings.on_denied.tell.iter().filter_map(|whom| match whom {
        Told::Admins => Some(Audience::Admins),
        Told::RunAs => life.automation.run_as.clone().map(Audience::Principal),
    });
    told.collect()
}

/// Who is told what, given the life after `happened` by `actor`. Nobody is told what they did themselves.
pub fn notices(
    life: &Life,
    actor: Option<&PrincipalId>,
    happened: &[Happening],
    settings: &Settings,
) -> BTreeSet<(Audience, Notice)> {
    let mut told = BTreeSet::new();
    for happening in happened {
        match happening {
            Happening::Stopped { .. } => stopped(life, settings, &mut told),
            Happening::RunAsChanged { from, to } => {
                told.insert((Audience::Principal(to.clone()), Notice::RunsAsYou));
                if let Some(from) = from {
                    told.insert((Audience::Principal(from.clone()), Notice::NoLongerRunsAsYou));
                }
            }
            Happening::Migrated { principal, .. } => {
                told.insert((Audience::Principal(principal.clone()), Notice::RunsAsYou));
            }
            Happening::Offered { to } => drop(told.insert((Audience::Principal(to.clone()), Notice::OfferedToYou))),
            Happening::Shared { added, .. } => {
                told.extend(added.iter().map(|one| (Audience::Principal(one.clone()), Notice::SharedWithYou)));
            }
            Happening::Published { .. } | Happening::Enabled => wants_consent(life, settings, &mut told),
            _ => {}
        }
    }
    told.retain(|(audience, _)| !matches!(audience, Audience::Principal(one) if Some(one) == actor));
    told
}

fn stopped(life: &Life, settings: &Settings, told: &mut BTreeSet<(Audience, Notice)>) {
    told.extend(told_of_failure(life, settings).into_iter().map(|audience| (audience, Notice::Stopped)));
}

fn wants_consent(life: &Life, settings: &Settings, told: &mut BTreeSet<(Audience, Notice)>) {
    let asked = settings.consent.contains(&Prompt::Version);
    if let (true, State::On, None, Some(run_as)) =
        (asked, life.automation.state, &life.consent, &life.automation.run_as)
    {
        told.insert((Audience::Principal(run_as.clone()), Notice::WantsConsent));
    }
}
