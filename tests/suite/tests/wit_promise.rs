//! The promise of `wit/`: what was released only grows (every `tests/golden/wit-*` against the contract of now), and the
//! contract has no shape through which authority could be kept, made or named (threats A09, S08).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use wit_parser::{Function, FunctionKind, Handle, Interface, PackageId, Resolve, SourceMap, Type, TypeDefKind, TypeId};

/// The files of one package: name → text.
type Texts = BTreeMap<String, String>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(folder: &Path) -> Texts {
    let mut texts = Texts::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "wit") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            texts.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    assert!(!texts.is_empty(), "no WIT in `{}`", folder.display());
    texts
}

/// The contract of now.
fn current() -> Texts {
    read(&root().join("wit"))
}

/// What was released, oldest first.
fn released() -> Vec<(String, Texts)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/golden")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("wit-") {
            found.push((name, read(&path)));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "there is no released contract in `tests/golden`");
    found
}

/// `text` of `file` with one part replaced; the part must be there exactly once, so that a test cannot come to change nothing.
fn changed(mut texts: Texts, file: &str, from: &str, to: &str) -> Texts {
    let text = texts.get_mut(file).unwrap();
    assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
    *text = text.replace(from, to);
    texts
}

/// Adds a package, under another version if one is given: two of one name and version do not fit into a `Resolve`.
fn push(resolve: &mut Resolve, texts: &Texts, version: Option<&str>) -> PackageId {
    let mut sources = SourceMap::new();
    for (name, text) in texts {
        sources.push_str(name, text.clone());
    }
    let mut group = sources.parse().unwrap_or_else(|(_, error)| panic!("{error}"));
    if let Some(version) = version {
        group.main.name.version = Some(version.parse().unwrap());
    }
    resolve.push_group(group).unwrap()
}

/// Fails if a component built for a world of `old` would not run on a host of `new`.
fn keeps_promise(old: &Texts, new: &Texts) -> Result<(), String> {
    let mut resolve = Resolve::new();
    let old = push(&mut resolve, old, None);
    let new = push(&mut resolve, new, Some("99999.0.0"));
    let (old, new) = (&resolve.packages[old], &resolve.packages[new]);
    assert!(!old.worlds.is_empty(), "a released contract without a world promises nothing");
    for (name, &world) in &old.worlds {
        let Some(&heir) = new.worlds.get(name) else { return Err(format!("the world `{name}` is gone")) };
        wit_component::semver_check(resolve.clone(), world, heir)
            .map_err(|error| format!("world `{name}`: {error:#}"))?;
    }
    Ok(())
}

#[test]
fn what_was_released_still_runs() {
    let now = current();
    for (release, old) in released() {
        if let Err(broken) = keeps_promise(&old, &now) {
            panic!("`wit/` breaks guests of {release}: {broken}");
        }
    }
}

const STAT: &str = "    stat: func(view: borrow<view>, path: string) -> result<entry, failure>;\n";

#[test]
fn growing_keeps_the_promise() {
    let now = current();
    let exists = "    /// Is it there?\n    @since(version = 0.1.0)\n    exists: func(view: borrow<view>, path: string) -> bool;\n";
    let grown = changed(now.clone(), "files.wit", STAT, &format!("{STAT}\n{exists}"));
    assert_eq!(keeps_promise(&now, &grown), Ok(()));
    assert!(keeps_promise(&grown, &now).is_err(), "the way back removes it");
}

#[test]
fn removing_a_function_breaks_the_promise() {
    let now = current();
    let before = "    @since(version = 0.1.0)\n";
    let smaller = changed(now.clone(), "files.wit", &format!("{before}{STAT}"), "");
    let broken = keeps_promise(&now, &smaller).unwrap_err();
    assert!(broken.contains("world `automation`"), "{broken}");
}

#[test]
fn adding_a_case_to_an_enum_breaks_the_promise() {
    let now = current();
    let wider = changed(now.clone(), "types.wit", "        due,\n", "        due,\n        archived,\n");
    assert!(keeps_promise(&now, &wider).is_err());
}

#[test]
fn removing_a_world_or_adding_an_export_breaks_the_promise() {
    let now = current();
    let renamed = changed(now.clone(), "world.wit", "world changer {", "world editor {");
    let renamed = changed(renamed, "world.wit", "include changer;", "include editor;");
    assert_eq!(keeps_promise(&now, &renamed), Err("the world `changer` is gone".to_owned()));
    let asks = "    export condition;\n    export notification;\n";
    let demanding = changed(now.clone(), "world.wit", "    export condition;\n", asks);
    assert!(keeps_promise(&now, &demanding).is_err());
}

/// What is wrong with the shapes of a contract, in words.
fn offences(texts: &Texts) -> BTreeSet<String> {
    let mut resolve = Resolve::new();
    let package = push(&mut resolve, texts, None);
    let mut found = BTreeSet::new();
    for (name, &interface) in &resolve.packages[package].interfaces {
        let interface = &resolve.interfaces[interface];
        for function in interface.functions.values() {
            let place = format!("{name}.{}", function.name);
            found
                .extend(function_offences(&resolve, name, function).into_iter().map(|what| format!("{place}: {what}")));
        }
        found.extend(type_offences(&resolve, interface).into_iter().map(|what| format!("{name}: {what}")));
        if name == "types" && !interface.functions.is_empty() {
            found.insert("types: has functions, but is plain data".to_owned());
        }
    }
    found
}

