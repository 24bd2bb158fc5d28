//! Uploading: by whom, with which limits, and with its stages in sight.

use hyper::{Method, StatusCode};
use mandate_runtime::upload::{Measure, ScanLimits};
use mandate_test_support::guest;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::{Answer, Client},
    live::{Ears, Heard},
    world::World,
};

const WASM: (&str, &str) = ("content-type", "application/wasm");

/// A form of the page with a file.
async fn form(client: &Client, token: &str, file: &[u8]) -> Answer {
    let mut body =
        format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x\r\n").into_bytes();
    body.extend(b"Content-Disposition: form-data; name=\"file\"; filename=\"../../x.wasm\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    client.bytes(Method::POST, "/plugins", &[("content-type", "multipart/form-data; boundary=x")], body).await
}

/// Uploads by the API, and waits for how it ends.
async fn uploaded(client: &Client, component: Vec<u8>) -> Answer {
    let headers = [WASM, ("x-csrf-token", client.csrf()), ("prefer", "wait=50")];
    client.bytes(Method::POST, "/api/v1/plugins", &headers, component).await
}

#[tokio::test]
async fn somebody_who_makes_automations_uploads_and_may_wait_for_the_end() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let component = guest("interpreter");
    let made = uploaded(&ana, component.clone()).await;
    assert_eq!((made.status, made.header("preference-applied")), (StatusCode::CREATED, "wait"), "{made:?}");
    let upload = made.json();
    assert_eq!((&upload["state"], &upload["stage"], &upload["problem"]), (&json!("kept"), &json!(null), &json!(null)));
    let plugin = ana.get(made.header("location")).await.json();
    assert_eq!((&plugin["name"], &plugin["digest"]), (&json!("interpreter"), &upload["plugin"]));
    let page = ana.get(&format!("/plugins/{}", plugin["digest"].as_str().unwrap())).await;
    assert!(page.body.contains("It could ask for"), "{}", page.body);
    let list = dan.get("/api/v1/plugins").await.json();
    assert_eq!(list["plugins"].as_array().unwrap().len(), 2);

    // dan makes no automations: nothing of his is looked at.
    let refused = uploaded(&dan, component).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("only who may make automations uploads plugins"), "{refused:?}");
    assert!(!dan.get("/plugins").await.body.contains("Upload a component"));
    world.end().await;
}

