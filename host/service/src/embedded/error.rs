//! What can be wrong with a seed, a database file or an administrator's command.

use mandate_model::PrincipalId;
use mandate_policy::PolicyError;

use super::PrincipalGrant;
use crate::operations::OperationError;

/// Why the embedded platform could not be created, opened or administered.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The seed is wrong; nothing was written.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The policies are wrong, each error with its place; nothing was changed.
    #[error("the policies are wrong: {}", list(.0))]
    Policies(Vec<PolicyError>),
    /// There is a platform already.
    #[error("`{0}` holds a platform already: open it, or choose another file")]
    Exists(String),
    /// There is no platform in it.
    #[error("`{0}` holds no platform: create one first")]
    NotAPlatform(String),
    /// Nobody of that id.
    #[error("`{0}` is unknown: name a person or team of this platform, or its site")]
    UnknownPrincipal(PrincipalId),
    /// No such dataset.
    #[error("there is no dataset `{0}`")]
    UnknownDataset(String),
    /// No such operation.
    #[error("there is no operation `{0}`")]
    UnknownOperation(String),
    /// No such workspace.
    #[error("there is no workspace `{0}`")]
    UnknownWorkspace(String),
    /// A site, where only people and teams can be named.
    #[error("`{0}` has no role, workspace, team or right over others: name a person or a team")]
    NoHolder(PrincipalId),
    /// Not a team, or none of this platform.
    #[error("there is no team `{0}`")]
    NoTeam(PrincipalId),
    /// A member with which a team would contain itself.
    #[error("`{member}` cannot be in `{team}`: the team would contain itself, directly or through others")]
    Cycle {
        /// Who.
        member: PrincipalId,
        /// Where.
        team: PrincipalId,
    },
    /// Not the name of a role.
    #[error("{}", no_role(.0))]
    Role(String),
    /// A right that cannot be had over such a principal.
    #[error("{0}")]
    PrincipalRight(String),
    /// What the platform stored of itself cannot be read.
    #[error("the platform's file is damaged: {0}")]
    Damaged(String),
    /// SQLite could not do it.
    #[error("the database cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// The file is of another version of this program.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The operating system gave no random bytes.
    #[error("no randomness for the platform's secret: {0}")]
    Randomness(String),
}

/// What is wrong with a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// Not a name.
    #[error(
        "`{name}` is no name of a {what}: a lower-case letter, then lower-case letters, digits and `_`, at most 63"
    )]
    Name {
        /// Of what.
        what: &'static str,
        /// What was given.
        name: String,
    },
    /// Given twice.
    #[error("the {what} `{name}` is given twice")]
    Twice {
        /// What.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// Too many columns for a table.
    #[error("dataset `{0}` has more than {MAX_COLUMNS} columns")]
    TooManyColumns(String),
    /// A scale that a decimal cannot have.
    #[error(
        "column `{column}` of dataset `{dataset}`: a decimal has at most {} digits behind the point",
        mandate_model::decimal::MAX_SCALE
    )]
    Scale {
        /// Where.
        dataset: String,
        /// Which.
        column: String,
    },
    /// A person whose id is not `user:…`, or a team whose id is not `team:…`.
    #[error("`{id}` cannot be a {what}: its id begins with `{prefix}:`")]
    Kind {
        /// A person or a team.
        what: &'static str,
        /// What was given.
        id: PrincipalId,
        /// What would be right.
        prefix: &'static str,
    },
    /// An attribute that people do not have, of another type, or that is missing.
    #[error("`{person}`: {problem}")]
    Attribute {
        /// Whose.
        person: PrincipalId,
        /// What, and what would be right.
        problem: String,
    },
    /// A member that is not a known person or team.
    #[error("`{member}` in team `{team}` is unknown: list people and teams before they are members")]
    UnknownMember {
        /// Where.
        team: PrincipalId,
        /// Who.
        member: PrincipalId,
    },
    /// A team that contains itself.
    #[error("team `{0}` contains itself, directly or through others")]
    Cycle(PrincipalId),
    /// A grant to nobody.
    #[error("a grant to `{0}`: there is no such person, team or site")]
    UnknownGrantee(PrincipalId),
    /// A grant or row of a dataset that is not there.
    #[error("{what}: there is no dataset `{dataset}`")]
    UnknownDataset {
        /// What names it.
        what: String,
        /// Which.
        dataset: String,
    },
    /// An operation that cannot be registered.
    #[error(transparent)]
    Operation(OperationError),
    /// A grant to invoke what is not there.
    #[error("a grant to `{principal}`: there is no operation `{operation}`")]
    UnknownOperation {
        /// Whose.
        principal: PrincipalId,
        /// Which.
        operation: String,
    },
    /// A right over nobody.
    #[error("the right `{0}`: there is no such person, team or site")]
    UnknownOver(PrincipalGrant),
    /// A workspace that is not there.
    #[error("{what}: there is no workspace `{workspace}`")]
    UnknownWorkspace {
        /// What names it.
        what: String,
        /// Which.
        workspace: String,
    },
    /// A member or holder that is no known person or team.
    #[error("`{principal}` cannot be {what}: there is no such person or team")]
    UnknownHolder {
        /// Who.
        principal: PrincipalId,
        /// Of what.
        what: String,
    },
    /// Not the name of a role.
    #[error("{}", no_role(.0))]
    Role(String),
    /// A right that cannot be had over such a principal.
    #[error("{0}")]
    PrincipalRight(String),
    /// A row id that no row may have.
    #[error(
        "row `{id}` of dataset `{dataset}`: an id has 1 to 200 bytes, no control characters, and does not begin with `new:`"
    )]
    RowId {
        /// Where.
        dataset: String,
        /// Which.
        id: String,
    },
    /// A cell that does not fit.
    #[error("row `{id}` of dataset `{dataset}`: {problem}")]
    Cell {
        /// Where.
        dataset: String,
        /// Which row.
        id: String,
        /// What, and what would be right.
        problem: String,
    },
}

/// Most columns of a dataset: SQLite's own limit is 2000.
pub(crate) const MAX_COLUMNS: usize = 1000;

fn no_role(name: &str) -> String {
    format!("`{name}` is no name of a role: a lower-case letter, then lower-case letters, digits and `-`, at most 63")
}

fn list(errors: &[PolicyError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
