//! Automations, runs, effects and deliveries over a store, and the embedded platform. Embeddable; no HTTP server.
//!
//! [`Service`] is the way in: upload a plugin, make an automation, publish, enable as the one it runs as, accept events, drain.
//! Reading order: `service` (the verbs), `runner` (match → plan → parts), `executor` and `dispatch` (what parts leave behind),
//! `history` and `inbox` (who sees what), `outward` with `mail`, `webhook` and `outbound` (what leaves the house), `store` (SQL,
//! nothing else).

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
mod inbox;
pub mod mail;
pub mod operations;
mod operator;
pub mod outbound;
pub mod outward;
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
pub mod webhook;

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
pub use inbox::{AttachmentInfo, InboxMessage, InboxPage, Mark, Shelf};
pub use operator::EveryPart;
pub use outward::Outward;
pub use parts::{Component, Described, Job, Parts};
pub use retry::Retry;
pub use roles::{Extent, Holding, Reach, Removal, Roles, Standing};
pub use sandboxed::Sandboxed;
pub use service::{Accepted, Draft, Host, Service};
pub use store::{
    delivery::{DeliveryRecord, DeliveryState, DeliveryView},
    effect::{EffectState, Settlement, StagedEffect},
    inbox::Delivered,
    part::{PartKind, PartState},
    plugin::PluginInfo,
    run::DeadLetter,
};
