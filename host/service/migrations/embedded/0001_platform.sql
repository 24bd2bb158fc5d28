-- The embedded platform's own tables. Each dataset gets a table of its own, `data_NAME`, with a column `c_NAME` for each of its
-- columns, when the platform is created. Times are integer microseconds.

-- One row: what the platform is. `schema` is JSON and never changes; `policies_version` counts replacements of the policies, so
-- that another process notices them; `changes` counts row changes, and each occurrence's id is derived from it.
create table platform (
    id integer primary key check (id = 1),
    site text not null,
    secret blob not null,
    "schema" text not null,
    policies text not null,
    policies_version integer not null,
    changes integer not null
) strict;

-- `attributes` is a JSON object.
create table person (
    id text primary key,
    name text not null,
    locale text not null,
    time_zone text not null,
    active integer not null,
    attributes text not null
) strict, without rowid;

create table team (
    id text primary key,
    name text not null
) strict, without rowid;

-- Read in both ways: the teams that somebody is in, and the people that are in a team.
create table membership (
    member text not null,
    team text not null,
    primary key (member, team)
) strict, without rowid;
create index membership_team on membership (team, member);

create table held_grant (
    principal text not null,
    right_name text not null,
    dataset text not null,
    primary key (principal, right_name, dataset)
) strict, without rowid;

-- What changed and was not yet taken over by the service, oldest first; `body` is an occurrence as JSON.
create table occurrence (
    sequence integer primary key,
    id text not null unique,
    body text not null
) strict;

-- Effects that were carried out, by idempotency key, with the id of the row that they concerned.
create table applied (
    "key" text primary key,
    row_id text
) strict, without rowid;
