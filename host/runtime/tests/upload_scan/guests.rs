//! The real example guests pass, with figures far from every limit.

use std::collections::BTreeSet;

use mandate_model::Import;
use mandate_runtime::upload::{Measure, Phase, ScanLimits};
use mandate_test_support::{guest, guest_names};

use crate::fixtures::lean;

#[test]
fn every_example_guest_passes() {
    let names = guest_names().unwrap();
    assert!(names.contains(&"new_opportunity".to_owned()), "{names:?}");
    for name in names {
        let scanned = lean(&guest(&name)).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        for measure in Measure::ALL {
            // These are as in every guest made by `wasm-tools component new`: the limit is what it needs.
            let tight = matches!(
                measure,
                Measure::CoreModules
                    | Measure::CoreInstances
                    | Measure::Memories
                    | Measure::Tables
                    | Measure::ComponentDepth
            );
            let (figure, limit) = (scanned.figures.of(measure), ScanLimits::default().of(measure));
            assert!(tight || figure.saturating_mul(2) <= limit, "{name}: {figure} {}", measure.as_str());
        }
    }
}

#[test]
fn the_imports_and_phases_of_a_guest_are_those_that_it_uses() {
    let scanned = lean(&guest("new_opportunity")).unwrap();
    assert!(scanned.imports.is_superset(&BTreeSet::from([Import::Types, Import::Authority, Import::Rows])));
    assert!(!scanned.imports.contains(&Import::Files) && !scanned.imports.contains(&Import::FilesWrite));
    assert!(scanned.phases.contains(&Phase::Condition), "{:?}", scanned.phases);
}
