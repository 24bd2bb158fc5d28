-- Why an event, or an automation that it would have started, could not be read when it was matched; NULL: all could.
ALTER TABLE event ADD COLUMN reason TEXT;
