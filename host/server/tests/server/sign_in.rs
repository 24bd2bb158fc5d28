//! Signing in at an identity provider: a real one, in a process of its own, and one that says what it should not.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use hyper::{Method, StatusCode};
use mandate_model::PrincipalId;
use mandate_server::{Oidc, OidcOptions, SignIn};
use mandate_service::{
    Clock as _, SystemClock,
    outbound::{Outbound, SystemNames, Trust},
};
use mandate_test_support::sinks::IdentityProvider;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Seen},
    provider::{Fake, Key, signed},
    world::World,
};

fn oidc(issuer: &str, secret: Option<&str>) -> SignIn {
    let options = OidcOptions {
        name: "Acme".to_owned(),
        issuer: issuer.to_owned(),
        client_id: IdentityProvider::CLIENT.to_owned(),
        client_secret: secret.map(str::to_owned),
        scopes: vec!["profile".to_owned()],
        claim: "preferred_username".to_owned(),
    };
    let trust = Trust::of_machine(None).unwrap();
    let allowed = BTreeSet::from([issuer.to_owned()]);
    let outbound = Outbound::new(Arc::new(SystemNames), &trust, allowed, Duration::from_secs(10)).unwrap();
    SignIn::Provider(Arc::new(Oidc::new(options, outbound).unwrap()))
}

/// Goes to a page of ours, and through the provider's forms as `name`.
async fn through(browser: &mut Browser, world: &World, wanted: &str, name: &str) -> Seen {
    let enter = browser.go(&format!("{}{wanted}", world.origin)).await;
    assert!(enter.at.starts_with(&format!("{}/enter?to=", world.origin)), "{}", enter.at);
    assert!(enter.answer.body.contains("Sign in with Acme"), "{}", enter.answer.body);
    let login = browser.go(&format!("{}{}", world.origin, enter.behind("class=\"button primary\" href=\""))).await;
    assert!(login.at.contains("/interaction/"), "{}", login.at);
    let fields = [("prompt", "login"), ("login", name), ("password", "any")];
    let mut seen = browser.submit(&login.at, &fields).await;
    if seen.at.contains("/interaction/") {
        seen = browser.submit(&seen.at, &[("prompt", "consent")]).await;
    }
    seen
}

#[tokio::test]
async fn somebody_signs_in_at_a_real_provider_looks_around_and_leaves() {
    for algorithm in ["ES256", "RS256"] {
        let mut real = None;
        let world = World::start_with(|origin| {
            let provider = real.insert(IdentityProvider::start(origin, algorithm));
            oidc(&provider.issuer, Some(IdentityProvider::SECRET))
        })
        .await;
        let mut browser = Browser::default();
        browser.plant(&world.origin, "mandate", "a session that somebody planted");
        let seen = through(&mut browser, &world, "/me?x=1", "ana").await;
        assert_eq!(seen.at, format!("{}/me?x=1", world.origin), "{algorithm}: {:?}", seen.answer);
        assert!(seen.answer.body.contains("<dd>Ana</dd>"), "{}", seen.answer.body);
        assert!(seen.answer.body.contains("At the identity provider"), "{}", seen.answer.body);
        assert!(!seen.answer.body.contains("Demo: you are"), "no switcher outside of the demo");
        let cookies = browser.cookies(&world.origin);
        assert_eq!(cookies.keys().collect::<Vec<_>>(), ["mandate"], "the cookie of the sign-in is gone");
        assert_ne!(cookies["mandate"], "a session that somebody planted", "W04");

        let csrf = seen.behind("name=\"csrf\" value=\"");
        let left = browser.submit(&format!("{}/leave", world.origin), &[("csrf", &csrf)]).await;
        assert_eq!((left.at.as_str(), left.answer.status), (&*format!("{}/left", world.origin), StatusCode::OK));
        browser.plant(&world.origin, "mandate", &cookies["mandate"]);
        let after = browser.go(&format!("{}/me", world.origin)).await;
        assert!(after.at.starts_with(&format!("{}/enter?to=", world.origin)), "the session is over: {}", after.at);
        let there = browser.go(&left.behind("Acme. <a href=\"")).await;
        assert!(there.at.starts_with(&format!("{}/session/end?", real.as_ref().unwrap().issuer)), "{}", there.at);
        assert_eq!(
            there.answer.status,
            StatusCode::OK,
            "it takes where we want to be led back to: {}",
            there.answer.body
        );
        world.end().await;
    }
}

