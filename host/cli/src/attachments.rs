//! Attachments as files. Their names and bytes are a guest's: a name becomes a plain word, nothing outside the folder can be
//! named, and no file is ever written over.

use std::{
    io::{ErrorKind, Write as _},
    path::Path,
};

use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};

use crate::failure::{CliError, CliResult};

/// Longest part of a file's name, before and behind its last dot.
const LONGEST: (usize, usize) = (80, 16);
/// Most files of one name in a folder.
const SAME_NAME: usize = 1000;
/// Names that Windows takes for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A folder that attachments are saved in.
pub(crate) struct Attachments(Dir);

impl Attachments {
    /// Opens the folder, making it if need be.
    pub(crate) fn open(path: &Path) -> CliResult<Self> {
        let told = |error: std::io::Error| CliError::Input(format!("cannot save in `{}`: {error}", path.display()));
        Dir::create_ambient_dir_all(path, ambient_authority()).map_err(told)?;
        Dir::open_ambient_dir(path, ambient_authority()).map(Self).map_err(told)
    }

    /// Writes a new file; what it is called.
    pub(crate) fn save(&self, name: &str, bytes: &[u8]) -> CliResult<String> {
        let (stem, end) = plain(name);
        for number in 1..=SAME_NAME {
            let file = if number == 1 { format!("{stem}{end}") } else { format!("{stem}-{number}{end}") };
            match self.0.open_with(&file, OpenOptions::new().write(true).create_new(true)) {
                Ok(mut opened) => {
                    opened.write_all(bytes).map_err(CliError::unavailable)?;
                    return Ok(file);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(CliError::Input(format!("cannot save `{file}`: {error}"))),
            }
        }
        Err(CliError::Input(format!("there are {SAME_NAME} files such as `{stem}{end}` already: give another folder")))
    }
}

/// A name that any system takes: letters, digits, `_` and `-`, and an end such as `.csv`. No dot at its beginning, no device.
fn plain(name: &str) -> (String, String) {
    let word = |text: &str, most: usize| -> String {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() || "_-".contains(letter) { letter } else { '_' };
        text.chars().map(plain).take(most).collect()
    };
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, end) = last.rsplit_once('.').unwrap_or((last, ""));
    let stem = word(stem, LONGEST.0);
    let lower = stem.to_lowercase();
    let port = ["com", "lpt"].iter().any(|port| lower.starts_with(port)) && lower.len() == 4;
    let device = port || DEVICES.contains(&lower.as_str());
    let stem = if stem.is_empty() || stem.starts_with('-') || device { format!("attachment-{stem}") } else { stem };
    let end = word(end, LONGEST.1);
    (stem.trim_end_matches('-').to_owned(), if end.is_empty() { end } else { format!(".{end}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r9_a_hostile_name_is_a_plain_word() {
        for (name, file) in [
            ("deals.csv", "deals.csv"),
            ("../../etc/passwd", "passwd"),
            ("/etc/cron.d/job", "job"),
            ("C:\\Windows\\x.exe", "x.exe"),
            ("..", "_"),
            (".bashrc", "attachment.bashrc"),
            ("", "attachment"),
            ("-rf", "attachment--rf"),
            ("a\u{1b}[31m b\u{202e}.csv", "a__31m_b_.csv"),
            ("a.b.tar.gz", "a_b_tar.gz"),
            ("NUL.txt", "attachment-NUL.txt"),
            ("com1", "attachment-com1"),
            ("console.log", "console.log"),
            ("a.", "a"),
        ] {
            let (stem, end) = plain(name);
            assert_eq!(format!("{stem}{end}"), file, "{name:?}");
        }
        let (stem, end) = plain(&format!("{}.{}", "é".repeat(500), "x".repeat(500)));
        assert_eq!((stem.len(), end.len()), (80, 17));
    }

    #[test]
    fn no_file_is_written_over_and_no_link_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("target");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&target, folder.path().join("link.txt")).unwrap();
        let attachments = Attachments::open(folder.path()).unwrap();
        assert_eq!(attachments.save("a.txt", b"one").unwrap(), "a.txt");
        assert_eq!(attachments.save("a.txt", b"two").unwrap(), "a-2.txt");
        assert_eq!(attachments.save("../a.txt", b"three").unwrap(), "a-3.txt");
        assert_eq!(std::fs::read(folder.path().join("a.txt")).unwrap(), b"one");
        if cfg!(unix) {
            assert_eq!(attachments.save("link.txt", b"x").unwrap(), "link-2.txt");
            assert!(!target.exists(), "nothing is written through a link");
        }
    }
}
