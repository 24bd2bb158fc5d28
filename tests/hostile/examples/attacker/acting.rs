//! Attacks of `act`, each with what must happen.

use policy_guest::{Conflict, Event, Failure, Field, Hand, Problem, Settings, View, log};

use crate::evaluating::size;

/// Runs the attack of the settings, if it is one of this phase.
pub(crate) fn attack(settings: &Settings, event: &Event, view: &View, hand: &Hand) -> Result<(), Problem> {
    let dataset = settings.text("dataset")?;
    let number = settings.integer("number").unwrap_or(0);
    let row = event.row().map_or("", |row| row.id.as_str());
    match settings.text("attack")? {
        // Answered `limit`, or ended, at the limit on effects; nothing is carried out.
        "too_many_effects" => many(number, hand, dataset, row)?,
        // Nothing is carried out: what was staged goes with the trap.
        "s15_stage_and_trap" => stage_and_trap(hand, dataset, row),
        // Nothing is carried out.
        "stage_and_fail" => {
            stage(hand, dataset, row)?;
            return Err(Problem::Failed("after staging".to_owned()));
        }
        // Ended as a trap, before any host function: a view is no hand.
        "s12_view_as_hand" => forged(view.handle(), dataset, row),
        // Ended as a trap, before any host function: a hand is no view.
        "s12_hand_as_view" => hand_as_view(hand, dataset, row),
        // Ended as a trap for every `number` but that of the genuine hand.
        "s12_forged_hand" => forged(u32::try_from(number).unwrap_or(u32::MAX - 1), dataset, row),
        // Answered `limit` or ended: a text of `number` bytes in an effect.
        "huge_effect" => hand.update(dataset, row, &[Field::new("title", "x".repeat(size(number)))], None)?,
        // Fails unless every change of files, and every operation, is denied where there are none.
        "files" => changed_files(hand)?,
        // Each is `denied` or `invalid`; none is carried out. The log says which.
        "hostile_names" => hostile_names(hand, dataset),
        _ => {}
    }
    Ok(())
}

fn stage(hand: &Hand, dataset: &str, row: &str) -> Result<(), Failure> {
    hand.update(dataset, row, &[Field::new("status", "attacked")], None)
}

fn many(times: i64, hand: &Hand, dataset: &str, row: &str) -> Result<(), Failure> {
    (0..times).try_for_each(|_| stage(hand, dataset, row))
}

#[allow(clippy::panic, reason = "that is the attack")]
fn stage_and_trap(hand: &Hand, dataset: &str, row: &str) {
    drop(stage(hand, dataset, row));
    panic!("after staging");
}

fn forged(handle: u32, dataset: &str, row: &str) {
    // SAFETY: none; that is the attack. The host's table, not this type, must hold.
    let forged = unsafe { Hand::from_handle(handle) };
    drop(stage(&forged, dataset, row));
    std::mem::forget(forged);
}

fn hand_as_view(hand: &Hand, dataset: &str, row: &str) {
    // SAFETY: none; that is the attack.
    let forged = unsafe { View::from_handle(hand.handle()) };
    drop(forged.get(dataset, row));
    std::mem::forget(forged);
}

fn changed_files(hand: &Hand) -> Result<(), Problem> {
    let answers = [
        hand.write_file("/a", b"x", Conflict::Overwrite),
        hand.copy_file("/a", "/b", Conflict::Rename),
        hand.move_file("/a", "/b", Conflict::Fail, None),
        hand.remove_file("/a", None),
        hand.make_folder("/c"),
        hand.invoke("launch", "{}"),
    ];
    let denied = answers.iter().all(|answer| matches!(answer, Err(Failure::Denied)));
    if denied { Ok(()) } else { Err(Problem::Failed("something was not denied".to_owned())) }
}

fn hostile_names(hand: &Hand, dataset: &str) {
    for id in ["", "../1", "1'; drop table deals; --", "\0", "\u{202e}1", "1\n", "%2e%2e"] {
        let outcome = match stage(hand, dataset, id) {
            Ok(()) => "ok",
            Err(Failure::Denied) => "denied",
            Err(Failure::Invalid(_)) => "invalid",
            Err(_) => "other",
        };
        log::info(outcome);
    }
}
