//! Turning it on, taking it over, and answering an offer: each by one button under what will act for whom.

use axum::http::StatusCode;
use mandate_governance::{Acquisition, Ask, Refused, settings::Transfer};
use mandate_model::{PrincipalId, VersionId};
use mandate_policy::Act;
use mandate_service::{ServiceError, ShownVersion};
use maud::{Markup, html};

use super::{Agreed, Note, page};
use crate::{
    answer::SeeOther,
    body::{At, Fields, Form},
    console::{
        automation::{Shared, Which, address, confirm},
        frame::token,
        told::told,
    },
    guard::{Guard, Toggle},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.post("/automations/{automation}/agree", "Agree to exactly what was shown", agree);
}

/// As whom it would run if its reader pressed a button of the page.
pub(super) fn as_whom<'s>(shared: &'s Shared<'_>) -> &'s PrincipalId {
    match shared.offered() {
        Some(to) => to,
        None if shared.page.moves.contains(&Act::Enable) || shared.takes() => &shared.page.acquires_as,
        None => shared.me.id(),
    }
}

/// The buttons; what moves it says so, and is confirmed by it. `version`: what is published, as far as it is shown.
pub(super) fn buttons(shared: &Shared<'_>, version: Option<&ShownVersion>) -> Markup {
    let page = shared.page;
    let whole = version.map(|version| version.whole.as_ref());
    // Nobody lets act what they are not shown.
    if whole.is_some_and(|whole| whole.is_none()) {
        return html! {};
    }
    let whole = whole.flatten();
    let (at, run_as) = (address(page), page.automation.run_as.as_ref());
    let speaks = shared.speaks();
    let moves = page.moves.contains(&Act::Enable);
    let enable = whole.is_some() && shared.may(Act::Enable) && (!shared.is_on() || speaks && page.waits);
    let (take, offered) = (shared.takes(), shared.offered());
    html! {
        @if let Some(whole) = whole { p.quiet { (told(&format!("`{}`", whole.version), shared.names)) } }
        @if enable && moves { div.note.waits { p { "Turning it on moves it. " (confirm::sentence(shared)) } } }
        @if enable || take || offered.is_some() {
            form.acts method="post" action={ (at) "/agree" } {
                (token(shared.me))
                @if let Some(whole) = whole { input type="hidden" name="version" value=(whole.version); }
                input type="hidden" name="from" value=(run_as.map(ToString::to_string).unwrap_or_default());
                @if let Some(to) = offered {
                    input type="hidden" name="to" value=(to);
                    button.primary name="how" value="accept" { "Accept: it runs as " (me_or(shared, to)) }
                    button formaction={ (at) "/decline" } { "Decline" }
                }
                @if enable {
                    @if moves { (confirm::fields(run_as, &page.acquires_as, whole.map(|whole| &whole.version))) }
                    button.primary[offered.is_none()] name="how" value="enable" { (turning_on(shared, speaks)) }
                }
                @if take {
                    input type="hidden" name="as" value=(page.acquires_as);
                    button.primary[!enable && offered.is_none()] name="how" value="take" { "Take over: it runs as " (me_or(shared, &page.acquires_as)) }
                }
                a.button href=(at) { "Not now" }
            }
        }
        (not_taken(shared))
    }
}

/// Why somebody who may take automations over cannot take this one, and the way that there is.
fn not_taken(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let ways = &page.ways;
    let asks = shared.may(Act::Take) && !page.automation.runs_as(shared.me.id()) && !ways.contains(&Transfer::Pull);
    html! {
        @if asks {
            p.quiet {
                "In this site nobody takes an automation over for themself. "
                @if ways.contains(&Transfer::Offer) { "Whom it runs as can offer it, on its page “People”." }
                @else if ways.contains(&Transfer::Move) {
                    "It is handed over on the page of whom it runs as, and is off until who gets it turns it on."
                }
                @else if page.moves.contains(&Act::Edit) { "Who publishes it is whom it runs as then." }
                @else { "Its settings say no way in which it comes to run as somebody else." }
            }
        }
    }
}

