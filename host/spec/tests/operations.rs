//! Named operations of a fixture, and how what is wrong with them is told.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_spec::fixture::Sources;
use mandate_spec::folder::Folder;
use mandate_spec::{Fixture, FixtureError, Text};
use serde_json::json;

const WORLD: &str = r#"site = "acme"
people = [{ id = "ana", name = "Ana" }]
[[grants]]
to = ["user:ana", "site:acme"]
rights = ["invoke"]
operation = "close"
[[operations]]
name = "close"
description = "Closes a deal."
schema = { type = "object", required = ["deal"] }
idempotent = true
url = "https://crm.example.com/close"
secret_file = "token"
[[operations]]
name = "reopen"
description = "Opens it again."
schema = "reopen.json"
"#;

fn read(toml: &str) -> Result<Fixture, FixtureError> {
    let mut folder = Folder::empty();
    folder.put("reopen.json", Text::of_file("reopen.json", "{ \"type\": \"object\" }"));
    folder.put("broken.json", Text::of_file("broken.json", "{\n \"type\": }"));
    Fixture::read(Sources { toml: Text::of_file("f.toml", toml), policies: Text::default(), folder })
}

#[test]
fn operations_are_read_with_who_may_invoke_them() {
    let operations = read(WORLD).unwrap().seed.operations;
    let close = &operations.all[0];
    assert_eq!((close.name.as_str(), close.description.as_str(), close.idempotent), ("close", "Closes a deal.", true));
    assert_eq!(close.schema, json!({"type": "object", "required": ["deal"]}));
    let call = close.call.as_ref().unwrap();
    assert_eq!(call.target.as_str(), "https://crm.example.com/close");
    assert_eq!(call.secret_file.as_deref(), Some(std::path::Path::new("token")));
    let reopen = &operations.all[1];
    assert_eq!((&reopen.schema, reopen.idempotent, &reopen.call), (&json!({"type": "object"}), false, &None));
    let grants: Vec<String> = operations.grants.iter().map(|(who, name)| format!("{who} {name}")).collect();
    assert_eq!(grants, ["user:ana close", "site:acme close"]);
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    for (part, replacement, expected) in [
        ("name = \"close\"", "name = \"Close\"", "f.toml:8:8: `Close` is no name of an operation: a lower-case letter"),
        ("name = \"reopen\"", "name = \"close\"", "f.toml:15:8: there are two operations `close`"),
        ("\"Closes a deal.\"", "\"\"", "f.toml:8:8: the operation `close` needs a description of 1 to 1000 bytes"),
        ("{ type = \"object\",", "{ type = 5,", "f.toml:8:8: the schema of the operation `close` is no JSON Schema: "),
        (
            "type = \"object\",",
            "\"$ref\" = \"x\",",
            "f.toml:8:8: the schema of the operation `close` uses `$ref`, which",
        ),
        ("\"reopen.json\"", "\"none.json\"", "f.toml:17:10: there is no file `none.json`"),
        ("\"reopen.json\"", "\"broken.json\"", "f.toml:17:10: `broken.json`: line 2, column "),
        ("idempotent = true", "idempotant = true", "f.toml:11:1: unknown field `idempotant`"),
        ("https://crm", "ftp://crm", "f.toml:12:7: `ftp://crm.example.com/close`: only `https` is allowed"),
        ("https://", "https://me:s3cr3t@", "f.toml:12:7: an address carries no user and no password"),
        ("url = ", "# url = ", "f.toml:13:15: a `secret_file` is for a `url`: name where it is sent"),
        (
            "operation = \"close\"",
            "operation = \"open\"",
            "f.toml:6:13: there is no operation `open`; there are: `close`, `reopen`",
        ),
        ("rights = [\"invoke\"]", "rights = [\"read\"]", "f.toml:5:11: `read` is no right to an operation: `invoke`"),
        ("\"user:ana\",", "\"user:cy\",", "f.toml:4:7: `user:cy` is neither among `people` nor among `teams`"),
        (
            "operation = \"close\"\n",
            "operation = \"close\"\non = \"site:acme\"\n",
            "f.toml:5:11: `invoke` is no right over a principal",
        ),
        (
            "operation = \"close\"\n",
            "",
            "f.toml:3:1: the grant says what for: name a `dataset`, an `operation`, or a principal with `on`",
        ),
    ] {
        assert!(WORLD.contains(part), "{part}");
        let told = read(&WORLD.replacen(part, replacement, 1)).unwrap_err().to_string();
        assert!(told.lines().any(|line| line.starts_with(expected)), "expected `{expected}`, found `{told}`");
    }
}
