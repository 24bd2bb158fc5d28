-- What the platform can be asked to do besides changing rows. `schema` is JSON; `secret_file` names a file, and holds no secret.
create table operation (
    name text primary key,
    description text not null,
    "schema" text not null,
    idempotent integer not null check (idempotent in (0, 1)),
    url text,
    secret_file text,
    check (secret_file is null or url is not null)
) strict, without rowid;

-- Who may invoke it: people, teams and the site.
create table operation_grant (
    principal text not null,
    operation text not null references operation (name),
    primary key (principal, operation)
) strict, without rowid;
