//! An act that makes an automation run as somebody else: from whom to whom, what will act for them, and everything that was typed, kept
//! until they confirm it. Before that nothing moves (FND-18).

use axum::http::StatusCode;
use mandate_governance::{Acquisition, Refused};
use mandate_model::{PrincipalId, VersionId};
use mandate_service::{ReachPreview, ServiceError, ShownVersion};
use maud::{Markup, html};

use super::{Shared, Tab, address, consent, reach};
use crate::{answer::Page, body::Fields, console::frame::token, people, problem::Problem};

/// The button that confirms, and what it confirms.
const CONFIRM: &str = "move";
const FROM: &str = "move.from";
const TO: &str = "move.to";
const VERSION: &str = "move.version";
/// Fields of a form that are not kept as they were sent.
const OURS: [&str; 5] = ["csrf", CONFIRM, FROM, TO, VERSION];

/// What a form asked for.
pub(super) struct Wanted<'a> {
    /// Where it was sent, under the automation.
    pub(super) verb: &'a str,
    /// What it does, as a button says it.
    pub(super) what: &'a str,
    /// Where one goes then, and who leaves it.
    pub(super) back: &'a str,
    /// The page that it is on.
    pub(super) tab: Tab,
    /// All that was sent.
    pub(super) sent: &'a Fields,
}

/// What a form confirms; `None`: nothing.
pub(super) fn confirmed(sent: &Fields) -> Result<Option<Acquisition>, Problem> {
    if sent.has(CONFIRM) { read(sent).map(Some) } else { Ok(None) }
}

fn read(sent: &Fields) -> Result<Acquisition, Problem> {
    let principal = |name: &str| match sent.text(name) {
        "" => Ok(None),
        id => people::written(name, id).map(Some),
    };
    let new = people::written(TO, sent.text(TO))?;
    Ok(Acquisition { expected: principal(FROM)?, new, version: VersionId::parse(sent.text(VERSION)).ok() })
}

/// What the button of the consent page confirms, where that button moves it: the fields alone.
pub(super) fn shown_and_confirmed(sent: &Fields) -> Result<Option<Acquisition>, Problem> {
    if sent.has(TO) { read(sent).map(Some) } else { Ok(None) }
}

/// Whether the act waits to be confirmed, or what was confirmed is not so any more.
pub(super) fn asks(error: &ServiceError, sent: &Fields) -> bool {
    match error {
        ServiceError::Refused(Refused::WouldMove { .. }) => true,
        ServiceError::Refused(Refused::Stale { .. } | Refused::NotPublished { .. } | Refused::NotConfirmed { .. }) => {
            sent.has(CONFIRM)
        }
        _ => false,
    }
}

/// What one confirms: whom it runs as now and then, and the version that will act for them.
pub(super) fn fields(from: Option<&PrincipalId>, to: &PrincipalId, version: Option<&VersionId>) -> Markup {
    html! {
        input type="hidden" name=(FROM) value=(from.map(ToString::to_string).unwrap_or_default());
        input type="hidden" name=(TO) value=(to);
        @if let Some(version) = version { input type="hidden" name=(VERSION) value=(version); }
    }
}

/// As whom, in words: `you`, or a name.
pub(super) fn as_whom<'s>(shared: &'s Shared<'_>, to: &'s PrincipalId) -> &'s str {
    if to == shared.me.id() { "you" } else { shared.names.get(to) }
}

/// From whom to whom, as a sentence.
pub(super) fn sentence(shared: &Shared<'_>) -> Markup {
    let to = as_whom(shared, &shared.page.acquires_as);
    html! {
        @match &shared.page.automation.run_as {
            Some(from) => { "This makes it run as " strong { (to) } ", in place of " strong { (shared.names.get(from)) } "." }
            None => { "This makes it run as " strong { (to) } "; it runs as nobody yet." }
        }
    }
}

/// The page that asks. `would`: what would act for them, where it is not what is published; `reached`: what it would reach as them.
pub(super) fn page(
    shared: &Shared<'_>,
    wanted: &Wanted<'_>,
    would: Option<&ShownVersion>,
    reached: Option<&ReachPreview>,
) -> Page {
    let at = address(shared.page);
    let version = would.or(shared.page.version.as_ref());
    let whole = version.map(|version| version.whole.as_ref());
    let content = html! {
        div.note.waits role="alert" {
            p { (sentence(shared)) }
            @if wanted.sent.has(CONFIRM) { p { "It was changed since you were asked: this is what it is now." } }
            p { "Nothing has changed yet. What you typed is kept." }
        }
        @if let Some(version) = version {
            p.sentence {
                "If you confirm, exactly this acts "
                @match as_whom(shared, &shared.page.acquires_as) {
                    "you" => { "on your behalf:" }
                    other => { "on behalf of " (other) ":" }
                }
            }
            div.columns {
                (consent::may(version, &[], None))
                (reach::reaches(shared, reached))
                (consent::learn(version, shared.names))
            }
            (consent::never(version))
        }
        @match whole {
            // Nobody lets act what they are not shown.
            Some(None) => { p { "What it works on is not for you to see, so you cannot confirm it." } }
            _ => {
                form.acts method="post" action={ (at) (wanted.verb) } {
                    (token(shared.me))
                    @for (name, value) in wanted.sent.each().filter(|(name, _)| !OURS.contains(name)) {
                        input type="hidden" name=(name) value=(value);
                    }
                    (fields(shared.page.automation.run_as.as_ref(), &shared.page.acquires_as, whole.flatten().map(|whole| &whole.version)))
                    button.primary name=(CONFIRM) value="yes" {
                        (wanted.what) ": it runs as " @if shared.page.acquires_as == *shared.me.id() { "me" } @else { (shared.names.get(&shared.page.acquires_as)) }
                    }
                    a.button href=(wanted.back) { "Leave it as it is" }
                }
            }
        }
    };
    let mut page = shared.page(wanted.tab, &content);
    page.status = StatusCode::CONFLICT;
    page
}
