//! `files`: part of the contract; this host has no folders yet, so every question is denied.

use mandate_model::Failure;
use serde_json::{Value as Json, json};
use wasmtime::component::Resource;

use crate::{
    authority::{Authority, View},
    bindings::mandate::automation::files::{Entry, Host, Listing},
    call::Call,
    journal::{Answer, Recorder},
    refusal::Refusal,
};

impl Host for Call {
    async fn list_folder(
        &mut self,
        view: Resource<View>,
        folder: String,
        after: Option<String>,
    ) -> Result<Listing, Refusal> {
        let authority = self.eyes(&view)?;
        let arguments = json!({ "folder": folder, "after": after });
        no_folders(&mut self.recorder, &authority, ("files", "list-folder"), arguments).await
    }

    async fn stat(&mut self, view: Resource<View>, path: String) -> Result<Entry, Refusal> {
        let authority = self.eyes(&view)?;
        no_folders(&mut self.recorder, &authority, ("files", "stat"), json!({ "path": path })).await
    }

    async fn read(
        &mut self,
        view: Resource<View>,
        path: String,
        offset: u64,
        length: u32,
        if_revision: Option<String>,
    ) -> Result<Vec<u8>, Refusal> {
        let authority = self.eyes(&view)?;
        let arguments = json!({ "path": path, "offset": offset, "length": length, "if-revision": if_revision });
        no_folders(&mut self.recorder, &authority, ("files", "read"), arguments).await
    }
}

/// Writes down a question about folders, and denies it.
pub(super) async fn no_folders<T: Send>(
    recorder: &mut Recorder,
    authority: &Authority,
    (interface, method): (&'static str, &'static str),
    arguments: Json,
) -> Result<T, Refusal> {
    let question = authority.question(interface, method, arguments);
    let denied = async { Err::<Answer<T>, _>(Failure::Denied("this platform has no folders".to_owned())) };
    recorder.ask(question, vec![], denied).await
}
