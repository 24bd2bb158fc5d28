//! A host that is set up for mail and webhooks, from its `host.toml` to what arrives; and a person's inbox as they use it.

use mandate_test_support::sinks::{Http, MailServer};
use serde_json::Value as Json;

use crate::bench::Bench;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Ana has mail.
const PEOPLE: &str = r#"
people = [{ id = "ana", name = "Ana", mail = "ana@example.com" }, { id = "bob", name = "Bob" }]
grants = [{ to = ["user:ana", "user:bob"], rights = ["read"], dataset = "deals" }]
"#;

/// Ana and bob are told of every new deal, with an attachment. What the plugin declares besides, and never uses, is no reason to tell
/// her of.
const TELLS: &str = r#"
[governance]
preset = "foundry"
settings.on_denied = { then = "deny", tell = [] }
[[automations]]
name = "attach"
plugin = "interpreter"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana", "user:bob"]
enabled = true
[automations.settings]
dataset = "deals"
other = "deals"
evaluate = [{ finding = "f", summary = "s" }]
render = [{ title = "a title" }, { attach = "my report.csv", content = "held" }]
"#;

fn world() -> Bench {
    let bench = Bench::new();
    let fixture = bench.deals(PEOPLE, "", TELLS);
    bench.fine(&["fixture", "load", &fixture, "--plugin", &bench.guest("interpreter")]);
    bench
}

/// Sets the host up for a mail server on this machine.
fn with_mail(bench: &Bench, port: u16) {
    let config =
        format!("[mail]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"Mandate <m@example.org>\"\n");
    bench.file("store/host.toml", config);
}

