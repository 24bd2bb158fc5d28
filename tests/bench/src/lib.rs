//! Benchmarks that report ratios of one run: on a shared machine a time means little, but two things that took turns met the
//! same noise. `cargo bench -p mandate-bench` runs all of them; docs/numbers.md keeps the figures of one run.

pub mod command;
pub mod deals;
pub mod measure;
pub mod memory;
pub mod table;

use anyhow::Result;
use mandate_governance::Planted;
use mandate_model::{AutomationKind, Change, PrincipalId, Recipient, SiteId, Trigger};
use mandate_service::{Draft, Service};

/// The example that is measured.
pub const GUEST: &str = "new_opportunity";

/// Its settings: deals of 10,000.00 and more are found.
pub fn settings() -> serde_json::Value {
    serde_json::json!({ "dataset": "deals", "threshold": "10000.00" })
}

/// `new_opportunity` as the boss, for the team; on.
pub async fn enable(service: &Service, site: &SiteId) -> Result<()> {
    let boss = PrincipalId::parse(deals::BOSS)?;
    let plugin = service.upload(site, &mandate_test_support::try_guest(GUEST)?).await?;
    let planted = Planted {
        site: site.clone(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "Tell about large deals".to_owned(),
        run_as: boss,
        managers: [].into(),
        members: [].into(),
    };
    let id = service.plant(planted).await?;
    let trigger = Trigger::rows("deals", [Change::Added]);
    let recipients = [Recipient::Principal(PrincipalId::parse(deals::TEAM)?)].into();
    let draft = Draft { plugin, settings: settings(), trigger, recipients };
    service.plant_version(&id, &draft).await?;
    Ok(())
}
