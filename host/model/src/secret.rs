//! The store's secret: what derived ids, cached code and opaque tokens are keyed with.

use hmac::{
    Hmac, Mac,
    digest::{KeyInit, generic_array::GenericArray},
};
use sha2::Sha256;

/// 32 random bytes of one store. Never printed, never shown to a guest.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 over `purpose` and `parts`, each with its length before it, so that no two lists of parts collide.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a short key with zeros up to a block of 64 bytes (RFC 2104); done here, the call cannot fail.
        let mut key = [0; 64];
        key.split_at_mut(32).0.copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(GenericArray::from_slice(&key));
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The first 128 bits of [`Secret::mac`]: the bytes of a derived id.
    pub fn id(&self, purpose: &str, parts: &[&str]) -> [u8; 16] {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        let mac = self.mac(purpose, &parts);
        let mut id = [0; 16];
        id.copy_from_slice(mac.split_at(16).0);
        id
    }

    /// The bytes, for storing them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn parts_do_not_run_together() {
        let secret = Secret::from_bytes([1; 32]);
        assert_ne!(secret.id("event", &["ab", "c"]), secret.id("event", &["a", "bc"]));
        assert_ne!(secret.id("event", &["ab"]), secret.id("run", &["ab"]));
        assert_ne!(secret.id("event", &["ab"]), Secret::from_bytes([2; 32]).id("event", &["ab"]));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
