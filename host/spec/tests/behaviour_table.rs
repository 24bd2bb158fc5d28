//! The table of all behaviours, `tests/golden/behaviours.md`, is made from `tests/spec/behaviours.toml`, the headings of the specs
//! and the names of tests, those in a browser too. It differs from what is kept when a behaviour is held by nothing, or by something
//! although it is pending. `UPDATE_GOLDEN=1` keeps it anew.
//!
//! Each behaviour that a spec holds fails under another preset, by the tables in `tests/golden/elsewhere`, or says why it holds
//! everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mandate_spec::spec::Spec;
use serde::Deserialize;

/// A behaviour as `behaviours.toml` has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Behaviour {
    line: String,
    pending: Option<u8>,
    why: Option<String>,
    test: Option<String>,
    missing: Option<String>,
    everywhere: Option<String>,
}

type Behaviours = BTreeMap<String, Behaviour>;
/// What holds behaviours, by their ids.
type Held = BTreeMap<String, Holding>;

/// The files that hold a behaviour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Holding {
    specs: BTreeSet<String>,
    browser: BTreeSet<String>,
}

/// Each area of ids with its preset and how many behaviours it has.
const AREAS: [(&str, &str, usize); 6] = [
    ("VEN", "vendasta", 24),
    ("FND", "foundry", 27),
    ("ONE", "oneup", 23),
    ("MON", "monday", 29),
    ("FIL", "files", 42),
    ("CON", "mandate", 8),
];

const TITLE: &str = "# What is reproduced, and what holds it\n\n\
    Made by `host/spec/tests/behaviour_table.rs` from `tests/spec/behaviours.toml`, the headings of the specs and the names of tests.\n\
    A spec is tried in its own world and in worlds in which it must fail; `tests/console` is tried in a real browser.\n\n\
    | id | behaviour | preset | held by | state |\n|---|---|---|---|---|\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn behaviours() -> Behaviours {
    toml::from_str(&std::fs::read_to_string(root().join("tests/spec/behaviours.toml")).unwrap()).unwrap()
}

/// What the headings of the specs say, and the names of tests in a browser.
fn held() -> Held {
    let mut held = Held::new();
    specs(&mut held);
    browser(&mut held);
    held
}

fn specs(held: &mut Held) {
    for path in spec_files() {
        let file = format!("`{}`", path.strip_prefix(root()).unwrap().display());
        for spec in Spec::load(&path).unwrap_or_else(|error| panic!("{error}")) {
            for id in spec.ids {
                held.entry(id).or_default().specs.insert(file.clone());
            }
        }
    }
}

/// Every file of specs.
fn spec_files() -> Vec<PathBuf> {
    let folders = ["tests/spec", "tests/spec/governance"].map(|below| root().join(below));
    let paths = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The ids of the specs of a file of which every mutation is other steps and nothing else. Read from the text: to read all specs as
/// what they are takes long.
fn by_steps(text: &str) -> Vec<String> {
    let specs = text.split("\n## ").skip(1).filter(|spec| {
        let mut fences = spec.lines().filter(|line| line.starts_with("```") && line.contains(" mutation \""));
        fences.all(|fence| fence.starts_with("```toml event "))
    });
    specs.flat_map(|spec| spec.split_whitespace().take_while(|word| is_id(word)).map(str::to_owned)).collect()
}

/// What becomes of each behaviour under other presets than its own: the words of all its specs, from the tables that are kept.
fn fates() -> BTreeMap<String, BTreeSet<String>> {
    let mut fates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("tests/golden/elsewhere")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("| ")) {
            let mut cells = line.trim_end_matches('|').split('|').map(str::trim);
            let heading = cells.next().unwrap();
            let words: BTreeSet<String> = cells.map(str::to_owned).collect();
            for id in heading.split(' ').take_while(|word| is_id(word)) {
                fates.entry(id.to_owned()).or_default().extend(words.clone());
            }
        }
    }
    fates
}

