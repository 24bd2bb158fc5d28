//! `/automations`: the list of those that one may see; which of them, the address says.

use std::{collections::BTreeSet, num::NonZeroUsize};

use mandate_governance::Automation;
use mandate_model::AutomationId;
use mandate_policy::Act;
use mandate_service::{LastRun, ListedAutomation, Stands};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room, token},
    names::Names,
    runs,
    time::time,
    told::when,
};
use crate::{
    answer::Page,
    body::Asked,
    guard::{Guard, Me, See},
    listing,
    problem::Problem,
    table::Table,
};

/// How many are on one page.
const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49);
/// The list that cursors are of.
const LIST: &str = "automations page";
/// Where it is.
pub(super) const AT: &str = "/automations";
/// How many managers are named of each.
const NAMED: usize = 3;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
struct Wanted {
    /// How they stand: `on`, `waits`, `stopped`, `off` or `never`.
    state: Option<String>,
    /// `runs`: those that run as who asks; `managed`: those that they manage, themself or by a team.
    mine: Option<String>,
    /// The name of the plugin that runs.
    plugin: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
}

pub(super) fn add(table: &mut Table) {
    table.get(AT, "The automations that one may see", list);
}

async fn list(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let wanted = Wanted {
        state: wanted.state.filter(|state| !state.is_empty()),
        mine: wanted.mine.filter(|mine| !mine.is_empty()),
        plugin: wanted.plugin.filter(|plugin| !plugin.is_empty()),
        ..wanted
    };
    let after = match &wanted.cursor {
        Some(cursor) => AutomationId::parse(&app.cursors.open(me.id(), LIST, cursor)?).ok(),
        None => None,
    };
    let only = listing::only(me, wanted.state.as_deref(), wanted.mine.as_deref(), wanted.plugin.clone())?;
    let listed = app.service.listed(me.id(), &only, after.as_ref(), PAGE).await?;
    let next = listed.next.map(|next| app.cursors.seal(me.id(), LIST, next.as_str())).transpose()?;
    let all = listed.automations;
    let people = all.iter().map(|one| &one.automation);
    let people = people.flat_map(|one| one.run_as.iter().chain(one.managers.iter().take(NAMED)));
    let names = Names::of(app, people.collect()).await?;
    let content = html! {
        div.acts { a.button.primary href="/automations/new" { "New automation" } }
        (wanted.filters(&all))
        @if all.is_empty() { (wanted.nothing()) } @else { (rows(me, &wanted, &all, &names)) }
        @if let Some(next) = next {
            p.more { a href=(Wanted { cursor: Some(next), ..wanted.clone() }.address()) rel="next" { "More" } }
        }
    };
    let frame = Frame { me, room: Room::Automations, above: &[], title: "Automations" };
    Ok(Page::ok(frame.page(&content)))
}

impl Wanted {
    /// The address of the list that has these.
    fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let Self { state, mine, plugin, cursor } = self;
        for (name, value) in [("state", state), ("mine", mine), ("plugin", plugin), ("cursor", cursor)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { AT.to_owned() } else { format!("{AT}?{query}") }
    }

    /// Whether nothing is left out.
    fn is_all(&self) -> bool {
        self.state.is_none() && self.mine.is_none() && self.plugin.is_none()
    }

    /// Ways to see fewer of them, and all again.
    fn filters(&self, all: &[ListedAutomation]) -> Markup {
        let begun = Self { cursor: None, ..self.clone() };
        let state = |state: Option<&str>| Self { state: state.map(str::to_owned), ..begun.clone() }.address();
        let mine = |mine: Option<&str>| Self { mine: mine.map(str::to_owned), ..begun.clone() }.address();
        let plugin = |plugin: Option<&str>| Self { plugin: plugin.map(str::to_owned), ..begun.clone() }.address();
        let link = |at: String, here: bool, word: &str| {
            html! { li { a href=(at) aria-current=[here.then_some("true")] { (word) } } }
        };
        // Those on this page: what is not to be seen has no name here.
        let plugins: BTreeSet<&str> =
            all.iter().filter_map(|one| one.plugin.as_deref()).chain(self.plugin.as_deref()).collect();
        html! {
            nav.filters aria-label="How they stand" {
                ul {
                    (link(state(None), self.state.is_none(), "Any state"))
                    @for stands in Stands::ALL {
                        @let (query, (_, said)) = (listing::state(stands), word(stands));
                        (link(state(Some(query)), self.state.as_deref() == Some(query), said))
                    }
                }
            }
            nav.filters aria-label="Whose they are" {
                ul {
                    (link(mine(None), self.mine.is_none(), "Anybody’s"))
                    (link(mine(Some("runs")), self.mine.as_deref() == Some("runs"), "Run as me"))
                    (link(mine(Some("managed")), self.mine.as_deref() == Some("managed"), "Mine to manage"))
                }
            }
            @if plugins.len() > 1 || self.plugin.is_some() {
                nav.filters aria-label="Of which plugin" {
                    ul {
                        (link(plugin(None), self.plugin.is_none(), "Any plugin"))
                        @for name in plugins { (link(plugin(Some(name)), self.plugin.as_deref() == Some(name), name)) }
                    }
                }
            }
        }
    }

