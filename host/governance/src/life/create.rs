//! A new automation: off, nothing published, without consent.

use std::collections::BTreeSet;

use mandate_model::PrincipalId;
use mandate_policy::{Act, Decision};

use super::{named, owner_kind};
use crate::{Acquisition, Ask, Automation, Facts, Happening, Life, Refused, State, settings::Acquire};

pub(super) fn create(actor: &PrincipalId, ask: &Ask, facts: &Facts) -> Result<(Life, Vec<Happening>), Refused> {
    let Ask::Create { id, site, workspace, kind, name, cloned_from, acquisition } = ask else {
        return Err(Refused::Unknown);
    };
    if let Decision::Deny(reason) = &facts.may {
        let (actor, reason, granters) = (actor.clone(), reason.clone(), facts.granters.clone());
        return Err(Refused::Denied { actor, act: Act::Create, reason, granters });
    }
    named(name)?;
    let run_as = first_run_as(actor, acquisition.as_ref(), facts)?;
    let automation = Automation {
        id: id.clone(),
        site: site.clone(),
        workspace: workspace.clone(),
        kind: *kind,
        name: name.clone(),
        run_as,
        offered: None,
        managers: BTreeSet::new(),
        members: BTreeSet::new(),
        creator: actor.clone(),
        cloned_from: cloned_from.clone(),
        state: State::Off,
        planted: false,
        turned_on: false,
        published: None,
        deleted: false,
    };
    let created = Happening::Created { cloned_from: cloned_from.clone() };
    Ok((Life { automation, consent: None }, vec![created]))
}

/// The actor, where `acquire_on` lists creating; else nobody yet (VEN-02).
fn first_run_as(
    actor: &PrincipalId,
    acquisition: Option<&Acquisition>,
    facts: &Facts,
) -> Result<Option<PrincipalId>, Refused> {
    let theirs = &facts.acquires_as;
    match (facts.settings.acquire_on.contains(&Acquire::Create), acquisition) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Refused::DoesNotMove),
        (true, None) => Err(Refused::WouldMove { from: None, to: theirs.clone() }),
        (true, Some(Acquisition { expected: Some(expected), .. })) => {
            Err(Refused::Stale { expected: Some(expected.clone()), actual: None })
        }
        (true, Some(Acquisition { new, .. })) if new != theirs => {
            Err(Refused::NotTheirs { actor: actor.clone(), new: new.clone(), theirs: theirs.clone() })
        }
        (true, Some(_)) => owner_kind(theirs, facts).map(|()| Some(theirs.clone())),
    }
}
