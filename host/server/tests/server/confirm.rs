//! What makes an automation run as somebody else waits until they confirm it, and keeps what they typed (FND-18).

use hyper::{Method, StatusCode};
use mandate_governance::Ask;
use mandate_model::PrincipalId;
use serde_json::json;

use crate::{
    client::{Answer, Client},
    world::World,
};

/// A site in which nearly every act moves an automation, and eve, who holds what `Large deals` asks for and manages it.
const MOVING: &str = r#"
[[people]]
id = "eve"
name = "Eve"
[[roles]]
to = "user:eve"
role = "member"
[[grants]]
to = "user:eve"
dataset = "deals"
rights = ["read", "create", "update", "remove"]
[governance]
preset = "mandate"
settings.acquire_on = ["create", "toggle", "rename", "save"]
"#;

const FORM: [(&str, &str); 6] = [
    ("setting.dataset", "deals"),
    ("setting.threshold", "3.00"),
    ("trigger.on", "row"),
    ("trigger.dataset", "deals"),
    ("trigger.change", "added"),
    ("do", "publish"),
];

fn id(person: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{person}")).unwrap()
}

/// The world, and eve.
async fn moving() -> (World, Client) {
    let world = World::with(MOVING).await;
    let share = Ask::Share { add: [id("eve")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), share).await.unwrap();
    let eve = world.person("user:eve").await;
    (world, eve)
}

/// Whom it runs as, what it is called, whether there is a consent.
async fn now(world: &World) -> (String, String, bool) {
    let life = world.service.automation(&world.automation).await.unwrap();
    (life.automation.run_as.unwrap().to_string(), life.automation.name, life.consent.is_some())
}

/// The hidden fields of the page that asks.
fn asked(page: &Answer) -> Vec<(String, String)> {
    assert_eq!(page.status, StatusCode::CONFLICT, "{page:?}");
    let start = page.body.split_once("If you confirm").expect("a page that asks").1;
    let fields = start.split("<input type=\"hidden\" name=\"").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        Some((name.to_owned(), rest.split('"').next()?.to_owned()))
    });
    fields.filter(|(name, _)| name != "csrf").collect()
}

/// Presses its button.
async fn confirm(client: &Client, to: &str, fields: &[(String, String)]) -> Answer {
    let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.push(("move", "yes"));
    client.form(to, &all).await
}

