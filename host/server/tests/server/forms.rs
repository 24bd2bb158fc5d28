//! What somebody types wrong in a form of an automation is told beside the field, with what they typed kept, and changes nothing.

use mandate_model::PrincipalId;

use crate::world::World;

/// A draft that could be published, but for the fields that come before these.
const SETUP: [(&str, &str); 6] = [
    ("setting.dataset", "deals"),
    ("setting.threshold", "3.00"),
    ("trigger.on", "row"),
    ("trigger.dataset", "deals"),
    ("trigger.change", "added"),
    ("do", "publish"),
];

/// A name that is too long.
const LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Which form, the field that is wrong by its id, what is sent besides, and the name and text of what is wrong.
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], (&'a str, &'a str));

const TABLE: [Row<'static>; 12] = [
    ("offer", "offer", &[], ("to", "bo at home")),
    ("offer", "offer", &[], ("to", "user:nobody-of-this-name")),
    ("members", "add-members", &[], ("add", "Bo & Co")),
    ("rename", "rename", &[], ("name", LONG)),
    ("clone", "clone", &[], ("name", LONG)),
    ("owners", "others", &[("do", "done")], ("others", "not an id")),
    ("setup", "setting.threshold", &[], ("setting.threshold", "")),
    ("setup", "trigger.cron", &[("trigger.on", "schedule")], ("trigger.cron", "99 9 * * MON")),
    (
        "setup",
        "trigger.time_zone",
        &[("trigger.on", "schedule"), ("trigger.cron", "0 9 * * MON")],
        ("trigger.time_zone", "Mars/North"),
    ),
    ("setup", "trigger.where", &[], ("trigger.where", "[{]")),
    ("setup", "trigger.where", &[], ("trigger.where", "{}")),
    ("setup", "recipients", &[], ("recipients", "everybody")),
];

