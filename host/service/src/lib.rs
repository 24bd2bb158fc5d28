//! Automations, runs, effects and deliveries over a store, and the embedded platform. Embeddable; no HTTP server.
//!
//! [`Service`] is the way in: upload a plugin, make an automation, publish, enable as the one it runs as, accept events, drain.
//! Reading order: `service` (the verbs), `runner` (match → plan → parts), `executor` and `dispatch` (what parts leave behind),
//! `history` and `inbox` (who sees what), `outward` with `mail`, `webhook` and `outbound` (what leaves the house), `store` (SQL,
//! nothing else), `upkeep` (looking after it).

pub mod apply;
mod automations;
pub mod cell;
mod clock;
pub mod cloud_event;
mod dispatch;
mod drafts;
mod dry_run;
pub mod embedded;
mod error;
mod executor;
mod foresight;
mod governing;
mod history;
mod inbox;
mod intake;
pub mod json;
pub mod known;
pub mod mail;
pub mod operations;
mod operator;
pub mod outbound;
pub mod outward;
mod parts;
mod recent;
mod redact;
mod replay;
mod retry;
mod roles;
mod roll_back;
mod run_now;
mod runner;
mod sandboxed;
mod schedule;
mod service;
mod shown;
mod simulate;
mod sqlite;
mod store;
mod tell;
mod tokens;
mod triggers;
mod upkeep;
mod visible;
pub mod webhook;
mod wishes;

pub use automations::{NewAutomation, Prospect, Publishing};
pub use clock::{Clock, SystemClock};
pub use drafts::SavedDraft;
pub use dry_run::{Occasion, Rehearsal};
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
pub use history::{
    Began, Ending, Explanation, Fate, HIDDEN, LastRun, Occasions, PartOfAnother, PartView, Past, RunView, Shown, Sight,
    Unused,
};
pub use inbox::{AttachmentInfo, InboxMessage, InboxPage, Mark, Shelf};
pub use intake::{EventError, EventProblem, is_own_source};
pub use operator::EveryPart;
pub use outward::Outward;
pub use parts::{Component, Described, Job, Parts};
pub use replay::{Recording, Rehearsed, Replayed};
pub use retry::Retry;
pub use roles::{Extent, Holding, Offered, Reach, Removal, Roles, Standing, at_one_moment};
pub use runner::Left;
pub use sandboxed::Sandboxed;
pub use schedule::{Schedule, ScheduleError};
pub use service::{Accepted, Draft, Host, Service};
pub use shown::{
    AutomationPage, Happened, Listed, ListedAutomation, Only, PastVersion, PastVersions, Sends, ShownChanges,
    ShownVersion, Stands, Stop, Whole, words,
};
pub use simulate::{Foreseen, Simulated, SimulatedPart};
pub use store::{
    StoreOptions,
    audit::{
        AuditEntry,
        chain::Head,
        entry::{Audited, Deed, Of, Started, TokenBecame},
    },
    damaged::Damaged,
    delivery::{DeliveryRecord, DeliveryState, DeliveryView},
    effect::{EffectState, Settlement, StagedEffect},
    inbox::Delivered,
    part::{PartKind, PartState},
    plugin::PluginInfo,
    quarantine::Quarantined,
    retention::Kind as RetentionKind,
    run::DeadLetter,
};
pub use triggers::{TriggerError, check as check_trigger, check_type};
pub use upkeep::{Flaw, Forgotten, Manifest, ManifestFile, Purged, Purging, Stats, Upkeep, Verified};
pub use visible::Visible;
pub use wishes::{Teller, Wish};
