//! Common shapes of policies, each expressible: expected rows and predicates by hand.

use super::{PERMIT_ALL, ana, deal, id, load, permit, permit_user, predicate, readable, spain, text};
use crate::{Decision, Right, Undecidable};

/// Condition, readable deals, and the predicate as people read it.
fn check(policies: &str, expected: &[&str], words: &str) {
    assert_eq!(readable(policies, &ana()), expected, "{policies}");
    assert_eq!(predicate(policies, &ana()).to_string(), words, "{policies}");
}

#[test]
fn attributes_of_people_meet_cells() {
    check(&permit_user("resource.region == principal.region"), &["d1", "d2"], "region = 'emea'");
    check(&permit_user("resource.region != principal.region"), &["d3", "d4", "d5"], "region != 'emea'");
    check(&permit_user("principal.level > 2"), &["d1", "d2", "d3", "d4", "d5"], "every row");
    check(&permit_user("principal.level > 3"), &[], "no row");
    check(&permit_user("principal has temp && principal.temp"), &[], "no row");
    check(&permit_user("resource.amount <= principal.level * 100"), &["d2", "d3", "d4", "d5"], "amount <= 300");
}

#[test]
fn owners_and_row_ids() {
    check(&permit("resource.owner == principal"), &["d1"], "owner = 'user:ana'");
    check(
        &permit("resource has backup && resource.backup == principal"),
        &["d4"],
        "backup is not null and backup = 'user:ana'",
    );
    check(&permit("resource == deals::\"d2\""), &["d2"], "the row's id = 'd2'");
    check(&permit("resource in [deals::\"d2\", deals::\"d5\"]"), &["d2", "d5"], "the row's id in ('d2', 'd5')");
    check("permit (principal, action, resource == deals::\"d3\");", &["d3"], "the row's id = 'd3'");
    check(&permit("[true].contains(resource.open)"), &["d3"], "open");
    check(&permit("[User::\"bob\"].contains(resource.owner)"), &["d2", "d3", "d4", "d5"], "owner = 'user:bob'");
}

#[test]
fn teams_are_transitive() {
    check(&permit("principal in resource.team"), &["d2", "d4"], "team in ('team:emea', 'team:spain')");
    check("permit (principal in Team::\"emea\", action, resource);", &["d1", "d2", "d3", "d4", "d5"], "every row");
    check("permit (principal in Team::\"japan\", action, resource);", &[], "no row");
    check(
        &permit("principal in [resource.team, Team::\"japan\"]"),
        &["d2", "d4"],
        "team in ('team:emea', 'team:spain')",
    );
    check(&permit("principal in resource.owner"), &["d1"], "owner = 'user:ana'");
    check(&permit("principal in Grant::\"update contracts\""), &["d1", "d2", "d3", "d4", "d5"], "every row");
}

#[test]
fn a_team_is_in_itself_and_above() {
    assert_eq!(readable(&permit("principal in resource.team"), &spain()), ["d2", "d4"]);
    assert_eq!(readable(&permit("principal == resource.team"), &spain()), ["d4"]);
    assert_eq!(readable(&permit("principal is Team"), &ana()), Vec::<&str>::new());
    let mut site = spain();
    (site.id, site.teams) = (id("site:acme"), [].into());
    assert_eq!(readable(&permit("principal in resource.team"), &site), Vec::<&str>::new());
    assert_eq!(readable(&permit("principal == Site::\"acme\" && resource.open"), &site), ["d3"]);
}

#[test]
fn decimals_and_times_are_whole_numbers() {
    check(&permit("resource.amount > 1000"), &["d1"], "amount > 1000");
    check(&permit("resource.amount >= 1250"), &["d1"], "amount >= 1250");
    check(&permit("resource.amount < -300"), &["d2"], "amount < -300");
    check(&permit("!(resource.amount < 0)"), &["d1", "d3", "d4", "d5"], "amount >= 0");
    check(&permit("!(resource.amount > 0)"), &["d2", "d3", "d4", "d5"], "amount <= 0");
    check(
        &permit("resource has closed_at && resource.closed_at == 5"),
        &["d4"],
        "closed_at is not null and closed_at = 5",
    );
}