/// Interfaces in which a `hand` may be asked for: the phase that acts, and the powers that change something.
fn may_take_a_hand(interface: &str) -> bool {
    ["action", "operations"].contains(&interface) || interface.ends_with("-write")
}

fn function_offences(resolve: &Resolve, interface: &str, function: &Function) -> Vec<String> {
    let mut found = Vec::new();
    match function.kind {
        FunctionKind::Freestanding | FunctionKind::Method(_) => {}
        FunctionKind::Constructor(_) => found.push("a constructor: a guest makes no handle".to_owned()),
        _ => found.push("neither a plain function nor a method".to_owned()),
    }
    if function.result.is_some_and(|result| !handles(resolve, result).is_empty()) {
        found.push("returns a handle: it would outlive the call".to_owned());
    }
    let own = usize::from(matches!(function.kind, FunctionKind::Method(_)));
    for parameter in function.params.iter().skip(own) {
        if ["principal", "as", "user", "run-as", "actor", "on-behalf-of"].contains(&parameter.name.as_str()) {
            found.push(format!("the parameter `{}` names whom to act as", parameter.name));
        }
        for (owned, resource) in handles(resolve, parameter.ty) {
            if owned {
                found.push(format!("takes `{resource}` for good: handles are lent"));
            }
            if resource == "hand" && !may_take_a_hand(interface) {
                found.push("takes a `hand`, but is not there to change anything".to_owned());
            }
        }
    }
    found
}

/// Records carry data, resources carry authority: no type has a handle in it.
fn type_offences(resolve: &Resolve, interface: &Interface) -> Vec<String> {
    let holds = |id: TypeId| !matches!(resolve.types[id].kind, TypeDefKind::Resource | TypeDefKind::Type(_));
    let named = interface.types.iter().filter(|(_, id)| holds(**id));
    let with_handle = named.filter(|(_, id)| !handles(resolve, Type::Id(**id)).is_empty());
    with_handle.map(|(name, _)| format!("the type `{name}` holds a handle")).collect()
}

/// The handles inside a type: (owned, name of the resource).
fn handles(resolve: &Resolve, ty: Type) -> Vec<(bool, String)> {
    let Type::Id(id) = ty else { return Vec::new() };
    match &resolve.types[id].kind {
        TypeDefKind::Handle(Handle::Own(resource)) => vec![(true, resource_name(resolve, *resource))],
        TypeDefKind::Handle(Handle::Borrow(resource)) => vec![(false, resource_name(resolve, *resource))],
        kind => parts(kind).into_iter().flat_map(|part| handles(resolve, part)).collect(),
    }
}

/// The name where the resource is defined, whatever a `use` calls it.
fn resource_name(resolve: &Resolve, id: TypeId) -> String {
    match resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(origin)) => resource_name(resolve, origin),
        _ => resolve.types[id].name.clone().unwrap_or_default(),
    }
}

/// The types that a type is made of.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(inner)
        | TypeDefKind::List(inner)
        | TypeDefKind::FixedLengthList(inner, _)
        | TypeDefKind::Type(inner) => vec![*inner],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Future(inner) | TypeDefKind::Stream(inner) => (*inner).into_iter().collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

#[test]
fn a09_s08_no_shape_keeps_makes_or_names_authority() {
    let found = offences(&current());
    assert!(found.is_empty(), "{}", found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The offences of a contract with one interface `NAME { use authority …; BODY }`.
fn offences_of(name: &str, body: &str) -> Vec<String> {
    let authority =
        "interface authority { resource view { locale: func() -> string; } resource hand { id: func() -> string; } }";
    let text =
        format!("package a:b@0.1.0;\n{authority}\ninterface {name} {{ use authority.{{view, hand}}; {body} }}\n");
    offences(&Texts::from([("a.wit".to_owned(), text)])).into_iter().collect()
}

#[test]
fn s08_the_lint_sees_a_handle_that_is_returned_kept_or_taken() {
    let returned = ["x.f: returns a handle: it would outlive the call"];
    assert_eq!(offences_of("x", "f: func() -> view;"), returned);
    assert_eq!(offences_of("x", "f: func() -> result<list<tuple<u8, view>>, string>;"), returned);
    assert_eq!(offences_of("x", "f: func(view: view);"), ["x.f: takes `view` for good: handles are lent"]);
    assert_eq!(offences_of("x", "record r { v: option<view> }"), ["x: the type `r` holds a handle"]);
}

#[test]
fn a09_the_lint_sees_a_hand_where_nothing_is_changed() {
    let taken = ["x.f: takes a `hand`, but is not there to change anything"];
    assert_eq!(offences_of("x", "f: func(h: borrow<hand>);"), taken);
    assert_eq!(offences_of("x", "use authority.{hand as eye}; f: func(h: borrow<eye>);"), taken, "by another name");
    assert_eq!(offences_of("x-write", "f: func(h: borrow<hand>);"), Vec::<String>::new());
}

#[test]
fn a09_the_lint_sees_constructors_and_named_principals() {
    let made = offences_of("x", "resource r { constructor(); }");
    assert!(made.iter().any(|what| what.contains("a constructor")), "{made:?}");
    let still = offences_of("x", "resource r { f: static func(); }");
    assert!(still.iter().any(|what| what.contains("neither a plain function nor a method")), "{still:?}");
    assert_eq!(offences_of("x", "f: func(%as: string);"), ["x.f: the parameter `as` names whom to act as"]);
    assert_eq!(offences_of("types", "f: func();"), ["types: has functions, but is plain data"]);
}
