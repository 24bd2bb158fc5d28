//! Generating worlds, whom to look at, and mutations.

use std::collections::BTreeSet;

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::Value;

use crate::{
    mutate::Mutation,
    program::{self, IDS},
    sight::{is_out_of_reach, sight},
    world::{
        Audience, Change, Column, Dataset, Happening, PEOPLE, Person, Right, Row, RowRule, Rules, TEAMS, Trigger, Who,
        World,
    },
};

/// A case: a world, one of its people, what an automation does there, and what may be otherwise in another world.
#[derive(Debug, Clone)]
pub struct Case {
    pub world: World,
    pub person: usize,
    /// `evaluate`, `act` and `render`.
    pub programs: [Vec<Value>; 3],
    pub mutations: Vec<Mutation>,
}

pub fn case() -> impl Strategy<Value = Case> {
    let person = prop_oneof![8 => 1..PEOPLE, 1 => Just(0)];
    let programs = [program::evaluate(), program::act(), program::render()];
    let told = prop::bool::weighted(0.9);
    (world(), person, told, programs, vec(mutation(), 24)).prop_map(|(mut world, person, told, programs, mutations)| {
        let person = if told { somebody_told(&mut world, person).unwrap_or(person) } else { person };
        tame(&mut world, person);
        Case { world, person, programs, mutations }
    })
}

/// Somebody who may know of what happened, preferably this person. If there is none, it happens to another row.
fn somebody_told(world: &mut World, person: usize) -> Option<usize> {
    let deals = world.rows.iter().filter(|row| row.dataset == Dataset::Deals);
    let deals: Vec<String> = deals.map(|row| row.id.clone()).collect();
    let mut worlds = std::iter::once(world.clone()).chain(deals.into_iter().map(|row| {
        let mut moved = world.clone();
        let there = moved.happenings.iter_mut().filter(|one| one.change != Change::Removed);
        there.for_each(|one| one.row.clone_from(&row));
        moved
    }));
    let told = |world: &World| (person..PEOPLE).chain(1..PEOPLE).find(|one| !sight(world, *one).told.is_empty());
    let (found, chosen) = worlds.find_map(|world| told(&world).map(|person| (world, person)))?;
    *world = found;
    Some(chosen)
}

/// Takes rights away until the automation's effects are out of the person's reach.
fn tame(world: &mut World, person: usize) {
    if !is_out_of_reach(world, person) {
        world.grants.retain(|(_, right, _)| *right == Right::Read);
    }
}

fn world() -> impl Strategy<Value = World> {
    let order =
        (vec(person(), PEOPLE), teams(), grants(), rules(), rows(), recipients(), trigger(), vec(happening("e"), 1..4));
    order.prop_map(|(people, teams, grants, rules, rows, recipients, trigger, mut happenings)| {
        for (at, happening) in (0_i64..).zip(&mut happenings) {
            happening.id = format!("e{at}");
            happening.at = 1_000 + at;
        }
        let rows = distinct(rows, &happenings);
        let deals: Vec<&Row> = rows.iter().filter(|row| row.dataset == Dataset::Deals).collect();
        for happening in happenings.iter_mut().filter(|one| one.change != Change::Removed && !deals.is_empty()) {
            // Mostly of a row that is there.
            let place = usize::try_from(happening.at).unwrap_or_default() + happening.row.len();
            deals[place % deals.len()].id.clone_into(&mut happening.row);
        }
        World { people, teams, grants, rules, rows, recipients, trigger, happenings, turn: 0 }
    })
}

/// Each row once, and none that was removed.
fn distinct(rows: Vec<Row>, happenings: &[Happening]) -> Vec<Row> {
    let mut seen: BTreeSet<(Dataset, String)> = BTreeSet::new();
    let removed = |row: &Row| {
        happenings.iter().any(|one| one.change == Change::Removed && one.row == row.id && row.dataset == Dataset::Deals)
    };
    rows.into_iter().filter(|row| !removed(row) && seen.insert((row.dataset, row.id.clone()))).collect()
}

