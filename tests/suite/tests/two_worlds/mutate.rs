//! Another world that looks the same to one person: mutations, of which those are kept that the reference model says change
//! nothing of what that person may see.

use std::collections::BTreeSet;

use crate::{
    sight::{is_out_of_reach, sight},
    world::{Column, Dataset, Happening, Right, Row, Who, World},
};

/// Most mutations that are kept.
const MOST: usize = 6;

/// A change of a world. Places are taken modulo what there is.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// One more row.
    Insert(Row),
    Delete(usize),
    /// The cell of a row becomes that of another.
    Alter(usize, Column, Row),
    /// The margin alone.
    AlterMargin(usize, Option<i64>),
    /// A column is among the changed ones of an event, or no longer.
    Changed(usize, Column),
    /// A cell of a removed row's last image.
    Image(usize, Column, Row),
    /// Something else happens, too.
    Happen(usize, Happening),
    Grant(Who, Right, Dataset),
    Member(usize, Who),
    Active(usize),
    Cleared(usize),
    Region(usize, usize),
    Renamed(usize),
    /// Somebody may read every deal, or no longer.
    Everything(usize),
    /// A recipient more, or less.
    Recipient(Who),
    /// Rows come in another order; people and grants, too.
    Order(usize),
}

/// A kind of mutation, for the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    RowInserted,
    RowDeleted,
    CellAltered,
    MarginAltered,
    ChangedColumns,
    LastImage,
    OtherEvent,
    OthersGrant,
    OthersTeam,
    OthersStanding,
    OthersPolicy,
    OtherRecipient,
    Order,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::RowInserted,
        Self::RowDeleted,
        Self::CellAltered,
        Self::MarginAltered,
        Self::ChangedColumns,
        Self::LastImage,
        Self::OtherEvent,
        Self::OthersGrant,
        Self::OthersTeam,
        Self::OthersStanding,
        Self::OthersPolicy,
        Self::OtherRecipient,
        Self::Order,
    ];
}

impl Mutation {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Insert(_) => Kind::RowInserted,
            Self::Delete(_) => Kind::RowDeleted,
            Self::Alter(..) => Kind::CellAltered,
            Self::AlterMargin(..) => Kind::MarginAltered,
            Self::Changed(..) => Kind::ChangedColumns,
            Self::Image(..) => Kind::LastImage,
            Self::Happen(..) => Kind::OtherEvent,
            Self::Grant(..) => Kind::OthersGrant,
            Self::Member(..) => Kind::OthersTeam,
            Self::Active(_) | Self::Cleared(_) | Self::Region(..) | Self::Renamed(_) => Kind::OthersStanding,
            Self::Everything(_) => Kind::OthersPolicy,
            Self::Recipient(_) => Kind::OtherRecipient,
            Self::Order(_) => Kind::Order,
        }
    }

    fn apply(&self, world: &mut World) {
        match self {
            Self::Insert(row) => insert(world, row),
            Self::Delete(at) => _ = pick(&mut world.rows, *at).map(|at| world.rows.remove(at)),
            Self::Alter(at, column, from) => change(world, *at, |row| row.take(*column, from)),
            Self::AlterMargin(at, margin) => change(world, *at, |row| row.margin = *margin),
            Self::Changed(at, column) => changed(world, *at, *column),
            Self::Image(at, column, from) => {
                let images = world.happenings.iter_mut().filter_map(|happening| happening.image.as_mut());
                let mut images: Vec<&mut Row> = images.collect();
                if let Some(at) = pick(&mut images, *at) {
                    images[at].take(*column, from);
                }
            }
            Self::Happen(at, happening) => {
                let at = at % (world.happenings.len() + 1);
                world.happenings.insert(at, happening.clone());
            }
            Self::Recipient(who) => toggle(&mut world.recipients, *who),
            Self::Order(by) => {
                let by = by % world.rows.len().max(1);
                world.rows.rotate_left(by);
                world.rows.reverse();
                world.turn += by;
            }
            rights => rights.apply_rights(world),
        }
    }

    fn apply_rights(&self, world: &mut World) {
        match self {
            Self::Grant(who, right, dataset) => toggle(&mut world.grants, (*who, *right, *dataset)),
            Self::Member(team, who) => {
                let team = team % world.teams.len();
                // A team is in those before it only.
                if !matches!(who, Who::Team(inner) if *inner <= team) {
                    toggle(&mut world.teams[team], *who);
                }
            }
            Self::Active(person) => world.people[*person].active ^= true,
            Self::Cleared(person) => world.people[*person].cleared ^= true,
            Self::Region(person, region) => world.people[*person].region = *region,
            Self::Renamed(person) => world.people[*person].title.push('!'),
            Self::Everything(person) => toggle(&mut world.rules.everything, *person),
            _ => {}
        }
    }
}

/// `world` after the mutations that `person` cannot notice, and those; `None` if there are none.
pub fn elsewhere(world: &World, person: usize, mutations: &[Mutation]) -> Option<(World, Vec<Mutation>)> {
    let before = sight(world, person);
    let (mut other, mut kept) = (world.clone(), Vec::new());
    for mutation in mutations {
        let mut next = other.clone();
        mutation.apply(&mut next);
        let unseen = next != other && sight(&next, person) == before && is_out_of_reach(&next, person);
        if unseen && kept.len() < MOST {
            other = next;
            kept.push(mutation.clone());
        }
    }
    (!kept.is_empty() && other != *world).then_some((other, kept))
}

fn pick<T>(all: &mut [T], at: usize) -> Option<usize> {
    (!all.is_empty()).then(|| at % all.len())
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, item: T) {
    if !set.remove(&item) {
        set.insert(item);
    }
}

fn insert(world: &mut World, row: &Row) {
    let taken = |other: &Row| other.dataset == row.dataset && other.id == row.id;
    let removed = world.happenings.iter().any(|happening| happening.image.is_some() && happening.row == row.id);
    if !world.rows.iter().any(taken) && !removed {
        world.rows.insert(0, row.clone());
    }
}

fn change(world: &mut World, at: usize, how: impl FnOnce(&mut Row)) {
    if let Some(at) = pick(&mut world.rows, at) {
        how(&mut world.rows[at]);
    }
}

fn changed(world: &mut World, at: usize, column: Column) {
    let sets = world.happenings.iter_mut().filter_map(|happening| happening.changed.as_mut());
    let mut sets: Vec<&mut BTreeSet<Column>> = sets.collect();
    if let Some(at) = pick(&mut sets, at) {
        toggle(sets[at], column);
    }
}
