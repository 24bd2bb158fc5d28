-- How each site governs its automations: a preset, what it has of its own, and its policies, as JSON. No row: the default preset.
CREATE TABLE site (
    site TEXT PRIMARY KEY,
    choices TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Every change of that, with who made it (NULL: the operator).
CREATE TABLE site_history (
    number INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    actor TEXT,
    choices TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- What people are told of automations, once each; `body` is JSON.
CREATE TABLE notice (
    number INTEGER PRIMARY KEY,
    person TEXT NOT NULL,
    automation TEXT NOT NULL REFERENCES automation (id),
    body TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_person ON notice (person, number);
