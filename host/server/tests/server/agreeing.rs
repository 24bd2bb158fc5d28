//! The page on which one lets an automation act: an offer answered, what is lacking, what is new, and what it reaches before it moves.

use hyper::StatusCode;
use mandate_governance::{Ask, Preset, SiteChoices};
use mandate_model::{PrincipalId, SiteId};
use mandate_policy::Permission;

use crate::{client::Client, world::World};

/// Eve holds what `Large deals` asks for.
const EVE: &str = r#"
[[people]]
id = "eve"
name = "Eve"
[[roles]]
to = "user:eve"
role = "member"
[[grants]]
to = "user:eve"
dataset = "deals"
rights = ["read", "create", "update", "remove"]
"#;

fn id(person: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{person}")).unwrap()
}

async fn run_as(world: &World) -> String {
    world.service.automation(&world.automation).await.unwrap().automation.run_as.unwrap().to_string()
}

/// The world, eve, and where it is, offered to her.
async fn offered() -> (World, Client, String) {
    let world = World::with(EVE).await;
    world.service.ask(&world.automation, &id("ana"), Ask::Offer { to: Some(id("eve")) }).await.unwrap();
    let (eve, at) = (world.person("user:eve").await, format!("/automations/{}", world.automation));
    (world, eve, at)
}

#[tokio::test]
async fn an_offer_is_accepted_on_the_page_that_says_what_acts() {
    let (world, eve, at) = offered().await;
    let page = eve.get(&format!("{at}/consent")).await.body;
    for part in
        ["If you accept, <strong>Large deals</strong>", "As Ana it reaches now", "Accept: it runs as me", "Decline"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let version = world.version.to_string();
    let sent = |from: &'static str| {
        [
            ("version", version.clone()),
            ("from", from.to_owned()),
            ("to", "user:eve".to_owned()),
            ("how", "accept".to_owned()),
        ]
    };
    let ask = async |from: &'static str| {
        let sent = sent(from);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, text)| (*name, text.as_str())).collect();
        eve.form(&format!("{at}/agree"), &sent).await
    };
    let stale = ask("user:bo").await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{stale:?}");
    assert_eq!(run_as(&world).await, "user:ana");
    let done = ask("user:ana").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*at));
    let life = world.service.automation(&world.automation).await.unwrap();
    assert_eq!(life.automation.run_as, Some(id("eve")));
    assert_eq!(life.consent.map(|consent| consent.version), Some(world.version.clone()));
    world.end().await;
}

#[tokio::test]
async fn an_offer_that_was_withdrawn_gives_nothing_and_who_declines_is_led_to_what_they_see() {
    let (world, eve, at) = offered().await;
    let ana = world.person("user:ana").await;
    assert!(ana.get(&format!("{at}/people")).await.body.contains("Withdraw the offer"));
    let withdrawn = ana.form(&format!("{at}/offer"), &[("to", "")]).await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{withdrawn:?}");
    assert_eq!(eve.get(&at).await.status, StatusCode::NOT_FOUND, "nothing but the offer let her see it");
    world.service.ask(&world.automation, &id("ana"), Ask::Offer { to: Some(id("eve")) }).await.unwrap();
    let declined = eve.form(&format!("{at}/decline"), &[]).await;
    assert_eq!((declined.status, declined.header("location")), (StatusCode::SEE_OTHER, "/automations"));
    assert_eq!(run_as(&world).await, "user:ana");
    world.end().await;
}

