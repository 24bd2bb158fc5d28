//! The generator's own syntax tree, as Cedar text and evaluated in plain Rust. Shares no code with the crate.

use std::fmt::Write as _;

/// Teams and the team that each is in.
pub(crate) const TEAMS: [(&str, Option<&str>); 6] = [
    ("madrid", Some("spain")),
    ("spain", Some("emea")),
    ("emea", Some("world")),
    ("japan", Some("world")),
    ("world", None),
    ("finance", None),
];

const OPERATORS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    Fixed(i64),
    Amount,
    Level,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    Fixed(&'static str),
    Region,
    Mine,
}

#[derive(Debug, Clone)]
pub(crate) enum Condition {
    Compare(Number, usize, Number),
    Region(bool, Text),
    RegionIn(Vec<&'static str>),
    RegionLike(usize),
    Open,
    OpenIs(bool),
    OwnerIsMe,
    OwnerIn(Vec<&'static str>),
    InRowTeam,
    InTeam(&'static str),
    InTeams(&'static str),
    RowIs(&'static str),
    HasNote,
    Note(bool, &'static str),
    Size(usize, i64),
    SizeAboveOr(i64, Box<Condition>),
    BackupIsMe,
    Temporary,
    /// Errs unless the level is -1, 0 or 1.
    Overflowing,
    /// `resource.amount + n > 0`: errs on overflow; no predicate says it.
    AmountPlus(i64),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    If(Box<Condition>, Box<Condition>, Box<Condition>),
    Same(Box<Condition>, Box<Condition>),
}

#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub permit: bool,
    pub team: Option<&'static str>,
    pub when: Condition,
    pub unless: Option<Condition>,
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub name: &'static str,
    pub region: &'static str,
    pub level: i64,
    pub temporary: Option<bool>,
    /// Direct ones.
    pub teams: Vec<&'static str>,
    pub granted: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub id: &'static str,
    pub region: &'static str,
    pub note: Option<&'static str>,
    /// In hundredths.
    pub amount: i64,
    pub size: Option<i64>,
    pub open: bool,
    pub owner: &'static str,
    pub backup: Option<&'static str>,
    pub team: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Forbidden,
    NotPermitted,
    Error,
}

type Pattern = (&'static str, fn(&str) -> bool);

/// Cedar patterns, and what each means.
pub(crate) fn patterns() -> [Pattern; 5] {
    [
        ("e*", |text| text.starts_with('e')),
        ("*a*a*", |text| text.matches('a').count() > 1),
        ("a\\*b", |text| text == "a*b"),
        ("*", |_| true),
        ("*é*", |text| text.contains('é')),
    ]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A literal; Cedar reads the least number only in parts.
fn literal(number: i64) -> String {
    format!("({number})")
}

impl Number {
    fn cedar(self) -> String {
        match self {
            Self::Fixed(number) => literal(number),
            Self::Amount => "resource.amount".to_owned(),
            Self::Level => "principal.level".to_owned(),
        }
    }

    fn value(self, person: &Person, row: &Row) -> i64 {
        match self {
            Self::Fixed(number) => number,
            Self::Amount => row.amount,
            Self::Level => person.level,
        }
    }
}

impl Text {
    fn cedar(self) -> String {
        match self {
            Self::Fixed(text) => quoted(text),
            Self::Region => "resource.region".to_owned(),
            Self::Mine => "principal.region".to_owned(),
        }
    }

    fn value(self, person: &Person, row: &Row) -> &'static str {
        match self {
            Self::Fixed(text) => text,
            Self::Region => row.region,
            Self::Mine => person.region,
        }
    }
}

fn list(words: &[&str], kind: &str) -> String {
    words.iter().map(|word| format!("{kind}{}", quoted(word))).collect::<Vec<_>>().join(", ")
}

fn sign(equal: bool) -> &'static str {
    if equal { "==" } else { "!=" }
}

impl Condition {
    pub(crate) fn cedar(&self) -> String {
        match self {
            Self::Compare(left, operator, right) => {
                format!("({} {} {})", left.cedar(), OPERATORS[*operator], right.cedar())
            }
            Self::Region(equal, right) => format!("(resource.region {} {})", sign(*equal), right.cedar()),
            Self::RegionIn(words) => format!("[{}].contains(resource.region)", list(words, "")),
            Self::RegionLike(pattern) => format!("(resource.region like \"{}\")", patterns()[*pattern].0),
            Self::Open => "resource.open".to_owned(),
            Self::OpenIs(value) => format!("(resource.open == {value})"),
            Self::OwnerIsMe => "(principal == resource.owner)".to_owned(),
            Self::OwnerIn(users) => format!("[{}].contains(resource.owner)", list(users, "User::")),
            Self::InRowTeam => "(principal in resource.team)".to_owned(),
            Self::InTeam(team) => format!("(principal in Team::\"{team}\")"),
            Self::InTeams(team) => format!("(principal in [Team::\"{team}\", resource.team])"),
            Self::RowIs(id) => format!("(resource == deals::\"{id}\")"),
            Self::HasNote => "(resource has note)".to_owned(),
            Self::Note(equal, word) => {
                format!("(resource has note && resource.note {} {})", sign(*equal), quoted(word))
            }
            Self::Size(operator, number) => {
                format!("(resource has size && resource.size {} {})", OPERATORS[*operator], literal(*number))
            }
            Self::SizeAboveOr(number, no) => {
                format!("(if resource has size then resource.size > {} else {})", literal(*number), no.cedar())
            }
            Self::BackupIsMe => "(resource has backup && resource.backup == principal)".to_owned(),
            Self::Temporary => "(principal has temp && principal.temp)".to_owned(),
            Self::Overflowing => "(principal.level * 9223372036854775807 > 0)".to_owned(),
            Self::AmountPlus(number) => format!("(resource.amount + {} > 0)", literal(*number)),
            Self::Not(inner) => format!("!{}", inner.parenthesised()),
            Self::And(left, right) => format!("({} && {})", left.cedar(), right.cedar()),
            Self::Or(left, right) => format!("({} || {})", left.cedar(), right.cedar()),
            Self::If(test, yes, no) => format!("(if {} then {} else {})", test.cedar(), yes.cedar(), no.cedar()),
            Self::Same(left, right) => format!("({} == {})", left.parenthesised(), right.parenthesised()),
        }
    }

    fn parenthesised(&self) -> String {
        format!("({})", self.cedar())
    }

    /// From left to right, no further than it must; `None` is an error.
    fn value(&self, person: &Person, row: &Row) -> Option<bool> {
        Some(match self {
            Self::Compare(left, operator, right) => {
                compare(left.value(person, row), *operator, right.value(person, row))
            }
            Self::Region(equal, right) => (row.region == right.value(person, row)) == *equal,
            Self::RegionIn(words) => words.contains(&row.region),
            Self::RegionLike(pattern) => patterns()[*pattern].1(row.region),
            Self::Open => row.open,
            Self::OpenIs(value) => row.open == *value,
            Self::OwnerIsMe => row.owner == person.name,
            Self::OwnerIn(users) => users.contains(&row.owner),
            Self::InRowTeam => person.is_in(row.team),
            Self::InTeam(team) => person.is_in(team),
            Self::InTeams(team) => person.is_in(team) || person.is_in(row.team),
            Self::RowIs(id) => row.id == *id,
            Self::HasNote => row.note.is_some(),
            Self::Note(equal, word) => row.note.is_some_and(|note| (note == *word) == *equal),
            Self::Size(operator, number) => row.size.is_some_and(|size| compare(size, *operator, *number)),
            Self::SizeAboveOr(number, no) => match row.size {
                Some(size) => size > *number,
                None => no.value(person, row)?,
            },
            Self::BackupIsMe => row.backup == Some(person.name),
            Self::Temporary => person.temporary == Some(true),
            Self::Overflowing => person.level.checked_mul(i64::MAX)? > 0,
            Self::AmountPlus(number) => row.amount.checked_add(*number)? > 0,
            Self::Not(inner) => !inner.value(person, row)?,
            Self::And(left, right) => left.value(person, row)? && right.value(person, row)?,
            Self::Or(left, right) => left.value(person, row)? || right.value(person, row)?,
            Self::If(test, yes, no) => (if test.value(person, row)? { yes } else { no }).value(person, row)?,
            Self::Same(left, right) => left.value(person, row)? == right.value(person, row)?,
        })
    }

    fn is_beyond(&self) -> bool {
        match self {
            Self::AmountPlus(_) => true,
            Self::Not(inner) | Self::SizeAboveOr(_, inner) => inner.is_beyond(),
            Self::And(left, right) | Self::Or(left, right) | Self::Same(left, right) => {
                left.is_beyond() || right.is_beyond()
            }
            Self::If(test, yes, no) => test.is_beyond() || yes.is_beyond() || no.is_beyond(),
            _ => false,
        }
    }
}

fn compare(left: i64, operator: usize, right: i64) -> bool {
    match OPERATORS[operator] {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        "==" => left == right,
        _ => left != right,
    }
}

impl Person {
    /// Walks up from each team.
    fn is_in(&self, team: &str) -> bool {
        self.teams.iter().any(|start| {
            let mut at = Some(*start);
            while let Some(here) = at {
                if here == team {
                    return true;
                }
                at = TEAMS.iter().find(|(name, _)| *name == here).and_then(|(_, above)| *above);
            }
            false
        })
    }
}

impl Policy {
    pub(crate) fn cedar(&self) -> String {
        let effect = if self.permit { "permit" } else { "forbid" };
        let team = self.team.map_or_else(String::new, |team| format!(" in Team::\"{team}\""));
        let mut text = format!("{effect} (principal is User{team}, action == Action::\"read\", resource is deals)");
        let _ = write!(text, "\n  when {{ {} }}", self.when.cedar());
        if let Some(unless) = &self.unless {
            let _ = write!(text, "\n  unless {{ {} }}", unless.cedar());
        }
        text + ";\n"
    }

    pub(crate) fn is_beyond(&self) -> bool {
        self.when.is_beyond() || self.unless.as_ref().is_some_and(Condition::is_beyond)
    }

    fn applies(&self, person: &Person, row: &Row) -> Option<bool> {
        if self.team.is_some_and(|team| !person.is_in(team)) || !self.when.value(person, row)? {
            return Some(false);
        }
        self.unless.as_ref().map_or(Some(true), |unless| unless.value(person, row).map(|value| !value))
    }
}

/// Any error denies; a missing grant and a forbid deny; else a permit is needed.
pub(crate) fn verdict(policies: &[Policy], person: &Person, row: &Row) -> Verdict {
    let applied: Option<Vec<_>> =
        policies.iter().map(|policy| policy.applies(person, row).map(|applies| (policy.permit, applies))).collect();
    let Some(applied) = applied else { return Verdict::Error };
    if !person.granted || applied.contains(&(false, true)) {
        Verdict::Forbidden
    } else if applied.contains(&(true, true)) {
        Verdict::Allowed
    } else {
        Verdict::NotPermitted
    }
}
