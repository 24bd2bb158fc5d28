//! What is right and least to ask of each route, by hand: the rows of `tests/golden/routes.md`.

/// How an automation must be for a request to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ready {
    /// Published, off.
    Off,
    /// On, with ana's consent.
    On,
    /// Offered to bo.
    Offered,
    /// With a draft of ana and one of bo.
    Drafts,
    /// The one that ran.
    Ran,
}

/// One request.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) ready: Ready,
    /// JSON for the API, the fields of a form for pages, the query of a GET; empty where nothing is taken.
    pub(crate) body: &'static str,
}

const fn ask(method: &'static str, path: &'static str, ready: Ready, body: &'static str) -> Request {
    Request { method, path, ready, body }
}

const VERSION: &str = r#"{"version":"{version}"}"#;
/// As the site is governed already.
const SAME: &str = r#"{"preset":"mandate","settings":{"roles":{"auditor":["view-all"]}}}"#;
const SAME_FORM: &str = r#"preset=mandate&settings={"roles":{"auditor":["view-all"]}}&do=save"#;
const DRAFT: &str = r#"{"plugin":"{plugin}","settings":{"dataset":"deals","threshold":"1.00"},"trigger":{"on":"row","dataset":"deals","change":["added"]}}"#;
const FORM: &str = "plugin={plugin}&setting.dataset=deals&setting.threshold=1.00&trigger.on=row&trigger.dataset=deals&trigger.change=added&do=save";

