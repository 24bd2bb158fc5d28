//! Between the words of `wit/` and those of the model: the same words, twice.

use mandate_model as model;

use crate::bindings::{
    exports::mandate::automation::{notification, plugin},
    mandate::automation::{authority, rows, types},
};

macro_rules! values {
    ($from:path, $into:path, $function:ident) => {
        fn $function(value: $from) -> $into {
            use $from as From;
            use $into as Into;
            match value {
                From::Null => Into::Null,
                From::Boolean(value) => Into::Boolean(value),
                From::Integer(value) => Into::Integer(value),
                From::Number(value) => Into::Number(value),
                From::Decimal(value) => Into::Decimal(value),
                From::Text(value) => Into::Text(value),
                From::Timestamp(value) => Into::Timestamp(value),
                From::Bytes(value) => Into::Bytes(value),
                From::Other(value) => Into::Other(value),
            }
        }
    };
}

values!(types::Scalar, model::Scalar, scalar_in);
values!(model::Scalar, types::Scalar, scalar_out);

fn value_in(value: types::Value) -> model::Value {
    use types::Value as From;
    match value {
        From::Null => model::Value::Null,
        From::Boolean(value) => model::Value::Boolean(value),
        From::Integer(value) => model::Value::Integer(value),
        From::Number(value) => model::Value::Number(value),
        From::Decimal(value) => model::Value::Decimal(value),
        From::Text(value) => model::Value::Text(value),
        From::Timestamp(value) => model::Value::Timestamp(value),
        From::Bytes(value) => model::Value::Bytes(value),
        From::Items(items) => model::Value::Items(items.into_iter().map(scalar_in).collect()),
        From::Other(value) => model::Value::Other(value),
    }
}

fn value_out(value: model::Value) -> types::Value {
    use types::Value as Into;
    match value {
        model::Value::Null => Into::Null,
        model::Value::Boolean(value) => Into::Boolean(value),
        model::Value::Integer(value) => Into::Integer(value),
        model::Value::Number(value) => Into::Number(value),
        model::Value::Decimal(value) => Into::Decimal(value),
        model::Value::Text(value) => Into::Text(value),
        model::Value::Timestamp(value) => Into::Timestamp(value),
        model::Value::Bytes(value) => Into::Bytes(value),
        model::Value::Items(items) => Into::Items(items.into_iter().map(scalar_out).collect()),
        model::Value::Other(value) => Into::Other(value),
    }
}

pub(crate) fn field(field: types::Field) -> model::Field {
    model::Field { name: field.name, value: value_in(field.value) }
}

fn field_out(field: model::Field) -> types::Field {
    types::Field { name: field.name, value: value_out(field.value) }
}

pub(crate) fn principal(id: &model::PrincipalId, name: String) -> authority::Principal {
    let kind = match id.kind() {
        model::PrincipalKind::User => authority::PrincipalKind::User,
        model::PrincipalKind::Team => authority::PrincipalKind::Team,
        model::PrincipalKind::Site => authority::PrincipalKind::Site,
    };
    authority::Principal { id: id.to_string(), kind, name }
}

pub(crate) fn query(query: rows::Query) -> model::Query {
    let filter = |filter: rows::Filter| model::Filter {
        field: filter.field,
        comparison: comparison(filter.comparison),
        value: value_in(filter.value),
    };
    model::Query {
        columns: query.columns,
        filters: query.filters.into_iter().map(filter).collect(),
        order_by: query.order_by,
        descending: query.descending,
        limit: query.limit,
        after: query.after,
    }
}

fn comparison(comparison: rows::Comparison) -> model::Comparison {
    match comparison {
        rows::Comparison::Equal => model::Comparison::Equal,
        rows::Comparison::NotEqual => model::Comparison::NotEqual,
        rows::Comparison::Less => model::Comparison::Less,
        rows::Comparison::AtMost => model::Comparison::AtMost,
        rows::Comparison::Greater => model::Comparison::Greater,
        rows::Comparison::AtLeast => model::Comparison::AtLeast,
        rows::Comparison::Contains => model::Comparison::Contains,
        rows::Comparison::OneOf => model::Comparison::OneOf,
        rows::Comparison::Other => model::Comparison::Other,
    }
}

pub(crate) fn page(page: model::Page) -> rows::Page {
    let cells = |cells: model::Cells| rows::Cells {
        id: cells.id,
        revision: cells.revision,
        values: cells.values.into_iter().map(value_out).collect(),
    };
    rows::Page { columns: page.columns, rows: page.rows.into_iter().map(cells).collect(), next: page.next }
}

pub(crate) fn row(row: model::Row) -> rows::Row {
    rows::Row { id: row.id, revision: row.revision, fields: row.fields.into_iter().map(field_out).collect() }
}

pub(crate) fn event(event: &model::Event) -> types::Event {
    let row = |row: &model::RowRef| types::RowRef { dataset: row.dataset.clone(), id: row.id.clone() };
    let subject = match &event.subject {
        model::Subject::Row(about) => types::Subject::Row(row(about)),
        model::Subject::File(path) => types::Subject::File(path.clone()),
        model::Subject::Schedule(name) => types::Subject::Schedule(name.clone()),
        model::Subject::Custom(custom) => types::Subject::Custom(types::CustomRef {
            event_type: custom.event_type.clone(),
            about: custom.about.as_ref().map(row),
            file: custom.file.clone(),
        }),
    };
    let change = match event.change {
        model::Change::Added => types::Change::Added,
        model::Change::Updated => types::Change::Updated,
        model::Change::Removed => types::Change::Removed,
        model::Change::Due => types::Change::Due,
        model::Change::Manual => types::Change::Manual,
        model::Change::Other => types::Change::Other,
    };
    types::Event { id: event.id.to_string(), at: event.at, change, subject }
}

pub(crate) fn finding(finding: types::Finding) -> model::Finding {
    let data = finding.data.into_iter().map(field).collect();
    model::Finding { key: finding.key, summary: finding.summary, data }
}

pub(crate) fn finding_out(finding: &model::Finding) -> types::Finding {
    let data = finding.data.iter().cloned().map(field_out).collect();
    types::Finding { key: finding.key.clone(), summary: finding.summary.clone(), data }
}

/// The message, or what cannot be sent.
pub(crate) fn message(message: notification::Message) -> Result<model::Message, &'static str> {
    let attachment = |attachment: notification::Attachment| match attachment.content {
        notification::Content::Inline(bytes) => Ok(model::Attachment {
            name: attachment.name,
            media_type: attachment.media_type,
            content: model::Content::Inline(bytes),
        }),
        notification::Content::File(_) => Err("this host cannot attach files of folders yet: attach the bytes inline"),
    };
    let attachments = message.attachments.into_iter().map(attachment).collect::<Result<_, _>>()?;
    Ok(model::Message { title: message.title, body: message.body, attachments })
}

pub(crate) fn manifest(manifest: plugin::Manifest) -> model::Manifest {
    let columns = |list: Vec<plugin::Columns>| {
        list.into_iter().map(|asked| model::Columns { dataset: asked.dataset, columns: asked.columns }).collect()
    };
    model::Manifest {
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        settings_schema: manifest.settings_schema,
        reads: columns(manifest.reads),
        writes: columns(manifest.writes),
        reads_folders: manifest.reads_folders,
        writes_folders: manifest.writes_folders,
        operations: manifest.operations,
    }
}
