//! Who is told of what, once each, and never of what they did themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, rows, settings, who};
use mandate_governance::{Preset, notices};

fn on(preset: Preset) -> World {
    World::new(preset).after("a create; a publish 1; a enable 1")
}

/// What is told after the lines before the last, by the last; `–` is nothing. `b` is a site admin, `c` is none.
const TOLD: &str = "
preset   | line                        | told
vendasta | lost                        | admins: stopped
oneup    | lost                        | admins: stopped, a: stopped
mandate  | lost                        | admins: stopped, a: stopped
foundry  | lost                        | –
files    | lost                        | –
mandate  | a disable; lost             | –
vendasta | b take as b from a          | a: no-longer-runs-as-you
mandate  | b take as b from a          | a: no-longer-runs-as-you
foundry  | b publish 2                 | a: no-longer-runs-as-you
files    | b publish 2                 | a: no-longer-runs-as-you, s: runs-as-you
files    | c publish 2                 | a: no-longer-runs-as-you
mandate  | a offer c                   | c: offered-to-you
mandate  | a offer c; a offer d        | d: offered-to-you
mandate  | a offer c; a offer          | –
mandate  | a offer c; c decline        | –
oneup    | a offer c; c accept as c from a | a: no-longer-runs-as-you
mandate  | b move c from a             | a: no-longer-runs-as-you, c: runs-as-you
mandate  | a move c from a             | c: runs-as-you
mandate  | b move b from a             | a: no-longer-runs-as-you
oneup    | a share +c +t               | c: shared-with-you, t: shared-with-you
oneup    | b share +b +c               | c: shared-with-you
oneup    | a share +c; b share +c +d   | d: shared-with-you
oneup    | a share +c; b share -c      | –
mandate  | b publish 2                 | a: wants-consent
mandate  | a publish 2                 | –
mandate  | a publish 2 consents        | –
mandate  | a disable; b publish 2      | –
mandate  | a disable; b enable 1       | a: wants-consent
mandate  | a disable; a enable 1       | –
oneup    | b disable; b enable 1       | –
mandate  | lost; b publish 2           | –
mandate  | b rename y                  | –
mandate  | b delete                    | –
";

#[test]
fn who_is_told() {
    let (_, rows) = rows(TOLD);
    for row in &rows {
        let (before, line) = row[1].rsplit_once(';').unwrap_or(("", row[1]));
        let world = on(Preset::parse(row[0]).unwrap()).after(before);
        let told = world.told(line.trim());
        let told = if told.is_empty() { "–".to_owned() } else { told.join(", ") };
        assert_eq!(told, row[2], "`{}` in `{}`", row[1], row[0]);
    }
    assert_eq!(rows.len(), 33);
}

/// VEN-14: whom a migrated one runs as learns of it from their admin's act; an admin's own one is no news to them.
#[test]
fn ven_14_of_a_migration_whom_it_runs_as_is_told() {
    let planted = World::new(Preset::Mandate).planted().after("b publish 1");
    assert_eq!(planted.told("b migrate 1"), ["a: runs-as-you"]);
    assert_eq!(planted.told("a migrate 1"), Vec::<String>::new());
}

/// Of what runs as nobody there is nobody to tell.
#[test]
fn nobody_is_told_where_it_runs_as_nobody() {
    let world = World::new(Preset::Vendasta).after("a create; a publish 1");
    assert_eq!(world.told("b publish 2"), Vec::<String>::new());
    assert_eq!(world.told("b take as b"), Vec::<String>::new());
    let (life, happened) = on(Preset::Mandate).attempt("lost").unwrap();
    let mut nobody = life;
    nobody.automation.run_as = None;
    let told = notices(&nobody, None, &happened, &settings(Preset::Mandate, ""));
    assert_eq!(told.len(), 1, "admins alone");
}

/// A site that does not ask for consent to each version tells nobody that it waits; it waits all the same.
#[test]
fn consent_is_asked_for_as_the_site_says() {
    let world = World::of(settings(Preset::Mandate, "consent = []")).after("a create; a publish 1; a enable 1");
    assert_eq!(world.told("b publish 2"), Vec::<String>::new());
    assert_eq!(world.after("b publish 2").runs(), None);
    assert_eq!(who("t").to_string(), "team:t");
}
