//! The console's forms, as a browser without JavaScript sends them.

use hyper::StatusCode;
use mandate_governance::State;
use mandate_model::AutomationId;
use mandate_service::embedded::{PrincipalGrant, PrincipalRight};

use crate::{client::Answer, world::World};

/// A draft as the form of the set-up has it.
fn draft<'a>(plugin: &'a str, threshold: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("plugin", plugin),
        ("setting.dataset", "deals"),
        ("setting.threshold", threshold),
        ("trigger.on", "row"),
        ("trigger.dataset", "deals"),
        ("trigger.change", "added"),
        ("trigger.change", "updated"),
        ("recipient", "user:ana"),
        ("recipients", "user:bo\n"),
    ]
}

/// The value of a hidden field.
fn hidden(page: &Answer, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("name=\"{name}\" value=\"")).expect("a field of that name");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn id(page: &Answer) -> AutomationId {
    AutomationId::parse(page.header("location").split('/').nth(2).unwrap()).unwrap()
}

#[tokio::test]
async fn an_automation_is_made_set_up_published_and_agreed_to_by_forms() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let made = ana.form("/automations/new", &[("name", "Small deals")]).await;
    let automation = id(&made);
    let at = format!("/automations/{automation}");
    let plugin = world.plugin.to_string();

    // What is wrong is said beside its field, and what was typed is kept.
    let setup = ana.get(&format!("{at}/setup")).await;
    assert!(setup.body.contains(&format!("value=\"{plugin}\"")), "{}", setup.body);
    let mut wrong = draft(&plugin, "5.00");
    wrong.retain(|(name, _)| *name != "trigger.change");
    wrong.push(("recipients", "bo"));
    wrong.retain(|field| *field != ("recipients", "user:bo\n"));
    let again = ana.form(&format!("{at}/setup"), &[wrong, vec![("do", "publish")]].concat()).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["Tick at least one.", "`bo`", "value=\"5.00\"", ">bo</textarea>"] {
        assert!(again.body.contains(part), "{part}: {}", again.body);
    }
    let refused = ana.form(&format!("{at}/setup"), &[draft(&plugin, ""), vec![("do", "publish")]].concat()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Not published:") && refused.body.contains("threshold"), "{}", refused.body);

    let published = ana.form(&format!("{at}/setup"), &[draft(&plugin, "5.00"), vec![("do", "publish")]].concat()).await;
    assert_eq!((published.status, published.header("location")), (StatusCode::SEE_OTHER, &*format!("{at}/consent")));
    let consent = ana.get(&format!("{at}/consent")).await;
    for part in ["on your behalf", "read <b>deals</b>", "change <b>deals</b>: status", "It tells Ana and Bo"] {
        assert!(consent.body.contains(part), "{part}: {}", consent.body);
    }
    let version = hidden(&consent, "version");
    let agreed =
        ana.form(&format!("{at}/agree"), &[("version", &version), ("from", "user:ana"), ("how", "enable")]).await;
    assert_eq!((agreed.status, agreed.header("location")), (StatusCode::SEE_OTHER, at.as_str()));
    let life = world.service.automation(&automation).await.unwrap();
    assert_eq!((life.automation.state, life.consent.map(|one| one.version.to_string())), (State::On, Some(version)));
    world.end().await;
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_shown_and_nothing_is_given() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let at = format!("/automations/{}", world.automation);
    let shown = ana.get(&format!("{at}/consent")).await;
    let version = hidden(&shown, "version");
    let plugin = world.plugin.to_string();
    let base = hidden(&bo.get(&format!("{at}/setup")).await, "base");
    let edit = [draft(&plugin, "7.00"), vec![("base", &base), ("do", "publish")]].concat();
    let edited = bo.form(&format!("{at}/setup"), &edit).await;
    assert_eq!(edited.status, StatusCode::SEE_OTHER, "{edited:?}");
    let agreed = ana.form(&format!("{at}/agree"), &[("version", &version), ("how", "enable")]).await;
    assert_eq!(agreed.status, StatusCode::CONFLICT);
    assert!(agreed.body.contains("changed meanwhile, and nothing was given"), "{}", agreed.body);
    assert_ne!(hidden(&agreed, "version"), version);
    assert_eq!(world.service.automation(&world.automation).await.unwrap().automation.state, State::Off);
    let broken = ana.form(&format!("{at}/agree"), &[("how", "enable")]).await;
    assert_eq!(broken.status, StatusCode::CONFLICT);
    world.end().await;
}

