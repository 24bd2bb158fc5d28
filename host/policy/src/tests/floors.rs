//! Default deny, and no right without a grant, whatever policies say.

use super::{PERMIT_ALL, ana, deals, id, load, readable};
use crate::{ColumnRight, Decision, Grant, Predicate, Right};

fn deny(reason: &str) -> Decision {
    Decision::Deny(reason.to_owned())
}

#[test]
fn nothing_is_permitted_by_default() {
    assert_eq!(readable("", &ana()), Vec::<&str>::new());
    let (id, cells) = deals().remove(0);
    assert_eq!(load("").row(&ana(), Right::Read, "deals", id, &cells), deny("no policy permits it"));
    assert_eq!(load("").column(&ana(), ColumnRight::ReadColumn, "deals", "amount"), deny("no policy permits it"));
}

#[test]
fn no_row_right_without_its_grant() {
    let loaded = load(PERMIT_ALL);
    let (id, cells) = deals().remove(0);
    for right in Right::ALL {
        let mut facts = ana();
        assert_eq!(loaded.row(&facts, right, "deals", id, &cells), Decision::Allow);
        assert_eq!(loaded.rows(&facts, right, "deals"), Ok(Predicate::True));
        facts.grants.remove(&Grant { right, dataset: "deals".to_owned() });
        let reason = format!("there is no grant `{right} deals`");
        assert_eq!(loaded.row(&facts, right, "deals", id, &cells), deny(&reason));
        assert_eq!(loaded.rows(&facts, right, "deals"), Ok(Predicate::False));
    }
}

#[test]
fn column_rights_need_read_and_update_or_create() {
    let loaded = load(PERMIT_ALL);
    for (held, read, update) in [
        (Right::Read, true, false),
        (Right::Create, false, true),
        (Right::Update, false, true),
        (Right::Remove, false, false),
    ] {
        let mut facts = ana();
        facts.grants = [Grant { right: held, dataset: "deals".to_owned() }].into();
        // A grant on another dataset helps nothing.
        facts.grants.extend(Right::ALL.map(|right| Grant { right, dataset: "contracts".to_owned() }));
        for column in ["amount", "weight", "blob"] {
            let ask = |right| loaded.column(&facts, right, "deals", column);
            assert_eq!(ask(ColumnRight::ReadColumn).is_allow(), read, "{held}");
            assert_eq!(ask(ColumnRight::UpdateColumn).is_allow(), update, "{held}");
        }
    }
    let mut facts = ana();
    facts.grants.clear();
    let missing = deny("there is no grant `update deals` or `create deals`");
    assert_eq!(loaded.column(&facts, ColumnRight::UpdateColumn, "deals", "amount"), missing);
}

#[test]
fn columns_by_name_and_by_dataset() {
    let loaded = load(
        "@id(\"open columns\")
         permit (principal, action == Action::\"read-column\", resource in Dataset::\"deals\");
         @id(\"no amounts\")
         forbid (principal, action, resource == Column::\"deals.amount\") unless { principal in Team::\"finance\" };",
    );
    let ask = |column: &str, dataset: &str| loaded.column(&ana(), ColumnRight::ReadColumn, dataset, column);
    assert_eq!(ask("region", "deals"), Decision::Allow);
    assert_eq!(ask("amount", "deals"), deny("policy `no amounts` forbids it"));
    assert_eq!(ask("region", "contracts"), deny("no policy permits it"));
    let mut finance = ana();
    finance.teams.insert(id("team:finance"));
    assert!(loaded.column(&finance, ColumnRight::ReadColumn, "deals", "amount").is_allow());
}

#[test]
fn what_is_unknown_is_denied() {
    let loaded = load(PERMIT_ALL);
    let (id, cells) = deals().remove(0);
    for name in ["nothing", "Column", "deals\"", ""] {
        assert!(!loaded.row(&ana(), Right::Read, name, id, &cells).is_allow());
        assert_eq!(loaded.rows(&ana(), Right::Read, name), Ok(Predicate::False));
        assert!(!loaded.column(&ana(), ColumnRight::ReadColumn, name, "region").is_allow());
        assert!(!loaded.column(&ana(), ColumnRight::ReadColumn, "deals", name).is_allow());
    }
    let unknown = deny("there is no column `deals.x`");
    assert_eq!(loaded.column(&ana(), ColumnRight::ReadColumn, "deals", "x"), unknown);
}

#[test]
fn reasons_name_every_policy_that_forbids() {
    let loaded = load(&format!(
        "{PERMIT_ALL} forbid (principal, action, resource is deals); @id(\"stop\") forbid (principal, action, resource is deals);"
    ));
    let (id, cells) = deals().remove(0);
    let mut facts = ana();
    assert_eq!(
        loaded.row(&facts, Right::Read, "deals", id, &cells),
        deny("policy `policy1` forbids it; policy `stop` forbids it")
    );
    facts.grants.clear();
    let reason = "there is no grant `read deals`; policy `policy1` forbids it; policy `stop` forbids it";
    assert_eq!(loaded.row(&facts, Right::Read, "deals", id, &cells), deny(reason));
}

#[test]
fn a_file_cannot_take_the_name_of_a_floor() {
    let text = format!("@id(\"floor read deals\") {PERMIT_ALL}");
    let mut facts = ana();
    facts.grants.clear();
    assert_eq!(load(&text).rows(&facts, Right::Read, "deals"), Ok(Predicate::False));
}
