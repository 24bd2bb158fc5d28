//! Who may make automations, as boxes to tick (MON-28).

use std::collections::BTreeSet;

use mandate_governance::{
    Settings, SiteChoices,
    preset::BUILT_IN,
    settings::{Anyone, CreateRoles},
};
use mandate_policy::Permission;
use maud::{Markup, html};

use crate::{body::Fields, console::frame::token, guard::Me};

/// Everybody of the site, whatever their role.
const ANYONE: &str = "anyone";

/// As the site is governed, but for who may make automations.
pub(super) fn chosen(mut choices: SiteChoices, sent: &Fields) -> SiteChoices {
    let roles: BTreeSet<String> = sent.all("create").map(str::to_owned).collect();
    let anyone = roles.contains(ANYONE);
    let roles = if anyone { CreateRoles::Anyone(Anyone::Anyone) } else { CreateRoles::Roles(roles) };
    choices.settings.create_roles = Some(roles);
    choices
}

/// The roles that there are; ticked, who may now.
pub(super) fn form(me: &Me, settings: &Settings) -> Markup {
    let roles: BTreeSet<&str> = settings.roles.keys().map(String::as_str).chain(BUILT_IN).collect();
    let anyone = matches!(settings.create_roles, CreateRoles::Anyone(_));
    let named = |role: &str| matches!(&settings.create_roles, CreateRoles::Roles(roles) if roles.contains(role));
    let by_itself = |role: &str| settings.roles.get(role).is_some_and(|gives| gives.contains(&Permission::Create));
    html! {
        section aria-labelledby="create" {
            h2 #create { "Who may make automations" }
            form method="post" action="/policy" {
                (token(me))
                input type="hidden" name="part" value="create-roles";
                ul.ticks {
                    @for role in roles {
                        li { label {
                            @if by_itself(role) { input type="checkbox" checked disabled; }
                            @else { input type="checkbox" name="create" value=(role) checked[named(role)]; }
                            span { (role) @if by_itself(role) { span.quiet { " (the role itself gives it)" } } }
                        } }
                    }
                    li { label { input type="checkbox" name="create" value=(ANYONE) checked[anyone]; " everybody" } }
                }
                div.acts {
                    button name="do" value="check" { "Who gains and loses what?" }
                    button name="do" value="save" { "Let these make automations" }
                }
            }
        }
    }
}
