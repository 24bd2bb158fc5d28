//! What the pages of an automation ask for: each form is one command, decided and kept by the service.

use std::collections::BTreeSet;

use mandate_governance::{Acquisition, Ask, Refused};
use mandate_model::PrincipalId;
use mandate_service::ServiceError;

use super::{
    Shared, Tab, Which,
    confirm::{self, Wanted},
    consent::Agreed,
    people as people_page, shown,
};
use crate::{
    answer::SeeOther,
    body::{At, Fields, Form},
    console::{
        automations::{AT, is_list},
        field::Kept,
    },
    guard::{Clone as Copying, Delete, Edit, Guard, RunNow, Share, Take, Toggle},
    people,
    problem::Problem,
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.post("/automations/{automation}/disable", "Turn it off", disable);
    table.post("/automations/{automation}/revoke", "Take one's consent back", revoke);
    table.post("/automations/{automation}/run-now", "Run it once", run_now);
    table.post("/automations/{automation}/members", "Say who may see it", members);
    table.post("/automations/{automation}/offer", "Offer it to somebody", offer);
    table.post("/automations/{automation}/decline", "Decline an offer", decline);
    table.post("/automations/{automation}/rename", "Call it otherwise", rename);
    table.post("/automations/{automation}/clone", "Copy it", copy);
    table.post("/automations/{automation}/delete", "End it for ever", delete);
}

/// Asks, and leads back to a page of the automation.
async fn ask<A>(guard: &Guard<A>, which: &Which, ask: Ask, back: &str) -> Result<SeeOther, Problem> {
    let id = which.id()?;
    guard.app.service.ask(&id, guard.me.id(), ask).await?;
    guard.app.wake();
    Ok(SeeOther(format!("/automations/{id}{back}")))
}

/// [`ask`] for what in some sites makes it run as who asks: there only once that is confirmed (FND-18).
async fn ask_confirmed<A>(
    guard: &Guard<A>,
    which: &Which,
    wanted: Wanted<'_>,
    make: impl FnOnce(Option<Acquisition>) -> Ask,
) -> Result<Agreed, Problem> {
    let (id, me) = (which.id()?, &guard.me);
    let asked = guard.app.service.ask(&id, me.id(), make(confirm::confirmed(wanted.sent)?)).await;
    match asked {
        Ok(_) => {
            guard.app.wake();
            Ok(Agreed::There(SeeOther(wanted.back.to_owned())))
        }
        Err(error) if confirm::asks(&error, wanted.sent) => {
            let (page, names) = shown(&guard.app, me, &id).await?;
            let shared = Shared { me, page: &page, names: &names };
            let reached = guard.app.service.reach_as(&id, me.id(), &page.acquires_as).await.ok();
            Ok(Agreed::Again(confirm::page(&shared, &wanted, None, reached.as_ref())))
        }
        Err(error) => Err(error.into()),
    }
}

async fn disable(guard: Guard<Toggle>, At(which): At<Which>, Form(sent): Form) -> Result<Agreed, Problem> {
    // From the list one comes back to it, and to nowhere else.
    let then = Some(sent.text("then")).filter(|then| is_list(then));
    let back = then.map_or_else(|| which.at(), |then| Ok(then.to_owned()))?;
    let wanted = Wanted { verb: "/disable", what: "Turn it off", back: &back, tab: Tab::Overview, sent: &sent };
    ask_confirmed(&guard, &which, wanted, |acquisition| Ask::Disable { acquisition }).await
}

async fn revoke(guard: Guard<Toggle>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    ask(&guard, &which, Ask::Revoke, "").await
}

async fn run_now(guard: Guard<RunNow>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let id = which.id()?;
    guard.app.service.run_now(&id, guard.me.id(), None).await?;
    guard.app.wake();
    Ok(SeeOther(format!("/automations/{id}")))
}

async fn members(guard: Guard<Share>, At(which): At<Which>, Form(fields): Form) -> Result<Agreed, Problem> {
    let done = async {
        let (add, remove) = changed(&fields)?;
        ask(&guard, &which, Ask::Invite { add, remove }, "/people").await
    };
    beside(&guard, &which, (people_page::INVITE, fields.text("add")), done.await.map(Agreed::There)).await
}

async fn offer(guard: Guard<Take>, At(which): At<Which>, Form(fields): Form) -> Result<Agreed, Problem> {
    let done = async {
        let to = Some(fields.text("to").trim()).filter(|to| !to.is_empty());
        let to = to.map(|to| people::written("to", to)).transpose()?;
        ask(&guard, &which, Ask::Offer { to }, "/people").await
    };
    beside(&guard, &which, ("offer", fields.text("to")), done.await.map(Agreed::There)).await
}

async fn decline(guard: Guard<Take>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    let there = ask(&guard, &which, Ask::Decline, "").await?;
    // Whom nothing but the offer let see it is led to what they see.
    match guard.app.service.prospect(&which.id()?, guard.me.id()).await {
        Err(ServiceError::Refused(Refused::Unknown)) => Ok(SeeOther(AT.to_owned())),
        _ => Ok(there),
    }
}

async fn rename(guard: Guard<Edit>, At(which): At<Which>, Form(sent): Form) -> Result<Agreed, Problem> {
    let name = sent.text("name").trim().to_owned();
    let what = format!("Call it “{name}”");
    let back = format!("{}/people", which.at()?);
    let wanted = Wanted { verb: "/rename", what: &what, back: &back, tab: Tab::People, sent: &sent };
    let done = ask_confirmed(&guard, &which, wanted, |acquisition| Ask::Rename { name, acquisition }).await;
    beside(&guard, &which, ("rename", sent.text("name")), done).await
}

async fn copy(guard: Guard<Copying>, At(which): At<Which>, Form(fields): Form) -> Result<Agreed, Problem> {
    let name = fields.text("name");
    let done = guard.app.service.clone_automation(&which.id()?, guard.me.id(), name.trim()).await;
    let there = done.map(|id| Agreed::There(SeeOther(format!("/automations/{id}/setup"))));
    beside(&guard, &which, ("clone", name), there.map_err(Problem::from)).await
}

/// What became of a form of the page of people: what is wrong with what was typed in its field is told there.
async fn beside<A>(
    guard: &Guard<A>,
    which: &Which,
    (field, typed): (&'static str, &str),
    done: Result<Agreed, Problem>,
) -> Result<Agreed, Problem> {
    match done {
        Ok(done) => Ok(done),
        Err(problem) => {
            let kept = Kept::of(field, typed, problem)?;
            people_page::page(&guard.app, &guard.me, which, Some(&kept)).await.map(Agreed::Again)
        }
    }
}

async fn delete(guard: Guard<Delete>, At(which): At<Which>, _: Form) -> Result<SeeOther, Problem> {
    ask(&guard, &which, Ask::Delete, "").await
}

/// Who comes, and who goes.
fn changed(fields: &Fields) -> Result<(BTreeSet<PrincipalId>, BTreeSet<PrincipalId>), Problem> {
    let read =
        |name: &str| fields.all(name).map(str::trim).map(|id| people::written(name, id)).collect::<Result<_, _>>();
    Ok((read("add")?, read("remove")?))
}
