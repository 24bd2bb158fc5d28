//! Intake: what a platform may say that happened. Everything is checked before anything is stored; what is stored is acknowledged,
//! and what is acknowledged was stored.

use mandate_model::{Change, EventId, Occurrence, RowRef, SiteId, Subject, name::is_name};
use sqlx::SqliteConnection;

use crate::{
    cloud_event::CloudEvent,
    embedded::{outbox, row_id_problem},
    error::{Result, ServiceError},
    runner::timing,
    service::{Accepted, Service},
    store,
    triggers::{TriggerError, check_type},
};

/// Most bytes of an event's source, of its id, and of the path of a file.
const MAX_TEXT: usize = 1024;
/// Most bytes of the last image of a row that was removed, as JSON.
const MAX_IMAGE: usize = 1 << 20;
/// Most columns that are named as changed.
const MAX_CHANGED: usize = 1024;
/// The last microsecond of the year 9999.
const LAST: i64 = 253_402_300_799_999_999;
/// Most types that are listed.
const LISTED: usize = 8;

/// Whether a source is the host's own, or that of the embedded platform. Nobody else may name it: an id of theirs would be taken
/// before it happens.
pub fn is_own_source(source: &str) -> bool {
    let own = [timing::SOURCE, outbox::SOURCE, "mandate"];
    own.contains(&source) || source.starts_with("mandate:")
}

/// What is wrong with an event: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("({code}) `{field}`: {message}", code = .problem.code())]
pub struct EventError {
    /// Of which kind.
    pub problem: EventProblem,
    /// Which attribute of a CloudEvent.
    pub field: &'static str,
    /// In words.
    pub message: String,
}

/// Kinds of what can be wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventProblem {
    /// No CloudEvent.
    Malformed,
    /// Larger than what is taken.
    TooLarge,
    /// A type that is not known here.
    UnknownType,
    /// A subject that is none, or of a dataset that is not known here.
    Subject,
    /// No time.
    Time,
    /// Data that is not for such an event.
    Data,
    /// The source of somebody else.
    Source,
}

impl EventProblem {
    /// The public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "M0201",
            Self::TooLarge => "M0202",
            Self::UnknownType => "M0203",
            Self::Subject => "M0204",
            Self::Time => "M0205",
            Self::Data => "M0206",
            Self::Source => "M0207",
        }
    }

    /// An error of this kind.
    pub fn at(self, field: &'static str, message: impl Into<String>) -> EventError {
        EventError { problem: self, field, message: message.into() }
    }
}

impl Service {
    /// Keeps an event; it is stored before this returns. The same (site, source, id) is accepted once: what comes again is the
    /// same event, whatever it says (E03). [`ServiceError::Event`]: it is refused, and nothing is stored.
    pub async fn accept(&self, occurrence: &Occurrence) -> Result<Accepted> {
        let mut tx = self.store().begin().await?;
        let accepted = self.keep(&mut tx, occurrence, 0).await?.map_err(ServiceError::Event)?;
        tx.commit().await?;
        Ok(accepted)
    }

    /// Keeps events, in their order and in one transaction: what was read, and what could not be. Each is answered for itself, and all
    /// that are accepted are stored before this returns.
    pub async fn accept_each(
        &self,
        read: Vec<Result<Occurrence, EventError>>,
    ) -> Result<Vec<Result<(Accepted, Occurrence), EventError>>> {
        let mut answers = Vec::with_capacity(read.len());
        let mut tx = self.store().begin().await?;
        for (later, read) in (0..).zip(read) {
            answers.push(match read {
                Err(problem) => Err(problem),
                Ok(occurrence) => self.keep(&mut tx, &occurrence, later).await?.map(|accepted| (accepted, occurrence)),
            });
        }
        tx.commit().await?;
        Ok(answers)
    }

    /// Reads events of one source with the schema of the platform, and keeps them as [`Service::accept_each`] does. What names
    /// another source is refused.
    pub async fn take_in(
        &self,
        site: &SiteId,
        source: &str,
        events: Vec<Result<CloudEvent, EventError>>,
    ) -> Result<Vec<Result<Accepted, EventError>>> {
        let schema = self.host().roles.schema().await?;
        let now = self.host().clock.now();
        let read = |event: Result<CloudEvent, EventError>| {
            let event = event?;
            if is_own_source(source) {
                Err(EventProblem::Source
                    .at("source", format!("`{source}` is the host's own: its events come from inside")))
            } else if event.source == source {
                event.occurrence(site, &schema, now)
            } else {
                Err(EventProblem::Source.at("source", format!("it must be `{source}`: events of others are not taken")))
            }
        };
        let answered = self.accept_each(events.into_iter().map(read).collect()).await?;
        Ok(answered.into_iter().map(|one| one.map(|(accepted, _)| accepted)).collect())
    }

