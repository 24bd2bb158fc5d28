-- The service's own store. Times are microseconds since 1970-01-01T00:00:00Z; JSON is text; ids are text.
-- What belongs to a person (parts, journals, effects, messages) hangs on their part and goes with it.

CREATE TABLE secret (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    bytes BLOB NOT NULL CHECK (length(bytes) = 32)
) STRICT;

CREATE TABLE plugin (
    site TEXT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    manifest TEXT NOT NULL,
    imports TEXT NOT NULL,
    phases TEXT NOT NULL,
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (site, digest)
) STRICT;
CREATE INDEX plugin_name ON plugin (site, name, at);

CREATE TABLE version (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE automation (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    consent TEXT
) STRICT;

-- Everything that ever happened to an automation, with who asked for it (NULL: the host).
CREATE TABLE happening (
    number INTEGER PRIMARY KEY,
    automation TEXT NOT NULL REFERENCES automation (id),
    actor TEXT,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX happening_automation ON happening (automation, number);

-- Which automations listen to what: events are matched by this index, never by a scan.
CREATE TABLE listen (
    site TEXT NOT NULL,
    dataset TEXT NOT NULL,
    change TEXT NOT NULL,
    automation TEXT NOT NULL REFERENCES automation (id),
    PRIMARY KEY (site, dataset, change, automation)
) STRICT, WITHOUT ROWID;
CREATE INDEX listen_automation ON listen (automation);

CREATE TABLE event (
    id TEXT PRIMARY KEY,
    occurrence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'matched')),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX event_pending ON event (at, id) WHERE state = 'pending';

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    automation TEXT NOT NULL REFERENCES automation (id),
    version TEXT NOT NULL REFERENCES version (id),
    event TEXT NOT NULL REFERENCES event (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'planned', 'withheld', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    reason TEXT,
    UNIQUE (automation, event)
) STRICT;
CREATE INDEX run_pending ON run (due) WHERE state = 'pending';

-- One person's part of a run. `witnessed`: the platform said that they may know of the event; until then, no page shows the part.
CREATE TABLE part (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL CHECK (kind IN ('act', 'notify')),
    principal TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'staged', 'done', 'failed', 'withheld', 'dead')),
    witnessed INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    outcome TEXT,
    findings TEXT,
    usage TEXT,
    reason TEXT,
    UNIQUE (run, kind, principal)
) STRICT;
CREATE INDEX part_due ON part (due) WHERE state IN ('pending', 'running', 'staged');
CREATE INDEX part_principal ON part (principal, run);

CREATE TABLE journal (
    part TEXT NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (part, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE effect (
    part TEXT NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('staged', 'applied', 'withheld', 'dead')),
    row_id TEXT,
    reason TEXT,
    PRIMARY KEY (part, sequence)
) STRICT, WITHOUT ROWID;

-- Outbox and inbox: a message is somebody's once it is delivered.
CREATE TABLE message (
    id TEXT PRIMARY KEY,
    part TEXT NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    finding TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    delivered INTEGER,
    UNIQUE (part, finding)
) STRICT;
CREATE INDEX message_recipient ON message (recipient, delivered);

-- What is to be published next of an automation, by the one who edits it; a plugin may still be named that is not uploaded yet.
CREATE TABLE draft (
    automation TEXT NOT NULL REFERENCES automation (id) ON DELETE CASCADE,
    editor TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (automation, editor)
) STRICT, WITHOUT ROWID;
