//! The embedded platform: datasets in SQLite under Cedar row and column policies, people and where they are reached, nested teams,
//! grants, workspaces, roles.
//!
//! Each question is answered within one read transaction, from the directory, the grants and the policies as they are at that
//! moment; nothing is remembered from one question to the next. Each change is one write transaction in which the rights are
//! judged again, and which also keeps the change's [occurrence](mandate_model::Occurrence) until the service has taken it over.

mod admin;
mod apply;
mod appoint;
mod check;
mod class;
mod contact;
mod cursor;
mod data;
mod db;
mod directory;
mod error;
mod explain;
mod filter;
mod find;
mod grants;
mod holdings;
mod judge;
mod keep;
mod may_read;
mod operations;
pub(crate) mod outbox;
mod plant;
mod predicate;
mod principal_grant;
mod reading;
mod record;
mod revision;
mod roles;
pub mod seed;
mod sql;
mod team;
mod types;
mod validate;
mod without;
mod witness;
mod write;

pub use db::Embedded;
pub use error::{EmbeddedError, SeedError};
pub use explain::Explained;
pub use principal_grant::{PrincipalGrant, PrincipalRight};
pub use seed::{ContactSeed, GovernanceSeed, OperationsSeed, Person, Seed, SeedRow, Team, Workspace};
pub use validate::row_id_problem;
