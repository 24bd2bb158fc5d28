//! What stands behind one guest call: the data of its store.

use std::collections::BTreeSet;

use mandate_model::{Cause, Effect, Labels, Resource as Source};
use wasmtime::component::{HasData, Resource};

use crate::{
    authority::{Authority, Hand, View},
    journal::{Question, Recorder},
    limiter::Limiter,
    refusal::LimitReached,
};

/// The number behind the view that a call is handed. Guests see indices of their own table, never this.
const VIEW: u32 = 1;
/// The number behind the hand.
const HAND: u32 = 2;

/// One call: fresh, for one principal, dropped after any outcome.
pub(crate) struct Call {
    /// `None` for `describe`, which is handed nothing.
    authority: Option<Authority>,
    pub(crate) recorder: Recorder,
    /// Effects staged by this act; they count only when it returns without a problem.
    pub(crate) staged: Vec<Effect>,
    /// Which finding of the part is acted on: makes placeholders distinct within the part.
    pub(crate) act: usize,
    pub(crate) limiter: Limiter,
    pub(crate) ticks_left: u64,
}

impl Call {
    pub(crate) fn new(authority: Option<Authority>, recorder: Recorder, act: usize) -> Self {
        let limits = *recorder.limits();
        let limiter = Limiter::new(limits.memory, limits.table_elements);
        Self { authority, recorder, staged: vec![], act, limiter, ticks_left: limits.deadline_ticks }
    }

    /// The handle to hand over as this call's view.
    pub(crate) fn view() -> Resource<View> {
        Resource::new_borrow(VIEW)
    }

    /// The handle to hand over as this call's hand.
    pub(crate) fn hand() -> Resource<Hand> {
        Resource::new_borrow(HAND)
    }

    /// The authority behind a view. Another number than the one handed out cannot come from a guest: the canonical ABI traps
    /// before; if it did come, the guest is ended.
    pub(crate) fn eyes(&self, view: &Resource<View>) -> Result<Authority, LimitReached> {
        self.behind(view.rep() == VIEW)
    }

    /// The authority behind a hand.
    pub(crate) fn hands(&self, hand: &Resource<Hand>) -> Result<Authority, LimitReached> {
        self.behind(hand.rep() == HAND)
    }

    fn behind(&self, genuine: bool) -> Result<Authority, LimitReached> {
        self.authority.clone().filter(|_| genuine).ok_or(LimitReached(Cause::Trap))
    }

    /// The authority of this call, for what needs no handle; `None` for `describe`.
    pub(crate) fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }
}

impl Authority {
    /// A question of this call's phase, about something.
    pub(crate) fn question(
        &self,
        interface: &'static str,
        method: &'static str,
        arguments: serde_json::Value,
        about: Source,
    ) -> Question {
        let size = memory(&arguments) + named(&about);
        Question { phase: self.phase, interface, method, arguments, size, about: self.labels(about) }
    }

    /// The label of something, as this call's principal sees it.
    pub(crate) fn labels(&self, resource: Source) -> Labels {
        Labels::of(&self.principal.id, resource)
    }
}

/// Bytes of a JSON value on its way to a guest, roughly.
pub(crate) fn size(json: &serde_json::Value) -> usize {
    weight(json, 8, 0)
}

/// Bytes of memory that a JSON value takes while a journal holds it, roughly: an object is a tree with room for eleven fields.
fn memory(json: &serde_json::Value) -> usize {
    weight(json, 32, 640)
}

/// Bytes of memory that a label takes, which repeats names of the question, roughly.
fn named(resource: &Source) -> usize {
    let each = |names: &BTreeSet<String>| names.iter().map(|name| 32 + name.len()).sum::<usize>();
    match resource {
        Source::Dataset { dataset, columns } => dataset.len() + each(columns),
        Source::Rows { dataset, ids, columns } => dataset.len() + each(ids) + each(columns),
        Source::Path(name) | Source::Operation(name) => name.len(),
        Source::Settings | Source::Profile | Source::Event => 0,
    }
}

/// `node` for each value, `object` more for each object, and every byte of text and names.
fn weight(json: &serde_json::Value, node: usize, object: usize) -> usize {
    use serde_json::Value::{Array, Object, String};
    node + match json {
        String(text) => text.len(),
        Array(items) => items.iter().map(|item| weight(item, node, object)).sum(),
        Object(fields) => {
            object + fields.iter().map(|(name, value)| name.len() + weight(value, node, object)).sum::<usize>()
        }
        _ => 0,
    }
}

/// Tells wasmtime that host functions work on the [`Call`] itself.
pub(crate) struct OnCall;

impl HasData for OnCall {
    type Data<'a> = &'a mut Call;
}
