-- How a person wants to be told by an automation; no row: in their inbox, and by every way that they have. It is theirs alone to say
-- and to know.
CREATE TABLE wish (
    person TEXT NOT NULL,
    automation TEXT NOT NULL REFERENCES automation (id),
    wish TEXT NOT NULL CHECK (wish IN ('muted', 'opted-out')),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, automation)
) STRICT, WITHOUT ROWID;
-- Who a run does not tell.
CREATE INDEX wish_automation ON wish (automation, wish, person);
