-- `sending`: an operation that is being tried; where no answer is noted, it may have been carried out. `unknown`: it was given up like
-- that, and the operator settles it.
CREATE TABLE effect_next (
    part TEXT NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('staged', 'sending', 'applied', 'withheld', 'unknown', 'dead')),
    row_id TEXT,
    reason TEXT,
    PRIMARY KEY (part, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO effect_next (part, sequence, body, state, row_id, reason)
    SELECT part, sequence, body, state, row_id, reason FROM effect;
DROP TABLE effect;
ALTER TABLE effect_next RENAME TO effect;
