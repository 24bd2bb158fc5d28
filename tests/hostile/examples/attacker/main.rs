//! Attacker: one guest for every attack that Rust can express.
//!
//! Settings: `attack` (see `evaluating.rs`, `acting.rs` and `rendering.rs`, each with what must happen), and `number` for the
//! attacks that need one. In the phases that are not attacked it is innocent: `evaluate` finds `k`, `act` does nothing,
//! `render` says `innocent`.

#![allow(unsafe_code, reason = "forged handles and wild pointers are the point")]

mod acting;
mod evaluating;
mod rendering;

use policy_guest::{
    Action, Condition, Event, Finding, Hand, Manifest, Message, Notification, Plugin, Problem, Settings, View,
    automation,
};

struct Attacker;

impl Plugin for Attacker {
    fn describe() -> Manifest {
        Manifest::new("attacker", "0.1.0", "Attacks its host; for tests.")
            .settings(
                r#"{"type": "object", "additionalProperties": false, "required": ["attack", "dataset"],
                    "properties": {"attack": {"type": "string"}, "dataset": {"type": "string", "format": "dataset"},
                      "number": {"type": "integer"}}}"#,
            )
            .reads("{dataset}", &[])
            .writes("{dataset}", &[])
    }
}

impl Condition for Attacker {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        let settings = Settings::of(view)?;
        let attacked = evaluating::attack(&settings, event, view)?;
        Ok(attacked.unwrap_or_else(|| vec![Finding::new("k", "found")]))
    }
}

impl Action for Attacker {
    fn act(event: &Event, _finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        acting::attack(&Settings::of(view)?, event, view, hand)
    }
}

impl Notification for Attacker {
    fn render(_event: &Event, _finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        let attacked = rendering::attack(&Settings::of(view)?)?;
        Ok(Some(attacked.unwrap_or_else(|| Message::new("innocent", "innocent"))))
    }
}

automation!(Attacker: condition, action, notification);
