//! What governance must know of people, roles and places, read live.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use mandate_model::{Failure, Power, PrincipalId, PrincipalKind};
use mandate_policy::{ColumnRight, DataSchema, Right};
use mandate_runtime::platform::Unavailable;
use sqlx::SqliteConnection;

use super::{
    db::{Embedded, Inner},
    directory::unavailable,
    explain::Explained,
    grants,
    holdings::{self, WithTeams},
    judge::Judge,
    operations,
    principal_grant::{PrincipalGrant, PrincipalRight},
    reading::Reading,
    without::Without,
};
use crate::roles::{Extent, Holding, Offered, Reach, Removal, Roles, Standing};

/// Folders do not exist on this platform: nobody holds a power over one, nobody may know of one. Neither folders nor operations lie
/// anywhere.
#[async_trait]
impl Roles for Embedded {
    async fn standing(&self, person: &PrincipalId) -> Result<Option<Standing>, Unavailable> {
        standing(&mut *self.reading().await?, &self.inner, person).await.map_err(unavailable)
    }

    async fn is_open(&self, workspace: &str) -> Result<Option<bool>, Unavailable> {
        holdings::is_open(&mut *self.reading().await?, workspace).await.map_err(unavailable)
    }

    async fn holds(&self, principal: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        holds(&mut *self.reading().await?, &self.inner, principal, power).await
    }

    async fn knows(&self, person: &PrincipalId, power: &Power) -> Result<bool, Unavailable> {
        knows(&mut *self.reading().await?, &self.inner, person, power).await
    }

    async fn lies_in(&self, power: &Power) -> Result<Option<String>, Unavailable> {
        lies_in(&mut *self.reading().await?, power).await
    }

    async fn everyone(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        everyone(&mut *self.reading().await?).await.map_err(unavailable)
    }

    async fn schema(&self) -> Result<DataSchema, Unavailable> {
        Ok(self.inner.schema.clone())
    }

    async fn without(&self, removal: &Removal) -> Result<Option<Box<dyn Roles>>, Unavailable> {
        let without = Without::begin(&self.inner, removal).await.map_err(unavailable)?;
        Ok(without.map(|without| Box::new(without) as Box<dyn Roles>))
    }

    async fn teams(&self) -> Result<Vec<PrincipalId>, Unavailable> {
        let ids: Vec<String> = sqlx::query_scalar("select id from team order by id")
            .fetch_all(&mut *self.reading().await?)
            .await
            .map_err(unavailable)?;
        ids.iter().map(|id| holdings::principal(id)).collect::<Result<_, _>>().map_err(unavailable)
    }

    async fn datasets(&self, person: &PrincipalId) -> Result<BTreeMap<String, Offered>, Unavailable> {
        let mut known = BTreeMap::new();
        for name in self.inner.schema.datasets.iter().map(|dataset| &dataset.name) {
            let power = Power::Read { dataset: name.clone() };
            if self.knows(person, &power).await? {
                let Extent { sees, sets, .. } = self.extent(person, name).await?.unwrap_or_default();
                let (workspace, reads) = (self.lies_in(&power).await?, self.holds(person, &power).await?);
                known.insert(name.clone(), Offered { workspace, reads, sees, sets });
            }
        }
        Ok(known)
    }

    async fn extent(&self, principal: &PrincipalId, dataset: &str) -> Result<Option<Extent>, Unavailable> {
        match self.explain(principal, dataset).await {
            Ok(Explained { rows, reads, writes }) => {
                let seen = rows.into_iter().find(|(right, _)| *right == Right::Read).map(|(_, words)| words);
                Ok(Some(Extent { reads: seen.unwrap_or_default(), sees: reads, sets: writes }))
            }
            Err(Failure::Unavailable(reason)) => Err(Unavailable(reason)),
            Err(_) => Ok(None),
        }
    }
}

impl Embedded {
    async fn reading(&self) -> Result<Reading, Unavailable> {
        self.inner.read().await.map_err(unavailable)
    }

    /// The rights over principals that a person or team holds, itself or through teams.
    pub async fn held_over(&self, holder: &PrincipalId) -> Result<BTreeSet<PrincipalGrant>, Unavailable> {
        let ask = async {
            let mut tx = self.inner.read().await?;
            let teams = grants::teams(&mut tx, holder).await?;
            holdings::over(&mut tx, &WithTeams::of(holder, &teams)).await
        };
        ask.await.map_err(unavailable)
    }
}

/// Whether the person may know that what the power is about exists.
pub(super) async fn knows(
    conn: &mut SqliteConnection,
    inner: &Inner,
    person: &PrincipalId,
    power: &Power,
) -> Result<bool, Unavailable> {
    if let Power::Operation { name } = power {
        return knows_operation(conn, inner, person, name).await.map_err(unavailable);
    }
    let Some(dataset) = dataset(power).filter(|name| inner.schema.dataset(name).is_some()) else {
        return Ok(false);
    };
    let standing = standing(conn, inner, person).await.map_err(unavailable)?;
    let Some(standing) = standing.filter(|standing| standing.active) else { return Ok(false) };
    let place = holdings::place(conn, dataset).await.map_err(unavailable)?;
    if standing.holdings.iter().any(|holding| administers(holding, dataset, place.as_deref())) {
        return Ok(true);
    }
    holds(conn, inner, person, &Power::Read { dataset: dataset.to_owned() }).await
}

