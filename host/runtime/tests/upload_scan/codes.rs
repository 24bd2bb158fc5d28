//! Codes are public: distinct, listed, and none without an example.

use std::collections::BTreeSet;

use mandate_runtime::upload::{CODES, Feature, Measure, Place, Refused};

fn one_of_each() -> Vec<Refused> {
    let place = Place { module: None, function: None, offset: 8 };
    let (name, reason) = ("x".to_owned(), "y".to_owned());
    vec![
        Refused::NotWasm,
        Refused::CoreModule,
        Refused::Malformed { place, reason: reason.clone() },
        Refused::Wasi { name: name.clone(), offset: 8 },
        Refused::UnknownImport { name: name.clone(), offset: 8 },
        Refused::OtherContract { name: name.clone(), offset: 8 },
        Refused::NotAnInterface { name, kind: "func", offset: 8 },
        Refused::NoPlugin,
        Refused::Feature { feature: Feature::Simd, place, reason },
        Refused::Composed { what: "modules", place },
        Refused::EngineTier { measure: Measure::Bytes, found: 2, limit: 1, place },
        Refused::Limit { measure: Measure::Locals, found: 2, limit: 1, place },
    ]
}

#[test]
fn every_refusal_has_its_own_listed_code() {
    let codes: Vec<_> = one_of_each().iter().map(Refused::code).collect();
    assert_eq!(codes, CODES);
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
}

#[test]
fn measures_and_features_are_told_apart_and_advise() {
    let measures: BTreeSet<_> = Measure::ALL.into_iter().map(Measure::as_str).collect();
    assert_eq!(measures.len(), Measure::ALL.len());
    let features: BTreeSet<_> = Feature::ALL.into_iter().map(Feature::as_str).collect();
    assert_eq!(features.len(), Feature::ALL.len());
    assert!(Measure::ALL.iter().all(|measure| !measure.advice().is_empty()));
    assert!(Feature::ALL.iter().all(|feature| !feature.advice().is_empty()));
}
