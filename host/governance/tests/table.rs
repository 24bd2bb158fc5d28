//! Settings in words, as `mandate policy` and the console show them.
#![allow(clippy::unwrap_used, reason = "tests")]

use mandate_governance::{Choices, Difference, Preset};

fn choices(text: &str) -> Choices {
    toml::from_str(text).unwrap()
}

fn difference(setting: &str, before: &str, after: &str) -> Difference {
    Difference { setting: setting.to_owned(), before: before.to_owned(), after: after.to_owned() }
}

#[test]
fn what_holds_otherwise_is_listed_and_nothing_else() {
    let before = Preset::Mandate.settings().unwrap();
    assert_eq!(before.differences(&before), []);
    let after = before.clone().with(&choices("history = 'run-as'\nroles = { clerk = ['view'] }"));
    let expected = [difference("history", "own-right", "run-as"), difference("role clerk", "–", "view")];
    assert_eq!(before.differences(&after), expected);
}

#[test]
fn what_is_said_is_known_by_name() {
    assert!(choices("").said().is_empty());
    let said = choices("transfer = []\nconsent = ['version']").said();
    assert_eq!(said.into_iter().collect::<Vec<_>>(), ["consent", "transfer"]);
}
