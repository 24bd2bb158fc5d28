//! Seeds are taken whole or not at all, and what is wrong is named.

use mandate_model::{ColumnSet, Value};
use mandate_policy::{Attribute, ColumnType, Right};
use mandate_service::Reach;
use mandate_service::embedded::{
    Embedded, EmbeddedError, GovernanceSeed, PrincipalGrant, PrincipalRight, Seed, SeedError,
};
use tempfile::TempDir;

use crate::roles::{at, workspace};
use crate::world::{World, clock, column, field, grant, id, money, person, query, row, seed, text};

async fn refused(change: impl FnOnce(&mut Seed)) -> String {
    let mut seed = seed();
    change(&mut seed);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("p.db");
    let error = Embedded::create(&path, &seed, clock()).await.err().expect("the seed is wrong");
    assert!(matches!(error, EmbeddedError::Seed(_)), "{error:?}");
    assert!(matches!(Embedded::open(&path, clock()).await, Err(EmbeddedError::NotAPlatform(_))));
    error.to_string()
}

#[tokio::test]
async fn names_are_checked() {
    let name = |what: &str, name: &str| {
        format!(
            "`{name}` is no name of a {what}: a lower-case letter, then lower-case letters, digits and `_`, at most 63"
        )
    };
    let evil = "a\"; drop table person; --";
    assert_eq!(refused(|seed| seed.schema.datasets[0].name = evil.to_owned()).await, name("dataset", evil));
    assert_eq!(refused(|seed| seed.schema.datasets[0].columns[0].name = "A".to_owned()).await, name("column", "A"));
    assert_eq!(refused(|seed| seed.schema.attributes[0].name = String::new()).await, name("attribute", ""));
    let twice = |seed: &mut Seed| seed.schema.datasets[0].columns[1].name = "stage".to_owned();
    assert_eq!(refused(twice).await, "the column `stage` is given twice");
    assert_eq!(
        refused(|seed| seed.schema.datasets[1].name = "deals".to_owned()).await,
        "the dataset `deals` is given twice"
    );
    assert_eq!(
        refused(|seed| seed.schema.datasets[0].columns[1].column_type = ColumnType::Decimal(16)).await,
        "column `amount` of dataset `deals`: a decimal has at most 15 digits behind the point"
    );
    let wide = |seed: &mut Seed| {
        let many = (0..1000).map(|number| column(&format!("c{number}"), ColumnType::Text, true));
        seed.schema.datasets[0].columns.extend(many);
    };
    assert_eq!(refused(wide).await, "dataset `deals` has more than 1000 columns");
}

#[tokio::test]
async fn people_and_teams_are_checked() {
    assert_eq!(
        refused(|seed| seed.people[0].id = id("team:ana")).await,
        "`team:ana` cannot be a person: its id begins with `user:`"
    );
    assert_eq!(
        refused(|seed| seed.people.push(person("ana", "x", true))).await,
        "the person `user:ana` is given twice"
    );
    assert_eq!(
        refused(|seed| seed.teams[0].members.push(id("user:nobody"))).await,
        "`user:nobody` in team `team:emea` is unknown: list people and teams before they are members"
    );
    assert_eq!(
        refused(|seed| seed.teams[1].members.push(id("team:emea"))).await,
        "team `team:emea` contains itself, directly or through others"
    );
    assert_eq!(
        refused(|seed| drop(seed.people[0].attributes.insert("region".to_owned(), Attribute::Integer(1)))).await,
        "`user:ana`: attribute `region` is not of type text"
    );
    assert_eq!(refused(|seed| seed.people[0].attributes.clear()).await, "`user:ana`: attribute `region` is missing");
    assert_eq!(
        refused(|seed| drop(seed.people[0].attributes.insert("x".to_owned(), Attribute::Integer(1)))).await,
        "`user:ana`: there is no attribute `x`"
    );
}

