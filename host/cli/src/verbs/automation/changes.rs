//! What one version changes against another, on a terminal.

use mandate_governance::Version;
use mandate_model::{PrincipalId, VersionId};

use super::ask::refused;
use crate::{failure::CliResult, home::Home, show::inert};

/// The two sides of a stale draft: what others published since it was begun, and what it changes itself. `draft`: what it would
/// be published as, if it would.
pub(super) async fn both_sides(
    home: &Home,
    who: &PrincipalId,
    base: Option<&VersionId>,
    published: Option<&VersionId>,
    draft: Option<&Version>,
) -> CliResult {
    let base = version(home, base).await?;
    if let Some(published) = version(home, published).await? {
        outln!("since your draft was begun, others published:");
        side(home, who, base.as_ref(), &published).await?;
    }
    if let Some(draft) = draft {
        outln!("your draft changes:");
        side(home, who, base.as_ref(), draft).await?;
    }
    Ok(())
}

/// What `new` changes against `old`.
pub(super) async fn side(home: &Home, who: &PrincipalId, old: Option<&Version>, new: &Version) -> CliResult {
    for line in home.service.difference(who, old, new).await.map_err(refused)?.lines() {
        outln!("  {}", inert(&line));
    }
    Ok(())
}

async fn version(home: &Home, id: Option<&VersionId>) -> CliResult<Option<Version>> {
    match id {
        Some(id) => home.service.published(id).await.map(Some).map_err(refused),
        None => Ok(None),
    }
}
