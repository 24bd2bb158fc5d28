//! Building a message.

use crate::{Attachment, Content, Message};

impl Message {
    /// A message without attachments. Both are plain text; the host escapes them wherever they are shown.
    pub fn new(title: &str, body: &str) -> Self {
        Self { title: title.to_owned(), body: body.to_owned(), attachments: Vec::new() }
    }

    /// With a file whose content the guest made.
    #[must_use]
    pub fn attach(self, name: &str, media_type: &str, content: Vec<u8>) -> Self {
        self.attached(name, media_type, Content::Inline(content))
    }

    /// With a file of a folder, read with the recipient's rights when they open it.
    #[must_use]
    pub fn attach_file(self, name: &str, media_type: &str, path: &str) -> Self {
        self.attached(name, media_type, Content::File(path.to_owned()))
    }

    fn attached(mut self, name: &str, media_type: &str, content: Content) -> Self {
        self.attachments.push(Attachment { name: name.to_owned(), media_type: media_type.to_owned(), content });
        self
    }
}
