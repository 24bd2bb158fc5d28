-- Where people are reached beside their inbox; the operator says it. `webhook_secret` is what requests to the webhook are signed with.
create table contact (
    person text primary key,
    mail text,
    webhook text,
    webhook_secret blob,
    check ((webhook is null) = (webhook_secret is null))
) strict, without rowid;

-- What a person does not want to be told of an automation, by which way; they say it themselves.
create table muted (
    person text not null,
    way text not null,
    automation text not null,
    primary key (person, way, automation)
) strict, without rowid;
