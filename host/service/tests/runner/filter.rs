//! The `where` of a trigger: judged for each part as its person.

use mandate_model::{Change, Outcome, RowFilter, Trigger};

use crate::{bench::Bench, fakes::who};

/// Additions whose column `stage` is `won`.
fn won() -> Trigger {
    let only = serde_json::json!([{ "column": "stage", "is": "equal", "value": "won" }]);
    let only: Vec<RowFilter> = serde_json::from_value(only).unwrap();
    Trigger::Row { dataset: "deals".to_owned(), change: vec![Change::Added], columns: vec![], only, own_effects: false }
}

#[tokio::test]
async fn fnd_12_each_person_hears_of_a_row_that_is_so_for_them_and_for_others_there_is_nothing() {
    let bench = Bench::new().await;
    bench.listening(won(), &["team:sales"]).await;
    bench.world.script().cells.insert("stage".to_owned(), "won".to_owned());
    bench.world.script().blind.insert((who("user:bob"), "stage".to_owned()));
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:cleo"], "the column is hidden from bob");
    assert!(bench.runs("user:bob").await.is_empty());
    assert_eq!(bench.states().await, ["done", "done"], "no part of his is left");
    assert!(bench.tables_with("user:bob").await.iter().all(|table| table == "version"));
}

#[tokio::test]
async fn a_row_that_is_not_so_starts_no_part_and_it_does_not_matter_who_else_sees_it() {
    let bench = Bench::new().await;
    bench.listening(won(), &["team:sales"]).await;
    bench.world.script().cells.insert("stage".to_owned(), "lost".to_owned());
    bench.run().await;
    assert!(bench.calls().is_empty());
    assert!(bench.states().await.is_empty());
    bench.world.script().cells.insert("stage".to_owned(), "won".to_owned());
    bench.world.script().blind.insert((who("user:ana"), "stage".to_owned()));
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    assert_eq!(bench.calls(), ["notify user:bob", "notify user:cleo"], "whom it runs as decides for nobody");
}

#[tokio::test]
async fn what_was_looked_at_stands_first_in_the_journal() {
    let bench = Bench::new().await;
    bench.listening(won(), &["user:bob"]).await;
    bench.world.script().cells.insert("stage".to_owned(), "won".to_owned());
    bench.world.script().cells.insert("margin".to_owned(), "secret".to_owned());
    bench.run().await;
    let part = bench.runs("user:bob").await.remove(0).parts.remove(0);
    assert_eq!(part.outcome, Some(Outcome::Done));
    let entry = &part.journal[0];
    assert_eq!((entry.interface.as_str(), entry.method.as_str()), ("trigger", "where"));
    assert!(entry.labels.are_of(&who("user:bob")));
    assert!(entry.answer.to_string().contains("won") && !entry.answer.to_string().contains("secret"));
    let sequences: Vec<u32> = part.journal.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, [0, 1], "the guest's calls follow");
}

#[tokio::test]
async fn a_platform_that_cannot_answer_puts_the_part_off() {
    let bench = Bench::new().await;
    bench.listening(won(), &["user:bob"]).await;
    bench.world.script().cells.insert("stage".to_owned(), "won".to_owned());
    bench.world.script().unreadable = 2;
    bench.run().await;
    assert_eq!(bench.calls(), ["act user:ana", "notify user:bob"]);
    assert_eq!(bench.world.script().unreadable, 0);
}

#[tokio::test]
async fn a_filter_that_does_not_fit_is_not_published_by_who_may_not_see_its_columns() {
    let bench = Bench::new().await;
    let (id, _) = bench.published(&[]).await;
    bench.world.script().blind.insert((who("user:mia"), "stage".to_owned()));
    let draft = mandate_service::Draft { trigger: won(), ..bench.draft(&[], "condition").await };
    let refused = bench.publish(&id, "user:mia", &draft).await.unwrap_err().to_string();
    assert_eq!(refused, "the trigger's `where`: `deals` does not have all of these columns, or you may not see them");
    bench.world.script().blind.clear();
    bench.publish(&id, "user:mia", &draft).await.unwrap();
    // Who changes something else need not see what it looks at.
    bench.world.script().blind.insert((who("user:mia"), "stage".to_owned()));
    let draft = mandate_service::Draft { trigger: won(), ..bench.draft(&["user:bob"], "condition").await };
    bench.publish(&id, "user:mia", &draft).await.unwrap();
}