#[tokio::test]
async fn ven_08_who_lacks_what_it_asks_for_is_told_on_the_page_itself_with_what_to_do() {
    let world = World::start().await;
    let (cleo, at) = (world.person("user:cleo").await, format!("/automations/{}", world.automation));
    let version = world.version.to_string();
    let sent = [("version", &*version), ("from", "user:ana"), ("how", "take")];
    let page = cleo.form(&format!("{at}/agree"), &sent).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    for part in ["Nothing was given: Cleo may not", "Ask for what is lacking", "Take over: it runs as me", "It may"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(run_as(&world).await, "user:ana");
    world.end().await;
}

#[tokio::test]
async fn taking_over_is_offered_where_the_site_has_it_and_said_not_to_be_elsewhere() {
    let world = World::start().await;
    let (cleo, at) = (world.person("user:cleo").await, format!("/automations/{}", world.automation));
    let version = world.version.to_string();
    for (preset, takes) in [
        (Preset::Mandate, true),
        (Preset::Vendasta, true),
        (Preset::Foundry, false),
        (Preset::Oneup, false),
        (Preset::Monday, false),
        (Preset::Files, false),
    ] {
        let mut choices = SiteChoices { preset, ..SiteChoices::default() };
        // Who administers the site may take and see it, whatever the product says of roles.
        let all = [Permission::View, Permission::Take, Permission::Edit].into();
        choices.settings.roles = [("site-admin".to_owned(), all)].into();
        world.service.choose(&SiteId::parse("acme").unwrap(), None, &choices).await.unwrap();
        let page = cleo.get(&format!("{at}/consent")).await.body;
        assert_eq!(page.contains("value=\"take\""), takes, "{preset:?}: {page}");
        assert_eq!(page.contains("nobody takes an automation over for themself"), !takes, "{preset:?}: {page}");
        assert_eq!(cleo.get(&at).await.body.contains("Take over"), takes, "{preset:?}");
        let sent = [("version", &*version), ("from", "user:ana"), ("how", "take")];
        let refused = cleo.form(&format!("{at}/agree"), &sent).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{preset:?}");
        assert!(refused.body.contains("Nothing was given"), "{preset:?}: {}", refused.body);
        assert_eq!(run_as(&world).await, "user:ana", "{preset:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_power_that_is_new_is_marked_where_it_stands() {
    let leads = r#"
[[grants]]
to = "user:ana"
dataset = "leads"
rights = ["read", "create", "update"]
[datasets.leads]
columns = [
    { name = "title", type = "text" },
    { name = "amount", type = "decimal(2)" },
    { name = "margin", type = "decimal(2)", null = true },
    { name = "status", type = "text", null = true },
]
policies = """
permit (principal is User, action, resource);
"""
"#;
    let world = World::with(leads).await;
    let (ana, at) = (world.person("user:ana").await, format!("/automations/{}", world.automation));
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    let sent = [
        ("plugin", &*plugin),
        ("base", &*base),
        ("setting.dataset", "leads"),
        ("setting.threshold", "3.00"),
        ("trigger.on", "row"),
        ("trigger.dataset", "deals"),
        ("trigger.change", "added"),
        ("do", "publish"),
    ];
    assert_eq!(ana.form(&format!("{at}/setup"), &sent).await.status, StatusCode::SEE_OTHER);
    let page = ana.get(&format!("{at}/consent")).await.body;
    assert!(page.contains("read <b>leads</b> <span class=\"badge\">new</span>: "), "{page}");
    assert!(page.contains("Published by Ana "), "{page}");
    assert!(page.contains(" · version 2 · "), "{page}");
    world.end().await;
}

#[tokio::test]
async fn the_head_of_its_pages_has_the_switch_and_its_tabs_lead_to_its_runs() {
    let world = World::start().await;
    let (ana, dan) = (world.person("user:ana").await, world.person("user:dan").await);
    let invite = Ask::Invite { add: [id("dan")].into(), remove: [].into() };
    world.service.ask(&world.automation, &id("ana"), invite).await.unwrap();
    let at = format!("/automations/{}", world.automation);
    for end in ["", "/setup", "/people", "/versions"] {
        let page = ana.get(&format!("{at}{end}")).await.body;
        assert!(page.contains(">Turn on…</a>") && !page.contains(">Turn off<"), "{end}: {page}");
        assert!(page.contains(&format!("/runs?automation={}\">Runs</a>", world.automation)), "{end}: {page}");
    }
    world.service.enable(&world.automation, &id("ana"), &world.version).await.unwrap();
    for end in ["", "/setup", "/people", "/versions", "/consent"] {
        let page = ana.get(&format!("{at}{end}")).await.body;
        assert!(page.contains(">Turn off</button>") && page.contains(">Run now</button>"), "{end}: {page}");
    }
    let page = ana.get(&format!("{at}/people")).await.body;
    assert!(page.contains(">Recipients</h2>") && page.contains("Bo <span class=\"id\">user:bo</span>"), "{page}");
    // Who only sees it is offered nothing, and not told whom it tells.
    let page = dan.get(&format!("{at}/people")).await.body;
    assert!(page.contains("Whom it tells is not for you to see.") && !page.contains(">Turn off<"), "{page}");
    world.end().await;
}
