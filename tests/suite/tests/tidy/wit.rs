//! The contract: every interface, type, function and world says what it is, and since when.

use crate::Offence;
use std::path::Path;
use wit_parser::{Docs, PackageId, Resolve, Stability, TypeDefKind};

/// All items of the package in `folder`.
pub(crate) fn check(folder: &Path) -> Vec<Offence> {
    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_dir(folder).unwrap_or_else(|error| panic!("{}", resolve.render_error(&error)));
    undocumented(&resolve, package)
}

fn undocumented(resolve: &Resolve, package: PackageId) -> Vec<Offence> {
    let package = &resolve.packages[package];
    let mut found = item("the package", &package.docs, None);
    for (name, &interface) in &package.interfaces {
        let interface = &resolve.interfaces[interface];
        found.extend(item(&format!("interface `{name}`"), &interface.docs, Some(&interface.stability)));
        for (of, &id) in &interface.types {
            let ty = &resolve.types[id];
            // What `use` brings in is described where it comes from.
            if !matches!(ty.kind, TypeDefKind::Type(_)) {
                found.extend(item(&format!("type `{name}.{of}`"), &ty.docs, Some(&ty.stability)));
            }
        }
        for (of, function) in &interface.functions {
            found.extend(item(&format!("function `{name}.{of}`"), &function.docs, Some(&function.stability)));
        }
    }
    for (name, &world) in &package.worlds {
        let world = &resolve.worlds[world];
        found.extend(item(&format!("world `{name}`"), &world.docs, Some(&world.stability)));
    }
    found
}

fn item(what: &str, docs: &Docs, stability: Option<&Stability>) -> Vec<Offence> {
    let mut found = Vec::new();
    if docs.contents.as_ref().is_none_or(|text| text.trim().is_empty()) {
        found.push(format!("wit: {what} has no `///`"));
    }
    if stability.is_some_and(|stability| !stability.is_stable()) {
        found.push(format!("wit: {what} has no `@since`"));
    }
    found
}

/// The offences of a package written here.
fn offences_of(text: &str) -> Vec<Offence> {
    let mut resolve = Resolve::new();
    let package = resolve.push_str("a.wit", text).unwrap();
    undocumented(&resolve, package)
}

#[test]
fn an_item_without_words_or_age_is_seen() {
    let text = "package a:b@0.1.0;
        interface i { record r { x: u8 } resource s { m: func(); } f: func(); }
        world w { import i; }";
    let items = [
        "the package",
        "interface `i`",
        "type `i.r`",
        "type `i.s`",
        "function `i.[method]s.m`",
        "function `i.f`",
        "world `w`",
    ];
    let mut expected: Vec<String> = items.iter().map(|what| format!("wit: {what} has no `///`")).collect();
    expected.extend(items.iter().skip(1).map(|what| format!("wit: {what} has no `@since`")));
    let mut found = offences_of(text);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_item_with_both_is_fine() {
    let text = "/// A package.
        package a:b@0.1.0;
        /// An interface.
        @since(version = 0.1.0)
        interface i {
            /// A function.
            @since(version = 0.1.0)
            f: func();
        }";
    assert_eq!(offences_of(text), Vec::<String>::new());
}