/// Every route of the server.
pub(crate) const REQUESTS: &[Request] = &[
    ask("GET", "/api/v1/openapi.json", Ready::Off, ""),
    ask("GET", "/api/v1/health", Ready::Off, ""),
    ask("GET", "/api/v1/me", Ready::Off, ""),
    ask("GET", "/api/v1/me/automations", Ready::Off, ""),
    ask("PUT", "/api/v1/me/wishes/{automation}", Ready::Off, r#"{"wish":"muted"}"#),
    ask("GET", "/api/v1/automations", Ready::Off, ""),
    ask("POST", "/api/v1/automations", Ready::Off, r#"{"name":"Made"}"#),
    ask("GET", "/api/v1/automations/{automation}", Ready::Off, ""),
    ask("DELETE", "/api/v1/automations/{automation}", Ready::Off, ""),
    ask("POST", "/api/v1/automations/{automation}/rename", Ready::Off, r#"{"name":"Renamed"}"#),
    ask("POST", "/api/v1/automations/{automation}/kind", Ready::Off, r#"{"main":false}"#),
    ask("POST", "/api/v1/automations/{automation}/enable", Ready::Off, VERSION),
    ask("POST", "/api/v1/automations/{automation}/disable", Ready::On, "{}"),
    ask("POST", "/api/v1/automations/{automation}/consent", Ready::Off, VERSION),
    ask("POST", "/api/v1/automations/{automation}/revoke", Ready::On, ""),
    ask("POST", "/api/v1/automations/{automation}/take", Ready::Off, r#"{"from":"user:ana","to":"{me}"}"#),
    ask("POST", "/api/v1/automations/{automation}/offer", Ready::Off, r#"{"to":"user:bo"}"#),
    ask("POST", "/api/v1/automations/{automation}/accept", Ready::Offered, r#"{"from":"user:ana","to":"{me}"}"#),
    ask("POST", "/api/v1/automations/{automation}/decline", Ready::Offered, ""),
    ask("POST", "/api/v1/automations/{automation}/move", Ready::Off, r#"{"from":"user:ana","to":"user:bo"}"#),
    ask("POST", "/api/v1/automations/{automation}/managers", Ready::Off, r#"{"add":["user:vera"]}"#),
    ask("POST", "/api/v1/automations/{automation}/members", Ready::Off, r#"{"add":["user:cleo"]}"#),
    ask("POST", "/api/v1/automations/{automation}/run-now", Ready::On, "{}"),
    ask("POST", "/api/v1/automations/{automation}/clone", Ready::Off, r#"{"name":"Copied"}"#),
    ask("GET", "/api/v1/automations/{automation}/draft", Ready::Drafts, ""),
    ask("PUT", "/api/v1/automations/{automation}/draft", Ready::Off, DRAFT),
    ask("POST", "/api/v1/automations/{automation}/publish", Ready::Drafts, "{}"),
    ask("GET", "/api/v1/runs", Ready::Off, ""),
    ask("GET", "/api/v1/runs/{run}", Ready::Off, ""),
    ask("POST", "/api/v1/runs/{run}/reveal", Ready::Off, r#"{"reason":"an audit"}"#),
    ask("POST", "/api/v1/runs/{run}/replay", Ready::Off, ""),
    ask("POST", "/api/v1/runs/{run}/retry", Ready::Off, ""),
    ask("GET", "/api/v1/runs/{run}/record", Ready::Off, ""),
    ask("GET", "/api/v1/automations/{automation}/events/{event}", Ready::Ran, ""),
    ask("GET", "/api/v1/live", Ready::Off, "of=inbox"),
    ask("GET", "/api/v1/inbox", Ready::Off, ""),
    ask("GET", "/api/v1/inbox/{message}", Ready::Off, ""),
    ask("POST", "/api/v1/inbox/{message}/mark", Ready::Off, r#"{"as":"read"}"#),
    ask("GET", "/api/v1/inbox/{message}/attachments/{number}", Ready::Off, ""),
    ask("GET", "/api/v1/people", Ready::Off, ""),
    ask("GET", "/api/v1/people/{person}", Ready::Off, ""),
    ask("POST", "/api/v1/people/{person}/hand-over", Ready::Off, r#"{"to":"user:bo"}"#),
    ask("GET", "/api/v1/policy", Ready::Off, ""),
    ask("POST", "/api/v1/policy/check", Ready::Off, SAME),
    ask("PUT", "/api/v1/policy", Ready::Off, SAME),
    ask("GET", "/api/v1/search", Ready::Off, "q=large"),
    ask("GET", "/assets/{digest}/{name}", Ready::Off, ""),
    ask("GET", "/", Ready::Off, ""),
    ask("GET", "/enter", Ready::Off, ""),
    ask("GET", "/automations", Ready::Off, ""),
    ask("GET", "/automations/new", Ready::Off, ""),
    ask("POST", "/automations/new", Ready::Off, "name=Made"),
    ask("GET", "/automations/{automation}", Ready::Off, ""),
    ask("GET", "/automations/{automation}/consent", Ready::Off, ""),
    ask("POST", "/automations/{automation}/agree", Ready::Off, "version={version}&how=enable"),
    ask("GET", "/automations/{automation}/setup", Ready::Off, ""),
    ask("POST", "/automations/{automation}/setup", Ready::Off, FORM),
    ask("GET", "/automations/{automation}/people", Ready::Off, ""),
    ask("POST", "/automations/{automation}/disable", Ready::On, ""),
    ask("POST", "/automations/{automation}/revoke", Ready::On, ""),
    ask("POST", "/automations/{automation}/run-now", Ready::On, ""),
    ask("POST", "/automations/{automation}/managers", Ready::Off, "add=user:vera"),
    ask("POST", "/automations/{automation}/members", Ready::Off, "add=user:cleo"),
    ask("POST", "/automations/{automation}/offer", Ready::Off, "to=user:bo"),
    ask("POST", "/automations/{automation}/decline", Ready::Offered, ""),
    ask("POST", "/automations/{automation}/rename", Ready::Off, "name=Renamed"),
    ask("POST", "/automations/{automation}/clone", Ready::Off, "name=Copied"),
    ask("POST", "/automations/{automation}/delete", Ready::Off, ""),
    ask("GET", "/runs", Ready::Off, ""),
    ask("GET", "/runs/{run}", Ready::Off, ""),
    ask("POST", "/runs/{run}/reveal", Ready::Off, "reason=an audit"),
    ask("POST", "/runs/{run}/replay", Ready::Off, ""),
    ask("POST", "/runs/{run}/retry", Ready::Off, ""),
    ask("GET", "/runs/{run}/record", Ready::Off, ""),
    ask("GET", "/inbox", Ready::Off, ""),
    ask("GET", "/inbox/{message}", Ready::Off, ""),
    ask("GET", "/inbox/{message}/attachments/{number}", Ready::Off, ""),
    ask("POST", "/inbox/{message}/mark", Ready::Off, "as=archived"),
    ask("POST", "/inbox/{message}/wish", Ready::Off, "wish=muted"),
    ask("POST", "/me/wishes/{automation}", Ready::Off, "wish=muted"),
    ask("GET", "/people", Ready::Off, ""),
    ask("GET", "/people/{person}", Ready::Off, ""),
    ask("POST", "/people/{person}/hand-over", Ready::Off, "to=user:bo"),
    ask("GET", "/policy", Ready::Off, ""),
    ask("POST", "/policy", Ready::Off, SAME_FORM),
    ask("GET", "/search", Ready::Off, "q=large"),
    ask("GET", "/api/v1/plugins", Ready::Off, ""),
    ask("POST", "/api/v1/plugins", Ready::Off, ""),
    ask("GET", "/api/v1/plugins/{plugin}", Ready::Off, ""),
    ask("GET", "/plugins", Ready::Off, ""),
    ask("POST", "/plugins", Ready::Off, ""),
    ask("GET", "/plugins/{plugin}", Ready::Off, ""),
    ask("GET", "/uploads/{upload}", Ready::Off, ""),
    ask("GET", "/automations/{automation}/dry-run", Ready::Off, ""),
    ask("POST", "/automations/{automation}/dry-run", Ready::Off, "on=row&row=deals/d1&person={me}"),
    ask("GET", "/api/v1/intake", Ready::Off, ""),
    ask("GET", "/api/v1/tokens", Ready::Off, ""),
    ask("POST", "/api/v1/tokens", Ready::Off, r#"{"name":"ci","scopes":["read"],"days":1}"#),
    ask("DELETE", "/api/v1/tokens/{token}", Ready::Off, ""),
    ask("GET", "/api/v1/service-tokens", Ready::Off, ""),
    ask("POST", "/api/v1/service-tokens", Ready::Off, r#"{"name":"crm","source":"/crm","days":1}"#),
    ask("DELETE", "/api/v1/service-tokens/{token}", Ready::Off, ""),
    ask("GET", "/api/v1/sessions", Ready::Off, ""),
    ask("DELETE", "/api/v1/sessions/{session}", Ready::Off, ""),
    ask("GET", "/me", Ready::Off, ""),
    ask("POST", "/me/tokens", Ready::Off, "name=ci&scope=read&days=1"),
    ask("POST", "/me/tokens/{id}/revoke", Ready::Off, ""),
    ask("POST", "/me/sessions/{id}/end", Ready::Off, ""),
    ask("POST", "/me/sessions/end", Ready::Off, ""),
    ask("GET", "/enter/provider", Ready::Off, ""),
    ask("GET", "/enter/back", Ready::Off, ""),
    ask("GET", "/left", Ready::Off, ""),
    ask("GET", "/problems", Ready::Off, ""),
    ask("GET", "/problems/{code}", Ready::Off, ""),
    ask("DELETE", "/api/v1/people/{person}/sessions", Ready::Off, ""),
    ask("DELETE", "/api/v1/sessions", Ready::Off, ""),
    ask("POST", "/leave", Ready::Off, ""),
    ask("POST", "/enter", Ready::Off, "person={me}"),
];
