//! E02: the sink answers late, says that it is broken, closes the connection, does it or not: it is asked again with the same key.

use mandate_crash::sink::Mood;

use crate::{
    bench::{Bench, Ended},
    oracle::complaints,
};

#[test]
fn e02_whatever_the_sink_does_it_is_asked_again_with_the_same_key() {
    for (mood, _) in Mood::ALL {
        for good in 0..4 {
            // The first `good` requests go well.
            let moods = [vec!["well"; good], vec![mood; 2]].concat();
            let bench = Bench::new(&moods);
            assert!(matches!(bench.work(0), Ended::Well(_)));
            assert_eq!(complaints(&bench), Vec::<String>::new(), "{moods:?}");
            let asked = std::fs::read_to_string(bench.path("sink.log")).unwrap().lines().count();
            let again = match mood {
                "late" | "broken-after" | "reset-after" => 2,
                _ => 0,
            };
            assert_eq!(asked, 4 + again, "{moods:?}");
        }
    }
}
