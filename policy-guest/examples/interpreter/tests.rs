//! The language, statement by statement, against a host of two rows.

use std::cell::RefCell;

use policy_guest::{
    Cells, Change, Event, Failure, Field, Fields as _, Finding, Page, Problem, Query, Row, RowRef, Subject, Value,
};

use crate::{
    host::{Asked, Host},
    machine::{Machine, run},
};

/// Rows `1` and `2` of `deals`; everything else is denied. Notes what was changed and logged.
#[derive(Default)]
struct Fake {
    settings: String,
    hand: bool,
    noted: RefCell<Vec<String>>,
}

impl Host for Fake {
    fn get(&self, dataset: &str, id: &str) -> Result<Row, Failure> {
        if dataset != "deals" || id != "1" {
            return Err(Failure::Denied);
        }
        let fields = vec![Field::new("title", "One"), Field::new("amount", Value::decimal("10.50"))];
        Ok(Row { id: id.to_owned(), revision: "r1".to_owned(), fields })
    }

    fn find(&self, dataset: &str, query: &Query) -> Result<Page, Failure> {
        self.noted.borrow_mut().push(format!("{dataset} {query:?}"));
        let row = |id: &str, amount| Cells {
            id: id.to_owned(),
            revision: format!("r{id}"),
            values: vec![Value::decimal(amount)],
        };
        let rows = vec![row("1", "10.50"), row("2", "2")];
        Ok(Page { columns: vec!["amount".to_owned()], rows, next: None })
    }

    fn change(&self, change: &Asked) -> Option<Result<Option<String>, Failure>> {
        let (noted, answer) = match change {
            Asked::Create(dataset, fields) => (format!("create {dataset} {fields:?}"), Some("new".to_owned())),
            Asked::Update(dataset, id, fields, revision) => {
                (format!("update {dataset} {id} {} {revision:?}", fields.show("status")), None)
            }
            Asked::Remove(dataset, id) => (format!("remove {dataset} {id}"), None),
            Asked::Invoke(operation, arguments) => (format!("invoke {operation} {arguments}"), None),
        };
        self.hand.then(|| {
            self.noted.borrow_mut().push(noted);
            Ok(answer)
        })
    }

    fn ask(&self, what: &str) -> Option<String> {
        (what == "settings").then(|| self.settings.clone())
    }

    fn log(&self, text: &str) {
        self.noted.borrow_mut().push(format!("log {text}"));
    }
}

fn event() -> Event {
    let row = RowRef { dataset: "deals".to_owned(), id: "1".to_owned() };
    Event { id: "e".to_owned(), at: 7, change: Change::Added, subject: Subject::Row(row) }
}