fn ids(bench: &Bench, words: &[&str]) -> Vec<String> {
    let inbox: Json = serde_json::from_str(&bench.fine(&[&["inbox", "--json"], words].concat())).unwrap();
    let messages = inbox["messages"].as_array().unwrap().iter();
    messages.map(|message| message["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_host_with_mail_sends_what_the_inbox_gets_until_it_is_muted() {
    let bench = world();
    let server = MailServer::start(&[]);
    with_mail(&bench, server.port);
    bench.fine(&["row", "insert", "deals", "1", "{}"]);
    let letter: Json = serde_json::from_str(&server.letter()).unwrap();
    assert_eq!(letter["to"].as_array().unwrap(), &[Json::from("ana@example.com")]);
    assert_eq!(letter["parts"][2]["name"], "my report.csv");
    let id = ids(&bench, &["--as", "user:ana"]).remove(0);
    let shown = bench.fine(&["inbox", "show", &id, "--as", "user:ana"]);
    assert!(shown.contains("    by mail:  sent ("), "{shown}");
    let bobs = ids(&bench, &["--as", "user:bob"]).remove(0);
    assert!(!bench.fine(&["inbox", "show", &bobs, "--as", "user:bob"]).contains("by mail"), "he has no address");

    bench.fine(&["inbox", "mute", &id, "--by", "mail", "--as", "user:ana"]);
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    let latest = ids(&bench, &["--as", "user:ana"]).remove(0);
    assert!(bench.fine(&["inbox", "show", &latest, "--as", "user:ana"]).contains("by mail:  not sent: muted"));
    bench.fine(&["inbox", "unmute", &id, "--by", "mail", "--as", "user:ana"]);
    bench.fine(&["person", "mail", "user:bob", "bob@example.com"]);
    bench.fine(&["row", "insert", "deals", "3", "{}"]);
    let mut to: Vec<String> = (0..2)
        .map(|_| serde_json::from_str::<Json>(&server.letter()).unwrap()["to"][0].as_str().unwrap().to_owned())
        .collect();
    to.sort();
    assert_eq!(to, ["ana@example.com", "bob@example.com"]);
    assert!(server.is_idle());
}

#[test]
fn a_host_with_webhooks_sends_where_the_operator_lets_it() {
    let bench = world();
    let server = Http::start([]);
    let secret = bench.file("secret", SECRET);
    let url = format!("{}/hook", server.origin());
    let said = bench.fine(&["person", "webhook", "user:bob", &url, "--secret-file", &secret]);
    assert!(!said.contains("MfKQ"), "{said}");
    bench.file("store/host.toml", "[webhooks]\n");
    bench.fine(&["row", "insert", "deals", "1", "{}"]);
    assert_eq!(server.connections(), 0, "this machine is not outside");
    let failed = bench.fine(&["delivery", "list", "--failed"]);
    assert!(
        failed.contains("user:bob by webhook  not sent: it was refused") && failed.contains("only `https` is allowed"),
        "{failed}"
    );
    bench.file("store/host.toml", format!("[webhooks]\nallow = [\"{}\"]\n", server.origin()));
    bench.fine(&["delivery", "retry"]);
    assert_eq!(server.got().len(), 1);
    assert!(bench.fine(&["delivery", "list", "--failed"]).is_empty());
    let all: Json = serde_json::from_str(&bench.fine(&["delivery", "list", "--json"])).unwrap();
    let sent = all.as_array().unwrap().iter().find(|record| record["person"] == "user:bob").unwrap();
    assert_eq!((sent["way"].as_str(), sent["state"].as_str()), (Some("webhook"), Some("sent")));
    assert_eq!(sent["id"].as_str(), Some(server.got()[0].header("webhook-id")));
    bench.fine(&["person", "webhook", "user:bob"]);
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    assert_eq!(server.got().len(), 1, "he gets no requests any more");
}

#[test]
fn a_person_reads_their_inbox_and_nobody_elses() {
    let bench = world();
    for row in ["1", "2", "3"] {
        bench.fine(&["row", "insert", "deals", row, "{}"]);
    }
    let all = ids(&bench, &["--as", "user:ana"]);
    assert_eq!(all.len(), 3);
    bench.fine(&["inbox", "read", &all[0], "--as", "user:ana"]);
    bench.fine(&["inbox", "archive", &all[1], "--as", "user:ana"]);
    assert_eq!(ids(&bench, &["--as", "user:ana", "--unread"]), all[2..]);
    assert_eq!(ids(&bench, &["--as", "user:ana", "--archived"]), all[1..2]);
    let page = bench.fine(&["inbox", "--as", "user:ana", "--limit", "1"]);
    assert!(page.contains(&format!("there are older ones: --before {}", all[0])), "{page}");
    assert_eq!(ids(&bench, &["--as", "user:ana", "--limit", "1", "--before", &all[0]]), all[2..]);
    bench.fine(&["inbox", "unread", &all[1], "--as", "user:ana"]);
    assert_eq!(ids(&bench, &["--as", "user:ana"]), all);
    for verb in ["show", "read", "archive", "unread"] {
        let told = |id: &str| bench.refused(&["inbox", verb, id, "--as", "user:bob"]).replace(id, "ID");
        assert_eq!(told(&all[0]), "mandate: there is no message `ID`\n");
        assert_eq!(told(&all[0]), told("msg_unknown"), "N08");
    }
    let mute = |id: &str| bench.refused(&["inbox", "mute", id, "--by", "mail", "--as", "user:bob"]).replace(id, "ID");
    assert_eq!(mute(&all[0]), mute("msg_unknown"));
}

#[test]
fn an_attachment_is_not_saved_once_its_row_may_not_be_seen() {
    let bench = world();
    bench.fine(&["row", "insert", "deals", "1", "{}"]);
    bench.fine(&["grant", "remove", "user:bob", "read", "deals"]);
    let folder = bench.path("mail");
    let said = bench.fine(&["inbox", "--as", "user:bob", "--save", folder.to_str().unwrap()]);
    assert!(said.contains("attached: my report.csv") && said.contains("    not saved: message `msg_"), "{said}");
    assert!(said.contains("has no attachment 1, or it may not be opened now"), "{said}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn what_is_wrong_with_the_set_up_is_said_without_secrets() {
    let bench = world();
    bench.file("store/password", "s3cret\n");
    let garbage = bench.file("garbage", "whsec_s3cret");
    let mail =
        |more: &str| format!("[mail]\nhost = \"mail.example.org\"\nport = 25\nfrom = \"m@example.org\"\n{more}\n");
    for (config, part) in [
        ("[post]\n".to_owned(), "unknown field `post`"),
        (mail("tls = \"none\""), "mail to `mail.example.org` needs TLS: without it, only to `localhost`"),
        (mail("tls = \"maybe\""), "`starttls`, `implicit`, `none`"),
        (mail("tls = \"starttls\"\nuser = \"bot\""), "`user` and `password_file` go together"),
        (mail("tls = \"starttls\"\npassword_file = \"password\""), "`user` and `password_file` go together"),
        (mail("tls = \"starttls\"\nuser = \"bot\"\npassword_file = \"nowhere\""), "`nowhere` cannot be read"),
        (mail("tls = \"starttls\"\ncertificate_file = \"password\""), "TLS of mail: "),
        (
            "[mail]\nhost = \"localhost\"\nport = 25\ntls = \"none\"\nfrom = \"nobody\"\n".to_owned(),
            "the sender of mail: `nobody` is no mail address",
        ),
        (
            "[webhooks]\nallow = [\"http://127.0.0.1:8080/hook\"]\n".to_owned(),
            "`allow` names whole origins, such as `http://127.0.0.1:8080`",
        ),
        ("[webhooks]\nallow = [\"10.0.0.1\"]\n".to_owned(), "is no address such as"),
        ("[webhooks]\ncertificate_file = \"password\"\n".to_owned(), "there is no certificate in PEM form in it"),
    ] {
        bench.file("store/host.toml", &config);
        let told = bench.refused(&["inbox", "--as", "user:ana"]);
        assert!(told.contains(part) && told.contains("host.toml`: "), "{config}: {told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
    std::fs::remove_file(bench.path("store/host.toml")).unwrap();
    for (words, part) in [
        (&["person", "mail", "user:ana", "ana"][..], "`ana` is no mail address such as `ana@example.com`"),
        (&["person", "mail", "user:ghost", "g@example.com"], "`user:ghost` is unknown"),
        (
            &["person", "webhook", "user:ana", "https://u:s3cret@example.com/", "--secret-file", &garbage],
            "no user and no password",
        ),
        (
            &["person", "webhook", "user:ana", "https://example.com/", "--secret-file", &garbage],
            "a webhook's secret is `whsec_`",
        ),
        (&["person", "webhook", "user:ana", "https://example.com/"], "--secret-file"),
        (&["inbox", "mute", "msg_x", "--by", "pigeon", "--as", "user:ana"], "there are `mail` and `webhook`"),
        (&["inbox", "--as", "user:ana", "--limit", "0"], "0"),
        (&["inbox"], "--as"),
    ] {
        let told = bench.refused(words);
        assert!(told.contains(part), "{words:?}: {told}");
    }
    let wrong = PEOPLE.replace("ana@example.com\"", "ana\", webhook = { url = \"ftp://x\", secret = \"s3cret\" }");
    let fixture = bench.deals(&wrong, "", TELLS);
    let told = bench.refused(&["fixture", "load", &fixture]);
    for part in ["`ana` is no mail address", "only `https` is allowed", "a webhook's secret is `whsec_`"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("s3cret"), "{told}");
}

#[test]
fn who_opts_out_gets_nothing_more_and_what_is_muted_is_read_already() {
    let bench = world();
    bench.fine(&["row", "insert", "deals", "1", "{}"]);
    let bobs = || ids(&bench, &["--as", "user:bob"]);
    let (first, count) = (bobs().remove(0), bobs().len());
    let told = bench.fine(&["inbox", "opt-out", &first, "--as", "user:bob"]);
    assert!(told.starts_with("user:bob gets nothing of automation aut_"), "{told}");
    bench.fine(&["row", "insert", "deals", "2", "{}"]);
    assert_eq!(bobs().len(), count);
    let listed = bench.fine(&["inbox", "wishes", "--as", "user:bob"]);
    assert!(listed.starts_with("opted-out  aut_"), "{listed}");
    let automation = listed.split_whitespace().nth(1).unwrap();
    bench.fine(&["inbox", "opt-in", automation, "--as", "user:bob"]);
    bench.fine(&["inbox", "mute", automation, "--as", "user:bob"]);
    bench.fine(&["row", "insert", "deals", "3", "{}"]);
    assert_eq!(bobs().len(), count + 1);
    assert!(!ids(&bench, &["--as", "user:bob", "--unread"]).contains(&bobs()[0]), "it came as read");
    bench.fine(&["inbox", "unmute", automation, "--as", "user:bob"]);
    assert!(bench.fine(&["inbox", "wishes", "--as", "user:bob"]).starts_with("told"));
    // Of what one does not know, one is told the same as of what does not exist.
    for (there, absent) in [(automation, "aut_aaaaaaaaaaaaaaaaaaaaaaaaaa"), (first.as_str(), "msg_unknown")] {
        let refused = |id: &str| bench.refused(&["inbox", "opt-out", id, "--as", "user:cleo"]).replace(id, "ID");
        assert_eq!(refused(there), refused(absent));
    }
}
