//! Telling a signed-in person that something which they may see changed, and never what: their page then fetches itself again.
//!
//! That nobody learns of what they may not see, it is looked with their own eyes: after anything was kept in the store, each page that
//! is listened to is made for its person as the service would show it, and who listens is told only if its digest is another. So there
//! is nothing to hear for who is shown nothing new, whatever and however much happened. What changes without the store (a right that
//! was given or taken) is noticed by the next look, in [`REGULAR`] at the latest; how soon before that depends on how much else goes on,
//! as the speed of any answer does.
//!
//! One task looks, one page after the other ([`rounds`]): however many listen to a page, it is made once, and however much happens
//! meanwhile, it is looked at once after it. Where nobody listens, nothing is made.

mod listener;
mod tag;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mandate_model::{AutomationId, PrincipalId, RunId};
use tokio::sync::{Notify, watch};

pub(crate) use self::{
    listener::{Heard, Listener},
    tag::{PAGE, Tag, ways},
};
use crate::{
    app::App,
    problem::{Problem, Trouble},
    uploads,
};

/// Most bytes of an id.
const LONGEST: usize = 64;
/// Most that one person listens to at a time.
const OF_ONE: usize = 12;
/// Most that all together listen to at a time: fewer than there are connections, so that pages are answered in any case.
const OF_ALL: usize = 400;
/// How long things are gathered before a look.
const GATHER: Duration = Duration::from_millis(250);
/// How long there is no look at most.
const REGULAR: Duration = Duration::from_secs(20);

/// What can be listened to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// The latest runs.
    Runs,
    /// The latest runs of one automation.
    RunsOf(AutomationId),
    /// One run.
    Run(RunId),
    /// The latest messages and notices.
    Inbox,
    /// An upload of one's own.
    Upload(String),
}

impl Topic {
    /// The topic of a word: `runs`, `inbox`, an automation's id for its runs, a run's id, or an upload's.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "runs" => Some(Self::Runs),
            "inbox" => Some(Self::Inbox),
            id if id.starts_with(uploads::PREFIX) && id.len() <= LONGEST => Some(Self::Upload(id.to_owned())),
            id => {
                let of_one = AutomationId::parse(id).map(Self::RunsOf);
                of_one.or_else(|_| RunId::parse(id).map(Self::Run)).ok()
            }
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("runs"),
            Self::Inbox => f.write_str("inbox"),
            Self::RunsOf(id) => id.fmt(f),
            Self::Run(id) => id.fmt(f),
            Self::Upload(id) => id.fmt(f),
        }
    }
}

/// One page of one person.
pub(crate) type Page = (PrincipalId, Topic);

/// A page that is listened to: how many do, and what it was when it was looked at last; `None`: not looked at yet.
struct Watched {
    listeners: usize,
    last: watch::Sender<Option<Tag>>,
}

/// Everything that is listened to.
pub(crate) struct Live {
    pages: Mutex<BTreeMap<Page, Watched>>,
    /// There is a page that was not looked at yet.
    fresh: Notify,
    ended: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self { pages: Mutex::default(), fresh: Notify::new(), ended: watch::Sender::new(false) }
    }
}

impl Live {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Page, Watched>) -> T) -> T {
        work(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Somebody listens to a page from now on, unless too many do.
    pub(crate) fn listen(self: &Arc<Self>, person: &PrincipalId, topic: Topic) -> Result<Listener, Problem> {
        let page = (person.clone(), topic);
        let last = self.with(|pages| {
            let of_one: usize =
                pages.iter().filter(|((who, _), _)| who == person).map(|(_, watched)| watched.listeners).sum();
            if of_one >= OF_ONE {
                return Err(Trouble::TooManyListeners(OF_ONE));
            }
            if pages.values().map(|watched| watched.listeners).sum::<usize>() >= OF_ALL {
                return Err(Trouble::Crowded);
            }
            let new = || Watched { listeners: 0, last: watch::Sender::new(None) };
            let watched = pages.entry(page.clone()).or_insert_with(new);
            watched.listeners += 1;
            Ok(watched.last.subscribe())
        })?;
        self.fresh.notify_one();
        Ok(Listener::new(Arc::clone(self), page, last, self.ended.subscribe()))
    }

    /// One listens no longer.
    fn leave(&self, page: &Page) {
        self.with(|pages| {
            if let Some(watched) = pages.get_mut(page) {
                watched.listeners = watched.listeners.saturating_sub(1);
                if watched.listeners == 0 {
                    pages.remove(page);
                }
            }
        });
    }

    /// The pages that are listened to; `fresh`: only those that were not looked at yet.
    fn pages(&self, fresh: bool) -> Vec<Page> {
        self.with(|pages| {
            let due = pages.iter().filter(|(_, watched)| !fresh || watched.last.borrow().is_none());
            due.map(|(page, _)| page.clone()).collect()
        })
    }

    /// What a page is now: who listens is told if it is another.
    pub(crate) fn is_now(&self, page: &Page, tag: &Tag) {
        self.with(|pages| {
            if let Some(watched) = pages.get(page) {
                watched.last.send_if_modified(|last| {
                    let other = last.as_ref() != Some(tag);
                    *last = Some(tag.clone());
                    other
                });
            }
        });
    }

    /// Nobody listens any more, and nobody begins to.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }
}

/// Looks at what is listened to, after anything was kept in the store and regularly, until it is all ended.
pub(crate) async fn rounds(app: App) {
    let (mut kept, mut ended) = (app.service.kept(), app.live.ended.subscribe());
    while !*ended.borrow_and_update() {
        tokio::select! {
            _ = kept.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(REGULAR) => {}
            () = app.live.fresh.notified() => {
                round(&app, app.live.pages(true)).await;
                continue;
            }
            _ = ended.changed() => break,
        }
        kept.mark_unchanged();
        let begun = app.clock.now();
        round(&app, app.live.pages(false)).await;
        // Looking takes half of the time at most.
        let took = u64::try_from(app.clock.now() - begun).unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_micros(took).min(REGULAR)) => {}
            _ = ended.wait_for(|ended| *ended) => {}
        }
    }
}

