//! `/automations/new`: an automation begins with a name.

use mandate_model::AutomationKind;
use mandate_service::NewAutomation;
use maud::{Markup, html};

use super::{
    automation::Agreed,
    frame::{Frame, Room, token},
};
use crate::{
    answer::{Page, SeeOther},
    body::Form,
    guard::{Create, Guard, Me},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/automations/new", "The form of a new automation", form);
    table.post("/automations/new", "Make it", make);
}

async fn form(guard: Guard<Create>) -> Result<Page, Problem> {
    Ok(Page::ok(page(&guard.me, "", "", None)))
}

fn page(me: &Me, name: &str, workspace: &str, wrong: Option<&str>) -> Markup {
    let content = html! {
        form method="post" action="/automations/new" {
            (token(me))
            div.field {
                label for="name" { "What is it called?" }
                input type="text" id="name" name="name" value=(name) required maxlength="200" autocomplete="off"
                    aria-describedby=[wrong.map(|_| "wrong")];
                @if let Some(wrong) = wrong { p.wrong #wrong role="alert" { (wrong) } }
            }
            @if !me.standing.workspaces.is_empty() {
                div.field {
                    label for="workspace" { "In which workspace? It stays there." }
                    select id="workspace" name="workspace" {
                        option value="" { "In none" }
                        @for one in &me.standing.workspaces { option value=(one) selected[one == workspace] { (one) } }
                    }
                    label.choice { input type="checkbox" name="main" value="true"; " Everyone in the workspace may see it" }
                }
            }
            p { "It is off, and nothing is published yet. Next you choose what it runs." }
            button.primary { "Make it" }
        }
    };
    let above = [("/automations", "Automations")];
    Frame { me, room: Room::Automations, above: &above, title: "New automation" }.page(&content)
}

async fn make(guard: Guard<Create>, Form(fields): Form) -> Result<Agreed, Problem> {
    let (name, workspace) = (fields.text("name").trim(), fields.text("workspace"));
    let main = fields.has("main") && !workspace.is_empty();
    let new = NewAutomation {
        site: guard.me.standing.site.clone(),
        workspace: Some(workspace.to_owned()).filter(|name| !name.is_empty()),
        kind: if main { AutomationKind::Main } else { AutomationKind::Private },
        name: name.to_owned(),
        creator: guard.me.id().clone(),
    };
    match guard.app.service.create_automation(new).await {
        Ok(id) => Ok(Agreed::There(SeeOther(format!("/automations/{id}/setup")))),
        Err(error) => {
            let trouble = Trouble::from(error);
            if trouble.kind().0.is_server_error() {
                return Err(trouble.into());
            }
            Ok(Agreed::Again(Page::again(page(&guard.me, name, workspace, Some(&trouble.told())))))
        }
    }
}
