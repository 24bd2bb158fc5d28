//! What is refused in a site's own policies, and where it is said to be.

use std::collections::BTreeSet;

use mandate_policy::{AutomationPolicies, PolicyError, Rule};

fn load(custom: &str) -> Result<AutomationPolicies, Vec<PolicyError>> {
    AutomationPolicies::load(&Rule::ALL.iter().copied().collect(), custom)
}

/// One error at this place, with these words in it.
fn check(custom: &str, line: usize, column: usize, words: &str) {
    let Err(errors) = load(custom) else { panic!("loaded: {custom}") };
    let [error] = errors.as_slice() else { panic!("{custom}: {errors:#?}") };
    assert_eq!((error.line, error.column), (line, column), "{error}");
    assert!(error.message.contains(words), "{error}");
}

fn loads(custom: &str) {
    load(custom).unwrap_or_else(|errors| panic!("{custom}: {errors:#?}"));
}

/// The condition begins at column 63.
fn when(condition: &str) -> String {
    format!("permit (principal, action == Action::\"view\", resource) when {{ {condition} }};")
}

#[test]
fn nothing_is_fine() {
    loads("");
    loads("// only a comment\n");
    assert!(AutomationPolicies::load(&BTreeSet::new(), "").is_ok());
}

#[test]
fn errors_have_a_place() {
    check("permit (principal, action, resource)\nwhen { ☃ };", 2, 8, "invalid token");
    check("// é\n\n  oops", 3, 7, "expected `(`");
    check(&when("resource.kin == Kind::\"main\""), 1, 63, "`kin`");
    check(&when("resource.open == 1"), 1, 63, "type");
    check("permit (principal, action == Action::\"consent-for\", resource);", 1, 30, "consent-for");
    check("permit (principal, action, resource is Automaton);", 1, 40, "Automaton");
    check(&when("context.may_view"), 1, 63, "may_view");
}

#[test]
fn all_errors_come_at_once_in_order() {
    let Err(found) = load(&format!("{}\n{}\n{}", when("resource.a"), when("resource.b"), when("resource.c"))) else {
        panic!("loaded")
    };
    assert_eq!(found.iter().map(|error| error.line).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn slips_in_names_of_permissions_and_kinds_are_refused() {
    check(&when("principal in Permission::\"edti\""), 1, 76, "valid entity eids: \"create\"");
    check(&when("resource.kind == Kind::\"mian\""), 1, 80, "mian");
    check(&when("principal == User::\"user:ana\""), 1, 82, "such as `User::\"ana\"`");
    check(&when("principal in Team::\"\""), 1, 82, "is not the name of a team");
    check(&when("principal in Role::\"\""), 1, 82, "has no name");
    check(&when("resource in Workspace::\"\""), 1, 86, "has no name");
    loads(&when("principal in Role::\"deal desk\" && resource in Site::\"acme\""));
}

#[test]
fn automations_are_not_named() {
    check("forbid (principal, action, resource == Automation::\"aut_x\");", 1, 52, "policies do not name automations");
}

#[test]
fn policies_that_never_apply_are_refused() {
    check(&when("resource.open && false"), 1, 1, "never apply");
    check("permit (principal, action == Action::\"set-policy\", resource is Automation);", 1, 1, "never apply");
    check("permit (principal is Team, action, resource);", 1, 1, "never apply");
    check("permit (principal, action == Action::\"manage\", resource);", 1, 1, "never apply");
}

#[test]
fn templates_are_refused() {
    check("permit (principal == ?principal, action, resource);", 1, 22, "templates");
}

#[test]
fn only_the_two_are_known() {
    for condition in [
        "resource has run_as && resource.run_as.active",
        "resource has run_as && resource.run_as in Team::\"emea\"",
        "resource has workspace && resource.workspace in Site::\"acme\"",
        "User::\"bob\" in Team::\"emea\"",
        "User::\"bob\".active",
    ] {
        let Err(errors) = load(&when(condition)) else { panic!("loaded: {condition}") };
        assert!(
            errors.iter().any(|error| error.message.starts_with("only what the person who asks")),
            "{condition}: {errors:#?}"
        );
    }
}

#[test]
fn what_may_be_missing_needs_has() {
    for name in ["run_as", "creator", "draft_of"] {
        check(&when(&format!("resource.{name} == principal")), 1, 63, name);
        loads(&when(&format!("resource has {name} && resource.{name} == principal")));
    }
}

#[test]
fn ids_of_built_in_policies_are_taken() {
    let everything = "permit (principal, action, resource);";
    for id in ["site-wall", "footprint", "role-gives", "run-as-turns-off", "view-all"] {
        let text = format!("{everything}\n @id(\"{id}\") {everything}");
        check(&text, 2, 2, &format!("`{id}` is the id of a built-in policy; choose another"));
        // Also while the rule is off.
        assert!(AutomationPolicies::load(&BTreeSet::new(), &text).is_err());
    }
    loads(&format!(
        "@id(\"site-wall-2\") {everything} @id(\"rule policy0\") {everything} @id(\"floor policy0\") {everything}"
    ));
}

#[test]
fn what_would_exhaust_a_stack_is_refused() {
    let chain = |length: usize, word: &str| when(&vec!["resource.open"; length].join(word));
    loads(&chain(100, " && "));
    check(&chain(200, " || "), 1, 1, "nested more than 128 deep");
    check(&chain(15_000, "||"), 1, 4110, "this policy is longer than 4096 characters");
    check(&when(&format!("{}true", "(".repeat(100_000))), 1, 190, "brackets are nested more than 128 deep");
    check(&when(&format!("principal in Role::\"{}\"", "a".repeat(300_000))), 1, 1, "longer than 262144 bytes");
}

#[test]
fn text_that_runs_backwards_is_refused() {
    let Err(errors) = load(&when("principal in Role::\"a\u{202e}b\"")) else { panic!("loaded") };
    assert!(errors[0].message.contains("BIDI"), "{errors:?}");
}
