//! The two entities of one question, and its context.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityUid, RestrictedExpression};
use mandate_model::{AutomationKind, PrincipalId, PrincipalKind};

use super::{Act, Actor, Circumstances, Target};
use crate::Undecidable;
use crate::slice::{principal_uid, said, uid};

/// The person who asks, with everything they are in as direct parents.
pub(super) fn person(actor: &Actor) -> Result<Entity, Undecidable> {
    let named = |kind: &'static str, names: &BTreeSet<String>| {
        names.iter().map(|name| uid(kind, name)).collect::<Result<Vec<_>, _>>()
    };
    let teams = actor.teams.iter().map(|team| of_kind(team, PrincipalKind::Team, "a team of who asks"));
    let permissions = actor.permissions.iter().map(|permission| uid("Permission", permission.as_str()));
    let mut parents = teams.chain(permissions).collect::<Result<HashSet<_>, _>>()?;
    parents.extend(named("Workspace", &actor.workspaces)?);
    parents.extend(named("Role", &actor.roles)?);
    let attributes = HashMap::from([
        ("site".to_owned(), RestrictedExpression::new_entity_uid(uid("Site", actor.site.as_str())?)),
        ("active".to_owned(), RestrictedExpression::new_bool(actor.active)),
    ]);
    entity(principal_uid(&actor.id)?, attributes, parents)
}

/// What the act is about.
pub(super) fn resource(act: Act, target: &Target) -> Result<Entity, Undecidable> {
    let site = uid("Site", target.site.as_str())?;
    let workspace = target.workspace.as_ref().map(|name| uid("Workspace", name)).transpose()?;
    match (act, workspace) {
        (Act::SetPolicy, _) | (Act::Create, None) => entity(site, HashMap::new(), HashSet::new()),
        (Act::Create, Some(workspace)) => {
            let open = RestrictedExpression::new_bool(target.open);
            entity(workspace, HashMap::from([("open".to_owned(), open)]), HashSet::from([site]))
        }
        (_, workspace) => {
            let attributes = attributes(target, workspace.clone())?;
            // Which one it is, is no part of the question.
            entity(uid("Automation", "")?, attributes, workspace.into_iter().chain([site]).collect())
        }
    }
}

fn attributes(
    target: &Target,
    workspace: Option<EntityUid>,
) -> Result<HashMap<String, RestrictedExpression>, Undecidable> {
    let kind = match target.kind {
        AutomationKind::Private => "private",
        AutomationKind::Main => "main",
    };
    let run_as = |kind: PrincipalKind| target.run_as.as_ref().filter(|id| id.kind() == kind);
    let user = |id: &PrincipalId| id.kind() == PrincipalKind::User;
    let ids = [
        ("run_as", run_as(PrincipalKind::User)),
        ("run_as_team", run_as(PrincipalKind::Team)),
        ("run_as_site", run_as(PrincipalKind::Site)),
        ("creator", Some(&target.creator).filter(|id| user(id))),
        ("draft_of", target.draft_of.as_ref().filter(|id| user(id))),
    ];
    let mut attributes = HashMap::from([
        ("open".to_owned(), RestrictedExpression::new_bool(target.open)),
        ("kind".to_owned(), RestrictedExpression::new_entity_uid(uid("Kind", kind)?)),
    ]);
    for (name, id) in ids {
        let uid = id.map(principal_uid).transpose()?;
        attributes.extend(uid.map(|uid| (name.to_owned(), RestrictedExpression::new_entity_uid(uid))));
    }
    let workspace = workspace.map(RestrictedExpression::new_entity_uid);
    attributes.extend(workspace.map(|workspace| ("workspace".to_owned(), workspace)));
    for (users, teams, all) in
        [("managers", "manager_teams", &target.managers), ("members", "member_teams", &target.members)]
    {
        if let Some(site) = all.iter().find(|id| id.kind() == PrincipalKind::Site) {
            return Err(Undecidable(format!("`{site}` is among its {users}, who are users and teams")));
        }
        attributes.insert(users.to_owned(), set(all, PrincipalKind::User)?);
        attributes.insert(teams.to_owned(), set(all, PrincipalKind::Team)?);
    }
    Ok(attributes)
}

fn set(all: &BTreeSet<PrincipalId>, kind: PrincipalKind) -> Result<RestrictedExpression, Undecidable> {
    let uids = all.iter().filter(|id| id.kind() == kind).map(principal_uid);
    Ok(RestrictedExpression::new_set(
        uids.collect::<Result<Vec<_>, _>>()?.into_iter().map(RestrictedExpression::new_entity_uid),
    ))
}

fn of_kind(id: &PrincipalId, kind: PrincipalKind, what: &str) -> Result<EntityUid, Undecidable> {
    if id.kind() != kind {
        return Err(Undecidable(format!("`{id}` is said to be {what}")));
    }
    principal_uid(id)
}

fn entity(
    uid: EntityUid,
    attributes: HashMap<String, RestrictedExpression>,
    parents: HashSet<EntityUid>,
) -> Result<Entity, Undecidable> {
    Entity::new(uid, attributes, parents).map_err(|error| Undecidable(said(&error)))
}

/// The circumstances, and for histories whether they may view the automation, and what is asked about.
pub(super) fn context(circumstances: Circumstances, may_view: Option<bool>) -> Result<Context, Undecidable> {
    let Circumstances { must_hold, holds_all, administers_all, consents_for_run_as, sees_run_as, .. } = circumstances;
    let Circumstances { covers_run, only_whether, .. } = circumstances;
    let of_history = |may_view| [("may_view", may_view), ("covers_run", covers_run), ("only_whether", only_whether)];
    let facts = [
        ("must_hold", must_hold),
        ("holds_all", holds_all),
        ("administers_all", administers_all),
        ("consents_for_run_as", consents_for_run_as),
        ("sees_run_as", sees_run_as),
    ];
    let all = facts.into_iter().chain(may_view.into_iter().flat_map(of_history));
    Context::from_pairs(all.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_bool(value))))
        .map_err(|error| Undecidable(said(&error)))
}
