//! The HTTP API: one file for each resource. What may be asked is decided by the service; here it is read and written down.

mod automations;
mod document;
mod inbox;
mod me;
mod people;
mod plugins;
mod policy;
mod runs;
mod search;

use crate::table::Table;

/// Adds its routes.
pub(crate) fn add(table: &mut Table) {
    document::add(table);
    me::add(table);
    automations::add(table);
    runs::add(table);
    inbox::add(table);
    people::add(table);
    plugins::add(table);
    policy::add(table);
    search::add(table);
}
