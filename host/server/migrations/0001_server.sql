-- The server's own store: who is signed in, and with what programs ask. Of each secret only the SHA-256 is here, in hex; times are
-- microseconds since 1970-01-01T00:00:00Z. One text for SQLite and PostgreSQL.

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    person TEXT NOT NULL,
    means TEXT NOT NULL CHECK (means IN ('demo', 'provider')),
    began BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX session_person ON session (site, person, began);

-- A token is a person's, or a source's, which sends events to the site and does nothing else.
CREATE TABLE token (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    person TEXT,
    source TEXT,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    -- The token that it was made with: revoked with that one.
    made_with TEXT REFERENCES token (id) ON DELETE CASCADE,
    expires BIGINT NOT NULL,
    used BIGINT,
    CHECK ((person IS NULL) <> (source IS NULL))
);
CREATE INDEX token_person ON token (site, person, made);
CREATE INDEX token_made_with ON token (made_with);

-- Sign-ins at an identity provider that are under way.
CREATE TABLE sign_in (
    digest TEXT PRIMARY KEY,
    goes_to TEXT NOT NULL,
    began BIGINT NOT NULL
);
