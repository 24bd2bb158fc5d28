-- What the list of automations is narrowed by: read from the bodies by the database itself, so that it never says anything else.
ALTER TABLE automation ADD COLUMN state TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.state' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN published TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.published' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN deleted TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) AND body ->> '$.deleted' THEN 'yes' ELSE 'no' END) VIRTUAL;
ALTER TABLE version ADD COLUMN plugin TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.plugin' END) VIRTUAL;
CREATE INDEX version_plugin ON version (plugin);
