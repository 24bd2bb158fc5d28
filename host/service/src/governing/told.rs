//! What people are told of automations: one notice for each person and happening, with the way to the automation.

use std::collections::BTreeSet;

use mandate_governance::{Audience, Happening, Lack, Life, Notice, notices};
use mandate_model::{AutomationId, PrincipalId, PrincipalKind};
use mandate_runtime::platform::{Directory, Unavailable};
use serde::{Deserialize, Serialize};

use super::facts::Inquiry;

/// A notice as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// About which automation.
    pub automation: AutomationId,
    /// What it was called then.
    pub name: String,
    /// What happened.
    pub text: String,
}

/// Who is told what.
pub(crate) async fn told(
    inquiry: &Inquiry<'_>,
    directory: &dyn Directory,
    life: &Life,
    actor: Option<&PrincipalId>,
    happened: &[Happening],
) -> Result<BTreeSet<(PrincipalId, String)>, Unavailable> {
    let mut all = BTreeSet::new();
    for (audience, notice) in notices(life, actor, happened, &inquiry.governing.settings) {
        for person in people(inquiry, directory, life, &audience).await? {
            if Some(&person) != actor {
                all.insert((person, text(life, notice, happened)));
            }
        }
    }
    Ok(all)
}

pub(crate) async fn people(
    inquiry: &Inquiry<'_>,
    directory: &dyn Directory,
    life: &Life,
    audience: &Audience,
) -> Result<BTreeSet<PrincipalId>, Unavailable> {
    let principal = match audience {
        Audience::Admins => return inquiry.admins(&life.automation.site).await,
        Audience::Principal(principal) => principal,
    };
    Ok(match principal.kind() {
        PrincipalKind::User => BTreeSet::from([principal.clone()]),
        PrincipalKind::Team => directory.people(principal).await?.into_iter().collect(),
        PrincipalKind::Site => inquiry.admins(&life.automation.site).await?,
    })
}

fn text(life: &Life, notice: Notice, happened: &[Happening]) -> String {
    match notice {
        Notice::Stopped => {
            let lost = happened.iter().find_map(|happening| match happening {
                Happening::Stopped { lost } => Some(lost.iter().map(Lack::to_string).collect::<Vec<_>>().join("; ")),
                _ => None,
            });
            format!("it was stopped: {}", lost.unwrap_or_default())
        }
        Notice::RunsAsYou if life.consent.is_some() => "it runs as you from now on".to_owned(),
        Notice::RunsAsYou => "it would run as you: it is off until you turn it on".to_owned(),
        Notice::NoLongerRunsAsYou => "it no longer runs as you".to_owned(),
        Notice::WantsConsent => "another version was published: it runs as you only once you let it".to_owned(),
        Notice::OfferedToYou => "it is offered to you: accept or decline".to_owned(),
        Notice::SharedWithYou => "you manage it now".to_owned(),
    }
}
