//! One who listens to one page.

use std::{sync::Arc, time::Duration};

use mandate_model::PrincipalId;
use tokio::sync::watch;

use super::{Live, Page, Tag};

/// How often who listens is sent something, so that nobody on the way closes the connection, and it is asked whether they still may.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Somebody who listens to a page, until it is dropped.
pub(crate) struct Listener {
    live: Arc<Live>,
    page: Page,
    last: watch::Receiver<Option<Tag>>,
    ended: watch::Receiver<bool>,
}

/// What there is to tell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The page is this now.
    Is(Tag),
    /// Nothing happened for a while.
    Quiet,
    /// The server ends.
    Ended,
}

impl Listener {
    pub(super) fn new(
        live: Arc<Live>,
        page: Page,
        mut last: watch::Receiver<Option<Tag>>,
        ended: watch::Receiver<bool>,
    ) -> Self {
        // What it was at the last look is news to who begins to listen.
        last.mark_changed();
        Self { live, page, last, ended }
    }

    /// Who.
    pub(crate) fn person(&self) -> &PrincipalId {
        &self.page.0
    }

    /// Waits for the next thing to tell.
    pub(crate) async fn next(&mut self) -> Heard {
        let quiet = tokio::time::sleep(HEARTBEAT);
        tokio::pin!(quiet);
        loop {
            tokio::select! {
                biased;
                _ = self.ended.wait_for(|ended| *ended) => return Heard::Ended,
                changed = self.last.changed() => match (changed, self.last.borrow_and_update().clone()) {
                    (Ok(()), Some(tag)) => return Heard::Is(tag),
                    // It was not looked at yet.
                    (Ok(()), None) => {}
                    (Err(_), _) => return Heard::Ended,
                },
                () = &mut quiet => return Heard::Quiet,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.live.leave(&self.page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Topic;

    #[tokio::test]
    async fn who_listens_hears_what_is_another_once_and_that_it_ended() {
        let live = Arc::new(Live::default());
        let ana = PrincipalId::parse("user:ana").unwrap();
        let page = (ana.clone(), Topic::Runs);
        let mut first = live.listen(&ana, Topic::Runs).unwrap();
        let (one, two) = (Tag::Shown("1".to_owned()), Tag::Shown("2".to_owned()));
        live.is_now(&page, &one);
        assert_eq!(first.next().await, Heard::Is(one.clone()));
        // Who comes later hears what it was at the last look; the same again is nothing.
        let mut later = live.listen(&ana, Topic::Runs).unwrap();
        assert_eq!(later.next().await, Heard::Is(one.clone()));
        live.is_now(&page, &one);
        live.is_now(&page, &two);
        assert_eq!(first.next().await, Heard::Is(two.clone()));
        assert_eq!(later.next().await, Heard::Is(two));
        live.end();
        assert_eq!((first.next().await, later.next().await), (Heard::Ended, Heard::Ended));
        let mut none = live.listen(&ana, Topic::Inbox).unwrap();
        assert_eq!(none.next().await, Heard::Ended, "who comes too late");
    }
}
