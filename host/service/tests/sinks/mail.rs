//! Letters, as the mail server got them and as another mail program reads them.

use std::time::Duration;

use data_encoding::BASE64;
use mandate_service::{
    mail::{Mail, MailError, MailServer, MailTls},
    outward::{Carrier as _, Setback},
};
use mandate_test_support::sinks::MailServer as Server;
use serde_json::Value;

use crate::{
    parcels::{bob, parcel, with},
    tls::Certificate,
};

fn settings(server: &Server, tls: MailTls) -> MailServer {
    MailServer {
        host: "localhost".to_owned(),
        port: server.port,
        tls,
        user: None,
        certificate: None,
        from: "Mandate <mandate@example.org>".to_owned(),
        time: Duration::from_secs(30),
    }
}

fn plain(server: &Server) -> Mail {
    Mail::new(settings(server, MailTls::None)).unwrap()
}

fn letter(server: &Server) -> Value {
    serde_json::from_str(&server.letter()).unwrap()
}

fn header<'a>(letter: &'a Value, name: &str) -> Vec<&'a str> {
    let all = letter["headers"].as_array().unwrap().iter();
    all.filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case(name))
        .map(|header| header[1].as_str().unwrap())
        .collect()
}

fn bytes(part: &Value) -> Vec<u8> {
    BASE64.decode(part["base64"].as_str().unwrap().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_as_text_and_as_a_page_with_its_attachments() {
    let server = Server::start(&[]);
    let sent = with(
        parcel("Größer: 東京", "Hello Bob,\n<b>1 & 2</b>\n.\nend"),
        "Angebot für 東京.csv",
        "text/csv",
        b"a;b\r\n\0\xff",
    );
    plain(&server).carry(&sent, &bob()).await.unwrap();
    let letter = letter(&server);
    assert_eq!(
        (letter["from"].as_str(), letter["to"][0].as_str()),
        (Some("mandate@example.org"), Some("bob@example.com"))
    );
    assert_eq!(letter["to"].as_array().unwrap().len(), 1);
    assert_eq!(header(&letter, "subject"), ["Größer: 東京"]);
    assert_eq!(header(&letter, "date"), ["Tue, 14 Nov 2023 22:14:20 +0000"]);
    assert_eq!(letter["defects"].as_array().unwrap().len(), 0, "{}", letter["defects"]);
    let parts = letter["parts"].as_array().unwrap();
    let types: Vec<_> = parts.iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["text/plain", "text/html", "text/csv"]);
    assert_eq!(bytes(&parts[0]), b"Hello Bob,\r\n<b>1 & 2</b>\r\n.\r\nend\r\n");
    let page = String::from_utf8(bytes(&parts[1])).unwrap();
    assert!(page.contains("&lt;b&gt;1 &amp; 2&lt;/b&gt;"), "{page}");
    assert_eq!(bytes(&parts[2]), b"a;b\r\n\0\xff");
    assert_eq!(
        (parts[2]["name"].as_str(), parts[2]["disposition"].as_str()),
        (Some("Angebot für 東京.csv"), Some("attachment"))
    );
}

#[tokio::test]
async fn n11_a_letter_names_nobody_but_its_recipient_and_the_sender() {
    let server = Server::start(&[]);
    plain(&server).carry(&parcel("news", "text"), &bob()).await.unwrap();
    let letter = letter(&server);
    let mut names: Vec<_> =
        letter["headers"].as_array().unwrap().iter().map(|header| header[0].as_str().unwrap()).collect();
    names.sort_unstable();
    // Two of them are the server's own.
    names.retain(|name| !name.starts_with("X-"));
    let expected = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"];
    assert_eq!(names, expected);
    assert_eq!(header(&letter, "to"), ["Bob Ångström <bob@example.com>"]);
    assert_eq!(header(&letter, "from"), ["Mandate <mandate@example.org>"]);
    assert_eq!(header(&letter, "message-id"), ["<dlv_abc@example.org>"], "the key, and nothing else");
    assert_eq!(header(&letter, "auto-submitted"), ["auto-generated"]);
    // Sent again, it is the same letter to the byte.
    plain(&server).carry(&parcel("news", "text"), &bob()).await.unwrap();
    let again: Value = serde_json::from_str(&server.letter()).unwrap();
    assert_eq!(again["raw"], letter["raw"]);
}

#[tokio::test]
async fn w08_w02_no_text_of_a_guest_becomes_a_header_a_part_or_another_letter() {
    let server = Server::start(&[]);
    let mail = plain(&server);
    let evil = "x\r\nBcc: eve@example.com\r\n\r\nbody\r\n.\r\nMAIL FROM:<eve@example.com>\r\n--a-seal\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--b-seal--\u{202e}\0";
    let mut sent = with(parcel(evil, evil), evil, "text/csv\r\nX-Evil: 1", evil.as_bytes());
    sent = with(sent, "../../x.html", "text/html", b"<script>alert(1)</script>");
    sent.name = format!("Bob <eve@example.com>, {evil}");
    mail.carry(&sent, &bob()).await.unwrap();
    let letter = letter(&server);
    assert_eq!(letter["to"].as_array().unwrap(), &[Value::from("bob@example.com")]);
    for absent in ["bcc", "cc", "x-evil"] {
        assert!(header(&letter, absent).is_empty(), "{absent}");
    }
    for (one, times) in [("subject", 1), ("to", 1), ("from", 1), ("content-type", 1)] {
        assert_eq!(header(&letter, one).len(), times, "{one}");
    }
    assert_eq!(letter["defects"].as_array().unwrap().len(), 0, "{}", letter["defects"]);
    let parts = letter["parts"].as_array().unwrap();
    let types: Vec<_> = parts.iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["text/plain", "text/html", "application/octet-stream", "application/octet-stream"]);
    let page = String::from_utf8(bytes(&parts[1])).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert_eq!(bytes(&parts[2]), evil.as_bytes());
    assert_eq!(parts[3]["name"], "x.html");
    assert!(!parts[2]["name"].as_str().unwrap().contains(['\r', '\n', '/', '\0']));
    assert!(server.is_idle(), "one letter came of it");
}

