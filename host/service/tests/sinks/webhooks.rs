//! Requests to webhooks: signed, once for each attempt, and answered by servers that behave badly.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use mandate_service::{
    outbound::{Outbound, SystemNames, Target, Trust},
    outward::{Address, Carrier as _, Setback},
    webhook::{SigningSecret, Webhook, Webhooks},
};
use mandate_test_support::sinks::{Http, HttpRequest, Then};
use serde_json::Value;

use crate::parcels::{parcel, with};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Verifies a request as the specification says: written by hand, in another language.
const VERIFIER: &str = r#"
import base64, hashlib, hmac, json, sys
told = json.load(sys.stdin)
key = base64.b64decode(told["secret"].removeprefix("whsec_"))
signed = f'{told["id"]}.{told["timestamp"]}.{told["body"]}'.encode()
expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
print("good" if hmac.compare_digest(expected, told["signature"]) else "bad")
"#;

fn verified(request: &HttpRequest, secret: &str) -> bool {
    let told = serde_json::json!({
        "secret": secret,
        "id": request.header("webhook-id"),
        "timestamp": request.header("webhook-timestamp"),
        "signature": request.header("webhook-signature"),
        "body": String::from_utf8(request.body.clone()).unwrap(),
    });
    let mut python = Command::new("python3");
    let mut child = python.args(["-c", VERIFIER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(told.to_string().as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success());
    said.stdout.starts_with(b"good")
}

fn to(url: &str) -> Address {
    let secret = SigningSecret::parse(SECRET).unwrap();
    Address::Webhook(Webhook { target: Target::parse(url).unwrap(), secret })
}

/// Webhooks that may go to these origins inside.
fn allowing<'a>(origins: impl IntoIterator<Item = &'a str>, time: Duration) -> Webhooks {
    let allowed: BTreeSet<String> = origins.into_iter().map(str::to_owned).collect();
    let trust = Trust::of_machine(None).unwrap();
    Webhooks::new(Outbound::new(Arc::new(SystemNames), &trust, allowed, time).unwrap())
}

/// What is said of a server that does this.
async fn told(then: Then, time: Duration) -> (Result<(), Setback>, Http) {
    let server = Http::start([then]);
    let carried = allowing([server.origin().as_str()], time)
        .carry(&parcel("news", "text"), &to(&format!("{}/hook", server.origin())))
        .await;
    (carried, server)
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_request_is_signed_so_that_others_can_verify_it() {
    let server = Http::start([]);
    let sent = with(parcel("Größer", "<b>\u{202e}"), "a.csv", "text/csv", b"a;b");
    let address = to(&format!("{}/hook?team=1#part", server.origin()));
    allowing([server.origin().as_str()], LONG).carry(&sent, &address).await.unwrap();
    let request = server.got().remove(0);
    assert_eq!(request.line, "POST /hook?team=1 HTTP/1.1");
    assert_eq!(request.header("host"), format!("127.0.0.1:{}", server.port));
    assert_eq!(request.header("webhook-id"), "dlv_abc");
    assert_eq!(request.header("webhook-timestamp"), "1700000060");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(verified(&request, SECRET));
    assert!(!verified(&request, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    let mut forged = request.clone();
    forged.body.push(b' ');
    assert!(!verified(&forged, SECRET));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["type"], "mandate.message");
    assert_eq!((body["data"]["title"].as_str(), body["data"]["body"].as_str()), (Some("Größer"), Some("<b>\u{202e}")));
    assert_eq!(body["data"]["attachments"][0]["base64"], "YTti");
    let text = String::from_utf8(request.body).unwrap();
    assert!(!text.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") && !text.contains("Bob"), "{text}");
}

#[tokio::test]
async fn e02_what_is_known_of_an_answer_is_what_it_is_called() {
    let answer = |status| Then::Answer(status, vec![], b"secret of the server".to_vec());
    for status in [200, 201, 204, 299] {
        assert_eq!(told(answer(status), LONG).await.0, Ok(()), "{status}");
    }
    for status in [400, 401, 404, 429, 500, 503] {
        assert_eq!(told(answer(status), LONG).await.0, Err(Setback::Later(format!("it answers {status}"))));
    }
    assert_eq!(told(answer(410), LONG).await.0, Err(Setback::Never("it answers 410: it is gone".to_owned())));
    // It has the request, and nobody knows what it did with it.
    for (then, time) in [(Then::Hang, Duration::from_secs(3)), (Then::Close, LONG)] {
        let (carried, server) = told(then.clone(), time).await;
        assert!(matches!(carried, Err(Setback::Unknown(_))), "{then:?}: {carried:?}");
        assert_eq!(server.got().len(), 1);
    }
    // An answer without end is not read.
    assert_eq!(told(Then::Flood, LONG).await.0, Ok(()));
    let gone = to("http://127.0.0.1:1/hook");
    let carried = allowing(["http://127.0.0.1:1"], LONG).carry(&parcel("news", "text"), &gone).await;
    assert_eq!(carried, Err(Setback::Later("it cannot be reached".to_owned())));
}

#[tokio::test]
async fn e02_each_attempt_has_the_same_id_and_the_same_body() {
    let server = Http::start([Then::Close, Then::Answer(500, vec![], vec![])]);
    let webhooks = allowing([server.origin().as_str()], LONG);
    let mut sent = parcel("news", "text");
    for _ in 0..3 {
        let _ = webhooks.carry(&sent, &to(&server.origin())).await;
        sent.now += 60_000_000;
    }
    let got = server.got();
    assert_eq!(got.len(), 3);
    for request in &got {
        assert_eq!((request.header("webhook-id"), &request.body), ("dlv_abc", &got[0].body));
        assert!(verified(request, SECRET));
    }
    let times: BTreeSet<_> = got.iter().map(|request| request.header("webhook-timestamp")).collect();
    assert_eq!(times.len(), 3, "each attempt says when it was made");
}

#[tokio::test]
async fn w05_a_redirect_is_not_followed() {
    let inside = Http::start([]);
    for (status, place) in [
        (301, inside.origin()),
        (302, "http://169.254.169.254/latest/meta-data/".to_owned()),
        (307, inside.origin()),
        (308, inside.origin()),
    ] {
        let headers = vec![format!("location: {place}")];
        let (carried, server) = told(Then::Answer(status, headers, vec![]), LONG).await;
        let why = format!("it answers {status}, and redirects are not followed");
        assert_eq!(carried, Err(Setback::Never(why)));
        assert_eq!(server.connections(), 1);
    }
    assert_eq!(inside.connections(), 0);
}
