//! What people, teams and sites are called.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::PrincipalId;
use mandate_service::ServiceError;

use crate::{app::App, problem::Problem};

/// The names that a page needs, asked once each.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<PrincipalId, String>);

impl Names {
    /// Those of these principals.
    pub(super) async fn of(app: &App, all: Vec<&PrincipalId>) -> Result<Self, Problem> {
        let mut names = Self::default();
        names.ask(app, all).await?;
        Ok(names)
    }

    /// Those of these besides.
    pub(super) async fn ask<'a>(
        &mut self,
        app: &App,
        all: impl IntoIterator<Item = &'a PrincipalId>,
    ) -> Result<(), Problem> {
        let all: BTreeSet<&PrincipalId> = all.into_iter().collect();
        for id in all {
            if !self.0.contains_key(id)
                && let Some(found) = app.directory.principal(id).await.map_err(ServiceError::from)?
            {
                self.0.insert(id.clone(), found.name);
            }
        }
        Ok(())
    }

    /// Those of these, which were asked already.
    pub(super) fn know(&mut self, all: &[(PrincipalId, String)]) {
        self.0.extend(all.iter().cloned());
    }

    /// What one is called, if the page asked for them.
    pub(super) fn known(&self, id: &PrincipalId) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// What one is called; who is not there any more, by the last part of their id.
    pub(super) fn get<'s>(&'s self, id: &'s PrincipalId) -> &'s str {
        self.0.get(id).map_or_else(|| id.name(), String::as_str)
    }
}

#[cfg(test)]
impl<const N: usize> From<[(PrincipalId, String); N]> for Names {
    fn from(all: [(PrincipalId, String); N]) -> Self {
        Self(all.into())
    }
}
