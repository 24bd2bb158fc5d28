//! Which automations a person may see, as a predicate over what automations are: to list them without asking for each.
//!
//! Type-aware partial evaluation, an experimental part of Cedar, is asked with the automation and its circumstances unknown.
//! [`AutomationPolicies::decide`] gives the same answers without it, and is asked where no predicate says what policies ask.

use std::collections::BTreeSet;

use cedar_policy::pst::{EntityUID, Expr, Literal as CedarLiteral, Var};
use cedar_policy::{PartialEntities, PartialEntityUid, PartialRequest};
use mandate_model::{PrincipalId, PrincipalKind};

use super::{Act, Actor, AutomationPolicies, slice};
use crate::operand::{Kind, principal};
use crate::residual::{self, Terms};
use crate::slice::{entities, said, uid};
use crate::{Literal, Operand, Predicate, Undecidable, stack};

/// What the automations of one listing have in common, and what makes them differ in their circumstances.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    /// Their workspaces are open to the whole account.
    pub open: bool,
    /// The person holds every declared power.
    pub holds_all: bool,
    /// The person administers every resource of the footprint.
    pub administers_all: bool,
    /// Teams and sites for which the person may consent.
    pub consents_for: &'a BTreeSet<PrincipalId>,
    /// People whose page the person may see.
    pub sees: &'a BTreeSet<PrincipalId>,
}

impl AutomationPolicies {
    /// The automations that the actor may see, without what prechecks ask: exactly those for which [`AutomationPolicies::decide`]
    /// allows [`Act::View`]. `None`: no predicate says it, ask for each.
    ///
    /// Columns are the attributes of `Automation` in [`AutomationPolicies::SCHEMA`], and `site`; principals are text such as
    /// `user:ana`. `managers`, `manager_teams`, `members` and `member_teams` hold several: a comparison with one of them holds
    /// where it holds for any that is there.
    pub fn visible(&self, actor: &Actor, outlook: &Outlook) -> Option<Predicate> {
        if actor.id.kind() != PrincipalKind::User {
            return Some(Predicate::False);
        }
        stack::ask(|| self.residual(actor, outlook)).ok().flatten()
    }

    fn residual(&self, actor: &Actor, outlook: &Outlook) -> Result<Option<Predicate>, Undecidable> {
        let schema = &self.loaded.built_in.schema;
        let person = slice::person(actor)?;
        let principal = PartialEntityUid::from_concrete(person.uid());
        let automation = PartialEntityUid::new(uid("Automation", "")?.type_name().clone(), None);
        let request = PartialRequest::new(principal, uid("Action", Act::View.as_str())?, automation, None, schema)
            .map_err(|error| Undecidable(said(&error)))?;
        let entities = PartialEntities::from_concrete(entities(schema, [person])?, schema)
            .map_err(|error| Undecidable(said(&error)))?;
        let response = self.loaded.all.tpe(&request, &entities, schema).map_err(|error| Undecidable(said(&error)))?;
        let terms = Listed { actor, outlook };
        let outcomes = response.policies().map(|policy| {
            let tree = policy.to_pst().ok()?;
            Some((policy.effect(), residual::policy(&terms, &tree)?))
        });
        let outcomes: Option<Vec<_>> = outcomes.collect();
        Ok(outcomes.map(|all| residual::allowed(all.iter().map(|(effect, outcome)| (*effect, outcome)))))
    }
}

/// What a residual about an automation speaks of.
struct Listed<'a> {
    actor: &'a Actor,
    outlook: &'a Outlook<'a>,
}

