//! Hostile guests that are generated: too large, or too many, to write down. Those of C03 must be refused at upload within a
//! second, by the structural scan; each says the measure that it exceeds.

use std::fmt::Write as _;

use anyhow::Result;

use crate::text::assemble;

/// A guest of world `watcher` whose `evaluate` finds nothing, with more fields in its core module, as WAT.
///
/// ```
/// let component = mandate_test_support::made::watcher("(func (loop))")?;
/// # anyhow::Ok(())
/// ```
pub fn watcher(fields: &str) -> Result<Vec<u8>> {
    assemble(&format!(";; made, world watcher.\n(module ;;@plugin\n;;@innocent\n{fields})"))
}

/// A guest of world `watcher` whose `evaluate` runs these instructions first, which leave nothing behind.
pub fn evaluating(instructions: &str) -> Result<Vec<u8>> {
    evaluating_with("", instructions)
}

fn evaluating_with(fields: &str, instructions: &str) -> Result<Vec<u8>> {
    assemble(&format!(
        ";; made, world watcher.
        (module ;;@plugin
          {fields}
          (func (export \"mandate:automation/condition@0.1.0#evaluate\") (type $evaluate)
            {instructions}
            (call $drop (local.get 15))
            (i32.const 160)))"
    ))
}

/// The ways to trap, by name, for [`trap`] (S15). Recursion, and traps of handles and of results, are files.
pub const TRAPS: [(&str, &str); 9] = [
    ("unreachable", "unreachable"),
    ("divide-by-zero", "(drop (i32.div_u (i32.const 1) (i32.const 0)))"),
    ("divide-overflow", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"),
    ("convert-nan", "(drop (i32.trunc_f32_s (f32.const nan)))"),
    ("convert-large", "(drop (i32.trunc_f64_s (f64.const 1e300)))"),
    ("load-outside", "(drop (i32.load (i32.const -4)))"),
    ("fill-outside", "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))"),
    ("call-nothing", "(call_indirect $table (i32.const 0))"),
    ("call-wrong-type", "(drop (call_indirect $table (result i64) (i32.const 1)))"),
];

/// A guest whose `evaluate` ends in one of the [`TRAPS`] (S15).
///
/// # Errors
/// When there is no such trap.
pub fn trap(name: &str) -> Result<Vec<u8>> {
    let found = TRAPS.iter().find(|(trap, _)| *trap == name);
    let (_, instructions) = found.ok_or_else(|| anyhow::anyhow!("there is no trap `{name}`"))?;
    evaluating_with("(table $table 2 funcref) (func $nothing) (elem (i32.const 1) $nothing)", instructions)
}

/// A guest with resources of its own: it keeps `kept` handles of them, and then makes and drops one `churned` times (S08).
pub fn hoarder(kept: u32, churned: u32) -> Result<Vec<u8>> {
    let times = |count: u32, body: &str| {
        format!(
            "(local.set $left (i32.const {count}))
            (block $done (loop $again
              (br_if $done (i32.eqz (local.get $left)))
              {body}
              (local.set $left (i32.sub (local.get $left) (i32.const 1)))
              (br $again)))"
        )
    };
    assemble(&format!(
        ";; made, world hoarder.
        (module
          (import \"[export]mandate:hostile/things\" \"[resource-new]thing\" (func $new (param i32) (result i32)))
          (import \"[export]mandate:hostile/things\" \"[resource-drop]thing\" (func $done (param i32)))
          ;;@plugin
          (func (export \"mandate:hostile/things#[constructor]thing\") (result i32) (call $new (i32.const 1)))
          (func (export \"mandate:automation/condition@0.1.0#evaluate\") (type $evaluate)
            (local $left i32)
            {}
            {}
            (call $drop (local.get 15))
            (i32.const 160)))",
        times(kept, "(drop (call $new (i32.const 1)))"),
        times(churned, "(call $done (call $new (i32.const 1)))"),
    ))
}

/// A guest whose `describe` runs these instructions and then returns what is at 64.
pub fn describing(fields: &str, instructions: &str) -> Result<Vec<u8>> {
    assemble(&format!(
        ";; made, world watcher.
        (module ;;@memory
          ;;@innocent
          {fields}
          (func (export \"mandate:automation/plugin@0.1.0#describe\") (result i32)
            {instructions}
            (i32.const 64)))"
    ))
}

/// A guest that says this of itself. The text is at 1024 and may have 3 KiB in all.
pub fn described(name: &str, version: &str, schema: &str, writes: &[&str]) -> Result<Vec<u8>> {
    let mut texts = String::new();
    let mut place = |text: &str| {
        let at = 1024 + texts.len();
        texts.push_str(text);
        words(&[at, text.len()])
    };
    let [name, version, schema] = [name, version, schema].map(&mut place);
    let writes: Vec<_> = writes.iter().map(|dataset| place(dataset) + &words(&[0, 0])).collect();
    anyhow::ensure!(texts.len() <= 3 << 10 && writes.len() <= 20, "the manifest does not fit");
    let list = words(&[512, writes.len()]);
    let nothing = words(&[0, 0]);
    let manifest = [name, version, nothing.clone(), schema, nothing, list].concat();
    let fields = format!(
        "(data (i32.const 64) \"{manifest}\") (data (i32.const 512) \"{}\") (data (i32.const 1024) \"{}\")",
        writes.concat(),
        escaped(texts.as_bytes())
    );
    describing(&fields, "")
}

/// Numbers of 32 bits, as bytes in WAT.
fn words(numbers: &[usize]) -> String {
    let word = |number: &usize| u32::try_from(*number).unwrap_or(u32::MAX).to_le_bytes();
    escaped(&numbers.iter().flat_map(word).collect::<Vec<_>>())
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    })
}

/// A guest that traps in a function of this name, which the name section holds (S15).
pub fn named_trap(name: &str) -> Result<Vec<u8>> {
    let name = escaped(name.as_bytes());
    evaluating_with(&format!("(func $f (@name \"{name}\") unreachable)"), "(call $f)")
}

/// A function with loops in loops, `depth` of them (C01: compiling takes time with the cube of it).
pub fn nested_loops(depth: usize) -> Result<Vec<u8>> {
    watcher(&format!("(func {}{})", "(loop ".repeat(depth), ")".repeat(depth)))
}

/// A function with so many locals (C01).
pub fn locals(count: usize) -> Result<Vec<u8>> {
    watcher(&format!("(func (local {}))", "i32 ".repeat(count)))
}

/// A function whose body has at least so many bytes (C01).
pub fn body(bytes: usize) -> Result<Vec<u8>> {
    watcher(&format!("(func {})", "nop ".repeat(bytes)))
}

/// So many small functions (C01).
pub fn functions(count: usize) -> Result<Vec<u8>> {
    watcher(&"(func nop)\n".repeat(count))
}

/// A `br_table` with so many targets (C01).
pub fn branch_table(targets: usize) -> Result<Vec<u8>> {
    watcher(&format!("(func (block (br_table {} (i32.const 0))))", "0 ".repeat(targets + 1)))
}

/// So many tables (S09).
pub fn tables(count: usize) -> Result<Vec<u8>> {
    watcher(&"(table 1 funcref)\n".repeat(count))
}

/// So many instances of one core module, each with its own memory of `pages` of 64 KiB (S02).
pub fn core_instances(count: usize, pages: usize) -> Result<Vec<u8>> {
    let instances = "(core instance (instantiate $module))\n".repeat(count);
    component(&format!("(core module $module (memory {pages}))\n{instances}"))
}

/// So many core modules (C03).
pub fn core_modules(count: usize) -> Result<Vec<u8>> {
    component(&"(core module)\n".repeat(count))
}

/// So many nested components without core modules, beside each other (C03).
pub fn nested_components(count: usize) -> Result<Vec<u8>> {
    component(&"(component)\n".repeat(count))
}

/// Components in components, so deep (C03).
pub fn deep_components(depth: usize) -> Result<Vec<u8>> {
    component(&format!("{}{}", "(component ".repeat(depth), ")".repeat(depth)))
}

/// A type that doubles with each of `depth` steps (C03).
pub fn type_doubling(depth: usize) -> Result<Vec<u8>> {
    let mut types = "(type $t0 (tuple u8 u8))\n".to_owned();
    for step in 1..=depth {
        let _ = writeln!(types, "(type $t{step} (tuple $t{0} $t{0}))", step - 1);
    }
    component(&types)
}

/// A record with so many fields (C03).
pub fn record(fields: usize) -> Result<Vec<u8>> {
    let fields = numbered(fields, |at| format!("(field \"f{at}\" u8) "));
    component(&format!("(type (record {fields}))"))
}

/// So many exports of a core module (C03).
pub fn core_exports(count: usize) -> Result<Vec<u8>> {
    let exports = numbered(count, |at| format!("(export \"e{at}\" (func $f))\n"));
    component(&format!("(core module (func $f)\n{exports})"))
}

/// An import whose name has so many bytes (C03), and control characters of terminals in it.
pub fn long_import(bytes: usize) -> Result<Vec<u8>> {
    component(&format!("(core module (import \"{}\\1b[2J\\0a<b>\" \"f\" (func)))", "x".repeat(bytes)))
}

/// So many custom sections of the component (C03).
pub fn custom_sections(count: usize) -> Result<Vec<u8>> {
    component(&"(@custom \"x\" \"y\")\n".repeat(count))
}

fn numbered(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().concat()
}

fn component(fields: &str) -> Result<Vec<u8>> {
    assemble(&format!(";; made\n(component\n{fields})"))
}
