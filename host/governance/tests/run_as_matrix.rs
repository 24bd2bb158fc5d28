//! Who an automation runs as after each act, in each preset: written by hand from the behaviours, with their ids.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, refusal, rows, settings, who};
use mandate_governance::Preset;

/// Automation of `a`; `b`, a site admin who may do everything, acts. A cell: whom it runs as then (`-`: nobody), and why; or the
/// refusal; `·`: there is no such thing. `vendasta, new`: it runs as nobody yet. `foundry, logic`: `acquire_on` lists
/// `save-logic` in place of `save`. `files, people`: `owner_kinds` lists users only; `files, folder`: `b` is a folder admin.
const MATRIX: &str = "
act             | vendasta, new          | vendasta          | foundry               | foundry, logic        | oneup                 | monday                | files                 | files, folder         | files, people         | mandate
create          | - VEN-02               | - VEN-02          | b FND-16              | b FND-16              | b ONE-03              | b MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | b mandate
rename          | - VEN-02               | a VEN-02          | b FND-16              | a FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | a mandate
edit logic      | - VEN-02               | a VEN-02          | b FND-16              | b FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-24              | b FIL-24              | a mandate
edit recipients | - VEN-02               | a VEN-02          | b FND-16              | a FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | a mandate
first on        | b VEN-02               | a VEN-02          | a FND-16              | a FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | a mandate
on              | ·                      | a VEN-02          | a FND-16              | a FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | a mandate
off             | - VEN-02               | a VEN-02          | a FND-16              | a FND-21              | a ONE-03              | a MON-10              | s FIL-39              | b FIL-38              | b FIL-38              | a mandate
take            | b VEN-04               | b VEN-04          | !no-transfer FND-16   | !no-transfer FND-21   | !no-transfer ONE-16   | !no-transfer MON-11   | !no-transfer FIL-24   | !no-transfer FIL-24   | !no-transfer FIL-24   | b mandate
run-now         | !runs-as-nobody VEN-02 | a VEN-05          | a FND-06              | a FND-06              | a ONE-09              | a MON-18              | a FIL-19              | a FIL-19              | a FIL-19              | a mandate
";

fn world(column: &str) -> World {
    let (preset, own) = match column {
        "foundry, logic" => ("foundry", "acquire_on = ['create', 'save-logic']"),
        "files, people" => ("files", "owner_kinds = ['user']"),
        other => (other.split(',').next().unwrap(), ""),
    };
    let mut world = World::of(settings(Preset::parse(preset).unwrap(), own));
    if column == "files, folder" {
        world.admins.clear();
    }
    world
}

/// The automation of `a` as each act finds it.
fn before(world: World, column: &str, act: &str) -> World {
    // In `vendasta`, taking it is how it comes to run as `a` before it was ever turned on.
    let made = if column == "vendasta" { "a create; a publish 1; a take as a" } else { "a create; a publish 1" };
    match (act, column) {
        ("create", _) => world,
        ("first on", _) | (_, "vendasta, new") => world.after(made),
        ("on", _) => world.after(made).after("a enable 1; a disable"),
        _ => world.after(made).after("a enable 1"),
    }
}

fn line(act: &str, column: &str) -> &'static str {
    match act {
        "create" => "b create",
        "rename" => "b rename y",
        "edit logic" => "b publish 2",
        "edit recipients" => "b publish 2 recipients",
        "first on" | "on" => "b enable 1",
        "off" => "b disable",
        "take" if column == "vendasta, new" => "b take as b",
        "take" => "b take as b from a",
        "run-now" => "b run-now",
        _ => panic!("no act `{act}`"),
    }
}

#[test]
fn whom_it_runs_as_after_each_act() {
    let (columns, rows) = rows(MATRIX);
    let mut cells = 0;
    for row in &rows {
        for (column, cell) in columns.iter().zip(row).skip(1) {
            let Some((expected, id)) = cell.split_once(' ') else {
                assert_eq!(*cell, "·");
                continue;
            };
            let world = before(world(column), column, row[0]);
            let run_as = match world.confirmed(line(row[0], column)) {
                Ok((life, _)) => life.automation.run_as.map_or("-".to_owned(), |one| one.name().to_owned()),
                Err(refused) => refusal(&refused).to_owned(),
            };
            assert_eq!(run_as, expected, "{id}: `{}` in `{column}`", row[0]);
            cells += 1;
        }
    }
    assert_eq!((columns.len() - 1, rows.len(), cells), (10, 9, 89));
}

/// Whoever becomes the one that it runs as has said so: the same command without that is refused and changes nothing.
#[test]
fn nobody_becomes_the_one_it_runs_as_unawares() {
    let (columns, rows) = rows(MATRIX);
    let mut refused = 0;
    for row in &rows {
        for (column, _) in columns.iter().zip(row).skip(1).filter(|(_, cell)| **cell != "·") {
            let world = before(world(column), column, row[0]);
            let before = world.life.as_ref().and_then(|life| life.automation.run_as.clone());
            let line = line(row[0], column);
            let unaware = line.split(" as ").next().unwrap();
            match (unaware == line).then(|| world.attempt(unaware)) {
                Some(Ok((life, _))) => assert_eq!(life.automation.run_as, before, "`{line}` in `{column}`"),
                Some(Err(error)) if refusal(&error) == "!would-move" => refused += 1,
                Some(Err(error)) => assert_eq!(refusal(&error), "!runs-as-nobody", "`{line}` in `{column}`"),
                None => assert_eq!(row[0], "take"),
            }
        }
    }
    // Every cell of the matrix that names another than before, except those of `take`, which always says it.
    assert_eq!(refused, 31);
}

/// Taking it for somebody else, or for the site by who is no admin of it, is refused in every preset.
#[test]
fn nobody_makes_it_run_as_somebody_else_by_acting() {
    for preset in Preset::ALL {
        let mut world = World::new(preset).after("a create; a publish 1");
        world.admins.clear();
        for line in
            ["b rename y as c from a", "b publish 2 as s from a", "b enable 1 as c from a", "b take as c from a"]
        {
            let refused = world.attempt(line).unwrap_err();
            let expected = ["!not-theirs", "!does-not-move", "!no-transfer"];
            assert!(expected.contains(&refusal(&refused)), "`{line}` in {preset}: {refused}");
        }
    }
    let refused = World::new(Preset::Files).after("a create").attempt("c rename y as b from a").unwrap_err();
    assert_eq!(refused.to_string(), "`user:c` cannot make it run as `user:b` by this; only as `user:c`");
    assert_eq!(who("b").to_string(), "user:b");
}
