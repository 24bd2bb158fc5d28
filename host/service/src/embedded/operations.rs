//! Named operations of the embedded platform: which there are, who may invoke them, asked live, and who carries them out.
//!
//! A grant is the whole right: policies speak of rows and columns. What is unknown is denied as what is not granted is.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use async_trait::async_trait;
use mandate_model::{Failure, PrincipalId};
use mandate_runtime::platform::Operations;
use serde_json::Value as Json;
use sqlx::SqliteConnection;

use super::{
    EmbeddedError,
    db::{Embedded, Inner, unavailable},
    directory,
};
use crate::{
    apply::NotDone,
    operations::{HttpCall, Invocation, Operation, Provider, http::HttpOperations},
    outbound::Target,
    outward::Setback,
};

/// Whether one of these holds the grant: the principal itself, and each of its teams.
const HOLDS: &str = "with recursive above (team) as (
        select $1
        union
        select membership.team from membership join above on membership.member = above.team
    )
    select exists (select 1 from operation_grant join above on principal = team where operation = $2)";

/// Who carries operations out in this process.
#[derive(Default)]
pub(super) struct Providers {
    own: BTreeMap<String, Arc<dyn Provider>>,
    http: Option<Arc<dyn Provider>>,
}

impl Providers {
    /// Who carries it out; one that was registered for it goes before its `url`.
    fn of(&self, operation: &Operation) -> Option<Arc<dyn Provider>> {
        let http = || self.http.as_ref().filter(|_| operation.call.is_some());
        self.own.get(&operation.name).or_else(http).cloned()
    }
}

impl Embedded {
    /// Lets `provider` carry `operation` out, in this process, whether it has a `url` or not.
    pub fn provide(&self, operation: &str, provider: Arc<dyn Provider>) {
        let mut providers = self.inner.providers.write().unwrap_or_else(PoisonError::into_inner);
        providers.own.insert(operation.to_owned(), provider);
    }

    /// Lets operations that have a `url` be called over HTTP, in this process.
    pub fn call_with(&self, http: HttpOperations) {
        let mut providers = self.inner.providers.write().unwrap_or_else(PoisonError::into_inner);
        providers.http = Some(Arc::new(http));
    }

    /// Every operation, in order of their names.
    pub async fn operations(&self) -> Result<Vec<Operation>, EmbeddedError> {
        let mut tx = self.inner.read().await?;
        let sql = "select name from operation order by name";
        let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *tx).await?;
        let mut all = vec![];
        for name in names {
            all.extend(find(&mut tx, &name).await?);
        }
        Ok(all)
    }

    /// Who holds a grant to invoke it of their own, in order of their ids.
    pub async fn invokers(&self, operation: &str) -> Result<Vec<PrincipalId>, EmbeddedError> {
        let sql = "select principal from operation_grant where operation = $1 order by principal";
        let ids: Vec<String> =
            sqlx::query_scalar(sql).bind(operation).fetch_all(&mut *self.inner.read().await?).await?;
        let parsed =
            ids.iter().map(|id| PrincipalId::parse(id).map_err(|error| EmbeddedError::Damaged(error.to_string())));
        parsed.collect()
    }

    /// Lets somebody invoke an operation; whether they could not before. It holds from the next host call on.
    ///
    /// Errors: [`EmbeddedError::UnknownPrincipal`], [`EmbeddedError::UnknownOperation`].
    pub async fn grant_operation(&self, principal: &PrincipalId, operation: &str) -> Result<bool, EmbeddedError> {
        let mut tx = self.inner.write().await?;
        if find(&mut tx, operation).await?.is_none() {
            return Err(EmbeddedError::UnknownOperation(operation.to_owned()));
        }
        if !self.is_known(&mut tx, principal).await? {
            return Err(EmbeddedError::UnknownPrincipal(principal.clone()));
        }
        let new = add_grant(&mut tx, principal, operation).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Takes such a grant away; whether it was there. It is gone from the next host call on.
    pub async fn revoke_operation(&self, principal: &PrincipalId, operation: &str) -> Result<bool, EmbeddedError> {
        let mut tx = self.inner.write().await?;
        let was = remove_grant(&mut tx, principal, operation).await?;
        tx.commit().await?;
        Ok(was)
    }

    /// The operation, if the principal may invoke it now.
    async fn admitted(&self, principal: &PrincipalId, operation: &str) -> Result<Operation, Failure> {
        let mut tx = self.inner.read().await.map_err(unavailable)?;
        let denied = |why: &str| Failure::Denied(format!("`{principal}` may not invoke `{operation}`: {why}"));
        let may = holds(&mut tx, &self.inner, principal, operation).await.map_err(unavailable)?;
        let found = find(&mut tx, operation).await.map_err(|error| Failure::Unavailable(error.to_string()))?;
        found.filter(|_| may).ok_or_else(|| denied("no grant"))
    }

    /// Has an operation carried out.
    pub(super) async fn carry_out(&self, asked: &Invocation, ids: &BTreeMap<String, String>) -> Result<(), NotDone> {
        let operation = self.admitted(&asked.principal, &asked.operation).await.map_err(NotDone::Refused)?;
        if asked.again && !operation.idempotent {
            let reason = "the host ended while it was being carried out".to_owned();
            return Err(NotDone::Perhaps { reason, again: false });
        }
        let arguments = real(&operation, &asked.arguments, ids).map_err(Failure::Invalid).map_err(NotDone::Refused)?;
        let provider = self.inner.providers.read().unwrap_or_else(PoisonError::into_inner).of(&operation);
        let Some(provider) = provider else {
            let nobody = format!("this host is not set up to carry `{}` out", operation.name);
            return Err(NotDone::Never(nobody));
        };
        let invocation = Invocation { arguments, ..asked.clone() };
        provider.invoke(&operation, &invocation).await.map_err(|setback| match setback {
            Setback::Later(reason) => NotDone::Later(reason),
            Setback::Never(reason) => NotDone::Never(reason),
            Setback::Unknown(reason) => NotDone::Perhaps { reason, again: operation.idempotent },
        })
    }
}

