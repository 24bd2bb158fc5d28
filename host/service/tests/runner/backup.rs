//! E03: a store is backed up while it works, restored, and told again what came since.

use std::path::Path;

use mandate_service::{Audited, Manifest, Service, ServiceError, Upkeep};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::{
    bench::{Bench, host, occurrence},
    fakes::who,
};

async fn nothing() -> Result<(), ServiceError> {
    Ok(())
}

async fn back_up(bench: &Bench, to: &Path) -> Manifest {
    bench.service.upkeep().backup(to, nothing()).await.unwrap()
}

#[tokio::test]
async fn e03_after_a_restore_the_same_events_again_do_nothing_twice_where_the_platform_remembers_keys() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    // Something is staged when the backup is made, and carried out afterwards.
    bench.world.script().refusals.insert(0, vec![mandate_model::Failure::Unavailable("down".to_owned())]);
    bench.happens("2").await;
    bench.service.pass().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (copy, back) = (folder.path().join("backup"), folder.path().join("store"));
    let manifest = back_up(&bench, &copy).await;
    assert_eq!(bench.carried().len(), 3);
    bench.service.drain().await.unwrap();
    bench.happens("3").await;
    bench.service.drain().await.unwrap();
    assert_eq!((bench.carried().len(), bench.inbox("user:bob").await.len()), (9, 3));

    let clock = bench.world.clone();
    assert_eq!(Upkeep::restore(&copy, &back, clock).await.unwrap(), manifest);
    let restored = Service::open(&back.join("store.db"), host(&bench.world, 1)).await.unwrap();
    assert_eq!(restored.inbox(&who("user:bob")).await.unwrap().len(), 2, "what came after the backup is gone");
    for id in ["1", "2", "3"] {
        for _ in 0..3 {
            restored.accept(&occurrence(id, mandate_model::Change::Added)).await.unwrap();
            restored.drain().await.unwrap();
        }
    }
    assert_eq!(bench.carried().len(), 9, "every key was carried out once");
    assert_eq!(restored.inbox(&who("user:bob")).await.unwrap().len(), 3);
    let verified = restored.upkeep().verify(Some(&manifest.head)).await.unwrap();
    assert_eq!(verified.flaws, []);
    let entries = restored.upkeep().audit(None, manifest.head.number, 1).await.unwrap();
    assert_eq!(entries[0].audited, Some(Audited::Restored { made_at: manifest.made_at }));
}

#[tokio::test]
async fn nothing_is_written_between_the_copy_of_the_store_and_that_of_the_platform() {
    let bench = Bench::new().await;
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new().filename(bench.path()).busy_timeout(std::time::Duration::ZERO);
    let raw = SqlitePool::connect_with(options).await.unwrap();
    let copied = folder.path().join("store.db");
    let beside = async {
        assert!(copied.is_file(), "the store comes first");
        let refused = raw.begin_with("BEGIN IMMEDIATE").await.err().unwrap().to_string();
        assert!(refused.contains("locked"), "{refused}");
        std::fs::write(folder.path().join("platform.db"), "a platform").unwrap();
        Ok(())
    };
    let manifest = bench.service.upkeep().backup(folder.path(), beside).await.unwrap();
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["platform.db", "store.db"]);
    assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
    raw.begin_with("BEGIN IMMEDIATE").await.unwrap().rollback().await.unwrap();
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    assert_eq!(bench.inbox("user:bob").await.len(), 1, "work goes on");
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_half_made() {
    let bench = Bench::new().await;
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("mine"), "x").unwrap();
    let refused = bench.service.upkeep().backup(&full, nothing()).await.unwrap_err();
    assert!(matches!(refused, ServiceError::NotEmpty(_)), "{refused}");
    assert!(refused.to_string().contains("is not empty: name a new one"), "{refused}");
    assert_eq!(std::fs::read_dir(&full).unwrap().count(), 1);
    let new = folder.path().join("new");
    let fails = async { Err(ServiceError::Beside("the platform is down".to_owned())) };
    let failed = bench.service.upkeep().backup(&new, fails).await.unwrap_err().to_string();
    assert_eq!(failed, "what belongs with the store cannot be backed up: the platform is down");
    assert!(!new.exists());
    bench.enabled(&[]).await;
}

#[tokio::test]
async fn a_backup_that_was_changed_or_is_not_whole_is_not_restored() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let folder = tempfile::tempdir().unwrap();
    let (copy, back) = (folder.path().join("backup"), folder.path().join("store"));
    back_up(&bench, &copy).await;
    let restore = async || Upkeep::restore(&copy, &back, bench.world.clone()).await.unwrap_err().to_string();
    let manifest = std::fs::read_to_string(copy.join("backup.json")).unwrap();
    let store = std::fs::read(copy.join("store.db")).unwrap();

    let mut changed = store.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(copy.join("store.db"), changed).unwrap();
    assert!(restore().await.contains("`store.db` is not as it was when the backup was made"), "{}", restore().await);
    std::fs::write(copy.join("store.db"), &store).unwrap();

    for (from, to, why) in [
        ("\"name\": \"store.db\"", "\"name\": \"../store.db\"", "`../store.db` is no file of it"),
        ("@10\"", "@11\"", "the audit was cut off: it ends with entry 10"),
        ("\"made_at\"", "\"madeat\"", "unknown field"),
    ] {
        let told = manifest.replace(from, to);
        assert_ne!(told, manifest);
        std::fs::write(copy.join("backup.json"), told).unwrap();
        let refused = restore().await;
        assert!(refused.starts_with("there is no whole backup in") && refused.contains(why), "{refused}");
        assert!(!back.exists(), "nothing is left: {why}");
    }
    std::fs::remove_file(copy.join("backup.json")).unwrap();
    assert!(restore().await.contains("`backup.json`"), "not whole without it");
    std::fs::write(copy.join("backup.json"), manifest).unwrap();
    std::fs::create_dir(&back).unwrap();
    std::fs::write(back.join("mine"), "x").unwrap();
    assert!(restore().await.contains("is not empty"), "nothing is overwritten");
    std::fs::remove_file(back.join("mine")).unwrap();
    Upkeep::restore(&copy, &back, bench.world.clone()).await.unwrap();
}

#[tokio::test]
async fn what_was_erased_is_in_no_backup() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    bench.service.upkeep().forget(&who("user:bob")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = back_up(&bench, folder.path()).await;
    let bytes = std::fs::read(folder.path().join("store.db")).unwrap();
    assert_eq!(manifest.files[0].bytes, bytes.len() as u64);
    assert!(!bytes.windows(10).any(|window| window == b"CANARY-bob"));
}

#[tokio::test]
async fn a_store_that_is_not_there_is_not_made_by_looking_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let bench = Bench::new().await;
    let none = Upkeep::open(&path, bench.world.clone()).await.err().unwrap();
    assert!(none.to_string().starts_with("there is no store `"), "{none}");
    assert!(!path.exists());
}
