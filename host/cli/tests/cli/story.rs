//! The demo's story, step by step, by public verbs on a store on disk.

use serde_json::Value as Json;

use crate::bench::Bench;

const SALES: &str = "fixtures/sales/fixture.toml";
const NAME: &str = "Tell about big new opportunities";
const BIG: &str = r#"{"title":"Big","account":"A","region":"emea","amount":"300000.00","stage":"lead","status":"open","closes":"2027-07-31T17:00:00Z"}"#;

/// A store of the sales fixture with its automation on.
fn sales() -> Bench {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity")]);
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    bench
}

/// Everybody who was told, with what, by the operator's JSON of a `row` verb.
fn told(json: &str) -> Vec<(String, String)> {
    let json: Json = serde_json::from_str(json).unwrap();
    let parts = json["runs"][0]["parts"].as_array().unwrap().iter();
    let message = |part: &Json| {
        Some((part[0].as_str()?.to_owned(), part[1]["messages"][0]["message"]["body"].as_str()?.to_owned()))
    };
    parts.filter_map(message).collect()
}

#[test]
fn fnd_06_07_13_the_main_job_end_to_end() {
    let bench = sales();
    let json = bench.fine(&["row", "insert", "opportunities", "9001", BIG, "--as", "user:lukas", "--json"]);
    let told = told(&json);
    let body_of = |person: &str| told.iter().find(|(who, _)| who == person).map(|(_, body)| body.as_str());
    assert_eq!(body_of("user:aino"), Some("Title: Big\nAmount: 300000.00\n"), "EMEA, without margins");
    assert_eq!(body_of("user:claire"), Some("Title: Big\nAmount: 300000.00\nMargin: \n"), "finance sees margins");
    assert_eq!(body_of("user:maya"), None, "the Americas are not told");
    let effects = serde_json::from_str::<Json>(&json).unwrap().to_string();
    assert!(effects.contains(r#""state":"applied""#), "{effects}");
    // Nothing exists for Maya: no run, no message.
    assert!(bench.refused(&["run", "show", "--as", "user:maya"]).contains("has no part in any run"));
    assert_eq!(bench.fine(&["inbox", "--as", "user:maya"]), "no messages\n");
    // Each message came once: what the automation changed starts nothing.
    assert_eq!(bench.fine(&["inbox", "--as", "user:aino"]).matches("New opportunity").count(), 1);
    // The change was made, as Inès: marking it again changes nothing.
    assert!(
        bench.fine(&["row", "update", "opportunities", "9001", r#"{"status":"review"}"#]).contains("no cell differs")
    );
}

#[test]
fn ven_16_a_right_taken_away_is_missed_at_the_next_host_call() {
    let bench = sales();
    bench.fine(&["grant", "remove", "team:emea-sales", "update", "opportunities"]);
    let said = bench.mandate(&["row", "insert", "opportunities", "9001", BIG]);
    assert_eq!(said.code, 1, "a part failed");
    let out = said.out;
    assert!(out.contains("failed: as user:ines"), "{out}");
    assert!(out.contains("told  24"), "recipients are told as before: {out}");
    let own = bench.fine(&["run", "show", "--as", "user:ines"]);
    assert!(own.contains("DENIED: it does not exist, or they may not"), "{own}");
    assert!(!own.contains("no grant"), "the person is not told why: {own}");
    let operator = bench.fine(&["run", "show", "--as", "user:ines", "--reasons"]);
    assert!(operator.contains("`user:ines` may not update `opportunities`: no grant"), "{operator}");
    // Given back, it works again.
    bench.fine(&["grant", "add", "team:emea-sales", "update", "opportunities"]);
    assert!(bench.fine(&["row", "insert", "opportunities", "9002", BIG]).contains("status = `review`: done"));
}

#[test]
fn fnd_12_a_change_of_margin_alone_is_no_event_for_who_does_not_see_margins() {
    let bench = sales();
    bench.fine(&["row", "insert", "opportunities", "9001", BIG]);
    let json = bench.fine(&["row", "update", "opportunities", "9001", r#"{"margin":"5.00"}"#, "--json"]);
    let told = told(&json);
    assert!(told.iter().any(|(who, body)| who == "user:claire" && body.contains("Margin: 5.00")));
    assert!(told.iter().all(|(who, _)| who != "user:aino" && who != "user:ines"), "{told:?}");
}

#[test]
fn fil_26_a_disabled_automation_does_not_run_and_only_run_as_turns_it_on() {
    let bench = sales();
    bench.fine(&["automation", "disable", NAME, "--as", "user:ines"]);
    assert!(bench.fine(&["automation", "list"]).starts_with("off"));
    assert!(bench.fine(&["row", "insert", "opportunities", "9001", BIG]).contains("no automation listens to it"));
    let said = bench.refused(&["automation", "enable", NAME, "--as", "user:lukas"]);
    assert!(said.contains("there is no automation `Tell about"), "it is not theirs to see: {said}");
    bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    assert!(bench.fine(&["automation", "list"]).starts_with("on"));
}

#[test]
fn the_demo_plays_its_story_to_the_end() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("guests")).unwrap();
    bench.file("guests/new-opportunity.wasm", mandate_test_support::guest("new_opportunity"));
    let out = bench.fine(&["demo", "--guests", &bench.path("guests").display().to_string()]);
    assert!(out.matches("$ mandate row ").count() >= 20, "at least 20 changes");
    for words in [
        "acted:  as user:ines",
        "told ",
        "nothing for ",
        "Try next, in this order:",
        "grant remove ",
        "… and see the host call that was denied",
    ] {
        assert!(out.contains(words), "{words}");
    }
}

#[test]
fn rights_are_explained_as_they_are_now() {
    let bench = sales();
    let aino = bench.fine(&["rights", "user:aino", "opportunities"]);
    assert!(aino.contains("read     rows with region = 'emea'"), "{aino}");
    assert!(aino.contains("remove   none: there is no grant to remove opportunities"), "{aino}");
    assert!(!aino.contains("margin"), "{aino}");
    let amara = bench.fine(&["rights", "user:amara", "opportunities"]);
    assert!(amara.contains("read     every row") && amara.contains("margin"), "{amara}");
}

#[test]
fn n04_a_person_is_not_told_a_hidden_row_from_none() {
    let bench = sales();
    let told = |id: &str, more: &[&str]| {
        bench.refused(
            &[&["row", "update", "opportunities", id, r#"{"stage":"won"}"#, "--as", "user:maya"], more].concat(),
        )
    };
    // 1017 is of EMEA, which Maya does not see; 777777 does not exist.
    assert_eq!(told("1017", &[]), told("777777", &[]));
    assert_ne!(told("1017", &["--reasons"]), told("777777", &["--reasons"]), "the operator may know");
    let taken = |id: &str| {
        let cells = BIG.replace("emea", "amer");
        let said = bench.mandate(&["row", "insert", "opportunities", id, &cells, "--as", "user:maya"]);
        (said.code, said.err)
    };
    let (code, err) = taken("1017");
    assert!(code == 2 && err.contains("user:maya may not add this row, or the id `1017` is taken"), "{err}");
}

#[test]
fn a02_an_upload_changes_nothing_until_it_is_published_and_consented_to() {
    let bench = sales();
    let before = bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]);
    assert!(before.contains("reads    opportunities: amount, margin, status, title"), "{before}");
    // Other bytes with the same name: a custom section more.
    let mut bytes = mandate_test_support::guest("new_opportunity");
    bytes.extend([0, 2, 1, b'x']);
    bench.fine(&["plugin", "upload", &bench.file("again.wasm", bytes)]);
    assert_eq!(bench.fine(&["plugin", "list"]).lines().count(), 2);
    assert_eq!(bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]), before, "the same version as before");
    bench.fine(&["automation", "publish", NAME, "--plugin", "new-opportunity", "--as", "user:ines"]);
    let json = bench.fine(&["row", "insert", "opportunities", "9001", BIG, "--json"]);
    assert!(json.contains(r#""runs": []"#), "the new version has no consent: {json}");
    assert_ne!(bench.fine(&["automation", "enable", NAME, "--as", "user:ines"]), before);
    assert!(bench.fine(&["row", "insert", "opportunities", "9002", BIG]).contains("told  24"));
}

#[test]
fn who_is_not_there_has_no_inbox() {
    let bench = sales();
    for words in [
        &["inbox", "--as", "user:ghost"][..],
        &["run", "list", "--as", "user:ghost"],
        &["run", "show", "--as", "user:ghost"],
    ] {
        assert!(bench.refused(words).contains("there is no `user:ghost`"), "{words:?}");
    }
}

#[test]
fn n07_history_is_shown_by_the_rights_of_now() {
    let bench = sales();
    bench.fine(&["row", "insert", "opportunities", "9001", BIG]);
    assert!(bench.fine(&["run", "show", "--as", "user:lukas"]).contains("300000.00"));
    bench.fine(&["grant", "remove", "team:emea", "read", "opportunities"]);
    assert!(bench.refused(&["run", "show", "--as", "user:lukas"]).contains("has no part in any run"));
    assert_eq!(bench.fine(&["run", "list", "--as", "user:lukas"]), "");
    // What was delivered before is theirs, like a letter.
    assert!(bench.fine(&["inbox", "--as", "user:lukas"]).contains("300000.00"));
}

#[test]
fn n11_a_recipient_is_not_told_the_version() {
    let bench = sales();
    bench.fine(&["row", "insert", "opportunities", "9001", BIG]);
    let version = |who: &str| -> Json {
        serde_json::from_str::<Json>(&bench.fine(&["run", "show", "--as", who, "--json"])).unwrap()["version"].clone()
    };
    assert!(version("user:ines").is_string(), "whom it ran as may know");
    assert!(version("user:lukas").is_null(), "its digest covers the other recipients");
}
