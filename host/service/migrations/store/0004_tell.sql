-- As whom the notifications of a run are evaluated, decided when it is planned: each as its recipient, or as run_as in the act part.
-- Never both in one run, whatever the site chooses meanwhile.
ALTER TABLE run ADD COLUMN tells_as TEXT NOT NULL DEFAULT 'recipient' CHECK (tells_as IN ('recipient', 'run-as'));

-- One message for each (part, recipient, finding): an act part may tell several people about one finding.
CREATE TABLE message_next (
    id TEXT PRIMARY KEY,
    part TEXT NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    finding TEXT NOT NULL,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    delivered INTEGER,
    UNIQUE (part, recipient, finding)
) STRICT;
INSERT INTO message_next (id, part, sequence, finding, recipient, body, delivered)
    SELECT id, part, sequence, finding, recipient, body, delivered FROM message;
DROP TABLE message;
ALTER TABLE message_next RENAME TO message;
CREATE INDEX message_recipient ON message (recipient, delivered);
