//! Generating programs for the interpreter guest: what they ask next, and what they say, depends on what they were answered.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::world::{Column, Dataset, NAMES, money};

/// The ids that rows may have, in either dataset: programs ask for them whether they are there or not.
pub const IDS: [&str; 7] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6"];

/// Variables that answers leave behind: `g` of a `get`, `p` and `q` of a `find`, `x` of a loop over rows.
const VARIABLES: [&str; 26] = [
    "g",
    "g.id",
    "g.revision",
    "g.columns",
    "g.cell.title",
    "g.cell.region",
    "g.cell.amount",
    "g.cell.owner",
    "g.cell.margin",
    "p",
    "p.count",
    "p.next",
    "p.columns",
    "p.0.id",
    "p.0.revision",
    "p.0.cell.margin",
    "p.1.id",
    "p.1.cell.amount",
    "q",
    "q.count",
    "q.next",
    "q.0.revision",
    "x.id",
    "x.revision",
    "x.cell.amount",
    "i",
];

type Program = BoxedStrategy<Vec<Value>>;

/// Finds one thing, mostly, and tells about it what it was answered.
pub fn evaluate() -> Program {
    let found = prop_oneof![
        20 => Just(json!("k")),
        1 => variable(),
        2 => Just(json!({ "concat": ["k", { "var": "p.count" }] })),
    ];
    let finding = (found, spoken()).prop_map(|(key, summary)| {
        let data = json!([["a", { "var": "g.revision" }], ["b", { "var": "p.next" }], ["c", { "var": "p.0.id" }]]);
        json!({ "finding": key, "summary": { "concat": ["s ", summary] }, "data": data })
    });
    let more = option::weighted(0.2, Just(json!({ "finding": "more" })));
    (asking(), statements(2), misfortune(), finding, more)
        .prop_map(|(asking, rest, end, finding, more)| {
            [asking, rest, Vec::from_iter(end), vec![finding], Vec::from_iter(more)].concat()
        })
        .boxed()
}

/// Tells all that it was answered, mostly.
pub fn render() -> Program {
    let title = prop_oneof![20 => Just(json!({ "title": { "concat": ["T ", { "finding": "summary" }] } })), 1 => Just(json!({ "say": "x" }))];
    let everything = VARIABLES.map(|name| json!({ "var": name })).to_vec();
    let data = ["a", "b", "c"].map(|name| json!({ "data": name })).to_vec();
    let all = json!({ "say": { "concat": ([everything, data].concat()) } });
    let silent = option::weighted(0.1, Just(json!({ "return": "ok" })));
    (silent, title, statements(2), misfortune(), statements(1))
        .prop_map(move |(silent, title, first, end, last)| {
            [Vec::from_iter(silent), vec![title], first, Vec::from_iter(end), vec![all.clone()], last].concat()
        })
        .boxed()
}

/// Writes what it read into the ledger, or tries.
pub fn act() -> Program {
    let read = json!({ "concat": [{ "finding": "summary" }, { "var": "g.revision" }, { "var": "p.0.revision" }] });
    let create = json!({ "create": "ledger", "fields": [["title", read], ["region", "emea"]], "into": "c" });
    let change = prop_oneof![
        6 => Just(create),
        1 => id().prop_map(|id| json!({ "remove": "ledger", "id": id, "into": "c" })),
        1 => id().prop_map(|id| json!({ "update": "ledger", "id": id, "fields": [["title", "new"]], "into": "c" })),
        1 => id().prop_map(|id| json!({ "update": "deals", "id": id, "fields": [["title", "mine"]], "into": "c" })),
    ];
    (asking(), statements(1), vec(change, 1..4))
        .prop_map(|(asking, rest, changes)| [asking, rest, changes].concat())
        .boxed()
}

/// A look at the row that the event is about, and around: so that answers are there to depend on.
fn asking() -> Program {
    let get = json!({ "get": { "event": "dataset" }, "id": { "event": "row" }, "into": "g" });
    let page = json!({ "find": "deals", "limit": 1, "order": "amount", "into": "p" });
    let next = json!({ "find": "deals", "limit": 1, "order": "amount", "after": { "var": "p.next" }, "into": "q" });
    let looks = [vec![], vec![get.clone()], vec![get.clone(), page.clone(), next.clone()], vec![page, next, get]];
    (select(looks.to_vec()), option::weighted(0.6, find()))
        .prop_map(|(looks, find)| [looks, Vec::from_iter(find)].concat())
        .boxed()
}

/// Rarely: what ends a guest, whatever or depending on an answer.
fn misfortune() -> BoxedStrategy<Option<Value>> {
    let retry = json!({ "return": "retry", "text": "later" });
    let end = select(vec![json!({ "trap": true }), json!({ "burn": 50_000 }), retry]);
    let condition = prop_oneof![Just(json!([1, "=", 1])), condition()];
    let ends = (condition, end).prop_map(|(condition, end)| json!({ "if": condition, "then": [end] }));
    option::weighted(0.1, ends).boxed()
}

fn statements(depth: u32) -> Program {
    vec(statement(depth), 0..4).boxed()
}

