//! W05: where nothing is sent, however it is spelled and whatever a name resolves to. A server listens where it would arrive.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use hyper::Method;
use mandate_service::outbound::{Answer, Names, Outbound, OutboundError, Request, Target, TargetError, Trust};
use mandate_test_support::sinks::{Http, Then};

use crate::tls::Certificate;

/// Says for every name the next of these lists of addresses, and at the end the last one again.
struct Script(Vec<Vec<&'static str>>, AtomicUsize);

impl Script {
    fn new(answers: &[&[&'static str]]) -> Arc<Self> {
        Arc::new(Self(answers.iter().map(|answer| answer.to_vec()).collect(), AtomicUsize::new(0)))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Names for Script {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let at = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Ok(self.0[at].iter().map(|address| address.parse().unwrap()).collect())
    }
}

fn client(names: &Arc<Script>, allowed: &[&str], trusted: Option<&Certificate>) -> Outbound {
    let trust = Trust::of_machine(trusted.map(|certificate| certificate.pem.as_bytes())).unwrap();
    let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
    Outbound::new(names.clone(), &trust, allowed, Duration::from_secs(5)).unwrap()
}

async fn get(outbound: &Outbound, url: &str, most: usize) -> Result<Answer, OutboundError> {
    let target = Target::parse(url)?;
    outbound.send(Request { method: Method::GET, target: &target, headers: vec![], body: vec![], most }).await
}

fn is_refused(answer: &Result<Answer, OutboundError>) -> bool {
    matches!(answer, Err(OutboundError::Target(_) | OutboundError::Inside(_)))
}

/// Spellings of places inside; `PORT` is that of a server that listens there.
const INSIDE: &[&str] = &[
    "https://127.0.0.1:PORT/",
    "https://127.1:PORT/",
    "https://127.0.1:PORT/",
    "https://2130706433:PORT/",
    "https://0x7f000001:PORT/",
    "https://0x7f.0.0.1:PORT/",
    "https://0177.0.0.1:PORT/",
    "https://017700000001:PORT/",
    "https://127.000.000.001:PORT/",
    "https://①②⑦.⓪.⓪.①:PORT/",
    "https://127。0。0。1:PORT/",
    "https://%31%32%37.0.0.1:PORT/",
    "https://127.0.0.1.:PORT/",
    "https://127.8.9.10:PORT/",
    "https://0:PORT/",
    "https://0.0.0.0:PORT/",
    "https://[::1]:PORT/",
    "https://[::]:PORT/",
    "https://[0:0:0:0:0:0:0:1]:PORT/",
    "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::ffff:7f00:1]:PORT/",
    "https://[::127.0.0.1]:PORT/",
    "https://[64:ff9b::7f00:1]:PORT/",
    "https://[2002:7f00:1::]:PORT/",
    "https://[fe80::1]:PORT/",
    "https://[fc00::1]:PORT/",
    "https://[fd00:ec2::254]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.254/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://168.63.129.16/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    // Refused by their form, before any address is looked at.
    "http://127.0.0.1:PORT/",
    "http://example.com/",
    "gopher://127.0.0.1:PORT/_x",
    "file:///etc/passwd",
    "ftp://example.com/",
    "dict://127.0.0.1:PORT/",
    "unix:///var/run/docker.sock",
    "javascript:alert(1)",
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://example.com:pass@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT\\@example.com/",
    "https://exam\tple.com/",
    "https://example.com/\r\nHost: 127.0.0.1",
    " https://example.com/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://",
    "https:///",
    "//example.com/",
    "",
];

#[tokio::test]
async fn w05_nothing_is_sent_inside_however_it_is_spelled() {
    let server = Http::start([]);
    // If a spelling were taken for a name, it would lead to the server.
    let names = Script::new(&[&["127.0.0.1"]]);
    let outbound = client(&names, &[], None);
    for spelling in INSIDE {
        let url = spelling.replace("PORT", &server.port.to_string());
        let answer = get(&outbound, &url, 0).await;
        assert!(is_refused(&answer), "`{url}`: {answer:?}");
    }
    assert_eq!(server.connections(), 0);
    assert!(INSIDE.len() > 55);
}

#[tokio::test]
async fn w05_a_name_is_judged_by_every_address_that_it_has_and_asked_once() {
    let server = Http::start([]);
    let url = format!("https://rebinding.example:{}/", server.port);
    for inside in [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.20.0.1",
        "169.254.169.254",
        "100.64.1.1",
        "0.0.0.0",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "224.0.0.1",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ] {
        let names = Script::new(&[&[inside]]);
        let answer = get(&client(&names, &[], None), &url, 0).await;
        assert!(matches!(answer, Err(OutboundError::Inside(_))), "{inside}: {answer:?}");
        // One address inside is enough, wherever it stands.
        let names = Script::new(&[&["203.0.114.1", inside]]);
        let answer = get(&client(&names, &[], None), &url, 0).await;
        assert!(matches!(answer, Err(OutboundError::Inside(_))), "{inside}: {answer:?}");
        assert_eq!(names.asked(), 1);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn w05_the_connection_goes_to_the_address_that_was_judged() {
    // Allowed by its name: the first answer is judged and called. The second one is never asked for.
    let server = Http::start([]);
    let origin = format!("http://hooks.example:{}", server.port);
    let names = Script::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let outbound = client(&names, &[&origin], None);
    assert_eq!(get(&outbound, &format!("{origin}/a"), 0).await.unwrap().status, 204);
    assert_eq!((names.asked(), server.got().len()), (1, 1));
    assert_eq!(server.got()[0].header("host"), format!("hooks.example:{}", server.port));
    let answer = get(&outbound, &format!("{origin}/b"), 0).await;
    assert_eq!(answer, Err(OutboundError::Inside(origin.clone())), "metadata is not reached by an allowed name either");
    // Neither another port nor another scheme of an allowed place is.
    for other in
        [format!("http://hooks.example:{}/", server.port ^ 1), format!("https://hooks.example:{}/", server.port)]
    {
        let names = Script::new(&[&["127.0.0.1"]]);
        assert!(is_refused(&get(&client(&names, &[&origin], None), &other, 0).await), "{other}");
    }
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_told_without_user_and_password() {
    let told = |url: &str| Target::parse(url).unwrap_err().to_string();
    assert_eq!(told("https://user:s3cret@example.com/"), TargetError::UserInfo.to_string());
    assert!(!told("ftp://user:s3cret@example.com/").contains("s3cret"));
    assert!(!told("https://user:s3cret@exa mple.com/").contains("s3cret"));
    assert_eq!(told("gopher://example.com/"), "`gopher://example.com/`: only `https` is allowed");
    assert!(told(&format!("https://example.com/{}", "a".repeat(3000))).ends_with("it has more than 2048 bytes"));
}

#[tokio::test]
async fn an_answer_is_read_so_far_and_no_further() {
    let body = b"0123456789".to_vec();
    let server = Http::start([Then::Answer(200, vec![], body.clone()), Then::Answer(200, vec![], body), Then::Flood]);
    let origin = server.origin();
    let outbound = client(&Script::new(&[&[]]), &[&origin], None);
    let answer = |body: &[u8], whole| Answer { status: 200, body: body.to_vec(), whole };
    assert_eq!(get(&outbound, &origin, 10).await, Ok(answer(b"0123456789", true)));
    assert_eq!(get(&outbound, &origin, 9).await, Ok(answer(b"012345678", false)));
    assert_eq!(get(&outbound, &origin, 5).await, Ok(answer(b"xxxxx", false)));
    // Many times what a head may have: what came in one read beyond the limit is taken.
    let long = vec![format!("x: {}", "y".repeat(2_000_000))];
    let server = Http::start([Then::Answer(200, long, vec![])]);
    let answer = get(&client(&Script::new(&[&[]]), &[&server.origin()], None), &server.origin(), 9).await;
    assert!(matches!(answer, Err(OutboundError::Unanswered(..))), "{answer:?}");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_be_of_the_name() {
    let certificate = Certificate::new(&["hooks.example"]);
    let (port, mut python) = serve_tls(&certificate);
    let names = Script::new(&[&["127.0.0.1"]]);
    let right = format!("https://hooks.example:{port}");
    let wrong = format!("https://other.example:{port}");
    let allowed = [right.as_str(), wrong.as_str()];
    let trusting = client(&names, &allowed, Some(&certificate));
    assert_eq!(get(&trusting, &right, 2).await, Ok(Answer { status: 200, body: b"ok".to_vec(), whole: true }));
    for (outbound, url) in [(&trusting, &wrong), (&client(&names, &allowed, None), &right)] {
        let answer = get(outbound, url, 2).await;
        assert!(matches!(&answer, Err(OutboundError::Unreached(_, why)) if why.contains("certificate")), "{answer:?}");
    }
    python.kill().unwrap();
    python.wait().unwrap();
}

/// A server with TLS, in another language: it answers `ok` to whatever it is asked.
fn serve_tls(certificate: &Certificate) -> (u16, std::process::Child) {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };
    const SERVER: &str = "
import http.server, ssl, sys
class Ok(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('content-length', '2'); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Ok)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
for _ in range(3):
    try: server.handle_request()
    except OSError: pass
";
    let words = certificate.words();
    let mut python = Command::new("python3");
    let mut child = python.args(["-c", SERVER, &words[1], &words[3]]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (line.trim().parse().unwrap(), child)
}