#[tokio::test]
async fn grants_and_rows_are_checked() {
    assert_eq!(
        refused(|seed| seed.grants.push((id("user:nobody"), grant(Right::Read, "deals")))).await,
        "a grant to `user:nobody`: there is no such person, team or site"
    );
    assert_eq!(
        refused(|seed| seed.grants.push((id("user:ana"), grant(Right::Read, "x")))).await,
        "the grant `read x` to `user:ana`: there is no dataset `x`"
    );
    assert_eq!(refused(|seed| seed.rows.push(row("x", "r", vec![]))).await, "row `r`: there is no dataset `x`");
    assert_eq!(refused(|seed| seed.rows.push(seed.rows[0].clone())).await, "the row `deals/d1` is given twice");
    for bad in ["", "new:1", "a\tb", &"x".repeat(201)] {
        assert_eq!(
            refused(|seed| seed.rows.push(row("ledger", bad, vec![field("entry", text("e"))]))).await,
            format!(
                "row `{bad}` of dataset `ledger`: an id has 1 to 200 bytes, no control characters, and does not begin with `new:`"
            )
        );
    }
}

#[tokio::test]
async fn workspaces_and_roles_are_checked() {
    let sales = || workspace("sales", false, &[]);
    let with = |change: fn(&mut GovernanceSeed)| {
        refused(move |seed| {
            seed.governance.workspaces.push(sales());
            change(&mut seed.governance);
        })
    };
    let no_name = "a lower-case letter, then lower-case letters, digits and `_`, at most 63";
    assert_eq!(
        with(|seed| seed.workspaces.push(workspace("Sales", true, &[]))).await,
        format!("`Sales` is no name of a workspace: {no_name}")
    );
    assert_eq!(
        with(|seed| seed.workspaces.push(workspace("sales", true, &[]))).await,
        "the workspace `sales` is given twice"
    );
    for who in ["user:nobody", "site:acme"] {
        let message = refused(|seed| seed.governance.workspaces.push(workspace("sales", true, &[who]))).await;
        let what = "a member of the workspace `sales`: there is no such person or team";
        assert_eq!(message, format!("`{who}` cannot be {what}"));
    }
    let role = |who: &'static str, role: &'static str, reach: Reach| {
        refused(move |seed| seed.governance.roles.push((id(who), at(role, reach))))
    };
    assert_eq!(
        role("site:acme", "viewer", Reach::Site).await,
        "`site:acme` cannot be a holder of the role `viewer`: there is no such person or team"
    );
    assert_eq!(
        role("user:ana", "site_admin", Reach::Site).await,
        "`site_admin` is no name of a role: a lower-case letter, then lower-case letters, digits and `-`, at most 63"
    );
    assert_eq!(
        role("user:ana", "viewer", Reach::Workspace("x".to_owned())).await,
        "the role `viewer` of `user:ana`: there is no workspace `x`"
    );
    assert_eq!(
        role("user:ana", "viewer", Reach::Dataset("x".to_owned())).await,
        "the role `viewer` of `user:ana`: there is no dataset `x`"
    );
    for (dataset, workspace, message) in [
        ("x", "sales", "the place of `x`: there is no dataset `x`"),
        ("deals", "x", "the place of `deals`: there is no workspace `x`"),
    ] {
        let place = refused(|seed| {
            seed.governance.workspaces.push(sales());
            seed.governance.places.insert(dataset.to_owned(), workspace.to_owned());
        });
        assert_eq!(place.await, message);
    }
}

#[tokio::test]
async fn rights_over_principals_are_checked() {
    for (who, right, over, message) in [
        (
            "site:acme",
            PrincipalRight::SeePage,
            "user:ana",
            "`site:acme` cannot be a holder of `see-page user:ana`: there is no such person or team",
        ),
        (
            "user:ana",
            PrincipalRight::ConsentFor,
            "site:other",
            "the right `consent-for site:other`: there is no such person, team or site",
        ),
        (
            "user:ana",
            PrincipalRight::ConsentFor,
            "user:bob",
            "nobody consents for `user:bob` but themself: name a team or the site",
        ),
        ("user:ana", PrincipalRight::SeePage, "site:acme", "`site:acme` has no page: name a person or a team"),
    ] {
        let grant = PrincipalGrant { right, over: id(over) };
        assert_eq!(refused(|seed| seed.governance.principal_grants.push((id(who), grant))).await, message);
    }
}

