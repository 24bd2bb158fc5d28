//! Why a command was refused. Nothing changed then.

use std::collections::BTreeSet;

use mandate_model::{AutomationId, PrincipalId, PrincipalKind, VersionId};
use mandate_policy::Act;

use crate::{Lack, NotRunning};

/// Why a command was refused, as it is told to who may see the automation; who may not is told [`Refused::Unknown`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such automation, or the actor may not see it.
    #[error("there is no such automation")]
    Unknown,
    /// There is one of this id.
    #[error("there already is an automation `{0}`")]
    Exists(AutomationId),
    /// It was deleted, which is final.
    #[error("the automation is deleted, which is final")]
    Deleted,
    /// The actor may not do this.
    #[error("`{actor}` may not {}: {reason}{}", said(*.act), who_could(.granters))]
    Denied {
        /// Who asked.
        actor: PrincipalId,
        /// What for.
        act: Act,
        /// Which policy forbids, that none permits, or that it cannot be decided.
        reason: String,
        /// Who could let them.
        granters: BTreeSet<PrincipalId>,
    },
    /// Somebody lacks declared powers.
    #[error("{}{}", listed(.lacks), who_could(.granters))]
    Lacks {
        /// Who lacks what.
        lacks: Vec<Lack>,
        /// Who could give it.
        granters: BTreeSet<PrincipalId>,
    },
    /// Consent is given, and taken back, only by the principal that it binds.
    #[error("only {}, whom the automation runs as, can let it act for them; `{actor}` cannot", shown(.run_as.as_ref()))]
    OnlyRunAs {
        /// Who asked.
        actor: PrincipalId,
        /// Who could.
        run_as: Option<PrincipalId>,
    },
    /// It runs as nobody yet.
    #[error("the automation runs as nobody yet; {0}")]
    RunsAsNobody(&'static str),
    /// Nothing was published.
    #[error("the automation has no published version; publish one first")]
    Unpublished,
    /// The version is not the published one.
    #[error("`{version}` is not the published version, which is `{published}`; look at that one and decide again")]
    NotPublished {
        /// What was asked for.
        version: VersionId,
        /// What is published.
        published: VersionId,
    },
    /// What it would be confirmed for was not said.
    #[error("`{new}` would let `{version}` act for them; look at it and say that they do")]
    NotConfirmed {
        /// Who would.
        new: PrincipalId,
        /// What.
        version: VersionId,
    },
    /// Others published since the draft was begun.
    #[error(
        "the draft was begun on {}, but {} is published now; compare the two and begin again",
        shown(.base.as_ref()), shown(.published.as_ref())
    )]
    StaleDraft {
        /// What the draft was begun on.
        base: Option<VersionId>,
        /// What is published.
        published: Option<VersionId>,
    },
    /// It no longer runs as who was expected.
    #[error("the automation runs as {}, not as {}; look again and decide again", shown(.actual.as_ref()), shown(.expected.as_ref()))]
    Stale {
        /// Whom the actor was shown.
        expected: Option<PrincipalId>,
        /// Whom it runs as.
        actual: Option<PrincipalId>,
    },
    /// In this site the act makes its actor the one that it runs as, which nobody does unawares (FND-18).
    #[error("this makes the automation run as `{to}` in place of {}; confirm that, or leave it", shown(.from.as_ref()))]
    WouldMove {
        /// Whom it runs as.
        from: Option<PrincipalId>,
        /// Whom it would run as.
        to: PrincipalId,
    },
    /// In this site the act does not change whom it runs as.
    #[error("in this site this does not change whom an automation runs as; leave that out")]
    DoesNotMove,
    /// An act makes it run as its actor, never as somebody else.
    #[error("`{actor}` cannot make it run as `{new}` by this; only as `{theirs}`")]
    NotTheirs {
        /// Who asked.
        actor: PrincipalId,
        /// For whom.
        new: PrincipalId,
        /// As whom it would run.
        theirs: PrincipalId,
    },
    /// The site has no such way of handing over.
    #[error("in this site automations are not handed over in this way; its setting `transfer` does not list `{0}`")]
    NoTransfer(&'static str),
    /// It is not offered to the actor.
    #[error("the automation is not offered to `{0}`")]
    NotOffered(PrincipalId),
    /// A principal of a kind that it cannot run as in this site.
    #[error("in this site an automation does not run as a {}, such as `{principal}`", .principal.kind().as_str())]
    OwnerKind {
        /// Who.
        principal: PrincipalId,
    },
    /// The site has no managers of that kind.
    #[error("in this site a {} does not become a manager; its setting `co_owners` does not list that", .0.as_str())]
    NoCoOwners(PrincipalKind),
    /// A manager must have been a member before.
    #[error("`{0}` is no member; invite them first")]
    MembersFirst(PrincipalId),
    /// A member who is a manager stays a member.
    #[error("`{0}` manages the automation; take that away first")]
    StillManages(PrincipalId),
    /// Whom it runs as is not removed by sharing (ONE-16).
    #[error("the automation runs as `{0}`, who cannot be removed; hand it over first")]
    IsRunAs(PrincipalId),
    /// It does not run, so it does not run now.
    #[error(transparent)]
    NotRunning(#[from] NotRunning),
    /// Somebody made it here, so nobody let it act elsewhere (VEN-14).
    #[error(
        "the automation was made here, so there is no consent from another product to take over; only whom it runs as can let it \
         act for them"
    )]
    MadeHere,
    /// It was turned on here before, so it is no migrated one.
    #[error("the automation was turned on here before; only `{run_as}` can let it act for them")]
    NotMigrated {
        /// Who could.
        run_as: PrincipalId,
    },
    /// A name that is empty, too long, or has characters that are not shown.
    #[error("a name has 1 to {max} characters, none of them control characters", max = crate::MAX_NAME)]
    BadName,
}

/// `X`, or nobody.
fn shown<T: std::fmt::Display>(value: Option<&T>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
}

/// An act, in words.
fn said(act: Act) -> String {
    match act {
        Act::Create => "create an automation here".to_owned(),
        Act::SetPolicy => "change how this site governs automations".to_owned(),
        other => format!("{other} this automation"),
    }
}

fn listed(lacks: &[Lack]) -> String {
    lacks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn who_could(granters: &BTreeSet<PrincipalId>) -> String {
    if granters.is_empty() {
        return String::new();
    }
    let names: Vec<String> = granters.iter().map(|granter| format!("`{granter}`")).collect();
    format!("; {} could change that", names.join(", "))
}
