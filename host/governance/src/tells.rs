//! Whom a version tells as run_as (ONE-09).

use std::collections::BTreeSet;

use mandate_model::PrincipalId;

use crate::{Settings, Version};

/// The people to whom `version` sends what it finds as the principal that it runs as. `None`: each recipient is evaluated as
/// themself, who learns less, never more.
///
/// The site's settings of now and those under which the version was made must both say so. Hence a version that was consented to
/// while each was told as themself sends nothing of run_as's after the site chose otherwise, and one that was consented to as
/// sending it stops when the site goes back. Only publishing makes the one of the other, and that ends the consent.
pub fn tells<'v>(version: &'v Version, settings: &Settings) -> Option<&'v BTreeSet<PrincipalId>> {
    version.people().filter(|_| settings.evaluate_as.is_run_as())
}
