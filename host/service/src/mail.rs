//! Mail: what a message looks like as a letter (`letter`), and how it gets to a server (`smtp`).

mod inert;
mod letter;
mod smtp;

pub use smtp::{Mail, MailError, MailServer, MailTls};

use lettre::{Address, message::Mailbox};

/// Longest address in bytes (RFC 5321).
const LONGEST: usize = 254;

/// A mail address, plain: no name, no quotes, no letters beside ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailAddress(Address);

impl MailAddress {
    /// Reads `name@host`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is no mail address such as `ana@example.com`", inert::one_line(text));
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\(),:;<>[]".contains(&byte);
        if text.len() > LONGEST || !text.bytes().all(plain) {
            return Err(wrong());
        }
        text.parse().map(Self).map_err(|_| wrong())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// Whom mail is from: a name, which may be empty, and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    name: String,
    address: MailAddress,
}

impl Sender {
    /// Reads `Name <name@host>` or `name@host`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        Ok(Self { name: inert::one_line(name), address: MailAddress::parse(address)? })
    }

    fn mailbox(&self) -> Mailbox {
        mailbox(&self.name, &self.address)
    }

    /// What stands behind the `@`.
    fn host(&self) -> &str {
        self.address.0.domain()
    }
}

fn mailbox(name: &str, address: &MailAddress) -> Mailbox {
    let name = inert::one_line(name);
    Mailbox::new((!name.is_empty()).then_some(name), address.0.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w08_an_address_is_one_plain_address() {
        for right in ["ana@example.com", "a.b+c@mail.example.org", "x@localhost"] {
            assert_eq!(MailAddress::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@example.com\r\nBcc: eve@example.com",
            "ana@example.com,eve@example.com",
            "Ana <ana@example.com>",
            "\"ana eve\"@example.com",
            "ana@exa mple.com",
            "anä@example.com",
            "ana@[127.0.0.1]",
            "ana@example.com\0",
            "<ana@example.com>",
        ] {
            let told = MailAddress::parse(wrong).unwrap_err();
            assert!(told.contains("is no mail address such as `ana@example.com`"), "{told}");
            assert!(!told.contains(['\r', '\n', '\0']), "{told:?}");
        }
        assert!(MailAddress::parse(&format!("{}@example.com", "a".repeat(250))).is_err());
    }

    #[test]
    fn a_sender_has_a_name_or_none() {
        let sender = Sender::parse("Mandate at work <bot@example.com>").unwrap();
        assert_eq!(
            (sender.name.as_str(), sender.address.as_str(), sender.host()),
            ("Mandate at work", "bot@example.com", "example.com")
        );
        assert_eq!(Sender::parse("bot@example.com").unwrap().name, "");
        assert!(Sender::parse("Mandate <bot>").is_err());
    }
}