/// Looks at some pages, one after the other. One that cannot be made now is looked at again in the next round.
async fn round(app: &App, pages: Vec<Page>) {
    for page in pages {
        if *app.live.ended.borrow() {
            break;
        }
        if let Ok(tag) = tag::look(app, &page.0, &page.1).await {
            app.live.is_now(&page, &tag);
        }
    }
}

/// What a page of somebody is now.
pub(crate) async fn now(app: &App, person: &PrincipalId, topic: &Topic) -> Result<Tag, Problem> {
    tag::look(app, person, topic).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(id: &str) -> PrincipalId {
        PrincipalId::parse(id).unwrap()
    }

    #[test]
    fn a_topic_is_read_as_it_is_written() {
        let run = format!("run_{}", "a".repeat(26));
        let automation = format!("aut_{}", "a".repeat(26));
        for word in ["runs", "inbox", &run, &automation, "upl_a"] {
            assert_eq!(Topic::parse(word).unwrap().to_string(), word);
        }
        for wrong in ["", "run", &format!("upl_{}", "a".repeat(61)), "msg_aaaaaaaaaaaaaaaaaaaaaaaaaa", "Runs", "runs "]
        {
            assert_eq!(Topic::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_is_looked_at_once_however_many_listen_and_not_at_all_when_nobody_does() {
        let live = Arc::new(Live::default());
        let (ana, bo) = (who("user:ana"), who("user:bo"));
        let mut all: Vec<_> = (0..OF_ONE).map(|_| live.listen(&ana, Topic::Runs).unwrap()).collect();
        let inbox = live.listen(&bo, Topic::Inbox).unwrap();
        assert_eq!(live.pages(true), [(ana.clone(), Topic::Runs), (bo.clone(), Topic::Inbox)]);
        let hundred: Vec<_> =
            (0..100).map(|at| live.listen(&who(&format!("user:p{}", at % 10)), Topic::Runs)).collect();
        assert_eq!(live.pages(true).len(), 2 + 10, "a hundred who listen are ten pages");
        drop(hundred);
        live.is_now(&(ana.clone(), Topic::Runs), &Tag::Nothing);
        assert_eq!(live.pages(true), [(bo.clone(), Topic::Inbox)], "the other was looked at");
        assert_eq!(live.pages(false).len(), 2);
        all.pop();
        drop(inbox);
        assert_eq!(live.pages(false), [(ana, Topic::Runs)]);
        all.clear();
        assert_eq!(live.pages(false), []);
    }

    #[test]
    fn w06_so_many_listen_and_no_more() {
        let live = Arc::new(Live::default());
        let of_one = (0..OF_ONE).map(|_| live.listen(&who("user:ana"), Topic::Runs).unwrap()).collect::<Vec<_>>();
        let refused = live.listen(&who("user:ana"), Topic::Inbox).err().unwrap().0;
        assert!(matches!(*refused, Trouble::TooManyListeners(OF_ONE)), "{refused:?}");
        // Who closes one has room for another.
        drop(of_one);
        live.listen(&who("user:ana"), Topic::Inbox).unwrap();
        let mut all = vec![];
        for person in 0..OF_ALL {
            all.push(live.listen(&who(&format!("user:p{person}")), Topic::Inbox).unwrap());
        }
        let refused = live.listen(&who("user:ana"), Topic::Inbox).err().unwrap().0;
        assert!(matches!(*refused, Trouble::Crowded), "{refused:?}");
    }
}
