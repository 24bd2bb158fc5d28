//! Names of datasets, columns and grants: one grammar everywhere, so that a name is safe in SQL, Cedar, URLs and folders.

/// Longest name in bytes.
pub const MAX_NAME: usize = 63;

/// Whether `text` is a name: a lower-case letter, then lower-case letters, digits and `_`, at most [`MAX_NAME`] bytes.
pub fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether `text` can name a role, built-in or a site's own: as a name, but with `-` for `_`.
pub fn is_role(text: &str) -> bool {
    !text.contains('_') && is_name(&text.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::{is_name, is_role};

    #[test]
    fn roles_are_lower_case_words() {
        for good in ["site-admin", "auditor2", "a"] {
            assert!(is_role(good), "{good}");
        }
        for bad in ["", "-a", "4a", "site_admin", "Admin", "a b", "é", &"a".repeat(64)] {
            assert!(!is_role(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_lower_case_words() {
        for good in ["a", "big_deals", "q4"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "4q", "_a", "Big", "a-b", "a b", "é", "a\"", &"a".repeat(64)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
