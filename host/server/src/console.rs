//! The console: one file for each page. Pages are made on the server and work without JavaScript; each answers one question.

mod assets;
mod automation;
mod automations;
mod enter;
mod frame;
mod names;
mod new;
mod time;
mod told;
pub(crate) mod trouble;

use crate::table::Table;

/// Adds its routes.
pub(crate) fn add(table: &mut Table) {
    assets::add(table);
    enter::add(table);
    automations::add(table);
    new::add(table);
    automation::add(table);
}
