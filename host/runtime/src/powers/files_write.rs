//! `files-write`: part of the contract; this host has no folders yet, so every change is denied.

use mandate_model::Resource as Source;
use serde_json::json;
use wasmtime::component::Resource;

use super::files::no_folders;
use crate::{
    authority::Hand,
    bindings::mandate::automation::files_write::{Conflict, Host},
    call::Call,
    refusal::Refusal,
};

impl Host for Call {
    async fn write(
        &mut self,
        hand: Resource<Hand>,
        path: String,
        content: Vec<u8>,
        on_conflict: Conflict,
    ) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let arguments = json!({ "path": path, "bytes": content.len(), "on-conflict": conflict(on_conflict) });
        let question = authority.question("files-write", "write", arguments, Source::Path(path));
        no_folders(&mut self.recorder, question).await
    }

    async fn copy_to(
        &mut self,
        hand: Resource<Hand>,
        source: String,
        destination: String,
        on_conflict: Conflict,
    ) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let arguments = json!({ "source": source, "destination": destination, "on-conflict": conflict(on_conflict) });
        let question = authority.question("files-write", "copy-to", arguments, Source::Path(source));
        no_folders(&mut self.recorder, question.also_about(&authority.labels(Source::Path(destination)))).await
    }

    async fn move_to(
        &mut self,
        hand: Resource<Hand>,
        source: String,
        destination: String,
        on_conflict: Conflict,
        if_revision: Option<String>,
    ) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let arguments = json!({
            "source": source, "destination": destination, "on-conflict": conflict(on_conflict), "if-revision": if_revision
        });
        let question = authority.question("files-write", "move-to", arguments, Source::Path(source));
        no_folders(&mut self.recorder, question.also_about(&authority.labels(Source::Path(destination)))).await
    }

    async fn remove(&mut self, hand: Resource<Hand>, path: String, if_revision: Option<String>) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let arguments = json!({ "path": path, "if-revision": if_revision });
        let question = authority.question("files-write", "remove", arguments, Source::Path(path));
        no_folders(&mut self.recorder, question).await
    }

    async fn make_folder(&mut self, hand: Resource<Hand>, path: String) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let question = authority.question("files-write", "make-folder", json!({ "path": path }), Source::Path(path));
        no_folders(&mut self.recorder, question).await
    }
}

fn conflict(on_conflict: Conflict) -> &'static str {
    match on_conflict {
        Conflict::Fail => "fail",
        Conflict::Rename => "rename",
        Conflict::Overwrite => "overwrite",
    }
}
