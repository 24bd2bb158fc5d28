//! The console: one file for each page. Pages are made on the server and work without JavaScript; each answers one question.

mod assets;
mod automation;
mod automations;
mod enter;
mod field;
mod frame;
mod inbox;
mod me;
mod names;
mod new;
mod people;
mod plugins;
mod policy;
mod problems;
mod run;
mod runs;
mod search;
mod sources;
mod time;
mod told;
pub(crate) mod trouble;

use crate::table::Table;

/// Adds its routes.
pub(crate) fn add(table: &mut Table) {
    assets::add(table);
    enter::add(table);
    me::add(table);
    automations::add(table);
    new::add(table);
    automation::add(table);
    runs::add(table);
    run::add(table);
    inbox::add(table);
    people::add(table);
    plugins::add(table);
    policy::add(table);
    sources::add(table);
    search::add(table);
    problems::add(table);
}
