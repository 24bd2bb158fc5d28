//! The phases of an automation, a trait each.

use crate::{Event, Finding, Hand, Manifest, Message, Problem, View, bindings};

/// What every automation says of itself.
pub trait Plugin {
    /// Must answer the same always: it is asked once, at upload, and recorded.
    fn describe() -> Manifest;
}

/// Phase: does the event matter to this principal? Without it there is one finding, with the key `event`.
pub trait Condition {
    /// Findings with distinct keys; none when it does not matter. It is asked once as the principal that the automation runs
    /// as, for the action, and once as each recipient, for their notification; where a site has messages made as the former, only
    /// as that one.
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem>;
}

/// Phase: act on a finding, as the principal that the automation runs as.
pub trait Action {
    /// Called once for each finding. What it staged with `hand` is carried out as a whole when it returns `Ok`, and not at
    /// all otherwise. `view` shows the state before.
    fn act(event: &Event, finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem>;
}

/// Phase: tell one recipient about a finding of theirs; where a site has messages made as the principal that the automation runs
/// as, once for all who are told, of whom the guest learns nothing. Without it they are told the finding's summary.
pub trait Notification {
    /// The message made with this view; `None` when nobody need be told.
    fn render(event: &Event, finding: &Finding, view: &View) -> Result<Option<Message>, Problem>;
}

impl<T: Plugin> bindings::plugin::exports::mandate::automation::plugin::Guest for T {
    fn describe() -> Manifest {
        <T as Plugin>::describe()
    }
}

impl<T: Condition> bindings::condition::exports::mandate::automation::condition::Guest for T {
    fn evaluate(event: Event, view: &View) -> Result<Vec<Finding>, Problem> {
        <T as Condition>::evaluate(&event, view)
    }
}

impl<T: Action> bindings::action::exports::mandate::automation::action::Guest for T {
    fn act(event: Event, finding: Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        <T as Action>::act(&event, &finding, view, hand)
    }
}

impl<T: Notification> bindings::notification::exports::mandate::automation::notification::Guest for T {
    fn render(event: Event, finding: Finding, view: &View) -> Result<Option<Message>, Problem> {
        <T as Notification>::render(&event, &finding, view)
    }
}