fn statement(depth: u32) -> BoxedStrategy<Value> {
    let simple = prop_oneof![
        6 => (dataset(), id()).prop_map(|(dataset, id)| json!({ "get": dataset, "id": id, "into": "g" })),
        6 => find(),
        3 => spoken().prop_map(|text| json!({ "say": text })),
        1 => spoken().prop_map(|text| json!({ "attach": "a.txt", "content": text })),
        2 => spoken().prop_map(|text| json!({ "log": text })),
        1 => select(vec!["locale", "time-zone", "principal", "principal-name", "settings"])
            .prop_map(|what| json!({ "ask": what, "into": "w" })),
        1 => spoken().prop_map(|text| json!({ "set": "i", "to": text })),
        1 => select(vec![1, 40, 5_000]).prop_map(|thousand| json!({ "burn": thousand })),
    ];
    let ends = prop_oneof![
        2 => Just(json!({ "trap": true })),
        3 => (select(vec!["ok", "retry", "failed", "other"]), spoken()).prop_map(|(how, text)| json!({ "return": how, "text": text })),
    ];
    if depth == 0 {
        return prop_oneof![40 => simple, 1 => ends].boxed();
    }
    // What ends a program stands behind a condition on an answer, mostly.
    let branch = (condition(), statements(depth - 1), option::weighted(0.2, ends.clone()), statements(depth - 1)).prop_map(
        |(condition, then, end, or)| json!({ "if": condition, "then": ([then, Vec::from_iter(end)].concat()), "else": or }),
    );
    let repeat =
        (1..4, statements(depth - 1)).prop_map(|(times, body)| json!({ "repeat": times, "as": "i", "do": body }));
    let each = statements(depth - 1).prop_map(|body| {
        let row =
            json!({ "say": { "concat": [{ "var": "x.id" }, { "var": "x.revision" }, { "var": "x.cell.title" }] } });
        json!({ "each": "p", "as": "x", "do": ([vec![row], body].concat()) })
    });
    prop_oneof![24 => simple, 1 => ends, 8 => branch, 4 => repeat, 6 => each].boxed()
}

fn dataset() -> BoxedStrategy<Value> {
    let names = Dataset::ALL.map(|dataset| json!(dataset.name()));
    prop_oneof![6 => Just(names[0].clone()), 2 => Just(names[1].clone()), 1 => Just(json!("nowhere"))].boxed()
}

/// Of a row: the event's, one that may be there, or one out of an answer.
fn id() -> BoxedStrategy<Value> {
    let answered = select(vec!["p.0.id", "p.1.id", "x.id", "g.cell.title"]).prop_map(|name| json!({ "var": name }));
    prop_oneof![
        2 => Just(json!({ "event": "row" })),
        3 => select(IDS.to_vec()).prop_map(|id| json!(id)),
        2 => answered,
    ]
    .boxed()
}

fn variable() -> BoxedStrategy<Value> {
    select(VARIABLES.to_vec()).prop_map(|name| json!({ "var": name })).boxed()
}

/// Something to say: an answer, or several.
fn spoken() -> BoxedStrategy<Value> {
    let several = vec(variable(), 1..4).prop_map(|parts| json!({ "concat": parts }));
    let event = select(vec!["id", "at", "change", "row"]).prop_map(|what| json!({ "event": what }));
    prop_oneof![3 => several, 2 => variable(), 1 => event].boxed()
}

fn condition() -> BoxedStrategy<Value> {
    let operator = select(vec!["=", "!=", "<", "<=", ">", "contains"]);
    let constant = prop_oneof![
        select(vec![json!("ok"), json!("denied"), json!(0), json!(1), json!(2), json!(null), json!("alpha")]),
        select(vec!["0.00", "1.00", "12.50"]).prop_map(|text| json!({ "decimal": text })),
        variable(),
    ];
    (variable(), operator, constant).prop_map(|(left, operator, right)| json!([left, operator, right])).boxed()
}

fn find() -> BoxedStrategy<Value> {
    let column = || prop_oneof![3 => select(Column::ALL[..4].to_vec()), 1 => Just(Column::Margin)];
    let columns = prop_oneof![3 => Just(vec![]), 1 => vec(column(), 1..3)];
    let after = prop_oneof![4 => Just(None), 2 => Just(Some("p.next")), 1 => Just(Some("g.id"))];
    let limit = select(vec![1, 1, 2, 3, 100, 0]);
    (
        dataset(),
        columns,
        vec(filter(), 0..2),
        option::of(column()),
        any::<bool>(),
        limit,
        after,
        select(vec!["p", "p", "q"]),
    )
        .prop_map(|(dataset, columns, filters, order, descending, limit, after, into)| {
            let mut find = Map::new();
            find.insert("find".to_owned(), dataset);
            if !columns.is_empty() {
                find.insert("columns".to_owned(), columns.iter().map(|column| column.name()).collect());
            }
            if !filters.is_empty() {
                find.insert("filters".to_owned(), filters.into());
            }
            if let Some(order) = order {
                find.insert("order".to_owned(), order.name().into());
            }
            find.insert("descending".to_owned(), descending.into());
            find.insert("limit".to_owned(), limit.into());
            if let Some(after) = after {
                find.insert("after".to_owned(), json!({ "var": after }));
            }
            find.insert("into".to_owned(), into.into());
            Value::Object(find)
        })
        .boxed()
}

/// A filter with a value of its column's type, mostly, or out of an answer.
fn filter() -> BoxedStrategy<Value> {
    let comparison = select(vec!["equal", "not-equal", "less", "at-least", "contains"]);
    let amount = |column: Column| {
        select(vec![0, 100, 1_250]).prop_map(move |cents| (column.name(), json!({ "decimal": money(cents) })))
    };
    let typed = prop_oneof![
        2 => select(vec!["alpha", "a"]).prop_map(|text| (Column::Title.name(), json!(text))),
        2 => amount(Column::Amount),
        1 => amount(Column::Margin),
        1 => select(NAMES.to_vec()).prop_map(|name| (Column::Owner.name(), json!(format!("user:{name}")))),
        1 => variable().prop_map(|answer| (Column::Title.name(), answer)),
        1 => variable().prop_map(|answer| (Column::Amount.name(), answer)),
        1 => Just((Column::Amount.name(), json!(null))),
    ];
    (typed, comparison).prop_map(|((column, value), comparison)| json!([column, comparison, value])).boxed()
}