/// Runs statements as `phase` with a hand and a finding, and gives what came of it to `look`.
fn check(phase: &str, program: &str, look: impl Fn(Result<Machine<'_>, Problem>, &[String])) {
    let fake =
        Fake { settings: format!(r#"{{"{phase}": [{program}]}}"#), hand: phase == "act", noted: RefCell::default() };
    let finding = Finding::new("k", "found").with("n", 4);
    let (event, given) = (event(), (phase != "evaluate").then_some(&finding));
    let outcome = run(phase, &event, given, &fake);
    let noted = fake.noted.borrow().clone();
    look(outcome, &noted);
}

/// The body that `render` makes of the expressions, in brackets.
fn shown(program: &str, expression: &str) -> String {
    let body = RefCell::new(String::new());
    check("render", &format!(r#"{program} {{"say": {expression}}}"#), |outcome, _| {
        body.replace(outcome.unwrap().message.unwrap().body);
    });
    body.into_inner()
}

#[test]
fn expressions_have_their_values() {
    let all = r#"{"concat": [null, true, 5, 1.50, "x", {"decimal": "-2.0"}, {"timestamp": 3}, {"var": "unset"}]}"#;
    assert_eq!(shown("", all), "true51.50x-2.03");
    let event = r#"{"concat": [{"event": "id"}, {"event": "at"}, {"event": "change"}, {"event": "dataset"}, {"event": "row"}]}"#;
    assert_eq!(shown("", event), "e7addeddeals1");
    assert_eq!(
        shown("", r#"{"concat": [{"finding": "key"}, {"finding": "summary"}, {"data": "n"}, {"data": "no"}]}"#),
        "kfound4"
    );
    assert_eq!(shown("", r#"{"add": [2, {"length": "äx"}]}"#), "5");
    assert_eq!(shown("", r#"{"add": [9223372036854775807, 1]}"#), "-9223372036854775808");
    assert_eq!(shown("", r#"{"concat": [{"add": [1, "1"]}, {"length": 5}, {"nonsense": 1}, [1], {}]}"#), "");
}

#[test]
fn answers_become_variables() {
    let get = r#"{"get": "deals", "id": "1", "into": "r"},"#;
    let cells = r#"{"concat": [{"var": "r"}, " ", {"var": "r.id"}, " ", {"var": "r.revision"}, " ", {"var": "r.columns"}, " ",
        {"var": "r.cell.title"}, " ", {"var": "r.cell.amount"}]}"#;
    assert_eq!(shown(get, cells), "ok 1 r1 title,amount One 10.50");
    let denied = r#"{"get": "deals", "id": "1", "into": "r"}, {"get": "deals", "id": 9, "into": "r"},"#;
    assert_eq!(shown(denied, cells), "denied     ");
    let find = r#"{"find": "deals", "into": "p"}, {"each": "p", "as": "x", "do": [{"say": {"concat": [{"var": "x.id"}, "=",
        {"var": "x.cell.amount"}, ";"]}}]},"#;
    assert_eq!(shown(find, r#"{"concat": [{"var": "p.count"}, {"var": "p.columns"}]}"#), "1=10.50;2=2;2amount");
}

#[test]
fn a_query_is_asked_as_written() {
    let find = r#"{"find": "deals", "columns": ["a"], "filters": [["a", "at-least", 5]], "order": "b", "descending": true,
        "limit": 7, "after": "c", "into": "p"}"#;
    check("evaluate", find, |_, noted| {
        let mut query = Query::new(&["a"]).at_least("a", 5).order_by_descending("b").limit(7);
        query.after = Some("c".to_owned());
        assert_eq!(noted, [format!("deals {query:?}")]);
    });
}

#[test]
fn comparisons_hold_or_not() {
    let holds =
        |condition: &str| shown(&format!(r#"{{"if": [{condition}], "then": [{{"say": "y"}}]}},"#), "\"\"") == "y";
    for yes in [
        r#"1, "=", 1.0"#,
        r#"2, "<", 10"#,
        r#"1.5, ">", 1"#,
        r#""a", "<", "b""#,
        r#"1, "!=", "1""#,
        r#"null, "=", null"#,
        r#""abc", "contains", "bc""#,
        r#"3, "<=", 3"#,
        r#"3, ">=", 3"#,
        r#"{"timestamp": 1}, "<", {"timestamp": 2}"#,
    ] {
        assert!(holds(yes), "{yes}");
    }
    for no in [r#"1, "=", "1""#, r#""2", "<", 10"#, r#"null, "<", 1"#, r#"1, "contains", 1"#, r#"1, "?", 1"#, "1"] {
        assert!(!holds(no), "{no}");
    }
}

#[test]
fn loops_are_bounded() {
    assert_eq!(shown(r#"{"repeat": 3, "as": "i", "do": [{"say": {"var": "i"}}]},"#, "\"\""), "012");
    assert_eq!(shown(r#"{"repeat": 5000, "as": "i", "do": []},"#, r#"{"var": "i"}"#), "999");
    assert_eq!(
        shown(
            r#"{"repeat": -1, "as": "i", "do": [{"say": "x"}]}, {"each": "none", "as": "x", "do": [{"say": "x"}]},"#,
            "1"
        ),
        "1"
    );
}

#[test]
fn findings_and_messages_are_collected() {
    check("evaluate", r#"{"finding": "k1", "summary": "s", "data": [["n", 1]]}, {"finding": "k2"}"#, |outcome, _| {
        let findings = outcome.unwrap().findings;
        assert_eq!(findings, [Finding::new("k1", "s").with("n", 1), Finding::new("k2", "")]);
    });
    check("render", r#"{"title": "T"}, {"attach": "a.txt", "content": "c"}"#, |outcome, _| {
        let message = outcome.unwrap().message.unwrap();
        assert_eq!((message.title.as_str(), message.body.as_str(), message.attachments.len()), ("T", "", 1));
    });
    check("render", r#"{"log": "x"}"#, |outcome, noted| {
        assert!(outcome.unwrap().message.is_none());
        assert_eq!(noted, ["log x"]);
    });
}

#[test]
fn changes_are_asked_for_with_a_hand_only() {
    let program = r#"{"create": "deals", "fields": [["title", "new"]], "into": "c"},
        {"update": "deals", "id": {"var": "c.id"}, "fields": [["status", "review"]], "revision": null, "into": "u"},
        {"remove": "deals", "id": "2", "into": "x"}, {"invoke": "ping", "arguments": [["n", 1], ["t", "a"]], "into": "i"},
        {"log": {"concat": [{"var": "c"}, {"var": "u"}]}}"#;
    check("act", program, |outcome, noted| {
        assert!(outcome.is_ok());
        assert!(noted[0].starts_with("create deals [") && noted[0].contains("title"));
        let rest = ["update deals new review None", "remove deals 2", r#"invoke ping {"n":1,"t":"a"}"#, "log okok"];
        assert_eq!(noted[1..], rest);
    });
    check("render", program, |_, noted| assert_eq!(noted, ["log no-handno-hand"]));
}

#[test]
fn a_program_ends_where_it_says() {
    let ended = |program: &str| {
        let end = RefCell::new(None);
        check("evaluate", program, |outcome, _| drop(end.replace(Some(outcome.map(|machine| machine.findings.len())))));
        end.into_inner().unwrap()
    };
    assert_eq!(ended(r#"{"finding": "a"}, {"return": "ok"}, {"finding": "b"}"#), Ok(1));
    assert_eq!(ended(r#"{"repeat": 9, "as": "i", "do": [{"finding": "a"}, {"return": "ok"}]}"#), Ok(1));
    assert_eq!(ended(r#"{"return": "retry", "text": "t"}"#), Err(Problem::Retry("t".to_owned())));
    assert_eq!(ended(r#"{"return": "failed", "text": 5}"#), Err(Problem::Failed("5".to_owned())));
    assert_eq!(ended(r#"{"return": "other"}"#), Err(Problem::Other(Some(String::new()))));
    assert_eq!(ended(r#"{"text": "t", "return": "retry"}"#), Err(Problem::Retry("t".to_owned())), "order is nothing");
    for (unknown, words) in
        [(r#"{"sett": "x", "to": 1}"#, "`sett`, `to`"), ("{}", "an object without a name"), ("5", "not an object")]
    {
        assert_eq!(ended(unknown), Err(Problem::Failed(format!("no such statement: {words}"))));
    }
}
