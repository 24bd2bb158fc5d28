//! Hostile guests as text: from WAT to the bytes to upload.

use anyhow::{Context as _, Result, anyhow};
use wit_component::StringEncoding;

/// What every core module of text gets: see `tests/hostile/wat/README.md`.
const IMPORTS: &str = r#"
  (import "mandate:automation/authority@0.1.0" "[resource-drop]view" (func $drop (param i32)))
  (type $evaluate (func (param i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
"#;

/// A world whose guests have resources of their own: beside the contract, which has no room for them.
const HOARDER: &str = "package mandate:hostile;
    interface things { resource thing { constructor(); } }
    world hoarder { include mandate:automation/watcher@0.1.0; export things; }";

/// The manifest at 64: name (at 16, 7 bytes), version (at 23, 5 bytes), and seven times nothing.
const DESCRIBE: &str = r#"
  (data (i32.const 16) "hostile0.1.0")
  (data (i32.const 64) "\10\00\00\00\07\00\00\00\17\00\00\00\05\00\00\00")
  (func (export "mandate:automation/plugin@0.1.0#describe") (result i32) (i32.const 64))
"#;

const MEMORY: &str = r#"
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (if (i32.gt_u (global.get $next) (i32.const 32768)) (then (global.set $next (i32.const 4096))))
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 3))))
"#;

const INNOCENT: &str = r#"
  (func (export "mandate:automation/condition@0.1.0#evaluate") (type $evaluate)
    (call $drop (local.get 15))
    (i32.const 160))
"#;

const PLUGIN: &str = r#"
  (instance $plugin)
  (export "mandate:automation/plugin@0.1.0" (instance $plugin))
"#;

/// The bytes of a hostile text: a component of the world that its first line names, or what the text says as it is.
pub(crate) fn assemble(text: &str) -> Result<Vec<u8>> {
    let first = text.lines().next().unwrap_or_default();
    let Some((_, world)) = first.split_once(", world ") else {
        return Ok(wat::parse_str(with_plugin(text))?);
    };
    let world = world.split('.').next().unwrap_or_default();
    let module = text
        .replacen("(module", &format!("(module{IMPORTS}"), 1)
        .replace(";;@plugin", &[MEMORY, DESCRIBE].concat())
        .replace(";;@memory", MEMORY)
        .replace(";;@describe", DESCRIBE)
        .replace(";;@innocent", INNOCENT);
    attach(&wat::parse_str(module)?, world)
}

/// A whole component gets an export `plugin`, an empty one, so that lacking it is not what it is refused for.
fn with_plugin(text: &str) -> String {
    match text.trim_end().strip_suffix(')') {
        Some(open) if text.contains("\n(component") => format!("{open}{PLUGIN})"),
        _ => text.to_owned(),
    }
}

/// Makes a component of a core module whose imports and exports are those of a world of `wit/`, or of `hoarder`.
pub(crate) fn attach(core: &[u8], world: &str) -> Result<Vec<u8>> {
    let mut resolve = wit_parser::Resolve::default();
    let wit = crate::build::root().join("wit");
    let (package, _) = resolve.push_dir(&wit).with_context(|| format!("cannot read `{}`", wit.display()))?;
    let package = if world == "hoarder" { resolve.push_str("hoarder.wit", HOARDER)? } else { package };
    let world = resolve.select_world(&[package], Some(world)).map_err(|error| anyhow!("{error}"))?;
    let mut core = core.to_vec();
    wit_component::embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8)?;
    crate::componentize(&core)
}
