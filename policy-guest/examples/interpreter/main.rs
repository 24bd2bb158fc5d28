//! Interpreter: does what the program in its settings says. Property tests generate such programs, and shrink them.
//!
//! The settings name two datasets, `dataset` and `other`, that it may read and write in every column, and hold up to three
//! programs: `evaluate`, `act` and `render`, each a list of statements, empty by default. It may invoke the operation `ping`.
//!
//! # Variables
//! A variable has a name and a value (a WIT value). One that was never set is null. Variables live for one call.
//! An *answer* `r` is a group of variables. `r` itself is a text: `ok`, or `denied`, `invalid`, `limit`, `unavailable`,
//! `other`, or `no-hand` for a change asked for where there is no hand (nothing is asked then). Before it is set, every
//! variable whose name starts with `r.` is forgotten. After `ok`, by statement:
//! - `get`: `r.id`, `r.revision`, `r.columns` (names joined by `,`), `r.cell.NAME` for each column.
//! - `find`: `r.count`, `r.columns`, `r.next` (text, or null), and for each row, from 0: `r.N.id`, `r.N.revision`,
//!   `r.N.cell.NAME`.
//! - `create`: `r.id`. `update`, `remove`, `invoke`: nothing more.
//!
//! # Expressions
//! `null`, `true`, `false`, a text; a whole number that fits 64 bits is an integer, any other number a decimal as it is written.
//! - `{"var": NAME}`
//! - `{"decimal": TEXT}`, `{"timestamp": NUMBER}`
//! - `{"event": W}`, W one of `id`, `at` (timestamp), `change` (`added`, …), `dataset`, `row` (null if it is about no row)
//! - `{"finding": W}`, W one of `key`, `summary`; `{"data": NAME}`: a value of the finding. All null in `evaluate`.
//! - `{"concat": [E…]}`: a text, of each value as it is shown: null as nothing, a decimal as it is written
//! - `{"add": [E, E]}`: of two integers, wrapping; else null. `{"length": E}`: bytes of a text; else null
//!
//! Anything else is null.
//!
//! # Statements, run in order. The order of members within one means nothing.
//! - `{"set": NAME, "to": E}`
//! - `{"get": E, "id": E, "into": NAME}`: dataset and id. Here and below, a value that is no text counts as it is shown.
//! - `{"find": E, "columns": [TEXT…], "filters": [[TEXT, COMPARISON, E]…], "order": TEXT, "descending": BOOL, "limit": NUMBER,
//!   "after": E, "into": NAME}`: all but the dataset and `into` may be missing; the limit is then 100. COMPARISON as in WIT.
//!   An `after` of null is as if it were missing.
//! - `{"ask": W, "into": NAME}`, W one of `settings`, `locale`, `time-zone`, `principal` (its id), `principal-name`, `run`
//!   (null without a hand): sets just that variable
//! - `{"if": [E, OP, E], "then": [S…], "else": [S…]}`: both lists may be missing. OP:
//!   `=`: of equal kind and value; integers and decimals compare as exact numbers. `!=`: not `=`.
//!   `<`: both numbers, or both texts (by bytes), or both timestamps, and less; else false. `<=`: `<` or `=`. `>`, `>=`: `<`,
//!   `<=` the other way round. `contains`: both texts, the second part of the first.
//! - `{"repeat": NUMBER, "as": NAME, "do": [S…]}`: at most 1000 times; NAME counts from 0
//! - `{"each": NAME, "as": NAME, "do": [S…]}`: for each row of an answer of `find`, as if the second had been the answer of a
//!   `get` of it (without its `columns`)
//! - `{"finding": E, "summary": E, "data": [[TEXT, E]…]}`: one more finding; only `evaluate` returns them
//! - `{"title": E}`, `{"say": E}` (appended to the body), `{"attach": E, "content": E}` (name; text/plain): `render` returns a
//!   message if any of them was run; elsewhere they have no effect
//! - `{"create": E, "fields": [[TEXT, E]…], "into": NAME}`, `{"update": E, "id": E, "fields": …, "revision": E, "into": NAME}` (a
//!   revision of null is none), `{"remove": E, "id": E, "into": NAME}`, `{"invoke": E, "arguments": [[TEXT, E]…], "into": NAME}`
//! - `{"log": E}`: at the level info
//! - `{"burn": NUMBER}`: that many thousand steps of work; `{"trap": true}`
//! - `{"return": W, "text": E}`: ends the phase. W is `ok` (with what there is so far), `retry`, `failed` or `other`.
//!
//! Any other statement ends the phase as `failed` with the text `no such statement:` and its names. JSON nested deeper than
//! 32 is refused.

mod host;
mod machine;
#[cfg(test)]
mod tests;
mod values;

use host::Handles;
use machine::run;
use policy_guest::{
    Action, Condition, Event, Finding, Hand, Manifest, Message, Notification, Plugin, Problem, View, automation,
};

struct Interpreter;

impl Plugin for Interpreter {
    fn describe() -> Manifest {
        Manifest::new("interpreter", "0.1.0", "Does what the program in its settings says; for tests.")
            .settings(include_str!("schema.json"))
            .reads("{dataset}", &[])
            .reads("{other}", &[])
            .writes("{dataset}", &[])
            .writes("{other}", &[])
            .operation("ping")
    }
}

impl Condition for Interpreter {
    fn evaluate(event: &Event, view: &View) -> Result<Vec<Finding>, Problem> {
        Ok(run("evaluate", event, None, &Handles { view, hand: None })?.findings)
    }
}

impl Action for Interpreter {
    fn act(event: &Event, finding: &Finding, view: &View, hand: &Hand) -> Result<(), Problem> {
        run("act", event, Some(finding), &Handles { view, hand: Some(hand) }).map(drop)
    }
}

impl Notification for Interpreter {
    fn render(event: &Event, finding: &Finding, view: &View) -> Result<Option<Message>, Problem> {
        Ok(run("render", event, Some(finding), &Handles { view, hand: None })?.message)
    }
}

automation!(Interpreter: condition, action, notification);
