//! For which acts a site may ask that the actor holds every declared power (VEN-06, VEN-07, FIL-11, MON-25), by hand.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_governance::{Acquisition, Ask, Command, Touches, settings::Precheck};
use mandate_model::{PrincipalId, VersionId};

const CREATE: Precheck = Precheck::Create;
const EDIT: Precheck = Precheck::Edit;
const ENABLE: Precheck = Precheck::Enable;
const TAKE: Precheck = Precheck::Take;

fn ana() -> PrincipalId {
    PrincipalId::parse("user:ana").unwrap()
}

fn version() -> VersionId {
    VersionId::from_digest(&[7; 32])
}

fn acquisition() -> Acquisition {
    Acquisition { expected: None, new: ana(), version: Some(version()) }
}

fn publish(consent: bool, acquisition: Option<Acquisition>) -> Ask {
    Ask::Publish { version: version(), base: None, touches: Touches::Logic, consent, acquisition }
}

#[test]
fn an_act_is_checked_before_as_these_say() {
    // The act, what is checked before the first version, and what later.
    let acts: [(Ask, &[Precheck], &[Precheck]); 9] = [
        (Ask::Draft, &[CREATE, EDIT], &[EDIT]),
        (publish(false, None), &[CREATE, EDIT], &[EDIT]),
        (publish(true, None), &[CREATE, EDIT, ENABLE], &[EDIT, ENABLE]),
        (publish(false, Some(acquisition())), &[CREATE, EDIT, ENABLE], &[EDIT, ENABLE]),
        (Ask::Enable { version: version(), acquisition: None }, &[ENABLE], &[ENABLE]),
        (Ask::Take { acquisition: acquisition() }, &[TAKE], &[TAKE]),
        (Ask::Disable { acquisition: None }, &[], &[]),
        (Ask::Delete, &[], &[]),
        (Ask::Clone, &[], &[]),
    ];
    for (ask, first, later) in acts {
        let command = Command::Asked { actor: ana(), ask };
        assert_eq!(command.prechecks(true), first, "{command:?}");
        assert_eq!(command.prechecks(false), later, "{command:?}");
    }
}
