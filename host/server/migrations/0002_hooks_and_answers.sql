-- Hooks, by which systems of others say what happened: signed, one source each. Secrets are sealed, for they are needed to check
-- signatures; with the key of the service's store, which is not here.
CREATE TABLE hook (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    -- The type of its events; NULL: its bodies are CloudEvents.
    event_type TEXT,
    -- Where in a body the subject stands: a JSON pointer.
    subject TEXT,
    secret TEXT NOT NULL,
    -- The secret before, which counts until then.
    old_secret TEXT,
    old_until BIGINT,
    made BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    used BIGINT,
    CHECK (event_type IS NOT NULL OR subject IS NULL),
    CHECK ((old_secret IS NULL) = (old_until IS NULL))
);
CREATE INDEX hook_site ON hook (site, made);

-- What was answered to a request with an `Idempotency-Key`: sealed, with the digest of the request. Of the key only the SHA-256 is here.
CREATE TABLE answer (
    site TEXT NOT NULL,
    person TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    sealed TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (site, person, route, key)
);
CREATE INDEX answer_made ON answer (made);
