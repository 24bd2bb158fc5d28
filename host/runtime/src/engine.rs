//! The engine profile: what is on, what is off, and why. Measured cost and the advisories behind each line: SECURITY.md.

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OperatorCost, OptLevel, PoolingAllocationConfig, Result,
    Strategy,
};

/// Where instances live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Slots that are reset between instances: three times faster, and held by a test that no byte survives.
    #[default]
    Pooled,
    /// Memory of its own for each instance.
    Strict,
}

/// Instances that may be alive at once; further calls wait.
pub(crate) const CONCURRENT_INSTANCES: u32 = 64;

/// As many as the scan lets a component have: what it passes, either kind of isolation must take.
const TABLES_OF_A_MODULE: u32 = 2;

/// Bytes of a slot that are set to zero instead of given back to the kernel.
const KEEP_RESIDENT: usize = 192 << 10;

/// Native stack of a guest; the fiber's is four times as large, so that host functions always have room.
const GUEST_STACK: usize = 512 << 10;

pub(crate) fn engine(isolation: Isolation, memory: usize, table_elements: usize) -> Result<Engine> {
    let mut config = Config::new();
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed).cranelift_nan_canonicalization(true);
    no_proposals(&mut config);
    config.consume_fuel(true).operator_cost(operator_cost()).epoch_interruption(true);
    config.max_wasm_stack(GUEST_STACK).async_stack_size(4 * GUEST_STACK);
    // Trap texts would carry function names, which the guest chose.
    config.wasm_backtrace_max_frames(None);
    if isolation == Isolation::Pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(memory, table_elements)));
    }
    Engine::new(&config)
}

/// No supported language needs any of these, and each has had advisories of its own.
fn no_proposals(config: &mut Config) {
    config
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_threads(false)
        .wasm_shared_everything_threads(false)
        .shared_memory(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .concurrency_support(false);
}

/// Fuel must follow time: growing memory costs 20 to 50 times an addition, and its pages must be cleared.
fn operator_cost() -> OperatorCost {
    let mut cost = OperatorCost::new();
    cost.MemoryGrow = 50;
    cost.TableGrow = 50;
    cost.variable.memory_grow_per_page = 100;
    cost
}

fn pool(memory: usize, table_elements: usize) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(CONCURRENT_INSTANCES)
        .total_core_instances(CONCURRENT_INSTANCES * 8)
        .total_memories(CONCURRENT_INSTANCES * 2)
        .total_tables(CONCURRENT_INSTANCES * 4)
        .total_stacks(CONCURRENT_INSTANCES)
        .max_memory_size(memory)
        .table_elements(table_elements)
        .max_tables_per_module(TABLES_OF_A_MODULE)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        // The fastest reset, but a swapped-out dirty page may survive it.
        .pagemap_scan(Enabled::No);
    pool
}
