//! `/automations/{automation}/owners`: who manages it: people and teams are searched and chosen together, and nothing applies before
//! it is done as a whole (ONE-11, ONE-12, ONE-15).

use std::collections::BTreeSet;

use axum::http::StatusCode;
use mandate_governance::{Ask, Refused, settings::CoOwner};
use mandate_model::PrincipalId;
use mandate_policy::Act;
use mandate_service::ServiceError;
use maud::{Markup, html};

use super::{Shared, Tab, Which, address, consent::Agreed, shown};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{At, Fields, Form},
    console::{field, frame::token},
    guard::{Guard, Me, Share},
    people,
    problem::{Problem, Trouble},
    table::Table,
};

/// Most people and teams that are offered at once.
const MOST: usize = 30;

pub(super) fn add(table: &mut Table) {
    table.get("/automations/{automation}/owners", "Who manages it, to search and choose", owners);
    table.post("/automations/{automation}/owners", "Search others, or be done", choose);
}

/// What somebody ticked so far.
struct Chosen {
    /// Who managed it when they began: what others do meanwhile is not undone.
    was: BTreeSet<PrincipalId>,
    /// Who shall.
    owners: BTreeSet<PrincipalId>,
    /// What they search.
    part: String,
    /// Lines that name nobody, as they were typed, and what is wrong with the first of them.
    unread: Vec<String>,
    wrong: Option<String>,
}

impl Chosen {
    fn read(sent: &Fields) -> Result<Self, Problem> {
        let read = |name: &str, texts: Vec<&str>| {
            let texts = texts.into_iter().map(str::trim).filter(|text| !text.is_empty());
            texts.map(|text| people::written(name, text)).collect::<Result<BTreeSet<_>, _>>()
        };
        let mut owners = read("owner", sent.all("owner").collect())?;
        let (mut unread, mut wrong) = (vec![], None);
        for line in sent.text("others").lines().map(str::trim).filter(|line| !line.is_empty()) {
            match PrincipalId::parse(line) {
                Ok(id) => {
                    owners.insert(id);
                }
                Err(error) => {
                    wrong.get_or_insert_with(|| format!("“{line}”: {error}"));
                    unread.push(line.to_owned());
                }
            }
        }
        Ok(Self {
            was: read("was", sent.all("was").collect())?,
            owners,
            part: sent.text("q").to_owned(),
            unread,
            wrong,
        })
    }

    /// Everything that was ticked and unticked, as one command.
    fn ask(&self) -> Ask {
        let less = |one: &BTreeSet<PrincipalId>, other| one.difference(other).cloned().collect();
        Ask::Share { add: less(&self.owners, &self.was), remove: less(&self.was, &self.owners) }
    }
}

async fn owners(guard: Guard<Share>, At(which): At<Which>) -> Result<Page, Problem> {
    let was = guard.app.service.shown_to(&which.id()?, guard.me.id()).await?.automation.managers;
    let chosen = Chosen { owners: was.clone(), was, part: String::new(), unread: vec![], wrong: None };
    page(&guard.app, &guard.me, &which, &chosen, None).await
}

async fn choose(guard: Guard<Share>, At(which): At<Which>, Form(sent): Form) -> Result<Agreed, Problem> {
    let (app, me, id) = (&guard.app, &guard.me, which.id()?);
    let chosen = Chosen::read(&sent)?;
    if sent.text("do") != "done" || chosen.wrong.is_some() {
        return page(app, me, &which, &chosen, None).await.map(Agreed::Again);
    }
    match app.service.ask(&id, me.id(), chosen.ask()).await {
        Ok(_) => Ok(Agreed::There(SeeOther(format!("/automations/{id}/people")))),
        Err(
            error @ (ServiceError::NoPrincipal(_)
            | ServiceError::Refused(Refused::IsRunAs(_) | Refused::NoCoOwners(_) | Refused::MembersFirst(_))),
        ) => page(app, me, &which, &chosen, Some(&format!("Nothing was changed: {error}."))).await.map(Agreed::Again),
        Err(error) => Err(error.into()),
    }
}

