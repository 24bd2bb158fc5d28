//! Who gets what from each route: `tests/golden/routes.md`, made here and judged by people. Everybody asks what is right and least of
//! an automation of their own, so that nothing that one did stands in another's way (A08).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use hyper::{Method, StatusCode};
use mandate_governance::{Ask, Life, SiteChoices};
use mandate_model::{AutomationId, Field, PrincipalId, Value};
use mandate_service::{Clock as _, SavedDraft};

use crate::{
    client::{Answer, Client},
    requests::{REQUESTS, Ready, Request},
    world::World,
};

/// Who asks.
const PEOPLE: [&str; 7] = ["nobody", "dan", "vera", "vic", "bo", "ana", "cleo"];

/// Who is there besides those of every world.
pub(crate) const MORE: &str = r#"
[[people]]
id = "vera"
name = "Vera"
[[people]]
id = "vic"
name = "Vic"
[[roles]]
to = "user:vic"
role = "auditor"
[[grants]]
to = "user:cleo"
dataset = "deals"
rights = ["read", "create", "update", "remove"]
[governance]
preset = "mandate"
settings.roles.auditor = ["view-all"]
"#;

const HEAD: &str = "\
# Routes and people

What each route answers to whom. Made by `host/server/tests/server/who_gets_what.rs`, which asks for each row anew, and judged by people: a
change of a cell is a change of who may do what. nobody is not signed in; dan sees nothing; vera is invited to see the automation; vic
may see all automations of the site and no more; bo manages it; ana is whom it runs as; cleo administers the site and holds
all that it asks for, so that she can take it and accept it. Whoever is refused
has changed nothing: that is compared each time.

";

/// What requests name besides an automation of their own.
pub(crate) struct Names {
    pub(crate) run: String,
    pub(crate) message: String,
    pub(crate) event: String,
    asset: String,
}

pub(crate) fn id(person: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{person}")).unwrap()
}

/// One deal came in, while the world's automation was on.
pub(crate) async fn names(world: &World, ana: &Client) -> Names {
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    let cells = [("title", Value::Text("Bridge".to_owned())), ("amount", Value::Decimal("25000.00".to_owned()))];
    let fields: Vec<Field> = cells.into_iter().map(|(name, value)| Field { name: name.to_owned(), value }).collect();
    world.embedded.insert(None, "deals", "d1", &fields, mandate_service::SystemClock.now()).await.unwrap();
    world.service.drain().await.unwrap();
    world.service.disable(&world.automation, &id("ana")).await.unwrap();
    let run = ana.get("/api/v1/runs").await.json()["runs"][0].clone();
    let message = ana.get("/api/v1/inbox").await.json()["messages"][0]["id"].as_str().unwrap().to_owned();
    let page = ana.get("/automations").await.body;
    let (_, asset) = page.split_once("href=\"/assets/").expect("a page with a style");
    let asset = format!("/assets/{}", asset.split('"').next().unwrap_or_default());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    Names { run: text(&run["id"]), event: text(&run["event"]["id"]), message, asset }
}

/// An automation as a request needs it.
pub(crate) async fn automation(world: &World, ready: Ready) -> AutomationId {
    if ready == Ready::Ran {
        return world.automation.clone();
    }
    let automation = world.another(&[id("vera")]).await;
    let draft = SavedDraft {
        plugin: world.plugin.to_string(),
        settings: serde_json::json!({ "dataset": "deals", "threshold": "1.00" }),
        trigger: serde_json::from_value(serde_json::json!({ "on": "row", "dataset": "deals", "change": ["added"] }))
            .unwrap(),
        recipients: BTreeSet::new(),
        base: None,
    };
    match ready {
        Ready::Off | Ready::Ran => {}
        Ready::On => world.service.enable(&automation, &id("ana"), &world.version).await.unwrap(),
        Ready::Offered | Ready::ForCleo => {
            let to = if ready == Ready::Offered { "bo" } else { "cleo" };
            world.service.ask(&automation, &id("ana"), Ask::Offer { to: Some(id(to)) }).await.map(drop).unwrap();
        }
        Ready::Drafts => {
            for editor in ["ana", "bo"] {
                world.service.write_draft(&automation, &id(editor), draft.clone()).await.unwrap();
            }
        }
    }
    automation
}

