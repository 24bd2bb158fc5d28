//! SQL of the store: one text that SQLite and PostgreSQL both take. What only one of them says has a place of its own.

use crate::Offence;

/// Where SQL must be one text.
const STORE: &str = "host/service/src/store";
const UPKEEP: &str = "host/service/src/upkeep";
const SERVER: &str = "host/server/src/";
/// Where SQLite alone is spoken: opening, copying and checking its file.
const SQLITE_ALONE: &[&str] =
    &["host/service/src/store.rs", "host/service/src/upkeep/verify.rs", "host/service/src/upkeep/stats.rs"];
/// Files of tests beside the code.
const TESTS: &str = "/tests.rs";

/// What begins a text of SQL; in capitals, as everywhere in the store.
const BEGINS: &[&str] =
    &["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ", "WITH ", "BEGIN", "VACUUM", "REPLACE ", "("];

/// What SQLite takes and PostgreSQL does not, or understands otherwise; and what to say instead.
const FOREIGN: &[(&str, &str)] = &[
    ("ROWID", "a column of its own"),
    ("INSERT OR ", "`ON CONFLICT`"),
    ("REPLACE INTO", "`ON CONFLICT`"),
    ("PRAGMA", "a place where SQLite alone is spoken"),
    ("VACUUM", "a place where SQLite alone is spoken"),
    ("BEGIN IMMEDIATE", "`Store::begin`"),
    ("IFNULL(", "`coalesce(`"),
    ("GROUP_CONCAT(", "one row each"),
    ("JSON_EXTRACT(", "`->>`"),
    ("STRFTIME(", "integer microseconds"),
    ("DATETIME(", "integer microseconds"),
    ("UNIXEPOCH(", "integer microseconds"),
    (" GLOB ", "`LIKE`"),
    ("AUTOINCREMENT", "`INTEGER PRIMARY KEY`"),
    ("SQLITE_", "a place where SQLite alone is spoken"),
    ("INSTR(", "`position(… in …)`"),
    ("FROM (SELECT", "a name: PostgreSQL wants `AS …` behind what stands in brackets"),
    (" == ", "`=`"),
    ("?", "`$1`"),
];

/// What is wrong with the SQL of a file.
pub(crate) fn one_text(path: &str, text: &str) -> Vec<Offence> {
    let ours = [STORE, UPKEEP, SERVER].iter().any(|folder| path.starts_with(folder));
    if !ours || SQLITE_ALONE.contains(&path) || path.ends_with(TESTS) {
        return Vec::new();
    }
    let texts =
        literals(text).into_iter().filter(|(_, sql)| BEGINS.iter().any(|begin| sql.trim_start().starts_with(begin)));
    texts.flat_map(|(line, sql)| foreign(path, line, &sql)).collect()
}

fn foreign(path: &str, line: usize, sql: &str) -> Vec<Offence> {
    let one_line = sql.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    let named = |word: &str| word == "FROM (SELECT" && one_line.contains(") AS ");
    let found = FOREIGN.iter().filter(|(word, _)| one_line.contains(word) && !named(word));
    found.map(|(word, instead)| format!("{path}:{line}: `{}` is SQLite's alone: take {instead}", word.trim())).collect()
}

/// The string literals of a Rust file, each with the line that it begins on.
fn literals(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut line, mut letters) = (Vec::new(), 1, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => line += 1,
            '/' if letters.peek() == Some(&'/') => {
                while letters.peek().is_some_and(|next| *next != '\n') {
                    letters.next();
                }
            }
            // A quote as a letter.
            '\'' if letters.peek() == Some(&'"') => _ = letters.next(),
            '"' => {
                let (start, mut literal) = (line, String::new());
                while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                    line += usize::from(letter == '\n');
                    literal.push(if letter == '\\' { letters.next().unwrap_or_default() } else { letter });
                }
                found.push((start, literal));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn sql_that_only_sqlite_takes_is_seen() {
    let offences = |sql: &str| one_text("host/service/src/store/a.rs", &format!("//! x\nconst A: &str = \"{sql}\";\n"));
    assert_eq!(
        offences("SELECT a FROM b ORDER BY rowid"),
        ["host/service/src/store/a.rs:2: `ROWID` is SQLite's alone: take a column of its own"]
    );
    for sql in [
        "INSERT OR IGNORE INTO a VALUES ($1)",
        "SELECT a FROM b WHERE c = ?",
        "PRAGMA page_size",
        "SELECT ifnull(a, 0) FROM b",
        "SELECT min(a) FROM (SELECT a FROM b)",
        "UPDATE a SET b =\n unixepoch()",
    ] {
        assert_eq!(offences(sql).len(), 1, "{sql}: {:?}", offences(sql));
    }
    for sql in [
        "SELECT a FROM b WHERE c = $1 ORDER BY a LIMIT 1",
        "SELECT min(a) FROM (SELECT a FROM b) AS c",
        "INSERT INTO a (b) VALUES ($1) ON CONFLICT DO NOTHING",
        "no SQL, or is it?",
    ] {
        assert_eq!(offences(sql), Vec::<String>::new(), "{sql}");
    }
    assert_eq!(one_text("host/server/src/store/a.rs", "\"SELECT a FROM b WHERE c = ?\"").len(), 1);
    assert_eq!(one_text("host/service/src/store.rs", "\"PRAGMA a\"").len(), 0, "a place where SQLite alone is spoken");
    assert_eq!(one_text("host/service/src/embedded/a.rs", "\"PRAGMA a\"").len(), 0, "not the store");
}

#[test]
fn literals_are_found_and_nothing_else() {
    let text = "let a = \"one \\\" two\"; // \"no\"\nlet b = '\"';\nlet c = \"three\nfour\"; let d = \"five\";";
    let found = literals(text);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, literal)| (*line, literal.as_str())).collect();
    assert_eq!(found, [(1, "one \" two"), (3, "three\nfour"), (4, "five")]);
}
