//! `/policy`: how the site governs its automations, in words; and for who may decide it, what another way would change.

mod create_roles;

use std::collections::BTreeMap;

use mandate_governance::SiteChoices;
use mandate_model::AutomationId;
use mandate_service::{Object, PolicyChanges, ServiceError};
use maud::{Markup, html};

use super::{
    automation::{Agreed, hint},
    frame::{Frame, Room, token},
};
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{Fields, Form},
    guard::{Govern, Guard, Me, See},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/policy", "How the site governs its automations", policy);
    table.post("/policy", "Look at another way, or govern it so", change);
}

/// What was typed.
struct Typed {
    preset: String,
    settings: String,
    policies: String,
    successor: String,
}

/// What is wrong with what was typed, and with which field.
struct Wrong {
    field: &'static str,
    why: Vec<String>,
}

impl Typed {
    fn of(choices: &SiteChoices) -> Self {
        Self {
            preset: choices.preset.to_string(),
            settings: serde_json::to_string_pretty(&choices.settings).unwrap_or_default(),
            policies: choices.policies.clone(),
            successor: choices.successor.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn read(sent: &Fields) -> Self {
        let text = |name: &str| sent.text(name).to_owned();
        Self {
            preset: text("preset"),
            settings: text("settings"),
            policies: text("policies"),
            successor: text("successor"),
        }
    }

    fn choices(&self) -> Result<SiteChoices, Wrong> {
        let wrong = |field, why: String| Wrong { field, why: vec![why] };
        let settings = if self.settings.trim().is_empty() { "{}" } else { self.settings.as_str() };
        let settings: serde_json::Value = serde_json::from_str(settings)
            .map_err(|error| wrong("settings", format!("the settings are no JSON: {error}")))?;
        if serde_json::from_value::<mandate_governance::Preset>(self.preset.clone().into()).is_err() {
            return Err(wrong("preset", format!("there is no preset `{}`", self.preset)));
        }
        if let Err(error) = mandate_model::PrincipalId::parse(self.successor.trim())
            && !self.successor.trim().is_empty()
        {
            return Err(wrong("successor", error.to_string()));
        }
        let mut whole = serde_json::json!({ "preset": self.preset, "settings": settings, "policies": self.policies });
        if let (false, Some(fields)) = (self.successor.trim().is_empty(), whole.as_object_mut()) {
            fields.insert("successor".to_owned(), self.successor.trim().into());
        }
        serde_json::from_value(whole).map_err(|error| wrong("settings", error.to_string()))
    }
}

async fn policy(guard: Guard<See>) -> Result<Page, Problem> {
    let choices = guard.app.service.choices(&guard.me.standing.site).await?;
    page(&guard.app, &guard.me, &Typed::of(&choices), &html! {}, None).await.map(Page::ok)
}

async fn page(
    app: &App,
    me: &Me,
    typed: &Typed,
    above_form: &Markup,
    wrong: Option<&Wrong>,
) -> Result<Markup, Problem> {
    let site = &me.standing.site;
    let choices = app.service.choices(site).await?;
    let decides = app.service.may_choose(site, me.id()).await.is_ok();
    // What was typed, if it holds together.
    let effective = typed.choices().ok().and_then(|typed| typed.effective().ok());
    let effective = effective.map_or_else(|| choices.effective(), Ok).map_err(ServiceError::from)?;
    let content = html! {
        p { "Begins as the preset " strong { (choices.preset) } "." }
        (table(&choices)?)
        @if decides { (above_form) (create_roles::form(me, &effective)) (form(me, typed, wrong)) }
        @else { p.quiet { "Only who may govern the site can change this." } }
    };
    Ok(Frame { me, room: Room::Policy, above: &[], title: "Policy" }.page(&content))
}

/// What holds, in words; what differs from the preset is marked.
fn table(choices: &SiteChoices) -> Result<Markup, Problem> {
    let holds = choices.effective().map_err(ServiceError::from)?.words();
    let preset = choices.preset.settings().map_err(ServiceError::from)?.words();
    Ok(html! {
        table.cards {
            caption { "What holds in this site" }
            thead { tr { th scope="col" { "Setting" } th scope="col" { "Here" } th scope="col" { "The preset says" } } }
            tbody {
                @for ((setting, here), (_, there)) in holds.iter().zip(&preset) {
                    tr {
                        th scope="row" { code { (setting) } @if here != there { " " span.badge { "changed" } } }
                        td data-label="Here" { (here) }
                        td data-label="Preset" { (there) }
                    }
                }
            }
        }
    })
}

fn form(me: &Me, typed: &Typed, wrong: Option<&Wrong>) -> Markup {
    // Beside the field that it is about; the page comes to it.
    let told = |field: &str| {
        html! {
            @if let Some(wrong) = wrong.filter(|wrong| wrong.field == field) {
                div.wrong role="alert" { p { "Nothing was changed:" } ul { @for one in &wrong.why { li { (one) } } } }
            }
        }
    };
    let at = |field: &str| wrong.is_some_and(|wrong| wrong.field == field);
    let presets = mandate_governance::Preset::ALL.map(mandate_governance::Preset::as_str);
    html! {
        section aria-labelledby="change" {
            h2 #change { "Govern it otherwise" }
            form method="post" action="/policy" {
                (token(me))
                div.field {
                    label for="preset" { "Begin as" }
                    select id="preset" name="preset" {
                        @for preset in presets { option value=(preset) selected[preset == typed.preset] { (preset) } }
                    }
                    (told("preset"))
                }
                div.field {
                    label for="settings" { "Settings of its own (JSON)" }
                    p.quiet { (hint()) }
                    textarea id="settings" name="settings" rows="6" spellcheck="false" autofocus[at("settings")] { (typed.settings) }
                    (told("settings"))
                }
                div.field {
                    label for="policies" { "Policies of its own (Cedar)" }
                    p.quiet { "They come on top; nothing lifts the floors: the site's wall, drafts, consent, and what is asked for." }
                    textarea id="policies" name="policies" rows="8" spellcheck="false" autofocus[at("policies")] { (typed.policies) }
                    (told("policies"))
                }
                div.field {
                    label for="successor" { "Who takes over where nobody is named" }
                    input type="text" id="successor" name="successor" value=(typed.successor) autocomplete="off" autofocus[at("successor")];
                    (told("successor"))
                }
                div.acts {
                    button.primary name="do" value="check" { "Who gains and loses what?" }
                    button name="do" value="save" { "Govern it so" }
                }
            }
        }
    }
}

async fn change(guard: Guard<Govern>, Form(sent): Form) -> Result<Agreed, Problem> {
    let (app, me) = (&guard.app, &guard.me);
    let site = &me.standing.site;
    app.service.may_choose(site, me.id()).await?;
    let typed = match sent.text("part") {
        "create-roles" => Typed::of(&create_roles::chosen(app.service.choices(site).await?, &sent)),
        _ => Typed::read(&sent),
    };
    let done = match typed.choices() {
        Err(wrong) => Err(wrong),
        Ok(choices) if sent.text("do") == "save" => {
            told(app.service.choose(site, Some(me.id()), &choices).await)?.map(|()| None)
        }
        Ok(choices) => told(app.service.policy_changes(site, &choices).await)?.map(Some),
    };
    let shown = match done {
        Ok(None) => {
            app.governed();
            return Ok(Agreed::There(SeeOther("/policy".to_owned())));
        }
        Ok(Some(changes)) => changed(app, &changes).await?,
        Err(wrong) => {
            let markup = page(app, me, &typed, &html! {}, Some(&wrong)).await?;
            return Ok(Agreed::Again(Page::again(markup)));
        }
    };
    Ok(Agreed::Again(Page::ok(page(app, me, &typed, &shown, None).await?)))
}

/// What is wrong with what was typed stands on the page; everything else is a problem.
fn told<T>(done: Result<T, ServiceError>) -> Result<Result<T, Wrong>, Problem> {
    let wrong = |field, why| Ok(Err(Wrong { field, why }));
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(ServiceError::Policies(errors)) => wrong("policies", errors.iter().map(ToString::to_string).collect()),
        Err(error @ ServiceError::Preset(_)) => wrong("settings", vec![error.to_string()]),
        Err(error @ ServiceError::NoSuccessor(_)) => wrong("successor", vec![error.to_string()]),
        Err(error) => Err(Trouble::from(error).into()),
    }
}

/// Who would gain and lose what: one line for each person, object and direction.
async fn changed(app: &App, changes: &PolicyChanges) -> Result<Markup, Problem> {
    let lives = app.service.automations().await?;
    let names: BTreeMap<AutomationId, String> =
        lives.into_iter().map(|life| (life.automation.id, life.automation.name)).collect();
    let object = |object: &Object| match object {
        Object::Site => "the site".to_owned(),
        Object::Workspace(workspace) => format!("the workspace {workspace}"),
        Object::Automation(id) => names.get(id).cloned().unwrap_or_else(|| id.to_string()),
    };
    let mut lines: BTreeMap<(String, bool, String), Vec<&str>> = BTreeMap::new();
    for one in changes.decisions.iter().filter(|one| one.before.is_allow() != one.after.is_allow()) {
        let line = (one.person.to_string(), one.after.is_allow(), object(&one.object));
        lines.entry(line).or_default().push(one.act.as_str());
    }
    Ok(html! {
        section.note aria-labelledby="gains" {
            h2 #gains { "What would change" }
            @if changes.is_empty() { p { "Nothing, for anybody." } }
            ul {
                @for one in &changes.settings { li { code { (one.setting) } ": " (one.before) " → " (one.after) } }
                @if changes.policies { li { "the site's own policies would be others" } }
                @for ((person, gains, object), acts) in &lines {
                    li { strong { (person) } @if *gains { " gains on " } @else { " loses on " } (object) ": " (acts.join(", ")) }
                }
                @for (id, lacks) in &changes.lacks {
                    @for lack in lacks { li { (names.get(id).map_or("an automation", String::as_str)) " would need: " (lack) } }
                }
            }
            p.quiet { "Nothing was changed yet." }
        }
    })
}
