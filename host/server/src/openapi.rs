//! The OpenAPI document, made from the signatures of the handlers.

use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema, openapi::path::ParameterIn};

use crate::{guard::Scope, idempotency, problem::ProblemBody, table::RouteInfo};

/// How what is not there, or not theirs to know of, is told.
pub(crate) const GONE: (&str, &str) = ("404", "there is nothing here that you may see");
/// Parameters of a query that name something which may not be there.
const NAMING: [&str; 2] = ["automation", "before"];

/// What is documented of one route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doc {
    about: &'static str,
    parameters: Vec<Value>,
    request: Option<Value>,
    responses: Map<String, Value>,
    schemas: Vec<(String, Value)>,
    refusals: Vec<(&'static str, &'static str)>,
    /// Whether it is a page or a form of the console, which is no part of the API.
    page: bool,
    /// Whether what it takes carries the token of our own pages.
    tokened: bool,
}

impl Doc {
    /// Nothing but what it does.
    pub(crate) fn new(about: &'static str) -> Self {
        Self { about, ..Self::default() }
    }

    /// It is a page.
    pub(crate) fn is_page(&mut self) {
        self.page = true;
    }

    /// It takes a form of a page.
    pub(crate) fn is_form(&mut self) {
        self.page = true;
        self.tokened = true;
    }

    /// Whether what it takes carries the token of our own pages.
    pub(crate) fn is_tokened(&self) -> bool {
        self.tokened
    }

    /// It answers with a `T`.
    pub(crate) fn answers<T: ToSchema>(&mut self, status: &str, about: &str) {
        let schema = self.schema::<T>();
        let content = json!({ "application/json": { "schema": schema } });
        self.responses.insert(status.to_owned(), json!({ "description": about, "content": content }));
    }

    /// It answers with nothing.
    pub(crate) fn empty(&mut self, status: &str, about: &str) {
        self.responses.insert(status.to_owned(), json!({ "description": about }));
    }

    /// It answers with what is of this kind, and has no schema.
    pub(crate) fn content(&mut self, status: &str, about: &str, kind: &str) {
        let content = json!({ kind: {} });
        self.responses.insert(status.to_owned(), json!({ "description": about, "content": content }));
    }

    /// An answer of it carries this header.
    pub(crate) fn answers_with(&mut self, status: &str, name: &str, header: &Value) {
        if let Some(Value::Object(answer)) = self.responses.get_mut(status) {
            answer.insert("headers".to_owned(), json!({ name: header }));
        }
    }

    /// It takes this header.
    pub(crate) fn header(&mut self, name: &str, about: &str) {
        let schema = json!({ "type": "string" });
        self.parameters
            .push(json!({ "name": name, "in": "header", "required": false, "description": about, "schema": schema }));
    }

    /// It can refuse in this way.
    pub(crate) fn refuses(&mut self, status: &'static str, about: &'static str) {
        if !self.refusals.iter().any(|(known, _)| *known == status) {
            self.refusals.push((status, about));
        }
    }

    /// It takes a `T` as its body.
    pub(crate) fn takes<T: ToSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.request = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
    }

    /// It takes bytes as its body.
    pub(crate) fn takes_bytes(&mut self, kinds: &[&str]) {
        let content: Map<String, Value> = kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
        self.request = Some(json!({ "required": true, "content": content }));
    }

    /// It takes parameters.
    pub(crate) fn parameters<T: IntoParams>(&mut self, at: &ParameterIn) {
        let parameters = T::into_params(|| Some(at.clone()));
        if *at == ParameterIn::Query && parameters.iter().any(|one| NAMING.contains(&one.name.as_str())) {
            self.refuses(GONE.0, GONE.1);
        }
        self.parameters.extend(parameters.iter().filter_map(|one| serde_json::to_value(one).ok()));
    }

    fn schema<T: ToSchema>(&mut self) -> Value {
        let name = T::name().into_owned();
        let mut all = vec![(name.clone(), T::schema())];
        T::schemas(&mut all);
        let written = all.into_iter().filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)));
        self.schemas.extend(written);
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// The OpenAPI 3.1 document of all routes of the API.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    let mut problem = Doc::default();
    problem.schema::<ProblemBody>();
    schemas.extend(problem.schemas);
    // What the console serves is no part of it, whatever it is.
    let of_the_api = |route: &RouteInfo| !route.doc.page && route.path.starts_with("/api/");
    for route in crate::table::routes().into_iter().filter(of_the_api) {
        let (path, method) = (route.path, route.method.as_str().to_lowercase());
        let operation = operation(&route);
        schemas.extend(route.doc.schemas);
        let at = paths.entry(path).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(at) = at {
            at.insert(method, operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Mandate",
            "version": "1",
            "description": "Automations as WebAssembly components, each evaluated as a person.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "signature": { "type": "apiKey", "in": "header", "name": "webhook-signature" },
                "session": { "type": "apiKey", "in": "cookie", "name": "mandate" },
            },
        },
    })
}

