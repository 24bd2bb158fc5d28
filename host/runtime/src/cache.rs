//! Compiled code from outside the process, kept or just made: only what this host or its compiler made, for this engine, is loaded.

use mandate_model::{PluginDigest, Secret, SiteId};
use wasmtime::{Engine, component::Component};

/// Where compiled code is kept. Keys are hex; a value may be lost or changed at any time, and is checked before use.
pub trait CodeCache: Send + Sync {
    /// The bytes stored under `key`.
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    /// Stores bytes under `key`; a failure only costs time later.
    fn put(&self, key: &str, bytes: &[u8]);
}

/// A [`CodeCache`] with the secret that its contents are authenticated with.
pub struct Cache {
    /// Where.
    pub store: Box<dyn CodeCache>,
    /// Known to this host alone: whoever can write the cache cannot make code for it.
    pub secret: Secret,
}

/// Bytes of the MAC before the code.
const MAC: usize = 32;

impl Cache {
    /// The component, if it is kept, and was made by this host for this site and this very engine.
    pub(crate) fn load(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest) -> Option<Component> {
        let sealed = self.store.get(&self.key(engine, site, digest))?;
        self.open(engine, site, digest, &sealed)
    }

    /// Keeps code that was compiled now; what is kept, authenticated.
    pub(crate) fn keep(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest, code: &[u8]) -> Vec<u8> {
        let mut sealed = self.mac(engine, site, digest, code).to_vec();
        sealed.extend(code);
        self.store.put(&self.key(engine, site, digest), &sealed);
        sealed
    }

    /// The component in what [`Cache::keep`] gave, for the same site, component and engine.
    pub(crate) fn open(
        &self,
        engine: &Engine,
        site: &SiteId,
        digest: &PluginDigest,
        sealed: &[u8],
    ) -> Option<Component> {
        let (mac, code) = sealed.split_at_checked(MAC)?;
        if mac != self.mac(engine, site, digest, code) {
            return None;
        }
        deserialize(engine, code)
    }

    fn key(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest) -> String {
        let key =
            self.secret.mac("code key", &[site.as_str().as_bytes(), digest.as_str().as_bytes(), &fingerprint(engine)]);
        data_encoding::HEXLOWER.encode(&key)
    }

    fn mac(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest, code: &[u8]) -> [u8; MAC] {
        let parts = [site.as_str().as_bytes(), digest.as_str().as_bytes(), &fingerprint(engine), code];
        self.secret.mac("code", &parts)
    }
}

/// What compiled code depends on: engine version, target and every setting.
fn fingerprint(engine: &Engine) -> [u8; 8] {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    // The default hasher of a fixed key: equal in every process of one build of the host.
    BuildHasherDefault::<DefaultHasher>::default().hash_one(engine.precompile_compatibility_hash()).to_be_bytes()
}

/// The one `unsafe` of the host.
#[allow(unsafe_code, reason = "compiled code can only be loaded so; see the safety comment")]
fn deserialize(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: deserialising runs whatever machine code is in `code`. The caller has checked, over these very bytes in memory,
    // a MAC with a secret that only this host knows, so they are what `Component::serialize` gave to this host, or to the process
    // that it started to compile: the same program, which nobody else can talk to.
    unsafe { Component::deserialize(engine, code) }.ok()
}
