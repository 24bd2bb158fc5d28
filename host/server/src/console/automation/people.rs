//! `/automations/{automation}/people`: whom it runs as, who manages it, who may see it; sharing, offering, copying, ending.

use mandate_model::Recipient;
use mandate_policy::Act;
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, shown};
use crate::{
    answer::Page,
    app::App,
    body::At,
    console::{
        field::{Kept, Line},
        frame::token,
    },
    guard::{Guard, Me, See},
    problem::Problem,
    table::Table,
};

/// The field in which one invites somebody.
pub(super) const INVITE: &str = "add-members";

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/people", "Who has to do with it", people);
}

async fn people(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    page(&guard.app, &guard.me, &which, None).await
}

/// The page, with what was typed in one of its forms and not taken.
pub(super) async fn page(app: &App, me: &Me, which: &Which, kept: Option<&Kept>) -> Result<Page, Problem> {
    let (page, names) = shown(app, me, &which.id()?).await?;
    let shared = Shared { me, page: &page, names: &names };
    let automation = &page.automation;
    let mut page = shared.page(
        Tab::People,
        &html! {
            dl.facts {
                dt { "Runs as" } dd { (shared.run_as()) }
                dt { "Made by" } dd { (names.get(&automation.creator)) }
                @if let Some(to) = &automation.offered { dt { "Offered to" } dd { (names.get(to)) (withdraw(&shared)) } }
            }
            (offered(&shared))
            (managers(&shared))
            (members(&shared, kept))
            (recipients(&shared))
            (rest(&shared, kept))
        },
    );
    if let Some(kept) = kept {
        page.status = kept.status;
    }
    Ok(page)
}

/// Whom it tells, for who decides on it.
fn recipients(shared: &Shared<'_>) -> Markup {
    let Some(version) = &shared.page.version else { return html! {} };
    html! {
        section aria-labelledby="recipients" {
            h2 #recipients { "Recipients" }
            p.quiet { "It tells them something, if they may see what it is about." }
            @match version.whole.as_ref().map(|whole| &whole.recipients) {
                None => { p { "Whom it tells is not for you to see." } }
                Some(all) if all.is_empty() => { p { "Nobody." } }
                Some(all) => {
                    ul.members {
                        @for one in all {
                            li {
                                @match one {
                                    Recipient::Principal(id) => { (shared.names.get(id)) " " span.id { (id) } }
                                    Recipient::Column(column) => { "whom " q { (column) } " names" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Taking an offer back, for who speaks for whom it runs as.
fn withdraw(shared: &Shared<'_>) -> Markup {
    html! {
        @if shared.offers() {
            " " form method="post" action={ (address(shared.page)) "/offer" } {
                (token(shared.me))
                button.link name="to" value="" { "Withdraw the offer" }
            }
        }
    }
}

/// Who manages it; who shall is chosen on a page of its own.
fn managers(shared: &Shared<'_>) -> Markup {
    let all = &shared.page.automation.managers;
    html! {
        section aria-labelledby="managers" {
            h2 #managers { "Managers" }
            p.quiet { "They own it too: they may edit and share it. It never acts with their rights." }
            @if all.is_empty() { p { "Nobody else." } }
            ul.members { @for who in all { li { (shared.names.get(who)) " " span.id { (who) } } } }
            @if shared.may(Act::Share) { p { a.button href={ (address(shared.page)) "/owners" } { "Manage owners" } } }
        }
    }
}

/// Who may see it, and who comes or goes.
fn members(shared: &Shared<'_>, kept: Option<&Kept>) -> Markup {
    let (at, all) = (format!("{}/members", address(shared.page)), &shared.page.automation.members);
    let may = shared.may(Act::Share);
    html! {
        section aria-labelledby="members" {
            h2 #members { "Members" }
            p.quiet { "They may see it." }
            @if all.is_empty() { p { "Nobody." } }
            ul.members {
                @for who in all {
                    li {
                        (shared.names.get(who)) " " span.id { (who) }
                        @if may {
                            form method="post" action=(at) {
                                (token(shared.me))
                                button.link name="remove" value=(who) aria-label={ "Remove " (shared.names.get(who)) } { "Remove" }
                            }
                        }
                    }
                }
            }
            @if may {
                form.field method="post" action=(at) {
                    (token(shared.me))
                    (Line { id: INVITE, name: "add", label: "Invite somebody", hint: "user:bo or team:emea" }.markup(kept))
                    button { "Invite" }
                }
            }
        }
    }
}

/// An offer, for who may answer it.
pub(super) fn offered(shared: &Shared<'_>) -> Markup {
    let at = address(shared.page);
    html! {
        @if let Some(to) = shared.offered() {
            div.note {
                p {
                    @if to == shared.me.id() { "It is offered to you: if you accept, it runs as you." }
                    @else { "It is offered to " (shared.names.get(to)) ", for whom you speak: if you accept, it runs as them." }
                }
                form.acts method="post" action={ (at) "/decline" } {
                    (token(shared.me))
                    a.button.primary href={ (at) "/consent" } { "Look at what it may do" }
                    button { "Decline" }
                }
            }
        }
    }
}

/// The rest of what one may do.
fn rest(shared: &Shared<'_>, kept: Option<&Kept>) -> Markup {
    let page = shared.page;
    let (at, may) = (address(page), |act| shared.may(act));
    let one_field = |line: Line<'_>, button: &str| {
        html! {
            form.field method="post" action={ (at) "/" (line.id) } { (token(shared.me)) (line.markup(kept)) button { (button) } }
        }
    };
    let offer = Line { id: "offer", name: "to", label: "Hand it over to somebody, who must accept", hint: "user:bo" };
    let rename = Line { id: "rename", name: "name", label: "Another name", hint: "" };
    let copy = "A copy, which is off and runs as nobody but you";
    let copy = Line { id: "clone", name: "name", label: copy, hint: "Its name" };
    html! {
        section aria-labelledby="more" {
            h2 #more { "More" }
            @if shared.offers() { (one_field(offer, "Offer")) }
            @if may(Act::Rename) { (one_field(rename, "Rename")) }
            @if may(Act::Clone) { (one_field(copy, "Copy")) }
            @if may(Act::Delete) {
                details {
                    summary { "End it for ever" }
                    p { "It never runs or changes again. What it did stays in history." }
                    form method="post" action={ (at) "/delete" } { (token(shared.me)) button.danger { "End it for ever" } }
                }
            }
        }
    }
}
