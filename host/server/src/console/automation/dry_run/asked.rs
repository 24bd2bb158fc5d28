//! What is asked of a dry run: on what, and as whom.

use mandate_model::{PrincipalId, RowRef};
use mandate_service::{Past, words};
use maud::{Markup, html};

use super::super::{Shared, address};
use crate::{
    app::App,
    body::Fields,
    console::{frame::token, run::happened, time::time},
    guard::Me,
    people,
    problem::Problem,
};

/// Most people that are offered at once; the rest is found by name.
const PEOPLE: usize = 20;

/// What is wrong with what was asked, and with which of its fields.
pub(super) enum Wrong {
    None,
    On(String),
    Row(String),
    Person(String),
}

impl Wrong {
    fn of(&self, what: fn(&Self) -> Option<&String>) -> Markup {
        html! { @if let Some(why) = what(self) { p.wrong role="alert" { (why) } } }
    }

    fn on(&self) -> Option<&String> {
        if let Self::On(why) = self { Some(why) } else { None }
    }

    fn row(&self) -> Option<&String> {
        if let Self::Row(why) = self { Some(why) } else { None }
    }

    fn person(&self) -> Option<&String> {
        if let Self::Person(why) = self { Some(why) } else { None }
    }
}

/// What somebody is offered.
pub(super) struct Offered {
    events: Vec<Past>,
    rows: Vec<RowRef>,
    /// Themself, and as whom they may try automations: who is ticked, and some of the others.
    pub(super) people: Vec<PrincipalId>,
    /// Whether there are more people.
    more: bool,
}

impl Offered {
    /// What there is for `me`, with the part of a name that was `sent`.
    pub(super) async fn of(
        app: &App,
        me: &Me,
        sent: &Fields,
        (events, rows): (Vec<Past>, Vec<RowRef>),
    ) -> Result<Self, Problem> {
        let part = sent.text("q");
        let mut all = match part.trim() {
            "" => people::visible(app, me).await?,
            part => people::called(app, me, part).await?.into_iter().map(|(id, _)| id).collect(),
        };
        let ticked: Vec<_> = sent.all("person").filter_map(|id| PrincipalId::parse(id).ok()).collect();
        let may = |person: &PrincipalId| person == me.id() || me.standing.may_try_as(person);
        all.retain(|person| may(person) && person != me.id() && !ticked.contains(person));
        let more = all.len() > PEOPLE;
        all.truncate(PEOPLE);
        let others = ticked.into_iter().filter(|person| person != me.id() && may(person));
        let people = std::iter::once(me.id().clone()).chain(others).chain(all).collect();
        Ok(Self { events, rows, people, more })
    }
}

/// The form.
pub(super) fn form(shared: &Shared<'_>, sent: &Fields, offered: &Offered, wrong: &Wrong) -> Markup {
    html! {
        form method="post" action={ (address(shared.page)) "/dry-run" } {
            (token(shared.me))
            (occasions(shared, sent, offered, wrong))
            (people_of(shared, sent, offered, wrong))
            button.primary { "Try it" }
        }
    }
}

fn occasions(shared: &Shared<'_>, sent: &Fields, offered: &Offered, wrong: &Wrong) -> Markup {
    let (chosen, zone) = (sent.text("on"), &shared.me.principal.time_zone);
    html! {
        fieldset {
            legend { "On what?" }
            label.choice { input type="radio" name="on" value="row" checked[chosen.is_empty() || chosen == "row"]; " A row that you see" }
            div.field {
                label for="row" { "Dataset and id, such as deals/d1; empty: about nothing" }
                input type="text" id="row" name="row" value=(sent.text("row")) list="rows" autocomplete="off";
                datalist #rows { @for row in &offered.rows { option value={ (row.dataset) "/" (row.id) } {} } }
                (wrong.of(Wrong::row))
            }
            @for one in &offered.events {
                label.choice {
                    input type="radio" name="on" value=(one.run) checked[chosen == one.run.as_str()];
                    span { (words::subject(&one.event.subject)) " (" (happened(&one.event)) ", " (time(one.event.at, zone)) ")" }
                }
            }
            @if offered.events.is_empty() { p.quiet { "Nothing of what it listens to happened lately, as far as you may know." } }
            (wrong.of(Wrong::on))
        }
    }
}

fn people_of(shared: &Shared<'_>, sent: &Fields, offered: &Offered, wrong: &Wrong) -> Markup {
    let ticked: Vec<&str> = sent.all("person").collect();
    let me = shared.me.id();
    html! {
        fieldset {
            legend { "As whom?" }
            p.quiet { "You are shown what you may see of what it comes to for others." }
            ul.ticks {
                @for person in &offered.people {
                    li { label {
                        input type="checkbox" name="person" value=(person)
                            checked[ticked.contains(&person.to_string().as_str()) || (ticked.is_empty() && person == me)];
                        span { (shared.names.get(person)) " " span.id { (person) } }
                    } }
                }
            }
            (wrong.of(Wrong::person))
            @if offered.more || !sent.text("q").is_empty() {
                @if offered.more { p.quiet { "There are more: write a part of the name." } }
                div.field {
                    label for="q" { "Find somebody by name" }
                    input type="text" id="q" name="q" value=(sent.text("q")) autocomplete="off";
                    button name="do" value="search" { "Find" }
                }
            }
        }
    }
}