impl Terms for Listed<'_> {
    /// Which one it is, is no part of the question; and nothing that it has is a number or a text.
    fn operand(&self, expr: &Expr) -> Option<(Operand, Kind)> {
        if let Expr::Literal(CedarLiteral::EntityUID(uid)) = expr {
            return fixed(uid).map(|(literal, kind)| (Operand::Literal(literal), kind));
        }
        let attribute = attribute(expr, &Var::Resource)?;
        let kind = match attribute {
            "run_as" | "creator" => Kind::User,
            "run_as_team" => Kind::Team,
            "run_as_site" => Kind::Site,
            "workspace" => Kind::Workspace,
            "kind" => Kind::Visibility,
            _ => return None,
        };
        Some((column(attribute), kind))
    }

    fn truth(&self, expr: &Expr) -> Option<Predicate> {
        if attribute(expr, &Var::Resource) == Some("open") {
            return Some(Predicate::constant(self.outlook.open));
        }
        Some(match attribute(expr, &Var::Context)? {
            "must_hold" => Predicate::False,
            "holds_all" => Predicate::constant(self.outlook.holds_all),
            "administers_all" => Predicate::constant(self.outlook.administers_all),
            "consents_for_run_as" => runs_as_one_of(self.outlook.consents_for),
            "sees_run_as" => runs_as_one_of(self.outlook.sees),
            _ => return None,
        })
    }

    fn has(&self, name: &str) -> Option<Predicate> {
        match name {
            "workspace" | "creator" | "run_as" | "run_as_team" | "run_as_site" => {
                Some(Predicate::IsNull(name.to_owned()).negate())
            }
            // It is about a draft of nobody.
            "draft_of" => Some(Predicate::False),
            "open" | "kind" | "managers" | "manager_teams" | "members" | "member_teams" => Some(Predicate::True),
            _ => None,
        }
    }

    fn among(&self, several: &Expr, one: &Expr) -> Option<Predicate> {
        let Expr::Literal(CedarLiteral::EntityUID(one)) = one else { return None };
        let (one, kind) = fixed(one)?;
        (list(several)? == kind).then_some(())?;
        Some(Predicate::equal(column(attribute(several, &Var::Resource)?), Operand::Literal(one)))
    }

    fn row_in(&self, group: &Expr) -> Option<Predicate> {
        let Expr::Literal(CedarLiteral::EntityUID(group)) = group else { return None };
        let name = match group.ty.0.to_string().as_str() {
            "Site" => "site",
            "Workspace" => "workspace",
            _ => return None,
        };
        Some(Predicate::equal(column(name), Operand::Literal(Literal::Text(group.eid.to_string()))))
    }

    fn principal_in(&self, group: &Expr) -> Option<Predicate> {
        let kind = list(group).or_else(|| self.operand(group).map(|(_, kind)| kind))?;
        let column = column(attribute(group, &Var::Resource)?);
        let text = |name: String| Literal::Text(name);
        Some(match kind {
            Kind::User => Predicate::one_of(column, [text(self.actor.id.to_string())]),
            Kind::Team => Predicate::one_of(column, self.actor.teams.iter().map(|team| text(team.to_string()))),
            Kind::Workspace => Predicate::one_of(column, self.actor.workspaces.iter().cloned().map(text)),
            _ => return None,
        })
    }

    fn is_principal(&self, uid: &EntityUID) -> bool {
        matches!(principal(uid), Some((Literal::Text(text), Kind::User)) if text == self.actor.id.to_string())
    }

    fn type_name(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::User => Some("User"),
            Kind::Team => Some("Team"),
            Kind::Site => Some("Site"),
            Kind::Workspace => Some("Workspace"),
            Kind::Visibility => Some("Kind"),
            Kind::Boolean | Kind::Number | Kind::Text | Kind::Row => None,
        }
    }
}

/// The attribute of the automation or of its circumstances that the expression is.
fn attribute<'e>(expr: &'e Expr, of: &Var) -> Option<&'e str> {
    match expr {
        Expr::GetAttr { expr, attr } if matches!(&**expr, Expr::Var(var) if var == of) => Some(attr),
        _ => None,
    }
}

/// What a part of an automation that holds several holds.
fn list(expr: &Expr) -> Option<Kind> {
    match attribute(expr, &Var::Resource)? {
        "managers" | "members" => Some(Kind::User),
        "manager_teams" | "member_teams" => Some(Kind::Team),
        _ => None,
    }
}

fn fixed(uid: &EntityUID) -> Option<(Literal, Kind)> {
    let kind = match uid.ty.0.to_string().as_str() {
        "Workspace" => Kind::Workspace,
        "Kind" => Kind::Visibility,
        _ => return principal(uid),
    };
    Some((Literal::Text(uid.eid.to_string()), kind))
}

fn column(name: &str) -> Operand {
    Operand::Column(name.to_owned())
}

fn runs_as_one_of(all: &BTreeSet<PrincipalId>) -> Predicate {
    let columns =
        [(PrincipalKind::User, "run_as"), (PrincipalKind::Team, "run_as_team"), (PrincipalKind::Site, "run_as_site")];
    Predicate::any(columns.map(|(kind, name)| {
        let ids = all.iter().filter(|id| id.kind() == kind);
        Predicate::one_of(column(name), ids.map(|id| Literal::Text(id.to_string())))
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use cedar_policy::pst::{EntityUID, Expr, Var};
    use mandate_model::{PrincipalId, SiteId};

    use super::{Listed, Outlook, Terms as _, attribute};
    use crate::automations::Actor;
    use crate::slice::uid;

    /// Policies are refused that ask about anybody but who asks, before it comes to this: it must not be wrong all the same.
    #[test]
    fn nobody_else_is_taken_for_who_asks() {
        let none = BTreeSet::new();
        let actor = Actor {
            id: PrincipalId::parse("user:ana").unwrap(),
            site: SiteId::parse("acme").unwrap(),
            active: true,
            teams: BTreeSet::new(),
            workspaces: BTreeSet::new(),
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
        };
        let outlook =
            Outlook { open: false, holds_all: false, administers_all: false, consents_for: &none, sees: &none };
        let listed = Listed { actor: &actor, outlook: &outlook };
        let is = |kind: &str, name: &str| listed.is_principal(&EntityUID::from(uid(kind, name).unwrap()));
        assert!(is("User", "ana"));
        assert!(!is("User", "bo") && !is("Team", "ana"));
    }

    #[test]
    fn what_is_known_of_the_circumstances_is_no_attribute_of_the_automation() {
        let of = |var| Expr::GetAttr { expr: Arc::new(Expr::Var(var)), attr: "kind".into() };
        assert_eq!(attribute(&of(Var::Resource), &Var::Resource), Some("kind"));
        assert_eq!(attribute(&of(Var::Context), &Var::Resource), None);
        assert_eq!(attribute(&of(Var::Resource), &Var::Context), None);
    }
}
