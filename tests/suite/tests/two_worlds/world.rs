//! A small world as plain data: what the generator makes, what mutations change, what the reference model looks at, and what
//! the real host is set up from. It knows nothing of how the host works.

use std::collections::BTreeSet;

/// How many people there are. The first is whom the automation runs as.
pub const PEOPLE: usize = 4;
/// The automation runs as this person.
pub const RUN_AS: usize = 0;
/// The people's names in ids.
pub const NAMES: [&str; PEOPLE] = ["ana", "bob", "cleo", "dan"];
/// The teams, of which there are at most so many. A team may be nested in those before it.
pub const TEAMS: [&str; 3] = ["all", "inner", "core"];
/// Regions of people and rows.
pub const REGIONS: [&str; 3] = ["emea", "amer", "apac"];

/// A person or a team, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Person(usize),
    Team(usize),
}

/// A dataset. Both have the same columns; policies are made for `deals` only, the ledger is open to who has a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dataset {
    Deals,
    Ledger,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Title,
    Region,
    Amount,
    Owner,
    Margin,
}

/// A right on a dataset. Nobody has more than `Read` on deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Read,
    Create,
    Update,
    Remove,
}

/// A cell: money in cents.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Null,
    Text(String),
    Money(i64),
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub title: String,
    pub region: usize,
    pub cleared: bool,
    pub active: bool,
}

/// A row of either dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub dataset: Dataset,
    pub id: String,
    pub title: String,
    pub region: usize,
    pub amount: Option<i64>,
    pub owner: Option<usize>,
    pub margin: Option<i64>,
}

/// Whom a rule spares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Cleared,
    Team(usize),
    Person(usize),
}

/// A rule about who reads which deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowRule {
    SameRegion,
    Owner,
    Team(usize),
    MarginBelow(i64),
    AmountFrom(i64),
    ForbidRegion(usize, Audience),
    ForbidMarginOver(i64, Audience),
}

/// The policies of deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub rows: Vec<RowRule>,
    /// Columns that only some may see.
    pub hidden: Vec<(Column, Audience)>,
    /// People who may read every deal.
    pub everything: BTreeSet<usize>,
}

/// What happened to a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added,
    Updated,
    Removed,
}

/// Something that happened to a deal; rows are as they are afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    pub id: String,
    pub at: i64,
    pub change: Change,
    pub row: String,
    /// Of an update; `None`: the platform cannot say.
    pub changed: Option<BTreeSet<Column>>,
    /// Of a removal; `None`: the platform kept none.
    pub image: Option<Row>,
}

/// What the automation listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    pub changes: BTreeSet<Change>,
    /// Of an update, one of these must have changed; empty: any.
    pub columns: BTreeSet<Column>,
}

/// A world. The order of `people`' rights never matters; that of `rows` and `happenings` is that in which they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    pub people: Vec<Person>,
    /// The members of each team.
    pub teams: Vec<BTreeSet<Who>>,
    pub grants: BTreeSet<(Who, Right, Dataset)>,
    pub rules: Rules,
    pub rows: Vec<Row>,
    pub recipients: BTreeSet<Who>,
    pub trigger: Trigger,
    pub happenings: Vec<Happening>,
    /// Grants and people are put in from this place on, then from the beginning.
    pub turn: usize,
}

impl Dataset {
    pub const ALL: [Self; 2] = [Self::Deals, Self::Ledger];

    pub fn name(self) -> &'static str {
        match self {
            Self::Deals => "deals",
            Self::Ledger => "ledger",
        }
    }
}

impl Column {
    pub const ALL: [Self; 5] = [Self::Title, Self::Region, Self::Amount, Self::Owner, Self::Margin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Region => "region",
            Self::Amount => "amount",
            Self::Owner => "owner",
            Self::Margin => "margin",
        }
    }
}

impl Row {
    /// What it holds in a column.
    pub fn cell(&self, column: Column) -> Cell {
        let money = |cents: Option<i64>| cents.map_or(Cell::Null, Cell::Money);
        match column {
            Column::Title => Cell::Text(self.title.clone()),
            Column::Region => Cell::Text(REGIONS[self.region].to_owned()),
            Column::Amount => money(self.amount),
            Column::Owner => self.owner.map_or(Cell::Null, |owner| Cell::Text(format!("user:{}", NAMES[owner]))),
            Column::Margin => money(self.margin),
        }
    }

    /// Puts the cell of another row into a column.
    pub fn take(&mut self, column: Column, from: &Self) {
        match column {
            Column::Title => self.title.clone_from(&from.title),
            Column::Region => self.region = from.region,
            Column::Amount => self.amount = from.amount,
            Column::Owner => self.owner = from.owner,
            Column::Margin => self.margin = from.margin,
        }
    }
}

/// Cents as a `decimal(2)` is written.
pub fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}
