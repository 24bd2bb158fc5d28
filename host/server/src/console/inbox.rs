//! `/inbox`: one's own messages and notices. What a guest wrote is quoted, and inert.

use mandate_governance::Refused;
use mandate_service::{DeliveryState, InboxMessage, Mark, ServiceError, Shelf};
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    frame::{Frame, Room, token},
    me::automations::{choices, wished, word},
    names::Names,
    time::{day, time},
    told::joined,
};
use crate::{
    answer::{File, Page, SeeOther},
    app::App,
    body::{Asked, At, Form},
    guard::{Guard, Me, Own, See},
    listing,
    live::{PAGE, Tag, Topic},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/inbox", "One's own messages", list);
    table.get("/inbox/{message}", "One message", one);
    table.post("/inbox/{message}/mark", "Mark it", mark);
    table.post("/inbox/{message}/wish", "Say how one wants to be told by what told it", set_wish);
    table.get("/inbox/{message}/attachments/{number}", "What comes with it", attachment);
}

/// What the address says.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// Which shelf.
    shelf: Option<String>,
    /// Where to go on.
    cursor: Option<String>,
}

/// One message.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    message: String,
}

/// One attachment.
#[derive(Debug, Deserialize, IntoParams)]
struct WhichOne {
    /// The message.
    message: String,
    /// Which, from 1.
    number: String,
}

async fn list(guard: Guard<See>, Asked(wanted): Asked<Wanted>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let shelf = listing::shelf(wanted.shelf.as_deref())?;
    let (page, next) = listing::messages(app, me, shelf, wanted.cursor.as_deref(), PAGE).await?;
    let (shelf, name) = shelf;
    let notices = app.service.notices(me.id()).await?;
    let first = shelf == Shelf::Current && wanted.cursor.is_none();
    let (watch, seen) = first.then(|| (Topic::Inbox.to_string(), Tag::of_inbox(&page, &notices).to_string())).unzip();
    let content = html! {
        nav.tabs aria-label="Shelves" {
            ul {
                @for (shelf, word) in [("current", "Messages"), ("unread", "Unread"), ("archived", "Put away")] {
                    li { a href={ "/inbox?shelf=" (shelf) } aria-current=[(shelf == name).then_some("page")] { (word) } }
                }
            }
        }
        div data-watch=[watch] data-seen=[seen] {
            @if page.messages.is_empty() { p.empty { "No messages here. Automations that name you as a recipient tell you here what you may see." } }
            @for (day, messages) in by_day(&page.messages, &me.principal.time_zone) {
                h2 { (day) }
                ul.inbox { @for message in messages { (line(me, message)) } }
            }
            @if let Some(next) = next { p.more { a href={ "/inbox?shelf=" (name) "&cursor=" (next) } rel="next" { "Older" } } }
            @if !notices.is_empty() && name == "current" {
                section aria-labelledby="notices" {
                    h2 #notices { "About automations" }
                    ol.timeline {
                        @for (at, told) in notices.iter().rev().take(30) {
                            li { (time(*at, &me.principal.time_zone)) " " a href={ "/automations/" (told.automation) } { (told.name) } ": " (told.text) }
                        }
                    }
                }
            }
        }
    };
    Ok(Page::ok(Frame { me, room: Room::Inbox, above: &[], title: "Inbox" }.page(&content)))
}

/// The messages of each day, in the zone of who looks: of one day, those that are unread first.
fn by_day<'m>(messages: &'m [InboxMessage], zone: &str) -> Vec<(String, Vec<&'m InboxMessage>)> {
    let mut days: Vec<(String, Vec<&InboxMessage>)> = vec![];
    for message in messages {
        let day = day(message.at, zone);
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, all)) => all.push(message),
            None => days.push((day, vec![message])),
        }
    }
    for (_, all) in &mut days {
        all.sort_by_key(|message| message.read);
    }
    days
}

fn line(me: &Me, message: &InboxMessage) -> Markup {
    html! {
        li.unread[!message.read] {
            a href={ "/inbox/" (message.id) } { (message.title) }
            @if !message.read { " " span.hidden-text { "(unread)" } }
            br;
            (time(message.at, &me.principal.time_zone))
            @if !message.attachments.is_empty() { span.quiet { " · " (message.attachments.len()) " attached" } }
        }
    }
}

