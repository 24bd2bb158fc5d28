//! Three answers to one question must agree: an oracle that evaluates the generator's own syntax tree in plain Rust, one
//! decision per row by Cedar, and the predicate that partial evaluation leaves, evaluated over the row. And what no predicate
//! says is refused at load: the generator knows what that is, and so would anything else be noticed that is refused or that
//! turns out to be beyond predicates only when somebody asks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "integration test: a panic is a failed test"
)]

mod oracle;

use std::cell::RefCell;
use std::collections::BTreeMap;

use mandate_model::{PrincipalId, Value};
use mandate_policy::{
    Attribute, AttributeDef, AttributeType, ColumnDef, ColumnType, DataPolicies, DataSchema, DatasetDef, Facts, Grant,
    Right,
};
use oracle::{Condition, Number, Person, Policy, Row, TEAMS, Text, patterns};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};

const REGIONS: [&str; 4] = ["emea", "apac", "a*b", "é'\\"];
const NUMBERS: [i64; 7] = [i64::MIN, -301, -1, 0, 1, 1250, i64::MAX];
const USERS: [&str; 3] = ["ana", "bob", "eve"];
const ROWS: [&str; 3] = ["r1", "r2", "r3"];

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![select(&NUMBERS[..]).prop_map(Number::Fixed), Just(Number::Amount), Just(Number::Level)]
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![select(&REGIONS[..]).prop_map(Text::Fixed), Just(Text::Region), Just(Text::Mine)]
}

/// Comparisons have something to compare on the left: of two literals, Cedar would say that the policy is impossible.
fn leaf() -> impl Strategy<Value = Condition> {
    let words = || select(&REGIONS[..]);
    let numbers = || select(&NUMBERS[..]);
    let seen = prop_oneof![Just(Number::Amount), Just(Number::Level)];
    prop_oneof![
        4 => (seen, 0..6_usize, number()).prop_map(|(left, operator, right)| Condition::Compare(left, operator, right)),
        3 => (any::<bool>(), text()).prop_map(|(equal, right)| Condition::Region(equal, right)),
        2 => vec(words(), 1..4).prop_map(Condition::RegionIn),
        2 => (0..patterns().len()).prop_map(Condition::RegionLike),
        2 => Just(Condition::Open),
        1 => any::<bool>().prop_map(Condition::OpenIs),
        2 => Just(Condition::OwnerIsMe),
        1 => vec(select(&USERS[..]), 1..3).prop_map(Condition::OwnerIn),
        2 => Just(Condition::InRowTeam),
        1 => select(&TEAMS[..]).prop_map(|(team, _)| Condition::InTeam(team)),
        1 => select(&TEAMS[..]).prop_map(|(team, _)| Condition::InTeams(team)),
        1 => select(&ROWS[..]).prop_map(Condition::RowIs),
        2 => Just(Condition::HasNote),
        2 => (any::<bool>(), words()).prop_map(|(equal, word)| Condition::Note(equal, word)),
        2 => (0..6_usize, numbers()).prop_map(|(operator, number)| Condition::Size(operator, number)),
        2 => Just(Condition::BackupIsMe),
        1 => Just(Condition::Temporary),
        3 => Just(Condition::Overflowing),
    ]
}

/// `beyond` adds arithmetic over cells, which no predicate says.
fn condition(beyond: bool) -> impl Strategy<Value = Condition> {
    let leaf = if beyond {
        prop_oneof![3 => leaf(), 1 => select(&NUMBERS[..]).prop_map(Condition::AmountPlus)].boxed()
    } else {
        leaf().boxed()
    };
    leaf.prop_recursive(4, 16, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            2 => one().prop_map(Condition::Not),
            4 => (one(), one()).prop_map(|(left, right)| Condition::And(left, right)),
            4 => (one(), one()).prop_map(|(left, right)| Condition::Or(left, right)),
            2 => (one(), one(), one()).prop_map(|(test, yes, no)| Condition::If(test, yes, no)),
            1 => (one(), one()).prop_map(|(left, right)| Condition::Same(left, right)),
            1 => (select(&NUMBERS[..]), one()).prop_map(|(number, no)| Condition::SizeAboveOr(number, no)),
        ]
    })
}

