//! The sandbox: makes plugins of uploaded bytes, and gives each guest call a store of its own.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use mandate_model::{Manifest, Outcome, Phase, PluginDigest, Powers, SiteId};
use tokio::sync::Semaphore;
use wasmtime::{
    Engine, Store, UpdateDeadline,
    component::{Component, Instance, Linker},
};

use crate::{
    bindings::{Automation, exports::mandate::automation as exports},
    cache::Cache,
    call::{Call, OnCall},
    compile::{Compiled, Compiler, Progress, Source, Stage},
    convert,
    ending::ending,
    engine::{self, CONCURRENT_INSTANCES, Isolation},
    journal::Recorder,
    limits::Limits,
    manifest,
    plugin::{Linked, LoadError, Plugin},
    settings::SettingsSchema,
    upload::{ScanLimits, scan},
};

/// Runs guests.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<Call>,
    slots: Semaphore,
    limits: Limits,
    compiler: Compiler,
}

/// The sandbox could not be made: the machine lacks what the engine needs.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be made: {0}")]
pub struct SandboxError(String);

impl Sandbox {
    /// A sandbox whose parts get `limits` unless said otherwise, and that compiles in this process.
    pub fn new(limits: Limits, isolation: Isolation, cache: Option<Cache>) -> Result<Self, SandboxError> {
        Self::with_compiler(limits, isolation, Compiler::InProcess(cache))
    }

    /// [`Sandbox::new`] with another compiler: a [`Child`](crate::compile::Child), wherever others may upload.
    pub fn with_compiler(limits: Limits, isolation: Isolation, compiler: Compiler) -> Result<Self, SandboxError> {
        let failed = |error: wasmtime::Error| SandboxError(format!("{error:#}"));
        let engine = engine::engine(isolation, limits.memory, limits.table_elements).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        Automation::add_to_linker::<_, OnCall>(&mut linker, |call| call).map_err(failed)?;
        Ok(Self { engine, linker, slots: Semaphore::new(CONCURRENT_INSTANCES as usize), limits, compiler })
    }

    /// What a part may use unless said otherwise.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    /// [`Sandbox::load_told`], telling nobody.
    pub async fn load(&self, site: &SiteId, bytes: &[u8]) -> Result<Plugin, LoadError> {
        self.load_told(site, bytes, &Progress::untold()).await
    }

    /// Makes a plugin of uploaded bytes: scanned first, then compiled (or taken from the cache), linked, and described with no
    /// handle at all; tells `progress` that it is scanned, and compiled. Scanning takes up to a second and compiling in this
    /// process a tenth of one or more, and both block: call it where that may be.
    pub async fn load_told(&self, site: &SiteId, bytes: &[u8], progress: &Progress) -> Result<Plugin, LoadError> {
        let scanned = scan(bytes, &ScanLimits::default())?;
        progress.reached(Stage::Scanned);
        let (digest, phases) = (PluginDigest::of(bytes), &scanned.phases);
        let Compiled { component, said } = self.compiled(&Source { site, digest: &digest, bytes, phases }).await?;
        let linked = self.link(&component, phases)?;
        let manifest = match said {
            Some(manifest) => manifest,
            None => self.describe(&linked).await?,
        };
        progress.reached(Stage::Compiled);
        manifest::check(&manifest).map_err(LoadError::Manifest)?;
        Powers::check_imports(&scanned.imports, &manifest)?;
        let settings = SettingsSchema::parse(&manifest.settings_schema).map_err(LoadError::Manifest)?;
        Ok(Plugin { digest, imports: scanned.imports, manifest, settings, linked })
    }

    /// What a component says of itself; nothing of it is checked.
    pub(crate) async fn ask(&self, component: &Component, phases: &BTreeSet<Phase>) -> Result<Manifest, LoadError> {
        self.describe(&self.link(component, phases)?).await
    }

    fn link(&self, component: &Component, phases: &BTreeSet<Phase>) -> Result<Linked, LoadError> {
        let failed = |error: wasmtime::Error| LoadError::Link(format!("{error:#}"));
        let pre = self.linker.instantiate_pre(component).map_err(failed)?;
        // A phase that is exported must have the contract's types; one that is not is simply not there.
        let condition = phases.contains(&Phase::Condition).then(|| exports::condition::GuestIndices::new(&pre));
        let action = phases.contains(&Phase::Action).then(|| exports::action::GuestIndices::new(&pre));
        let notification =
            phases.contains(&Phase::Notification).then(|| exports::notification::GuestIndices::new(&pre));
        let plugin = exports::plugin::GuestIndices::new(&pre).map_err(failed)?;
        Ok(Linked {
            pre,
            plugin,
            condition: condition.transpose().map_err(failed)?,
            action: action.transpose().map_err(failed)?,
            notification: notification.transpose().map_err(failed)?,
        })
    }

    async fn describe(&self, linked: &Linked) -> Result<Manifest, LoadError> {
        let call = Call::new(None, Recorder::new(self.limits), 0);
        let (answer, _) = self
            .call(linked, call, async |store, instance| {
                let guest = linked.plugin.load(&mut *store, instance)?;
                guest.call_describe(&mut *store).await
            })
            .await;
        answer.map(convert::manifest).map_err(|outcome| LoadError::Describe(detail(outcome)))
    }

    /// One guest call in a store and an instance of its own, both gone afterwards whatever the outcome. What is left of `call`
    /// comes back with the answer.
    pub(crate) async fn call<T>(
        &self,
        linked: &Linked,
        call: Call,
        enter: impl AsyncFnOnce(&mut Store<Call>, &Instance) -> wasmtime::Result<T>,
    ) -> (Result<T, Outcome>, Call) {
        // The semaphore is never closed; without a permit the pool itself refuses.
        let _slot = self.slots.acquire().await.ok();
        let fuel = call.recorder.limits().fuel.saturating_sub(call.recorder.fuel_used());
        let mut store = self.store(call, fuel);
        let answer = match linked.pre.instantiate_async(&mut store).await {
            Ok(instance) => enter(&mut store, &instance).await,
            Err(error) => Err(error),
        };
        let left = store.get_fuel().unwrap_or_default();
        let mut call = store.into_data();
        call.recorder.add_fuel(fuel.saturating_sub(left));
        let answer = answer.map_err(|error| ending(&error, &call));
        (answer, call)
    }

    fn store(&self, call: Call, fuel: u64) -> Store<Call> {
        let limits = *call.recorder.limits();
        let mut store = Store::new(&self.engine, call);
        // After the limits are filled in: wasmtime reads the counts here, once.
        store.limiter(|call| &mut call.limiter);
        store.set_hostcall_fuel(limits.call_bytes);
        store.set_max_component_handles(limits.handles);
        // Fails only without `consume_fuel`, and then every call would run out at once.
        let _ = store.set_fuel(fuel);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            let call = store.data_mut();
            call.ticks_left = call.ticks_left.saturating_sub(1);
            // Yielding at every tick lets other parts run beside a guest that never asks for anything.
            Ok(if call.ticks_left == 0 { UpdateDeadline::Interrupt } else { yielding() })
        });
        store
    }
}

fn yielding() -> UpdateDeadline {
    let pause: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(tokio::task::yield_now());
    UpdateDeadline::YieldCustom(1, pause)
}

fn detail(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done => String::new(),
        Outcome::Failed { detail, .. } | Outcome::Retry { detail } => detail,
    }
}