/// What a row is asked in.
struct Asking {
    world: World,
    names: Names,
    document: serde_json::Value,
    /// Automations that nobody changed since they were made.
    untouched: BTreeMap<Ready, AutomationId>,
}

impl Asking {
    /// Asks once.
    async fn ask(&mut self, who: &str, client: &Client, request: &Request) -> StatusCode {
        let automation = match self.untouched.get(&request.ready) {
            Some(untouched) => untouched.clone(),
            None => automation(&self.world, request.ready).await,
        };
        self.untouched.insert(request.ready, automation.clone());
        let before = kept(&self.world, &automation).await;
        let fill = |text: &str| filled(&self.world, &self.names, text, &automation, who);
        let (at, body) = (fill(request.path), fill(request.body));
        let answer = sent(client, request, &at, &body).await;
        let status = answer.status;
        if !status.is_client_error() && request.method != "GET" {
            self.untouched.remove(&request.ready);
        }
        let to_sign_in = answer.header("location") == "/enter" && request.path != "/leave";
        if status.is_client_error() || to_sign_in {
            assert_eq!(kept(&self.world, &automation).await, before, "{} {at} as {who}", request.method);
        }
        assert!(!status.is_server_error(), "{} {at} as {who}: {answer:?}", request.method);
        let operation = &self.document["paths"][request.path][request.method.to_lowercase()];
        let told = operation["responses"].get(status.as_str()).is_some();
        assert!(told || !request.path.starts_with("/api/"), "{} {at} answers {status}: not documented", request.method);
        status
    }
}

/// What must be as it was after a refusal.
pub(crate) async fn kept(world: &World, automation: &AutomationId) -> (Life, usize, SiteChoices) {
    let service = &world.service;
    let all = service.automations().await.unwrap().len();
    let choices = service.choices(world.embedded.site()).await.unwrap();
    (service.automation(automation).await.unwrap(), all, choices)
}

