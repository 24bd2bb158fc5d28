//! One process at a time works with a store.

use std::fs::File;

use crate::bench::Bench;

const SALES: &str = "fixtures/sales/fixture.toml";

#[test]
fn a_second_process_on_a_store_is_told_who_has_it_and_changes_nothing() {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", SALES]);
    let held = File::options().write(true).open(bench.path("store/store.db-lock")).unwrap();
    held.lock().unwrap();
    std::fs::write(bench.path("store/store.db-lock"), "4321").unwrap();
    for words in
        [&["automation", "list"][..], &["inbox", "--as", "user:aino"], &["row", "remove", "opportunities", "1"]]
    {
        let said = bench.mandate(words);
        assert_eq!(said.code, 3, "mandate {words:?}\n{}\n{}", said.out, said.err);
        assert!(said.err.contains("is in use by process 4321: end that one, or wait"), "{}", said.err);
        assert_eq!(said.out, "");
    }
    drop(held);
    bench.fine(&["automation", "list"]);
}
