//! `authority`: what a handle tells about its call.

use mandate_model::Resource as Source;
use serde_json::{Value as Json, json};
use wasmtime::{Result, component::Resource};

use crate::{
    authority::{Authority, Hand, View},
    bindings::mandate::automation::authority::{Host, HostHand, HostView, Principal},
    call::{Call, size},
    convert,
    journal::Answer,
};

impl Host for Call {}

impl HostView for Call {
    async fn settings(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let settings = authority.settings.to_string();
        self.tell(&authority, "settings", Source::Settings, json!(settings), settings).await
    }

    async fn locale(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let locale = authority.principal.locale.clone();
        self.tell(&authority, "locale", Source::Profile, json!(locale), locale).await
    }

    async fn time_zone(&mut self, view: Resource<View>) -> Result<String> {
        let authority = self.eyes(&view)?;
        let zone = authority.principal.time_zone.clone();
        self.tell(&authority, "time-zone", Source::Profile, json!(zone), zone).await
    }

    async fn principal(&mut self, view: Resource<View>) -> Result<Principal> {
        let authority = self.eyes(&view)?;
        let principal = authority.principal.as_ref();
        let json = json!({ "id": principal.id, "name": principal.name });
        let told = convert::principal(principal);
        self.tell(&authority, "principal", Source::Profile, json, told).await
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
        self.tell(&authority, "run-id", Source::Profile, json!(run), run).await
    }

    async fn drop(&mut self, _hand: Resource<Hand>) -> Result<()> {
        Ok(())
    }
}

impl Call {
    /// Answers with what the host itself knows of the call.
    async fn tell<T: Send>(
        &mut self,
        authority: &Authority,
        method: &'static str,
        resource: Source,
        json: Json,
        value: T,
    ) -> Result<T> {
        let question = authority.question("authority", method, Json::Null, resource);
        let answer = Answer { value, size: size(&json), json, labels: question.about.clone() };
        Ok(self.recorder.ask(question, async { Ok(answer) }).await?)
    }
}
