//! Whom a run tells: at the run, not when the version was made. Where notifications are evaluated as run_as, only who is a
//! recipient then and was one when the version was made, for that is whom the consent names (ONE-09).

use std::collections::BTreeSet;

use mandate_governance::tells;
use mandate_model::{Change, ColumnSet, Failure, PrincipalId, PrincipalKind, Recipient, RowRef, Subject, Value};
use mandate_runtime::platform::{Directory, Unavailable};
use sqlx::SqliteConnection;

use super::{Context, Runner};
use crate::{
    error::Result,
    store::{self, run::TellsAs},
};

impl Runner {
    /// The people whom a run tells now, each as themself: teams expanded, each person once, in order of their ids; nobody where
    /// it is silent.
    pub(super) async fn recipients(
        &self,
        context: &Context,
        run_as: &PrincipalId,
    ) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        let mut people = BTreeSet::new();
        if silent(context) {
            return Ok(people);
        }
        for recipient in context.version.recipients() {
            people.extend(self.people_of(context, run_as, recipient).await?);
        }
        Ok(people)
    }

    /// The people whom an act part tells now, as `run_as`: who is still a recipient of those whom the version names, and whom a
    /// column names. Nobody, unless the run was planned so and the site still chooses so.
    pub(crate) async fn told_as(&self, context: &Context, run_as: &PrincipalId) -> Result<BTreeSet<PrincipalId>> {
        let mut tx = self.store.reader().begin().await?;
        let listed = self.listed(&mut tx, context).await?;
        drop(tx);
        let mut told = BTreeSet::new();
        let Some(listed) = listed else { return Ok(told) };
        for recipient in context.version.recipients() {
            let mut people = self.people_of(context, run_as, recipient).await?;
            people.retain(|person| covers(&listed, recipient, person));
            told.extend(people);
        }
        let silenced = store::wish::opted_out(self.store.reader(), &context.run.automation).await?;
        told.retain(|person| !silenced.contains(person));
        Ok(told)
    }

    /// The people whom the version names, where the act part of this run tells them: it was planned so, and the version and the
    /// site still say so, as the transaction sees it.
    pub(crate) async fn listed(
        &self,
        tx: &mut SqliteConnection,
        context: &Context,
    ) -> Result<Option<BTreeSet<PrincipalId>>> {
        if context.run.tells_as != TellsAs::RunAs {
            return Ok(None);
        }
        let governing = self.governing(tx, &context.life.automation.site).await?;
        Ok(tells(&context.version, &governing.settings).cloned())
    }

    /// Whether a person is still a recipient of the run, as themself: the same question for one, without listing the rest.
    pub(crate) async fn is_recipient(&self, context: &Context, person: &PrincipalId) -> Result<bool, Unavailable> {
        if silent(context) {
            return Ok(false);
        }
        for recipient in context.version.recipients() {
            if self.is_among(context, recipient, person).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a person is still to be told by an act part: there, a recipient now, and covered by what was consented to.
    pub(crate) async fn is_told(
        &self,
        context: &Context,
        listed: &BTreeSet<PrincipalId>,
        person: &PrincipalId,
    ) -> Result<bool, Unavailable> {
        if self.host.platform.directory.principal(person).await?.is_none() {
            return Ok(false);
        }
        for recipient in context.version.recipients() {
            if covers(listed, recipient, person) && self.is_among(context, recipient, person).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn people_of(
        &self,
        context: &Context,
        run_as: &PrincipalId,
        recipient: &Recipient,
    ) -> Result<BTreeSet<PrincipalId>, Unavailable> {
        match recipient {
            Recipient::Principal(id) => expanded(self.host.platform.directory.as_ref(), id).await,
            Recipient::Column(column) => Ok(self.named_in(context, run_as, column).await?.into_iter().collect()),
        }
    }

    async fn is_among(
        &self,
        context: &Context,
        recipient: &Recipient,
        person: &PrincipalId,
    ) -> Result<bool, Unavailable> {
        Ok(match recipient {
            Recipient::Principal(id) if id.kind() == PrincipalKind::Team => {
                self.host.platform.directory.is_in(person, id).await?
            }
            Recipient::Principal(id) => id == person,
            Recipient::Column(column) => match &context.life.automation.run_as {
                Some(run_as) => self.named_in(context, run_as, column).await?.as_ref() == Some(person),
                None => false,
            },
        })
    }

    /// The person named in a column of the row, as `run_as` reads it; what they cannot read names nobody.
    async fn named_in(
        &self,
        context: &Context,
        run_as: &PrincipalId,
        column: &str,
    ) -> Result<Option<PrincipalId>, Unavailable> {
        let Some(RowRef { dataset, id }) = context.occurrence.row() else { return Ok(None) };
        let data = self.host.platform.data.open(run_as);
        let within = ColumnSet::Named(BTreeSet::from([column.to_owned()]));
        let row = match data.get(dataset, id, &within).await {
            Ok(row) => row,
            Err(Failure::Unavailable(reason)) => return Err(Unavailable(reason)),
            Err(_) => return Ok(None),
        };
        let cell = row.fields.into_iter().find(|field| field.name == column).map(|field| field.value);
        let Some(Value::Text(text)) = cell else { return Ok(None) };
        Ok(PrincipalId::parse(&text).ok().filter(|id| id.kind() == PrincipalKind::User))
    }
}

/// The people that a principal stands for now: a team's, however deep, or a person; of a site nobody is told anything.
pub(crate) async fn expanded(
    directory: &dyn Directory,
    principal: &PrincipalId,
) -> Result<BTreeSet<PrincipalId>, Unavailable> {
    Ok(match principal.kind() {
        PrincipalKind::User => BTreeSet::from([principal.clone()]),
        PrincipalKind::Team => directory.people(principal).await?.into_iter().collect(),
        PrincipalKind::Site => BTreeSet::new(),
    })
}

/// Whether the consent covers a person as this recipient: whom a column names cannot be known before, and is consented to as such.
fn covers(listed: &BTreeSet<PrincipalId>, recipient: &Recipient, person: &PrincipalId) -> bool {
    matches!(recipient, Recipient::Column(_)) || listed.contains(person)
}

/// Whether no recipient can be told as themself: of a removal without an image, or of a run by hand or an event of the platform's own type
/// that is about nothing, nobody's right to know can be judged. An act part is told all the same, and tells what run_as found.
pub(super) fn silent(context: &Context) -> bool {
    match context.occurrence.change {
        Change::Removed => context.occurrence.image.is_none(),
        Change::Manual | Change::Other => match &context.occurrence.subject {
            Subject::Custom(custom) => custom.about.is_none() && custom.file.is_none(),
            _ => false,
        },
        _ => false,
    }
}