/// As whom, in the words of a button.
fn me_or<'s>(shared: &'s Shared<'_>, whom: &'s PrincipalId) -> &'s str {
    if whom == shared.me.id() { "me" } else { shared.names.get(whom) }
}

/// What turning it on does, on its button.
fn turning_on(shared: &Shared<'_>, speaks: bool) -> String {
    let page = shared.page;
    if page.moves.contains(&Act::Enable) {
        return format!("Agree and turn on: it runs as {}", me_or(shared, &page.acquires_as));
    }
    if speaks { "Agree and turn on".to_owned() } else { format!("Turn on: it waits until {} agrees", shared.run_as()) }
}

async fn agree(guard: Guard<Toggle>, At(which): At<Which>, Form(fields): Form) -> Result<Agreed, Problem> {
    let id = which.id()?;
    let asked = match wanted(guard.me.id(), &fields) {
        Some(ask) => guard.app.service.ask(&id, guard.me.id(), ask).await,
        None => Err(ServiceError::OtherVerb),
    };
    let Err(error) = asked else {
        guard.app.wake();
        return Ok(Agreed::There(SeeOther(format!("/automations/{id}"))));
    };
    match again(&error) {
        Some(text) => {
            let status = match error {
                ServiceError::OtherVerb => StatusCode::CONFLICT,
                error => Trouble::Service(error).kind().0,
            };
            page(&guard.app, &guard.me, &which, Some(Note { text, status })).await.map(Agreed::Again)
        }
        None => Err(error.into()),
    }
}

/// What is said above the page again; `None`: that is no matter of what was agreed to.
fn again(error: &ServiceError) -> Option<String> {
    use Refused as R;
    match error {
        ServiceError::Refused(
            changed @ (R::NotPublished { .. }
            | R::Stale { .. }
            | R::NotConfirmed { .. }
            | R::WouldMove { .. }
            | R::DoesNotMove),
        ) => Some(format!("It was changed meanwhile, and nothing was given: {changed}. This is what it is now.")),
        ServiceError::Refused(gone @ R::NotOffered(_)) => {
            Some(format!("Nothing was given: {gone}, or no longer. This is what it is now."))
        }
        ServiceError::Refused(lacks @ R::Lacks { .. }) => Some(format!(
            "Nothing was given: {lacks}. Ask for what is lacking and agree then, or have a version published that asks for less."
        )),
        ServiceError::Refused(
            refused @ (R::NoTransfer(_)
            | R::NotTheirs { .. }
            | R::OwnerKind { .. }
            | R::OnlyRunAs { .. }
            | R::RunsAsNobody(_)),
        ) => Some(format!("Nothing was given: {refused}.")),
        ServiceError::OtherVerb => {
            Some("That form was not whole, and nothing was given. This is what it is now.".to_owned())
        }
        _ => None,
    }
}

/// What the form asks for.
fn wanted(me: &PrincipalId, fields: &Fields) -> Option<Ask> {
    let some = |text: &str| if text.is_empty() { Ok(None) } else { PrincipalId::parse(text).map(Some) };
    // Where nothing is published, there is nothing to be let act yet.
    let version = match fields.text("version") {
        "" => None,
        text => Some(VersionId::parse(text).ok()?),
    };
    let runs_as = |new: PrincipalId| {
        Some(Acquisition { expected: some(fields.text("from")).ok()?, new, version: version.clone() })
    };
    match fields.text("how") {
        "enable" => Some(Ask::Enable { version: version?, acquisition: confirm::shown_and_confirmed(fields).ok()? }),
        "take" => {
            let new = some(fields.text("as")).ok()?.unwrap_or_else(|| me.clone());
            Some(Ask::Take { acquisition: runs_as(new)? })
        }
        "accept" => Some(Ask::Accept { acquisition: runs_as(PrincipalId::parse(fields.text("to")).ok()?)? }),
        _ => None,
    }
}