fn person() -> impl Strategy<Value = Person> {
    (region(), prop::bool::weighted(0.3), prop::bool::weighted(0.95)).prop_map(|(region, cleared, active)| Person {
        title: "P".to_owned(),
        region,
        cleared,
        active,
    })
}

/// Mostly the same.
fn region() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0_usize), 1 => Just(1), 1 => Just(2)]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![(0..PEOPLE).prop_map(Who::Person), (0..TEAMS.len()).prop_map(Who::Team)]
}

/// Everybody in the first team, mostly, and the others nested in those before them, mostly.
fn teams() -> impl Strategy<Value = Vec<BTreeSet<Who>>> {
    let members = |chance: f64| vec(prop::bool::weighted(chance), PEOPLE);
    let nested = || prop::bool::weighted(0.7);
    (members(0.6), members(0.4), members(0.3), nested(), nested()).prop_map(|(all, inner, core, one, two)| {
        let set = |chosen: Vec<bool>| {
            let chosen = chosen.into_iter().enumerate().filter(|(_, is)| *is);
            chosen.map(|(at, _)| Who::Person(at)).collect::<BTreeSet<_>>()
        };
        let (mut all, mut inner) = (set(all), set(inner));
        if one {
            all.insert(Who::Team(1));
        }
        if two {
            inner.insert(Who::Team(2));
        }
        vec![all, inner, set(core)]
    })
}

fn right() -> impl Strategy<Value = (Right, Dataset)> {
    let write = select(vec![Right::Create, Right::Update, Right::Remove]).prop_map(|right| (right, Dataset::Ledger));
    prop_oneof![3 => Just((Right::Read, Dataset::Deals)), 1 => Just((Right::Read, Dataset::Ledger)), 1 => write]
}

fn grants() -> impl Strategy<Value = BTreeSet<(Who, Right, Dataset)>> {
    let some = vec((who(), right()).prop_map(|(who, (right, dataset))| (who, right, dataset)), 0..5);
    // Mostly everybody reads deals, and whom the automation runs as writes the ledger.
    (some, prop::bool::weighted(0.9), prop::bool::weighted(0.8)).prop_map(|(some, all, writes)| {
        let mut grants: BTreeSet<_> = some.into_iter().collect();
        if all {
            grants.extend((0..PEOPLE).map(|person| (Who::Person(person), Right::Read, Dataset::Deals)));
        }
        if writes {
            grants.insert((Who::Person(0), Right::Create, Dataset::Ledger));
        }
        grants
    })
}

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        Just(Audience::Cleared),
        (0..TEAMS.len()).prop_map(Audience::Team),
        (0..PEOPLE).prop_map(Audience::Person),
    ]
}

fn cents() -> impl Strategy<Value = i64> {
    select(vec![-150, 0, 99, 100, 1_250, 90_000])
}

fn rules() -> impl Strategy<Value = Rules> {
    let rule = prop_oneof![
        6 => Just(RowRule::SameRegion),
        2 => Just(RowRule::Owner),
        2 => (0..TEAMS.len()).prop_map(RowRule::Team),
        1 => cents().prop_map(RowRule::MarginBelow),
        1 => cents().prop_map(RowRule::AmountFrom),
        1 => (0..3_usize, audience()).prop_map(|(region, audience)| RowRule::ForbidRegion(region, audience)),
        1 => (cents(), audience()).prop_map(|(cents, audience)| RowRule::ForbidMarginOver(cents, audience)),
    ];
    let hidden = (select(Column::ALL.to_vec()), audience());
    let parts = (vec(rule, 1..4), prop::bool::weighted(0.85), audience(), vec(hidden, 0..2), vec(0..PEOPLE, 0..2));
    parts.prop_map(|(mut rows, region, margin, mut hidden, all)| {
        if region {
            rows.push(RowRule::SameRegion);
        }
        hidden.push((Column::Margin, margin));
        Rules { rows, hidden, everything: all.into_iter().collect() }
    })
}

