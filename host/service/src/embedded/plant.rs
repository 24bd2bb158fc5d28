//! Writes a checked seed, within the transaction that makes the platform.

mod governance;

use mandate_model::Secret;
use mandate_policy::DatasetDef;
use sqlx::SqliteConnection;

use super::{
    ContactSeed, EmbeddedError, Person, Seed, SeedRow, Team, contact, grants, operations,
    record::Record,
    sql::Sql,
    types::{sql_type, value},
    write,
};

pub(super) async fn plant(conn: &mut SqliteConnection, seed: &Seed, secret: &Secret) -> Result<(), EmbeddedError> {
    platform(conn, seed, secret).await?;
    for dataset in &seed.schema.datasets {
        table(dataset).execute(conn).await?;
    }
    for row in &seed.rows {
        cells(conn, seed, row).await?;
    }
    for one in &seed.people {
        person(conn, one).await?;
    }
    for one in &seed.teams {
        team(conn, one).await?;
    }
    for (principal, grant) in &seed.grants {
        grants::add(conn, principal, grant).await?;
    }
    governance::plant(conn, &seed.governance).await?;
    for operation in &seed.operations.all {
        operations::plant(conn, operation).await?;
    }
    for (principal, operation) in &seed.operations.grants {
        operations::add_grant(conn, principal, operation).await?;
    }
    Ok(())
}

async fn platform(conn: &mut SqliteConnection, seed: &Seed, secret: &Secret) -> Result<(), EmbeddedError> {
    let sql = "insert into platform (id, site, secret, \"schema\", policies, policies_version, changes) \
               values (1, $1, $2, $3, $4, 1, 0)";
    sqlx::query(sql)
        .bind(seed.site.as_str())
        .bind(secret.as_bytes().as_slice())
        .bind(json(&seed.schema)?)
        .bind(&seed.policies)
        .execute(conn)
        .await?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, EmbeddedError> {
    serde_json::to_string(value).map_err(|error| EmbeddedError::Damaged(error.to_string()))
}

/// Strict, so that a cell is never of another type than its column; kept in the order of ids.
pub(super) fn table(dataset: &DatasetDef) -> Sql {
    let mut sql = Sql::new("create table ");
    sql.table(dataset).push(" (id text not null primary key");
    for column in &dataset.columns {
        sql.push(", ").column(column).push(" ").push(sql_type(column.column_type));
        if !column.nullable {
            sql.push(" not null");
        }
    }
    sql.push(") strict, without rowid");
    sql
}

async fn cells(conn: &mut SqliteConnection, seed: &Seed, row: &SeedRow) -> Result<(), EmbeddedError> {
    let damaged = |what: &str| EmbeddedError::Damaged(format!("row `{}/{}`: {what}", row.dataset, row.id));
    let dataset = seed.schema.dataset(&row.dataset).ok_or_else(|| damaged("no such dataset"))?;
    let mut cells = write::nulls(dataset);
    for field in &row.fields {
        let column = dataset.column(&field.name).ok_or_else(|| damaged("no such column"))?;
        let cell = super::types::cell(column.column_type, &field.value).map_err(|problem| damaged(&problem))?;
        cells.insert(field.name.clone(), value(column, cell));
    }
    write::insert(dataset, &Record { id: row.id.clone(), cells }).execute(conn).await?;
    Ok(())
}

async fn person(conn: &mut SqliteConnection, person: &Person) -> Result<(), EmbeddedError> {
    let sql = "insert into person (id, name, locale, time_zone, active, attributes) values ($1, $2, $3, $4, $5, $6)";
    sqlx::query(sql)
        .bind(person.id.to_string())
        .bind(&person.name)
        .bind(&person.locale)
        .bind(&person.time_zone)
        .bind(person.active)
        .bind(json(&person.attributes)?)
        .execute(&mut *conn)
        .await?;
    if person.contact != ContactSeed::default() {
        contact::keep(conn, &person.id, &person.contact).await?;
    }
    Ok(())
}

async fn team(conn: &mut SqliteConnection, team: &Team) -> Result<(), EmbeddedError> {
    sqlx::query("insert into team (id, name) values ($1, $2)")
        .bind(team.id.to_string())
        .bind(&team.name)
        .execute(&mut *conn)
        .await?;
    for member in &team.members {
        sqlx::query("insert into membership (member, team) values ($1, $2)")
            .bind(member.to_string())
            .bind(team.id.to_string())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
