//! A parcel as a letter to one person. It names nobody but them and who sends it, and its ids are derived (N11): who compares
//! letters learns nothing about others.

use std::time::{Duration, SystemTime};

use lettre::{
    Message,
    message::{
        Body, MultiPart, SinglePart,
        header::{ContentDisposition, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use mandate_model::{Attachment, Content};

use super::{MailAddress, Sender, inert, mailbox};
use crate::outward::Parcel;

/// Says to programs that answer by themselves that nobody waits for it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The letter. The same parcel makes the same bytes at the same time.
pub(super) fn write(parcel: &Parcel, from: &Sender, to: &MailAddress) -> Result<Message, String> {
    let now = u64::try_from(parcel.now).unwrap_or_default();
    let text = part(ContentType::TEXT_PLAIN, inert::lines(&parcel.message.body));
    let page = part(ContentType::TEXT_HTML, inert::page(&parcel.message.body));
    // Boundaries that no text can contain: it is encoded, and who wrote it does not know the seal.
    let both = MultiPart::alternative().boundary(format!("b-{}", parcel.seal)).singlepart(text).singlepart(page);
    let mut all = MultiPart::mixed().boundary(format!("a-{}", parcel.seal)).multipart(both);
    for attachment in &parcel.message.attachments {
        all = all.singlepart(file(attachment)?);
    }
    Message::builder()
        .from(from.mailbox())
        .to(mailbox(&parcel.name, to))
        .subject(inert::one_line(&parcel.message.title))
        .date(SystemTime::UNIX_EPOCH + Duration::from_micros(now))
        .message_id(Some(format!("<{}@{}>", parcel.key, from.host())))
        .header(AutoSubmitted)
        .multipart(all)
        .map_err(|error| error.to_string())
}

fn part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(kind).body(encoded(text.into_bytes()))
}

fn file(attachment: &Attachment) -> Result<SinglePart, String> {
    let Content::Inline(bytes) = &attachment.content;
    let kind = ContentType::parse(inert::media_type(&attachment.media_type)).map_err(|error| error.to_string())?;
    let named = ContentDisposition::attachment(&inert::file_name(&attachment.name));
    Ok(SinglePart::builder().header(kind).header(named).body(encoded(bytes.clone())))
}

/// In base64: nothing in it can look like a boundary, a header or the end of a letter.
fn encoded(bytes: Vec<u8>) -> Body {
    let encoding = ContentTransferEncoding::Base64;
    Body::new_with_encoding(bytes, encoding).unwrap_or_else(Body::new)
}
