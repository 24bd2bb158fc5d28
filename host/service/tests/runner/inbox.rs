//! A person's inbox is theirs alone; what they did with a message is kept; attachments are opened with the rights of now.

use mandate_model::{Attachment, Content};
use mandate_service::{Mark, ServiceError, Shelf};

use crate::{bench::Bench, fakes::who};

async fn ids(bench: &Bench, person: &str, shelf: Shelf) -> Vec<String> {
    let page = bench.service.messages(&who(person), shelf, None, 100).await.unwrap();
    assert!(!page.more);
    page.messages.into_iter().map(|message| message.id).collect()
}

/// Bob and cleo were told twice each, with an attachment.
async fn told_twice() -> Bench {
    let bench = Bench::new().await;
    let content = Content::Inline(b"a;b".to_vec());
    let name = "deals.csv".to_owned();
    bench.world.script().attachments = vec![Attachment { name, media_type: "text/csv".to_owned(), content }];
    bench.enabled(&["team:sales"]).await;
    bench.run().await;
    bench.advance(1);
    bench.happens("2").await;
    bench.service.drain().await.unwrap();
    bench
}

#[tokio::test]
async fn a_message_is_unread_read_put_away_and_unread_again() {
    let bench = told_twice().await;
    let bob = who("user:bob");
    let all = ids(&bench, "user:bob", Shelf::Unread).await;
    assert_eq!(all.len(), 2);
    bench.service.mark(&bob, &all[0], Mark::Read).await.unwrap();
    assert_eq!(ids(&bench, "user:bob", Shelf::Unread).await, [all[1].clone()]);
    assert_eq!(ids(&bench, "user:bob", Shelf::Current).await, all);
    bench.service.mark(&bob, &all[1], Mark::Archived).await.unwrap();
    assert_eq!(ids(&bench, "user:bob", Shelf::Current).await, [all[0].clone()]);
    assert_eq!(ids(&bench, "user:bob", Shelf::Archived).await, [all[1].clone()]);
    assert!(ids(&bench, "user:bob", Shelf::Unread).await.is_empty());
    let (message, deliveries) = bench.service.message(&bob, &all[1]).await.unwrap();
    assert!(message.read && message.archived && deliveries.is_empty());
    bench.service.mark(&bob, &all[1], Mark::Unread).await.unwrap();
    assert_eq!(ids(&bench, "user:bob", Shelf::Unread).await, [all[1].clone()]);
    assert_eq!(ids(&bench, "user:cleo", Shelf::Unread).await.len(), 2, "cleo's are untouched");
}

#[tokio::test]
async fn n08_anothers_message_is_told_like_one_that_does_not_exist() {
    let bench = told_twice().await;
    let theirs = ids(&bench, "user:bob", Shelf::Current).await.remove(0);
    for person in ["user:cleo", "user:ana", "user:nobody"].map(who) {
        for id in [theirs.as_str(), "msg_aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "%", "' OR 1=1 --"] {
            let service = &bench.service;
            let mut answers = vec![
                service.message(&person, id).await.map(drop),
                service.attachment(&person, id, 1).await.map(drop),
                service.messages(&person, Shelf::Current, Some(id), 9).await.map(drop),
            ];
            for mark in [Mark::Read, Mark::Archived, Mark::Unread] {
                answers.push(service.mark(&person, id, mark).await);
            }
            for answer in answers {
                assert_eq!(answer.unwrap_err().to_string(), format!("there is no message `{id}`"), "{person}");
            }
        }
    }
    let (message, _) = bench.service.message(&who("user:bob"), &theirs).await.unwrap();
    assert!(!message.read && !message.archived);
}

#[tokio::test]
async fn n05_pages_are_full_and_have_each_message_once_the_latest_first() {
    let bench = Bench::new().await;
    bench.enabled(&["team:sales"]).await;
    for event in 0..7 {
        bench.happens(&event.to_string()).await;
        bench.service.drain().await.unwrap();
        // Two share each moment.
        bench.advance(event % 2);
    }
    let bob = who("user:bob");
    let all = bench.service.messages(&bob, Shelf::Current, None, 100).await.unwrap().messages;
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted_by(|one, next| (one.at, &one.id) > (next.at, &next.id)));
    for most in 1..=8_u32 {
        let (mut seen, mut before) = (vec![], None);
        loop {
            let page = bench.service.messages(&bob, Shelf::Current, before.as_deref(), most).await.unwrap();
            assert!(page.more == (seen.len() + page.messages.len() < 7));
            assert!(!page.more || page.messages.len() == usize::try_from(most).unwrap());
            before = page.messages.last().map(|last| last.id.clone());
            seen.extend(page.messages);
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {most}");
    }
}

#[tokio::test]
async fn an_attachment_is_opened_with_the_rights_of_now() {
    let bench = told_twice().await;
    let bob = who("user:bob");
    let id = ids(&bench, "user:bob", Shelf::Current).await.remove(0);
    let (message, _) = bench.service.message(&bob, &id).await.unwrap();
    assert_eq!(message.attachments[0].size, 3);
    let opened = bench.service.attachment(&bob, &id, 1).await.unwrap();
    assert_eq!(opened.content, Content::Inline(b"a;b".to_vec()));
    let none = |number: usize| ServiceError::NoAttachment { message: id.clone(), number }.to_string();
    for number in [0, 2, usize::MAX] {
        assert_eq!(bench.service.attachment(&bob, &id, number).await.unwrap_err().to_string(), none(number));
    }
    bench.world.script().sees.remove(&bob);
    assert_eq!(bench.service.attachment(&bob, &id, 1).await.unwrap_err().to_string(), none(1), "may not know of it");
    bench.world.script().sees.insert(bob.clone());
    bench.world.script().active.remove(&bob);
    assert_eq!(bench.service.attachment(&bob, &id, 1).await.unwrap_err().to_string(), none(1), "is not there");
    bench.world.script().active.insert(bob.clone());
    bench.world.script().down.insert(bob.clone());
    assert_eq!(bench.service.attachment(&bob, &id, 1).await.unwrap_err().to_string(), none(1), "cannot be asked about");
    bench.world.script().down.clear();
    assert!(bench.service.attachment(&bob, &id, 1).await.is_ok());
}
