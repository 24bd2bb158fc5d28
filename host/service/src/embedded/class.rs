//! View classes: a digest of what a principal may see, so that who sees equal data is known without reading it.

use std::collections::BTreeSet;

use mandate_policy::Right;
use mandate_runtime::platform::ViewClass;
use sha2::{Digest, Sha256};

use super::{judge::Judge, predicate};

/// The class of the principal over these datasets; `None` if it cannot be decided which rows of one of them they see.
pub(super) fn view_class(judge: &Judge<'_>, datasets: &[String]) -> Option<ViewClass> {
    let mut digest = Sha256::new();
    let mut part = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    for name in datasets.iter().collect::<BTreeSet<_>>() {
        part(name.as_bytes());
        let Ok(def) = judge.dataset(Right::Read, name) else {
            part(b"denied");
            continue;
        };
        let rows = judge.rows(Right::Read, def).ok()?;
        predicate::render(&rows, def)?;
        part(&rows.digest());
        let visible = judge.visible(def);
        part(&(visible.len() as u64).to_be_bytes());
        for column in visible {
            part(column.name.as_bytes());
        }
    }
    Some(ViewClass(digest.finalize().into()))
}