#[tokio::test]
async fn who_is_not_here_is_told_so_and_the_next_one_may_try() {
    let mut real = None;
    let world = World::start_with(|origin| {
        let provider = real.insert(IdentityProvider::start(origin, "ES256"));
        oidc(&provider.issuer, Some(IdentityProvider::SECRET))
    })
    .await;
    let dan = PrincipalId::parse("user:dan").unwrap();
    world.embedded.set_active(&dan, false).await.unwrap();
    for name in ["zoe", "dan", "<b>zoe</b>"] {
        let mut browser = Browser::default();
        let seen = through(&mut browser, &world, "/automations", name).await;
        let shown = name.replace(['<', '>', '/'], "");
        assert_eq!(seen.answer.status, StatusCode::FORBIDDEN, "{name}");
        let told = format!("You signed in as `{shown}`, but this site has nobody active of that name");
        assert!(seen.answer.body.contains(&told), "{name}: {}", seen.answer.body);
        assert!(!browser.cookies(&world.origin).contains_key("mandate"), "{name}");
    }
    world.end().await;
}

/// A server in front of a provider that says what the test wants.
struct Bench {
    world: World,
    fake: Fake,
    key: Key,
}

impl Bench {
    async fn start() -> Self {
        let key = Key::new("one");
        let fake = Fake::start(&[&key]).await;
        let issuer = fake.issuer.clone();
        let world = World::start_with(|_| oidc(&issuer, None)).await;
        Self { world, fake, key }
    }

    /// Begins a sign-in: the state and the nonce that the provider is sent.
    async fn begin(&self, browser: &mut Browser) -> (String, String) {
        let at = format!("{}/enter/provider?to=%2Fme", self.world.origin);
        let led = browser.step(Method::GET, &at, "").await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{led:?}");
        let to = led.header("location");
        assert!(to.starts_with(&format!("{}/auth?tenant=7&response_type=code&", self.fake.issuer)), "{to}");
        assert!(to.contains("&code_challenge_method=S256") && to.contains("&scope=openid+profile&"), "{to}");
        let value = |name: &str| to.split(&format!("&{name}=")).nth(1).unwrap().split('&').next().unwrap().to_owned();
        (value("state"), value("nonce"))
    }

    /// Claims that are right.
    fn claims(&self, nonce: &str) -> Value {
        let now = SystemClock.now() / 1_000_000;
        json!({
            "iss": self.fake.issuer, "sub": "7", "aud": "mandate", "exp": now + 300, "iat": now, "nonce": nonce,
            "preferred_username": "ana",
        })
    }

    /// Comes back from the provider.
    async fn back(&self, browser: &mut Browser, state: &str, more: &str) -> Seen {
        browser.go(&format!("{}/enter/back?code=c&state={state}{more}", self.world.origin)).await
    }

    /// A whole sign-in with the token that is made of right claims.
    async fn with(&self, token: impl FnOnce(Value) -> String) -> Seen {
        let mut browser = Browser::default();
        let (state, nonce) = self.begin(&mut browser).await;
        self.fake.gives(Some(token(self.claims(&nonce))));
        let seen = self.back(&mut browser, &state, "").await;
        let signed_in = browser.cookies(&self.world.origin).contains_key("mandate");
        assert_eq!(signed_in, seen.answer.status == StatusCode::OK, "{}", seen.at);
        seen
    }
}

fn changed(mut claims: Value, key: &str, value: Value) -> Value {
    claims[key] = value;
    claims
}

