//! Whether a version may run now.

use mandate_model::{PrincipalId, VersionId};

use crate::{Automation, Consent, State};

/// Why an automation does not run, as it is told to who manages it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRunning {
    /// It was deleted.
    #[error("the automation is deleted")]
    Deleted,
    /// It runs as nobody yet.
    #[error("the automation runs as nobody yet; whoever turns it on or takes it decides that")]
    Nobody,
    /// It is off.
    #[error("the automation is off; `{run_as}` can turn it on")]
    Disabled {
        /// Who can turn it on.
        run_as: PrincipalId,
    },
    /// The host stopped it.
    #[error("the automation was stopped; `{run_as}` can turn it on again")]
    Stopped {
        /// Who can turn it on again.
        run_as: PrincipalId,
    },
    /// Nothing was published.
    #[error("the automation has no published version; publish one first")]
    Unpublished,
    /// Another version is published now.
    #[error("`{version}` is no longer the published version, which is `{published}`")]
    Superseded {
        /// What would have run.
        version: VersionId,
        /// What is published.
        published: VersionId,
    },
    /// The principal that it runs as has not let this version act for them, or no longer does.
    #[error("`{run_as}` has not let `{version}` act for them; only they can, by turning it on")]
    NoConsent {
        /// Whose consent is missing.
        run_as: PrincipalId,
        /// To what.
        version: VersionId,
    },
}

/// As whom `version` may run now: it is not deleted, on, published, and has the consent of exactly the principal that it runs as
/// to exactly this version. There is no other way to run.
///
/// # Errors
/// Why it may not.
pub fn may_run<'a>(
    automation: &'a Automation,
    version: &VersionId,
    consent: Option<&Consent>,
) -> Result<&'a PrincipalId, NotRunning> {
    if automation.deleted {
        return Err(NotRunning::Deleted);
    }
    let run_as = automation.run_as.as_ref().ok_or(NotRunning::Nobody)?;
    match automation.state {
        State::Off => return Err(NotRunning::Disabled { run_as: run_as.clone() }),
        State::Stopped => return Err(NotRunning::Stopped { run_as: run_as.clone() }),
        State::On => {}
    }
    match &automation.published {
        None => return Err(NotRunning::Unpublished),
        Some(published) if published != version => {
            return Err(NotRunning::Superseded { version: version.clone(), published: published.clone() });
        }
        Some(_) => {}
    }
    match consent {
        Some(consent) if consent.principal == *run_as && consent.version == *version => Ok(run_as),
        _ => Err(NotRunning::NoConsent { run_as: run_as.clone(), version: version.clone() }),
    }
}
