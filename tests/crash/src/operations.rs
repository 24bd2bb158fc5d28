//! Operations that leave the house: carried out over HTTP, by the sink.

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use mandate_model::PrincipalId;
use mandate_service::{
    embedded::OperationsSeed,
    operations::{HttpCall, Invocation, Operation, Provider, http::HttpOperations},
    outbound::{Outbound, SystemNames, Target, Trust},
    outward::Setback,
};

use crate::steps::step;

/// Done once for each key.
pub(crate) const CLOSE: &str = "close_deal";
/// Done whenever it is asked for.
pub(crate) const RING: &str = "ring_bell";

/// How long a whole answer may take: one that is only slow is not too late, whatever else the machine does.
const PATIENCE: Duration = Duration::from_secs(2);

/// Both, and that `who` may ask for them.
pub(crate) fn seed(who: &PrincipalId) -> OperationsSeed {
    let operation = |name: &str| Operation {
        name: name.to_owned(),
        description: "Something that somebody else does.".to_owned(),
        schema: serde_json::json!({}),
        idempotent: name == CLOSE,
        call: None,
    };
    let grant = |name: &str| (who.clone(), name.to_owned());
    OperationsSeed { all: vec![operation(CLOSE), operation(RING)], grants: vec![grant(CLOSE), grant(RING)] }
}

/// Calls operations at the sink, wherever it listens now, and counts that as steps.
pub(crate) struct AtSink {
    http: HttpOperations,
    target: Target,
}

impl AtSink {
    /// At this sink.
    pub(crate) fn new(sink: SocketAddr) -> Result<Self> {
        let origin = format!("http://{sink}");
        let trust = Trust::of_machine(None).map_err(|error| anyhow!(error))?;
        let outbound = Outbound::new(Arc::new(SystemNames), &trust, BTreeSet::from([origin.clone()]), PATIENCE);
        let http = HttpOperations::new(outbound.map_err(|error| anyhow!(error))?, ".".into());
        Ok(Self { http, target: Target::parse(&format!("{origin}/"))? })
    }
}

#[async_trait]
impl Provider for AtSink {
    async fn invoke(&self, operation: &Operation, invocation: &Invocation) -> Result<(), Setback> {
        let call = Some(HttpCall { target: self.target.clone(), secret_file: None });
        step("sink: asked".to_owned());
        self.http.invoke(&Operation { call, ..operation.clone() }, invocation).await?;
        step("sink: answered".to_owned());
        Ok(())
    }
}
