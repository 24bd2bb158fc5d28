//! What residuals of row policies speak of: the cells of a row, and a principal with its teams and grants.

use cedar_policy::pst::{EntityUID, Expr, Literal as CedarLiteral};
use mandate_model::{PrincipalId, PrincipalKind};

use super::Terms;
use crate::operand::{Kind, entity, operand};
use crate::{DatasetDef, Facts, Grant, Literal, Operand, Predicate, Right};

/// A dataset, and who asks.
pub(crate) struct Rows<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) dataset: &'a DatasetDef,
}

impl Terms for Rows<'_> {
    fn operand(&self, expr: &Expr) -> Option<(Operand, Kind)> {
        operand(self.dataset, expr)
    }

    fn truth(&self, expr: &Expr) -> Option<Predicate> {
        match self.operand(expr)? {
            (Operand::Column(column), Kind::Boolean) => Some(Predicate::IsTrue(column)),
            _ => None,
        }
    }

    fn has(&self, name: &str) -> Option<Predicate> {
        Some(match self.dataset.column(name) {
            Some(column) if !column.column_type.in_policies() => Predicate::False,
            Some(column) if column.nullable => Predicate::IsNull(name.to_owned()).negate(),
            Some(_) => Predicate::True,
            None => Predicate::False,
        })
    }

    /// No cell holds several.
    fn among(&self, _: &Expr, _: &Expr) -> Option<Predicate> {
        None
    }

    /// A row is in nothing but itself.
    fn row_in(&self, group: &Expr) -> Option<Predicate> {
        let Expr::Literal(_) = group else { return None };
        Some(match self.operand(group) {
            Some((id, Kind::Row)) => Predicate::equal(Operand::Id, id),
            _ => Predicate::False,
        })
    }

    fn principal_in(&self, group: &Expr) -> Option<Predicate> {
        if let Expr::Literal(CedarLiteral::EntityUID(group)) = group {
            return self.is_in(group).map(Predicate::constant);
        }
        let (cell, kind) = self.operand(group)?;
        let kind = match kind {
            Kind::User => PrincipalKind::User,
            Kind::Team => PrincipalKind::Team,
            _ => return None,
        };
        let groups = self.facts.teams.iter().chain([&self.facts.id]).filter(|group| group.kind() == kind);
        Some(Predicate::one_of(cell, groups.map(|group| Literal::Text(group.to_string()))))
    }

    fn is_principal(&self, uid: &EntityUID) -> bool {
        let shown = entity(self.dataset, uid);
        matches!(shown, Some((Literal::Text(text), kind)) if kind != Kind::Row && text == self.facts.id.to_string())
    }

    fn type_name(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::User => Some("User"),
            Kind::Team => Some("Team"),
            Kind::Site => Some("Site"),
            Kind::Row => Some(&self.dataset.name),
            Kind::Boolean | Kind::Number | Kind::Text | Kind::Workspace | Kind::Visibility => None,
        }
    }
}

impl Rows<'_> {
    fn is_in(&self, group: &EntityUID) -> Option<bool> {
        if group.ty.0.to_string() == "Grant" {
            let (right, dataset) = group.eid.split_once(' ')?;
            let grant = Grant { right: Right::parse(right)?, dataset: dataset.to_owned() };
            return Some(self.facts.grants.contains(&grant));
        }
        let (Literal::Text(text), Kind::User | Kind::Team | Kind::Site) = entity(self.dataset, group)? else {
            return None;
        };
        let group = PrincipalId::parse(&text).ok()?;
        Some(group == self.facts.id || self.facts.teams.contains(&group))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use cedar_policy::pst::EntityUID;
    use mandate_model::PrincipalId;

    use super::{Rows, Terms as _};
    use crate::slice::uid;
    use crate::{DatasetDef, Facts};

    /// Policies are refused that ask about anybody but who asks, before it comes to this: it must not be wrong all the same.
    #[test]
    fn nobody_else_is_taken_for_who_asks() {
        let facts = Facts {
            id: PrincipalId::parse("user:ana").unwrap(),
            attributes: BTreeMap::new(),
            teams: BTreeSet::new(),
            grants: BTreeSet::new(),
        };
        let dataset = DatasetDef { name: "deals".to_owned(), columns: vec![], any_change: false };
        let rows = Rows { facts: &facts, dataset: &dataset };
        let is = |kind: &str, name: &str| rows.is_principal(&EntityUID::from(uid(kind, name).unwrap()));
        assert!(is("User", "ana"));
        assert!(!is("User", "bo") && !is("Team", "ana") && !is("deals", "user:ana"));
    }
}
