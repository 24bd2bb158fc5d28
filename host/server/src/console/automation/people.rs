//! `/automations/{automation}/people`: whom it runs as, who manages it, who may see it; sharing, offering, copying, ending.

use mandate_policy::Act;
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, shown};
use crate::{
    answer::Page,
    body::At,
    console::frame::token,
    guard::{Guard, See},
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/people", "Who has to do with it", page);
}

async fn page(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (page, names) = shown(&guard.app, &guard.me, &which.id()?).await?;
    let shared = Shared { me: &guard.me, page: &page, names: &names };
    let automation = &page.automation;
    Ok(shared.page(
        Tab::People,
        &html! {
            dl.facts {
                dt { "Runs as" } dd { (shared.run_as()) }
                dt { "Made by" } dd { (names.get(&automation.creator)) }
                @if let Some(to) = &automation.offered { dt { "Offered to" } dd { (names.get(to)) } }
            }
            (offered(&shared))
            (managers(&shared))
            (members(&shared))
            (rest(&shared))
        },
    ))
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
fn members(shared: &Shared<'_>) -> Markup {
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
                    label for="add-members" { "Invite somebody" }
                    input type="text" id="add-members" name="add" placeholder="user:bo or team:emea" required autocomplete="off";
                    button { "Invite" }
                }
            }
        }
    }
}

/// An offer, for who may answer it.
fn offered(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let at = address(page);
    let to_me = page.automation.offered.as_ref() == Some(shared.me.id());
    html! {
        @if to_me {
            div.note {
                p { "It is offered to you: if you accept, it runs as you." }
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
fn rest(shared: &Shared<'_>) -> Markup {
    let page = shared.page;
    let (at, may) = (address(page), |act| shared.may(act));
    let one_field = |verb: &str, label: &str, name: &str, button: &str, hint: &str| {
        html! {
            form.field method="post" action={ (at) "/" (verb) } {
                (token(shared.me))
                label for=(verb) { (label) }
                input type="text" id=(verb) name=(name) placeholder=(hint) required autocomplete="off";
                button { (button) }
            }
        }
    };
    html! {
        section aria-labelledby="more" {
            h2 #more { "More" }
            @if page.automation.runs_as(shared.me.id()) && !page.automation.deleted {
                (one_field("offer", "Hand it over to somebody, who must accept", "to", "Offer", "user:bo"))
            }
            @if may(Act::Rename) { (one_field("rename", "Another name", "name", "Rename", "")) }
            @if may(Act::Clone) { (one_field("clone", "A copy, which is off and runs as nobody but you", "name", "Copy", "Its name")) }
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
