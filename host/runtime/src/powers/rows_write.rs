//! `rows-write`: stage changes of rows. Rights are checked at once; nothing is carried out here.

use mandate_model::{Effect, Field, Resource as Source, effect::PLACEHOLDER};
use serde_json::json;
use wasmtime::component::Resource;

use super::{row, stage::stage};
use crate::{
    authority::Hand,
    bindings::mandate::automation::{rows_write::Host, types},
    call::Call,
    convert,
    refusal::Refusal,
};

impl Host for Call {
    async fn create(
        &mut self,
        hand: Resource<Hand>,
        dataset: String,
        fields: Vec<types::Field>,
    ) -> Result<String, Refusal> {
        let authority = self.hands(&hand)?;
        let fields: Vec<Field> = fields.into_iter().map(convert::field).collect();
        let placeholder = format!("{PLACEHOLDER}{}-{}", self.act, self.staged.len());
        let about = Source::Dataset { dataset: dataset.clone(), columns: names(&fields).collect() };
        let arguments = json!({ "dataset": dataset, "fields": fields });
        let question = authority.question("rows-write", "create", arguments, about);
        let effect = Effect::Create { dataset, placeholder: placeholder.clone(), fields };
        stage(self, &authority, question, effect).await?;
        Ok(placeholder)
    }

    async fn update(
        &mut self,
        hand: Resource<Hand>,
        dataset: String,
        id: String,
        fields: Vec<types::Field>,
        if_revision: Option<String>,
    ) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let fields: Vec<Field> = fields.into_iter().map(convert::field).collect();
        let arguments = json!({ "dataset": dataset, "id": id, "fields": fields, "if-revision": if_revision });
        let question = authority.question("rows-write", "update", arguments, row(&dataset, &id, names(&fields)));
        stage(self, &authority, question, Effect::Update { dataset, id, fields, if_revision }).await
    }

    async fn remove(&mut self, hand: Resource<Hand>, dataset: String, id: String) -> Result<(), Refusal> {
        let authority = self.hands(&hand)?;
        let arguments = json!({ "dataset": dataset, "id": id });
        let question = authority.question("rows-write", "remove", arguments, row(&dataset, &id, []));
        stage(self, &authority, question, Effect::Remove { dataset, id }).await
    }
}

fn names(fields: &[Field]) -> impl Iterator<Item = String> {
    fields.iter().map(|field| field.name.clone())
}
