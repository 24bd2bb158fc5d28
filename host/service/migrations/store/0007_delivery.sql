-- What a recipient did with a message: when they read it, when they put it away. NULL: not.
ALTER TABLE message ADD COLUMN read INTEGER;
ALTER TABLE message ADD COLUMN archived INTEGER;
DROP INDEX message_recipient;
CREATE INDEX message_recipient ON message (recipient, delivered, id);

-- The way of a message, or of a notice, to one person beside their inbox. `id` is its idempotency key, derived from what it brings
-- and from the way; `at` is when it was settled; `detail` is for the operator alone.
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    message TEXT REFERENCES message (id) ON DELETE CASCADE,
    notice INTEGER REFERENCES notice (number) ON DELETE CASCADE,
    person TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('mail', 'webhook')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'withheld', 'muted', 'unknown', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    at INTEGER,
    detail TEXT,
    CHECK ((message IS NULL) <> (notice IS NULL)),
    UNIQUE (message, way),
    UNIQUE (notice, way)
) STRICT;
CREATE INDEX delivery_due ON delivery (due, id) WHERE state IN ('pending', 'sending');