fn row() -> impl Strategy<Value = Row> {
    let dataset = prop_oneof![4 => Just(Dataset::Deals), 1 => Just(Dataset::Ledger)];
    let title = select(vec!["alpha", "beta", "Gamma", ""]);
    let owner = option::of(0..PEOPLE);
    (dataset, select(IDS.to_vec()), title, region(), option::of(cents()), owner, option::of(cents())).prop_map(
        |(dataset, id, title, region, amount, owner, margin)| Row {
            dataset,
            id: id.to_owned(),
            title: title.to_owned(),
            region,
            amount,
            owner,
            margin,
        },
    )
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec(row(), 3..9)
}

fn recipients() -> impl Strategy<Value = BTreeSet<Who>> {
    (vec(who(), 0..3), prop::bool::weighted(0.8)).prop_map(|(some, all)| {
        let mut recipients: BTreeSet<_> = some.into_iter().collect();
        if all {
            recipients.extend((1..PEOPLE).map(Who::Person));
        }
        recipients
    })
}

fn column() -> impl Strategy<Value = Column> {
    prop_oneof![2 => select(Column::ALL.to_vec()), 1 => Just(Column::Margin)]
}

fn trigger() -> impl Strategy<Value = Trigger> {
    let changes = vec(select(vec![Change::Added, Change::Updated, Change::Removed]), 0..2);
    (changes, prop_oneof![2 => Just(vec![]), 1 => vec(column(), 1..3)]).prop_map(|(without, columns)| {
        let all = BTreeSet::from([Change::Added, Change::Updated, Change::Removed]);
        let mut changes = all.clone();
        if without.len() == 1 && columns.is_empty() {
            changes.remove(&without[0]);
        }
        Trigger { changes, columns: columns.into_iter().collect() }
    })
}

fn happening(prefix: &'static str) -> impl Strategy<Value = Happening> {
    let change = select(vec![Change::Added, Change::Updated, Change::Updated, Change::Removed]);
    let changed = prop_oneof![5 => vec(column(), 1..4).prop_map(Some), 1 => Just(None)];
    let image = prop_oneof![4 => row().prop_map(Some), 1 => Just(None)];
    (change, select(IDS.to_vec()), changed, image, 0..1_000_u32).prop_map(
        move |(change, row, changed, image, number)| {
            let changed = changed.filter(|_| change == Change::Updated).map(|changed| changed.into_iter().collect());
            let image = image.filter(|_| change == Change::Removed);
            let image = image.map(|image| Row { dataset: Dataset::Deals, id: row.to_owned(), ..image });
            let at = 2_000 + i64::from(number);
            Happening { id: format!("{prefix}{number}"), at, change, row: row.to_owned(), changed, image }
        },
    )
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = || 0..64_usize;
    let content = prop_oneof![
        2 => row().prop_map(Mutation::Insert),
        1 => place().prop_map(Mutation::Delete),
        2 => (place(), column(), row()).prop_map(|(at, column, row)| Mutation::Alter(at, column, row)),
        2 => (place(), option::of(cents())).prop_map(|(at, cents)| Mutation::AlterMargin(at, cents)),
        2 => (place(), column()).prop_map(|(at, column)| Mutation::Changed(at, column)),
        2 => (place(), column(), row()).prop_map(|(at, column, row)| Mutation::Image(at, column, row)),
        1 => (place(), happening("x")).prop_map(|(at, happening)| Mutation::Happen(at, happening)),
        1 => place().prop_map(Mutation::Order),
    ];
    let people = prop_oneof![
        (who(), right()).prop_map(|(who, (right, dataset))| Mutation::Grant(who, right, dataset)),
        (0..TEAMS.len(), who()).prop_map(|(team, who)| Mutation::Member(team, who)),
        (0..PEOPLE).prop_map(Mutation::Active),
        (0..PEOPLE).prop_map(Mutation::Cleared),
        (0..PEOPLE, 0..3_usize).prop_map(|(person, region)| Mutation::Region(person, region)),
        (0..PEOPLE).prop_map(Mutation::Renamed),
        (0..PEOPLE).prop_map(Mutation::Everything),
        who().prop_map(Mutation::Recipient),
    ];
    prop_oneof![2 => content, 1 => people]
}
