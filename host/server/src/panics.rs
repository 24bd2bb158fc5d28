//! What panics is the server's fault and nobody's answer: it is told like any other fault, and the process goes on. The release
//! unwinds for that (`panic` is not set in `Cargo.toml`): an abort would end every run and every other answer with it.

use std::panic::AssertUnwindSafe;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt as _;

use crate::problem::{Problem, Trouble};

/// What comes of `work`, or that it panicked. Nothing that it had is used any more: what is shared stands behind locks that do not
/// mind, and the transactions that it had begun are rolled back when they are dropped.
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Trouble> {
    // The hook told the operator where, on stderr; what was said is not for who asks.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Trouble::Internal("it panicked".to_owned()))
}

/// Answers 500 for what panics.
pub(crate) async fn answered(request: Request, next: Next) -> Response {
    match caught(next.run(request)).await {
        Ok(response) => response,
        Err(trouble) => Problem::from(trouble).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::Body,
        http::{Request as HttpRequest, StatusCode},
        middleware,
        routing::get,
    };
    use http_body_util::BodyExt as _;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;

    use super::*;
    use crate::protect;

    async fn panicking() -> &'static str {
        panic!("CANARY: SELECT secret FROM /var/lib/mandate")
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_and_tells_nothing_of_it() {
        let router = Router::new()
            .route("/api/v1/x", get(panicking))
            .route("/x", get(panicking))
            .route("/fine", get(async || "fine"))
            .layer(middleware::from_fn(answered))
            .layer(middleware::from_fn(protect::in_words));
        let service = TowerToHyperService::new(router);
        for (at, status, part) in [
            ("/api/v1/x", 500, "\"code\":\"M0500\""),
            ("/x", 500, "<h1>Something went wrong</h1>"),
            ("/fine", 200, "fine"),
        ] {
            let request = HttpRequest::get(at).body(Body::empty()).unwrap();
            let response = service.call(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{at}");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8_lossy(&body).into_owned();
            assert!(body.contains(part), "{at}: {body}");
            for inside in ["CANARY", "SELECT", "panick", "panics.rs", "/var/"] {
                assert!(!body.contains(inside), "{at}: {body}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_caught_is_a_fault_and_what_is_not_is_what_it_is() {
        assert_eq!(caught(async { 7 }).await.unwrap(), 7);
        let trouble = caught(async { panic!("CANARY") }).await.map(|(): ()| ()).unwrap_err();
        assert!(matches!(trouble, Trouble::Internal(_)) && !trouble.told().contains("CANARY"), "{trouble:?}");
    }
}
