-- What listing asks of automations: read from the body by the database itself, so that it never says anything else.
-- What is no JSON is nobody's to see.
ALTER TABLE automation ADD COLUMN site TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.site' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN workspace TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.workspace' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN kind TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.kind' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN creator TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) AND body ->> '$.creator' LIKE 'user:%' THEN body ->> '$.creator' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN offered TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) THEN body ->> '$.offered' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN run_as TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) AND body ->> '$.run_as' LIKE 'user:%' THEN body ->> '$.run_as' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN run_as_team TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) AND body ->> '$.run_as' LIKE 'team:%' THEN body ->> '$.run_as' END) VIRTUAL;
ALTER TABLE automation ADD COLUMN run_as_site TEXT
    GENERATED ALWAYS AS (CASE WHEN json_valid(body) AND body ->> '$.run_as' LIKE 'site:%' THEN body ->> '$.run_as' END) VIRTUAL;

-- The people and teams among its managers and members.
CREATE VIEW automation_named (automation, list, principal) AS
    SELECT automation.id, 'managers', named.value
    FROM automation, json_each(CASE WHEN json_valid(body) THEN body ELSE '{}' END, '$.managers') AS named
    UNION ALL
    SELECT automation.id, 'members', named.value
    FROM automation, json_each(CASE WHEN json_valid(body) THEN body ELSE '{}' END, '$.members') AS named;