#[tokio::test]
async fn fnd_18_a_name_moves_it_only_once_that_is_confirmed() {
    let (world, eve) = moving().await;
    let to = format!("/automations/{}/rename", world.automation);
    let page = eve.form(&to, &[("name", "Huge deals")]).await;
    assert!(page.body.contains("This makes it run as <strong>you</strong>, in place of <strong>Ana</strong>"));
    assert!(page.body.contains("If it ran as you, its reach would stay as it is."), "FIL-21: {}", page.body);
    assert!(page.body.contains("As Ana it reaches now"), "FIL-21: {}", page.body);
    assert_eq!(now(&world).await, ("user:ana".to_owned(), "Large deals".to_owned(), false));
    let fields = asked(&page);
    assert!(fields.contains(&("name".to_owned(), "Huge deals".to_owned())), "{fields:?}");
    let done = confirm(&eve, &to, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    assert_eq!(now(&world).await, ("user:eve".to_owned(), "Huge deals".to_owned(), true));
    world.end().await;
}

#[tokio::test]
async fn fnd_18_what_is_not_so_any_more_is_asked_again() {
    let (world, eve) = moving().await;
    let to = format!("/automations/{}/rename", world.automation);
    let fields = asked(&eve.form(&to, &[("name", "Huge deals")]).await);
    let offer = Ask::Move { expected: Some(id("ana")), new: id("bo") };
    let cleo = id("cleo");
    world.service.ask(&world.automation, &cleo, offer).await.unwrap();
    let again = confirm(&eve, &to, &fields).await;
    assert!(again.body.contains("It was changed since you were asked"), "{}", again.body);
    assert!(again.body.contains("in place of <strong>Bo</strong>"), "{}", again.body);
    assert_eq!(now(&world).await, ("user:bo".to_owned(), "Large deals".to_owned(), false));
    let done = confirm(&eve, &to, &asked(&again)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    assert_eq!(now(&world).await.0, "user:eve");
    world.end().await;
}

#[tokio::test]
async fn fnd_18_publishing_moves_it_with_consent_to_exactly_what_was_shown() {
    let (world, eve) = moving().await;
    let to = format!("/automations/{}/setup", world.automation);
    assert!(eve.get(&to).await.body.contains("In this site publishing moves it."));
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    let sent: Vec<_> = FORM.into_iter().chain([("plugin", &*plugin), ("base", &*base)]).collect();
    let page = eve.form(&to, &sent).await;
    assert!(page.body.contains("With your rights it reaches today"), "FIL-21: {}", page.body);
    let fields = asked(&page);
    assert_eq!(now(&world).await, ("user:ana".to_owned(), "Large deals".to_owned(), false));
    // What was confirmed is one version: with another threshold it is another.
    let mut other = fields.clone();
    other.iter_mut().find(|(name, _)| name == "setting.threshold").unwrap().1 = "4.00".to_owned();
    let again = confirm(&eve, &to, &other).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{again:?}");
    assert_eq!(now(&world).await.0, "user:ana");
    let done = confirm(&eve, &to, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    assert_eq!(now(&world).await, ("user:eve".to_owned(), "Large deals".to_owned(), true));
    let shown = fields.iter().find(|(name, _)| name == "move.version").unwrap().1.clone();
    let life = world.service.automation(&world.automation).await.unwrap();
    assert_eq!(life.automation.published.unwrap().to_string(), shown);
    // Ana, who manages it now, rolls back, which moves it in its turn.
    let ana = world.person("user:ana").await;
    let share = Ask::Share { add: [id("ana")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("eve"), share).await.unwrap();
    let to = format!("/automations/{}/roll-back", world.automation);
    let fields = asked(&ana.form(&to, &[("version", &base), ("base", &shown)]).await);
    assert_eq!(now(&world).await.0, "user:eve");
    assert_eq!(confirm(&ana, &to, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(now(&world).await, ("user:ana".to_owned(), "Large deals".to_owned(), true));
    world.end().await;
}

#[tokio::test]
async fn fnd_18_turning_on_and_off_say_whom_it_runs_as_then() {
    let (world, eve) = moving().await;
    let at = format!("/automations/{}", world.automation);
    let page = eve.get(&format!("{at}/consent")).await.body;
    assert!(page.contains("Turning it on moves it."), "{page}");
    assert!(page.contains("Agree and turn on: it runs as me"), "{page}");
    let version = world.version.to_string();
    let unaware = eve.form(&format!("{at}/agree"), &[("version", &version), ("how", "enable")]).await;
    assert_eq!(unaware.status, StatusCode::CONFLICT);
    assert_eq!(now(&world).await.0, "user:ana");
    let confirmed = [("move.from", "user:ana"), ("move.to", "user:eve"), ("move.version", &version)];
    let sent: Vec<_> = confirmed.into_iter().chain([("version", &*version), ("how", "enable")]).collect();
    assert_eq!(eve.form(&format!("{at}/agree"), &sent).await.status, StatusCode::SEE_OTHER);
    assert_eq!(now(&world).await, ("user:eve".to_owned(), "Large deals".to_owned(), true));
    let ana = world.person("user:ana").await;
    let share = Ask::Share { add: [id("ana")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("eve"), share).await.unwrap();
    let fields = asked(&ana.form(&format!("{at}/disable"), &[]).await);
    assert_eq!(now(&world).await.0, "user:eve");
    assert_eq!(confirm(&ana, &format!("{at}/disable"), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(now(&world).await.0, "user:ana");
    world.end().await;
}

#[tokio::test]
async fn fnd_18_a_program_is_told_from_whom_to_whom_and_can_confirm() {
    let (world, eve) = moving().await;
    let at = format!("/api/v1/automations/{}", world.automation);
    let refused = eve.api(Method::POST, &format!("{at}/rename"), &json!({ "name": "Huge deals" })).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::CONFLICT, Some("M0409")));
    assert_eq!(refused.json()["moves"], json!({ "from": "user:ana", "to": "user:eve" }));
    let version = world.version.to_string();
    let roll_back =
        |instead_of: serde_json::Value| json!({ "version": version, "base": version, "instead_of": instead_of });
    let other = json!({ "run_as": "user:ana", "version": format!("ver_{}", "0".repeat(64)) });
    let wrong = eve.api(Method::POST, &format!("{at}/roll-back"), &roll_back(other)).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT, "{wrong:?}");
    assert_eq!(now(&world).await.0, "user:ana");
    let right = json!({ "run_as": "user:ana", "version": version });
    assert_eq!(eve.api(Method::POST, &format!("{at}/roll-back"), &roll_back(right)).await.status, StatusCode::OK);
    assert_eq!(now(&world).await, ("user:eve".to_owned(), "Large deals".to_owned(), true));
    world.end().await;
}

#[tokio::test]
async fn a_draft_that_another_overtook_is_told_whatever_form_it_was_typed_in() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let to = format!("/automations/{}/setup", world.automation);
    let base = |page: &str| {
        let (_, rest) = page.split_once("name=\"base\" value=\"").expect("a base");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let plugin = world.plugin.to_string();
    // Both open the form on the same version, and neither has a draft.
    let (of_ana, of_bo) = (base(&ana.get(&to).await.body), base(&bo.get(&to).await.body));
    assert_eq!(of_ana, of_bo);
    let sent = |base: &str| {
        FORM.into_iter()
            .chain([("plugin", plugin.clone().leak() as &str), ("base", base.to_owned().leak())])
            .collect::<Vec<_>>()
    };
    assert_eq!(ana.form(&to, &sent(&of_ana)).await.status, StatusCode::SEE_OTHER);
    let published = world.service.automation(&world.automation).await.unwrap().automation.published;
    let mut of_bo = sent(&of_bo);
    of_bo[1].1 = "5.00";
    let refused = bo.form(&to, &of_bo).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("the draft was begun on another version"), "{}", refused.body);
    assert!(
        refused.body.contains("Since then, this changed: no longer tells") && refused.body.contains("3.00"),
        "{}",
        refused.body
    );
    assert_eq!(world.service.automation(&world.automation).await.unwrap().automation.published, published);
    // Left and opened again, it is still begun on the first.
    assert_eq!(base(&bo.get(&to).await.body), of_ana);
    // From the page that said so, it is put in the place of theirs.
    of_bo.last_mut().unwrap().1 = base(&refused.body).leak();
    assert_eq!(bo.form(&to, &of_bo).await.status, StatusCode::SEE_OTHER);
    world.end().await;
}
