//! The embedded platform: datasets in SQLite under Cedar row and column policies, people, nested teams, grants.

pub mod seed;

pub use seed::{Person, Seed, SeedRow, Team};
