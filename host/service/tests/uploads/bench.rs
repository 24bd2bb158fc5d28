//! The platform's small world with a sandbox whose compilations are counted.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mandate_model::{PluginDigest, Secret, SiteId};
use mandate_runtime::{
    cache::{Cache, CodeCache},
    compile::{Child, CompileLimits, Compiler, Progress, Stage},
    engine::Isolation,
    limits::Limits,
    sandbox::Sandbox,
};
use mandate_service::{Host, Outward, Retry, Sandboxed, Service, ServiceError};

use crate::world::{World, clock};

/// What was compiled: it is kept once for each time.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    code: BTreeMap<String, Vec<u8>>,
    times: usize,
}

impl CodeCache for Shelf {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().code.get(key).cloned()
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        let mut shelf = self.0.lock().unwrap();
        shelf.code.insert(key.to_owned(), bytes.to_vec());
        shelf.times += 1;
    }
}

pub struct Bench {
    pub world: World,
    pub service: Service,
    shelf: Shelf,
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(|cache| Compiler::InProcess(Some(cache))).await
    }

    /// With a shell's script in the compiler's place.
    pub async fn script(script: &str) -> Self {
        let child = Child::new("/bin/sh", &["-c", script], CompileLimits::default(), Arc::new(|_: &str| ()));
        Self::with(|cache| Compiler::Child(Box::new(child), cache)).await
    }

    async fn with(compiler: impl FnOnce(Cache) -> Compiler) -> Self {
        let world = World::new().await;
        let shelf = Shelf::default();
        let cache = Cache { store: Box::new(shelf.clone()), secret: Secret::from_bytes([3; 32]) };
        let sandbox = Sandbox::with_compiler(Limits::default(), Isolation::Pooled, compiler(cache)).unwrap();
        let db = Arc::new(world.db.clone());
        let host = Host {
            platform: world.db.platform(),
            roles: db.clone(),
            apply: db,
            parts: Arc::new(Sandboxed::new(Arc::new(sandbox))),
            clock: clock(),
            limits: Limits::default(),
            outward: Outward::none(),
            retry: Retry::default(),
            concurrency: 1,
        };
        let service = Service::open(&world.folder.path().join("store.db"), host).await.unwrap();
        Self { world, service, shelf }
    }

    /// How often a component was compiled by now.
    pub fn compiled(&self) -> usize {
        self.shelf.0.lock().unwrap().times
    }

    /// Uploads, and gives the stages that were told.
    pub async fn upload(&self, site: &str, bytes: &[u8]) -> (Result<PluginDigest, ServiceError>, Vec<Stage>) {
        let stages = Arc::<Mutex<Vec<Stage>>>::default();
        let heard = Arc::clone(&stages);
        let progress = Progress::new(move |stage| heard.lock().unwrap().push(stage));
        let uploaded = self.service.upload_told(&SiteId::parse(site).unwrap(), bytes, &progress).await;
        let stages = stages.lock().unwrap().clone();
        (uploaded, stages)
    }

    /// Whether a site has a plugin.
    pub async fn has(&self, site: &str, digest: &PluginDigest) -> bool {
        self.service.plugin(&SiteId::parse(site).unwrap(), digest.as_str()).await.is_ok()
    }
}