/// What is wrong with what behaviours say of other presets. `by_steps`: those of a spec whose mutations are other steps alone.
fn unsaid(
    behaviours: &Behaviours,
    fates: &BTreeMap<String, BTreeSet<String>>,
    by_steps: &BTreeSet<String>,
) -> Vec<String> {
    let mut wrong = vec![];
    for (id, behaviour) in behaviours {
        let fails = fates.get(id).is_some_and(|words| words.contains("fails"));
        let told = match (fates.contains_key(id), fails, behaviour.everywhere.is_some()) {
            (true, false, false) => "fails under no other preset: sharpen its spec, or say why it holds `everywhere`",
            (true, true, true) => "is to hold everywhere, and fails under another preset: leave out `everywhere`",
            (false, _, true) => "is to hold everywhere, and no spec of it is tried",
            (_, true, false) if by_steps.contains(id) => {
                "has a spec that only other steps break: delete a policy or flip a setting in a mutation of it"
            }
            _ => continue,
        };
        wrong.push(format!("`{id}` {told}"));
    }
    wrong
}

fn browser(held: &mut Held) {
    for entry in std::fs::read_dir(root().join("tests/console")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".test.js") {
            continue;
        }
        for id in named(&std::fs::read_to_string(&path).unwrap()) {
            held.entry(id).or_default().browser.insert(format!("`tests/console/{name}`"));
        }
    }
}

/// The ids that lead the names of a file's tests, as in `test("VEN-11 VEN-12: it asks", …`. What is skipped holds nothing.
fn named(text: &str) -> Vec<String> {
    let name = |line: &str| Some(line.strip_prefix("test(\"")?.split_once(':')?.0.to_owned());
    let ids = |name: String| {
        let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
        if words.iter().all(|word| is_id(word)) { words } else { vec![] }
    };
    text.lines()
        .filter(|line| !line.contains("skip:") && !line.contains("todo:"))
        .filter_map(name)
        .flat_map(ids)
        .collect()
}

fn is_id(word: &str) -> bool {
    let (area, number) = word.split_once('-').unwrap_or_default();
    AREAS.iter().any(|(known, ..)| *known == area) && number.len() == 2 && number.parse::<u8>().is_ok()
}

/// The names of all functions of tests of the host and of the suite.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root().join("host"), root().join("tests/suite")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                let mut before = "";
                for line in text.lines().map(str::trim) {
                    let name =
                        line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split_once('('));
                    names.extend(name.filter(|_| before.ends_with("test]")).map(|(name, _)| name.to_owned()));
                    before = line;
                }
            }
        }
    }
    names
}

/// The table, or everything that is wrong with it.
fn table(behaviours: &Behaviours, held: &Held, tests: &BTreeSet<String>) -> Result<String, String> {
    let mut wrong: Vec<String> = held
        .keys()
        .filter(|id| !behaviours.contains_key(*id))
        .map(|id| format!("`{id}` is in a spec or the name of a test in a browser, and not in the list"))
        .collect();
    let mut text = TITLE.to_owned();
    let known = |id: &str| AREAS.iter().position(|(area, ..)| id.starts_with(&format!("{area}-")));
    let mut ordered: Vec<_> = behaviours.iter().map(|(id, behaviour)| (known(id), id, behaviour)).collect();
    ordered.sort_by_key(|(area, id, _)| (*area, id.as_str()));
    for (area, id, behaviour) in ordered {
        let preset = area.and_then(|area| AREAS.get(area)).map_or("", |(_, preset, _)| *preset);
        match state(behaviour, held.get(id), tests) {
            Ok((by, state)) => {
                text.push_str(&format!("| {id} | {} | `{preset}` | {by} | {state} |\n", behaviour.line));
            }
            Err(message) => wrong.push(format!("`{id}` {message}")),
        }
        if area.is_none() {
            wrong.push(format!("`{id}` is of no area"));
        }
    }
    if wrong.is_empty() { Ok(text) } else { Err(wrong.join("\n")) }
}

