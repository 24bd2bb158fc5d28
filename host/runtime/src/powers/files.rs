//! `files`: part of the contract; this host has no folders yet, so every question is denied.

use mandate_model::{Failure, Resource as Source};
use serde_json::json;
use wasmtime::component::Resource;

use crate::{
    authority::View,
    bindings::mandate::automation::files::{Entry, Host, Listing},
    call::Call,
    journal::{Answer, Question, Recorder},
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
        let question = authority.question("files", "list-folder", arguments, Source::Path(folder));
        no_folders(&mut self.recorder, question).await
    }

    async fn stat(&mut self, view: Resource<View>, path: String) -> Result<Entry, Refusal> {
        let authority = self.eyes(&view)?;
        let question = authority.question("files", "stat", json!({ "path": path }), Source::Path(path));
        no_folders(&mut self.recorder, question).await
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
        let question = authority.question("files", "read", arguments, Source::Path(path));
        no_folders(&mut self.recorder, question).await
    }
}

/// Writes down a question about folders, and denies it.
pub(super) async fn no_folders<T: Send>(recorder: &mut Recorder, question: Question) -> Result<T, Refusal> {
    let no_folders = || Failure::Denied("this platform has no folders".to_owned());
    let denied = async { Err::<Answer<()>, _>(no_folders()) };
    recorder.ask(question, denied).await.and(Err(no_folders().into()))
}
