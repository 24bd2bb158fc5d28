//! The same answers in plain Rust, from words alone. Shares no code with the crate.

/// The person who asks; everything in words.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) site: &'static str,
    pub(crate) active: bool,
    pub(crate) teams: Vec<&'static str>,
    pub(crate) workspaces: Vec<&'static str>,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) permissions: Vec<&'static str>,
}

/// The automation; principals as `user:ana`.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) site: &'static str,
    pub(crate) workspace: Option<&'static str>,
    pub(crate) open: bool,
    pub(crate) main: bool,
    pub(crate) run_as: Option<&'static str>,
    pub(crate) creator: &'static str,
    pub(crate) managers: Vec<&'static str>,
    pub(crate) members: Vec<&'static str>,
    pub(crate) draft_of: Option<&'static str>,
}

/// `must_hold`, `holds_all`, `administers_all`, `consents_for_run_as`, `sees_run_as`.
pub(crate) type Flags = [bool; 5];

pub(crate) const FLAGS: [&str; 5] = ["must_hold", "holds_all", "administers_all", "consents_for_run_as", "sees_run_as"];

/// Everything that an answer depends on.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) rules: Vec<&'static str>,
    pub(crate) custom: Vec<Custom>,
    pub(crate) person: Person,
    pub(crate) thing: Thing,
    pub(crate) flags: Flags,
    /// Of histories: whether all that a run read could be read, and whether only that it ran is asked.
    pub(crate) history: [bool; 2],
}

/// A policy of the site.
#[derive(Debug, Clone)]
pub(crate) struct Custom {
    pub(crate) permit: bool,
    /// Empty: any.
    pub(crate) acts: Vec<&'static str>,
    pub(crate) when: Condition,
}

