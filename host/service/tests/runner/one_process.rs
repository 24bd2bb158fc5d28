//! A store belongs to one service at a time.

use mandate_service::{PartKind, PartState, ServiceError};

use crate::{bench::Bench, fakes::who};

#[tokio::test]
async fn a_second_service_is_refused_and_a_running_part_stays_the_firsts() {
    let bench = Bench::with_concurrency(1).await;
    bench.enabled(&[]).await;
    bench.happens("1").await;
    // Held in the first call of the guest: after the person and what they may know were asked for.
    bench.world.hold_at(2);
    let drained = async { bench.service.drain().await.unwrap() };
    let meanwhile = async {
        bench.world.reached.notified().await;
        assert_eq!(bench.states().await, ["running"]);
        let second = bench.open_again().await.err().unwrap();
        assert!(matches!(&second, ServiceError::InUse { .. }), "{second}");
        let told = second.to_string();
        assert!(told.contains(&format!("is in use by process {}: end that one", std::process::id())), "{told}");
        assert_eq!(bench.states().await, ["running"], "still the first one's");
        bench.world.go_on();
    };
    tokio::join!(drained, meanwhile);
    assert_eq!(bench.calls(), ["act user:ana"]);
    let part = bench.service.runs(&who("user:ana")).await.unwrap().remove(0).parts.remove(0);
    assert_eq!((part.kind, part.state), (PartKind::Act, PartState::Done));
    let bench = bench.reopen().await;
    assert_eq!(bench.states().await, ["done"]);
}
