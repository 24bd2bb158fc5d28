//! A person sees their own parts and nothing else.

use mandate_model::RunId;
use mandate_service::{PartKind, ServiceError};

use crate::{bench::Bench, fakes::who};

#[tokio::test]
async fn n07_each_sees_their_own_part_and_nothing_of_the_others() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    for (person, kind) in [("ana", PartKind::Act), ("bob", PartKind::Notify), ("cleo", PartKind::Notify)] {
        let name = format!("user:{person}");
        let runs = bench.runs(&name).await;
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].parts.iter().map(|part| part.kind).collect::<Vec<_>>(), [kind]);
        assert_eq!(bench.service.run(&who(&name), &runs[0].id).await.unwrap(), runs[0]);
        let seen = format!("{runs:?} {:?}", bench.service.inbox(&who(&name)).await.unwrap());
        for other in ["ana", "bob", "cleo"] {
            assert_eq!(seen.contains(&format!("CANARY-{other}")), other == person, "{person} and {other}");
            assert!(other == person || !seen.contains(&format!("user:{other}")), "{person} and {other}");
        }
    }
}

#[tokio::test]
async fn who_runs_it_and_is_told_too_sees_both_of_their_parts() {
    let bench = Bench::new().await;
    bench.enabled(&["user:ana"]).await;
    bench.run().await;
    let parts = bench.runs("user:ana").await.remove(0).parts;
    assert_eq!(parts.iter().map(|part| part.kind).collect::<Vec<_>>(), [PartKind::Act, PartKind::Notify]);
    assert_eq!(parts[0].effects.len(), 3);
    assert_eq!(parts[1].messages.len(), 1);
    assert_eq!(parts[0].usage.fuel, 7);
}

#[tokio::test]
async fn n04_what_is_not_theirs_is_told_like_what_does_not_exist() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    bench.run().await;
    let id = bench.runs("user:bob").await.remove(0).id;
    for stranger in ["user:cleo", "user:mia", "user:eve"] {
        let [theirs, none] = [id.clone(), RunId::from_bytes([9; 16])];
        let error = bench.service.run(&who(stranger), &theirs).await.unwrap_err();
        let absent = bench.service.run(&who(stranger), &none).await.unwrap_err();
        assert!(matches!((&error, &absent), (ServiceError::NoRun(_), ServiceError::NoRun(_))));
        assert_eq!(error.to_string().replace(id.as_str(), "X"), absent.to_string().replace(none.as_str(), "X"));
        assert!(bench.runs(stranger).await.is_empty());
    }
}

#[tokio::test]
async fn runs_are_told_the_latest_event_first() {
    let bench = Bench::new().await;
    bench.enabled(&["user:bob"]).await;
    for (id, at) in [("1", 10), ("2", 30), ("3", 20)] {
        let mut occurrence = crate::bench::occurrence(id, mandate_model::Change::Added);
        occurrence.at = at;
        bench.service.accept(&occurrence).await.unwrap();
    }
    bench.service.drain().await.unwrap();
    let times: Vec<i64> = bench.runs("user:bob").await.iter().map(|run| run.at).collect();
    assert_eq!(times, [30, 20, 10]);
}
