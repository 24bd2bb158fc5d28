//! Times in the zone of who looks: the exact one as text, for programs too; the module makes it relative.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use maud::{Markup, html};

/// A time.
pub(super) fn time(at: i64, zone: &str) -> Markup {
    let Some(local) = local(at, zone) else { return html! {} };
    let timestamp = local.timestamp();
    let exact = local.strftime("%-d %B %Y %H:%M").to_string();
    let full = local.strftime("%-d %B %Y %H:%M:%S %Z").to_string();
    html! { time datetime=(timestamp.to_string()) title=(full) { (exact) } }
}

/// The day of a time.
pub(super) fn day(at: i64, zone: &str) -> String {
    local(at, zone).map(|local| local.strftime("%A, %-d %B %Y").to_string()).unwrap_or_default()
}

/// A zone that is not known is UTC.
fn local(at: i64, zone: &str) -> Option<Zoned> {
    let timestamp = Timestamp::from_microsecond(at).ok()?;
    Some(timestamp.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC)))
}
