-- The audit: one entry for everything that happened, each chained to the one before it by a hash over a salted commitment to its
-- payload. A payload (with its salt, and the columns by which it is found) may be purged; the chain is verified all the same.
-- What the columns `automation`, `run`, `part` and `sequence` say stands in the payload too.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    automation TEXT,
    run TEXT,
    part TEXT,
    sequence INTEGER,
    salt BLOB,
    payload TEXT,
    CHECK ((salt IS NULL) = (payload IS NULL))
) STRICT;
CREATE INDEX audit_automation ON audit (automation, number) WHERE automation IS NOT NULL;
CREATE INDEX audit_run ON audit (run) WHERE run IS NOT NULL;
CREATE INDEX audit_part ON audit (part) WHERE part IS NOT NULL;
CREATE INDEX audit_sequence ON audit (what, sequence) WHERE sequence IS NOT NULL;

-- Append-only: nothing of this program removes or rewrites an entry by mistake.
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
CREATE TRIGGER audit_is_never_rewritten BEFORE UPDATE OF number, previous, commitment, hash, at ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

-- One row until the audit has begun: with what was in the store before there was an audit.
CREATE TABLE audit_due (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
INSERT INTO audit_due (one) VALUES (1);

-- How many days each kind of thing is kept; no row: for ever.
CREATE TABLE retention (
    kind TEXT PRIMARY KEY,
    days INTEGER NOT NULL CHECK (days >= 0)
) STRICT;

-- In which order plugins came, where several came at one time.
ALTER TABLE plugin ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE plugin SET number = rowid;

-- Purging looks for old events and notices.
CREATE INDEX event_at ON event (at, id);
CREATE INDEX run_event ON run (event);
CREATE INDEX notice_at ON notice (at);
