//! The provider's public keys (JWKS). Of each is taken what it is for: RSA for RS256, P-256 for ES256; anything else is none.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// How an ID token may be signed. There is no other way: `none` and secrets shared with us cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    /// RSA with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
}

impl Key {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
        }
    }

    /// Whether it signed `message`.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

/// All keys of a provider that are of use here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys(Vec<(Option<String>, Key)>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Written {
    /// The key, if it is one of ours.
    fn key(&self) -> Option<Key> {
        let bytes = |text: &Option<String>| BASE64URL_NOPAD.decode(text.as_ref()?.as_bytes()).ok();
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        match (&*self.kty, self.alg.as_deref().unwrap_or_default()) {
            ("RSA", "RS256" | "") => Some(Key::Rsa { n: bytes(&self.n)?, e: bytes(&self.e)? }),
            ("EC", "ES256" | "") if self.crv.as_deref() == Some("P-256") => {
                let (x, y) = (bytes(&self.x)?, bytes(&self.y)?);
                (x.len() == 32 && y.len() == 32).then(|| Key::P256([&[4], &*x, &*y].concat()))
            }
            _ => None,
        }
    }
}

impl Keys {
    /// Reads a set of keys. One that is of no use here is left out.
    pub(super) fn read(json: &[u8]) -> Result<Self, String> {
        let document: Document =
            serde_json::from_slice(json).map_err(|error| format!("its keys cannot be read: {error}"))?;
        Ok(Self(document.keys.iter().filter_map(|key| Some((key.kid.clone(), key.key()?))).collect()))
    }

    /// The key of that name for that algorithm; without a name, the only one for it.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fit = self
            .0
            .iter()
            .filter(|(own, key)| key.algorithm() == algorithm && kid.is_none_or(|kid| own.as_deref() == Some(kid)));
        let found = fit.next().map(|(_, key)| key)?;
        fit.next().is_none().then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_found_by_its_name_and_what_it_is_for() {
        let wide = BASE64URL_NOPAD.encode(&[1; 32]);
        let ec = |kid: &str| json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": wide, "y": wide });
        let rsa = json!({ "kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB" });
        let none = [
            json!({ "kty": "oct", "kid": "o", "alg": "HS256", "k": wide }),
            json!({ "kty": "EC", "crv": "P-384", "kid": "p", "x": wide, "y": wide }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "short", "x": "AQAB", "y": wide }),
            json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "other", "alg": "RS512", "n": "AQAB", "e": "AQAB" }),
        ];
        let mut all = vec![ec("a"), rsa];
        all.extend(none);
        let keys = Keys::read(json!({ "keys": all }).to_string().as_bytes()).unwrap();
        assert_eq!(keys.0.len(), 2, "what is of no use is left out");
        assert_eq!(keys.find(Some("a"), Algorithm::Es256), Some(&Key::P256([&[4], &[1; 32][..], &[1; 32]].concat())));
        assert!(keys.find(Some("r"), Algorithm::Rs256).is_some());
        assert_eq!(keys.find(Some("r"), Algorithm::Es256), None, "a key is for one algorithm");
        assert_eq!(keys.find(Some("x"), Algorithm::Es256), None);
        assert!(keys.find(None, Algorithm::Es256).is_some(), "the only one needs no name");
        let two = Keys::read(json!({ "keys": [ec("a"), ec("b")] }).to_string().as_bytes()).unwrap();
        assert_eq!(two.find(None, Algorithm::Es256), None, "one of two is not guessed");
        assert!(Keys::read(b"{}").unwrap_err().starts_with("its keys cannot be read"));
    }
}