fn policy(beyond: bool) -> impl Strategy<Value = Policy> {
    let team = prop_oneof![4 => Just(None), 1 => select(&TEAMS[..]).prop_map(|(team, _)| Some(team))];
    (prop::bool::weighted(0.7), team, condition(beyond), option::weighted(0.3, condition(beyond)))
        .prop_map(|(permit, team, when, unless)| Policy { permit, team, when, unless })
}

fn person() -> impl Strategy<Value = Person> {
    let teams = vec(select(&TEAMS[..]).prop_map(|(team, _)| team), 0..3);
    let level = select(&[-1_i64, 0, 1, 2, 1250][..]);
    let temporary = option::of(any::<bool>());
    (select(&USERS[..]), select(&REGIONS[..]), level, temporary, teams, prop::bool::weighted(0.95)).prop_map(
        |(name, region, level, temporary, teams, granted)| Person { name, region, level, temporary, teams, granted },
    )
}

fn row() -> impl Strategy<Value = Row> {
    let open_and_users = (any::<bool>(), select(&USERS[..]), option::of(select(&USERS[..])));
    let team = select(&TEAMS[..]).prop_map(|(team, _)| team);
    let texts = (select(&REGIONS[..]), option::of(select(&REGIONS[..])));
    (select(&ROWS[..]), texts, select(&NUMBERS[..]), option::of(select(&NUMBERS[..])), open_and_users, team).prop_map(
        |(id, (region, note), amount, size, (open, owner, backup), team)| Row {
            id,
            region,
            note,
            amount,
            size,
            open,
            owner,
            backup,
            team,
        },
    )
}

fn schema() -> DataSchema {
    let column = |name: &str, column_type, nullable| ColumnDef { name: name.to_owned(), column_type, nullable };
    let columns = vec![
        column("region", ColumnType::Text, false),
        column("note", ColumnType::Text, true),
        column("amount", ColumnType::Decimal(2), false),
        column("size", ColumnType::Integer, true),
        column("open", ColumnType::Boolean, false),
        column("owner", ColumnType::User, false),
        column("backup", ColumnType::User, true),
        column("team", ColumnType::Team, false),
    ];
    let attribute =
        |name: &str, attribute_type, optional| AttributeDef { name: name.to_owned(), attribute_type, optional };
    DataSchema {
        datasets: vec![DatasetDef { name: "deals".to_owned(), columns, any_change: false }],
        attributes: vec![
            attribute("region", AttributeType::Text, false),
            attribute("level", AttributeType::Integer, false),
            attribute("temp", AttributeType::Boolean, true),
        ],
    }
}

fn facts(person: &Person) -> Facts {
    let mut attributes = BTreeMap::from([
        ("region".to_owned(), Attribute::Text(person.region.to_owned())),
        ("level".to_owned(), Attribute::Integer(person.level)),
    ]);
    attributes.extend(person.temporary.map(|value| ("temp".to_owned(), Attribute::Boolean(value))));
    let grant = Grant { right: Right::Read, dataset: "deals".to_owned() };
    // Closed upwards here, by a table; the oracle walks.
    let mut teams: std::collections::BTreeSet<_> = person.teams.iter().copied().collect();
    for _ in 0..TEAMS.len() {
        let above = TEAMS.iter().filter(|(team, _)| teams.contains(team)).filter_map(|(_, above)| *above);
        teams.extend(above.collect::<Vec<_>>());
    }
    Facts {
        id: PrincipalId::parse(&format!("user:{}", person.name)).unwrap(),
        attributes,
        teams: teams.into_iter().map(|team| PrincipalId::parse(&format!("team:{team}")).unwrap()).collect(),
        grants: person.granted.then_some(grant).into_iter().collect(),
    }
}

