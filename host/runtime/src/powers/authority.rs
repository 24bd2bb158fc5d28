//! `authority`: what a handle tells about its call.

use mandate_model::{Principal, PrincipalId, Resource as Source};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasmtime::{Result, component::Resource};

use crate::{
    authority::{Authority, Hand, View},
    bindings::mandate::automation::authority::{self as wit, Host, HostHand, HostView},
    call::Call,
    convert,
    journal::Answer,
};

/// What a guest may know of whom it is called as.
#[derive(Serialize, Deserialize)]
struct Identity {
    id: PrincipalId,
    name: String,
}

impl Host for Call {}

impl HostView for Call {
    async fn settings(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let settings = authority.settings.to_string();
        self.tell(&authority, "settings", Source::Settings, settings).await
    }

    async fn locale(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let locale = authority.principal.locale.clone();
        self.tell(&authority, "locale", Source::Profile, locale).await
    }

    async fn time_zone(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let zone = authority.principal.time_zone.clone();
        self.tell(&authority, "time-zone", Source::Profile, zone).await
    }

    async fn principal(&mut self, view: Resource<View>) -> Result<wit::Principal> {
        let authority = self.eyes(&view)?;
        let Principal { id, name, .. } = authority.principal.as_ref().clone();
        let Identity { id, name } = self.tell(&authority, "principal", Source::Profile, Identity { id, name }).await?;
        Ok(convert::principal(&id, name))
    }

    async fn drop(&mut self, _view: Resource<View>) -> Result<()> {
        // Guests hold borrows only; there is nothing to free.
        Ok(())
    }
}

impl HostHand for Call {
    async fn run_id(&mut self, hand: Resource<Hand>) -> Result<String> {
        let authority = self.hands(&hand)?;
        let run = authority.run.to_string();
        self.tell(&authority, "run-id", Source::Profile, run).await
    }

    async fn drop(&mut self, _hand: Resource<Hand>) -> Result<()> {
        Ok(())
    }
}

impl Call {
    /// Answers with what the host itself knows of the call.
    async fn tell<T: Serialize + DeserializeOwned + Send>(
        &mut self,
        authority: &Authority,
        method: &'static str,
        resource: Source,
        value: T,
    ) -> Result<T> {
        let question = authority.question("authority", method, serde_json::Value::Null, resource);
        let answer = Answer::of(value, question.about.clone());
        Ok(self.recorder.ask(question, async { answer }).await?)
    }
}
