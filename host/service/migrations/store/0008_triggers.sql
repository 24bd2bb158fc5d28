-- What is listened to is a dataset, or a type of the platform's own events (then `change` is `other`).
ALTER TABLE listen RENAME COLUMN dataset TO subject;

-- When an automation with a schedule is due next, while it is on and may run the version; else there is no row.
CREATE TABLE schedule (
    automation TEXT PRIMARY KEY REFERENCES automation (id),
    version TEXT NOT NULL REFERENCES version (id),
    due INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_due ON schedule (due, automation);