/// A path or a body with the names of what there is.
pub(crate) fn filled(world: &World, names: &Names, text: &str, automation: &AutomationId, who: &str) -> String {
    let Names { run, message, event, asset } = names;
    let (plugin, version, me) = (world.plugin.to_string(), world.version.to_string(), format!("user:{who}"));
    let names = [
        ("/assets/{digest}/{name}", asset.as_str()),
        ("{automation}", automation.as_str()),
        ("{run}", run),
        ("{message}", message),
        ("{event}", event),
        ("{number}", "1"),
        ("{person}", "user:ana"),
        ("{code}", "M0404"),
        ("{me}", &me),
        ("{version}", &version),
        ("{plugin}", &plugin),
        ("{upload}", "absent"),
        ("{hook}", "hook_absent"),
        ("{token}", "tok_absent"),
        ("{session}", "ses_absent"),
        ("{id}", "absent"),
    ];
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

pub(crate) async fn sent(client: &Client, request: &Request, at: &str, body: &str) -> Answer {
    let method: Method = request.method.parse().unwrap();
    if method == Method::GET {
        return client.get(format!("{at}?{body}").trim_end_matches('?')).await;
    }
    if request.path == "/api/v1/plugins" {
        let headers = [("content-type", "application/wasm"), ("x-csrf-token", client.csrf())];
        return client.send(method, at, &headers, "no component").await;
    }
    if request.path == "/plugins" {
        let token = format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", client.csrf());
        let file = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nno component\r\n--x--\r\n";
        let headers = [("content-type", "multipart/form-data; boundary=x")];
        return client.send(method, at, &headers, &format!("{token}{file}")).await;
    }
    if request.path.starts_with("/api/") {
        let body = if body.is_empty() { serde_json::Value::Null } else { serde_json::from_str(body).unwrap() };
        return client.api(method, at, &body).await;
    }
    let fields: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.form(at, &fields).await
}

#[test]
fn every_route_has_its_request() {
    let routes: BTreeSet<(String, String)> =
        mandate_server::routes().into_iter().map(|route| (route.path.to_owned(), route.method.to_string())).collect();
    let asked: BTreeSet<(String, String)> =
        REQUESTS.iter().map(|one| (one.path.to_owned(), one.method.to_owned())).collect();
    let missing: Vec<_> = routes.difference(&asked).collect();
    assert!(
        missing.is_empty(),
        "give these a line in requests.rs, then make the table with UPDATE_GOLDEN=1: {missing:?}"
    );
    let gone: Vec<_> = asked.difference(&routes).collect();
    assert!(gone.is_empty(), "there are no such routes any more: {gone:?}");
    assert_eq!(asked.len(), REQUESTS.len(), "a request is there twice");
}

#[tokio::test]
async fn a08_the_table_says_what_each_route_answers_to_whom() {
    let world = World::with(MORE).await;
    let mut clients = vec![world.nobody()];
    for who in PEOPLE.iter().skip(1) {
        clients.push(world.person(&format!("user:{who}")).await);
    }
    let names = names(&world, &clients[5]).await;
    let (document, untouched) = (mandate_server::document(), BTreeMap::new());
    let mut asking = Asking { world, names, document, untouched };
    let mut made = HEAD.to_owned();
    writeln!(made, "| route | {} |\n|---|{}", PEOPLE.join(" | "), "---|".repeat(PEOPLE.len())).unwrap();
    for request in REQUESTS {
        write!(made, "| {} `{}` |", request.method, request.path).unwrap();
        for (who, client) in PEOPLE.iter().zip(&mut clients) {
            let status = asking.ask(who, client, request).await;
            write!(made, " {} |", status.as_str()).unwrap();
        }
        if ENDS.contains(&request.path) {
            for (who, client) in PEOPLE.iter().zip(&mut clients).skip(1) {
                client.enter(&format!("user:{who}")).await;
            }
        }
        made.push('\n');
    }
    asking.world.end().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/routes.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(made == kept, "the table is no longer what is kept: look at what changed with UPDATE_GOLDEN=1\n{made}");
}

/// What ends sessions.
const ENDS: [&str; 4] = ["/leave", "/api/v1/sessions", "/api/v1/people/{person}/sessions", "/me/sessions/end"];
/// What is asked with a signature, whoever asks.
const SIGNED: &str = "| POST `/api/v1/hooks/{hook}` |";
/// What everybody does with their own session and tokens, and with what tells them.
const MINE: [&str; 8] = [
    "/leave",
    "/enter",
    "/api/v1/sessions",
    "/me/sessions/end",
    "/api/v1/tokens",
    "/me/tokens",
    "/api/v1/me/wishes/{automation}",
    "/me/wishes/{automation}",
];

#[test]
fn a08_who_may_look_at_all_changes_nothing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/routes.md");
    let kept = std::fs::read_to_string(path).unwrap();
    let mut judged = 0;
    for line in kept.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| GET") && line.contains('`')) {
        if MINE.iter().any(|own| line.contains(&format!("`{own}`"))) {
            continue;
        }
        if line.starts_with(SIGNED) {
            assert_eq!(line.matches("401").count(), PEOPLE.len(), "{line}");
            continue;
        }
        // route, nobody, dan, vera, vic: by hand, whatever was made.
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        for (who, allowed) in [(3, &["403", "404", "422"]), (4, &["403", "404", "422"]), (5, &["403", "404", "422"])] {
            assert!(allowed.contains(&cells[who]), "{line}");
        }
        assert!(["401", "303"].contains(&cells[2]), "{line}");
        judged += 1;
    }
    assert!(judged > 35, "{judged}");
}