async fn page(app: &App, me: &Me, which: &Which, chosen: &Chosen, note: Option<&str>) -> Result<Page, Problem> {
    let (page, mut names) = shown(app, me, &which.id()?).await?;
    // Who may not share it has no page of it; what they ask for nevertheless is refused by the service.
    if !page.may.contains(&Act::Share) || page.automation.deleted {
        return Err(Trouble::NotFound.into());
    }
    let settings = app.service.choices(&me.standing.site).await?.effective().map_err(ServiceError::from)?;
    let mut found = vec![];
    if settings.co_owners.contains(&CoOwner::Users) {
        found.extend(people::called(app, me, "").await?);
    }
    if settings.co_owners.contains(&CoOwner::Teams) {
        found.extend(people::teams(app, me).await?);
    }
    // Whoever else is typed is not asked about: a name would tell who is there.
    names.know(&found);
    found.retain(|(id, name)| people::has(&chosen.part, id, name));
    let members_first = settings.co_owners.contains(&CoOwner::MembersFirst);
    found.retain(|(id, _)| !page.automation.runs_as(id) && !chosen.was.contains(id) && !chosen.owners.contains(id));
    found.retain(|(id, _)| !members_first || page.automation.members.contains(id));
    let shared = Shared { me, page: &page, names: &names };
    let by_name = settings.co_owners.iter().any(|one| matches!(one, CoOwner::Users | CoOwner::Teams));
    let content = html! {
        @if let Some(note) = note { div.note.bad role="alert" { p { (note) } } }
        p { "Owners may edit it, turn it on and off, share and delete it. It never acts with their rights, but as " strong { (shared.run_as()) } "." }
        p.note { (hint()) }
        @if !by_name { p { "In this site nobody is made an owner by name: what one may do follows from one's role." } }
        @if members_first { p { "Only members are made owners: invite them first." } }
        (form(&shared, chosen, &found))
    };
    let mut shown = shared.page(Tab::People, &content);
    if note.is_some() || chosen.wrong.is_some() {
        shown.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(shown)
}

/// What is better than a role that gives Edit All (ONE-23).
pub(in crate::console) fn hint() -> &'static str {
    "For one automation, name its owners: a role that gives “edit-all” lets people change every automation of the site."
}

fn form(shared: &Shared<'_>, chosen: &Chosen, found: &[(PrincipalId, String)]) -> Markup {
    let at = address(shared.page);
    let (invalid, described) = field::marks("others", chosen.wrong.as_deref());
    let others: BTreeSet<&PrincipalId> = chosen.was.union(&chosen.owners).collect();
    html! {
        form method="post" action={ (at) "/owners" } {
            (token(shared.me))
            @for one in &chosen.was { input type="hidden" name="was" value=(one); }
            div.field {
                label for="find" { "Search people and teams" }
                p.quiet { "By name, among those whom you may see. What you ticked stays." }
                input type="search" id="find" name="q" value=(chosen.part) autocomplete="off";
                button name="do" value="search" { "Search" }
            }
            fieldset {
                legend { "Owners" }
                ul.plain {
                    @if let Some(run_as) = &shared.page.automation.run_as {
                        li { label.choice {
                            input type="checkbox" checked disabled;
                            span { (shared.names.get(run_as)) " " span.id { (run_as) } " " span.quiet { "it runs as them: hand it over first" } }
                        } }
                    }
                    @for id in others { (tick(id, shared.names.get(id), chosen.owners.contains(id))) }
                }
            }
            fieldset {
                legend { "Others" }
                @if found.is_empty() { p.quiet { "Nobody else of that name whom you may see." } }
                ul.plain { @for (id, name) in found.iter().take(MOST) { (tick(id, name, false)) } }
                @if found.len() > MOST { p.quiet { "There are more: write more of the name." } }
                div.field {
                    label for="others" { "By their ids, one on each line" }
                    textarea id="others" name="others" rows="2" placeholder="user:bo"
                        aria-invalid=[invalid] aria-describedby=[described] { (chosen.unread.join("\n")) }
                    (field::wrong("others", chosen.wrong.as_deref()))
                }
            }
            p.quiet { "Nothing changes before you are done." }
            div.acts {
                button.primary name="do" value="done" { "Done" }
                a.button href={ (at) "/people" } { "Cancel" }
            }
        }
    }
}

fn tick(id: &PrincipalId, name: &str, ticked: bool) -> Markup {
    html! {
        li { label.choice {
            input type="checkbox" name="owner" value=(id) checked[ticked];
            span { (name) " " span.id { (id) } }
        } }
    }
}
