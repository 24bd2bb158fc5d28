-- Whose turn it is, who works on a part, and what brings the host down.

-- Parts say for themselves what orders them and what runs in them, so that what is due is found by index.
ALTER TABLE part ADD COLUMN automation TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN plugin TEXT NOT NULL DEFAULT '';
-- Its event, and when that was accepted: act parts of one automation are done in this order.
ALTER TABLE part ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE part ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
-- Who works on it, until when, and how often somebody began: who is not the last to begin changes nothing.
ALTER TABLE part ADD COLUMN worker TEXT;
ALTER TABLE part ADD COLUMN lease INTEGER;
ALTER TABLE part ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
-- How often the host ended while it ran with nothing beside it; NULL: it is no suspect. `alone`: it runs so now.
ALTER TABLE part ADD COLUMN suspect INTEGER;
ALTER TABLE part ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;

UPDATE part SET
    automation = run.automation,
    site = coalesce(json_extract(automation.body, '$.site'), ''),
    plugin = coalesce(json_extract(version.body, '$.plugin'), ''),
    event = run.event,
    accepted = event.at
FROM run
JOIN automation ON automation.id = run.automation
JOIN version ON version.id = run.version
JOIN event ON event.id = run.event
WHERE run.id = part.run AND part.state IN ('pending', 'running', 'staged', 'dead');

CREATE INDEX part_turn ON part (automation, accepted, event) WHERE kind = 'act' AND state IN ('pending', 'running', 'staged');
CREATE INDEX part_suspect ON part (site, plugin) WHERE suspect IS NOT NULL;
CREATE INDEX part_lease ON part (lease) WHERE lease IS NOT NULL;
CREATE INDEX run_unplanned ON run (automation) WHERE state = 'pending';
CREATE INDEX event_accepted ON event (at);

-- Plugins that brought the host down; nothing of them is evaluated on that site until somebody releases them.
CREATE TABLE quarantine (
    site TEXT NOT NULL,
    plugin TEXT NOT NULL,
    part TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (site, plugin)
) STRICT, WITHOUT ROWID;
