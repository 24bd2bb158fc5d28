//! Attacks of `render`, each with what must happen.

use policy_guest::{Message, Problem, Settings};

use crate::evaluating::{silent_panic, size};

/// Makes the message of the attack of the settings; `None` if it is not one of this phase.
pub(crate) fn attack(settings: &Settings) -> Result<Option<Message>, Problem> {
    let large = size(settings.integer("number").unwrap_or(0));
    Ok(Some(match settings.text("attack")? {
        // Refused: a message of `number` bytes.
        "oversized_message" => Message::new("large", &"x".repeat(large)),
        // Refused: attachments of `number` bytes.
        "oversized_attachment" => Message::new("large", "").attach("large.bin", "text/plain", vec![b'x'; large]),
        // Refused, or within the limit on bytes: `number` attachments.
        "many_attachments" => {
            (0..large).fold(Message::new("many", ""), |message, _| message.attach("a", "text/plain", vec![]))
        }
        // Ended as a trap without a word, and nobody is told anything.
        "s15_render_panic" => silent_panic(),
        // Opened with the recipient's rights, or refused where the platform has no files.
        "file_attachment" => Message::new("file", "").attach_file("secret.txt", "text/plain", "/secret.txt"),
        // Shown as text, whatever shows it.
        "w02_markup" => {
            Message::new("<script>alert(1)</script>", "\u{1b}[2J\u{202e}<img src=x onerror=alert(1)>\r\nBcc: x")
        }
        // The name is made harmless: no folder, no control character, no header of its own.
        "w08_attachment_name" => Message::new("name", "").attach(
            "../../x\"\r\nX-Evil: 1\0.csv",
            "text/html\r\nX-Evil: 1",
            b"=cmd()".to_vec(),
        ),
        _ => return Ok(None),
    }))
}
