//! `mandate admin backup` and `restore`.

use std::{path::Path, sync::Arc};

use mandate_service::{ServiceError, SystemClock, Upkeep};

use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::{self, PLATFORM},
    show::{quoted, time},
    verbs::home as open,
};

/// Backs the store up, with its platform and the secret of compiled code.
pub(super) async fn backup(common: &Common, folder: &Path) -> CliResult {
    let home = open(common).await?;
    let beside = async {
        let told = |error: &dyn std::fmt::Display| ServiceError::Beside(error.to_string());
        home.embedded.backup(&folder.join(PLATFORM)).await.map_err(|error| told(&error))?;
        home::copy_secret(&common.store, folder).map_err(|error| told(&error))
    };
    let manifest = home.service.upkeep().backup(folder, beside).await.map_err(failed)?;
    for file in &manifest.files {
        outln!("{:>12}  {}", file.bytes, file.name);
    }
    outln!("head {}", manifest.head);
    outln!(
        "the backup holds everybody's data and all secrets: keep it like the store itself, and keep the head elsewhere"
    );
    Ok(())
}

/// Makes a store from a backup.
pub(super) async fn restore(common: &Common, folder: &Path) -> CliResult {
    let manifest = Upkeep::restore(folder, &common.store, Arc::new(SystemClock)).await.map_err(failed)?;
    let store = quoted(&common.store.display().to_string());
    outln!("restored `{}` as it was at {}", common.store.display(), time(manifest.made_at));
    outln!(
        "gone is what came later: consents that were revoked and automations that were turned off since are as they were. \
         Look with `mandate automation list --store {store}` before anything runs"
    );
    Ok(())
}

/// What the operator named wrong is bad input.
fn failed(error: ServiceError) -> CliError {
    match error {
        ServiceError::NotEmpty(_) | ServiceError::NoBackup { .. } => CliError::input(error),
        error => CliError::unavailable(error),
    }
}
