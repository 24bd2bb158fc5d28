//! The OpenAPI document is the one that is kept, in `tests/golden/openapi.json`: what programs rely on changes by decision only.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

/// Every operation: its path, its method, what is said of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(|(method, what)| (path.clone(), method.clone(), what.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// Every `$ref` in it.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| references(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

#[test]
fn the_document_is_the_one_that_is_kept() {
    let made = serde_json::to_string_pretty(&mandate_server::document()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/openapi.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let differs = made.lines().zip(kept.lines()).find(|(made, kept)| made != kept);
    assert!(
        made == kept,
        "the document is no longer what is kept: look at it with UPDATE_GOLDEN=1; first: {differs:?}"
    );
}

#[test]
fn every_operation_is_told_apart_and_every_name_in_it_is_known() {
    let document = mandate_server::document();
    let all = operations(&document);
    let ids: BTreeSet<_> = all.iter().map(|(.., what)| what["operationId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), all.len(), "{ids:?}");
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for name in &used {
        let at = name.strip_prefix('#').unwrap();
        assert!(document.pointer(at).is_some(), "{name} is nowhere");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(used.contains(&format!("#/components/schemas/{name}")), "{name} is used nowhere");
    }
}

#[test]
fn every_path_says_its_parameters_and_every_operation_its_refusals() {
    for (path, method, what) in operations(&mandate_server::document()) {
        let named: BTreeSet<_> = path.split(['{', '}']).skip(1).step_by(2).map(str::to_owned).collect();
        let told = what["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path");
        let told: BTreeSet<_> = told.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(told, named, "{method} {path}");
        let responses = what["responses"].as_object().unwrap();
        let has = |status: &str| responses.contains_key(status);
        assert_eq!(has("401"), what.get("security").is_some(), "{method} {path}");
        assert_eq!(has("413") && has("415") && has("400"), what.get("requestBody").is_some(), "{method} {path}");
        // Who signs what they send is let in or not, and that is all.
        assert_eq!(method == "get" || has("403"), what["x-scope"] != "signed", "{method} {path}");
        assert!(has("503"), "{method} {path}");
        let key = what["parameters"].as_array().unwrap().iter().any(|one| one["name"] == "Idempotency-Key");
        let persons = ["write", "admin"].iter().any(|scope| what["x-scope"] == *scope);
        assert_eq!(key, method == "post" && persons && what["x-action"] != "reveal", "{method} {path}");
        assert!(!key || has("400") && has("409") && has("422") && has("429"), "{method} {path}");
        assert!(named.is_empty() || has("404"), "{method} {path}");
        for (status, answer) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/ProblemBody", "{method} {path} {status}");
        }
    }
}