fn cells(row: &Row) -> BTreeMap<String, Value> {
    let text = |text: String| Value::Text(text);
    let user = |name: &str| text(format!("user:{name}"));
    let all = [
        ("region", text(row.region.to_owned())),
        ("note", row.note.map_or(Value::Null, |note| text(note.to_owned()))),
        ("amount", Value::Decimal(mandate_model::Decimal::from_units(row.amount, 2).to_string())),
        ("size", row.size.map_or(Value::Null, Value::Integer)),
        ("open", Value::Boolean(row.open)),
        ("owner", user(row.owner)),
        ("backup", row.backup.map_or(Value::Null, user)),
        ("team", text(format!("team:{}", row.team))),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How often each way was taken.
#[derive(Debug, Default)]
struct Count {
    worlds: usize,
    allowed: usize,
    denied: usize,
    forbidden: usize,
    erring_rows: usize,
    erring_worlds: usize,
    refused: usize,
    mixed: usize,
    without_grant: usize,
}

fn agree(policies: &[Policy], person: &Person, rows: &[Row], count: &mut Count) -> Result<(), TestCaseError> {
    let text: String = policies.iter().map(Policy::cedar).collect();
    let loaded = match DataPolicies::load(&schema(), &text) {
        Ok(loaded) => loaded,
        // Exactly what is beyond predicates is refused for that, whatever stands around it.
        Err(errors) if errors.iter().all(|error| error.message.contains("cannot be asked of a database")) => {
            prop_assert!(policies.iter().any(Policy::is_beyond), "refused: {errors:?}\n{text}");
            prop_assert_eq!(errors.len(), policies.iter().filter(|policy| policy.is_beyond()).count());
            count.worlds += 1;
            count.refused += 1;
            return Ok(());
        }
        // Such as `resource has note && !(resource has note)`: refused on purpose.
        Err(errors) if errors.iter().all(|error| error.message.contains("can never apply")) => {
            return Err(TestCaseError::reject("impossible"));
        }
        Err(errors) => return Err(TestCaseError::fail(format!("{errors:?}\n{text}"))),
    };
    let facts = facts(person);
    let answer = loaded.rows(&facts, Right::Read, "deals");
    prop_assert!(!policies.iter().any(Policy::is_beyond), "loaded: {text}");
    if let Err(error) = &answer {
        prop_assert!(!error.0.contains("too much"), "{error}\n{text}");
    }
    count.worlds += 1;
    count.erring_worlds += usize::from(answer.is_err());
    count.without_grant += usize::from(!person.granted);
    let allowed_before = count.allowed;
    for row in rows {
        let verdict = oracle::verdict(policies, person, row);
        let expected = verdict == oracle::Verdict::Allowed;
        let cells = cells(row);
        let decision = loaded.row(&facts, Right::Read, "deals", row.id, &cells);
        prop_assert_eq!(decision.is_allow(), expected, "row(): {:?}\n{}", decision, text);
        match &answer {
            Err(error) => prop_assert!(!expected, "rows(): {error}\n{text}"),
            Ok(predicate) => {
                prop_assert_eq!(predicate.holds(row.id, &cells), expected, "rows(): {}\n{}", predicate, text);
                count.erring_rows += usize::from(verdict == oracle::Verdict::Error);
                count.allowed += usize::from(expected);
                count.denied += usize::from(!expected);
                count.forbidden += usize::from(verdict == oracle::Verdict::Forbidden);
            }
        }
    }
    let allowed = count.allowed - allowed_before;
    count.mixed += usize::from(allowed > 0 && allowed < rows.len());
    Ok(())
}

fn run(beyond: bool) -> Count {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() });
    let count = RefCell::new(Count::default());
    let worlds = (vec(policy(beyond), 1..5), person(), vec(row(), 4..10));
    let result =
        runner.run(&worlds, |(policies, person, rows)| agree(&policies, &person, &rows, &mut count.borrow_mut()));
    result.unwrap_or_else(|error| panic!("{error}"));
    count.into_inner()
}

#[test]
fn what_predicates_can_say_they_say_exactly() {
    let count = run(false);
    println!("{count:?}");
    let rows = count.allowed + count.denied;
    assert_eq!(count.refused, 0, "{count:?}");
    assert!(count.allowed * 10 > rows && count.denied * 10 > rows, "{count:?}");
    assert!(count.forbidden * 50 > rows && count.mixed * 10 > count.worlds, "{count:?}");
    assert!(count.erring_rows * 200 > rows && count.erring_worlds > 0 && count.without_grant > 0, "{count:?}");
}

#[test]
fn what_they_cannot_say_is_refused() {
    let count = run(true);
    println!("{count:?}");
    assert!(count.refused * 10 > count.worlds && count.refused < count.worlds, "{count:?}");
    assert!(count.allowed > 0 && count.denied > 0, "{count:?}");
}
