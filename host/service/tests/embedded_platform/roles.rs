//! What governance asks of people, roles and places, and what an administrator does about them.

use std::collections::BTreeSet;

use mandate_model::{Power, PrincipalId};
use mandate_policy::Right;
use mandate_service::{
    Holding, Reach, Roles, Standing,
    embedded::{Embedded, GovernanceSeed, PrincipalGrant, PrincipalRight, Seed, Workspace},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::world::{World, clock, grant, id, seed};

pub(crate) fn at(role: &str, reach: Reach) -> Holding {
    Holding { role: role.to_owned(), reach }
}

fn sales() -> Reach {
    Reach::Workspace("sales".to_owned())
}

fn over(right: PrincipalRight, who: &str) -> PrincipalGrant {
    PrincipalGrant { right, over: id(who) }
}

pub(crate) fn workspace(name: &str, open: bool, members: &[&str]) -> Workspace {
    Workspace {
        id: name.to_owned(),
        name: name.to_owned(),
        open,
        members: members.iter().map(|member| id(member)).collect(),
    }
}

/// Deals lie in sales, notes in support, the ledger nowhere. Carla is in spain, which is in emea.
fn governed() -> Seed {
    let governance = GovernanceSeed {
        workspaces: vec![workspace("sales", false, &["team:emea"]), workspace("support", true, &["user:bob"])],
        roles: vec![
            (id("user:boss"), at("site-admin", Reach::Site)),
            (id("team:emea"), at("member", sales())),
            (id("user:carla"), at("auditor", Reach::Dataset("deals".to_owned()))),
        ],
        principal_grants: vec![
            (id("team:emea"), over(PrincipalRight::ConsentFor, "team:spain")),
            (id("user:bob"), over(PrincipalRight::SeePage, "team:emea")),
            (id("user:bob"), over(PrincipalRight::SeePage, "user:boss")),
            (id("user:bob"), over(PrincipalRight::SeePage, "user:bob")),
            (id("user:bob"), over(PrincipalRight::SimulateAs, "user:ana")),
        ],
        places: [("deals", "sales"), ("notes", "support")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
    };
    Seed { governance, ..seed() }
}

async fn world() -> World {
    World::of(&governed()).await
}

fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    items.into_iter().collect()
}

fn ids(texts: &[&str]) -> BTreeSet<PrincipalId> {
    texts.iter().map(|text| id(text)).collect()
}

async fn standing(world: &World, who: &str) -> Standing {
    world.db.standing(&id(who)).await.unwrap().unwrap()
}

fn read(dataset: &str) -> Power {
    Power::Read { dataset: dataset.to_owned() }
}

fn write(dataset: &str) -> Power {
    Power::Write { dataset: dataset.to_owned() }
}

fn column(dataset: &str, column: &str) -> (Power, Power) {
    let (dataset, column) = (dataset.to_owned(), column.to_owned());
    (Power::ReadColumn { dataset: dataset.clone(), column: column.clone() }, Power::WriteColumn { dataset, column })
}

fn elsewhere() -> [Power; 3] {
    let pattern = "deals".to_owned();
    [
        Power::ReadFolder { pattern: pattern.clone() },
        Power::WriteFolder { pattern },
        Power::Operation { name: "deals".to_owned() },
    ]
}

#[tokio::test]
async fn a_standing_has_what_comes_through_teams_however_deep() {
    let world = world().await;
    let carla = standing(&world, "user:carla").await;
    assert_eq!(carla.site.as_str(), "acme");
    assert!(carla.active);
    assert_eq!(carla.teams, ids(&["team:emea", "team:spain"]));
    assert_eq!(carla.workspaces, set(["sales".to_owned()]));
    let roles = [at("auditor", Reach::Dataset("deals".to_owned())), at("member", sales())];
    assert_eq!(carla.holdings, set(roles));
    assert_eq!(carla.consents_for, ids(&["team:spain"]));
    assert_eq!(carla.sees, ids(&[]));
    let bob = standing(&world, "user:bob").await;
    assert_eq!((bob.teams, bob.holdings, bob.consents_for), (set([]), set([]), set([])));
    assert_eq!(bob.workspaces, set(["support".to_owned()]));
    // Each person of the team, active or not, however deep; one's own page is no other's.
    assert_eq!(bob.sees, ids(&["user:ana", "user:boss", "user:carla", "user:eve"]));
    assert_eq!((carla.simulates, bob.simulates), (ids(&[]), ids(&["user:ana"])));
}

#[tokio::test]
async fn a_right_over_a_team_or_the_site_is_one_over_each_person_but_oneself() {
    let world = world().await;
    for (of, expected) in [
        ("team:spain", &["user:ana", "user:carla"][..]),
        ("site:acme", &["user:ana", "user:boss", "user:carla", "user:eve"]),
    ] {
        let grant = over(PrincipalRight::SimulateAs, of);
        world.db.grant_over(&id("user:bob"), &grant).await.unwrap();
        assert_eq!(standing(&world, "user:bob").await.simulates, ids(expected), "{of}");
        world.db.revoke_over(&id("user:bob"), &grant).await.unwrap();
    }
    assert_eq!(standing(&world, "user:bob").await.simulates, ids(&["user:ana"]));
}

#[tokio::test]
async fn who_is_unknown_or_no_person_has_no_standing() {
    let world = world().await;
    for who in ["user:nobody", "team:emea", "site:acme"] {
        assert_eq!(world.db.standing(&id(who)).await.unwrap(), None, "{who}");
    }
    let eve = standing(&world, "user:eve").await;
    assert!(!eve.active);
    assert_eq!(eve.workspaces, set(["sales".to_owned()]));
    let everyone = world.db.everyone().await.unwrap();
    assert_eq!(everyone, ["user:ana", "user:bob", "user:boss", "user:carla"].map(id));
}

#[tokio::test]
async fn only_an_admin_of_the_whole_site_consents_for_it() {
    let world = world().await;
    assert_eq!(standing(&world, "user:boss").await.consents_for, ids(&["site:acme"]));
    for reach in [sales(), Reach::Dataset("deals".to_owned())] {
        assert!(world.db.give_role(&id("user:bob"), &at("site-admin", reach)).await.unwrap());
    }
    assert_eq!(standing(&world, "user:bob").await.consents_for, ids(&[]));
    assert!(!world.db.knows(&id("user:bob"), &read("ledger")).await.unwrap());
}

#[tokio::test]
async fn workspaces_are_open_or_not_and_hold_datasets() {
    let world = world().await;
    for (name, open) in [("sales", Some(false)), ("support", Some(true)), ("other", None)] {
        assert_eq!(world.db.is_open(name).await.unwrap(), open, "{name}");
    }
    let (reads, writes) = column("deals", "stage");
    for power in [read("deals"), write("deals"), reads, writes] {
        assert_eq!(world.db.lies_in(&power).await.unwrap(), Some("sales".to_owned()), "{power}");
    }
    for power in elsewhere().into_iter().chain([read("ledger"), read("nonsense")]) {
        assert_eq!(world.db.lies_in(&power).await.unwrap(), None, "{power}");
    }
}

#[tokio::test]
async fn a_power_is_held_by_grant_and_for_a_column_by_policy() {
    let world = world().await;
    // ana by her team's grants, bob by his own one, emea by its own, eve deactivated.
    let (stage, margin, score) = (column("deals", "stage"), column("deals", "margin"), column("deals", "score"));
    let nonsense = column("deals", "nonsense");
    let table = [
        (read("deals"), "ana bob boss"),
        (write("deals"), "ana boss"),
        (stage.0, "ana bob boss"),
        (stage.1, "ana boss"),
        (margin.0, "boss"),
        (margin.1, "boss"),
        (score.0, "ana bob boss"),
        (score.1, "boss"),
        (nonsense.0, ""),
        (nonsense.1, ""),
        (read("ledger"), "boss"),
        (read("nonsense"), ""),
    ];
    let everybody = ["ana", "bob", "boss", "eve", "nobody"];
    for (power, expected) in table {
        let mut holders = Vec::new();
        for who in everybody {
            if world.db.holds(&id(&format!("user:{who}")), &power).await.unwrap() {
                holders.push(who);
            }
        }
        assert_eq!(holders.join(" "), expected, "{power}");
    }
}

#[tokio::test]
async fn teams_hold_what_is_granted_to_them_and_the_site_what_is_granted_to_it() {
    let world = world().await;
    let (reads, _) = column("deals", "stage");
    for (who, power, expected) in [
        ("team:emea", read("deals"), true),
        ("team:spain", read("deals"), true),
        ("team:spain", reads, true),
        ("team:spain", read("notes"), false),
        ("team:nobody", read("deals"), false),
        ("site:acme", read("deals"), false),
    ] {
        assert_eq!(world.db.holds(&id(who), &power).await.unwrap(), expected, "{who}: {power}");
    }
    assert!(world.db.grant(&id("site:acme"), &grant(Right::Read, "deals")).await.unwrap());
    assert!(world.db.holds(&id("site:acme"), &read("deals")).await.unwrap());
    assert!(!world.db.holds(&id("site:other"), &read("deals")).await.unwrap());
}

#[tokio::test]
async fn each_right_to_change_is_a_power_to_write_and_all_but_removal_to_write_columns() {
    let world = world().await;
    let bob = id("user:bob");
    let (_, stage) = column("deals", "stage");
    for (right, columns) in [(Right::Create, true), (Right::Update, true), (Right::Remove, false)] {
        assert!(!world.db.holds(&bob, &write("deals")).await.unwrap());
        world.db.grant(&bob, &grant(right, "deals")).await.unwrap();
        assert!(world.db.holds(&bob, &write("deals")).await.unwrap(), "{right}");
        assert_eq!(world.db.holds(&bob, &stage).await.unwrap(), columns, "{right}");
        world.db.revoke(&bob, &grant(right, "deals")).await.unwrap();
    }
    // A column is read by who reads the dataset: a right to change it is not enough.
    let ledger = column("ledger", "entry").0;
    assert!(world.db.holds(&id("user:boss"), &ledger).await.unwrap());
    world.db.revoke(&id("user:boss"), &grant(Right::Read, "ledger")).await.unwrap();
    assert!(!world.db.holds(&id("user:boss"), &ledger).await.unwrap());
}

#[tokio::test]
async fn nobody_holds_or_knows_of_folders_and_operations() {
    let world = world().await;
    for power in elsewhere() {
        assert!(!world.db.holds(&id("user:boss"), &power).await.unwrap(), "{power}");
        assert!(!world.db.knows(&id("user:boss"), &power).await.unwrap(), "{power}");
    }
}

/// Which of deals, notes and ledger bob knows of once he is given the role; he reads deals by a grant that is taken first.
async fn knows(holding: &Holding) -> String {
    let world = world().await;
    let bob = id("user:bob");
    world.db.revoke(&bob, &grant(Right::Read, "deals")).await.unwrap();
    world.db.give_role(&bob, holding).await.unwrap();
    let mut known = Vec::new();
    for dataset in ["deals", "notes", "ledger", "nonsense"] {
        // The whole dataset, and anything in it.
        let (reads, writes) = column(dataset, "nonsense");
        let mut answers = BTreeSet::new();
        for power in [read(dataset), write(dataset), reads, writes] {
            answers.insert(world.db.knows(&bob, &power).await.unwrap());
        }
        assert_eq!(answers.len(), 1, "{dataset}");
        known.extend(answers.contains(&true).then_some(dataset));
    }
    known.join(" ")
}

#[tokio::test]
async fn admins_know_of_what_is_in_their_reach() {
    for (role, reach, expected) in [
        ("member", Reach::Site, ""),
        ("site-admin", Reach::Site, "deals notes ledger"),
        ("site-admin", sales(), ""),
        ("workspace-admin", Reach::Site, "deals notes"),
        ("workspace-admin", sales(), "deals"),
        ("workspace-admin", Reach::Dataset("deals".to_owned()), ""),
        ("resource-admin", Reach::Site, "deals notes ledger"),
        ("resource-admin", sales(), "deals"),
        ("resource-admin", Reach::Dataset("ledger".to_owned()), "ledger"),
    ] {
        assert_eq!(knows(&at(role, reach.clone())).await, expected, "{role} {reach:?}");
    }
}

#[tokio::test]
async fn readers_know_and_who_is_unknown_or_deactivated_does_not() {
    let world = world().await;
    for (who, dataset, expected) in [
        ("user:bob", "deals", true),
        ("user:carla", "deals", true),
        ("user:carla", "ledger", false),
        ("user:eve", "deals", false),
        ("user:nobody", "deals", false),
        ("team:emea", "deals", false),
        ("site:acme", "deals", false),
    ] {
        assert_eq!(world.db.knows(&id(who), &read(dataset)).await.unwrap(), expected, "{who} {dataset}");
    }
    let boss = id("user:boss");
    world.db.revoke(&boss, &grant(Right::Read, "ledger")).await.unwrap();
    assert!(world.db.knows(&boss, &read("ledger")).await.unwrap());
    world.db.set_active(&boss, false).await.unwrap();
    assert!(!world.db.knows(&boss, &read("ledger")).await.unwrap());
}

#[tokio::test]
async fn each_change_holds_from_the_next_question_on_and_tells_whether_it_was_one() {
    let world = world().await;
    let (db, bob, team) = (&world.db, id("user:bob"), id("team:spain"));
    let role = at("viewer", sales());
    assert_eq!([db.give_role(&team, &role).await.unwrap(), db.give_role(&team, &role).await.unwrap()], [true, false]);
    assert!(standing(&world, "user:carla").await.holdings.contains(&role));
    // Of exactly this reach.
    assert!(!db.take_role(&team, &at("viewer", Reach::Site)).await.unwrap());
    assert_eq!([db.take_role(&team, &role).await.unwrap(), db.take_role(&team, &role).await.unwrap()], [true, false]);
    assert!(!standing(&world, "user:carla").await.holdings.contains(&role));

    let add = async || db.add_to_workspace(&bob, "sales").await.unwrap();
    assert_eq!([add().await, add().await], [true, false]);
    assert!(standing(&world, "user:bob").await.workspaces.contains("sales"));
    let remove = async || db.remove_from_workspace(&bob, "sales").await.unwrap();
    assert_eq!([remove().await, remove().await], [true, false]);
    assert!(!standing(&world, "user:bob").await.workspaces.contains("sales"));

    let consent = over(PrincipalRight::ConsentFor, "site:acme");
    let give = async || db.grant_over(&bob, &consent).await.unwrap();
    assert_eq!([give().await, give().await], [true, false]);
    assert_eq!(standing(&world, "user:bob").await.consents_for, ids(&["site:acme"]));
    let take = async || db.revoke_over(&bob, &consent).await.unwrap();
    assert_eq!([take().await, take().await], [true, false]);
    assert_eq!(standing(&world, "user:bob").await.consents_for, ids(&[]));
}

#[tokio::test]
async fn rights_over_principals_are_told_with_those_of_teams() {
    let world = world().await;
    let all = [
        over(PrincipalRight::SeePage, "team:emea"),
        over(PrincipalRight::SeePage, "user:bob"),
        over(PrincipalRight::SeePage, "user:boss"),
        over(PrincipalRight::SimulateAs, "user:ana"),
    ];
    assert_eq!(world.db.held_over(&id("user:bob")).await.unwrap(), set(all));
    let emea = set([over(PrincipalRight::ConsentFor, "team:spain")]);
    for who in ["team:emea", "team:spain", "user:carla"] {
        assert_eq!(world.db.held_over(&id(who)).await.unwrap(), emea, "{who}");
    }
}

#[tokio::test]
async fn an_administrator_is_told_what_cannot_be_given() {
    let world = world().await;
    let db = &world.db;
    let nowhere = Reach::Workspace("nowhere".to_owned());
    let unknown = |who: &str| format!("`{who}` is unknown: name a person or team of this platform, or its site");
    let no_role =
        "`Site Admin` is no name of a role: a lower-case letter, then lower-case letters, digits and `-`, at most 63";
    for (who, holding, message) in [
        ("user:nobody", at("viewer", Reach::Site), unknown("user:nobody")),
        (
            "site:acme",
            at("viewer", Reach::Site),
            "`site:acme` has no role, workspace, team or right over others: name a person or a team".to_owned(),
        ),
        ("user:ana", at("Site Admin", Reach::Site), no_role.to_owned()),
        ("user:ana", at("viewer", nowhere), "there is no workspace `nowhere`".to_owned()),
        ("user:ana", at("viewer", Reach::Dataset("deels".to_owned())), "there is no dataset `deels`".to_owned()),
    ] {
        assert_eq!(db.give_role(&id(who), &holding).await.unwrap_err().to_string(), message);
        assert_eq!(db.take_role(&id(who), &holding).await.unwrap_err().to_string(), message);
    }
    for (who, workspace, message) in [
        ("team:nobody", "sales", unknown("team:nobody")),
        ("user:ana", "nowhere", "there is no workspace `nowhere`".to_owned()),
    ] {
        assert_eq!(db.add_to_workspace(&id(who), workspace).await.unwrap_err().to_string(), message);
        assert_eq!(db.remove_from_workspace(&id(who), workspace).await.unwrap_err().to_string(), message);
    }
    for (grant, message) in [
        (over(PrincipalRight::SimulateAs, "user:nobody"), unknown("user:nobody")),
        (over(PrincipalRight::ConsentFor, "site:other"), unknown("site:other")),
        (
            over(PrincipalRight::ConsentFor, "user:bob"),
            "nobody consents for `user:bob` but themself: name a team or the site".to_owned(),
        ),
        (over(PrincipalRight::SeePage, "site:acme"), "`site:acme` has no page: name a person or a team".to_owned()),
    ] {
        assert_eq!(db.grant_over(&id("user:ana"), &grant).await.unwrap_err().to_string(), message);
        assert_eq!(db.revoke_over(&id("user:ana"), &grant).await.unwrap_err().to_string(), message);
    }
}

#[tokio::test]
async fn who_cannot_be_asked_is_not_taken_for_nobody() {
    let world = world().await;
    world.db.close().await;
    let (db, ana, power) = (&world.db, id("user:ana"), read("deals"));
    assert!(db.standing(&ana).await.is_err());
    assert!(db.is_open("sales").await.is_err());
    assert!(db.holds(&ana, &power).await.is_err());
    assert!(db.knows(&ana, &power).await.is_err());
    assert!(db.lies_in(&power).await.is_err());
    assert!(db.everyone().await.is_err());
    assert!(db.held_over(&ana).await.is_err());
}

#[tokio::test]
async fn a_file_of_before_workspaces_is_brought_to_this_version() {
    let world = World::new().await;
    world.db.close().await;
    let mut file = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(world.path())).await.unwrap();
    for statement in [
        "drop table workspace",
        "drop table workspace_member",
        "drop table role_holding",
        "drop table principal_grant",
        "drop table place",
        "delete from _sqlx_migrations where version = 2",
    ] {
        sqlx::query(statement).execute(&mut file).await.unwrap();
    }
    file.close().await.unwrap();
    let again = Embedded::open(&world.path(), clock()).await.unwrap();
    assert_eq!(again.lies_in(&read("deals")).await.unwrap(), None);
    assert!(again.give_role(&id("user:ana"), &at("viewer", Reach::Site)).await.unwrap());
    let standing = again.standing(&id("user:ana")).await.unwrap().unwrap();
    assert_eq!(standing.holdings, set([at("viewer", Reach::Site)]));
}

#[tokio::test]
async fn what_a_later_version_wrote_is_nothing_here() {
    let world = world().await;
    let mut file = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(world.path())).await.unwrap();
    for statement in [
        "insert into role_holding values ('user:bob', 'site-admin', 'planet', 'earth')",
        "insert into principal_grant values ('user:bob', 'adopt', 'team:emea')",
    ] {
        sqlx::query(statement).execute(&mut file).await.unwrap();
    }
    let bob = standing(&world, "user:bob").await;
    assert_eq!((bob.holdings, bob.consents_for), (set([]), set([])));
    assert_eq!(world.db.held_over(&id("user:bob")).await.unwrap().len(), 4);
}
