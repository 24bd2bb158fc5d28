//! Imports and exports against the contract, by name.

use std::collections::BTreeSet;

use mandate_model::Import;
use wasmparser::ComponentExternalKind;

use super::{Phase, Refused, place::harmless};

/// The package of the contract.
const PACKAGE: &str = "mandate:automation";

/// An import or export of the component itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extern<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ComponentExternalKind,
    pub(crate) offset: usize,
}

impl<'a> Extern<'a> {
    /// The interface's name, if it is of the contract of this host; refused, if it is of the contract of another.
    fn interface(&self) -> Result<Option<&'a str>, Refused> {
        let Some(rest) = self.name.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix('/')) else {
            return Ok(None);
        };
        let (interface, version) = rest.split_once('@').unwrap_or((rest, ""));
        if !is_our_track(version) {
            return Err(Refused::OtherContract { name: harmless(self.name), offset: self.offset });
        }
        match self.kind {
            ComponentExternalKind::Instance => Ok(Some(interface)),
            other => {
                Err(Refused::NotAnInterface { name: harmless(self.name), kind: other.desc(), offset: self.offset })
            }
        }
    }
}

/// The interfaces that the component imports; anything but known ones of the contract is refused.
pub(crate) fn imports(imports: &[Extern<'_>]) -> Result<BTreeSet<Import>, Refused> {
    let known = |import: &Extern<'_>| {
        let interface = import.interface()?;
        interface.and_then(Import::parse).ok_or_else(|| Refused::import(import.name, import.offset))
    };
    imports.iter().map(known).collect()
}

/// The phases that the component exports. Other exports are tolerated and never called: language tools add some.
pub(crate) fn phases(exports: &[Extern<'_>]) -> Result<BTreeSet<Phase>, Refused> {
    let mut phases = BTreeSet::new();
    let mut plugin = false;
    for export in exports {
        let Some(name) = export.interface()? else { continue };
        plugin |= name == "plugin";
        phases.extend(Phase::ALL.into_iter().find(|phase| phase.as_str() == name));
    }
    if plugin { Ok(phases) } else { Err(Refused::NoPlugin) }
}

/// Whether it is `0.1.x`: the track that this host speaks.
fn is_our_track(version: &str) -> bool {
    let patch = version.strip_prefix("0.1.").unwrap_or_default();
    patch.parse::<u32>().is_ok_and(|number| number.to_string() == patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c09_only_plain_patch_versions_are_of_our_track() {
        for ours in ["0.1.0", "0.1.7", "0.1.4000000000"] {
            assert!(is_our_track(ours), "{ours}");
        }
        for other in [
            "",
            "0.1",
            "0.1.",
            "0.2.0",
            "0.1.0-rc.1",
            "0.1.0+x",
            "0.1.01",
            "0.1.+1",
            "0.1.99999999999",
            "1.0.0",
            "0.10.0",
        ] {
            assert!(!is_our_track(other), "{other}");
        }
    }
}
