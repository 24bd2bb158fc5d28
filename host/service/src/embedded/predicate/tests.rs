//! The rendered SQL against the predicate in memory, on predicates that no policy may ever come to.

use mandate_model::Value;
use proptest::prelude::*;
use sqlx::{Connection, Row, SqliteConnection};

use super::*;
use crate::embedded::{
    record::{Record, select},
    write,
};

fn dataset() -> DatasetDef {
    let column = |name: &str, column_type| ColumnDef { name: name.to_owned(), column_type, nullable: true };
    let columns = vec![
        column("word", ColumnType::Text),
        column("other", ColumnType::Text),
        column("owner", ColumnType::User),
        column("flag", ColumnType::Boolean),
        column("size", ColumnType::Integer),
        column("price", ColumnType::Decimal(2)),
        column("at", ColumnType::Timestamp),
        column("weight", ColumnType::Number),
        column("scan", ColumnType::Bytes),
    ];
    DatasetDef { name: "things".to_owned(), columns, any_change: false }
}

fn records() -> Vec<Record> {
    let words = [Value::Null, text(""), text("a"), text("ab*"), text("é[?]"), text("A")];
    let numbers = [Value::Null, Value::Integer(0), Value::Integer(1), Value::Integer(-1)];
    let prices = [Value::Null, Value::Decimal("0.01".to_owned()), Value::Decimal("-0.01".to_owned())];
    (0..60_usize)
        .map(|number| {
            let cells = [
                ("word", words[number % 6].clone()),
                ("other", words[number / 6 % 6].clone()),
                ("owner", [Value::Null, text("user:ana"), text("user:bob")][number % 3].clone()),
                ("flag", [Value::Null, Value::Boolean(true), Value::Boolean(false)][number / 3 % 3].clone()),
                ("size", numbers[number % 4].clone()),
                ("price", prices[number / 4 % 3].clone()),
                ("at", [Value::Null, Value::Timestamp(1)][number / 2 % 2].clone()),
            ];
            let mut all = write::nulls(&dataset());
            all.extend(cells.map(|(name, value)| (name.to_owned(), value)));
            Record { id: format!("r{number:02}"), cells: all }
        })
        .collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn literals() -> impl Strategy<Value = Literal> + Clone {
    let texts = ["", "a", "ab*", "A", "user:ana", "r07"].map(|text| Literal::Text(text.to_owned()));
    prop_oneof![
        proptest::sample::select(texts.to_vec()),
        (-1_i64..=1).prop_map(Literal::Integer),
        any::<bool>().prop_map(Literal::Boolean),
    ]
}

fn operands() -> impl Strategy<Value = Operand> + Clone {
    let columns =
        ["word", "other", "owner", "flag", "size", "price", "at"].map(|name| Operand::Column(name.to_owned()));
    prop_oneof![
        4 => proptest::sample::select(columns.to_vec()),
        1 => Just(Operand::Id),
        3 => literals().prop_map(Operand::Literal),
    ]
}

fn predicates() -> impl Strategy<Value = Predicate> {
    let operators = proptest::sample::select(vec![Operator::Equal, Operator::Less, Operator::AtMost]);
    let columns = proptest::sample::select(vec!["word", "owner", "flag", "size", "price", "at"]);
    let pattern = proptest::collection::vec(
        proptest::sample::select(vec![None, Some('a'), Some('*'), Some('['), Some('?'), Some('é')]),
        0..4,
    );
    let leaf = prop_oneof![
        Just(Predicate::True),
        Just(Predicate::False),
        (operands(), operators, operands()).prop_map(|(left, how, right)| Predicate::Compare(left, how, right)),
        (operands(), proptest::collection::vec(literals(), 0..4)).prop_map(|(of, list)| Predicate::OneOf(of, list)),
        columns.prop_map(|name| Predicate::IsNull(name.to_owned())),
        Just(Predicate::IsTrue("flag".to_owned())),
        pattern.prop_map(|pattern| Predicate::Like("word".to_owned(), pattern)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::And),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Or),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

/// The ids that SQLite finds; none if the predicate is not rendered.
async fn found(conn: &mut SqliteConnection, predicate: &Predicate) -> Option<Vec<String>> {
    let mut sql = select(&dataset(), &[]);
    sql.push(" where ").append(render(predicate, &dataset())?).push(" order by id");
    let rows = sql.fetch(conn).await.unwrap();
    Some(rows.iter().map(|row| row.get(0)).collect())
}

async fn filled() -> SqliteConnection {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    crate::embedded::plant::table(&dataset()).execute(&mut conn).await.unwrap();
    for record in records() {
        write::insert(&dataset(), &record).execute(&mut conn).await.unwrap();
    }
    conn
}

#[test]
fn sql_and_memory_agree_on_every_predicate() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut conn = runtime.block_on(filled());
    let conn = std::cell::RefCell::new(&mut conn);
    let config = ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() };
    let result = proptest::test_runner::TestRunner::new(config).run(&predicates(), |predicate| {
        let holds = records().into_iter().filter(|record| predicate.holds(&record.id, &record.cells));
        let expected: Vec<String> = holds.map(|record| record.id).collect();
        prop_assert_eq!(runtime.block_on(found(&mut conn.borrow_mut(), &predicate)), Some(expected));
        Ok(())
    });
    result.unwrap();
}

#[tokio::test]
async fn not_over_a_null_cell_is_true() {
    let mut conn = filled().await;
    let below =
        Predicate::Compare(Operand::Column("size".to_owned()), Operator::Less, Operand::Literal(Literal::Integer(100)));
    // Every non-null size is below 100: what is left are the nulls, each fourth row.
    let not = Predicate::Not(Box::new(below));
    assert_eq!(found(&mut conn, &not).await.map(|ids| ids.len()), Some(15));
}

#[tokio::test]
async fn large_predicates_are_rendered_until_they_are_too_large() {
    let mut conn = filled().await;
    let is = |number: i64| {
        Predicate::Compare(
            Operand::Column("size".to_owned()),
            Operator::Equal,
            Operand::Literal(Literal::Integer(number)),
        )
    };
    let wide = Predicate::Or((1..5000).map(is).collect());
    assert_eq!(found(&mut conn, &wide).await.map(|ids| ids.len()), Some(15));
    assert_eq!(render(&Predicate::Or((0..10_001).map(is).collect()), &dataset()), None);
    let deep = (0..200).fold(is(1), |inner, _| Predicate::Not(Box::new(inner)));
    assert_eq!(render(&deep, &dataset()), None);
}

#[test]
fn what_sql_cannot_judge_is_not_rendered() {
    for name in ["weight", "scan", "nonsense"] {
        assert_eq!(render(&Predicate::IsNull(name.to_owned()), &dataset()), None, "{name}");
    }
    assert_eq!(render(&Predicate::IsTrue("size".to_owned()), &dataset()), None);
    assert_eq!(render(&Predicate::And(vec![]), &dataset()), None);
}
