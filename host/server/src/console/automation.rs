//! `/automations/{automation}`: one of them, as one may see it. What all its pages share is here.

mod acts;
mod confirm;
mod consent;
mod dry_run;
mod overview;
mod owners;
mod people;
mod reach;
mod recent;
mod setup;
mod versions;

pub(super) use self::{consent::Agreed, owners::hint};
use mandate_governance::{State, settings::Transfer};
use mandate_model::{AutomationId, PrincipalId, Recipient};
use mandate_policy::Act;
use mandate_service::{AutomationPage, Whole};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    automations::state,
    frame::{Frame, Room, token},
    names::Names,
};
use crate::{
    answer::Page,
    app::App,
    guard::Me,
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    overview::add(table);
    consent::add(table);
    setup::add(table);
    dry_run::add(table);
    people::add(table);
    owners::add(table);
    versions::add(table);
    acts::add(table);
}

/// Which one.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    automation: String,
}

impl Which {
    /// The id; what is none is told like what does not exist.
    fn id(&self) -> Result<AutomationId, Problem> {
        AutomationId::parse(&self.automation).map_err(|_| Trouble::NotFound.into())
    }

    /// Where its pages are.
    fn at(&self) -> Result<String, Problem> {
        self.id().map(|id| format!("/automations/{id}"))
    }
}

/// The pages of one automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Overview,
    Setup,
    DryRun,
    Consent,
    People,
    Versions,
}

/// What the pages of one automation share.
struct Shared<'a> {
    me: &'a Me,
    page: &'a AutomationPage,
    names: &'a Names,
}

/// An automation as `me` may see it, and what everybody on it is called.
async fn shown(app: &App, me: &Me, id: &AutomationId) -> Result<(AutomationPage, Names), Problem> {
    let page = app.service.shown_to(id, me.id()).await?;
    let names = Names::of(app, people(&page)).await?;
    Ok((page, names))
}

/// Everybody whom the page names.
fn people(page: &AutomationPage) -> Vec<&PrincipalId> {
    let automation = &page.automation;
    let people = automation.run_as.iter().chain(&automation.managers).chain(&automation.members);
    let people = people.chain(&automation.offered).chain([&automation.creator, &page.acquires_as]);
    let lost = page.stopped.iter().flat_map(|stopped| &stopped.lost).map(|lack| &lack.principal);
    let people = people.chain(lost).chain(&page.granters);
    let told = page.version.iter().filter_map(|version| version.whole.as_ref()).flat_map(told_by);
    people.chain(page.happened.iter().filter_map(|one| one.by.as_ref())).chain(told).collect()
}

/// Those whom a version names as its recipients.
fn told_by(whole: &Whole) -> impl Iterator<Item = &PrincipalId> {
    whole.recipients.iter().filter_map(|recipient| match recipient {
        Recipient::Principal(id) => Some(id),
        Recipient::Column(_) => None,
    })
}

/// Where an automation's pages are.
fn address(page: &AutomationPage) -> String {
    format!("/automations/{}", page.automation.id)
}

