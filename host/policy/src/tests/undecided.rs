//! A13: what cannot be decided is a no. Cedar skips a policy that errs; a `forbid` must not fail open by that.

use mandate_model::Value;

use super::{PERMIT_ALL, ana, deal, deals, load, permit, permit_user, predicate, readable, text};
use crate::{Attribute, Decision, Facts, Right, Undecidable};

/// Level 3 times this is beyond 64 bits.
const OVERFLOW: &str = "principal.level * 9223372036854775807 > 0";

fn forbid(condition: &str) -> String {
    format!("{PERMIT_ALL} @id(\"limit\") forbid (principal is User, action, resource is deals) when {{ {condition} }};")
}

fn level(level: i64) -> Facts {
    let mut facts = ana();
    facts.attributes.insert("level".to_owned(), Attribute::Integer(level));
    facts
}

#[test]
fn a13_an_erring_forbid_denies() {
    let loaded = load(&forbid(OVERFLOW));
    let (id, cells) = deals().remove(0);
    let Decision::Deny(reason) = loaded.row(&ana(), Right::Read, "deals", id, &cells) else { panic!("failed open") };
    assert!(reason.starts_with("cannot decide: policy `limit`: integer overflow"), "{reason}");
    let undecidable = Undecidable("policy `limit` errs for every row".to_owned());
    assert_eq!(loaded.rows(&ana(), Right::Read, "deals"), Err(undecidable));
    // Without the overflow it forbids nobody of level 0.
    assert_eq!(readable(&forbid(OVERFLOW), &level(0)), ["d1", "d2", "d3", "d4", "d5"]);
}

#[test]
fn a13_an_erring_permit_denies_what_another_permits() {
    let policies = format!("{PERMIT_ALL}{}", permit_user(OVERFLOW));
    let (id, cells) = deals().remove(0);
    assert!(!load(&policies).row(&ana(), Right::Read, "deals", id, &cells).is_allow());
    assert!(load(&policies).rows(&ana(), Right::Read, "deals").is_err());
}

#[test]
fn a13_errors_count_only_where_evaluation_comes_to_them() {
    let cases: [(&str, &[&str], &str); 6] = [
        ("resource.open && OVERFLOW", &["d1", "d2", "d4", "d5"], "not open"),
        ("resource.open || OVERFLOW", &[], "no row"),
        ("!(resource.open || OVERFLOW)", &["d3"], "open"),
        (
            "(resource.open && OVERFLOW) || resource.region == \"emea\"",
            &["d4", "d5"],
            "not (not open and region = 'emea') and not open",
        ),
        (
            "if resource.open then OVERFLOW else resource.region == \"emea\"",
            &["d4", "d5"],
            "not (not open and region = 'emea') and not open",
        ),
        ("(resource.open && OVERFLOW) && false", &["d1", "d2", "d4", "d5"], "not open"),
    ];
    for (condition, expected, words) in cases {
        let policies = forbid(&condition.replace("OVERFLOW", OVERFLOW).replace("&& false", "&& principal.level > 9"));
        assert_eq!(readable(&policies, &ana()), expected, "{condition}");
        assert_eq!(predicate(&policies, &ana()).to_string(), words, "{condition}");
    }
}

#[test]
fn cells_that_do_not_fit_deny() {
    let loaded = load(PERMIT_ALL);
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    for (column, value, what) in [
        ("region", Value::Null, "is null"),
        ("region", Value::Integer(1), "does not fit its type"),
        ("amount", Value::Integer(1), "does not fit its type"),
        ("amount", Value::Number(1.0), "does not fit its type"),
        ("amount", decimal("1.5"), "does not fit its type"),
        ("amount", decimal("1.505"), "does not fit its type"),
        ("amount", decimal("99999999999999999999.00"), "does not fit its type"),
        ("size", Value::Timestamp(1), "does not fit its type"),
        ("closed_at", Value::Integer(1), "does not fit its type"),
        ("open", text("true"), "does not fit its type"),
        ("owner", text("ana"), "does not fit its type"),
        ("owner", text("team:emea"), "does not fit its type"),
        ("team", text("user:ana"), "does not fit its type"),
        ("note", Value::Items(vec![]), "does not fit its type"),
    ] {
        let reason = format!("cannot decide: the cell `{column}` of a row of `deals` {what}");
        let decision = loaded.row(&ana(), Right::Read, "deals", "d", &deal(&[(column, value)]));
        assert_eq!(decision, Decision::Deny(reason));
    }
    let mut missing = deal(&[]);
    missing.remove("region");
    assert!(!loaded.row(&ana(), Right::Read, "deals", "d", &missing).is_allow());
    // Columns that are no part of policies may hold anything, and unknown ones are nobody's business.
    let row = deal(&[("weight", text("?")), ("blob", Value::Items(vec![])), ("other", Value::Integer(1))]);
    assert!(loaded.row(&ana(), Right::Read, "deals", "d", &row).is_allow());
}

#[test]
fn facts_that_do_not_fit_deny() {
    let policies = permit("true");
    let (id, cells) = deals().remove(0);
    let mut wrong = [ana(), ana(), ana()];
    wrong[0].attributes.remove("region");
    wrong[1].attributes.insert("region".to_owned(), Attribute::Integer(1));
    wrong[2].teams.insert(super::id("site:acme"));
    for facts in wrong {
        let Decision::Deny(reason) = load(&policies).row(&facts, Right::Read, "deals", id, &cells) else {
            panic!("open")
        };
        assert!(reason.starts_with("cannot decide: "), "{reason}");
        assert!(load(&policies).rows(&facts, Right::Read, "deals").is_err());
    }
    // What the schema does not know, no policy can ask for.
    let mut more = ana();
    more.attributes.insert("shoe_size".to_owned(), Attribute::Integer(42));
    assert_eq!(readable(&policies, &more).len(), 5);
}
