//! Whoever can write the file changes what was audited: each way is found, and named.

use mandate_model::Secret;
use mandate_service::{Flaw, Head};
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;

use crate::bench::Bench;

const DROP: [&str; 2] = ["DROP TRIGGER audit_is_never_removed", "DROP TRIGGER audit_is_never_rewritten"];

/// A store in which things happened: 1 begun, 2 created, 3 published, 4 and 5 turned on with consent, 6 to 10 what ran.
async fn lived() -> (Bench, Head) {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let verified = bench.verified(None).await;
    assert_eq!((verified.entries, verified.flaws), (10, vec![]));
    (bench, verified.head.unwrap())
}

/// What is found first after these statements by somebody who knows how the store protects itself.
async fn first(statements: &[&'static str]) -> Flaw {
    let (bench, _) = lived().await;
    bench.statements(&DROP).await;
    bench.statements(statements).await;
    let flaws = bench.flaws().await;
    flaws.into_iter().next().unwrap_or_else(|| panic!("nothing is found after {statements:?}"))
}

#[tokio::test]
async fn an_entry_is_neither_removed_nor_rewritten_by_mistake() {
    let (bench, _) = lived().await;
    let raw = bench.raw().await;
    for sql in
        ["DELETE FROM audit WHERE number = 10", "UPDATE audit SET at = 0", "UPDATE audit SET number = number + 1"]
    {
        let refused = sqlx::query(sql).execute(&raw).await.unwrap_err().to_string();
        assert!(refused.contains("the audit is append-only"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_changed_payload_is_found() {
    let flaw = first(&["UPDATE audit SET payload = replace(payload, 'user:ana', 'user:eve') WHERE number = 4"]).await;
    assert_eq!(flaw, Flaw::Payload(4));
    assert_eq!(flaw.to_string(), "entry 4: its payload was changed");
    assert_eq!(first(&["UPDATE audit SET salt = zeroblob(32) WHERE number = 7"]).await, Flaw::Payload(7));
    assert_eq!(first(&["UPDATE audit SET commitment = zeroblob(32) WHERE number = 7"]).await, Flaw::Entry(7));
}

#[tokio::test]
async fn a_removed_entry_is_found_whether_or_not_the_rest_is_renumbered() {
    let gone = "DELETE FROM audit WHERE number = 5";
    assert_eq!(first(&[gone]).await, Flaw::Missing(5));
    let flaw = first(&[gone, "UPDATE audit SET number = number - 1 WHERE number > 5"]).await;
    assert_eq!(flaw, Flaw::Unlinked(5));
    assert!(flaw.to_string().starts_with("entry 5 does not follow the one before it"), "{flaw}");
    assert_eq!(first(&["DELETE FROM audit"]).await, Flaw::Empty);
}

#[tokio::test]
async fn entries_that_changed_places_are_found() {
    let flaw = first(&[
        "UPDATE audit SET number = 1000 WHERE number = 5",
        "UPDATE audit SET number = 5 WHERE number = 6",
        "UPDATE audit SET number = 6 WHERE number = 1000",
    ])
    .await;
    assert_eq!(flaw, Flaw::OutOfOrder { number: 5, follows: 6 });
    assert!(flaw.to_string().contains("out of order"), "{flaw}");
}

#[tokio::test]
async fn another_time_or_other_columns_are_found() {
    assert_eq!(first(&["UPDATE audit SET at = at + 1 WHERE number = 3"]).await, Flaw::Entry(3));
    assert_eq!(first(&["UPDATE audit SET automation = NULL WHERE number = 8"]).await, Flaw::Found(8));
    assert_eq!(first(&["UPDATE audit SET sequence = 77 WHERE number = 2"]).await, Flaw::Found(2));
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_found_with_a_head_that_was_kept() {
    let (bench, kept) = lived().await;
    bench.service.upkeep().retain(mandate_service::RetentionKind::Runs, Some(90)).await.unwrap();
    let later = bench.service.upkeep().head().await.unwrap();
    assert_eq!(later.number, 11);
    bench.statements(&DROP).await;
    bench.sql("DELETE FROM audit WHERE number = 11").await;
    assert_eq!(bench.flaws().await, [], "without a head that was kept, nothing shows it");
    assert_eq!(bench.verified(Some(&kept)).await.flaws, [], "nor with one from before");
    let flaw = bench.verified(Some(&later)).await.flaws.remove(0);
    assert_eq!(flaw, Flaw::CutOff { last: 10, kept: 11 });
    assert!(flaw.to_string().contains("cut off: it ends with entry 10"), "{flaw}");
    bench.sql("DELETE FROM audit WHERE number > 5").await;
    let flaws = bench.flaws().await;
    assert_eq!(flaws.len(), 5, "what ran is stored, and nothing tells of it: {flaws:?}");
    assert!(flaws.iter().all(|flaw| matches!(flaw, Flaw::Unaudited(_))), "{flaws:?}");
}

/// An entry as who forges it makes it, from that number on: with a commitment that needs no salt, or with the one that it has.
async fn forge(raw: &SqlitePool, from: i64, salted: bool) {
    let mut previous: Vec<u8> =
        sqlx::query_scalar("SELECT previous FROM audit WHERE number = $1").bind(from).fetch_one(raw).await.unwrap();
    let rows: Vec<(i64, i64, Vec<u8>, String)> =
        sqlx::query_as("SELECT number, at, salt, payload FROM audit WHERE number >= $1 ORDER BY number")
            .bind(from)
            .fetch_all(raw)
            .await
            .unwrap();
    for (number, at, salt, payload) in rows {
        let commitment: [u8; 32] = if salted {
            let salt = Secret::from_bytes(salt.try_into().unwrap());
            salt.mac("mandate audit payload 1", &[payload.as_bytes()])
        } else {
            Sha256::digest(payload.as_bytes()).into()
        };
        let mut hash = Sha256::new();
        for part in
            [b"mandate audit entry 1\0".as_slice(), &previous, &number.to_be_bytes(), &at.to_be_bytes(), &commitment]
        {
            hash.update(part);
        }
        let hash = hash.finalize().to_vec();
        sqlx::query("UPDATE audit SET previous = $2, commitment = $3, hash = $4 WHERE number = $1")
            .bind(number)
            .bind(&previous)
            .bind(commitment.as_slice())
            .bind(&hash)
            .execute(raw)
            .await
            .unwrap();
        previous = hash;
    }
}

#[tokio::test]
async fn a_chain_that_was_made_anew_is_found_without_its_salts_and_with_a_head_that_was_kept() {
    let (bench, kept) = lived().await;
    bench.statements(&DROP).await;
    // Entry 2 and what it tells of say another time: nothing else contradicts.
    bench
        .statements(&["UPDATE audit SET at = 7 WHERE number = 2", "UPDATE happening SET at = 7 WHERE number = 1"])
        .await;
    let raw = bench.raw().await;
    forge(&raw, 2, false).await;
    assert_eq!(bench.flaws().await, [Flaw::Payload(2)], "a commitment needs the salt");
    forge(&raw, 2, true).await;
    raw.close().await;
    assert_eq!(bench.flaws().await, [], "who has the file can make all of it anew");
    assert_eq!(bench.verified(Some(&kept)).await.flaws, [Flaw::Rewritten(10)]);
}

#[tokio::test]
async fn what_is_stored_otherwise_than_it_was_audited_is_found() {
    for sql in [
        "UPDATE happening SET actor = 'user:eve' WHERE number = 1",
        "UPDATE happening SET at = at + 1 WHERE number = 1",
        "UPDATE happening SET body = '{\"happening\":\"deleted\"}' WHERE number = 1",
        "DELETE FROM happening WHERE number = 1",
    ] {
        let flaw = first(&[sql]).await;
        assert!(
            matches!(&flaw, Flaw::Differs { number: 2, what } if what.starts_with("what happened to automation")),
            "{flaw}"
        );
    }
    let part = first(&["UPDATE part SET principal = 'user:eve' WHERE kind = 'act'"]).await;
    assert!(matches!(&part, Flaw::Differs { what, .. } if what.starts_with("part `prt_")), "{part}");
    let effect = first(&["UPDATE effect SET state = 'withheld' WHERE sequence = 1"]).await;
    assert!(effect.to_string().contains("effect 1 of part"), "{effect}");
    let effect = first(&["UPDATE effect SET row_id = 'another' WHERE sequence = 1"]).await;
    assert!(effect.to_string().contains("is not what was audited"), "{effect}");
}

#[tokio::test]
async fn what_was_slipped_in_beside_the_audit_is_found() {
    let told = |flaw: &Flaw| matches!(flaw, Flaw::Unaudited(_));
    for (sql, what) in [
        (
            "INSERT INTO happening (automation, body, at) SELECT id, '{\"happening\":\"enabled\"}', 1 FROM automation",
            "happening `5`",
        ),
        ("INSERT INTO site_history (site, choices, at) VALUES ('acme', '{}', 1)", "choice of a site `1`"),
        ("UPDATE automation SET consent = replace(consent, 'user:ana', 'user:bob')", "the consent of automation `aut_"),
        ("UPDATE run SET state = 'withheld'", "run `run_"),
        (
            "INSERT INTO part (id, run, kind, principal, state, due) SELECT 'prt_x', id, 'act', 'user:eve', 'done', 1 FROM run",
            "part `prt_x`",
        ),
        (
            "INSERT INTO effect (part, sequence, body, state) SELECT part, 9, body, 'applied' FROM effect WHERE sequence = 0",
            "/9`",
        ),
    ] {
        let flaw = first(&[sql]).await;
        assert!(told(&flaw) && flaw.to_string().contains(what), "{sql}: {flaw}");
    }
}

#[tokio::test]
async fn a_file_that_is_damaged_is_found() {
    let (bench, _) = lived().await;
    let raw = bench.raw().await;
    let page: i64 =
        sqlx::query_scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").fetch_one(&raw).await.unwrap();
    raw.close().await;
    let world = std::sync::Arc::clone(&bench.world);
    let folder = bench.closed().await;
    let path = folder.path().join("store.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let start = usize::try_from((page - 1) * 4096).unwrap();
    bytes[start + 3..start + 200].fill(0xee);
    std::fs::write(&path, bytes).unwrap();
    let upkeep = mandate_service::Upkeep::open(&path, world).await.unwrap();
    let flaws = upkeep.verify(None).await.unwrap().flaws;
    assert!(matches!(flaws.first(), Some(Flaw::File(_))), "{flaws:?}");
}

#[tokio::test]
async fn a_row_that_refers_to_nothing_is_found() {
    let (bench, _) = lived().await;
    let raw = sqlx::SqlitePool::connect_with(
        sqlx::sqlite::SqliteConnectOptions::new().filename(bench.path()).foreign_keys(false),
    )
    .await
    .unwrap();
    sqlx::query("DELETE FROM version").execute(&raw).await.unwrap();
    raw.close().await;
    assert_eq!(bench.flaws().await[0], Flaw::Reference("run".to_owned()));
}
