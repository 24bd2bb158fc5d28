//! The OpenAPI document, made from the signatures of the handlers.

use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema, openapi::path::ParameterIn};

use crate::{guard::Scope, problem::ProblemBody, table::RouteInfo};

/// What is documented of one route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doc {
    about: &'static str,
    parameters: Vec<Value>,
    request: Option<Value>,
    responses: Map<String, Value>,
    schemas: Vec<(String, Value)>,
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

    /// It answers with nothing, or with what is no JSON.
    pub(crate) fn empty(&mut self, status: &str, about: &str) {
        self.responses.insert(status.to_owned(), json!({ "description": about }));
    }

    /// It answers with bytes.
    pub(crate) fn bytes(&mut self, status: &str, about: &str) {
        let content = json!({ "application/octet-stream": {} });
        self.responses.insert(status.to_owned(), json!({ "description": about, "content": content }));
    }

    /// It takes a `T` as its body.
    pub(crate) fn takes<T: ToSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.request = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
    }

    /// It takes bytes as its body.
    pub(crate) fn takes_bytes(&mut self, kind: &str) {
        self.request = Some(json!({ "required": true, "content": { kind: {} } }));
    }

    /// It takes parameters.
    pub(crate) fn parameters<T: IntoParams>(&mut self, at: &ParameterIn) {
        let parameters = T::into_params(|| Some(at.clone()));
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
    for route in crate::table::routes().into_iter().filter(|route| !route.doc.page) {
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
    let mut operation = json!({
        "summary": route.doc.about,
        "operationId": format!("{}{}", route.method.as_str().to_lowercase(), route.path.replace(['/', '{', '}'], "_")),
        "x-action": route.access.name,
        "x-scope": route.access.scope.as_str(),
        "parameters": route.doc.parameters,
        "responses": responses,
    });
    if let Value::Object(fields) = &mut operation {
        if let Some(request) = &route.doc.request {
            fields.insert("requestBody".to_owned(), request.clone());
        }
        let security = match route.access.scope {
            Scope::Public => None,
            Scope::Intake => Some(json!([{ "token": [] }])),
            Scope::Read | Scope::Write | Scope::Admin => Some(json!([{ "token": [] }, { "session": [] }])),
        };
        fields.extend(security.map(|security| ("security".to_owned(), security)));
    }
    operation
}

/// How a route can refuse.
fn refusals(route: &RouteInfo) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("400", "it cannot be read"), ("503", "not now; try again")];
    if route.access.scope != Scope::Public {
        all.push(("401", "not signed in, and no token that is in force"));
        if route.method == Method::GET {
            all.push(("403", "refused: you may not see this, or the token is not for this"));
        }
    }
    if route.path.contains('{') {
        all.push(("404", "there is nothing here that you may see"));
    }
    if route.method != Method::GET {
        all.extend([
            ("403", "refused: you may not do this, or it came from another site"),
            ("404", "there is nothing here that you may see"),
            ("409", "something else is so now: look again"),
            ("413", "too large"),
            ("415", "a type or encoding that is not taken"),
            ("422", "something in it is not right"),
        ]);
    }
    all
}
