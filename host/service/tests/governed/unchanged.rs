//! Nobody changes what they have not seen: what is asked for on condition that nothing changed is judged in the transaction.

use mandate_governance::{Ask, Preset};
use mandate_service::{SavedDraft, ServiceError};

use crate::world::{World, who};

fn rename(name: &str) -> Ask {
    Ask::Rename { name: name.to_owned(), acquisition: None }
}

#[tokio::test]
async fn of_two_that_saw_the_same_one_changes_it() {
    let world = World::new(Preset::Mandate).await;
    let (id, _) = world.running("ana").await;
    let (service, ana) = (&world.service, who("ana"));
    for round in 0..8 {
        let seen = service.automation(&id).await.unwrap();
        let (one, other) = (format!("one {round}"), format!("other {round}"));
        let (first, second) = tokio::join!(
            service.ask_unchanged(&id, &ana, rename(&one), &seen),
            service.ask_unchanged(&id, &ana, rename(&other), &seen)
        );
        let name = service.automation(&id).await.unwrap().automation.name;
        let mut won = vec![];
        for (done, asked) in [(first, one), (second, other)] {
            match done {
                Ok(_) => won.push(asked),
                Err(error) => assert!(matches!(error, ServiceError::Changed), "{error}"),
            }
        }
        assert_eq!(won, [name]);
    }
    let seen = service.automation(&id).await.unwrap();
    service.ask(&id, &ana, rename("renamed")).await.unwrap();
    let stale = service.ask_unchanged(&id, &ana, Ask::Delete, &seen).await.unwrap_err();
    assert_eq!(stale.to_string(), "it was changed since it was read: read it again");
    let now = service.automation(&id).await.unwrap();
    assert!(!now.automation.deleted);
    service.ask_unchanged(&id, &ana, Ask::Delete, &now).await.unwrap();
}

#[tokio::test]
async fn of_two_drafts_over_the_same_one_is_kept() {
    let world = World::new(Preset::Mandate).await;
    let (id, version) = world.running("ana").await;
    let (service, ana) = (&world.service, who("ana"));
    let base = SavedDraft::of(&service.published(&version).await.unwrap()).unwrap();
    let draft = |threshold: &str| SavedDraft {
        settings: serde_json::json!({ "dataset": "deals", "threshold": threshold }),
        ..base.clone()
    };
    service.write_draft(&id, &ana, draft("1.00")).await.unwrap();
    let seen = service.saved_draft(&id, &ana).await.unwrap().unwrap();
    service.rewrite_draft(&id, &ana, draft("2.00"), &seen).await.unwrap();
    let stale = service.rewrite_draft(&id, &ana, draft("3.00"), &seen).await.unwrap_err();
    assert!(matches!(stale, ServiceError::Changed), "{stale}");
    let kept = service.saved_draft(&id, &ana).await.unwrap().unwrap();
    assert_eq!(kept.settings["threshold"], "2.00");
}
