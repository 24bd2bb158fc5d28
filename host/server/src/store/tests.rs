//! The limits of sessions, tokens and sign-ins, to the microsecond; and that no secret is in the file.

use std::collections::BTreeSet;

use mandate_model::{PrincipalId, SiteId};

use super::{
    Store,
    sessions::{IDLE, LONGEST},
    sign_ins::TIME,
    tokens::NewToken,
};
use crate::{
    session::Way,
    token::{Holder, TokenScope},
};

const NOW: i64 = 1_000_000_000_000_000;
const MINUTE: i64 = 60_000_000;

struct World {
    store: Store,
    site: SiteId,
    folder: tempfile::TempDir,
}

fn who(name: &str) -> PrincipalId {
    PrincipalId::parse(&format!("user:{name}")).unwrap()
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("server.db")).await.unwrap();
        Self { store, site: SiteId::parse("acme").unwrap(), folder }
    }

    async fn begin(&self, name: &str, before: &str, now: i64) -> String {
        self.store.begin_session(&self.site, &who(name), Way::Demo, before, now).await.unwrap()
    }

    async fn person(&self, secret: &str, now: i64) -> Option<String> {
        let found = self.store.session(&self.site, secret, now).await.unwrap();
        found.map(|session| session.person.name().to_owned())
    }

    async fn make(&self, holder: &Holder, made_with: Option<&str>, expires: i64) -> Option<(String, String)> {
        let new = NewToken { site: &self.site, holder, name: "x", made_by: &who("ana"), made_with, expires };
        match self.store.make_token(&new, NOW).await.unwrap() {
            Some(made) => Some(made.keep().await.unwrap()),
            None => None,
        }
    }

    /// Whether there was one to revoke.
    async fn revoke(&self, site: &SiteId, of: Option<&PrincipalId>, token: &str) -> bool {
        match self.store.revoke_token(site, of, token).await.unwrap() {
            Some(revoked) => revoked.keep().await.is_ok(),
            None => false,
        }
    }
}

