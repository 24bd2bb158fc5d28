//! Whose rights a call carries: given when the call is made, never set afterwards.

use std::sync::Arc;

use mandate_model::{Phase, Powers, Principal};

use crate::platform::{DataAs, Operations};

/// The principal's eyes, as a guest holds them: a handle without content. What stands behind it is the call's [`Authority`].
#[derive(Debug)]
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct View;

/// The principal's hand, as a guest holds it.
#[derive(Debug)]
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Hand;

/// Whom one guest call is made for, and with which powers.
#[derive(Clone)]
pub(crate) struct Authority {
    pub(crate) principal: Arc<Principal>,
    pub(crate) phase: Phase,
    pub(crate) powers: Arc<Powers>,
    pub(crate) settings: Arc<str>,
    pub(crate) run: Arc<str>,
    /// The platform's data, opened as the principal.
    pub(crate) data: Arc<dyn DataAs>,
    pub(crate) operations: Arc<dyn Operations>,
}