#[tokio::test]
async fn a_draft_that_others_overtook_is_refused_and_kept() {
    let world = World::start().await;
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let at = format!("/automations/{}/setup", world.automation);
    let plugin = world.plugin.to_string();
    let base = hidden(&ana.get(&at).await, "base");
    let based = |threshold, verb| [draft(&plugin, threshold), vec![("base", &base), ("do", verb)]].concat();
    let kept = ana.form(&at, &based("1.00", "save")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    assert!(!bo.get(&at).await.body.contains("1.00"), "a draft is its editor's alone");
    let first = bo.form(&at, &based("2.00", "publish")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    // Kept once more, it is still begun on what it was.
    assert_eq!(ana.form(&at, &based("1.00", "save")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(hidden(&ana.get(&at).await, "base"), base);
    let second = ana.form(&at, &based("1.00", "publish")).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        second.body.contains("the draft was begun on") && second.body.contains("value=\"1.00\""),
        "{}",
        second.body
    );
    world.end().await;
}

#[tokio::test]
async fn managers_come_and_go() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let at = format!("/automations/{}", world.automation);
    let gone = ana.form(&format!("{at}/owners"), &[("was", "user:bo"), ("do", "done")]).await;
    assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, &*format!("{at}/people")));
    assert!(world.service.automation(&world.automation).await.unwrap().automation.managers.is_empty());
    let come = ana.form(&format!("{at}/members"), &[("add", "user:dan")]).await;
    assert_eq!(come.status, StatusCode::SEE_OTHER);
    let people = ana.get(&format!("{at}/people")).await;
    assert!(people.body.contains("Dan <span class=\"id\">user:dan</span>"), "{}", people.body);
    let wrong = ana.form(&format!("{at}/members"), &[("add", "dan")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("a principal such as `user:ana`"), "{}", wrong.body);
    world.end().await;
}

#[tokio::test]
async fn owners_are_searched_and_chosen_and_only_then_changed() {
    let world = World::with("[[teams]]\nid = \"west\"\nname = \"West\"\nmembers = [\"user:dan\"]\n").await;
    let (ana, cleo) = (world.person("user:ana").await, world.person("user:cleo").await);
    let at = format!("/automations/{}/owners", world.automation);
    let managers = async || world.service.automation(&world.automation).await.unwrap().automation.managers;
    let before = managers().await;
    // Ana sees nobody's page, Cleo everybody's: only the names of those are there to be searched.
    let offers = |page: &str, who: &str| page.contains(&format!("name=\"owner\" value=\"{who}\""));
    assert!(!offers(&ana.get(&at).await.body, "user:dan"));
    let typed = ana.form(&at, &[("was", "user:bo"), ("others", "user:dan\nuser:nobody"), ("do", "search")]).await;
    for who in ["dan", "nobody"] {
        assert!(
            typed.body.contains(&format!("<span>{who} <span class=\"id\">user:{who}</span></span>")),
            "{}",
            typed.body
        );
    }
    let found = cleo.form(&at, &[("was", "user:bo"), ("owner", "user:bo"), ("q", "wES"), ("do", "search")]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(offers(&found.body, "team:west") && !offers(&found.body, "user:dan"), "{}", found.body);
    assert!(found.body.contains("name=\"owner\" value=\"user:bo\" checked"), "{}", found.body);
    assert_eq!(managers().await, before);
    // What others did since the page was opened is not undone.
    ana.form(&at, &[("was", "user:bo"), ("do", "done")]).await;
    let chosen = [("was", "user:bo"), ("owner", "user:bo"), ("owner", "team:west"), ("do", "done")];
    assert_eq!(cleo.form(&at, &chosen).await.status, StatusCode::SEE_OTHER);
    assert_eq!(managers().await, [mandate_model::PrincipalId::parse("team:west").unwrap()].into());
    // One who is not there, or whom it runs as, undoes all of it.
    for (wrong, why) in
        [(("others", "user:nobody\nuser:dan"), "there is no `user:nobody`"), (("was", "user:ana"), "it runs as")]
    {
        let told = cleo.form(&at, &[("was", "team:west"), wrong, ("do", "done")]).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(told.body.contains("Nothing was changed") && told.body.contains(why), "{why}: {}", told.body);
        assert_eq!(managers().await.len(), 1, "{why}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_whom_it_runs_as_finds_is_said_to_be_sent() {
    for (preset, told, not) in [
        ("mandate", "Each is told from what they themselves may see.", "what it finds as whom it runs as"),
        ("oneup", "Each is sent what it finds as whom it runs as", "they themselves may see."),
    ] {
        let world = World::with(&format!("[governance]\npreset = \"{preset}\"\n")).await;
        let ana = world.person("user:ana").await;
        let page = ana.get(&format!("/automations/{}/setup", world.automation)).await.body;
        assert!(page.contains(told) && !page.contains(not), "{preset}: {page}");
        let page = ana.get(&format!("/automations/{}/consent", world.automation)).await.body;
        assert_eq!(page.contains("Each message is made from what that person may see."), preset == "mandate", "{page}");
        world.end().await;
    }
}

#[tokio::test]
async fn who_may_not_edit_sees_no_form_and_changes_nothing() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    ana.form(&format!("/automations/{}/members", world.automation), &[("add", "user:dan")]).await;
    let dan = world.person("user:dan").await;
    let at = format!("/automations/{}", world.automation);
    let page = dan.get(&at).await;
    assert_eq!(page.status, StatusCode::OK);
    // Whose consent it is, is not for dan to see; that it runs, is.
    world.service.enable(&world.automation, &"user:ana".to_owned().try_into().unwrap(), &world.version).await.unwrap();
    let running = dan.get(&at).await;
    assert!(running.body.contains("<span class=\"state on\">On</span>"), "{}", running.body);
    assert!(!page.body.contains("/setup") && !page.body.contains("10000.00"), "{}", page.body);
    // The form would show what is published whole.
    assert_eq!(dan.get(&format!("{at}/setup")).await.status, StatusCode::NOT_FOUND);
    let plugin = world.plugin.to_string();
    let tries = [
        ("setup", [draft(&plugin, "1.00"), vec![("do", "publish")]].concat()),
        ("owners", vec![("owner", "user:dan"), ("do", "done")]),
    ];
    for (form, fields) in tries {
        assert_eq!(dan.form(&format!("{at}/{form}"), &fields).await.status, StatusCode::FORBIDDEN, "{form}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_dry_run_shows_each_what_they_may_see_and_changes_nothing() {
    let world = World::start().await;
    let fields = [("title", "Bridge"), ("status", "new")].map(|(name, text)| mandate_model::Field {
        name: name.to_owned(),
        value: mandate_model::Value::Text(text.to_owned()),
    });
    let amounts = [("amount", "25000.00"), ("margin", "0.40")].map(|(name, text)| mandate_model::Field {
        name: name.to_owned(),
        value: mandate_model::Value::Decimal(text.to_owned()),
    });
    let fields: Vec<_> = fields.into_iter().chain(amounts).collect();
    let now = mandate_service::Clock::now(&mandate_service::SystemClock);
    world.embedded.insert(None, "deals", "d1", &fields, now).await.unwrap();
    let (ana, bo) = (world.person("user:ana").await, world.person("user:bo").await);
    let at = format!("/automations/{}/dry-run", world.automation);
    let on = [("on", "row"), ("row", "deals/d1")];
    let mine = ana.form(&at, &[on.to_vec(), vec![("person", "user:ana")]].concat()).await;
    assert_eq!(mine.status, StatusCode::OK, "{}", mine.body);
    for part in ["update deals/d1: status", "0.40", "Nothing is carried out"] {
        assert!(mine.body.contains(part), "{part}: {}", mine.body);
    }
    let theirs = bo.form(&at, &[on.to_vec(), vec![("person", "user:bo")]].concat()).await;
    assert!(!theirs.body.contains("0.40"), "{}", theirs.body);
    let as_ana = bo.form(&at, &[on.to_vec(), vec![("person", "user:ana")]].concat()).await;
    assert!(as_ana.body.contains("Not tried:") && !as_ana.body.contains("0.40"), "{}", as_ana.body);
    let wrong = ana.form(&at, &[("on", "row"), ("row", "d1"), ("person", "user:ana")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nothing was changed, and nobody was told.
    world.service.drain().await.unwrap();
    let bo_id = "user:bo".to_owned().try_into().unwrap();
    assert!(world.service.inbox(&bo_id).await.unwrap().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_stopped_one_says_since_when_why_and_who_can_put_it_right() {
    let world = World::start().await;
    let person = |id: &str| mandate_model::PrincipalId::parse(id).unwrap();
    let ana_id = person("user:ana");
    world.service.enable(&world.automation, &ana_id, &world.version).await.unwrap();
    let power = mandate_model::Power::WriteColumn { dataset: "deals".to_owned(), column: "status".to_owned() };
    let lost = mandate_governance::Lack { principal: ana_id.clone(), power: Some(power), undecided: false };
    let grants = [mandate_policy::Right::Create, mandate_policy::Right::Update]
        .map(|right| mandate_policy::Grant { right, dataset: "deals".to_owned() });
    for grant in &grants {
        assert!(world.embedded.revoke(&ana_id, grant).await.unwrap());
    }
    assert!(world.service.lose(&world.automation, vec![lost]).await.unwrap());
    let invite = mandate_governance::Ask::Invite { add: [person("user:dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &ana_id, invite).await.unwrap();
    let at = format!("/automations/{}", world.automation);
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let page = ana.get(&at).await.body;
    for part in [
        "Stopped on <time",
        "<strong>Ana</strong> can no longer set the column <q>status</q> of <q>deals</q>.",
        "Nothing has run since.",
        "Who administers what it works on can grant it.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("Cleo can grant"), "whose page Ana may not see: {page}");
    let over = person("user:cleo");
    let see = PrincipalGrant { right: PrincipalRight::SeePage, over };
    world.embedded.grant_over(&ana_id, &see).await.unwrap();
    let page = ana.get(&at).await.body;
    assert!(page.contains("Cleo can grant it."), "{page}");
    // Dan may see it, knows of no deals, and decides on nothing.
    let page = dan.get(&at).await.body;
    assert!(page.contains("can no longer do something that you may not know of."), "{page}");
    assert!(!page.contains("deals</q>") && !page.contains("can grant it") && !page.contains("mailto:"), "{page}");
    for grant in &grants {
        world.embedded.grant(&ana_id, grant).await.unwrap();
    }
    let page = ana.get(&at).await.body;
    assert!(page.contains("That is granted again: it can be turned on.") && page.contains("Turn on again"), "{page}");
    assert!(!dan.get(&at).await.body.contains("Turn on again"));
    world.end().await;
}
