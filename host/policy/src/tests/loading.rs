//! What is refused when policies are loaded, and where it is said to be.

use super::{PERMIT_ALL, ana, column, load, permit, permit_user, schema};
use crate::load::no_principal;
use crate::stack::{self, MAX_NESTING, MAX_TEXT};
use crate::{AttributeDef, AttributeType, ColumnType, DataPolicies, DataSchema, DatasetDef, PolicyError, Right};

fn errors(policies: &str) -> Vec<PolicyError> {
    match DataPolicies::load(&schema(), policies) {
        Ok(_) => panic!("loaded: {policies}"),
        Err(errors) => errors,
    }
}

/// One error at this place, with these words in it.
fn check(policies: &str, line: usize, column: usize, words: &str) {
    let errors = errors(policies);
    let [error] = errors.as_slice() else { panic!("{policies}: {errors:#?}") };
    assert_eq!((error.line, error.column), (line, column), "{error}");
    assert!(error.message.contains(words), "{error}");
}

#[test]
fn errors_have_a_place() {
    check("permit (principal, action, resource)\nwhen { ☃ };", 2, 8, "invalid token");
    check("// é\n\n é;", 3, 2, "invalid token");
    check("permit (principal, action, resource);\n\n  oops", 3, 7, "expected `(`");
    let typo = "// ünï\npermit (principal, action == Action::\"read\", resource is deals)\n  when { \"ü\" == resource.regio };";
    check(typo, 3, 17, "`regio`");
    check(&permit("resource.region == 1"), 1, 72, "type");
    check("permit (principal, action == Action::\"peek\", resource);", 1, 30, "peek");
    check("permit (principal, action, resource is deal);", 1, 40, "deal");
}

