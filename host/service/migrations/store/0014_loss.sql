-- Lost powers that people were told of, where the automation stays on: no row once all of them are back. What is lost then is told again.
CREATE TABLE loss (
    automation TEXT PRIMARY KEY REFERENCES automation (id),
    lost TEXT NOT NULL
) STRICT, WITHOUT ROWID;
