//! Times in the zone of who looks: the exact one as text, for programs too; the module makes it relative.

use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};

/// A time. A zone that is not known is shown as UTC.
pub(super) fn time(at: i64, zone: &str) -> Markup {
    let Ok(timestamp) = Timestamp::from_microsecond(at) else { return html! {} };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = timestamp.to_zoned(zone);
    let exact = local.strftime("%-d %B %Y %H:%M").to_string();
    let full = local.strftime("%-d %B %Y %H:%M:%S %Z").to_string();
    html! { time datetime=(timestamp.to_string()) title=(full) { (exact) } }
}