#[tokio::test]
async fn what_a_provider_should_not_say_is_not_believed() {
    let bench = Bench::start().await;
    let key = &bench.key;
    let fine = bench.with(|claims| key.sign(&claims)).await;
    assert_eq!((fine.at.as_str(), fine.answer.status), (&*format!("{}/me", bench.world.origin), StatusCode::OK));
    let refused = async |why: &str, token: &dyn Fn(Value) -> String| {
        let seen = bench.with(token).await;
        assert_eq!(seen.answer.status, StatusCode::FORBIDDEN, "{why}");
        let told = format!("What the identity provider sent is not accepted: {why}; sign in again");
        assert!(seen.answer.body.contains(&told), "{why}: {}", seen.answer.body);
    };
    let with = |name: &'static str, value: Value| move |claims: Value| key.sign(&changed(claims, name, value.clone()));
    refused("it belongs to another sign-in", &with("nonce", json!("of another"))).await;
    refused("it is meant for somebody else", &with("aud", json!("another"))).await;
    refused("it is meant for somebody else", &with("azp", json!("another"))).await;
    refused("it comes from another provider", &with("iss", json!("https://evil.example"))).await;
    refused("it has expired", &with("exp", json!(SystemClock.now() / 1_000_000 - 61))).await;
    let otherwise = "it is signed in another way than RS256 or ES256, or not at all";
    refused(otherwise, &|claims| format!("{}.", signed(&json!({ "alg": "none", "kid": "one" }), &claims))).await;
    refused(otherwise, &|claims| key.shared(&claims)).await;
    refused("its signature is wrong", &|claims| Key::new("one").sign(&claims)).await;
    let forged = |claims: Value| {
        let signed = key.sign(&claims);
        let other = key.sign(&changed(claims, "preferred_username", json!("cleo")));
        let (payload, signature) = (other.split('.').nth(1).unwrap(), signed.rsplit('.').next().unwrap());
        format!("{}.{payload}.{signature}", signed.split('.').next().unwrap())
    };
    refused("its signature is wrong", &forged).await;
    bench.world.end().await;
}

#[tokio::test]
async fn new_keys_are_asked_for_and_made_up_ones_ask_for_nothing() {
    let bench = Bench::start().await;
    let (first, second, third) = (&bench.key, Key::new("two"), Key::new("three"));
    assert_eq!(bench.with(|claims| first.sign(&claims)).await.answer.status, StatusCode::OK);
    assert_eq!(bench.with(|claims| first.sign(&claims)).await.answer.status, StatusCode::OK);
    assert_eq!(bench.fake.asked_for_keys(), 1, "they are remembered");
    // Not asked for again within a minute, whatever is claimed.
    for key in [&second, &third] {
        let seen = bench.with(|claims| key.sign(&claims)).await;
        assert!(seen.answer.body.contains("it is signed with a key that the provider does not have"));
    }
    assert_eq!(bench.fake.asked_for_keys(), 1);
    bench.world.later(61);
    bench.fake.has(&[&second]);
    assert_eq!(bench.with(|claims| second.sign(&claims)).await.answer.status, StatusCode::OK);
    assert_eq!(bench.fake.asked_for_keys(), 2);
    let gone = bench.with(|claims| first.sign(&claims)).await;
    assert_eq!((gone.answer.status, bench.fake.asked_for_keys()), (StatusCode::FORBIDDEN, 2));
    bench.world.end().await;
}

#[tokio::test]
async fn w04_a_sign_in_is_finished_once_by_the_browser_that_began_it() {
    let bench = Bench::start().await;
    let stale = "This sign-in took too long, was finished before, or began in another browser: sign in again";
    let (mut victim, mut attacker) = (Browser::default(), Browser::default());
    let (state, nonce) = bench.begin(&mut attacker).await;
    let token = || Some(bench.key.sign(&bench.claims(&nonce)));
    // Login CSRF: the attacker's answer in the browser of somebody else, who began nothing, and who began something else.
    for _ in 0..2 {
        bench.fake.gives(token());
        let seen = bench.back(&mut victim, &state, "").await;
        assert_eq!(seen.answer.status, StatusCode::FORBIDDEN);
        assert!(seen.answer.body.contains(stale), "{}", seen.answer.body);
        bench.begin(&mut victim).await;
    }
    assert_eq!(bench.fake.swapped(), Vec::<String>::new(), "no code was swapped");
    // By who began it: once.
    let cookie = attacker.cookies(&bench.world.origin)["mandate-entering"].clone();
    assert_eq!(bench.back(&mut attacker, &state, "").await.answer.status, StatusCode::OK);
    assert!(bench.fake.swapped()[0].contains("&code_verifier="), "{:?}", bench.fake.swapped());
    attacker.plant(&bench.world.origin, "mandate-entering", &cookie);
    assert!(bench.back(&mut attacker, &state, "").await.answer.body.contains(stale));
    // Not after ten minutes, and not with a code that the provider refuses.
    let mut slow = Browser::default();
    let (state, _) = bench.begin(&mut slow).await;
    bench.world.later(601);
    assert!(bench.back(&mut slow, &state, "").await.answer.body.contains(stale));
    let (state, _) = bench.begin(&mut slow).await;
    bench.fake.gives(None);
    assert!(bench.back(&mut slow, &state, "").await.answer.body.contains(stale));
    bench.world.end().await;
}

