//! Scripted guests. A component is a text that says which phases it has and what it does: `poison` ends the host's process, as a
//! fault of the engine would, and `waits` never comes back. Every other one reads the deal that the event is about, as the part's
//! principal; it acts on tasks, asks for an operation, and tells the deal's title.

use std::{collections::BTreeSet, future::pending};

use async_trait::async_trait;
use mandate_model::{
    ColumnSet, Effect, Entry, Field, Finding, Import, Labels, Manifest, Message, Outcome, Phase, Principal, Resource,
    Value, Verdict,
};
use mandate_runtime::{
    part::{ActReport, Acted, NotifyReport, Record, Usage},
    plugin::LoadError,
};
use mandate_service::{Component, Described, Job, Parts};

use crate::{
    operations::{CLOSE, RING},
    world::{DEAL, OLD_TASK},
};

/// Runs them.
pub(crate) struct Scripted;

fn text(component: &Component) -> String {
    String::from_utf8_lossy(&component.bytes).into_owned()
}

/// What the principal reads of the deal, and the journal of it.
async fn read(job: &Job, principal: &Principal) -> (String, Record) {
    let script = text(&job.plugin);
    if script.contains("poison") {
        std::process::abort();
    }
    if script.contains("waits") {
        println!("waiting");
        pending::<()>().await;
    }
    let row = job.platform.data.open(&principal.id).get("deals", DEAL, &ColumnSet::All).await;
    let title = match row.as_ref().map(|row| row.fields.first()) {
        Ok(Some(Field { value: Value::Text(title), .. })) => title.clone(),
        _ => "nothing".to_owned(),
    };
    let entry = Entry {
        sequence: 0,
        phase: Phase::Condition,
        interface: "rows".to_owned(),
        method: "get".to_owned(),
        arguments: serde_json::json!({ "dataset": "deals", "id": DEAL }),
        answer: serde_json::json!({ "title": title }),
        verdict: Verdict::Allowed,
        labels: Labels::of(&principal.id, Resource::Profile),
    };
    (title, Record { journal: vec![entry], usage: Usage { fuel: 1, host_calls: 1, bytes_to_guest: 1 } })
}

/// Three changes, of which the second needs the first one's row, and an operation: one whose keys are honoured, or `ring`.
fn effects(script: &str, title: &str) -> Vec<Effect> {
    let field = |name: &str, text: &str| Field { name: name.to_owned(), value: Value::Text(text.to_owned()) };
    let (dataset, new) = ("tasks".to_owned(), "new:0".to_owned());
    let fields = vec![field("title", title), field("state", "open")];
    vec![
        Effect::Create { dataset: dataset.clone(), placeholder: new.clone(), fields },
        Effect::Update { dataset: dataset.clone(), id: new, fields: vec![field("state", "done")], if_revision: None },
        Effect::Remove { dataset, id: OLD_TASK.to_owned() },
        Effect::Invoke {
            operation: if script.contains(RING) { RING } else { CLOSE }.to_owned(),
            arguments: serde_json::json!({ "deal": DEAL }).to_string(),
        },
    ]
}

#[async_trait]
impl Parts for Scripted {
    async fn describe(&self, component: &Component) -> Result<Described, LoadError> {
        let script = text(component);
        let phases = Phase::ALL.into_iter().filter(|phase| script.contains(phase.as_str())).collect();
        let manifest = Manifest {
            name: script,
            version: "0.1.0".to_owned(),
            description: String::new(),
            settings_schema: String::new(),
            reads: vec![],
            writes: vec![],
            reads_folders: vec![],
            writes_folders: vec![],
            operations: vec![],
        };
        Ok(Described { manifest, imports: BTreeSet::from([Import::Rows]), phases })
    }

    async fn check_settings(&self, _: &Component, _: &serde_json::Value) -> Result<(), String> {
        Ok(())
    }

    async fn act(&self, job: &Job, principal: &Principal) -> ActReport {
        let (title, record) = read(job, principal).await;
        let finding = Finding { key: DEAL.to_owned(), summary: title.clone(), data: vec![] };
        let acted = vec![Acted { finding, outcome: Outcome::Done }];
        ActReport { outcome: Outcome::Done, acted, effects: effects(&text(&job.plugin), &title), record }
    }

    async fn notify(&self, job: &Job, principal: &Principal) -> NotifyReport {
        let (title, record) = read(job, principal).await;
        let message = Message { title, body: principal.name.clone(), attachments: vec![] };
        NotifyReport { outcome: Outcome::Done, messages: vec![(DEAL.to_owned(), message)], record }
    }
}