#[tokio::test]
async fn who_does_not_wait_is_told_where_to_look_and_hears_how_far_it_is() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let token = ("x-csrf-token", ana.csrf());
    for (component, state) in [(guest("interpreter"), "kept"), (b"no component".to_vec(), "refused")] {
        let begun = ana.bytes(Method::POST, "/api/v1/plugins", &[WASM, token], component).await;
        assert_eq!((begun.status, begun.header("preference-applied")), (StatusCode::ACCEPTED, ""), "{begun:?}");
        let (at, upload) = (begun.header("location").to_owned(), begun.json());
        let id = upload["id"].as_str().unwrap();
        assert_eq!((at.clone(), &upload["state"]), (format!("/api/v1/uploads/{id}"), &json!("under-way")));
        // Another's is told like none, and heard like none.
        let none = bo.get("/api/v1/uploads/upl_aaaaaaaaaaaaaaaaaaaaaaaaaa").await.without_date();
        assert_eq!((none.status, bo.get(&at).await.without_date()), (StatusCode::NOT_FOUND, none.clone()));
        for accept in ["text/event-stream", "application/json"] {
            let live = bo.send(Method::GET, &format!("/api/v1/live?of={id}"), &[("accept", accept)], "").await;
            assert_eq!(live.without_date(), none, "{accept}");
        }
        let mut ears = Ears::of(&ana, &format!("of={id}&seen=before")).await;
        let ended = loop {
            let now = ana.get(&at).await.json();
            if now["state"] != "under-way" {
                break now;
            }
            assert!(matches!(ears.next().await, Heard::Changed(_)));
        };
        assert_eq!(ended["state"], state, "{ended}");
        assert_eq!(ended["plugin"].is_string(), state == "kept");
        if state == "refused" {
            let problem = &ended["problem"];
            assert_eq!((&problem["status"], &problem["code"]), (&json!(422), &json!("M0101")), "{problem}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn c02_what_is_too_large_or_no_component_is_refused_with_the_reason() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let token = ("x-csrf-token", ana.csrf());
    let limit = usize::try_from(ScanLimits::default().of(Measure::Bytes)).unwrap();
    let large = ana.bytes(Method::POST, "/api/v1/plugins", &[WASM, token], vec![0; limit + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.body.contains(&limit.to_string()), "{large:?}");
    let encoded = [WASM, token, ("content-encoding", "gzip")];
    let encoded = ana.bytes(Method::POST, "/api/v1/plugins", &encoded, vec![0; 10]).await;
    assert_eq!(encoded.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let nothing = uploaded(&ana, b"PK\x03\x04".to_vec()).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{nothing:?}");
    assert!(nothing.body.contains("(M0"), "the code of the refusal: {nothing:?}");
    assert_eq!(ana.get("/api/v1/plugins").await.json()["plugins"].as_array().unwrap().len(), 1);
    world.end().await;
}

/// Where an upload ended.
async fn ended(client: &Client, at: &str) -> crate::client::Answer {
    loop {
        let page = client.get(at).await;
        if page.header("refresh").is_empty() {
            break page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn c02_the_console_takes_as_much_as_the_scan_and_says_what_to_do_about_more() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let limit = usize::try_from(ScanLimits::default().of(Measure::Bytes)).unwrap();
    for size in [3 << 20, limit] {
        let begun = form(&ana, ana.csrf(), &vec![0; size]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{size}: {}", begun.body);
        // It is no component: that is what it is refused for.
        let refused = ended(&ana, begun.header("location")).await;
        assert!(refused.body.contains("(M0") && !refused.body.contains("(M0413)"), "{size}: {}", refused.body);
        assert!(!refused.body.contains("bytes, more than"), "{size}: {}", refused.body);
    }
    // A browser that sends more is told so on the page, when it is done sending.
    for size in [limit + 1, 3 * limit, 40 * limit] {
        let large = form(&ana, ana.csrf(), &vec![0; size]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{size}");
        let told = [limit.to_string(), "--release".to_owned(), "name=\"file\"".to_owned()];
        assert!(told.iter().all(|part| large.body.contains(part)), "{size}: {}", large.body);
    }
    for kind in ["text/plain", "multipart/form-data"] {
        let odd = ana.bytes(Method::POST, "/plugins", &[("content-type", kind)], vec![b'x']).await;
        assert!(odd.status.is_client_error(), "{odd:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn w06_who_may_not_upload_is_told_so_before_anything_is_read() {
    let world = World::start().await;
    let dan = world.person("user:dan").await;
    let head = format!(
        "POST /plugins HTTP/1.1\r\nhost: x\r\ncookie: {}\r\ncontent-type: multipart/form-data; boundary=x\r\n\
         content-length: 1000000\r\n\r\n",
        dan.cookie()
    );
    let mut stream = TcpStream::connect(world.origin.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = vec![0; 12];
    stream.read_exact(&mut told).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&told), "HTTP/1.1 403");
    world.end().await;
}

#[tokio::test]
async fn versions_of_a_plugin_stand_together_the_last_first() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let site = world.embedded.site().clone();
    // The same name and other bytes: a section that nobody looks at is a version of its own.
    for text in ["two", "three"] {
        let mut other = guest("new_opportunity");
        other.extend([0, 1 + 1 + u8::try_from(text.len()).unwrap(), 1, b'v']);
        other.extend(text.as_bytes());
        world.service.upload(&site, &other).await.unwrap();
    }
    world.service.upload(&site, &guest("interpreter")).await.unwrap();
    let page = ana.get("/plugins").await.body;
    assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 2, "{page}");
    let (_, before) = page.split_once("<ul class=\"plain\">").unwrap();
    assert_eq!(before.split("</ul>").next().unwrap().matches("new-opportunity").count(), 2, "{page}");
    world.end().await;
}

#[tokio::test]
async fn an_upload_of_the_console_shows_its_stages_to_its_person() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let forged = form(&ana, "x", &guest("interpreter")).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let begun = form(&ana, ana.csrf(), &guest("interpreter")).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{begun:?}");
    let at = begun.header("location").to_owned();
    assert_eq!(bo.get(&at).await.status, StatusCode::NOT_FOUND);
    let kept = loop {
        let page = ana.get(&at).await;
        if page.header("refresh").is_empty() {
            break page;
        }
        assert!(page.body.contains("Received"), "{}", page.body);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(kept.body.contains("Checked ✓") && kept.body.contains("Look at what it could ask for"), "{}", kept.body);
    let broken = form(&ana, ana.csrf(), b"no component").await;
    let refused = ended(&ana, broken.header("location")).await;
    assert!(refused.body.contains("Not taken.") && refused.body.contains("(M0"), "{}", refused.body);
    world.end().await;
}
