//! A bare host: the engine as the sandbox has it, host functions that answer from constants, and nothing in between.

use bindings::{
    exports::mandate::automation::condition::GuestIndices,
    mandate::automation::{
        authority::{self, HostHand, HostView, Principal, PrincipalKind},
        rows::{self, Page, Query, Row},
        rows_write,
        types::{self, Change, Event, Failure, Field, RowRef, Subject, Value},
    },
};
use mandate_runtime::{engine::Isolation, limits::Limits};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OperatorCost, OptLevel, PoolingAllocationConfig, Result,
    Store, Strategy,
    component::{Component, HasData, InstancePre, Linker, Resource},
};

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated from wit/")]

    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package bench:bare;
            world bare {
                import mandate:automation/rows@0.1.0;
                import mandate:automation/rows-write@0.1.0;
                export mandate:automation/condition@0.1.0;
            }
        ",
        world: "bench:bare/bare",
        exports: { default: async },
    });
}

/// The component, linked.
pub(crate) struct Bare {
    engine: Engine,
    pre: InstancePre<Calls>,
    condition: GuestIndices,
    event: Event,
    settings: String,
}

impl Bare {
    pub(crate) fn new(isolation: Isolation, component: &[u8]) -> Result<Self> {
        let engine = engine(isolation, &Limits::default())?;
        let mut linker: Linker<Calls> = Linker::new(&engine);
        types::add_to_linker::<_, OnCalls>(&mut linker, |calls| calls)?;
        authority::add_to_linker::<_, OnCalls>(&mut linker, |calls| calls)?;
        rows::add_to_linker::<_, OnCalls>(&mut linker, |calls| calls)?;
        rows_write::add_to_linker::<_, OnCalls>(&mut linker, |calls| calls)?;
        let pre = linker.instantiate_pre(&Component::from_binary(&engine, component)?)?;
        let condition = GuestIndices::new(&pre)?;
        let row = RowRef { dataset: "deals".to_owned(), id: "2".to_owned() };
        let event = Event { id: "event".to_owned(), at: 1_000_000, change: Change::Added, subject: Subject::Row(row) };
        Ok(Self { engine, pre, condition, event, settings: mandate_bench::settings().to_string() })
    }

    /// One instantiation and one call; how many host calls it made.
    pub(crate) async fn evaluate(&self) -> Result<usize> {
        let mut store = Store::new(&self.engine, Calls { settings: self.settings.clone(), made: 0 });
        store.set_fuel(Limits::default().fuel)?;
        store.set_epoch_deadline(u64::MAX / 2);
        let instance = self.pre.instantiate_async(&mut store).await?;
        let guest = self.condition.load(&mut store, &instance)?;
        let found = guest.call_evaluate(&mut store, &self.event, Resource::new_borrow(1)).await?;
        match found {
            Ok(found) if found.is_empty() => Ok(store.data().made),
            other => Err(wasmtime::format_err!("it found something or failed: {other:?}")),
        }
    }
}

/// As `host/runtime/src/engine.rs` has it: what differs would not be the boundary's cost.
fn engine(isolation: Isolation, limits: &Limits) -> Result<Engine> {
    let mut config = Config::new();
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed).cranelift_nan_canonicalization(true);
    config.wasm_simd(false).wasm_relaxed_simd(false).wasm_tail_call(false).wasm_threads(false);
    config.wasm_shared_everything_threads(false).shared_memory(false).wasm_gc(false).wasm_function_references(false);
    config.wasm_exceptions(false).wasm_memory64(false).wasm_multi_memory(false).wasm_wide_arithmetic(false);
    config.wasm_custom_page_sizes(false).concurrency_support(false);
    let mut cost = OperatorCost::new();
    cost.MemoryGrow = 50;
    cost.TableGrow = 50;
    cost.variable.memory_grow_per_page = 100;
    config.consume_fuel(true).operator_cost(cost).epoch_interruption(true);
    config.max_wasm_stack(512 << 10).async_stack_size(2 << 20).wasm_backtrace_max_frames(None);
    if isolation == Isolation::Pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)));
    }
    Engine::new(&config)
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(64).total_core_instances(512).total_memories(128).total_tables(256).total_stacks(64);
    pool.max_memory_size(limits.memory).table_elements(limits.table_elements);
    pool.linear_memory_keep_resident(192 << 10).table_keep_resident(192 << 10).pagemap_scan(Enabled::No);
    pool
}

/// What a store holds: the answer to one question, and a count.
struct Calls {
    settings: String,
    made: usize,
}

struct OnCalls;

impl HasData for OnCalls {
    type Data<'a> = &'a mut Calls;
}

impl types::Host for Calls {}

impl authority::Host for Calls {}

impl HostView for Calls {
    fn settings(&mut self, _: Resource<authority::View>) -> String {
        self.made += 1;
        self.settings.clone()
    }

    fn locale(&mut self, _: Resource<authority::View>) -> String {
        self.made += 1;
        "en-GB".to_owned()
    }

    fn time_zone(&mut self, _: Resource<authority::View>) -> String {
        self.made += 1;
        "Europe/Berlin".to_owned()
    }

    fn principal(&mut self, _: Resource<authority::View>) -> Principal {
        self.made += 1;
        Principal { id: "user:bo".to_owned(), kind: PrincipalKind::User, name: "BO".to_owned() }
    }

    fn drop(&mut self, _: Resource<authority::View>) -> Result<()> {
        Ok(())
    }
}

impl HostHand for Calls {
    fn run_id(&mut self, _: Resource<authority::Hand>) -> String {
        self.made += 1;
        String::new()
    }

    fn drop(&mut self, _: Resource<authority::Hand>) -> Result<()> {
        Ok(())
    }
}

impl rows::Host for Calls {
    fn find(&mut self, _: Resource<authority::View>, _: String, _: Query) -> Result<Page, Failure> {
        self.made += 1;
        Err(Failure::Denied)
    }

    fn get(&mut self, _: Resource<authority::View>, _: String, id: String) -> Result<Row, Failure> {
        self.made += 1;
        let field = |name: &str, value| Field { name: name.to_owned(), value };
        let fields = vec![
            field("title", Value::Text("Bicycle".to_owned())),
            field("amount", Value::Decimal("500.00".to_owned())),
            field("margin", Value::Decimal("20.00".to_owned())),
            field("status", Value::Null),
        ];
        // As long as the sandbox's: 64 letters of a digest.
        Ok(Row { id, revision: "0".repeat(64), fields })
    }
}

impl rows_write::Host for Calls {
    fn create(&mut self, _: Resource<authority::Hand>, _: String, _: Vec<Field>) -> Result<String, Failure> {
        Err(Failure::Denied)
    }

    fn update(
        &mut self,
        _: Resource<authority::Hand>,
        _: String,
        _: String,
        _: Vec<Field>,
        _: Option<String>,
    ) -> Result<(), Failure> {
        Err(Failure::Denied)
    }

    fn remove(&mut self, _: Resource<authority::Hand>, _: String, _: String) -> Result<(), Failure> {
        Err(Failure::Denied)
    }
}
