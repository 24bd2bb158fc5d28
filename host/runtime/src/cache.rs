//! Compiled code, kept outside the process: only what this host itself compiled, with this engine, is ever loaded.

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
    /// The component, if this host compiled it for this site with this very engine.
    pub(crate) fn load(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest) -> Option<Component> {
        let bytes = self.store.get(&self.key(engine, site, digest))?;
        let (mac, code) = bytes.split_at_checked(MAC)?;
        if mac != self.mac(engine, site, digest, code) {
            return None;
        }
        deserialize(engine, code)
    }

    /// Keeps a compiled component.
    pub(crate) fn keep(&self, engine: &Engine, site: &SiteId, digest: &PluginDigest, component: &Component) {
        let Ok(code) = component.serialize() else { return };
        let mut bytes = self.mac(engine, site, digest, &code).to_vec();
        bytes.extend(code);
        self.store.put(&self.key(engine, site, digest), &bytes);
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
    // a MAC with a secret that only this host knows, so they are what `Component::serialize` gave to this host.
    unsafe { Component::deserialize(engine, code) }.ok()
}
