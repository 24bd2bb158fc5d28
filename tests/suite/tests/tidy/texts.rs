//! What must not be in any text of the repository.

use crate::Offence;

/// Places outside the repository, which a reader of it does not have. Joined here, so that this file does not name them.
const PLACES: &[&str] = &[concat!("..", "/shared"), concat!("/wo", "rk/"), concat!("arti", "factory")];

/// Lines that name a place outside the repository.
pub(crate) fn forbidden_places(path: &str, text: &str) -> Vec<Offence> {
    let lines = text.lines().enumerate();
    let hits =
        lines.flat_map(|(at, line)| PLACES.iter().filter(|place| line.contains(**place)).map(move |place| (at, place)));
    hits.map(|(at, place)| format!("{path}:{}: names a place outside the repository: `{place}`", at + 1)).collect()
}

#[test]
fn a_place_outside_is_seen() {
    let text = format!("fine\nsee {}/design.md\n", concat!("..", "/shared"));
    assert_eq!(
        forbidden_places("a.md", &text),
        [format!("a.md:2: names a place outside the repository: `..{}`", "/shared")]
    );
    assert_eq!(forbidden_places("a.md", "shared folders, work in progress"), Vec::<String>::new());
}
