//! What the reader takes and refuses.

use super::*;

#[test]
fn a_value_of_every_kind_is_read() {
    let json = Json::parse(r#" {"a": [1, -2.50, 3e4], "b": {"c": null, "d": true}, "e": "x"} "#).unwrap();
    let numbers: Vec<_> = ["1", "-2.50", "3e4"].map(|text| Json::Number(text.to_owned())).into();
    assert_eq!(json.get("a").and_then(Json::items), Some(numbers.as_slice()));
    assert_eq!(json.get("b").and_then(|b| b.get("c")), Some(&Json::Null));
    assert_eq!(json.get("b").and_then(|b| b.get("d")), Some(&Json::Boolean(true)));
    assert_eq!(json.get("e").and_then(Json::text), Some("x"));
    assert_eq!(json.get("f"), None);
    assert_eq!(json.members().map(<[_]>::len), Some(3));
    assert_eq!(Json::parse("[]"), Some(Json::List(vec![])));
    assert_eq!(Json::parse("{ }"), Some(Json::Object(vec![])));
    assert_eq!(Json::parse("42").and_then(|json| json.integer()), Some(42));
    assert_eq!(Json::parse("4.2").and_then(|json| json.integer()), None);
}

#[test]
fn escapes_are_undone() {
    let text = |json: &str| Json::parse(json).and_then(|json| json.text().map(str::to_owned));
    assert_eq!(text(r#""a\"\\\/\n\t\r\b\f""#), Some("a\"\\/\n\t\r\u{8}\u{c}".to_owned()));
    assert_eq!(text(r#""\u00e4\uD83D\uDE00""#), Some("ä😀".to_owned()));
    assert_eq!(text(r#""ä😀""#), Some("ä😀".to_owned()));
    for broken in [r#""\uD83D""#, r#""\uD83Dx""#, r#""\uDE00""#, r#""\u12""#, r#""\x""#, "\"a\nb\"", "\"a"] {
        assert_eq!(text(broken), None, "{broken}");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in
        ["", "nul", "tru", "[1,]", "[1 2]", "{\"a\"}", "{a:1}", "{\"a\":1,}", "01", "1.", "-", "1e", "1 2", "'a'"]
    {
        assert_eq!(Json::parse(text), None, "{text}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(&nested(32)).is_some());
    assert_eq!(Json::parse(&nested(33)), None);
    assert_eq!(Json::parse(&nested(100_000)), None);
}

#[test]
fn what_is_quoted_is_read_back() {
    for text in ["", "plain", "\"\\/\u{0}\u{1f}\n\r\t", "ä😀\u{202e}"] {
        assert_eq!(Json::parse(&quote(text)), Some(Json::Text(text.to_owned())));
    }
    assert_eq!(object([("a", list([quote("b"), number(1.5)].into_iter()))].into_iter()), r#"{"a":["b",1.5]}"#);
}
