//! Outcomes, refusals and notices as words.

use std::collections::BTreeSet;

use mandate_governance::{Audience, Consent, Happening, Life, NotRunning, Notice, Refused, State};
use mandate_model::{PrincipalId, VersionId};

fn number(version: &VersionId) -> String {
    (0..10).find(|number| super::version(*number) == *version).unwrap().to_string()
}

fn consent(consent: &Consent) -> String {
    let by = if consent.by == consent.principal { String::new() } else { format!("/{}", consent.by.name()) };
    let migrated = if consent.grandfathered { "~" } else { "" };
    format!("{}{}{migrated}{by}", consent.principal.name(), number(&consent.version))
}

/// `STATE PUBLISHED CONSENT RUN_AS`, or `!` and the word of the refusal.
pub(crate) fn outcome(result: &Result<(Life, Vec<Happening>), Refused>) -> String {
    let life = match result {
        Ok((life, _)) => life,
        Err(refused) => return refusal(refused).to_owned(),
    };
    let automation = &life.automation;
    let state = match (automation.deleted, automation.state) {
        (true, State::Off) => "deleted",
        (false, State::Off) => "off",
        (false, State::On) => "on",
        (false, State::Stopped) => "stopped",
        (true, state) => panic!("deleted and {}", state.as_str()),
    };
    let name = |one: Option<&PrincipalId>| one.map_or("-".to_owned(), |one| one.name().to_owned());
    let published = automation.published.as_ref().map_or("-".to_owned(), number);
    let consent = life.consent.as_ref().map_or("-".to_owned(), consent);
    let offered = automation.offered.as_ref().map_or(String::new(), |to| format!(">{}", to.name()));
    format!("{state} {published} {consent} {}{offered}", name(automation.run_as.as_ref()))
}

/// The word of a refusal.
pub(crate) fn refusal(refused: &Refused) -> &'static str {
    match refused {
        Refused::Unknown => "!unknown",
        Refused::Exists(_) => "!exists",
        Refused::Deleted => "!deleted",
        Refused::Denied { .. } => "!denied",
        Refused::Lacks { .. } => "!lacks",
        Refused::OnlyRunAs { .. } => "!only-run-as",
        Refused::RunsAsNobody(_) => "!nobody",
        Refused::Unpublished => "!unpublished",
        Refused::NotPublished { .. } => "!not-published",
        Refused::NotConfirmed { .. } => "!not-confirmed",
        Refused::StaleDraft { .. } => "!stale-draft",
        Refused::Stale { .. } => "!stale",
        Refused::WouldMove { .. } => "!would-move",
        Refused::DoesNotMove => "!does-not-move",
        Refused::NotTheirs { .. } => "!not-theirs",
        Refused::NoTransfer(_) => "!no-transfer",
        Refused::NotOffered(_) => "!not-offered",
        Refused::OwnerKind { .. } => "!owner-kind",
        Refused::NoCoOwners(_) => "!no-co-owners",
        Refused::MembersFirst(_) => "!members-first",
        Refused::StillManages(_) => "!still-manages",
        Refused::IsRunAs(_) => "!is-run-as",
        Refused::MadeHere => "!made-here",
        Refused::NotMigrated { .. } => "!not-migrated",
        Refused::BadName => "!bad-name",
        Refused::NotRunning(NotRunning::Nobody) => "!runs-as-nobody",
        Refused::NotRunning(NotRunning::Disabled { .. }) => "!off",
        Refused::NotRunning(NotRunning::Stopped { .. }) => "!stopped",
        Refused::NotRunning(NotRunning::NoConsent { .. }) => "!no-consent",
        Refused::NotRunning(other) => panic!("run-now looks at what is published: {other}"),
    }
}

/// `AUDIENCE: NOTICE`, in order.
pub(crate) fn told(notices: &BTreeSet<(Audience, Notice)>) -> Vec<String> {
    let one = |(audience, notice): &(Audience, Notice)| {
        let whom = match audience {
            Audience::Admins => "admins",
            Audience::Principal(one) => one.name(),
        };
        let what = match notice {
            Notice::Stopped => "stopped",
            Notice::RunsAsYou => "runs-as-you",
            Notice::NoLongerRunsAsYou => "no-longer-runs-as-you",
            Notice::WantsConsent => "wants-consent",
            Notice::OfferedToYou => "offered-to-you",
            Notice::SharedWithYou => "shared-with-you",
        };
        format!("{whom}: {what}")
    };
    notices.iter().map(one).collect()
}