/// What holds a behaviour, and the words for that.
fn state(behaviour: &Behaviour, held: Option<&Holding>, tests: &BTreeSet<String>) -> Result<(String, String), String> {
    let Behaviour { pending, why, test, missing, everywhere, .. } = behaviour;
    if pending.is_some() != why.is_some() {
        return Err("is pending with a step and a reason, or not at all".to_owned());
    }
    let Holding { specs, browser } = held.cloned().unwrap_or_default();
    if !specs.is_empty() && test.is_some() {
        return Err("names a test besides a spec".to_owned());
    }
    if let Some(test) = test.as_ref().filter(|test| !tests.contains(*test)) {
        return Err(format!("is held by the test `{test}`, which there is not"));
    }
    // What is missing of a behaviour and comes with its page is no longer missing.
    if missing.as_ref().is_some_and(|missing| missing.contains("page")) && !browser.is_empty() {
        return Err("misses a page although a test in a browser holds it".to_owned());
    }
    let kinds = [("spec", specs.len()), ("test", test.iter().count()), ("browser", browser.len())];
    let words: Vec<_> = kinds.into_iter().filter(|(_, count)| *count > 0).map(|(word, _)| word).collect();
    let by: Vec<String> = specs.into_iter().chain(test.iter().map(|test| format!("`{test}`"))).chain(browser).collect();
    match (by.is_empty(), pending.zip(why.as_ref())) {
        (false, None) => {
            let missing = missing.as_ref().map(|missing| format!("; missing: {missing}")).unwrap_or_default();
            let everywhere = everywhere.as_ref().map(|why| format!("; everywhere: {why}")).unwrap_or_default();
            Ok((by.join(", "), format!("{}{missing}{everywhere}", words.join(", "))))
        }
        (false, Some(_)) => Err(format!("is pending although {} holds it", by.join(", "))),
        (true, Some((step @ 3..=5, why))) => Ok(("–".to_owned(), format!("pending: step {step} ({why})"))),
        (true, Some((step, _))) => Err(format!("comes in step {step}: there are 3, 4 and 5")),
        (true, None) => Err("is held by nothing".to_owned()),
    }
}