    /// Keeps one, as the one after `later` others that came at once: the order of arrival is kept.
    async fn keep(
        &self,
        tx: &mut SqliteConnection,
        occurrence: &Occurrence,
        later: i64,
    ) -> Result<Result<Accepted, EventError>> {
        let event = occurrence.event(self.store().secret()).id;
        if let Some(problem) = self.refused(tx, &event, occurrence).await? {
            return Ok(Err(problem));
        }
        let at = self.host().clock.now() + later;
        let new = store::event::insert(tx, &event, occurrence, at).await?;
        Ok(Ok(Accepted { event, new }))
    }

    /// What is wrong with an event. One that was accepted before is known, whatever is listened to by now.
    async fn refused(
        &self,
        tx: &mut SqliteConnection,
        event: &EventId,
        occurrence: &Occurrence,
    ) -> Result<Option<EventError>> {
        if store::event::is_known(tx, event).await? {
            return Ok(None);
        }
        if let Err(problem) = check(occurrence) {
            return Ok(Some(problem));
        }
        let Subject::Custom(custom) = &occurrence.subject else { return Ok(None) };
        let (site, name) = (&occurrence.site, &custom.event_type);
        if store::event::is_heard(tx, site, name).await? {
            return Ok(None);
        }
        let heard = store::event::heard_types(tx, site, LISTED).await?;
        Ok(Some(unheard(site, name, &heard)))
    }
}

fn unheard(site: &SiteId, name: &str, heard: &[String]) -> EventError {
    let heard: Vec<String> = heard.iter().map(|name| format!("`{name}`")).collect();
    let heard = if heard.is_empty() { "none".to_owned() } else { heard.join(", ") };
    let site = site.as_str();
    EventProblem::UnknownType.at(
        "type",
        format!(
            "`{name}` is not known: no automation of `{site}` listens to it; publish one that does, or send one of: {heard}"
        ),
    )
}

/// What is wrong with an occurrence, whatever is listened to.
fn check(occurrence: &Occurrence) -> Result<(), EventError> {
    text("source", &occurrence.source)?;
    text("id", &occurrence.id)?;
    if !(0..=LAST).contains(&occurrence.at) {
        return Err(EventProblem::Time.at("time", "an event happens between 1970 and 9999"));
    }
    subject(occurrence)?;
    if occurrence.changed.as_ref().is_some_and(|changed| changed.len() > MAX_CHANGED) {
        return Err(EventProblem::TooLarge.at("data", format!("`changed` names at most {MAX_CHANGED} columns")));
    }
    let image = occurrence.image.as_ref().map(|image| serde_json::to_vec(image).map_or(usize::MAX, |json| json.len()));
    if image.is_some_and(|bytes| bytes > MAX_IMAGE) {
        return Err(EventProblem::TooLarge.at("data", format!("`image` has at most {MAX_IMAGE} bytes")));
    }
    Ok(())
}

fn text(field: &'static str, text: &str) -> Result<(), EventError> {
    match text {
        "" => {
            Err(EventProblem::Malformed.at(field, "it must not be empty: `source` and `id` together are accepted once"))
        }
        long if long.len() > MAX_TEXT => {
            Err(EventProblem::TooLarge.at(field, format!("it has at most {MAX_TEXT} bytes")))
        }
        odd if odd.chars().any(char::is_control) => {
            Err(EventProblem::Malformed.at(field, "it must not have control characters"))
        }
        _ => Ok(()),
    }
}

/// What happens to what: rows come, change and go, everything else has a type of its own. When a schedule is due and when somebody
/// runs something by hand, the host alone says.
fn subject(occurrence: &Occurrence) -> Result<(), EventError> {
    let changes = matches!(occurrence.change, Change::Added | Change::Updated | Change::Removed);
    let hosts = || EventProblem::UnknownType.at("type", "the host alone says when something is due or run by hand");
    match &occurrence.subject {
        Subject::Row(about) if changes => row(about),
        Subject::File(path) if changes => text("subject", path),
        Subject::Custom(custom) if occurrence.change == Change::Other => {
            check_type(&custom.event_type).map_err(|error| type_error(&error))?;
            custom.about.as_ref().map_or(Ok(()), row)?;
            custom.file.as_ref().map_or(Ok(()), |path| text("subject", path))
        }
        _ => Err(hosts()),
    }
}

fn type_error(error: &TriggerError) -> EventError {
    let message = match error {
        TriggerError::Reserved(name) => {
            format!("`{name}` is not known: `mandate.row.added`, `mandate.row.updated` and `mandate.row.removed` are")
        }
        other => other.to_string(),
    };
    EventProblem::UnknownType.at("type", message)
}

fn row(row: &RowRef) -> Result<(), EventError> {
    if is_name(&row.dataset) && row_id_problem(&row.id).is_none() {
        return Ok(());
    }
    let rule = "a dataset is lower-case letters, digits and `_`; an id has 1 to 200 bytes, no control characters, and does not \
                begin with `new:`";
    Err(EventProblem::Subject.at("subject", format!("`{}/{}` is no row: {rule}", row.dataset, row.id)))
}
