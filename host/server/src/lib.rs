//! The HTTP API and the console over a [`Service`](mandate_service::Service).
//!
//! [`serve`] is the way in. Reading order: `app` (what a request is answered from), `guard` (who asks, and for what: no handler
//! without one), `table` (every route, with its documentation), `problem` (what is said when it does not work; `codes` explains it),
//! `store` (sessions and tokens), `oidc` (signing in at an identity provider),
//! `cloud_events` and `hook` (how events come in), `idempotency` (requests that are repeated),
//! `listing` (lists page by page),
//! `api/` (one file for each resource), `console/` (one file for each page), `serve` (the socket, and what runs beside it),
//! `connections` (how many, and for how long), `live` (who is told that something changed).
//!
//! Rights are decided by the service, in the transaction of what is asked for; here is decided who asks.

mod answer;
mod api;
mod app;
mod body;
mod cloud_events;
mod codes;
mod connections;
mod console;
mod cursor;
mod etag;
mod guard;
mod hook;
mod idempotency;
mod listing;
mod live;
mod oidc;
mod openapi;
mod pane;
mod panics;
mod people;
mod problem;
mod protect;
mod seal;
mod search;
mod secret;
mod serve;
mod session;
mod store;
mod switch;
mod table;
mod token;
mod uploads;

pub use app::{App, AppError, Options, SignIn};
pub use oidc::{Oidc, OidcError, OidcOptions};
pub use openapi::document;
pub use secret::NoRandom;
pub use serve::{ServeError, serve};
pub use store::{Store, StoreError};
pub use table::{Access, RouteInfo, routes};
