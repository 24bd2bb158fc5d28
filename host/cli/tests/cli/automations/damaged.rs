//! What was given up is listed and tried again by its id; what cannot be read is listed as damaged, and hides nothing else.

use serde_json::Value as Json;

use super::{acting, world};
use crate::bench::Bench;

impl Bench {
    /// Changes the store behind the service's back.
    fn sql(&self, sql: &'static str) {
        let path = self.path("store").join("store.db");
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let raw = sqlx::SqlitePool::connect(&path.display().to_string()).await.unwrap();
            sqlx::query(sql).execute(&raw).await.unwrap();
            raw.close().await;
        });
    }

    fn dead(&self) -> Vec<(String, String)> {
        let letters: Json = serde_json::from_str(&self.fine(&["run", "dead", "--json"])).unwrap();
        let word = |letter: &Json, name: &str| letter[name].as_str().unwrap().to_owned();
        letters.as_array().unwrap().iter().map(|letter| (word(letter, "kind"), word(letter, "id"))).collect()
    }
}

#[test]
fn what_was_given_up_is_listed_and_tried_again() {
    let bench = world("");
    bench.telling();
    assert_eq!(bench.fine(&["run", "dead"]), "nothing was given up\n");
    bench.sql("UPDATE plugin SET manifest = '{' || manifest WHERE name = 'settings-driven'");
    for row in ["8", "9"] {
        bench.mandate(&["row", "insert", "deals", row, r#"{"stage":"won"}"#]);
    }
    let dead = bench.dead();
    assert_eq!(dead.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["run", "run"]);
    let (one, other) = (dead[0].1.as_str(), dead[1].1.as_str());
    let listed = bench.fine(&["run", "dead"]);
    assert!(listed.starts_with(&format!("run       {one}  the store is damaged: ")), "{listed}");
    // Not mended, it is given up again; the other is left alone.
    assert_eq!(bench.fine(&["run", "retry", one]), "tried again; 1 still given up: see `mandate run dead`\n");
    bench.sql("UPDATE plugin SET manifest = substr(manifest, 2) WHERE name = 'settings-driven'");
    assert_eq!(bench.fine(&["run", "retry", one]), "tried again; nothing of it is given up\n");
    assert_eq!(bench.dead(), [("run".to_owned(), other.to_owned())]);
    assert_eq!(bench.fine(&["inbox", "--as", "user:bo"]).matches("stage is won").count(), 1);
    let again = bench.refused(&["run", "retry", one]);
    assert!(again.contains(&format!("nothing of the id `{one}` was given up: see `mandate run dead`")), "{again}");
    assert_eq!(bench.fine(&["run", "retry", "--all"]), "tried again; nothing of it is given up\n");
    assert_eq!(bench.fine(&["inbox", "--as", "user:bo"]).matches("stage is won").count(), 2);
    bench.refused(&["run", "retry"]);
    bench.refused(&["run", "retry", one, "--all"]);
}

#[test]
fn of_what_nobody_knows_whether_it_was_done_nothing_is_tried_again() {
    let bench = world("");
    bench.does("create", "Act", "user:ana", &["--draft", &acting(&bench)]);
    bench.does("publish", "Act", "user:ana", &["--consent"]);
    bench.does("enable", "Act", "user:ana", &[]);
    bench.fine(&["row", "insert", "deals", "9", r#"{"stage":"won"}"#]);
    bench.sql("UPDATE effect SET state = 'unknown'");
    let (kind, key) = bench.dead().remove(0);
    assert_eq!(kind, "effect");
    let refused = bench.refused(&["run", "retry", &key]);
    assert!(refused.contains("is not tried again, for nobody knows whether it was done"), "{refused}");
    assert!(refused.contains("`mandate operation settle`"), "{refused}");
}

#[test]
fn what_cannot_be_read_is_listed_as_damaged_and_the_rest_is_shown() {
    let bench = world("");
    bench.telling();
    bench.does("create", "Other", "user:ana", &[]);
    let whole = bench.fine(&["automation", "list", "--as", "user:ana"]);
    for broken in [
        "UPDATE automation SET body = 'x' WHERE body LIKE '%\"Tell\"%'",
        "UPDATE automation SET body = CAST(x'ff' AS TEXT) WHERE body = 'x'",
    ] {
        bench.sql(broken);
        let listed = bench.fine(&["automation", "list"]);
        assert!(listed.contains("Other") && !listed.contains("Tell"), "{listed}");
        let damaged = listed.lines().find(|line| line.starts_with("damaged  aut_")).unwrap();
        assert!(damaged.contains("restore it from a backup") || damaged.contains("cannot be used now"), "{damaged}");
        let json: Json = serde_json::from_str(&bench.fine(&["automation", "list", "--json"])).unwrap();
        assert!(json[1]["id"].as_str().unwrap().starts_with("aut_") && json[1]["damaged"].is_string(), "{json}");
        // Whoever sees the other one sees it still, and is told of none that is damaged.
        let seen = bench.fine(&["automation", "list", "--as", "user:ana"]);
        assert_eq!(seen.lines().count(), whole.lines().count() - 1, "{seen}");
        assert!(seen.contains("Other") && !seen.contains("damaged"), "{seen}");
        bench.fine(&["run", "list", "--as", "user:ana"]);
    }
    bench.sql("UPDATE plugin SET manifest = '[]' WHERE name = 'settings-driven'");
    let plugins = bench.fine(&["plugin", "list"]);
    assert!(plugins.starts_with("action-only "), "{plugins}");
    assert!(plugins.lines().nth(1).unwrap().starts_with("damaged  "), "{plugins}");
}
