//! Cargo manifests: one set of lints, one list of dependencies, and a reason for each dependency.

use crate::Offence;

/// The lines of a section `[name]`, with their numbers (from 1).
fn section<'a>(text: &'a str, name: &str) -> Vec<(usize, &'a str)> {
    let head = format!("[{name}]");
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let after = lines.skip_while(|(_, line)| *line != head).skip(1);
    after.take_while(|(_, line)| !line.starts_with('[')).collect()
}

/// A crate takes its lints from the workspace.
pub(crate) fn workspace_lints(path: &str, text: &str) -> Vec<Offence> {
    if section(text, "lints").iter().any(|(_, line)| *line == "workspace = true") {
        return Vec::new();
    }
    vec![format!("{path}: lacks `[lints] workspace = true`")]
}

/// A crate takes its dependencies from the workspace, where each has its reason.
pub(crate) fn workspace_dependencies(path: &str, text: &str) -> Vec<Offence> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let lines = kinds.iter().flat_map(|kind| section(text, kind));
    let foreign =
        lines.filter(|(_, line)| line.contains('=') && !line.starts_with('#') && !line.contains("workspace = true"));
    foreign.map(|(at, line)| format!("{path}:{at}: not from the workspace: `{line}`")).collect()
}

/// Each foreign crate of the workspace is named by the comment above it, which says what it is for. Neighbours may share one.
pub(crate) fn commented_dependencies(path: &str, text: &str) -> Vec<Offence> {
    let mut comment = String::new();
    let mut after_dependency = false;
    let mut found = Vec::new();
    for (at, line) in section(text, "workspace.dependencies") {
        if let Some(words) = line.strip_prefix('#') {
            if after_dependency {
                comment.clear();
            }
            comment.push_str(words);
            comment.push(' ');
        } else if line.is_empty() {
            comment.clear();
        } else if let Some((name, value)) = line.split_once('=')
            && !value.contains("path =")
            && !explains(&comment, name.trim())
        {
            found.push(format!("{path}:{at}: no comment above says what `{}` is for", name.trim()));
        }
        after_dependency = !line.starts_with('#');
    }
    found
}

/// Names the crate before its colon, and says something after it.
fn explains(comment: &str, name: &str) -> bool {
    let Some((names, reason)) = comment.split_once(": ") else { return false };
    names.split([' ', ',', '+']).any(|word| word == name) && !reason.trim().is_empty()
}

#[test]
fn a_crate_with_lints_of_its_own_is_seen() {
    assert_eq!(
        workspace_lints("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ["a/Cargo.toml: lacks `[lints] workspace = true`"]
    );
    assert_eq!(workspace_lints("a/Cargo.toml", "[lints]\n[dependencies]\nworkspace = true\n").len(), 1);
    assert_eq!(workspace_lints("a/Cargo.toml", "[lints]\nworkspace = true\n"), Vec::<String>::new());
}

#[test]
fn a_dependency_beside_the_workspace_is_seen() {
    let text = "[dependencies]\nserde.workspace = true\n\n[dev-dependencies]\n# why\nrand = \"0.9\"\n";
    assert_eq!(
        workspace_dependencies("a/Cargo.toml", text),
        ["a/Cargo.toml:6: not from the workspace: `rand = \"0.9\"`"]
    );
    let text = "[dependencies]\nserde = { workspace = true, features = [\"rc\"] }\n[lints]\nx = 1\n";
    assert_eq!(workspace_dependencies("a/Cargo.toml", text), Vec::<String>::new());
}

#[test]
fn a_dependency_without_a_reason_is_seen() {
    let head = "[workspace.dependencies]\nours = { path = \"ours\" }\n\n";
    let offence = |body: &str| commented_dependencies("Cargo.toml", &format!("{head}{body}"));
    assert_eq!(offence("a = \"1\"\n"), ["Cargo.toml:4: no comment above says what `a` is for"]);
    assert_eq!(
        offence("# a: letters.\na = \"1\"\nb = \"1\"\n"),
        ["Cargo.toml:6: no comment above says what `b` is for"]
    );
    assert_eq!(offence("# a: letters.\n# b: more.\nb = \"1\"\n").len(), 1, "a comment of another crate");
    assert_eq!(offence("# a:\na = \"1\"\n").len(), 1, "no reason");
    assert_eq!(
        offence("# a + b: letters, and\n# more of them.\na = \"1\"\nb = \"1\"\n# c: next.\nc = \"1\"\n"),
        Vec::<String>::new()
    );
}