#[tokio::test]
async fn starttls_is_required_and_its_certificate_must_be_trusted() {
    let certificate = Certificate::new(&["localhost"]);
    let mut words = vec!["--tls".to_owned(), "starttls".to_owned(), "--login".to_owned(), "bot:s3cret".to_owned()];
    words.extend(certificate.words());
    let server = Server::start(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let trusting = MailServer {
        user: Some(("bot".to_owned(), "s3cret".to_owned())),
        certificate: Some(certificate.pem.clone().into_bytes()),
        ..settings(&server, MailTls::StartTls)
    };
    Mail::new(trusting.clone()).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap();
    let letter = letter(&server);
    assert_eq!((letter["tls"].as_bool(), letter["authenticated"].as_bool()), (Some(true), Some(true)));

    let stranger = MailServer { certificate: None, ..trusting.clone() };
    let told = Mail::new(stranger).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap_err();
    assert!(matches!(&told, Setback::Later(why) if why.contains("certificate")), "{told:?}");
    let elsewhere = MailServer { host: "127.0.0.1".to_owned(), ..trusting.clone() };
    let told = Mail::new(elsewhere).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap_err();
    assert!(matches!(&told, Setback::Later(why) if why.contains("certificate")), "{told:?}");
    let wrong = MailServer { user: Some(("bot".to_owned(), "wr0ng".to_owned())), ..trusting };
    let told = Mail::new(wrong).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap_err();
    assert!(matches!(&told, Setback::Later(why) if !why.contains("wr0ng")), "{told:?}");

    let bare = Server::start(&[]);
    let told = Mail::new(settings(&bare, MailTls::StartTls)).unwrap().carry(&parcel("news", "text"), &bob()).await;
    assert!(matches!(&told, Err(Setback::Later(why)) if why.contains("STARTTLS")), "{told:?}");
    assert!(bare.is_idle() && server.is_idle());
}

#[tokio::test]
async fn implicit_tls_is_spoken_from_the_first_byte() {
    let certificate = Certificate::new(&["localhost"]);
    let mut words = vec!["--tls".to_owned(), "implicit".to_owned()];
    words.extend(certificate.words());
    let server = Server::start(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let pem = Some(certificate.pem.clone().into_bytes());
    let trusting = MailServer { certificate: pem, ..settings(&server, MailTls::Implicit) };
    Mail::new(trusting).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap();
    letter(&server);
    let told = plain(&server).carry(&parcel("news", "text"), &bob()).await;
    assert!(told.is_err() && server.is_idle());
}

#[test]
fn without_tls_mail_goes_to_this_machine_only_and_settings_are_checked() {
    let server = |host: &str, from: &str, certificate: Option<&str>| MailServer {
        host: host.to_owned(),
        port: 25,
        tls: if certificate.is_some() { MailTls::StartTls } else { MailTls::None },
        user: None,
        certificate: certificate.map(|pem| pem.as_bytes().to_vec()),
        from: from.to_owned(),
        time: Duration::from_secs(1),
    };
    for host in ["mail.example.org", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org", ""] {
        let told = Mail::new(server(host, "m@example.org", None)).err().unwrap();
        assert_eq!(told, MailError::Plain(host.to_owned()));
        assert_eq!(
            told.to_string(),
            format!("mail to `{host}` needs TLS: without it, only to `localhost`, `127.0.0.1` or `::1`")
        );
    }
    for host in ["localhost", "127.0.0.1", "::1"] {
        assert!(Mail::new(server(host, "m@example.org", None)).is_ok());
    }
    assert!(matches!(Mail::new(server("localhost", "nobody", None)), Err(MailError::From(_))));
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(Mail::new(server("mail.example.org", "m@example.org", Some(garbage))), Err(MailError::Tls(_))));
}

/// What the mail server is told to do, and what is to be said of it.
type Case = (&'static [&'static str], fn(&Setback) -> bool);

