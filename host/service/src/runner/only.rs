//! The `where` of a trigger: judged for each part as its person, on the cells that they see at that moment. For whom it does not
//! hold, there is no such event: a cell that is hidden from them decides nothing that they could notice.

use mandate_model::{ColumnSet, Entry, Failure, Labels, Phase, PrincipalId, Resource, Row, RowFilter, Value, Verdict};
use mandate_runtime::part::Record;
use serde_json::json;

use super::{Context, Runner};

/// What came of it.
pub(crate) enum Judged {
    /// The row is as the trigger wants it; what was read for that, if anything was.
    Holds(Option<Box<Entry>>),
    /// It is not, or not for this person.
    Fails,
    /// The platform cannot say now.
    Later(String),
}

impl Runner {
    /// Whether the row is as the trigger wants it, for this person.
    pub(crate) async fn judged(&self, person: &PrincipalId, context: &Context) -> Judged {
        let only = context.version.trigger().only();
        let (Some(subject), false) = (context.occurrence.row(), only.is_empty()) else { return Judged::Holds(None) };
        let within = ColumnSet::Named(only.iter().map(|filter| filter.column.clone()).collect());
        let data = self.host.platform.data.open(person);
        let asked = data.get(&subject.dataset, &subject.id, &within);
        let row = match tokio::time::timeout(self.host.limits.host_call_time, asked).await {
            Ok(Ok(row)) => row,
            Ok(Err(Failure::Unavailable(reason))) => return Judged::Later(reason),
            Err(_) => return Judged::Later("the platform does not answer".to_owned()),
            Ok(Err(_)) => return Judged::Fails,
        };
        if !only.iter().all(|filter| holds(filter, &row)) {
            return Judged::Fails;
        }
        let columns = only.iter().map(|filter| filter.column.clone()).collect();
        let read = Resource::Rows { dataset: subject.dataset.clone(), ids: [subject.id.clone()].into(), columns };
        Judged::Holds(Some(Box::new(Entry {
            sequence: 0,
            phase: Phase::Condition,
            interface: "trigger".to_owned(),
            method: "where".to_owned(),
            arguments: json!({ "dataset": subject.dataset, "id": subject.id, "where": only }),
            answer: serde_json::to_value(&row).unwrap_or_default(),
            verdict: Verdict::Allowed,
            labels: Labels::of(person, read),
        })))
    }
}

/// A column that is not shown to the person is never as the trigger wants it, not even empty.
fn holds(filter: &RowFilter, row: &Row) -> bool {
    let cell: Option<&Value> = row.fields.iter().find(|field| field.name == filter.column).map(|field| &field.value);
    cell.is_some_and(|cell| filter.holds(cell))
}

/// The record of a part that begins with what its trigger looked at.
pub(crate) fn preceded(first: Option<Box<Entry>>, record: Record) -> Record {
    let journal = first.into_iter().map(|entry| *entry).chain(record.journal);
    let number = |(sequence, entry)| Entry { sequence, ..entry };
    Record { journal: (0..).zip(journal).map(number).collect(), usage: record.usage }
}
