//! Every route, with who can ask and what it takes and answers. A handler is a route only if its first argument is a gate
//! ([`crate::guard`]); its documentation is made from its signature, so that neither can be forgotten.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, MethodRouter, on},
};

use crate::{
    answer::Answer,
    api,
    app::App,
    body::Piece,
    console,
    guard::{Action, Gate, Guard, Reveal, Scope},
    openapi::Doc,
    problem::Problem,
};

/// Who can ask for a route.
pub type Access = Action;

/// What is known of a route.
#[derive(Debug, Clone)]
pub struct RouteInfo {
    /// `GET`, `POST`, …
    pub method: Method,
    /// Such as `/api/v1/automations/{automation}`.
    pub path: &'static str,
    /// Who can ask, and for what.
    pub access: Access,
    /// Its documentation; pages have none.
    pub(crate) doc: Doc,
}

impl RouteInfo {
    /// Whether it is done once for an `Idempotency-Key`: whatever a person changes with POST. What others were told, and what only
    /// tries something, is asked for anew each time, with the rights of then.
    pub fn is_repeatable(&self) -> bool {
        let changes = matches!(self.access.scope, Scope::Write | Scope::Admin);
        let kept = changes && self.access.name != <Guard<Reveal> as Gate>::ACTION.name;
        self.method == Method::POST && self.path.starts_with("/api/") && kept
    }

    /// Whether nobody else's page can make a browser ask for it: it changes nothing, or it is of the API, where a header must be
    /// sent, or it takes a form with the page's token.
    pub fn is_ours(&self) -> bool {
        self.method == Method::GET || self.path.starts_with("/api/") || self.doc.is_tokened()
    }
}

/// Routes that are being collected.
#[derive(Default)]
pub(crate) struct Table {
    router: Router<App>,
    infos: Vec<RouteInfo>,
}

/// A handler: an async function whose first argument is a gate and whose others are pieces.
pub(crate) trait Endpoint<T>: Clone + Send + Sync + 'static {
    /// What it is for.
    const ACTION: Action;
    /// Says what it takes and answers.
    fn describe(doc: &mut Doc);
    /// As the router has it.
    fn on(self, method: MethodFilter) -> MethodRouter<App>;
}

macro_rules! endpoint {
    ($($piece:ident),*) => {
        impl<F, Fut, R, M, G, $($piece),*> Endpoint<(M, G, $($piece,)*)> for F
        where
            F: Fn(G, $($piece),*) -> Fut + Handler<(M, G, $($piece,)*), App> + Sync,
            Fut: Future<Output = Result<R, Problem>>,
            R: Answer,
            G: Gate,
            M: 'static,
            $($piece: Piece + 'static,)*
            (M, G, $($piece,)*): 'static,
        {
            const ACTION: Action = G::ACTION;
            fn describe(doc: &mut Doc) {
                $($piece::describe(doc);)*
                R::describe(doc);
            }
            fn on(self, method: MethodFilter) -> MethodRouter<App> {
                on(method, self)
            }
        }
    };
}

endpoint!();
endpoint!(A);
endpoint!(A, B);
endpoint!(A, B, C);

impl Table {
    /// Adds a route. `about`: what it does, in one line.
    pub(crate) fn add<T, E: Endpoint<T>>(
        &mut self,
        method: Method,
        path: &'static str,
        about: &'static str,
        endpoint: E,
    ) {
        let mut doc = Doc::new(about);
        E::describe(&mut doc);
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.router = std::mem::take(&mut self.router).route(path, endpoint.on(filter));
        self.infos.push(RouteInfo { method, path, access: E::ACTION, doc });
    }

    /// Adds a route that answers GET.
    pub(crate) fn get<T, E: Endpoint<T>>(&mut self, path: &'static str, about: &'static str, endpoint: E) {
        self.add(Method::GET, path, about, endpoint);
    }

    /// Adds a route that answers POST.
    pub(crate) fn post<T, E: Endpoint<T>>(&mut self, path: &'static str, about: &'static str, endpoint: E) {
        self.add(Method::POST, path, about, endpoint);
    }

    /// The router, and what is known of its routes.
    pub(crate) fn into_parts(self) -> (Router<App>, Vec<RouteInfo>) {
        (self.router, self.infos)
    }
}

/// All routes there are.
pub(crate) fn table() -> Table {
    let mut table = Table::default();
    api::add(&mut table);
    console::add(&mut table);
    table
}

/// What is known of all routes, in the order in which they were added.
pub fn routes() -> Vec<RouteInfo> {
    table().into_parts().1
}