#[tokio::test]
async fn e02_what_is_known_of_a_failure_is_what_it_is_called() {
    let cases: [Case; 4] = [
        (&["--say-rcpt", "550 no such mailbox"], |told| matches!(told, Setback::Never(why) if why.contains("550"))),
        (&["--say-rcpt", "450 busy"], |told| matches!(told, Setback::Later(why) if why.contains("450"))),
        (&["--times", "9"], |told| matches!(told, Setback::Later(why) if why.contains("451"))),
        (&["--times", "9", "--say-data", "554 no"], |told| matches!(told, Setback::Never(why) if why.contains("554"))),
    ];
    for (words, is) in cases {
        let server = Server::start(words);
        let told = plain(&server).carry(&parcel("news", "text"), &bob()).await.unwrap_err();
        assert!(is(&told), "{words:?}: {told:?}");
    }
    // The letter was handed over, and no answer came.
    for words in [["--cut"], ["--hang"]] {
        let server = Server::start(&words);
        let time = if words == ["--hang"] { Duration::from_secs(5) } else { Duration::from_secs(30) };
        let mail = Mail::new(MailServer { time, ..settings(&server, MailTls::None) }).unwrap();
        let told = mail.carry(&parcel("news", "text"), &bob()).await.unwrap_err();
        assert!(matches!(told, Setback::Unknown(_)), "{words:?}: {told:?}");
        letter(&server);
    }
    // Nobody is there.
    let gone = MailServer { port: 1, ..settings(&Server::start(&[]), MailTls::None) };
    let told = Mail::new(gone).unwrap().carry(&parcel("news", "text"), &bob()).await.unwrap_err();
    assert!(matches!(told, Setback::Later(_)), "{told:?}");
}
