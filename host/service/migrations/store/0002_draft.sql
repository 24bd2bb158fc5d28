-- What is to be published next of an automation, by the one who edits it; a plugin may still be named that is not uploaded yet.
CREATE TABLE draft (
    automation TEXT NOT NULL REFERENCES automation (id) ON DELETE CASCADE,
    editor TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (automation, editor)
) STRICT, WITHOUT ROWID;