#[derive(Debug, Clone)]
pub(crate) enum Condition {
    IsUser(&'static str),
    /// A type and an id that the person may be in.
    In(&'static str, &'static str),
    Flag(usize),
    /// Errs for who is active; else false.
    Overflows,
    ThingInWorkspace(&'static str),
    // Of automations only:
    RunsAsMe,
    RunsAsTeam(&'static str),
    CreatedByMe,
    ManagedByMe,
    ManagedByMyTeam,
    InItsWorkspace,
    Main,
    Open,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Denied,
    Undecided,
}

impl Condition {
    pub(crate) fn cedar(&self) -> String {
        match self {
            Self::IsUser(name) => format!("principal == User::\"{name}\""),
            Self::In(kind, name) => format!("principal in {kind}::\"{name}\""),
            Self::Flag(at) => format!("context.{}", FLAGS[*at]),
            Self::Overflows => "(if principal.active then 9223372036854775807 + 1 > 0 else false)".to_owned(),
            Self::ThingInWorkspace(name) => format!("resource in Workspace::\"{name}\""),
            Self::RunsAsMe => "(resource has run_as && resource.run_as == principal)".to_owned(),
            Self::RunsAsTeam(team) => {
                format!("(resource has run_as_team && resource.run_as_team == Team::\"{team}\")")
            }
            Self::CreatedByMe => "(resource has creator && resource.creator == principal)".to_owned(),
            Self::ManagedByMe => "resource.managers.contains(principal)".to_owned(),
            Self::ManagedByMyTeam => "principal in resource.manager_teams".to_owned(),
            Self::InItsWorkspace => "(resource has workspace && principal in resource.workspace)".to_owned(),
            Self::Main => "resource.kind == Kind::\"main\"".to_owned(),
            Self::Open => "resource.open".to_owned(),
            Self::Not(inner) => format!("!({})", inner.cedar()),
            Self::And(left, right) => format!("({} && {})", left.cedar(), right.cedar()),
            Self::Or(left, right) => format!("({} || {})", left.cedar(), right.cedar()),
        }
    }

    fn of_automations(&self) -> bool {
        match self {
            Self::IsUser(_) | Self::In(..) | Self::Flag(_) | Self::Overflows | Self::ThingInWorkspace(_) => false,
            Self::Not(inner) => inner.of_automations(),
            Self::And(left, right) | Self::Or(left, right) => left.of_automations() || right.of_automations(),
            _ => true,
        }
    }

    /// From left to right, no further than it must; `None` is an error.
    fn value(&self, act: &str, case: &Case) -> Option<bool> {
        let Case { person, thing, .. } = case;
        let mine = |id: &str| id.strip_prefix("user:") == Some(person.name);
        let my_team = |id: &str| id.strip_prefix("team:").is_some_and(|team| person.teams.contains(&team));
        Some(match self {
            Self::IsUser(name) => person.name == *name,
            Self::In("Team", name) => person.teams.contains(name),
            Self::In("Workspace", name) => person.workspaces.contains(name),
            Self::In("Role", name) => person.roles.contains(name),
            Self::In(_, name) => person.permissions.contains(name),
            Self::Flag(at) => case.flags[*at],
            Self::Overflows => {
                if person.active {
                    return None;
                }
                false
            }
            // Policies are set for a whole site.
            Self::ThingInWorkspace(name) => act != "set-policy" && thing.workspace == Some(name),
            Self::RunsAsMe => thing.run_as.is_some_and(mine),
            Self::RunsAsTeam(team) => thing.run_as == Some(format!("team:{team}").as_str()),
            Self::CreatedByMe => mine(thing.creator),
            Self::ManagedByMe => thing.managers.iter().any(|id| mine(id)),
            Self::ManagedByMyTeam => thing.managers.iter().any(|id| my_team(id)),
            Self::InItsWorkspace => thing.workspace.is_some_and(|workspace| person.workspaces.contains(&workspace)),
            Self::Main => thing.main,
            Self::Open => thing.open,
            Self::Not(inner) => !inner.value(act, case)?,
            Self::And(left, right) => left.value(act, case)? && right.value(act, case)?,
            Self::Or(left, right) => left.value(act, case)? || right.value(act, case)?,
        })
    }
}

impl Custom {
    pub(crate) fn cedar(&self) -> String {
        let effect = if self.permit { "permit" } else { "forbid" };
        let acts: Vec<_> = self.acts.iter().map(|act| format!("Action::\"{act}\"")).collect();
        let acts = if acts.is_empty() { String::new() } else { format!(" in [{}]", acts.join(", ")) };
        let of = if self.when.of_automations() { " is Automation" } else { "" };
        format!("{effect} (principal, action{acts}, resource{of}) when {{ {} }};\n", self.when.cedar())
    }

    fn applies(&self, act: &str, case: &Case) -> Option<bool> {
        let automation = act != "create" && act != "set-policy";
        let in_scope =
            (self.acts.is_empty() || self.acts.contains(&act)) && (automation || !self.when.of_automations());
        if in_scope { self.when.value(act, case) } else { Some(false) }
    }
}

/// Whether a floor forbids it.
pub(crate) fn floored(act: &str, case: &Case) -> bool {
    let Case { person, thing, flags: [must_hold, holds_all, _, consents_for, _], .. } = case;
    let me = format!("user:{}", person.name);
    let consents = match thing.run_as {
        None => false,
        Some(run_as) if run_as.starts_with("user:") => run_as == me,
        Some(_) => *consents_for,
    };
    thing.site != person.site
        || !person.active
        || (act == "consent" && !consents)
        || (act == "view-draft" && thing.draft_of != Some(me.as_str()))
        || (act != "disable" && *must_hold && !*holds_all)
}

/// Who is what to it, what that gives, and the rule that says so, if it is not always on.
fn built_in(act: &str, may_view: bool, case: &Case) -> bool {
    let Case { person, thing, rules, flags: [_, _, administers, consents_for, sees], .. } = case;
    let me = format!("user:{}", person.name);
    let among = |all: &[&str], team: bool| {
        all.iter().any(|id| match id.split_once(':') {
            Some(("team", name)) => team && person.teams.contains(&name),
            _ => !team && *id == me,
        })
    };
    let role = |names: &[&str]| names.iter().any(|name| person.roles.contains(name));
    let permission = |name: &str| person.permissions.contains(&name);
    let runs_as_me = thing.run_as == Some(me.as_str());
    let of_many = thing.run_as.is_some_and(|run_as| !run_as.starts_with("user:"));
    let workspace = thing.workspace.is_some_and(|name| person.workspaces.contains(&name));
    let invited = among(&thing.members, false) || among(&thing.members, true);

    let manage = "view edit rename enable disable run-now clone delete share";
    let given = match act {
        "enable" | "disable" => permission("toggle"),
        "consent" | "view-draft" => true,
        other => permission(other),
    };
    let table = [
        (None, runs_as_me || (of_many && *consents_for), "view disable"),
        (Some("run-as-manages"), runs_as_me, manage),
        (Some("manager-users"), among(&thing.managers, false), manage),
        (Some("manager-teams"), among(&thing.managers, true), manage),
        (Some("edit-all"), permission("edit-all"), "view edit rename enable disable delete share"),
        (
            Some("scope-manages"),
            *administers && role(&["workspace-admin", "resource-admin"]),
            "view edit rename enable disable run-now clone delete",
        ),
        (Some("view-all"), permission("view-all"), "view"),
        (Some("member-sees"), invited, "view"),
        (Some("main-workspace-sees"), thing.main && (thing.open || workspace), "view"),
        (Some("admin-sees"), role(&["site-admin", "workspace-admin"]), "view"),
        (Some("sees-person"), *sees, "view"),
        (Some("covers-all-sees"), *administers, "view"),
        (Some("admin-takes"), role(&["site-admin", "workspace-admin"]), "take"),
        (Some("history-run-as"), runs_as_me, "view-history"),
        (Some("history-viewers"), may_view, "view-history"),
        (Some("history-data"), may_view && case.history[0], "view-history"),
        (Some("history-triggers"), may_view && case.history[1], "view-history"),
        (Some("create-anyone"), true, "create"),
    ];
    let is_on = |rule: Option<&str>| rule.is_none_or(|rule| rules.contains(&rule));
    let listed = |acts: &str| acts.split(' ').any(|one| one == act);
    given || table.iter().any(|(rule, who, acts)| is_on(*rule) && *who && listed(acts))
}

/// Whether the rule that narrows, where it is on, shuts somebody out who is outside of a workspace that is not open.
pub(crate) fn shut_out(act: &str, case: &Case) -> bool {
    let Case { person, thing, rules, flags: [_, _, _, consents_for, _], .. } = case;
    let outside = thing.workspace.is_some_and(|name| !thing.open && !person.workspaces.contains(&name));
    let admin = person.roles.contains(&"site-admin") || person.roles.contains(&"workspace-admin");
    let speaks = match thing.run_as.and_then(|run_as| run_as.split_once(':')) {
        Some(("user", name)) => name == person.name,
        Some(_) => *consents_for,
        None => false,
    };
    let stops = (act == "view" || act == "disable") && speaks;
    rules.contains(&"workspace-narrows") && act != "set-policy" && outside && !admin && !stops
}

/// The answer.
pub(crate) fn verdict(act: &str, case: &Case) -> Verdict {
    let stops_own = act == "disable" && case.thing.run_as == Some(format!("user:{}", case.person.name).as_str());
    let may_view = if act == "view-history" { verdict("view", case) } else { Verdict::Denied };
    let custom = if stops_own { &[] } else { case.custom.as_slice() };
    let applied: Option<Vec<_>> =
        custom.iter().map(|custom| custom.applies(act, case).map(|applies| (custom.permit, applies))).collect();
    let (Some(applied), true) = (applied, may_view != Verdict::Undecided) else { return Verdict::Undecided };
    let permitted = applied.contains(&(true, true)) || built_in(act, may_view == Verdict::Allowed, case);
    if permitted && !floored(act, case) && !shut_out(act, case) && !applied.contains(&(false, true)) {
        Verdict::Allowed
    } else {
        Verdict::Denied
    }
}