/// Whether the person may know that there is such an operation: they may invoke it, or administer everything.
async fn knows_operation(
    conn: &mut SqliteConnection,
    inner: &Inner,
    person: &PrincipalId,
    name: &str,
) -> Result<bool, sqlx::Error> {
    if person.kind() != PrincipalKind::User || !operations::exists(conn, name).await? {
        return Ok(false);
    }
    let standing = standing(conn, inner, person).await?.filter(|standing| standing.active);
    let everything = |holding: &Holding| {
        holding.is_site_admin() || (holding.role == "resource-admin" && holding.reach == Reach::Site)
    };
    if standing.is_some_and(|standing| standing.holdings.iter().any(everything)) {
        return Ok(true);
    }
    operations::holds(conn, inner, person, name).await
}

/// The workspace that what the power is about lies in.
pub(super) async fn lies_in(conn: &mut SqliteConnection, power: &Power) -> Result<Option<String>, Unavailable> {
    match dataset(power) {
        Some(dataset) => holdings::place(conn, dataset).await.map_err(unavailable),
        None => Ok(None),
    }
}

/// The active people.
pub(super) async fn everyone(conn: &mut SqliteConnection) -> Result<Vec<PrincipalId>, sqlx::Error> {
    let ids: Vec<String> = sqlx::query_scalar("select id from person where active order by id").fetch_all(conn).await?;
    ids.iter().map(|id| holdings::principal(id)).collect()
}

/// A person as governance knows them.
pub(super) async fn standing(
    conn: &mut SqliteConnection,
    inner: &Inner,
    person: &PrincipalId,
) -> Result<Option<Standing>, sqlx::Error> {
    let sql = "select active from person where id = $1";
    let active: Option<bool> = sqlx::query_scalar(sql).bind(person.to_string()).fetch_optional(&mut *conn).await?;
    let Some(active) = active else { return Ok(None) };
    let teams = grants::teams(conn, person).await?;
    let who = WithTeams::of(person, &teams);
    let holdings = holdings::roles(conn, &who).await?;
    let over = holdings::over(conn, &who).await?;
    let mut consents_for: BTreeSet<_> =
        over.into_iter().filter(|grant| grant.right == PrincipalRight::ConsentFor).map(|grant| grant.over).collect();
    if holdings.iter().any(Holding::is_site_admin) {
        consents_for.extend(PrincipalId::new(PrincipalKind::Site, inner.site.as_str()).ok());
    }
    let mut sees = holdings::people(conn, inner, &who, PrincipalRight::SeePage).await?;
    let mut simulates = holdings::people(conn, inner, &who, PrincipalRight::SimulateAs).await?;
    sees.remove(person);
    simulates.remove(person);
    let (site, workspaces) = (inner.site.clone(), holdings::workspaces(conn, &who).await?);
    Ok(Some(Standing { site, active, teams, workspaces, holdings, consents_for, sees, simulates }))
}

/// Whether the principal is there and holds the power: the grant, and for a column the right on it. [`Unavailable`] also where a
/// policy errs: whether they hold it cannot be decided then, so nobody may say that they lost it (A13).
pub(super) async fn holds(
    conn: &mut SqliteConnection,
    inner: &Inner,
    principal: &PrincipalId,
    power: &Power,
) -> Result<bool, Unavailable> {
    if let Power::Operation { name } = power {
        return operations::holds(conn, inner, principal, name).await.map_err(unavailable);
    }
    let judge = match Judge::load(conn, inner, principal).await {
        Ok(judge) => judge,
        Err(Failure::Denied(_)) => return Ok(false),
        Err(failure) => return Err(Unavailable(failure.to_string())),
    };
    let any = |rights: &[Right], name: &str| rights.iter().find_map(|right| judge.dataset(*right, name).ok());
    let with = |rights: &[Right], name: &str, right, column: &str| match any(rights, name) {
        Some(dataset) => judge.holds_column(right, dataset, column).map_err(Unavailable),
        None => Ok(false),
    };
    Ok(match power {
        Power::Read { dataset } => any(&[Right::Read], dataset).is_some(),
        Power::ReadColumn { dataset, column } => with(&[Right::Read], dataset, ColumnRight::ReadColumn, column)?,
        Power::Write { dataset } => any(&[Right::Create, Right::Update, Right::Remove], dataset).is_some(),
        Power::WriteColumn { dataset, column } => {
            with(&[Right::Create, Right::Update], dataset, ColumnRight::UpdateColumn, column)?
        }
        Power::ReadFolder { .. } | Power::WriteFolder { .. } | Power::Operation { .. } => false,
    })
}

/// The dataset that the power is about, if it is about one.
fn dataset(power: &Power) -> Option<&str> {
    match power {
        Power::Read { dataset }
        | Power::ReadColumn { dataset, .. }
        | Power::Write { dataset }
        | Power::WriteColumn { dataset, .. } => Some(dataset),
        Power::ReadFolder { .. } | Power::WriteFolder { .. } | Power::Operation { .. } => None,
    }
}

/// Whether the role makes its holder an admin of the dataset, or of the workspace that it lies in.
fn administers(holding: &Holding, dataset: &str, place: Option<&str>) -> bool {
    let in_reach = match &holding.reach {
        Reach::Site => true,
        Reach::Workspace(name) => place == Some(name.as_str()),
        Reach::Dataset(name) => name == dataset,
    };
    match holding.role.as_str() {
        "site-admin" => holding.is_site_admin(),
        "workspace-admin" => in_reach && place.is_some() && !matches!(holding.reach, Reach::Dataset(_)),
        "resource-admin" => in_reach,
        _ => false,
    }
}