#[test]
fn the_table_says_what_holds_each_behaviour() {
    let made = table(&behaviours(), &held(), &tests()).unwrap_or_else(|wrong| panic!("{wrong}"));
    let path = root().join("tests/golden/behaviours.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(made == kept, "the table is no longer what is kept: look at what changed with UPDATE_GOLDEN=1\n{made}");
}

#[test]
fn each_behaviour_fails_under_another_preset_or_says_why_not() {
    let by_steps = spec_files().iter().flat_map(|path| by_steps(&std::fs::read_to_string(path).unwrap())).collect();
    let wrong = unsaid(&behaviours(), &fates(), &by_steps);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_unsaid_of_other_presets_is_told() {
    let check = |everywhere: Option<&str>, words: &[&str], by_steps: &[&str], told: &str| {
        let behaviour = Behaviour { everywhere: everywhere.map(str::to_owned), ..Behaviour::default() };
        let words: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let fates = if words.is_empty() { BTreeMap::new() } else { BTreeMap::from([("VEN-01".to_owned(), words)]) };
        let by_steps = by_steps.iter().map(|id| (*id).to_owned()).collect();
        let found = unsaid(&Behaviours::from([("VEN-01".to_owned(), behaviour)]), &fates, &by_steps).join("\n");
        assert!(found.contains(told) && found.is_empty() == told.is_empty(), "expected `{told}`, found `{found}`");
    };
    check(None, &["own", "holds", "fails"], &[], "");
    check(None, &["own", "holds", "set-up"], &[], "`VEN-01` fails under no other preset");
    check(Some("a constant"), &["own", "holds"], &["VEN-01"], "");
    check(Some("a constant"), &["own", "holds", "fails"], &[], "leave out `everywhere`");
    check(Some("a constant"), &[], &[], "no spec of it is tried");
    check(None, &[], &[], "");
    check(None, &["own", "fails"], &["VEN-01"], "flip a setting in a mutation");
    let steps = "# Specs\n\n## VEN-01 VEN-02 A spec\n```toml event mutation \"x\"\n```\n";
    assert_eq!(by_steps(steps), ["VEN-01", "VEN-02"]);
    assert!(by_steps(&format!("{steps}```toml governance mutation \"y\"\n```\n")).is_empty());
}

#[test]
fn every_area_has_all_its_behaviours() {
    let behaviours = behaviours();
    for (area, _, count) in AREAS {
        let expected: BTreeSet<String> = (1..=count).map(|number| format!("{area}-{number:02}")).collect();
        let found: BTreeSet<String> =
            behaviours.keys().filter(|id| id.starts_with(&format!("{area}-"))).cloned().collect();
        assert_eq!(found, expected, "{area}");
    }
}

#[test]
fn what_the_table_does_not_hold_is_told() {
    let line = || "it is so".to_owned();
    let specs = BTreeSet::from(["`a.md`".to_owned()]);
    let browser = BTreeSet::from(["`a.test.js`".to_owned()]);
    let of = |ids: &[&str], holding: Holding| ids.iter().map(|id| ((*id).to_owned(), holding.clone())).collect();
    let in_specs = |ids: &[&str]| of(ids, Holding { specs: specs.clone(), ..Holding::default() });
    let in_browser = |ids: &[&str]| of(ids, Holding { browser: browser.clone(), ..Holding::default() });
    let in_both = |ids: &[&str]| of(ids, Holding { specs: specs.clone(), browser: browser.clone() });
    let check = |behaviour: Behaviour, held: Held, told: &str| {
        let list = Behaviours::from([("VEN-01".to_owned(), behaviour)]);
        let found = table(&list, &held, &BTreeSet::from(["ven_01".to_owned()]));
        assert!(found.as_ref().unwrap_or_else(|wrong| wrong).contains(told), "expected `{told}`, found {found:?}");
    };
    let plain = || Behaviour { line: line(), ..Behaviour::default() };
    let tested = |test: &str| Behaviour { test: Some(test.to_owned()), ..plain() };
    let pending = |step| Behaviour { pending: Some(step), why: Some("a page".to_owned()), ..plain() };
    let missing = |what: &str| Behaviour { missing: Some(what.to_owned()), ..plain() };
    check(plain(), in_specs(&["VEN-01"]), "| VEN-01 | it is so | `vendasta` | `a.md` | spec |");
    check(plain(), in_browser(&["VEN-01"]), "| VEN-01 | it is so | `vendasta` | `a.test.js` | browser |");
    check(plain(), in_both(&["VEN-01"]), "| `a.md`, `a.test.js` | spec, browser |");
    check(missing("x"), in_specs(&["VEN-01"]), "| spec; missing: x |");
    check(missing("the page itself"), in_specs(&["VEN-01"]), "| spec; missing: the page itself |");
    check(tested("ven_01"), Held::new(), "| `ven_01` | test |");
    check(tested("ven_01"), in_browser(&["VEN-01"]), "| `ven_01`, `a.test.js` | test, browser |");
    check(pending(4), Held::new(), "| – | pending: step 4 (a page) |");
    check(plain(), Held::new(), "`VEN-01` is held by nothing");
    check(pending(4), in_specs(&["VEN-01"]), "`VEN-01` is pending although `a.md` holds it");
    check(pending(4), in_browser(&["VEN-01"]), "`VEN-01` is pending although `a.test.js` holds it");
    check(
        missing("the page itself"),
        in_both(&["VEN-01"]),
        "`VEN-01` misses a page although a test in a browser holds it",
    );
    check(tested("ven_02"), Held::new(), "`VEN-01` is held by the test `ven_02`, which there is not");
    check(tested("ven_01"), in_specs(&["VEN-01"]), "`VEN-01` names a test besides a spec");
    check(pending(2), Held::new(), "`VEN-01` comes in step 2: there are 3, 4 and 5");
    check(Behaviour { pending: Some(3), ..plain() }, Held::new(), "`VEN-01` is pending with a step and a reason");
    check(plain(), in_browser(&["VEN-01", "VEN-99"]), "`VEN-99` is in a spec or the name of a test in a browser");
}

#[test]
fn a_test_in_a_browser_names_ids_first() {
    let text = "// test(\"VEN-01: a remark\"\n\
        test(\"VEN-11 VEN-12: it asks\", async () => {\n\
        test(\"MON-02: a\", { skip: true }, async () => {\n\
        test.skip(\"MON-03: a\", async () => {\n\
        test(\"the page of VEN-13: it asks\", async () => {\n\
        test(\"FIL-99: there is none\", async () => {\n";
    assert_eq!(named(text), ["VEN-11", "VEN-12", "FIL-99"]);
}
