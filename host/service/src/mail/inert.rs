//! Text of guests and people, without anything that a mail program would obey.

use std::borrow::Cow;

/// What stands in place of a letter that does something.
const INSTEAD: char = '\u{fffd}';

/// Controls, what turns a line around, and what is not seen.
fn is_active(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text as one line: what separates lines becomes a space (W08).
pub(super) fn one_line(text: &str) -> String {
    let plain = |letter: char| match letter {
        '\r' | '\n' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        letter if is_active(letter) => INSTEAD,
        letter => letter,
    };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

/// Text of several lines, each ended as mail ends them.
pub(super) fn lines(text: &str) -> String {
    let plain = |letter: char| if letter != '\t' && is_active(letter) { INSTEAD } else { letter };
    text.lines().map(|line| format!("{}\r\n", line.chars().map(plain).collect::<String>())).collect()
}

/// A page that shows the text and nothing else: no links, no pictures (W02).
pub(super) fn page(text: &str) -> String {
    let escaped: String = lines(text).chars().map(escaped).collect();
    format!(
        "<!doctype html>\r\n<html><head><meta charset=\"utf-8\"></head>\r\n<body><div style=\"white-space:pre-wrap;\
         font-family:sans-serif\">{escaped}</div></body></html>\r\n"
    )
}

fn escaped(letter: char) -> Cow<'static, str> {
    match letter {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        letter => letter.to_string().into(),
    }
}

/// A file name: no folder, at most 100 letters.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = one_line(last).chars().take(100).collect();
    if name.trim_matches('.').is_empty() { "attachment".to_owned() } else { name }
}

/// A media type that a mail program opens as a file and not as a page, or as part of the letter.
pub(super) fn media_type(named: &str) -> &str {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
    };
    let lower = named.to_ascii_lowercase();
    let harmless = lower.split_once('/').is_some_and(|(kind, subtype)| {
        let active = ["html", "xml", "svg", "script"].iter().any(|word| subtype.contains(word));
        word(kind) && word(subtype) && !active && !matches!(kind, "multipart" | "message")
    });
    if harmless { named } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w08_one_line_stays_one_line() {
        assert_eq!(one_line("a\r\nBcc: eve@example.com\u{2028}b"), "a  Bcc: eve@example.com b");
        assert_eq!(one_line("\u{1b}[31m\u{202e}x\0"), "\u{fffd}[31m\u{fffd}x\u{fffd}");
        assert_eq!(lines("a\nb\u{7}\tc"), "a\r\nb\u{fffd}\tc\r\n");
    }

    #[test]
    fn w02_a_page_shows_text_and_nothing_else() {
        let page = page("<script>alert('x')</script> & \"https://example.com\"");
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;https://example.com&quot;"));
        assert_eq!(page.matches('<').count(), 10, "only our own tags: {page}");
    }

    #[test]
    fn a_file_has_a_plain_name_and_a_type_that_does_nothing() {
        for (name, plain) in [
            ("deals.csv", "deals.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\y.exe", "y.exe"),
            ("a\r\nContent-Type: text/html", "html"),
            ("a\r\nX: b", "a  X: b"),
            ("..", "attachment"),
            ("", "attachment"),
        ] {
            assert_eq!(file_name(name), plain, "{name:?}");
        }
        assert_eq!(file_name(&"é".repeat(300)).chars().count(), 100);
        for kept in ["text/csv", "application/pdf", "image/png", "application/vnd.ms-excel"] {
            assert_eq!(media_type(kept), kept);
        }
        for active in [
            "text/html",
            "TEXT/HTML",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/javascript",
            "multipart/mixed",
            "message/rfc822",
            "text/csv; charset=x",
            "text/csv\r\nX: y",
            "text",
            "",
            "/",
            "text/",
            "a b/c",
        ] {
            assert_eq!(media_type(active), "application/octet-stream", "{active:?}");
        }
    }
}
