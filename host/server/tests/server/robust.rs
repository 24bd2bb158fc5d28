//! The server stands whatever is sent: hostile connections and bodies keep nobody from being answered (W06). What that costs is
//! measured of the real process, in `host/cli/tests/cli/serving.rs`.

use std::fmt::Write as _;

use hyper::{Method, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{client::Client, world::World};

/// A connection, and nothing sent on it yet.
async fn connected(world: &World) -> TcpStream {
    TcpStream::connect(world.origin.trim_start_matches("http://")).await.unwrap()
}

/// The head of a request of ana's that makes an automation.
fn head(ana: &Client, more: &str) -> String {
    let (cookie, token) = (ana.cookie(), ana.csrf());
    format!(
        "POST /api/v1/automations HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\nx-csrf-token: {token}\r\n\
         content-type: application/json\r\n{more}\r\n\r\n"
    )
}

/// What came back, as far as it came.
async fn answered(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = stream.read(&mut bytes).await.unwrap_or(0);
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

#[tokio::test]
async fn w06_slow_connections_keep_nobody_from_being_answered_and_are_ended() {
    let world = World::start().await;
    let mut slow = vec![];
    for _ in 0..200 {
        let mut stream = connected(&world).await;
        stream.write_all(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
        slow.push(stream);
    }
    for _ in 0..20 {
        assert_eq!(world.nobody().get("/api/v1/health").await.status, StatusCode::OK);
    }
    // Each is ended by the server, told why or not; none of them is answered as if it had asked.
    let mut ended = 0;
    for mut stream in slow {
        let mut told = String::new();
        let _ = stream.read_to_string(&mut told).await;
        assert!(!told.starts_with("HTTP/1.1 200"), "{told}");
        ended += 1;
    }
    assert_eq!(ended, 200);
    world.end().await;
}

#[tokio::test]
async fn w06_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let mut stream = connected(&world).await;
    stream.write_all(head(&ana, "content-length: 104857600").as_bytes()).await.unwrap();
    let told = answered(&mut stream).await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    world.end().await;
}

#[tokio::test]
async fn w06_a_body_of_unknown_length_is_read_as_far_as_the_limit() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let mut stream = connected(&world).await;
    stream.write_all(head(&ana, "transfer-encoding: chunked").as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let chunk = [b"10000\r\n".as_slice(), &b" ".repeat(0x1_0000), b"\r\n"].concat();
    let mut sent = 0;
    let send = async {
        // 100 MiB; the server stops reading long before, and what is under way then is what the machine keeps for a socket.
        while sent < 1600 && writer.write_all(&chunk).await.is_ok() {
            sent += 1;
        }
        std::future::pending::<()>().await;
    };
    let mut told = vec![0; 12];
    tokio::select! {
        () = send => {}
        read = reader.read_exact(&mut told) => drop(read.unwrap()),
    }
    assert_eq!(String::from_utf8_lossy(&told), "HTTP/1.1 413");
    assert!(sent < 400, "{sent} chunks of 64 KiB were taken");
    world.end().await;
}

#[tokio::test]
async fn w06_deep_json_and_long_queries_are_refused() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let headers = [("content-type", "application/json"), ("x-csrf-token", ana.csrf())];
    for depth in [200, 100_000] {
        let deep = format!("{{\"preset\":\"mandate\",\"settings\":{}", "[".repeat(depth));
        let answer = ana.send(Method::PUT, "/api/v1/policy", &headers, &deep).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{depth}");
        assert!(answer.body.contains("recursion limit"), "{answer:?}");
    }
    let query = |count: usize| {
        let mut query = String::from("/api/v1/automations?limit=1");
        (1..count).for_each(|one| write!(query, "&x{one}=1").unwrap());
        query
    };
    let many = ana.get(&query(65)).await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    assert!(many.body.contains("at most 64 parameters"), "{many:?}");
    let mut stream = connected(&world).await;
    let _ = stream.write_all(format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", query(1_000_000)).as_bytes()).await;
    let told = answered(&mut stream).await;
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 4"), "{told}");
    assert_eq!(ana.get("/api/v1/me").await.status, StatusCode::OK);
    world.end().await;
}
