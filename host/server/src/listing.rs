//! Lists page by page, alike for the API and the console: each page is full wherever there are more, and its cursor is for one person and
//! one list (N05).

use mandate_model::{AutomationId, RunId};
use mandate_service::{InboxPage, Only, RunView, ServiceError, Shelf, Stands};

use crate::{
    app::App,
    cursor,
    guard::Me,
    problem::{Problem, Trouble},
};

/// Most that is listed at once.
const MOST: u32 = 50;

/// How many are wanted; `usual`, if nothing is said.
pub(crate) fn limit(asked: Option<u32>, usual: u32) -> Result<u32, Problem> {
    match asked.unwrap_or(usual) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(field("limit", format!("`limit` is 1 to {MOST}"))),
    }
}

/// The shelf of an inbox that a word stands for, and the word; the current one, if nothing is said.
pub(crate) fn shelf(word: Option<&str>) -> Result<(Shelf, &'static str), Problem> {
    match word {
        None | Some("current") => Ok((Shelf::Current, "current")),
        Some("unread") => Ok((Shelf::Unread, "unread")),
        Some("archived") => Ok((Shelf::Archived, "archived")),
        Some(_) => Err(field("shelf", "`shelf` is `current`, `unread` or `archived`".to_owned())),
    }
}

/// How an automation stands, in a word.
pub(crate) fn state(stands: Stands) -> &'static str {
    match stands {
        Stands::On => "on",
        Stands::Waits => "waits",
        Stands::Stopped => "stopped",
        Stands::Off => "off",
        Stands::Never => "never",
    }
}

/// The automations that are asked for: those that stand so, those of one's own (`runs` or `managed`), those that run a plugin of that name.
pub(crate) fn only(me: &Me, stands: Option<&str>, mine: Option<&str>, plugin: Option<String>) -> Result<Only, Problem> {
    let wrong = || field("state", "`state` is `on`, `waits`, `stopped`, `off` or `never`".to_owned());
    let stands = stands.map(|word| Stands::ALL.into_iter().find(|stands| state(*stands) == word).ok_or_else(wrong));
    let mut only = Only { stands: stands.transpose()?, plugin, ..Only::default() };
    match mine {
        None => {}
        Some("runs") => only.run_as = Some(me.id().clone()),
        Some("managed") => {
            only.managed_by = me.standing.teams.iter().cloned().collect();
            only.managed_by.insert(me.id().clone());
        }
        Some(_) => return Err(field("mine", "`mine` is `runs` or `managed`".to_owned())),
    }
    Ok(only)
}

fn field(field: &str, detail: String) -> Problem {
    Trouble::Field { field: field.to_owned(), detail }.into()
}

/// Some messages, and the cursor of those before them, if there are any.
pub(crate) async fn messages(
    app: &App,
    me: &Me,
    (shelf, word): (Shelf, &str),
    cursor: Option<&str>,
    limit: u32,
) -> Result<(InboxPage, Option<String>), Problem> {
    let list = format!("inbox {word}");
    let place = cursor.map(|cursor| app.cursors.open(me.id(), &list, cursor)).transpose()?;
    let page = match app.service.messages(me.id(), shelf, place.as_deref(), limit).await {
        // Where it led to is not kept any more.
        Err(ServiceError::NoMessage(_)) => return Err(cursor::refused()),
        page => page?,
    };
    let last = page.messages.last().filter(|_| page.more);
    let next = last.map(|last| app.cursors.seal(me.id(), &list, &last.id)).transpose()?;
    Ok((page, next))
}

/// Some runs, of one automation or of all, and the cursor of those before them, if there are any.
pub(crate) async fn runs(
    app: &App,
    me: &Me,
    of: Option<&AutomationId>,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<RunView>, Option<String>), Problem> {
    let list = of.map_or_else(|| "runs".to_owned(), |of| format!("runs {of}"));
    let place = cursor.map(|cursor| app.cursors.open(me.id(), &list, cursor)).transpose()?;
    let after = place.map(|place| RunId::parse(&place)).transpose().map_err(|_| cursor::refused())?;
    let mut runs = match app.service.history(me.id(), of, after.as_ref(), limit + 1).await {
        Err(ServiceError::NoRun(_)) => return Err(cursor::refused()),
        runs => runs?,
    };
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = runs.len() > shown;
    runs.truncate(shown);
    let last = runs.last().filter(|_| more).map(|run| run.id.to_string());
    let next = last.map(|last| app.cursors.seal(me.id(), &list, &last)).transpose()?;
    Ok((runs, next))
}
