//! C05: the same bytes in two sites. Neither can tell, by answer or by what is done, that the other has them.

use std::time::Duration;

use mandate_model::PluginDigest;
use mandate_runtime::compile::Stage::{Checked, Compiled, Received, Scanned};
use mandate_service::ServiceError;
use mandate_test_support::made;

use crate::bench::Bench;

fn plugin() -> Vec<u8> {
    made::described("told", "1.0.0", "", &[]).unwrap()
}

#[tokio::test]
async fn c05_a_second_site_is_answered_alike_and_compiles_again() {
    let bench = Bench::new().await;
    let (first, stages) = bench.upload("acme", &plugin()).await;
    assert_eq!((stages, bench.compiled()), (vec![Received, Scanned, Compiled, Checked], 1));
    let digest = PluginDigest::of(&plugin());
    assert!(!bench.has("umbrella", &digest).await);
    let (second, stages) = bench.upload("umbrella", &plugin()).await;
    assert_eq!((stages, bench.compiled()), (vec![Received, Scanned, Compiled, Checked], 2));
    assert_eq!((first.unwrap(), second.unwrap()), (digest.clone(), digest));
    // Only who has it themselves is answered sooner.
    let (again, stages) = bench.upload("acme", &plugin()).await;
    assert!(again.is_ok());
    assert_eq!((stages, bench.compiled()), (vec![Received, Checked], 2));
}

#[tokio::test]
async fn c05_a_refusal_is_the_same_in_each_site_and_every_time() {
    let bench = Bench::new().await;
    let wrong = made::described("", "1.0.0", "", &[]).unwrap();
    for (site, times) in [("acme", 1), ("umbrella", 2), ("acme", 2)] {
        let (refused, stages) = bench.upload(site, &wrong).await;
        let Err(ServiceError::Plugin(error)) = refused else { panic!("{refused:?}") };
        assert_eq!(error.code(), "M0154");
        assert_eq!((stages, bench.compiled()), (vec![Received, Scanned, Compiled], times), "{site}");
    }
}

#[tokio::test]
async fn c05_what_one_site_loses_the_other_keeps() {
    let bench = Bench::new().await;
    let digest = bench.upload("acme", &plugin()).await.0.unwrap();
    bench.upload("umbrella", &plugin()).await.0.unwrap();
    let path = bench.world.folder.path().join("store.db");
    let raw = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("DELETE FROM plugin WHERE site = 'acme'").execute(&raw).await.unwrap();
    raw.close().await;
    assert!(!bench.has("acme", &digest).await && bench.has("umbrella", &digest).await);
}

#[tokio::test]
async fn stages_end_where_the_upload_ends() {
    let bench = Bench::new().await;
    assert_eq!(bench.upload("acme", b"not wasm").await.1, [Received]);
    assert_eq!(bench.upload("acme", &made::describing("", "unreachable").unwrap()).await.1, [Received, Scanned]);
}

#[tokio::test]
async fn an_upload_that_nobody_waits_for_ends_its_compiler() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("echo $$ > {0}.part; mv {0}.part {0}; exec sleep 1000", file.display());
    let (bench, bytes) = (Bench::script(&script).await, plugin());
    tokio::select! {
        _ = bench.upload("acme", &bytes) => panic!("it sleeps"),
        () = async { while !file.exists() { tokio::time::sleep(Duration::from_millis(5)).await } } => {}
    }
    let stat = format!("/proc/{}/stat", std::fs::read_to_string(&file).unwrap().trim());
    // Gone, or dead and not yet collected; a test that waits in vain is ended from outside.
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!bench.has("acme", &PluginDigest::of(&plugin())).await);
}
