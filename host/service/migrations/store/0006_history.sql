-- When a run was made, so that history is read from the latest run on without sorting it.
ALTER TABLE run ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
UPDATE run SET at = (SELECT event.at FROM event WHERE event.id = run.event);
CREATE INDEX run_latest ON run (automation, at, id);
