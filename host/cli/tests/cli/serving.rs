//! A server under attack, as a process of its own: it goes on answering, and takes no more memory for it than it says (W06, C01).

use std::{io::Write as _, net::TcpStream, process::Command};

use mandate_test_support::made;
use serde_json::Value;

use crate::{
    bench::Bench,
    compiling::{compiling, lives},
    served::{Answer, Person, Served, read},
};

const FIXTURE: &str = r#"
site = "acme"
people = [{ id = "ana", name = "Ana" }]
[[roles]]
to = "user:ana"
role = "member"
[datasets.deals]
columns = [{ name = "title", type = "text", null = true }]
"#;

/// Most that all of this may cost, in KiB. Twice what was measured.
const MEMORY: u64 = 96 * 1024;

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[test]
fn c01_a_server_answers_while_a_component_compiles_and_says_how_far_it_is() {
    let bench = Bench::new();
    let served = Served::demo(&bench, FIXTURE);
    let ana = served.enter("user:ana");
    let begun = served.ask(
        "POST /api/v1/plugins",
        Some(&ana),
        "content-type: application/wasm\r\n",
        &made::functions(10_000).unwrap(),
    );
    assert_eq!(begun.status, 202, "{begun:?}");
    let at = format!("/api/v1/uploads/{}", json(&begun)["id"].as_str().unwrap());
    assert!(begun.head.contains(&format!("location: {at}")), "{begun:?}");
    // It is held where it compiles: whatever is answered now is answered beside it.
    let compiler = compiling(served.id());
    let signal = |name: &str| assert!(Command::new("/bin/kill").args([name, &compiler]).status().unwrap().success());
    signal("-STOP");
    for _ in 0..3 {
        served.look("/api/v1/health", None);
        assert_eq!(json(&served.look("/api/v1/automations", Some(&ana)))["automations"], serde_json::json!([]));
        assert_eq!(json(&served.look("/api/v1/plugins", Some(&ana)))["plugins"], serde_json::json!([]));
        let upload = json(&served.look(&at, Some(&ana)));
        assert_eq!((upload["state"].as_str(), upload["stage"].as_str()), (Some("under-way"), Some("scanned")));
    }
    // Who prefers to wait is answered when that time is over.
    let second = made::functions(9_999).unwrap();
    let kind = "content-type: application/wasm\r\nprefer: wait=1\r\n";
    let waited = served.ask("POST /api/v1/plugins", Some(&ana), kind, &second);
    assert_eq!((waited.status, json(&waited)["state"].as_str()), (202, Some("under-way")), "{waited:?}");
    assert!(waited.head.contains("preference-applied: wait"), "{waited:?}");
    assert!(lives(&compiler), "it compiles still");
    signal("-CONT");
    let ended = loop {
        let upload = json(&served.look(&at, Some(&ana)));
        if upload["state"] != "under-way" {
            break upload;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(ended["state"], "kept", "{ended}");
    served.look(&format!("/api/v1/plugins/{}", ended["plugin"].as_str().unwrap()), Some(&ana));
}

/// Lets a process have more files open than shells let it.
fn more_files(process: u32) {
    let raised = Command::new("prlimit").args(["--pid", &process.to_string(), "--nofile=4096:4096"]).status().unwrap();
    assert!(raised.success(), "the tests need `prlimit` of util-linux, and 4096 open files");
}

/// More connections than are taken at a time; each begins a request and does not end it.
fn sockets(served: &Served) -> Vec<TcpStream> {
    let slow = |_| {
        let mut stream = served.connect();
        let _ = stream.write_all(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\nx-slow: ");
        stream
    };
    (0..1_100).map(slow).collect()
}

/// A body of 100 MiB, as far as it is taken.
fn endless(served: &Served, ana: &Person) -> Answer {
    let mut stream = served.connect();
    let more = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    stream.write_all(served.head("POST /api/v1/automations", Some(ana), more).as_bytes()).unwrap();
    let chunk = [b"100000\r\n".as_slice(), &b" ".repeat(0x10_0000), b"\r\n"].concat();
    for _ in 0..100 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    read(&mut stream)
}

/// The beginning of a body whose rest never comes.
fn begun(served: &Served, what: &str, ana: &Person, kind: &str, first: &str) -> TcpStream {
    let mut stream = served.connect();
    let more = format!("content-type: {kind}\r\ncontent-length: 200000\r\n");
    stream.write_all(served.head(what, Some(ana), &more).as_bytes()).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    stream
}

#[test]
fn w06_what_is_too_much_is_refused_at_a_bounded_cost_and_the_server_stays_live() {
    let bench = Bench::new();
    let served = Served::demo(&bench, FIXTURE);
    more_files(served.id());
    more_files(std::process::id());
    let ana = served.enter("user:ana");
    let before = served.most_memory();
    // Slow bodies first: they are waited for while the rest goes on.
    let part = |token: &str| format!("--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x\r\n");
    let form = format!("{}content-disposition: form-data; name=\"file\"\r\n\r\nslow", part(&ana.token));
    let mut slow: Vec<TcpStream> = (0..50)
        .flat_map(|_| {
            let json = begun(&served, "POST /api/v1/automations", &ana, "application/json", "{\"name\":");
            [json, begun(&served, "POST /plugins", &ana, "multipart/form-data; boundary=x", &form)]
        })
        .collect();
    for _ in 0..4 {
        let endless = endless(&served, &ana);
        assert!([413, 0].contains(&endless.status), "{endless:?}");
    }
    let deep = format!("{{\"preset\":\"mandate\",\"settings\":{}", "[".repeat(100_000));
    let deep = served.ask("PUT /api/v1/policy", Some(&ana), "content-type: application/json\r\n", deep.as_bytes());
    assert_eq!((deep.status, json(&deep)["code"].as_str()), (400, Some("M0400")));
    let mut many = served.connect();
    let query = "&a=1".repeat(1_000_000);
    let _ = many.write_all(served.head(&format!("GET /api/v1/automations?{query}"), Some(&ana), "").as_bytes());
    let many = read(&mut many);
    assert!(many.status == 0 || (400..500).contains(&many.status), "{many:?}");
    served.look("/api/v1/automations", Some(&ana));
    for stream in &mut slow {
        let told = read(stream);
        assert!(told.status == 400 && told.body.contains("did not come within 30 seconds"), "{told:?}");
    }
    // All there is room for, and more: who asks then is answered once those that say nothing are ended.
    let held = sockets(&served);
    served.look("/api/v1/health", None);
    drop(held);
    served.look("/api/v1/automations", Some(&ana));
    let cost = served.most_memory() - before;
    assert!(cost < MEMORY, "{cost} KiB more than before");
}