#[tokio::test]
async fn what_is_typed_wrong_is_told_beside_its_field_and_kept() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let before = world.service.automation(&world.automation).await.unwrap();
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    for (form, field, besides, (name, typed)) in TABLE {
        let mut sent: Vec<(&str, &str)> = vec![(name, typed)];
        sent.extend(besides);
        if form == "setup" {
            sent.extend([("plugin", &*plugin), ("base", &*base)]);
            let said: Vec<&str> = sent.iter().map(|(name, _)| *name).collect();
            sent.extend(SETUP.into_iter().filter(|(name, _)| !said.contains(name)));
        }
        let told = ana.form(&format!("/automations/{}/{form}", world.automation), &sent).await;
        let case = format!("{form}, {name} = {typed:?}: {}", told.body);
        assert!(told.status == 422 || told.status == 403, "{} {case}", told.status);
        let start = format!("id=\"{field}-wrong\" role=\"alert\">");
        let why = told.body.split_once(&start).unwrap_or_else(|| panic!("nothing beside {field}: {case}")).1;
        assert!(why.split('<').next().is_some_and(|why| why.len() > 5), "{case}");
        assert!(told.body.contains(&format!("aria-describedby=\"{field}-wrong\"")), "{case}");
        let kept = typed.replace('&', "&amp;").replace('"', "&quot;");
        assert!(told.body.contains(&kept), "what was typed is not kept: {case}");
        let now = world.service.automation(&world.automation).await.unwrap();
        assert_eq!(now, before, "{form}, {name}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_the_platform_refuses_of_where_is_told_beside_it() {
    let world = World::start().await;
    let ana = world.person("user:ana").await;
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    let only = r#"[{"column":"secret","is":"equal","value":"x"}]"#;
    let sent = [("plugin", &*plugin), ("base", &*base), ("trigger.where", only)];
    let sent: Vec<_> = sent.into_iter().chain(SETUP).collect();
    let told = ana.form(&format!("/automations/{}/setup", world.automation), &sent).await;
    assert_eq!(told.status, 422, "{told:?}");
    assert!(told.body.contains("Not published: look at what is marked below."), "{}", told.body);
    // A column that there is not is told like one that they may not see.
    assert!(told.body.contains("does not have all of these columns, or you may not see them"), "{}", told.body);
    assert!(told.body.contains("id=\"trigger.where-wrong\""), "{}", told.body);
    world.end().await;
}

/// The page where one sets it up.
async fn setup(world: &World, who: &str) -> String {
    let page = world.person(who).await.get(&format!("/automations/{}/setup", world.automation)).await.body;
    // In the frame of the demo is everybody whom one may become.
    page.split_once("<main").expect("a page").1.to_owned()
}

#[tokio::test]
async fn pickers_offer_by_name_those_whom_the_editor_may_see_and_nobody_else() {
    let world = World::start().await;
    // Ana sees nobody's page: whom it tells already stands where one types.
    let page = setup(&world, "user:ana").await;
    assert!(page.contains("value=\"user:ana\" checked> Ana "), "{page}");
    assert!(page.contains(">user:bo</textarea>"), "{page}");
    assert!(!page.contains("user:cleo") && !page.contains("user:dan"), "{page}");
    let mut people = String::from(
        "[[grants]]\nto = \"user:cleo\"\ndataset = \"deals\"\nrights = [\"read\", \"create\", \"update\"]\n",
    );
    for number in 10..50 {
        people.push_str(&format!("[[people]]\nid = \"p{number}\"\nname = \"Person {number}\"\n"));
    }
    people.push_str("[[teams]]\nid = \"emea\"\nname = \"EMEA\"\nmembers = [\"user:bo\"]\n");
    world.end().await;
    let world = World::with(&people).await;
    let ask =
        mandate_governance::Ask::Share { add: [PrincipalId::parse("user:cleo").unwrap()].into(), remove: [].into() };
    world.service.ask(&world.automation, &PrincipalId::parse("user:ana").unwrap(), ask).await.unwrap();
    let page = setup(&world, "user:cleo").await;
    assert!(page.contains("value=\"user:bo\" checked> Bo "), "{page}");
    assert_eq!(page.matches("name=\"recipient\"").count(), 32, "those ticked, and the first thirty");
    let cleo = world.person("user:cleo").await;
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    let sent =
        [("plugin", &*plugin), ("base", &*base), ("recipient", "user:bo"), ("find", "person 49"), ("do", "search")];
    let sent: Vec<_> = sent.into_iter().chain(SETUP.into_iter().filter(|(name, _)| *name != "do")).collect();
    let found = cleo.form(&format!("/automations/{}/setup", world.automation), &sent).await.body;
    assert!(found.contains("value=\"user:p49\"> Person 49 "), "{found}");
    assert!(found.contains("value=\"user:bo\" checked> Bo "), "what was ticked stays: {found}");
    assert_eq!(found.matches("name=\"recipient\"").count(), 2, "{found}");
    world.end().await;
}

#[tokio::test]
async fn columns_that_it_listens_to_are_ticked_among_those_that_the_editor_may_see() {
    let world = World::start().await;
    let column = |page: &str, name: &str| page.contains(&format!("name=\"trigger.columns\" value=\"{name}\""));
    let ana = setup(&world, "user:ana").await;
    assert!(["title", "amount", "margin", "status"].iter().all(|name| column(&ana, name)), "{ana}");
    let bo = setup(&world, "user:bo").await;
    assert!(column(&bo, "title") && !column(&bo, "margin"), "{bo}");
    // Ticks of another dataset are none of the one that is chosen now.
    let (plugin, base) = (world.plugin.to_string(), world.version.to_string());
    let sent = [
        ("plugin", &*plugin),
        ("base", &*base),
        ("trigger.columns", "title"),
        ("trigger.columns-of", "leads"),
        ("do", "columns"),
    ];
    let sent: Vec<_> = sent.into_iter().chain(SETUP.into_iter().filter(|(name, _)| *name != "do")).collect();
    let page =
        world.person("user:ana").await.form(&format!("/automations/{}/setup", world.automation), &sent).await.body;
    assert!(page.contains("name=\"trigger.columns\" value=\"title\">"), "{page}");
    world.end().await;
}

#[tokio::test]
async fn mon_22_what_would_be_useless_is_grey_with_its_reason_wherever_it_would_act_as_the_editor() {
    let world = World::with(
        r#"
[[roles]]
to = ["user:ana", "user:bo"]
role = "resource-admin"
dataset = "vault"
[datasets.vault]
columns = [{ name = "title", type = "text" }]
policies = """
permit (principal is User, action, resource);
"""
"#,
    )
    .await;
    let grey = "<option value=\"vault\" disabled>vault (you may not read it)</option>";
    let open = "<option value=\"vault\">vault (you may not read it)</option>";
    assert_eq!(setup(&world, "user:ana").await.matches(grey).count(), 2);
    // Of bo's draft it acts as ana, who may well read it.
    assert_eq!(setup(&world, "user:bo").await.matches(open).count(), 2);
    world.end().await;
}