#[test]
fn nullable_columns_behind_has() {
    check(&permit("resource has note"), &["d3"], "note is not null");
    check(&permit("!(resource has size)"), &["d1", "d2", "d4", "d5"], "size is null");
    check(
        &permit("if resource has size then resource.size > 7 else true"),
        &["d1", "d2", "d4", "d5"],
        "size is null or (size is not null and size > 7)",
    );
    check(&permit("resource has size && resource.size != 8"), &["d3"], "size != 8 and size is not null");
    check(&permit("resource has region"), &["d1", "d2", "d3", "d4", "d5"], "every row");
    // A column that is no part of policies is there for none.
    check(&permit("resource has weight || resource.open"), &["d3"], "open");
}

#[test]
fn text_booleans_sets_and_choices() {
    check(
        &permit("resource has note && resource.note like \"*/b\\*\""),
        &["d3"],
        "note is not null and note like '*/b\\*'",
    );
    check(&permit("resource.open"), &["d3"], "open");
    check(&permit("resource.open == false"), &["d1", "d2", "d4", "d5"], "not open");
    check(
        &permit("resource.open == (resource.region == \"emea\")"),
        &["d4", "d5"],
        "(region != 'emea' and not open) or (region = 'emea' and open)",
    );
    check(&permit("[\"emea\", \"amer\"].contains(resource.region)"), &["d1", "d2"], "region in ('amer', 'emea')");
    check(&permit("[\"emea\", \"amer\"].containsAny([resource.region])"), &["d1", "d2"], "region in ('amer', 'emea')");
    check(
        &permit("[\"emea\", \"amer\"].containsAll([\"emea\", resource.region])"),
        &["d1", "d2"],
        "region in ('amer', 'emea')",
    );
    check(
        &permit("if resource.open then resource.region == \"apac\" else resource.amount > 0"),
        &["d1", "d3"],
        "(not open and amount > 0) or (region = 'apac' and open)",
    );
    check(&permit("resource[\"if\"] == \"then\""), &["d5"], "if = 'then'");
    check(&permit("resource.owner is User && resource is deals"), &["d1", "d2", "d3", "d4", "d5"], "every row");
}

#[test]
fn permits_are_or_ed_and_forbids_taken_away() {
    let policies = [
        permit("resource.owner == principal"),
        permit("resource.region == \"emea\""),
        permit("resource.region == \"apac\""),
        "forbid (principal, action, resource is deals) when { resource.amount < 0 };".to_owned(),
        "forbid (principal, action, resource is deals) unless { resource has note || resource.amount != 0 };"
            .to_owned(),
    ];
    let words =
        "not (amount < 0) and (owner = 'user:ana' or region in ('apac', 'emea')) and (amount != 0 or note is not null)";
    let all = policies.concat();
    assert_eq!(readable(&all, &ana()), ["d1", "d3"]);
    let turned: String = policies.iter().rev().map(String::as_str).collect();
    assert_eq!(predicate(&all, &ana()), predicate(&turned, &ana()));
    assert_eq!(predicate(&all, &ana()).digest(), predicate(&turned, &ana()).digest());
    for part in words.split(" and (").map(|part| part.trim_end_matches(')')) {
        assert!(predicate(&all, &ana()).to_string().contains(part), "{part}: {}", predicate(&all, &ana()));
    }
}

#[test]
fn equal_rights_are_equal_predicates() {
    let mut eve = ana();
    eve.id = id("user:eve");
    let region = permit_user("resource.region == principal.region");
    assert_eq!(predicate(&region, &ana()).digest(), predicate(&region, &eve).digest());
    let own = permit("resource.owner == principal");
    assert_ne!(predicate(&own, &ana()).digest(), predicate(&own, &eve).digest());
}