fn ana() -> Holder {
    Holder::Person(who("ana"), BTreeSet::from([TokenScope::Read, TokenScope::Admin]))
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_when_it_is_old() {
    let world = World::new().await;
    let secret = world.begin("ana", "", NOW).await;
    assert_eq!(world.person(&secret, NOW + IDLE - 1).await.as_deref(), Some("ana"), "and it counts as used now");
    assert_eq!(world.person(&secret, NOW + 2 * IDLE - 2).await.as_deref(), Some("ana"));
    let unused = world.begin("bo", "", NOW).await;
    assert_eq!(world.person(&unused, NOW + IDLE).await, None);
    let mut now = NOW;
    let busy = world.begin("ana", "", now).await;
    while now < NOW + LONGEST - IDLE {
        now += IDLE - 1;
        assert_eq!(world.person(&busy, now.min(NOW + LONGEST - 1)).await.as_deref(), Some("ana"));
    }
    assert_eq!(world.person(&busy, NOW + LONGEST).await, None);
    world.begin("cleo", "", NOW + 2 * LONGEST).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM session").fetch_one(&world.store.pool).await.unwrap();
    assert_eq!(left, 1, "what ended is removed when the next begins");
}

#[tokio::test]
async fn not_every_use_is_a_write() {
    let world = World::new().await;
    let secret = world.begin("ana", "", NOW).await;
    let used = async || world.store.sessions(&world.site, &who("ana"), NOW).await.unwrap()[0].used;
    world.person(&secret, NOW + MINUTE - 1).await;
    assert_eq!(used().await, NOW);
    world.person(&secret, NOW + MINUTE).await;
    assert_eq!(used().await, NOW + MINUTE);
}

#[tokio::test]
async fn w04_a_new_session_ends_the_one_before_and_has_another_secret() {
    let world = World::new().await;
    let first = world.begin("ana", "", NOW).await;
    let second = world.begin("bo", &first, NOW).await;
    assert_ne!(first, second);
    assert_eq!(world.person(&first, NOW).await, None);
    assert_eq!(world.person(&second, NOW).await.as_deref(), Some("bo"));
    let chosen = world.begin("ana", "a secret that somebody planted", NOW).await;
    assert_eq!(world.person("a secret that somebody planted", NOW).await, None);
    let csrf = |session: Option<crate::session::Session>| session.unwrap().csrf;
    let (one, other) =
        (world.store.session(&world.site, &second, NOW).await, world.store.session(&world.site, &chosen, NOW).await);
    assert_ne!(csrf(one.unwrap()), csrf(other.unwrap()));
}

#[tokio::test]
async fn sessions_end_one_by_one_and_all_of_a_person() {
    let world = World::new().await;
    let (one, two, other) =
        (world.begin("ana", "", NOW).await, world.begin("ana", "", NOW + 1).await, world.begin("bo", "", NOW).await);
    let all = world.store.sessions(&world.site, &who("ana"), NOW).await.unwrap();
    assert_eq!(all.iter().map(|one| one.began).collect::<Vec<_>>(), [NOW + 1, NOW], "the latest first");
    assert!(!world.store.end_session(&world.site, &who("bo"), &all[1].id).await.unwrap(), "not his");
    assert!(world.store.end_session(&world.site, &who("ana"), &all[1].id).await.unwrap());
    assert_eq!((world.person(&one, NOW).await, world.person(&two, NOW).await.as_deref()), (None, Some("ana")));
    let third = world.begin("ana", "", NOW + 2).await;
    world.store.end_sessions(&world.site, &who("ana"), Some(&all[0].id)).await.unwrap();
    assert_eq!((world.person(&third, NOW + 2).await, world.person(&two, NOW).await.as_deref()), (None, Some("ana")));
    world.store.end_sessions(&world.site, &who("ana"), None).await.unwrap();
    assert_eq!((world.person(&two, NOW).await, world.person(&other, NOW).await.as_deref()), (None, Some("bo")));
}

#[tokio::test]
async fn beyond_fifty_sessions_the_one_that_was_not_used_for_longest_ends() {
    let world = World::new().await;
    let first = world.begin("ana", "", NOW).await;
    let second = world.begin("ana", "", NOW + 1).await;
    for nth in 2..51 {
        world.begin("ana", "", NOW + nth).await;
    }
    assert_eq!((world.person(&first, NOW).await, world.person(&second, NOW).await.as_deref()), (None, Some("ana")));
}

#[tokio::test]
async fn w01_what_is_of_another_site_is_nothing_here() {
    let world = World::new().await;
    let other = SiteId::parse("other").unwrap();
    let secret = world.begin("ana", "", NOW).await;
    assert_eq!(world.store.session(&other, &secret, NOW).await.unwrap(), None);
    let (id, token) = world.make(&ana(), None, NOW + 1).await.unwrap();
    assert_eq!(world.store.token(&other, &token, NOW).await.unwrap(), None);
    assert!(!world.revoke(&other, Some(&who("ana")), &id).await);
    assert!(world.store.token(&world.site, &token, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_counts_until_it_expires_or_is_revoked_and_says_when_it_was_used() {
    let world = World::new().await;
    let (id, secret) = world.make(&ana(), None, NOW + 2 * MINUTE).await.unwrap();
    assert!(secret.starts_with("mdt_") && secret.len() == 47, "{secret}");
    let listed = async || world.store.tokens(&world.site, Some(&who("ana")), NOW).await.unwrap();
    assert_eq!(listed().await[0].used, None);
    let found = world.store.token(&world.site, &secret, NOW + 5).await.unwrap().unwrap();
    assert_eq!((&found.id, &found.holder, found.expires), (&id, &ana(), NOW + 2 * MINUTE));
    assert_eq!(listed().await[0].used, Some(NOW + 5));
    assert!(world.store.token(&world.site, &secret, NOW + 2 * MINUTE).await.unwrap().is_none(), "expired");
    assert!(!world.revoke(&world.site, Some(&who("bo")), &id).await, "not his");
    assert!(!world.revoke(&world.site, None, &id).await, "not the site's");
    let (_, child) = world.make(&ana(), Some(&id), NOW + MINUTE).await.unwrap();
    assert!(world.store.token(&world.site, &child, NOW).await.unwrap().is_some());
    assert!(world.revoke(&world.site, Some(&who("ana")), &id).await);
    for gone in [secret, child] {
        assert!(world.store.token(&world.site, &gone, NOW).await.unwrap().is_none(), "and those made with it");
    }
}

#[tokio::test]
async fn a_source_has_tokens_of_its_own_and_fifty_are_the_most() {
    let world = World::new().await;
    let source = Holder::Source("shop".to_owned());
    let (_, secret) = world.make(&source, None, NOW + 1).await.unwrap();
    assert_eq!(world.store.token(&world.site, &secret, NOW).await.unwrap().unwrap().holder, source);
    assert!(world.store.tokens(&world.site, Some(&who("ana")), NOW).await.unwrap().is_empty());
    for _ in 0..50 {
        world.make(&ana(), None, NOW + 1).await.unwrap();
    }
    assert_eq!(world.make(&ana(), None, NOW + 1).await, None);
    assert!(world.make(&source, None, NOW + 1).await.is_some(), "the site's are counted apart");
    drop(world.store.revoke_tokens(&world.site, &who("ana")).await.unwrap());
    assert_eq!(world.store.tokens(&world.site, Some(&who("ana")), NOW).await.unwrap().len(), 50, "not kept, not done");
    world.store.revoke_tokens(&world.site, &who("ana")).await.unwrap().keep().await.unwrap();
    assert!(world.store.tokens(&world.site, Some(&who("ana")), NOW).await.unwrap().is_empty());
    assert!(world.store.token(&world.site, &secret, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_sign_in_is_finished_once_and_in_time() {
    let world = World::new().await;
    let store = &world.store;
    let secret = store.begin_sign_in("/me", NOW).await.unwrap();
    assert_eq!(store.take_sign_in(&secret, NOW + TIME - 1).await.unwrap().as_deref(), Some("/me"));
    assert_eq!(store.take_sign_in(&secret, NOW).await.unwrap(), None, "once");
    let late = store.begin_sign_in("/me", NOW).await.unwrap();
    assert_eq!(store.take_sign_in(&late, NOW + TIME).await.unwrap(), None, "in time");
    assert_eq!(store.take_sign_in("", NOW).await.unwrap(), None);
}

#[tokio::test]
async fn no_secret_is_in_the_file_and_what_is_kept_outlives_a_restart() {
    let world = World::new().await;
    let session = world.begin("ana", "", NOW).await;
    let (_, token) = world.make(&ana(), None, NOW + 1).await.unwrap();
    let sign_in = world.store.begin_sign_in("/me", NOW).await.unwrap();
    let csrf = world.store.session(&world.site, &session, NOW).await.unwrap().unwrap().csrf;
    world.store.close().await;
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [&session, &token, &sign_in, &csrf] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        }
        assert!(bytes.windows(8).any(|part| part == b"user:ana"), "it can be found");
    }
    let again = Store::open(&world.folder.path().join("server.db")).await.unwrap();
    assert!(again.session(&world.site, &session, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_file_that_is_no_store_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    std::fs::write(
        &path,
        "no database at all, but long enough to be taken for the head of one if nobody looks at it closely",
    )
    .unwrap();
    let refused = Store::open(&path).await.unwrap_err().to_string();
    assert!(refused.contains("server.db` cannot be used: "), "{refused}");
    assert!(refused.ends_with("remove it: people sign in again, and make their tokens anew"), "{refused}");
}