#[async_trait]
impl Operations for Embedded {
    async fn check(&self, principal: &PrincipalId, operation: &str, arguments: &str) -> Result<(), Failure> {
        let operation = self.admitted(principal, operation).await?;
        operation.arguments(arguments).map(drop).map_err(Failure::Invalid)
    }
}

/// The arguments as they are sent: what was checked, written anew, with the real ids of rows that were created earlier in the plan.
fn real(operation: &Operation, arguments: &str, ids: &BTreeMap<String, String>) -> Result<String, String> {
    let mut arguments = operation.arguments(arguments)?;
    replace(&mut arguments, ids);
    operation.fits(&arguments)?;
    Ok(arguments.to_string())
}

fn replace(json: &mut Json, ids: &BTreeMap<String, String>) {
    match json {
        Json::String(text) => {
            if let Some(id) = ids.get(text) {
                id.clone_into(text);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        Json::Object(members) => members.values_mut().for_each(|member| replace(member, ids)),
        _ => {}
    }
}

/// Whether the principal is there and may invoke the operation, which must be there too.
pub(super) async fn holds(
    conn: &mut SqliteConnection,
    inner: &Inner,
    principal: &PrincipalId,
    operation: &str,
) -> Result<bool, sqlx::Error> {
    if directory::entry(conn, inner, principal).await?.is_none() {
        return Ok(false);
    }
    sqlx::query_scalar(HOLDS).bind(principal.to_string()).bind(operation).fetch_one(conn).await
}

/// Whether there is such an operation.
pub(super) async fn exists(conn: &mut SqliteConnection, operation: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select 1 from operation where name = $1)").bind(operation).fetch_one(conn).await
}

/// An operation.
async fn find(conn: &mut SqliteConnection, name: &str) -> Result<Option<Operation>, EmbeddedError> {
    type Row = (String, String, String, bool, Option<String>, Option<String>);
    let sql = "select name, description, \"schema\", idempotent, url, secret_file from operation where name = $1";
    let row: Option<Row> = sqlx::query_as(sql).bind(name).fetch_optional(conn).await?;
    let Some((name, description, schema, idempotent, url, secret)) = row else { return Ok(None) };
    let damaged = |error: String| EmbeddedError::Damaged(format!("operation `{name}`: {error}"));
    let schema = serde_json::from_str(&schema).map_err(|error| damaged(error.to_string()))?;
    let call = url.map(|url| Target::parse(&url)).transpose().map_err(|error| damaged(error.to_string()))?;
    let call = call.map(|target| HttpCall { target, secret_file: secret.map(PathBuf::from) });
    Ok(Some(Operation { name, description, schema, idempotent, call }))
}

/// Keeps an operation that was checked.
pub(super) async fn plant(conn: &mut SqliteConnection, operation: &Operation) -> Result<(), sqlx::Error> {
    let sql = "insert into operation (name, description, \"schema\", idempotent, url, secret_file) \
               values ($1, $2, $3, $4, $5, $6)";
    let secret = operation.call.as_ref().and_then(|call| call.secret_file.as_ref());
    sqlx::query(sql)
        .bind(&operation.name)
        .bind(&operation.description)
        .bind(operation.schema.to_string())
        .bind(operation.idempotent)
        .bind(operation.call.as_ref().map(|call| call.target.as_str().to_owned()))
        .bind(secret.map(|file| file.display().to_string()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a grant; whether it is new.
pub(super) async fn add_grant(
    conn: &mut SqliteConnection,
    principal: &PrincipalId,
    operation: &str,
) -> Result<bool, sqlx::Error> {
    let sql = "insert into operation_grant (principal, operation) values ($1, $2) on conflict do nothing";
    let insert = sqlx::query(sql).bind(principal.to_string()).bind(operation);
    Ok(insert.execute(conn).await?.rows_affected() > 0)
}

/// Takes a grant away; whether it was there.
pub(super) async fn remove_grant(
    conn: &mut SqliteConnection,
    principal: &PrincipalId,
    operation: &str,
) -> Result<bool, sqlx::Error> {
    let sql = "delete from operation_grant where principal = $1 and operation = $2";
    let delete = sqlx::query(sql).bind(principal.to_string()).bind(operation);
    Ok(delete.execute(conn).await?.rows_affected() > 0)
}
