-- Workspaces, roles and rights over principals: who governs automations, and where.

create table workspace (
    id text primary key,
    name text not null,
    "open" integer not null
) strict, without rowid;

-- People and teams; whoever is in a team of a workspace is in the workspace.
create table workspace_member (
    member text not null,
    workspace text not null,
    primary key (member, workspace)
) strict, without rowid;

-- `reach_kind` is `site`, `workspace` or `dataset`; `reach_name` says which, and is empty for the site.
create table role_holding (
    principal text not null,
    role text not null,
    reach_kind text not null,
    reach_name text not null,
    primary key (principal, role, reach_kind, reach_name)
) strict, without rowid;

-- A right of `holder` over another principal.
create table principal_grant (
    holder text not null,
    right_name text not null,
    over_principal text not null,
    primary key (holder, right_name, over_principal)
) strict, without rowid;

-- The workspace that a dataset lies in, if it lies in any.
create table place (
    dataset text primary key,
    workspace text not null
) strict, without rowid;
