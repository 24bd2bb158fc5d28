//! Who shares a commit, and what each of them is told.

use std::path::PathBuf;

use futures::future::join_all;
use tempfile::TempDir;

use super::*;
use crate::store::{Store, StoreOptions};

/// A page of the file, and what stands before each in the log.
const FRAME: usize = 24 + 4096;

struct Bench {
    folder: TempDir,
    store: Store,
}

impl Bench {
    async fn new() -> Self {
        Self::with(StoreOptions::default()).await
    }

    async fn with(how: StoreOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), how, 1).await.unwrap();
        store.wipe_log().await.unwrap();
        Self { folder, store }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("store.db-wal")
    }

    /// Commits since the log was emptied: the frames in it that say how many pages the file has after them.
    fn commits(&self) -> usize {
        let log = std::fs::read(self.log()).unwrap();
        log.get(32..).unwrap_or_default().chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
    }

    /// Writes a line with this word; keeps it if it is to be.
    async fn write(&self, word: &str, keep: bool) -> Result<()> {
        let mut tx = self.store.begin().await?;
        insert(&mut tx, word).await?;
        if keep { tx.commit().await } else { Ok(()) }
    }

    /// The words that are kept, in order of their lines.
    async fn kept(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT plugin FROM quarantine ORDER BY part").fetch_all(self.store.reader()).await.unwrap()
    }
}

async fn insert(tx: &mut Tx, word: &str) -> Result<()> {
    // The line's number tells who was before whom.
    let sql = "INSERT INTO quarantine SELECT 'acme', $1, printf('%09d', count(*)), 1 FROM quarantine";
    sqlx::query(sql).bind(word).execute(&mut **tx).await?;
    Ok(())
}

fn words(number: u32) -> Vec<String> {
    (0..number).map(|word| format!("{word:03}")).collect()
}

#[tokio::test]
async fn who_is_alone_is_committed_at_once() {
    let bench = Bench::new().await;
    for (before, word) in words(3).iter().enumerate() {
        bench.write(word, true).await.unwrap();
        assert_eq!((bench.commits(), bench.kept().await.len()), (before + 1, before + 1));
    }
}

#[tokio::test]
async fn who_writes_at_the_same_time_shares_a_commit_and_sees_what_was_written_before() {
    for (writers, commits) in [(2, 1), (8, 1), (MOST, 1), (MOST + 1, 2), (3 * MOST, 3)] {
        let bench = Bench::new().await;
        let words = words(writers);
        let kept = join_all(words.iter().map(|word| bench.write(word, true))).await;
        assert!(kept.iter().all(Result::is_ok), "{kept:?}");
        assert_eq!(bench.kept().await, words, "in the order in which they came");
        assert_eq!(bench.commits(), commits, "{writers} writers");
    }
}

#[tokio::test]
async fn who_gives_up_takes_nothing_of_others_with_them() {
    // Every choice of who gives up, of four.
    for gives_up in 0_u32..16 {
        let bench = Bench::new().await;
        let words = words(4);
        let keeps = |word: usize| gives_up & (1 << word) == 0;
        let kept = join_all(words.iter().enumerate().map(|(at, word)| bench.write(word, keeps(at)))).await;
        assert!(kept.iter().all(Result::is_ok), "{kept:?}");
        bench.store.settle().await.unwrap();
        let expected: Vec<_> = (0..4).filter(|at| keeps(*at)).map(|at| words[at].clone()).collect();
        assert_eq!(bench.kept().await, expected, "{gives_up:#b}");
    }
}

#[tokio::test]
async fn nobody_sees_what_is_not_committed_and_whoever_does_not_stay_for_the_commit_is_in_it() {
    let bench = Bench::new().await;
    let mut tx = bench.store.begin().await.unwrap();
    insert(&mut tx, "gone").await.unwrap();
    assert_eq!(bench.kept().await, Vec::<String>::new());
    let mut commit = Box::pin(tx.commit());
    assert!(futures::poll!(&mut commit).is_pending());
    drop(commit);
    bench.store.settle().await.unwrap();
    assert_eq!(bench.kept().await, ["gone"]);
    assert_eq!(bench.commits(), 1);
    bench.write("later", true).await.unwrap();
    assert_eq!(bench.kept().await, ["gone", "later"]);
}

#[tokio::test]
async fn who_begins_alone_sees_what_every_reader_sees() {
    let bench = Bench::new().await;
    let alone = async {
        let mut tx = bench.store.begin_alone().await.unwrap();
        let sql = "SELECT plugin FROM quarantine ORDER BY part";
        let seen: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *tx).await.unwrap();
        assert_eq!((seen, bench.kept().await), (vec!["one".to_owned()], vec!["one".to_owned()]));
    };
    let (one, (), other) = tokio::join!(bench.write("one", true), alone, bench.write("other", true));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(bench.kept().await, ["one", "other"]);
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_everybody_who_is_in_it_and_to_nobody_else() {
    let bench = Bench::new().await;
    let orphan = async {
        let mut tx = bench.store.begin().await?;
        // Noticed by the commit alone.
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *tx).await?;
        sqlx::query("INSERT INTO journal VALUES ('nobody', 1, '')").execute(&mut *tx).await?;
        tx.commit().await
    };
    let (one, orphan, other) = tokio::join!(bench.write("one", true), orphan, bench.write("other", true));
    for told in [one, orphan, other] {
        let told = told.unwrap_err().to_string();
        assert!(
            told.starts_with("the store's file cannot be read or written: ") && told.contains("FOREIGN KEY"),
            "{told}"
        );
    }
    assert_eq!(bench.kept().await, Vec::<String>::new());
    bench.write("later", true).await.unwrap();
    assert_eq!(bench.kept().await, ["later"]);
}

#[tokio::test]
async fn e04_a_full_disk_keeps_what_was_told_and_tells_what_was_not_kept() {
    let how = StoreOptions { most_bytes: Some(1 << 20), ..StoreOptions::default() };
    for full in 0..4 {
        let bench = Bench::with(how).await;
        let big = "x".repeat(1 << 20);
        let words = words(4);
        let told = join_all(words.iter().enumerate().map(async |(at, word)| {
            let mut tx = bench.store.begin().await?;
            insert(&mut tx, word).await?;
            if at == full {
                insert(&mut tx, &big).await?;
            }
            tx.commit().await
        }))
        .await;
        let expected: Vec<_> =
            words.iter().zip(&told).filter(|(_, told)| told.is_ok()).map(|(word, _)| word.clone()).collect();
        bench.store.settle().await.unwrap();
        assert_eq!(bench.kept().await, expected, "full at {full}: {told:?}");
        assert!(matches!(told[full], Err(ServiceError::Full)), "{told:?}");
        assert!(told.iter().all(|told| told.as_ref().err().is_none_or(ServiceError::is_passing)), "{told:?}");
        bench.write("later", true).await.unwrap();
    }
}

#[tokio::test]
async fn who_stands_in_line_for_too_long_is_told_so() {
    let mut bench = Bench::new().await;
    bench.store.writer.patience = Duration::from_millis(5);
    let held = bench.store.begin().await.unwrap();
    let told = bench.store.begin().await.map(drop).unwrap_err();
    assert!(matches!(told, ServiceError::Locked), "{told:?}");
    drop(held);
    bench.write("later", true).await.unwrap();
}