#[test]
fn all_errors_come_at_once_in_order() {
    let found = errors(&format!("{}\n{}\n{}", permit("resource.a"), permit("resource.b"), permit("resource.c")));
    assert_eq!(found.iter().map(|error| error.line).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn what_no_predicate_says_is_refused() {
    for (condition, part) in [
        ("resource.amount + 1 > 0", "resource.amount + 1"),
        ("resource.open && -resource.amount > 0", "-(resource.amount)"),
        ("resource has size && resource.size * principal.level > 9", "resource.size * principal.level"),
        ("if resource.open then resource.amount - 1 == 0 else true", "resource.amount - 1"),
        ("(if resource.open then 1 else 2) == 1", "if resource.open then 1 else 2"),
        ("(if resource.open then principal.level else 2) > 1", "if resource.open then principal.level else 2"),
        ("(if resource.open then principal.level else resource.amount) == principal.level", "if resource.open then"),
        ("{ a: resource.open } == { a: true }", "{"),
        ("[resource.region] == [\"emea\"]", "[resource.region]"),
        ("[[resource.region]].contains([principal.region])", "[resource.region]"),
        ("[resource.region].isEmpty()", "[resource.region].isEmpty()"),
        ("(if resource.open then [1] else [2]).contains(1)", "if resource.open then [1] else [2]"),
        ("(if resource.open then principal else resource.owner) == principal", "if resource.open then principal"),
        ("[resource.open && true].contains(true)", "resource.open && true"),
        ("resource.region == (if resource.open then \"a\" else \"b\")", "if resource.open"),
        ("1 == resource.amount + 1", "resource.amount + 1"),
        ("resource.open == (resource.amount + 1 > 2)", "resource.amount + 1"),
        ("(resource.amount + 1 > 2) == resource.open", "resource.amount + 1"),
        ("(if resource.amount + 1 > 2 then true else resource.open) == resource.open", "resource.amount + 1"),
        (
            "(if resource.open then principal else principal) has region",
            "(if resource.open then principal else principal)",
        ),
        ("(if resource.open then principal else principal).region like \"e*\"", "(if resource.open"),
        ("(if resource.open then principal else principal) is Team", "if resource.open"),
        ("(if resource.open then principal else principal) is User in Team::\"emea\"", "(if resource.open"),
        ("(if resource.open then principal else principal) in Team::\"emea\"", "(if resource.open"),
        ("principal in (if resource.open then Team::\"emea\" else Team::\"spain\")", "principal in"),
        ("principal in [Team::\"spain\", if resource.open then Team::\"emea\" else Team::\"spain\"]", "principal in"),
        ("principal in (if resource.open then resource else resource).team", "principal in"),
        ("resource in (if resource.open then deals::\"1\" else deals::\"2\")", "resource in"),
        ("[1, 2].containsAny([resource.amount + 1])", "resource.amount + 1"),
        ("[resource.amount + 1].containsAll([1])", "resource.amount + 1"),
        ("[1].containsAll(if resource.open then [1] else [2])", "if resource.open then [1] else [2]"),
        ("resource.amount < resource.amount + 1", "resource.amount + 1"),
        ("resource.amount + 1 < resource.amount", "resource.amount + 1"),
    ] {
        let policies = format!("\n permit (principal is User, action, resource is deals) unless {{ {condition} }};");
        check(&policies, 2, 2, "cannot be asked of a database: compare the row and its columns");
        assert!(errors(&policies)[0].message.starts_with(&format!("`{part}")), "{}", errors(&policies)[0]);
    }
}

#[test]
fn a_choice_between_values_is_refused_unless_it_is_known() {
    let chosen = |then: &str, other: &str, with: &str| {
        let choice = format!("(if resource.open then {then} else {other}) == {with}");
        format!("permit (principal is User, action, resource is deals) when {{ {choice} }};")
    };
    for (then, other, with) in [
        ("1", "2", "1"),
        ("principal", "principal", "principal"),
        ("resource", "resource", "resource"),
        ("[1]", "[2]", "[1]"),
        ("{ a: 1 }", "{ a: 2 }", "{ a: 1 }"),
        ("-principal.level", "2", "1"),
        ("principal.level + 1", "2", "1"),
        ("principal.level - 1", "2", "1"),
        ("principal.level * 2", "2", "1"),
        ("resource.amount", "2", "1"),
        ("principal.region", "resource.region", "resource.region"),
        ("if principal.level > 1 then 1 else 2", "3", "1"),
        ("decimal(\"1.0\")", "decimal(\"2.0\")", "decimal(\"1.0\")"),
        ("datetime(\"2026-01-01\").toTime()", "duration(\"1s\")", "duration(\"1s\")"),
        ("duration(\"1s\").toSeconds()", "2", "1"),
        ("datetime(\"2026-01-01\").offset(duration(\"1s\"))", "datetime(\"2026-01-01\")", "datetime(\"2026-01-01\")"),
        ("datetime(\"2026-01-01\").durationSince(datetime(\"2026-01-01\"))", "duration(\"1s\")", "duration(\"1s\")"),
    ] {
        let found = errors(&chosen(then, other, with));
        assert!(found[0].message.starts_with("`if resource.open"), "{then}: {}", found[0]);
    }
    for then in [
        "true",
        "resource.open",
        "!resource.open",
        "resource has size",
        "resource.region like \"e*\"",
        "principal is User",
        "principal.level > 1",
        "[1].isEmpty()",
        "[1].contains(1)",
        "principal in Team::\"emea\"",
        "if principal.level > 1 then true else false",
        "ip(\"::1\").isLoopback()",
        "decimal(\"1.0\").lessThan(decimal(\"2.0\"))",
    ] {
        let policy = chosen(then, "false", "resource.open").replace("else false", "else resource.open");
        assert!(load(&policy).rows(&ana(), Right::Read, "deals").is_ok(), "{policy}");
    }
    for known in [
        "(if principal.level > 1 then [1] else [2]).contains(resource.amount)",
        "(if principal.level > 1 then principal else principal) in Team::\"emea\"",
    ] {
        assert!(load(&permit_user(known)).rows(&ana(), Right::Read, "deals").is_ok(), "{known}");
    }
    let temporary = "principal has temp && (if resource.open then principal.temp else resource.open) == resource.open";
    assert!(load(&permit_user(temporary)).rows(&ana(), Right::Read, "deals").is_ok());
}

#[test]
fn nullable_columns_need_has() {
    check(&permit("resource.size > 1"), 1, 72, "size");
    check(&permit("resource has size || resource.size > 1"), 1, 93, "size");
    load(&permit("resource has size && resource.size > 1"));
}

#[test]
fn columns_that_are_no_part_of_policies_cannot_be_asked() {
    check(&permit("resource.weight == 1"), 1, 72, "weight");
    check(&permit("resource.blob == \"\""), 1, 72, "blob");
}

#[test]
fn attributes_belong_to_users() {
    check(&permit("principal.region == \"emea\""), 1, 72, "principal is User");
    load(&permit("principal is User && principal.region == \"emea\""));
}

#[test]
fn rules_that_never_apply_are_refused() {
    check(&permit("resource.open && 1 == 2").replace("1 == 2", "false"), 1, 1, "never apply");
    check("forbid (principal, action == Action::\"read\", resource == Column::\"deals.amount\");", 1, 1, "never apply");
    check(&permit("principal is Team && principal is User"), 1, 1, "never apply");
}

#[test]
fn templates_are_refused() {
    check("permit (principal == ?principal, action, resource);", 1, 22, "templates");
}

#[test]
fn only_the_principal_and_the_row_are_known() {
    for condition in [
        "resource.owner in Team::\"emea\"",
        "resource.team in Team::\"emea\"",
        "resource.owner.region == \"emea\"",
        "resource.owner has temp",
        "User::\"bob\".region == \"emea\"",
        "User::\"bob\" in Team::\"emea\"",
        "Team::\"spain\" in Team::\"emea\"",
        "(if resource.open then principal else resource.owner) in Team::\"emea\"",
    ] {
        let condition = format!("principal is User && ({condition})");
        let found = errors(&permit(&condition));
        assert!(
            found.iter().any(|error| error.message.starts_with("only the teams and attributes")),
            "{condition}: {found:#?}"
        );
    }
}

#[test]
fn ids_that_name_nothing_are_refused() {
    let forbid = |scope: &str| format!("{PERMIT_ALL}\nforbid (principal, action, resource {scope});");
    check(&forbid("== Column::\"deals.amnt\""), 2, 48, "`Column::\"deals.amnt\"` is not a column of the schema");
    check(&forbid("in Dataset::\"deal\""), 2, 49, "is not a dataset of the schema");
    let grant = |grant: &str| permit(&format!("principal in Grant::\"{grant}\""));
    check(&grant("change deals"), 1, 92, "is not a right and a dataset");
    check(&grant("read deal"), 1, 92, "is not a right and a dataset");
    check(&permit("principal == User::\"user:ana\""), 1, 91, "such as `User::\"ana\"`");
    load(&grant("read contracts"));
    let twice = errors(&format!("{0}\n{0}", grant("read deal")));
    assert_eq!(twice.iter().map(|error| (error.line, error.column)).collect::<Vec<_>>(), [(1, 92), (2, 92)]);
}

#[test]
fn text_that_runs_backwards_is_refused() {
    let found = errors(&permit("resource.region == \"a\u{202e}b\""));
    assert!(found[0].message.contains("BIDI"), "{found:?}");
    load(&permit("resource.region == \"Москва west\""));
}

fn named(dataset: &str, columns: &[&str]) -> DatasetDef {
    let columns = columns.iter().map(|name| column(name, ColumnType::Text, false)).collect();
    DatasetDef { name: dataset.to_owned(), columns, any_change: false }
}

#[test]
fn datasets_cannot_be_words_of_cedar() {
    for word in ["in", "is", "if", "true", "false", "then", "else", "like", "has"] {
        let schema = DataSchema { datasets: vec![named(word, &[])], attributes: Vec::new() };
        let found = DataPolicies::load(&schema, "").unwrap_err();
        let message = format!("dataset `{word}`: Cedar keeps this word for itself; rename the dataset");
        assert_eq!(found, [PolicyError { line: 1, column: 1, message }]);
    }
}

#[test]
fn any_other_name_works_as_dataset_column_and_attribute() {
    let words = [
        "user",
        "team",
        "column",
        "grant",
        "dataset",
        "principal",
        "action",
        "resource",
        "context",
        "permit",
        "forbid",
        "when",
        "unless",
        "decimal",
        "ipaddr",
        "datetime",
        "duration",
        "long",
        "string",
        "set",
        "entity",
        "type",
        "namespace",
        "tags",
        "enum",
    ];
    let columns = ["in", "is", "if", "true", "else", "has", "like", "principal", "type", "id", "x"];
    let attribute =
        |name: &&str| AttributeDef { name: (*name).to_owned(), attribute_type: AttributeType::Text, optional: true };
    let schema = DataSchema {
        datasets: words.iter().map(|word| named(word, &columns)).collect(),
        attributes: columns.iter().map(attribute).collect(),
    };
    let policy = words.map(|word| {
        format!(
            "permit (principal is User, action == Action::\"read\", resource is {word})
             when {{ principal has \"in\" && resource[\"in\"] == principal[\"in\"] && resource != {word}::\"1\" }};"
        )
    });
    if let Err(errors) = DataPolicies::load(&schema, &policy.concat()) {
        panic!("{errors:#?}");
    }
}

#[test]
fn odd_names_are_refused() {
    let schema = DataSchema {
        datasets: vec![named("Deals", &[]), named("a", &["b", "b\" : Long, \""]), named("a", &["c", "c"])],
        attributes: vec![AttributeDef { name: "é".to_owned(), attribute_type: AttributeType::Text, optional: false }],
    };
    let found: Vec<_> = DataPolicies::load(&schema, "").unwrap_err().into_iter().map(|error| error.message).collect();
    let name = "a name is a lower-case letter, then lower-case letters, digits and `_`";
    assert_eq!(
        found,
        [
            format!("attribute `é`: {name}"),
            format!("dataset `Deals`: {name}"),
            "dataset `a` is there twice; remove one".to_owned(),
            format!("dataset `a`: column `b\" : Long, \"`: {name}"),
            "dataset `a`: column `c` is there twice; remove one".to_owned(),
        ]
    );
}

#[test]
fn an_empty_world_loads() {
    assert!(DataPolicies::load(&DataSchema::default(), "").is_ok());
    load("// only a comment\n");
}

#[test]
fn what_would_exhaust_a_stack_is_refused() {
    let chain = |length: usize, word: &str| permit(&vec!["resource.open"; length].join(word));
    load(&chain(100, " && "));
    check(&chain(200, " || "), 1, 1, "nested more than 128 deep");
    check(&chain(15_000, "||"), 1, 4112, "this policy is longer than 4096 characters");
    check(&permit(&format!("{}true", "(".repeat(100_000))), 1, 199, "brackets are nested more than 128 deep");
    check(&permit(&format!("resource.region == \"{}\"", "(".repeat(300_000))), 1, 1, "longer than 262144 bytes");
    for condition in [
        "1||".repeat(1_300),
        "true&&".repeat(600),
        "1+".repeat(1_990),
        format!("resource{}", ".x".repeat(1_990)),
        "if true then 1 else ".repeat(250),
        "!".repeat(4_000),
    ] {
        let found = errors(&permit(&format!("{condition} true")));
        assert!(!found.is_empty() && found.iter().all(|error| !error.message.contains("longer")), "{found:#?}");
    }
}

#[test]
fn exactly_as_much_as_may_be_loads() {
    let policy = permit("resource.open");
    let comment = "//".to_owned() + &"x".repeat(MAX_TEXT - policy.len() - 3);
    load(&format!("{comment}\n{policy}"));
    check(&format!("{comment}x\n{policy}"), 1, 1, "longer than 262144 bytes");
    // As many conditions as are nested as deep as may be, and one more.
    let nested = |length: usize| permit(&vec!["resource.open"; length].join(" && "));
    let deep = |text: &str| stack::nesting(&text.parse::<cedar_policy::Policy>().unwrap().to_pst().unwrap());
    let most = (1..300).take_while(|length| deep(&nested(*length)) <= MAX_NESTING).last().unwrap();
    assert_eq!(deep(&nested(most)), MAX_NESTING);
    load(&nested(most));
    check(&nested(most + 1), 1, 1, "nested more than 128 deep");
}

#[test]
fn limits_are_for_each_policy_and_nothing_hides_from_them() {
    // Each is short; together they are longer than one may be.
    load(&format!("{}\n", permit("resource.open")).repeat(60));
    // One slash begins no comment, also if Cedar has no use for it.
    let hidden = permit(&format!("1 / {}", "(".repeat(1_000)));
    assert!(errors(&hidden)[0].message.contains("brackets are nested more than 128 deep"), "{hidden}");
    let deep =
        |condition: &str| stack::nesting(&permit(condition).parse::<cedar_policy::Policy>().unwrap().to_pst().unwrap());
    assert_eq!(deep("resource.open"), 2);
    assert_eq!(deep("(if resource.open then principal else principal) is User"), 4);
    assert_eq!(deep("principal is User in (if resource.open then Team::\"a\" else Team::\"b\")"), 4);
}

#[test]
fn a_slot_in_a_comment_makes_no_template() {
    load(&format!("// ?principal and ?resource\n{PERMIT_ALL}"));
}

#[test]
fn principals_of_each_kind_need_a_name() {
    for kind in ["User", "Team", "Site"] {
        let uid = |id: &str| format!("{kind}::\"{id}\"").parse().unwrap();
        assert_eq!(no_principal(&uid("acme")), None, "{kind}");
        let said = no_principal(&uid("a b")).unwrap();
        assert!(said.contains(&format!("such as `{kind}::")), "{said}");
    }
    assert_eq!(no_principal(&"Deals::\"a b\"".parse().unwrap()), None);
}

#[test]
fn texts_and_comments_nest_nothing() {
    let many = "(".repeat(1_000);
    load(&format!("// {many} \" {many}\n{}", permit(&format!("resource.region == \"\\\"{many}\\\\\""))));
    let nested = permit(&many);
    check(&format!("// \"\n{nested}"), 2, 199, "brackets");
    check(&format!("{}{nested}", permit("resource.region == \"//\"")), 1, 296, "brackets");
}
