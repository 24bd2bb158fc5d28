//! What every page has around it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::assets::{ICON_AT, LIVE_AT, STYLE_AT};
use crate::guard::Me;

/// The rooms of the console, as the left side lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Automations.
    Automations,
    /// What ran.
    Runs,
    /// One's own messages.
    Inbox,
    /// What runs on behalf of whom.
    People,
    /// What was uploaded.
    Plugins,
    /// How the site governs its automations.
    Policy,
    /// Which systems say what happened: for administrators.
    Sources,
    /// None of them.
    Elsewhere,
}

/// Its address and its word.
const ROOMS: [(Room, &str, &str); 6] = [
    (Room::Automations, "/automations", "Automations"),
    (Room::Runs, "/runs", "Runs"),
    (Room::Inbox, "/inbox", "Inbox"),
    (Room::People, "/people", "People"),
    (Room::Plugins, "/plugins", "Plugins"),
    (Room::Policy, "/policy", "Policy"),
];

/// The room that administrators have besides.
const SOURCES: (Room, &str, &str) = (Room::Sources, "/sources", "Sources");

/// A page of the console.
pub(super) struct Frame<'a> {
    /// Who looks.
    pub(super) me: &'a Me,
    /// Where they are.
    pub(super) room: Room,
    /// The pages above this one: address and word.
    pub(super) above: &'a [(&'a str, &'a str)],
    /// What the page is called.
    pub(super) title: &'a str,
}

impl Frame<'_> {
    /// The page around `content`.
    pub(super) fn page(&self, content: &Markup) -> Markup {
        let Self { me, room, above, title } = self;
        document(
            title,
            &html! {
                a.skip href="#content" { "Skip to the content" }
                header.top {
                    a.home href="/automations" { "Mandate" }
                    span.site { (me.standing.site) }
                    form.search role="search" method="get" action="/search" {
                        input type="search" id="search" name="q" placeholder="Search" aria-label="Search by name";
                    }
                    (switcher(me))
                    details.me {
                        summary { (me.principal.name) }
                        ul {
                            li { span.id { (me.id()) } }
                            li { a href="/me#runs-as" { "Runs as me" } }
                            li { a href="/me#reads-as" { "Reads as me" } }
                            li { a href="/me#tokens" { "Tokens" } }
                            li { a href="/me#sessions" { "Sessions" } }
                            li {
                                form method="post" action="/leave" { (token(me)) button.link { "Sign out" } }
                            }
                        }
                    }
                }
                nav.rooms aria-label="Rooms" {
                    ul {
                        @for (other, at, word) in ROOMS.into_iter().chain(me.standing.is_site_admin().then_some(SOURCES)) {
                            li { a href=(at) aria-current=[(other == *room).then_some("page")] {
                                (word) @if other == Room::Inbox { (unread(me)) }
                            } }
                        }
                    }
                    (main(me))
                }
                main #content tabindex="-1" {
                    @if !above.is_empty() {
                        nav.crumbs aria-label="Breadcrumbs" {
                            ol { @for (at, word) in *above { li { a href=(at) { (word) } } } }
                        }
                    }
                    h1 { (title) }
                    (content)
                }
            },
        )
    }
}

/// How many messages wait to be read.
fn unread(me: &Me) -> Markup {
    const SHOWN: u32 = 99;
    html! {
        // It stays where there are none: what is watched is shown here too, once one comes.
        span data-unread {
            @if me.unread > 0 {
                " " span.badge { (me.unread.min(SHOWN)) @if me.unread > SHOWN { "+" } span.hidden-text { " unread" } }
            }
        }
    }
}

/// The main automations that one may see.
fn main(me: &Me) -> Markup {
    html! {
        @if !me.main.is_empty() {
            p.quiet #main { "Main automations" }
            ul aria-labelledby="main" {
                @for (id, name) in &me.main { li { a href={ "/automations/" (id) } { (name) } } }
            }
        }
    }
}

/// In the demo: who else one may be, on every page.
fn switcher(me: &Me) -> Markup {
    let Some(switch) = &me.switch else { return html! {} };
    html! {
        form.switch method="post" action="/enter" {
            (token(me))
            input type="hidden" name="to" value=(switch.at);
            label for="switch" { "Demo: you are" }
            select #switch name="person" {
                @for (person, name) in &switch.people {
                    option value=(person) selected[person == me.id()] { (name) }
                }
            }
            button { "Be them" }
        }
    }
}

/// What a form carries so that nobody else's page can send it.
pub(super) fn token(me: &Me) -> Markup {
    html! { input type="hidden" name="csrf" value=(me.csrf); }
}

/// A page without a person: signing in, and what went wrong.
pub(super) fn bare(title: &str, content: &Markup) -> Markup {
    document(
        title,
        &html! {
            header.top { a.home href="/" { "Mandate" } }
            main.bare #content { h1 { (title) } (content) }
        },
    )
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Mandate" }
                link rel="icon" href=(*ICON_AT) type="image/svg+xml";
                link rel="stylesheet" href=(*STYLE_AT);
                script type="module" src=(*LIVE_AT) { (PreEscaped("")) }
            }
            body { (body) }
        }
    }
}
