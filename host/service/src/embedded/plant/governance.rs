//! Writes workspaces, roles and rights over principals of a checked seed.

use sqlx::SqliteConnection;

use crate::embedded::{GovernanceSeed, Workspace, holdings::Held};

pub(super) async fn plant(conn: &mut SqliteConnection, governance: &GovernanceSeed) -> Result<(), sqlx::Error> {
    for one in &governance.workspaces {
        workspace(conn, one).await?;
    }
    for (principal, holding) in &governance.roles {
        Held::Role(holding).add(conn, principal).await?;
    }
    for (principal, grant) in &governance.principal_grants {
        Held::Over(grant).add(conn, principal).await?;
    }
    for (dataset, workspace) in &governance.places {
        let sql = "insert into place (dataset, workspace) values ($1, $2)";
        sqlx::query(sql).bind(dataset).bind(workspace).execute(&mut *conn).await?;
    }
    Ok(())
}

async fn workspace(conn: &mut SqliteConnection, workspace: &Workspace) -> Result<(), sqlx::Error> {
    sqlx::query("insert into workspace (id, name, \"open\") values ($1, $2, $3)")
        .bind(&workspace.id)
        .bind(&workspace.name)
        .bind(workspace.open)
        .execute(&mut *conn)
        .await?;
    for member in &workspace.members {
        Held::Member(&workspace.id).add(conn, member).await?;
    }
    Ok(())
}
