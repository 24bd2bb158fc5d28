//! The HTTP API: one file for each resource. What may be asked is decided by the service; here it is read and written down.

mod automations;
mod document;
pub(crate) mod hooks;
mod inbox;
mod intake;
mod live;
mod me;
mod people;
mod plugins;
mod policy;
pub(crate) mod runs;
mod search;
mod sessions;
pub(crate) mod tokens;
mod uploads;

use crate::table::Table;

/// Adds its routes.
pub(crate) fn add(table: &mut Table) {
    document::add(table);
    me::add(table);
    sessions::add(table);
    tokens::add(table);
    intake::add(table);
    hooks::add(table);
    automations::add(table);
    runs::add(table);
    live::add(table);
    inbox::add(table);
    people::add(table);
    plugins::add(table);
    uploads::add(table);
    policy::add(table);
    search::add(table);
}

/// A time as programs are told it: RFC 3339, in UTC.
fn at(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| String::new(), |time| time.to_string())
}
