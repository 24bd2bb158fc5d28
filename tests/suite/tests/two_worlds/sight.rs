//! The reference model: what one person may see of a world. It is the whole of what may decide what they get (threats §4, V_R),
//! worked out from the generator's own rules, and shares no code with the host.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{
    Audience, Cell, Change, Column, Dataset, Happening, Person, RUN_AS, Right, Row, RowRule, Who, World,
};

/// Everything that a person may see: equal sights must give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Who they are: name, region, clearance, whether they are active.
    profile: Person,
    teams: BTreeSet<usize>,
    grants: BTreeSet<(Right, Dataset)>,
    /// Their own permit to read everything.
    everything: bool,
    /// Whether the automation tells them.
    pub recipient: bool,
    pub datasets: BTreeMap<Dataset, Seen>,
    /// What happened, of which they may know: told to them as a recipient, in order.
    pub told: Vec<(String, i64, Change, String)>,
    /// The same for whom the automation runs as: a removal without an image is told, too. Empty for anybody else.
    pub acted: Vec<(String, i64, Change, String)>,
}

/// A dataset as they see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub columns: Vec<Column>,
    /// By id, in the order of the columns.
    pub rows: BTreeMap<String, Vec<Cell>>,
}

/// What `person` may see of `world`.
pub fn sight(world: &World, person: usize) -> Sight {
    let grants = grants(world, person);
    let of = |happening: &&Happening| (happening.id.clone(), happening.at, happening.change, happening.row.clone());
    let listened = || world.happenings.iter().filter(|one| world.trigger.changes.contains(&one.change));
    let recipient = is_recipient(world, person);
    let told = listened().filter(|one| recipient && witnesses(world, person, one));
    let blind = |one: &Happening| one.change == Change::Removed && one.image.is_none();
    let runs = person == RUN_AS && world.people[person].active;
    let acted = listened().filter(|one| runs && (blind(one) || witnesses(world, person, one)));
    Sight {
        profile: world.people[person].clone(),
        teams: teams(world, person),
        everything: world.rules.everything.contains(&person),
        recipient,
        datasets: Dataset::ALL.iter().filter_map(|dataset| Some((*dataset, seen(world, person, *dataset)?))).collect(),
        told: told.map(|one| of(&one)).collect(),
        acted: acted.map(|one| of(&one)).collect(),
        grants,
    }
}

/// Whether the effects of the automation are nobody's channel to `person` (D1): whoever it runs as changes nothing but the
/// ledger, and then `person` does not read the ledger; and `person` changes nothing.
pub fn is_out_of_reach(world: &World, person: usize) -> bool {
    let changes = |who: usize| grants(world, who).iter().any(|(right, _)| *right != Right::Read);
    let reads_ledger = grants(world, person).contains(&(Right::Read, Dataset::Ledger));
    let deals = world.grants.iter().all(|(_, right, dataset)| *right == Right::Read || *dataset == Dataset::Ledger);
    deals && !changes(person) && !(reads_ledger && changes(RUN_AS))
}

/// The teams that a person is in, however deep.
fn teams(world: &World, person: usize) -> BTreeSet<usize> {
    let mut inside = BTreeSet::new();
    // Teams are nested in earlier ones only: the inner ones are known first.
    for (team, members) in world.teams.iter().enumerate().rev() {
        let nested = members.iter().any(|who| matches!(who, Who::Team(inner) if inside.contains(inner)));
        if nested || members.contains(&Who::Person(person)) {
            inside.insert(team);
        }
    }
    inside
}

fn grants(world: &World, person: usize) -> BTreeSet<(Right, Dataset)> {
    let teams = teams(world, person);
    let holds = |who: &Who| match who {
        Who::Person(one) => *one == person,
        Who::Team(team) => teams.contains(team),
    };
    world.grants.iter().filter(|(who, ..)| holds(who)).map(|(_, right, dataset)| (*right, *dataset)).collect()
}

