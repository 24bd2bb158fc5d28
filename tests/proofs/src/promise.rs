//! What is promised, each as Cedar that allows no less than what may ever be allowed. Written by hand: not made from the policies.

use mandate_governance::preset::Preset;

use crate::Act;

/// Whatever is allowed of these acts is allowed by `bound`, too.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// The floor that keeps it.
    pub floor: &'static str,
    /// Which acts it is about.
    pub act: Act,
    /// All that may be allowed.
    pub bound: &'static str,
}

/// What holds under every preset, and whatever a site permits besides.
pub const PROMISES: &[Promise] = &[
    Promise {
        floor: "site-wall",
        act: Act::Any,
        bound: "permit (principal, action, resource) when { resource in principal.site };",
    },
    Promise {
        floor: "active",
        act: Act::Any,
        bound: "permit (principal, action, resource) when { principal.active };",
    },
    Promise {
        floor: "consent",
        act: Act::Only("consent"),
        bound: r#"
            permit (principal, action == Action::"consent", resource)
            when { resource has run_as && resource.run_as == principal };
            permit (principal, action == Action::"consent", resource)
            when { context.consents_for_run_as && resource has run_as_team };
            permit (principal, action == Action::"consent", resource)
            when { context.consents_for_run_as && resource has run_as_site };
        "#,
    },
    Promise {
        floor: "draft-privacy",
        act: Act::Only("view-draft"),
        bound: r#"
            permit (principal, action == Action::"view-draft", resource)
            when { resource has draft_of && resource.draft_of == principal };
        "#,
    },
    Promise {
        floor: "footprint",
        act: Act::AnyBut("disable"),
        bound: "permit (principal, action, resource) when { !context.must_hold || context.holds_all };",
    },
];

/// The promise that a floor keeps.
pub fn of_floor(floor: &str) -> Option<&'static Promise> {
    PROMISES.iter().find(|promise| promise.floor == floor)
}

/// That an automation runs as one principal at most, as the host makes it; the types alone do not say so.
pub const ONE_RUN_AS: &str = "
    forbid (principal, action, resource is Automation)
    when {
        (resource has run_as && (resource has run_as_team || resource has run_as_site)) ||
        (resource has run_as_team && resource has run_as_site)
    };
";

/// Where it runs as a person, nobody else consents.
pub const A_PERSON_CONSENTS_ALONE: &str = r#"
    permit (principal, action == Action::"consent", resource)
    unless { resource has run_as && resource.run_as != principal };
"#;

/// Whom it runs as, if they are active people of the site, turns it off.
pub const OWN_OFF_SWITCH: &str = r#"
    permit (principal, action == Action::"disable", resource)
    when { resource has run_as && resource.run_as == principal && principal.active && resource in principal.site };
"#;

const BY_ROLE: &str = r#"permit (principal in Permission::"edit", action == Action::"edit", resource);"#;
const EDIT_ALL: &str = r#"permit (principal in Permission::"edit-all", action == Action::"edit", resource);"#;
const RUN_AS: &str = r#"
    permit (principal, action == Action::"edit", resource)
    when { resource has run_as && resource.run_as == principal };
"#;
const PEOPLE: &str = r#"
    permit (principal, action == Action::"edit", resource) when { resource.managers.contains(principal) };
"#;
const TEAMS: &str = r#"
    permit (principal, action == Action::"edit", resource) when { principal in resource.manager_teams };
"#;
const ADMINS_OF_ALL: &str = r#"
    permit (principal, action == Action::"edit", resource)
    when { context.administers_all }
    unless { !(principal in Role::"workspace-admin") && !(principal in Role::"resource-admin") };
"#;

/// Who may edit under a preset, each way in a policy of its own.
pub fn editors(preset: Preset) -> &'static [&'static str] {
    match preset {
        Preset::Vendasta => &[BY_ROLE, EDIT_ALL],
        Preset::Files => &[BY_ROLE, EDIT_ALL, ADMINS_OF_ALL],
        Preset::Monday => &[BY_ROLE, EDIT_ALL, RUN_AS, PEOPLE],
        Preset::Foundry | Preset::Oneup | Preset::Mandate => &[BY_ROLE, EDIT_ALL, RUN_AS, PEOPLE, TEAMS],
    }
}

const SHUT_OUT: &str = r#"
    forbid (principal, action == Action::"edit", resource)
    when {
        resource has workspace &&
        !(resource.open || principal in resource.workspace) &&
        !(principal in Role::"site-admin") && !(principal in Role::"workspace-admin")
    };
"#;

/// Who of them still may not, because they are outside of a workspace that is not open (MON-01).
pub fn narrowed(preset: Preset) -> &'static str {
    if preset == Preset::Monday { SHUT_OUT } else { "" }
}

/// Where workspaces narrow, all that may be allowed: inside of the workspace, or where it is open, or for an admin; to see and to stop
/// what runs as oneself; and whatever is done to the site.
pub const INSIDE: &str = r#"
    permit (principal, action, resource is Site);
    permit (principal, action, resource is Workspace) when { resource.open };
    permit (principal, action, resource is Workspace) when { principal in resource };
    permit (principal, action, resource is Automation) when { resource.open };
    permit (principal, action, resource is Automation) unless { resource has workspace };
    permit (principal, action, resource is Automation) when { resource has workspace && principal in resource.workspace };
    permit (principal in Role::"site-admin", action, resource);
    permit (principal in Role::"workspace-admin", action, resource);
    permit (principal, action in [Action::"view", Action::"disable"], resource)
    when { resource has run_as && resource.run_as == principal };
    permit (principal, action in [Action::"view", Action::"disable"], resource)
    when { context.consents_for_run_as && (resource has run_as_team || resource has run_as_site) };
"#;
