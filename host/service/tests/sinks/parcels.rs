//! What is sent.

use mandate_model::{Attachment, AutomationId, Content, Message, RunId};
use mandate_service::{
    mail::MailAddress,
    outward::{About, Address, Parcel},
};

/// A message for bob.
pub fn parcel(title: &str, body: &str) -> Parcel {
    Parcel {
        key: "dlv_abc".to_owned(),
        seal: "seal".to_owned(),
        name: "Bob Ångström".to_owned(),
        message: Message { title: title.to_owned(), body: body.to_owned(), attachments: vec![] },
        about: About::Message {
            id: "msg_abc".to_owned(),
            automation: AutomationId::from_bytes([1; 16]),
            run: RunId::from_bytes([2; 16]),
            finding: "event".to_owned(),
        },
        at: 1_700_000_000_000_000,
        now: 1_700_000_060_000_000,
    }
}

pub fn with(mut parcel: Parcel, name: &str, media_type: &str, bytes: &[u8]) -> Parcel {
    let (name, media_type, content) = (name.to_owned(), media_type.to_owned(), Content::Inline(bytes.to_vec()));
    parcel.message.attachments.push(Attachment { name, media_type, content });
    parcel
}

pub fn bob() -> Address {
    Address::Mail(MailAddress::parse("bob@example.com").unwrap())
}
