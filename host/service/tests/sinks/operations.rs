//! Operations over HTTP: what is sent, and what every fault of the other side is taken for.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use mandate_model::{AutomationId, PrincipalId, RunId};
use mandate_service::{
    operations::{HttpCall, Invocation, Operation, Provider as _, http::HttpOperations},
    outbound::{Outbound, SystemNames, Target, Trust},
    outward::Setback,
};
use mandate_test_support::sinks::{Http, Then};

const LONG: Duration = Duration::from_secs(30);

const AUTOMATION: &str = "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const RUN: &str = "run_aaaaaaaaaaaaaaaaaaaaaaaaaa";

fn operation(url: &str, secret_file: Option<&str>) -> Operation {
    Operation {
        name: "close_deal".to_owned(),
        description: "Closes a deal.".to_owned(),
        schema: serde_json::json!({}),
        idempotent: true,
        call: Some(HttpCall { target: Target::parse(url).unwrap(), secret_file: secret_file.map(Into::into) }),
    }
}

fn invocation() -> Invocation {
    Invocation {
        principal: PrincipalId::parse("user:ana").unwrap(),
        key: "run_a/prt_b/1".to_owned(),
        automation: AutomationId::parse(AUTOMATION).unwrap(),
        run: RunId::parse(RUN).unwrap(),
        operation: "close_deal".to_owned(),
        arguments: r#"{"deal":"1"}"#.to_owned(),
        again: false,
    }
}

fn client(allowed: &str, folder: &Path, time: Duration) -> HttpOperations {
    let allowed = BTreeSet::from([allowed.to_owned()]);
    let outbound = Outbound::new(Arc::new(SystemNames), &Trust::of_machine(None).unwrap(), allowed, time).unwrap();
    HttpOperations::new(outbound, folder.to_owned())
}

/// What is said of a server that does this, and what it was sent.
async fn told(then: Then, time: Duration) -> (Result<(), Setback>, Http) {
    let server = Http::start([then]);
    let operation = operation(&format!("{}/close", server.origin()), None);
    let done = client(&server.origin(), Path::new("."), time).invoke(&operation, &invocation()).await;
    (done, server)
}

#[tokio::test]
async fn a_request_says_what_for_whom_and_with_which_key_and_bears_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "s3cr3t-token\n").unwrap();
    let server = Http::start([]);
    let operation = operation(&format!("{}/close?x=1", server.origin()), Some("token"));
    client(&server.origin(), folder.path(), LONG).invoke(&operation, &invocation()).await.unwrap();
    let request = server.got().remove(0);
    assert_eq!(request.line, "POST /close?x=1 HTTP/1.1");
    for (header, value) in [
        ("content-type", "application/json"),
        ("idempotency-key", "run_a/prt_b/1"),
        ("mandate-operation", "close_deal"),
        ("mandate-principal", "user:ana"),
        ("mandate-automation", AUTOMATION),
        ("mandate-run", RUN),
        ("authorization", "Bearer s3cr3t-token"),
    ] {
        assert_eq!(request.header(header), value);
    }
    assert_eq!(request.body, br#"{"deal":"1"}"#);
}

#[tokio::test]
async fn e02_what_is_known_of_an_answer_is_what_it_is_called() {
    let answer = |status| Then::Answer(status, vec![], b"secret of the server".to_vec());
    for status in [200, 201, 204, 299] {
        assert_eq!(told(answer(status), LONG).await.0, Ok(()), "{status}");
    }
    for status in [408, 409, 425, 429, 503] {
        assert_eq!(told(answer(status), LONG).await.0, Err(Setback::Later(format!("it answers {status}"))));
    }
    for status in [400, 401, 403, 404, 410, 422] {
        assert_eq!(told(answer(status), LONG).await.0, Err(Setback::Never(format!("it answers {status}"))));
    }
    // It may have been done before something went wrong.
    for status in [500, 502, 504] {
        assert_eq!(told(answer(status), LONG).await.0, Err(Setback::Unknown(format!("it answers {status}"))));
    }
    for (then, time) in [(Then::Hang, Duration::from_secs(3)), (Then::Close, LONG)] {
        let (done, server) = told(then.clone(), time).await;
        assert!(matches!(done, Err(Setback::Unknown(_))), "{then:?}: {done:?}");
        assert_eq!(server.got().len(), 1);
    }
    // An answer without end is not read.
    assert_eq!(told(Then::Flood, LONG).await.0, Ok(()));
    let gone = operation("http://127.0.0.1:1/close", None);
    let done = client("http://127.0.0.1:1", Path::new("."), LONG).invoke(&gone, &invocation()).await;
    assert!(matches!(done, Err(Setback::Later(_))), "{done:?}");
}

#[tokio::test]
async fn w05_nothing_is_called_inside_and_no_redirect_is_followed() {
    let server = Http::start([]);
    let other = client("http://127.0.0.1:1", Path::new("."), LONG);
    for url in [
        format!("{}/close", server.origin()),
        format!("https://127.0.0.1:{}/", server.port),
        format!("https://[::ffff:127.0.0.1]:{}/", server.port),
        format!("https://0x7f.1:{}/", server.port),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://10.0.0.1/".to_owned(),
    ] {
        let done = other.invoke(&operation(&url, None), &invocation()).await;
        assert!(matches!(done, Err(Setback::Never(_))), "{url}: {done:?}");
    }
    assert_eq!(server.connections(), 0);
    let (done, from) = told(Then::Answer(307, vec![format!("location: {}", server.origin())], vec![]), LONG).await;
    assert_eq!(done, Err(Setback::Never("it answers 307, and redirects are not followed".to_owned())));
    assert_eq!((from.connections(), server.connections()), (1, 0));
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_told_without_it_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let server = Http::start([]);
    let client = client(&server.origin(), folder.path(), LONG);
    let operation = operation(&server.origin(), Some("token"));
    let told = async || match client.invoke(&operation, &invocation()).await {
        Err(Setback::Later(told)) => told,
        other => panic!("{other:?}"),
    };
    assert!(told().await.starts_with("the secret file `token` cannot be read: "));
    let long = "s3cr3t".repeat(1000);
    for wrong in ["", "\n", "s3cr3t two", "s3cr3t\r\nx-evil: 1", "s3cr3t\u{e9}", long.as_str()] {
        std::fs::write(folder.path().join("token"), wrong).unwrap();
        let told = told().await;
        assert_eq!(told, "the secret file `token` must hold one word of visible ASCII, of at most 4 KiB");
    }
    assert_eq!(server.connections(), 0);
}
