//! What a component looks like from outside.

#![allow(dead_code, reason = "each test file uses some of it")]

use wasmparser::{Operator, Parser, Payload};
use wit_component::DecodedWasm;

fn decoded(component: &[u8]) -> (wit_parser::Resolve, wit_parser::WorldId) {
    match wit_component::decode(component).unwrap() {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => panic!("no component"),
    }
}

/// The names of its imports, in order.
pub(crate) fn imports(component: &[u8]) -> Vec<String> {
    let (resolve, world) = decoded(component);
    let mut names: Vec<_> = resolve.worlds[world].imports.keys().map(|key| resolve.name_world_key(key)).collect();
    names.sort();
    names
}

/// The names of its exports, in order.
pub(crate) fn exports(component: &[u8]) -> Vec<String> {
    let (resolve, world) = decoded(component);
    let mut names: Vec<_> = resolve.worlds[world].exports.keys().map(|key| resolve.name_world_key(key)).collect();
    names.sort();
    names
}

/// Bytes of its memories at the start, all together.
pub(crate) fn initial_memory(component: &[u8]) -> u64 {
    let mut pages = 0;
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::MemorySection(memories) = payload.unwrap() {
            pages += memories.into_iter().map(|memory| memory.unwrap().initial).sum::<u64>();
        }
    }
    pages * 65_536
}

/// Bytes of the Rust stack: it comes first in memory, so it is what the first global, the stack pointer, starts with.
pub(crate) fn stack(component: &[u8]) -> i32 {
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::GlobalSection(globals) = payload.unwrap() {
            let global = globals.into_iter().next().unwrap().unwrap();
            let first = global.init_expr.get_operators_reader().read().unwrap();
            let Operator::I32Const { value } = first else { panic!("{first:?}") };
            return value;
        }
    }
    panic!("no global")
}
