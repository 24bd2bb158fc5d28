//! What happened to an automation, in words for a terminal.

use mandate_governance::Happening;
pub(in crate::verbs) use mandate_service::words::{happening as words, kind, trigger};

use crate::show::inert;

/// Says what came of a command.
pub(super) fn say(name: &str, happened: &[Happening]) {
    let name = inert(name);
    if happened.is_empty() {
        outln!("`{name}`: nothing changed, it was so already");
    }
    for happening in happened {
        outln!("`{name}`: {}", inert(&words(happening, true)));
    }
}

/// Several names, or what to say of none.
pub(super) fn names<T: ToString>(all: impl IntoIterator<Item = T>, none: &str) -> String {
    let names: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    if names.is_empty() { none.to_owned() } else { inert(&names.join(", ")) }
}
