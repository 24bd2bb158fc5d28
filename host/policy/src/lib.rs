//! Who may do what, decided by Cedar: validate, slice, decide, and residuals as predicates. No SQL, no I/O.
//!
//! Two floors stand under every policy: default deny, and no right without a grant. *Grants* say which dataset a principal may
//! touch at all, and how; *policies* say which rows and columns of it. A policy that errors means deny, never "skip it".
//!
//! The same language says who may do what to automations: [`automations`].
//!
//! Reading order: [`schema`] and [`facts`] (what policies may speak of), [`data`] (the questions), `load` (what is refused
//! before anything is asked), `sayable` (of that, what no predicate says), `slice` (the few entities of one question), `residual` and [`predicate`] (the answer for all
//! rows at once).

pub mod automations;
mod cedar_schema;
pub mod data;
pub mod decision;
pub mod facts;
mod load;
mod operand;
pub mod predicate;
mod residual;
pub mod right;
mod row_filter;
mod sayable;
pub mod schema;
mod slice;
mod stack;
#[cfg(test)]
mod tests;

pub use automations::{Act, Actor, AutomationPolicies, Circumstances, Outlook, Permission, Rule, Target};
pub use data::{DataPolicies, PolicyError};
pub use decision::{Decision, Undecidable};
pub use facts::{Attribute, Facts};
pub use predicate::{Literal, Operand, Operator, Predicate};
pub use right::{ColumnRight, Grant, Right};
pub use row_filter::fits;
pub use schema::{AttributeDef, AttributeType, ColumnDef, ColumnType, DataSchema, DatasetDef};