/// What is said of one route.
fn operation(route: &RouteInfo) -> Value {
    let mut responses = route.doc.responses.clone();
    for (status, about) in refusals(route) {
        let schema = json!({ "$ref": "#/components/schemas/ProblemBody" });
        let content = json!({ "application/problem+json": { "schema": schema } });
        responses.insert(status.to_owned(), json!({ "description": about, "content": content }));
    }
    let mut parameters = route.doc.parameters.clone();
    parameters.extend(route.is_repeatable().then(idempotency::parameter));
    let mut operation = json!({
        "summary": route.doc.about,
        "operationId": operation_id(&route.method, route.path),
        "x-action": route.access.name,
        "x-scope": route.access.scope.as_str(),
        "parameters": parameters,
        "responses": responses,
    });
    if let Value::Object(fields) = &mut operation {
        if let Some(request) = &route.doc.request {
            fields.insert("requestBody".to_owned(), request.clone());
        }
        let security = match route.access.scope {
            Scope::Public => None,
            Scope::Intake => Some(json!([{ "token": [] }])),
            Scope::Signed => Some(json!([{ "signature": [] }])),
            Scope::Read | Scope::Write | Scope::Admin => Some(json!([{ "token": [] }, { "session": [] }])),
        };
        fields.extend(security.map(|security| ("security".to_owned(), security)));
    }
    operation
}

/// What programs call it: `getAutomationDraft` for GET `/api/v1/automations/{automation}/draft`.
fn operation_id(method: &Method, path: &str) -> String {
    let mut words: Vec<&str> = vec![];
    for part in path.trim_start_matches("/api/v1/").trim_end_matches(".json").split('/') {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            // One of many: `automations/{automation}` is an automation, `people/{person}` a person.
            Some(name) => {
                let many = words.pop().unwrap_or_default();
                words.push(many.strip_suffix('s').unwrap_or(name));
            }
            None => words.push(part),
        }
    }
    let words = words.into_iter().flat_map(|word| word.split('-')).map(capital);
    method.as_str().to_lowercase() + &words.collect::<String>()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// How a route can refuse: by its gate, and by what it takes. 405 is of the address, and told for all of them alike.
fn refusals(route: &RouteInfo) -> Vec<(&'static str, &'static str)> {
    let mut all = if route.is_repeatable() { idempotency::REFUSALS.to_vec() } else { vec![] };
    all.extend(&route.doc.refusals);
    all.push(("503", "not now; `Retry-After` says when to try again"));
    if route.access.scope == Scope::Signed {
        all.push(("401", "not signed as the hook asks for, not in time, or there is no such hook"));
        return all;
    }
    if route.access.scope != Scope::Public {
        all.push(("401", "not signed in, and no token that is in force"));
        if route.method == Method::GET {
            all.push(("403", "refused: you may not see this, or the token is not for this"));
        }
    }
    if route.method != Method::GET {
        all.push(("403", "refused: you may not do this, or it came from another site"));
        if route.path.contains("{automation}") {
            all.push(("409", "something else is so now: look again"));
        }
    } else if route.access.scope != Scope::Public && route.access.scope != Scope::Read {
        all.push(("403", "refused: you may not do this"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_called_by_what_it_is_about() {
        for (method, path, id) in [
            (Method::GET, "/api/v1/automations", "getAutomations"),
            (Method::GET, "/api/v1/automations/{automation}", "getAutomation"),
            (Method::PUT, "/api/v1/automations/{automation}/draft", "putAutomationDraft"),
            (Method::POST, "/api/v1/automations/{automation}/run-now", "postAutomationRunNow"),
            (Method::POST, "/api/v1/people/{person}/hand-over", "postPersonHandOver"),
            (Method::GET, "/api/v1/inbox/{message}/attachments/{number}", "getMessageAttachment"),
            (Method::GET, "/api/v1/openapi.json", "getOpenapi"),
        ] {
            assert_eq!(operation_id(&method, path), id, "{path}");
        }
    }
}
