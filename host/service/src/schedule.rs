//! When a schedule is due: cron expressions of five fields, by the clocks of a time zone.
//!
//! Where clocks change, croner's rules hold: a fixed time of day (`30 2 * * *`) that a gap leaves out is due at the first instant
//! behind the gap, and one that comes twice is due at its first. What repeats within the day (`*/15 * * * *`, `0 1,2 * * *`) is due
//! whenever a clock shows it: never in a gap, and in both passes of an hour that comes twice.

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{
    Timestamp, Zoned,
    tz::{TimeZone, TimeZoneDatabase},
};

/// Longest cron expression in bytes.
const MAX_CRON: usize = 128;

/// The fields of a cron expression: what each is, and what it takes.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "`0` to `59`, `*/15`"),
    ("hour", "`0` to `23`, `8-18`"),
    ("day of the month", "`1` to `31`, `L` for the last"),
    ("month", "`1` to `12`, `JAN` to `DEC`"),
    ("day of the week", "`0` to `7`, `SUN` to `SAT`, `MON-FRI`"),
];

/// Why there is no such schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error(
        "`cron`: `{0}` does not have five fields: write minute, hour, day of the month, month and day of the week, such as \
         `0 9 * * MON-FRI`"
    )]
    Fields(String),
    /// A field that means nothing.
    #[error("`cron`: `{found}` is no {field}: write {takes}, `*` for any")]
    Field {
        /// What was written.
        found: String,
        /// Which field.
        field: &'static str,
        /// What may be written.
        takes: &'static str,
    },
    /// Its fields go together on no day.
    #[error("`cron`: `{0}` is never due: there is no such day")]
    Never(String),
    /// No time zone.
    #[error("`time_zone`: `{0}` is not known: write an IANA name such as `Europe/Paris`, or `UTC`")]
    Zone(String),
}

/// A schedule that can be asked when it is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

impl Schedule {
    /// A schedule as it is written. Seconds and years cannot be said: it is due once a minute at most.
    pub fn parse(cron: &str, time_zone: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        if fields.len() != FIELDS.len() || cron.len() > MAX_CRON {
            return Err(ScheduleError::Fields(cron.to_owned()));
        }
        for (index, ((field, takes), found)) in FIELDS.into_iter().zip(&fields).enumerate() {
            let alone: Vec<&str> = (0..FIELDS.len()).map(|at| if at == index { *found } else { "*" }).collect();
            let plain = !found.contains('@');
            if !plain || parser().parse(&alone.join(" ")).is_err() {
                return Err(ScheduleError::Field { found: (*found).to_owned(), field, takes });
            }
        }
        let parsed = parser().parse(&fields.join(" ")).map_err(|_| ScheduleError::Fields(cron.to_owned()))?;
        // The database that is compiled in, whatever the machine has.
        let zone = TimeZoneDatabase::bundled().get(time_zone).map_err(|_| ScheduleError::Zone(time_zone.to_owned()))?;
        let schedule = Self { cron: parsed, zone };
        match schedule.next(0) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(cron.to_owned())),
        }
    }

    /// When it is due next after `after`, both in microseconds since 1970-01-01T00:00:00Z. `None`: never again.
    pub fn next(&self, after: i64) -> Option<i64> {
        let after = Timestamp::from_microsecond(after).ok()?;
        let from = Zoned::new(after, self.zone.clone());
        let found = self.cron.find_next_occurrence(&from, false).ok()?;
        Some(found.timestamp().as_microsecond())
    }
}

fn parser() -> CronParser {
    CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build()
}

#[cfg(test)]
mod tests {
    use mandate_model::timestamp;

    use super::*;

    fn due(cron: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(cron, zone).unwrap();
        let mut at = timestamp::parse(from).unwrap();
        let next = || {
            at = schedule.next(at).unwrap();
            timestamp::format(at)
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn it_is_due_by_the_clocks_of_its_zone() {
        assert_eq!(
            due("0 9 * * MON", "Europe/Paris", "2026-03-23T00:00:00Z", 2),
            ["2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"],
            "nine in the morning, before and after the clocks change"
        );
        assert_eq!(due("59 23 31 12 *", "UTC", "2026-01-01T00:00:00Z", 1), ["2026-12-31T23:59:00Z"]);
        assert_eq!(
            due("0 12 L * *", "UTC", "2026-02-01T00:00:00Z", 2),
            ["2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z"]
        );
    }

    #[test]
    fn p07_leap_days_come_every_four_years() {
        assert_eq!(
            due("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2),
            ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]
        );
    }

    #[test]
    fn p07_a_time_of_day_that_is_left_out_is_due_right_behind_the_gap() {
        // On 2026-03-29 clocks in Paris go from 02:00 to 03:00, which is 01:00 UTC.
        assert_eq!(
            due("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        );
        assert_eq!(
            due("*/30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 1),
            ["2026-03-30T00:00:00Z"],
            "what repeats is left out with its hour"
        );
    }

    #[test]
    fn p07_a_time_of_day_that_comes_twice_is_due_once() {
        // On 2026-10-25 clocks in Paris go from 03:00 back to 02:00, which is 01:00 UTC.
        assert_eq!(
            due("30 2 * * *", "Europe/Paris", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
        assert_eq!(
            due("0 * * * *", "Europe/Paris", "2026-10-24T23:30:00Z", 3),
            ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"],
            "every hour is every hour"
        );
    }

    #[test]
    fn what_is_wrong_is_told_by_its_field() {
        for (cron, zone, told) in [
            ("0 9 * *", "UTC", "`cron`: `0 9 * *` does not have five fields"),
            ("0 0 9 * * *", "UTC", "`cron`: `0 0 9 * * *` does not have five fields"),
            ("@daily", "UTC", "`cron`: `@daily` does not have five fields"),
            ("@daily 9 * * *", "UTC", "`cron`: `@daily` is no minute"),
            ("61 9 * * *", "UTC", "`cron`: `61` is no minute: write `0` to `59`, `*/15`, `*` for any"),
            ("0 24 * * *", "UTC", "`cron`: `24` is no hour"),
            ("0 9 0 * *", "UTC", "`cron`: `0` is no day of the month"),
            ("0 9 * 13 *", "UTC", "`cron`: `13` is no month"),
            ("0 9 * * FUNDAY", "UTC", "`cron`: `FUNDAY` is no day of the week"),
            ("0 9 30 2 *", "UTC", "`cron`: `0 9 30 2 *` is never due"),
            ("0 9 * * *", "Europe/Atlantis", "`time_zone`: `Europe/Atlantis` is not known"),
            ("0 9 * * *", "+01:00", "`time_zone`: `+01:00` is not known"),
        ] {
            let found = Schedule::parse(cron, zone).unwrap_err().to_string();
            assert!(found.starts_with(told), "expected `{told}`, found `{found}`");
        }
        assert!(Schedule::parse(&format!("0{} 9 * * *", " ".repeat(200)), "UTC").is_err());
    }
}