    /// What to do where there is nothing.
    fn nothing(&self) -> Markup {
        html! {
            @if self.cursor.is_some() {
                p.empty { "There are no more. " a href=(Self { cursor: None, ..self.clone() }.address()) { "Back to the first" } }
            } @else if !self.is_all() {
                p.empty { "None that you may see is like this. " a href=(AT) { "Show all that you may see" } }
            } @else {
                div.empty {
                    p { "Nothing here that you may see. Create one, or ask a colleague to share one with you." }
                    p.quiet { "An automation waits for something to happen and then acts as one person, who agreed to exactly that." }
                }
            }
        }
    }
}

fn rows(me: &Me, wanted: &Wanted, all: &[ListedAutomation], names: &Names) -> Markup {
    html! {
        table.cards {
            thead {
                tr {
                    th scope="col" { "Name" } th scope="col" { "State" } th scope="col" { "Runs as" }
                    th scope="col" { "Starts" } th scope="col" { "Last run" } th scope="col" { "Managers" }
                }
            }
            tbody {
                @for one in all {
                    tr {
                        th scope="row" { a href={ (AT) "/" (one.automation.id) } { (one.automation.name) } }
                        td data-label="State" { (stands(one.stands)) (switch(me, wanted, one)) }
                        td data-label="Runs as" { (one.automation.run_as.as_ref().map_or("nobody yet", |who| names.get(who))) }
                        td data-label="Starts" { (starts(one)) }
                        td data-label="Last run" { (last(me, one.last.as_ref())) }
                        td data-label="Managers" { (managers(&one.automation, names)) }
                    }
                }
            }
        }
    }
}

/// The way to turn it off at once, or to the page where one agrees to turn it on (FIL-25).
fn switch(me: &Me, wanted: &Wanted, one: &ListedAutomation) -> Markup {
    let at = format!("{AT}/{}", one.automation.id);
    let on = matches!(one.stands, Stands::On | Stands::Waits);
    let mine = one.automation.runs_as(me.id());
    html! {
        @if on && one.may.contains(&Act::Disable) {
            form method="post" action={ (at) "/disable" } {
                (token(me))
                input type="hidden" name="then" value=(wanted.address());
                button.link aria-label={ "Turn off " (one.automation.name) } { "Turn off" }
            }
        }
        @if one.may.contains(&Act::Enable) && (matches!(one.stands, Stands::Off | Stands::Stopped) || one.stands == Stands::Waits && mine) {
            " " a href={ (at) "/consent" } aria-label={ @if on { "Agree to " } @else { "Turn on " } (one.automation.name) } {
                @if on { "Agree…" } @else { "Turn on…" }
            }
        }
    }
}

/// What starts it, as far as one may know.
fn starts(one: &ListedAutomation) -> Markup {
    html! {
        @match &one.trigger {
            Some(trigger) => { (when(trigger)) }
            None if one.stands == Stands::Never => { span.quiet { "nothing yet" } }
            None => { span.quiet { "not for you to see" } }
        }
    }
}

/// When it ran last, and how that ended, as far as one may know.
fn last(me: &Me, last: Option<&LastRun>) -> Markup {
    html! {
        @match last {
            None => { span.quiet { "none that you may see" } }
            Some(last) => {
                a href={ "/runs/" (last.run) } { (time(last.at, &me.principal.time_zone)) }
                @match last.ended.get() {
                    Some(Some(state)) => { " " (runs::state(*state)) }
                    Some(None) => {}
                    None => { " " span.quiet { "how is not for you to see" } }
                }
            }
        }
    }
}

/// Who else manages it: the first few, and how many more.
fn managers(automation: &Automation, names: &Names) -> Markup {
    let all = &automation.managers;
    let first: Vec<&str> = all.iter().take(NAMED).map(|who| names.get(who)).collect();
    html! {
        @if all.is_empty() { span.quiet { "nobody else" } }
        (first.join(", "))
        @if all.len() > NAMED { " and " (all.len() - NAMED) " more" }
    }
}

/// In an address, as a class, in words.
fn word(stands: Stands) -> (&'static str, &'static str) {
    match stands {
        Stands::On => ("on", "On"),
        Stands::Waits => ("waits", "Needs consent"),
        Stands::Stopped => ("stopped", "Stopped"),
        Stands::Off => ("off", "Off"),
        Stands::Never => ("off", "Never published"),
    }
}

fn stands(stands: Stands) -> Markup {
    let (class, said) = word(stands);
    html! { span class={ "state " (class) } { (said) } }
}

/// The state in words.
pub(super) fn state(automation: &Automation, consented: bool) -> Markup {
    if automation.deleted {
        return html! { span.state.off { "Deleted" } };
    }
    stands(Stands::of(automation, consented))
}

/// Whether it is the address of the list, as forms of the list send it.
pub(super) fn is_list(at: &str) -> bool {
    at == AT || at.strip_prefix(AT).is_some_and(|rest| rest.starts_with('?'))
}