impl Shared<'_> {
    /// A page of the automation.
    fn page(&self, tab: Tab, content: &Markup) -> Page {
        Page::ok(self.markup(tab, content))
    }

    fn markup(&self, tab: Tab, content: &Markup) -> Markup {
        let automation = &self.page.automation;
        let above = [("/automations", "Automations")];
        let frame = Frame { me: self.me, room: Room::Automations, above: &above, title: &automation.name };
        frame.page(&html! {
            p.head {
                (state(automation, !self.page.waits))
                " · runs as " strong { (self.run_as()) }
                @if let Some(version) = &self.page.version { " · version " (self.number()) " · plugin " q { (version.plugin) } }
                @if !self.may(Act::Edit) { " · " span.badge { "Read only" } }
            }
            (self.switch(tab))
            (self.settings())
            (self.tabs(tab))
            (content)
        })
    }

    /// Whom it runs as, in words.
    fn run_as(&self) -> &str {
        self.page.automation.run_as.as_ref().map_or("nobody yet", |who| self.names.get(who))
    }

    /// How many versions were published of it: the number of the last.
    fn number(&self) -> usize {
        self.page.happened.iter().filter(|one| one.publishes).count()
    }

    /// What one may do with it at once, and the ways to the page where one agrees first.
    fn switch(&self, here: Tab) -> Markup {
        let (at, on) = (address(self.page), self.is_on());
        let form = |verb: &str, word: &str| {
            html! { form method="post" action={ (at) "/" (verb) } { (token(self.me)) button { (word) } } }
        };
        let (off, run) = (on && self.may(Act::Disable), on && self.may(Act::RunNow));
        // What is stopped says on its first page why, and offers this beside it.
        let there = here == Tab::Consent || here == Tab::Overview && self.page.stopped.is_some();
        let agree = !there && self.page.version_id().is_some() && self.may(Act::Enable);
        let agree = agree && (!on || self.page.waits && self.speaks());
        let take = !there && self.takes();
        html! {
            @if off || run || agree || take {
                div.acts {
                    @if agree { a.button href={ (at) "/consent" } { @if on { "Agree…" } @else { "Turn on…" } } }
                    @if off { (form("disable", "Turn off")) }
                    @if run { (form("run-now", "Run now")) }
                    @if take { a.button href={ (at) "/consent" } { "Take over…" } }
                }
            }
        }
    }

    /// Whether one speaks for whom it runs as.
    fn speaks(&self) -> bool {
        self.page.automation.run_as.as_ref().is_some_and(|run_as| self.for_whom(run_as))
    }

    /// Whether one is them, or consents in their name.
    fn for_whom(&self, whom: &PrincipalId) -> bool {
        whom == self.me.id() || self.me.standing.consents_for.contains(whom)
    }

    /// To whom it is offered, if that is for oneself to answer.
    fn offered(&self) -> Option<&PrincipalId> {
        self.page.automation.offered.as_ref().filter(|to| self.for_whom(to) && !self.page.automation.deleted)
    }

    /// Whether one may offer it to somebody, as the site has it.
    fn offers(&self) -> bool {
        self.speaks() && self.page.ways.contains(&Transfer::Offer) && !self.page.automation.deleted
    }

    /// Whether one may take it over, as the site has it.
    fn takes(&self) -> bool {
        self.may(Act::Take)
            && self.page.ways.contains(&Transfer::Pull)
            && !self.page.automation.runs_as(&self.page.acquires_as)
    }

    fn tabs(&self, here: Tab) -> Markup {
        let at = address(self.page);
        let may = |act| self.may(act);
        let all = [
            (Some(Tab::Overview), at.clone(), "Overview", true),
            (Some(Tab::Setup), format!("{at}/setup"), "Set-up", may(Act::Edit)),
            (Some(Tab::DryRun), format!("{at}/dry-run"), "Dry run", may(Act::Edit)),
            (Some(Tab::Consent), format!("{at}/consent"), "Powers and reach", self.page.version.is_some()),
            (Some(Tab::People), format!("{at}/people"), "People", true),
            (None, format!("/runs?automation={}", self.page.automation.id), "Runs", true),
            (Some(Tab::Versions), format!("{at}/versions"), "Versions", true),
        ];
        html! {
            nav.tabs aria-label="Pages of this automation" {
                ul {
                    @for (tab, to, word, shown) in all {
                        @if shown { li { a href=(to) aria-current=[(tab == Some(here)).then_some("page")] { (word) } } }
                    }
                }
            }
        }
    }

    /// What is behind the settings icon, for who may share it (ONE-10).
    fn settings(&self) -> Markup {
        html! {
            @if self.may(Act::Share) {
                details.settings {
                    summary { span aria-hidden="true" { "⚙" } span.hidden-text { "Settings" } }
                    ul.plain { li { a href={ (address(self.page)) "/owners" } { "Manage owners" } } }
                }
            }
        }
    }

    /// Whether they may do it, to what is not deleted.
    fn may(&self, act: Act) -> bool {
        self.page.may.contains(&act) && !self.page.automation.deleted
    }

    /// Whether it is on.
    fn is_on(&self) -> bool {
        self.page.automation.state == State::On
    }
}