#[tokio::test]
async fn cells_are_checked() {
    let cases = [
        (vec![], "column `stage` must have a value"),
        (vec![field("stage", Value::Null), field("region", text("x"))], "column `stage` must have a value"),
        (vec![field("x", Value::Null)], "there is no column `x`"),
        (vec![field("stage", text("a")), field("stage", text("b"))], "column `stage` is given twice"),
        (vec![field("stage", Value::Integer(1))], "column `stage`: not a value of type text"),
        (vec![field("amount", money("1.005"))], "column `amount`: `1.005` has more than 2 digits behind the point"),
        (vec![field("weight", Value::Number(f64::NAN))], "column `weight`: a number must be finite"),
        (vec![field("owner", text("user:nobody"))], "column `owner`: `user:nobody` is unknown"),
        (vec![field("owner", text("team:emea"))], "column `owner`: not a user such as `user:ana`"),
        (vec![field("team", text("team:nobody"))], "column `team`: `team:nobody` is unknown"),
    ];
    for (fields, problem) in cases {
        let message = refused(|seed| seed.rows.push(row("deals", "d9", fields))).await;
        assert_eq!(message, format!("row `d9` of dataset `deals`: {problem}"));
    }
}

#[tokio::test]
async fn wrong_policies_are_refused_with_their_place() {
    let folder = TempDir::new().unwrap();
    let wrong = Seed { policies: "permit (principal, action, resource) when { nonsense };".to_owned(), ..seed() };
    let error = Embedded::create(&folder.path().join("p.db"), &wrong, clock()).await.err();
    assert!(matches!(error, Some(EmbeddedError::Policies(errors)) if errors[0].line == 1));
}

#[tokio::test]
async fn a_platform_is_made_once_and_opened_again() {
    let world = World::new().await;
    assert!(matches!(Embedded::create(&world.path(), &seed(), clock()).await, Err(EmbeddedError::Exists(_))));
    let page = world.as_("user:ana").find("deals", &query(), &ColumnSet::All).await.unwrap();
    world.db.close().await;
    let again = Embedded::open(&world.path(), clock()).await.unwrap();
    assert_eq!(again.schema(), &seed().schema);
    assert_eq!(again.site().as_str(), "acme");
    let data = again.platform().data.open(&id("user:ana"));
    assert_eq!(data.find("deals", &query(), &ColumnSet::All).await.unwrap(), page);
    let absent = world.folder.path().join("absent.db");
    assert!(matches!(Embedded::open(&absent, clock()).await, Err(EmbeddedError::NotAPlatform(_))));
    assert!(!absent.exists());
    let text = world.folder.path().join("text.db");
    std::fs::write(&text, "not a database, and long enough to be taken for one by its size".repeat(20)).unwrap();
    assert!(matches!(Embedded::open(&text, clock()).await, Err(EmbeddedError::NotAPlatform(_))));
    assert_eq!(SeedError::Cycle(id("team:a")).to_string(), "team `team:a` contains itself, directly or through others");
}

#[tokio::test]
async fn a_name_of_sqlite_or_of_ours_is_no_clash() {
    let mut seed = seed();
    for name in ["platform", "person", "sqlite_schema", "select"] {
        let mut dataset = seed.schema.datasets[2].clone();
        dataset.name = name.to_owned();
        dataset.columns = vec![column("id", ColumnType::Text, true), column("rowid", ColumnType::Integer, true)];
        seed.schema.datasets.push(dataset);
        seed.grants.push((id("user:boss"), grant(Right::Read, name)));
        seed.rows.push(row(name, "r1", vec![field("id", text("x")), field("rowid", Value::Integer(7))]));
    }
    let world = World::of(&seed).await;
    for name in ["platform", "person", "sqlite_schema", "select"] {
        let row = world.as_("user:boss").get(name, "r1", &ColumnSet::All).await.unwrap();
        assert_eq!(row.fields, [field("id", text("x")), field("rowid", Value::Integer(7))]);
    }
}