async fn one(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let (message, deliveries) = app.service.message(me.id(), &which.message).await?;
    let at = format!("/inbox/{}", message.id);
    let content = html! {
        p { (time(message.at, &me.principal.time_zone)) }
        blockquote tabindex="0" { (message.body) }
        @if !message.attachments.is_empty() {
            h2 { "Attached" }
            ul {
                @for (number, one) in (1_usize..).zip(&message.attachments) {
                    li { a href={ (at) "/attachments/" (number) } { q { (one.name) } } span.quiet { " " (one.size) " bytes" } }
                }
            }
        }
        @for delivery in &deliveries { p.quiet { "Also by " (delivery.way.as_str()) ": " (state(delivery.state)) } }
        div.acts {
            @for (mark, word, shown) in [("read", "I read it", !message.read), ("unread", "Mark as unread", message.read), ("archived", "Put away", !message.archived)] {
                @if shown { form method="post" action={ (at) "/mark" } { (token(me)) button name="as" value=(mark) { (word) } } }
            }
        }
        (why(app, me, &message).await?)
    };
    let above = [("/inbox", "Inbox")];
    Ok(Page::ok(Frame { me, room: Room::Inbox, above: &above, title: &message.title }.page(&content)))
}

/// Which automation told one, whose it is as far as one may see it, and how not to be told.
async fn why(app: &App, me: &Me, message: &InboxMessage) -> Result<Markup, Problem> {
    let wish = app.service.wish(me.id(), &message.automation).await?;
    let page = known(app.service.shown_to(&message.automation, me.id()).await)?;
    let run = known(app.service.run(me.id(), &message.run).await)?;
    let automation = page.as_ref().map(|page| &page.automation);
    let people = automation.map(|one| one.run_as.iter().chain(&one.managers).collect()).unwrap_or_default();
    let names = Names::of(app, people).await?;
    let name = automation.map(|one| &one.name).or(run.as_ref().map(|run| &run.name));
    let name = name.map_or("an automation", String::as_str);
    Ok(html! {
        section aria-labelledby="why" {
            h2 #why { "Why did I get this?" }
            p {
                "You are a recipient of "
                @if automation.is_some() { a href={ "/automations/" (message.automation) } { q { (name) } } } @else { q { (name) } }
                @if automation.is_some() { "." } @else { ", which you may not see." }
                @if let Some(one) = automation {
                    @if let Some(run_as) = &one.run_as { " It runs as " (names.get(run_as)) "." }
                    @if !one.managers.is_empty() {
                        " It is managed by " (joined(one.managers.iter().map(|who| names.get(who)), "and")) "."
                    }
                }
                @if run.is_some() { " " a href={ "/runs/" (message.run) } { "The run that told you" } }
            }
            p { "You are told by it: " (word(wish)) }
            (choices(me, &format!("/inbox/{}/wish", message.id), name, wish))
            p.quiet { "Muted, its messages come here as read, and nothing goes out to you by mail or webhook. Opted out, none come. Nobody else is told." }
        }
    })
}

/// What is not there for one is left out.
fn known<T>(asked: Result<T, ServiceError>) -> Result<Option<T>, Problem> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(ServiceError::Refused(Refused::Unknown) | ServiceError::NoRun(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn set_wish(guard: Guard<Own>, At(which): At<Which>, Form(fields): Form) -> Result<SeeOther, Problem> {
    let (me, app) = (&guard.me, &guard.app);
    let wish = wished(&fields)?;
    let (message, _) = app.service.message(me.id(), &which.message).await?;
    app.service.set_wish(me.id(), &message.automation, wish).await?;
    Ok(SeeOther(format!("/inbox/{}", message.id)))
}

async fn mark(guard: Guard<Own>, At(which): At<Which>, Form(fields): Form) -> Result<SeeOther, Problem> {
    let mark = match fields.text("as") {
        "read" => Mark::Read,
        "unread" => Mark::Unread,
        "archived" => Mark::Archived,
        _ => return Err(Trouble::Malformed("`as` is `read`, `unread` or `archived`".to_owned()).into()),
    };
    guard.app.service.mark(guard.me.id(), &which.message, mark).await?;
    Ok(SeeOther("/inbox".to_owned()))
}

async fn attachment(guard: Guard<See>, At(which): At<WhichOne>) -> Result<File, Problem> {
    let number = which.number.parse().map_err(|_| Trouble::NotFound)?;
    Ok(File(guard.app.service.attachment(guard.me.id(), &which.message, number).await?))
}

/// Where a delivery stands, in words.
pub(super) fn state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending | DeliveryState::Sending => "on its way",
        DeliveryState::Sent => "sent",
        DeliveryState::Withheld => "not sent: it might not be delivered any more",
        DeliveryState::Muted => "not sent: you do not want it",
        DeliveryState::Unknown => "perhaps sent; not tried again, for it could arrive twice",
        DeliveryState::Dead => "given up",
    }
}