#[test]
fn what_depends_on_the_principal_alone_may_be_anything() {
    check(&permit_user("resource.amount < principal.level * 100 - 1"), &["d2", "d3", "d4", "d5"], "amount < 299");
    check(&permit_user("{ a: principal.level } == { a: 3 } && resource.open"), &["d3"], "open");
    check(
        &permit_user("[principal.region] == [\"emea\"] || resource.open"),
        &["d1", "d2", "d3", "d4", "d5"],
        "every row",
    );
    check(
        &permit_user("[principal.region, \"x\"].contains(resource.region)"),
        &["d1", "d2"],
        "region in ('emea', 'x')",
    );
    check(
        &permit_user("resource.region == (if principal.level > 2 then \"emea\" else \"x\")"),
        &["d1", "d2"],
        "region = 'emea'",
    );
    check(&permit("ip(\"127.0.0.1\").isLoopback() && resource.open"), &["d3"], "open");
    check(&permit_user("resource.open == (principal.level > 2)"), &["d3"], "open");
}

#[test]
fn a_row_is_in_nothing_but_itself() {
    check(&permit("resource in Dataset::\"deals\" || resource.open"), &["d3"], "open");
    check("permit (principal, action, resource in Dataset::\"deals\");", &[], "no row");
    check("permit (principal, action, resource is deals in deals::\"d3\");", &["d3"], "the row's id = 'd3'");
    check(&permit("resource is deals in deals::\"d3\" || resource.open"), &["d3"], "the row's id = 'd3' or open");
}

#[test]
fn a_residual_that_is_too_large_is_undecidable() {
    let nested =
        |levels| (0..levels).fold("resource.open".to_owned(), |inner, _| format!("resource.open == ({inner})"));
    assert!(load(&permit(&nested(3))).rows(&ana(), Right::Read, "deals").is_ok());
    let mixed = (0..20)
        .fold("resource.open".to_owned(), |inner, level| format!("(resource.region == \"{level}\") == ({inner})"));
    let undecidable = Undecidable("policy `policy0` comes to too much for a predicate".to_owned());
    assert_eq!(load(&permit(&mixed)).rows(&ana(), Right::Read, "deals"), Err(undecidable));
}

#[test]
fn rights_and_datasets_are_apart() {
    let loaded = load("permit (principal, action in [Action::\"read\", Action::\"create\"], resource is user);");
    let cells = [("region".to_owned(), text("emea"))].into();
    for (right, dataset, expected) in [
        (Right::Read, "user", true),
        (Right::Create, "user", true),
        (Right::Update, "user", false),
        (Right::Read, "contracts", false),
    ] {
        assert_eq!(loaded.row(&ana(), right, dataset, "u1", &cells).is_allow(), expected, "{right} {dataset}");
        let rows = loaded.rows(&ana(), right, dataset).unwrap();
        assert_eq!(rows.holds("u1", &cells), expected, "{right} {dataset}");
    }
}

#[test]
fn cells_are_taken_as_they_are() {
    let loaded = load(&permit("resource.region == \"x\\\" || true || \\\"\""));
    let row = deal(&[("region", text("x\" || true || \""))]);
    assert!(loaded.row(&ana(), Right::Read, "deals", "\"; permit", &row).is_allow());
    let rows = loaded.rows(&ana(), Right::Read, "deals").unwrap();
    assert!(rows.holds("\"; permit", &row));
    assert_eq!(load(PERMIT_ALL).row(&ana(), Right::Read, "deals", "é\n\0", &row), Decision::Allow);
}

#[test]
fn long_alternatives_fit_into_any_stack() {
    let all = (0..120).map(|number| format!("resource.region == \"r{number}\"")).collect::<Vec<_>>();
    let loaded = load(&permit(&all.join(" || ")));
    let row = deal(&[("region", text("r99"))]);
    let ask = move || {
        let rows = loaded.rows(&ana(), Right::Read, "deals").unwrap();
        assert_eq!(rows.size(), 121);
        assert!(rows.holds("d", &row) && !rows.holds("d", &deal(&[])), "{rows}");
        assert!(loaded.row(&ana(), Right::Read, "deals", "d", &row).is_allow());
        assert_eq!(
            loaded.row(&ana(), Right::Read, "deals", "d", &deal(&[])),
            Decision::Deny("no policy permits it".to_owned())
        );
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(ask).unwrap().join().unwrap();
}