#[tokio::test]
async fn words_of_the_provider_are_shown_as_text_and_another_one_is_not_heard() {
    let bench = Bench::start().await;
    let mut browser = Browser::default();
    let (state, _) = bench.begin(&mut browser).await;
    let words = "&error=access_denied%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE";
    let seen = bench.back(&mut browser, &state, words).await;
    assert_eq!(seen.answer.status, StatusCode::FORBIDDEN);
    let told = "The identity provider did not let you sign in; it says: access_deniedscriptalert(1)/script.<";
    assert!(seen.answer.body.contains(told), "{}", seen.answer.body);
    let (state, _) = bench.begin(&mut browser).await;
    let seen = bench.back(&mut browser, &state, "&iss=https%3A%2F%2Fevil.example").await;
    assert!(seen.answer.body.contains("it comes from another provider"), "{}", seen.answer.body);
    assert_eq!(bench.fake.swapped(), Vec::<String>::new(), "no code was swapped");
    bench.world.end().await;
}

#[tokio::test]
async fn a_provider_that_is_down_stops_nobody_but_who_signs_in() {
    let world = World::start_with(|_| oidc("http://127.0.0.1:9", None)).await;
    let mut browser = Browser::default();
    let seen = browser.go(&format!("{}/enter/provider", world.origin)).await;
    assert_eq!(seen.answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(seen.answer.body.contains("This cannot be done just now"), "{}", seen.answer.body);
    assert_eq!(browser.go(&format!("{}/left", world.origin)).await.answer.status, StatusCode::OK);
    world.end().await;
}

#[tokio::test]
async fn another_site_begins_no_sign_in_and_leads_nowhere_else() {
    let bench = Bench::start().await;
    let nobody = bench.world.nobody();
    let cross = [("sec-fetch-site", "cross-site")];
    let refused = nobody.send(Method::GET, "/enter/provider", &cross, "").await;
    assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::FORBIDDEN, ""));
    for wanted in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        let mut browser = Browser::default();
        let at = format!("{}/enter/provider?to={wanted}", bench.world.origin);
        let led = browser.step(Method::GET, &at, "").await;
        let value = |name: &str| {
            led.header("location").split(&format!("&{name}=")).nth(1).unwrap().split('&').next().unwrap().to_owned()
        };
        bench.fake.gives(Some(bench.key.sign(&bench.claims(&value("nonce")))));
        let seen = bench.back(&mut browser, &value("state"), "").await;
        assert_eq!(seen.at, format!("{}/automations", bench.world.origin), "{wanted}");
    }
    bench.world.end().await;
}

#[tokio::test]
async fn nobody_picks_who_they_are_where_there_is_a_provider() {
    let bench = Bench::start().await;
    let picked = bench.world.nobody().form("/enter", &[("person", "user:ana")]).await;
    assert_eq!((picked.status, picked.header("set-cookie")), (StatusCode::NOT_FOUND, ""));
    bench.world.end().await;
    let demo = World::start().await;
    assert_eq!(demo.nobody().get("/enter/provider").await.status, StatusCode::NOT_FOUND);
    assert_eq!(demo.nobody().get("/enter/back?code=x&state=x").await.status, StatusCode::NOT_FOUND);
    demo.end().await;
}