fn is_recipient(world: &World, person: usize) -> bool {
    let teams = teams(world, person);
    let listed = world.recipients.iter().any(|who| match who {
        Who::Person(one) => *one == person,
        Who::Team(team) => teams.contains(team),
    });
    listed && world.people[person].active
}

fn spared(world: &World, person: usize, audience: Audience) -> bool {
    match audience {
        Audience::Cleared => world.people[person].cleared,
        Audience::Team(team) => teams(world, person).contains(&team),
        Audience::Person(one) => one == person,
    }
}

/// Whether they hold the grant to read and are there at all.
fn reads(world: &World, person: usize, dataset: Dataset) -> bool {
    world.people[person].active && grants(world, person).contains(&(Right::Read, dataset))
}

fn columns(world: &World, person: usize, dataset: Dataset) -> Vec<Column> {
    let hidden = |column: Column| {
        let mut rules = world.rules.hidden.iter().filter(|(hidden, _)| *hidden == column);
        dataset == Dataset::Deals && rules.any(|(_, audience)| !spared(world, person, *audience))
    };
    Column::ALL.into_iter().filter(|column| !hidden(*column)).collect()
}

/// Whether the rules let them see this row, if they read its dataset at all.
fn admits(world: &World, person: usize, row: &Row) -> bool {
    if row.dataset == Dataset::Ledger {
        return true;
    }
    let permits = |rule: &RowRule| match *rule {
        RowRule::SameRegion => row.region == world.people[person].region,
        RowRule::Owner => row.owner == Some(person),
        RowRule::Team(team) => teams(world, person).contains(&team),
        RowRule::MarginBelow(cents) => row.margin.is_some_and(|margin| margin < cents),
        RowRule::AmountFrom(cents) => row.amount.is_some_and(|amount| amount >= cents),
        RowRule::ForbidRegion(..) | RowRule::ForbidMarginOver(..) => false,
    };
    let forbids = |rule: &RowRule| match *rule {
        RowRule::ForbidRegion(region, audience) => row.region == region && !spared(world, person, audience),
        RowRule::ForbidMarginOver(cents, audience) => {
            row.margin.is_some_and(|margin| margin > cents) && !spared(world, person, audience)
        }
        _ => false,
    };
    let permitted = world.rules.everything.contains(&person) || world.rules.rows.iter().any(permits);
    permitted && !world.rules.rows.iter().any(forbids)
}

fn seen(world: &World, person: usize, dataset: Dataset) -> Option<Seen> {
    if !reads(world, person, dataset) {
        return None;
    }
    let columns = columns(world, person, dataset);
    let visible = world.rows.iter().filter(|row| row.dataset == dataset && admits(world, person, row));
    let cells = |row: &Row| columns.iter().map(|column| row.cell(*column)).collect();
    let rows = visible.map(|row| (row.id.clone(), cells(row))).collect();
    Some(Seen { columns, rows })
}

/// Whether they may know that it happened (FND-12, FND-13): they see the row, and of an update one of the changed columns that
/// the automation listens to.
fn witnesses(world: &World, person: usize, happening: &Happening) -> bool {
    let row = match happening.change {
        Change::Removed => happening.image.as_ref(),
        _ => world.rows.iter().find(|row| row.dataset == Dataset::Deals && row.id == happening.row),
    };
    let visible = columns(world, person, Dataset::Deals);
    let counts = |column: &Column| {
        let heard = world.trigger.columns.is_empty() || world.trigger.columns.contains(column);
        heard && visible.contains(column)
    };
    let noticed = match (&happening.changed, happening.change) {
        (Some(changed), Change::Updated) => changed.iter().any(counts),
        (None, Change::Updated) => visible.len() == Column::ALL.len(),
        _ => true,
    };
    reads(world, person, Dataset::Deals) && row.is_some_and(|row| admits(world, person, row)) && noticed
}
