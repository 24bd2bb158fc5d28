//! Automations, runs, effects and deliveries over a store, and the embedded platform. Embeddable; no HTTP server.
//!
//! [`Service`] is the way in: upload a plugin, make an automation, publish, enable as the one it runs as, accept events, drain.
//! Reading order: `service` (the verbs), `runner` (match → plan → parts), `executor` and `dispatch` (what parts leave behind),
//! `history` (who sees what), `store` (SQL, nothing else).

pub mod apply;
mod automations;
mod clock;
mod dispatch;
mod drafts;
pub mod embedded;
mod error;
mod executor;
mod foresight;
mod governing;
mod history;
mod operator;
mod parts;
mod recent;
mod redact;
mod retry;
mod roles;
mod run_now;
mod runner;
mod sandboxed;
mod service;
mod store;
mod tell;

pub use automations::{NewAutomation, Prospect, Publishing, Visible};
pub use clock::{Clock, SystemClock};
pub use drafts::SavedDraft;
pub use error::ServiceError;
pub use foresight::{
    decisions::{Change, Object},
    hand_over::HandedOver,
    impact::{Impact, Loss},
    inventory::Inventory,
    policy::PolicyChanges,
    reach::{DatasetReach, PowerReach, ReachPreview, Rows},
};
pub use governing::Told;
pub use history::{PartView, RunView};
pub use operator::EveryPart;
pub use parts::{Component, Described, Job, Parts};
pub use retry::Retry;
pub use roles::{Extent, Holding, Reach, Removal, Roles, Standing};
pub use runner::Left;
pub use sandboxed::Sandboxed;
pub use service::{Accepted, Draft, Host, Service};
pub use store::{
    effect::{EffectState, StagedEffect},
    inbox::Delivered,
    part::{PartKind, PartState},
    plugin::PluginInfo,
    quarantine::Quarantined,
    run::DeadLetter,
};
