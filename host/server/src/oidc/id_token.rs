//! What a provider says of who signed in, and why that is believed.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    SignInError,
    keys::{Algorithm, Key},
};
use crate::secret::same;

/// How far clocks may be apart: a minute.
const SKEW: i64 = 60;
/// Longest token that is read.
const LONGEST: usize = 64 * 1024;

/// A token that was read, and not believed yet.
pub(super) struct IdToken<'a> {
    header: Header,
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    /// What must be understood; we understand nothing of that.
    crit: Option<Value>,
}

/// What it says.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What must be said.
pub(super) struct Expected<'a> {
    /// Who says it.
    pub(super) issuer: &'a str,
    /// To whom: us.
    pub(super) client: &'a str,
    /// In which sign-in.
    pub(super) nonce: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) now: i64,
}

const UNREADABLE: SignInError = SignInError::NotBelieved("it cannot be read");

impl<'a> IdToken<'a> {
    /// Reads one, as far as is needed to find who signed it.
    pub(super) fn read(text: &'a str) -> Result<Self, SignInError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(UNREADABLE)?;
        let (head, claims) = signed.split_once('.').ok_or(UNREADABLE)?;
        if text.len() > LONGEST || claims.contains('.') {
            return Err(UNREADABLE);
        }
        // Whatever is signed otherwise, or not at all, has no header that can be read.
        let header: Header = part(head)
            .map_err(|()| SignInError::NotBelieved("it is signed in another way than RS256 or ES256, or not at all"))?;
        if header.crit.is_some() {
            return Err(UNREADABLE);
        }
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| UNREADABLE)?;
        Ok(Self { header, signed, claims, signature })
    }

    /// How it is signed.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// With which key, by its own account.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Whether this key signed it.
    pub(super) fn is_signed_by(&self, key: &Key) -> bool {
        key.signed(self.signed.as_bytes(), &self.signature)
    }

    /// What it says; of use once the signature was checked.
    pub(super) fn claims(&self) -> Result<Claims, SignInError> {
        part(self.claims).map_err(|()| SignInError::NotBelieved("it does not say who signed in, where and until when"))
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, ()> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| ())?;
    serde_json::from_slice(&bytes).map_err(|_| ())
}

impl Claims {
    /// The value of the claim that names the person, if all else is as it must be.
    pub(super) fn checked(self, expected: &Expected<'_>, claim: &str) -> Result<String, SignInError> {
        let wrong = |why| Err(SignInError::NotBelieved(why));
        if self.iss != expected.issuer {
            return wrong("it comes from another provider");
        }
        if !self.is_for(expected.client) {
            return wrong("it is meant for somebody else");
        }
        if self.exp.saturating_add(SKEW) <= expected.now {
            return wrong("it has expired");
        }
        let soon = expected.now.saturating_add(SKEW);
        if self.iat > soon || self.nbf.is_some_and(|from| from > soon) {
            return wrong("it is of the future: the clocks differ");
        }
        if !self.nonce.is_some_and(|nonce| same(&nonce, expected.nonce)) {
            return wrong("it belongs to another sign-in");
        }
        let named = if claim == "sub" { Some(self.sub) } else { self.others.get(claim).and_then(text) };
        named.ok_or(SignInError::NotBelieved("it does not name you in the way that this server was set up for"))
    }

    /// Whether it is meant for `client`: for more than one only where it says that `client` asked for it.
    fn is_for(&self, client: &str) -> bool {
        let (among, alone) = match &self.aud {
            Audience::One(one) => (one == client, true),
            Audience::Many(all) => (all.iter().any(|one| one == client), all.len() == 1),
        };
        let asked = self.azp.as_deref().map_or(alone, |by| by == client);
        among && asked
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FINE: Expected<'_> = Expected { issuer: "https://id.example", client: "us", nonce: "n", now: 1_000 };

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "sub": "7", "aud": "us", "exp": 1_300, "iat": 990, "nonce": "n",
            "preferred_username": "ana",
        })
    }

    fn checked(claims: Value) -> Result<String, SignInError> {
        serde_json::from_value::<Claims>(claims).unwrap().checked(&FINE, "preferred_username")
    }

    #[track_caller]
    fn refused(change: &Value, why: &'static str) {
        let mut changed = claims();
        for (key, value) in change.as_object().unwrap() {
            changed[key] = value.clone();
        }
        assert_eq!(checked(changed), Err(SignInError::NotBelieved(why)), "{change}");
    }

    #[test]
    fn what_is_as_it_must_be_names_the_person() {
        assert_eq!(checked(claims()), Ok("ana".to_owned()));
        for fine in [
            json!({ "aud": ["us"] }),
            json!({ "aud": ["us", "them"], "azp": "us" }),
            json!({ "azp": "us" }),
            json!({ "exp": 941 }),
            json!({ "iat": 1_060, "nbf": 1_060 }),
        ] {
            let mut changed = claims();
            changed.as_object_mut().unwrap().extend(fine.as_object().unwrap().clone());
            assert_eq!(checked(changed), Ok("ana".to_owned()), "{fine}");
        }
        let by_sub = serde_json::from_value::<Claims>(claims()).unwrap().checked(&FINE, "sub");
        assert_eq!(by_sub, Ok("7".to_owned()));
    }

    #[test]
    fn whatever_else_it_says_is_not_believed() {
        refused(&json!({ "iss": "https://id.example/" }), "it comes from another provider");
        for aud in [json!("them"), json!([]), json!(["us", "them"]), json!(["them"])] {
            refused(&json!({ "aud": aud }), "it is meant for somebody else");
        }
        refused(&json!({ "azp": "them" }), "it is meant for somebody else");
        refused(&json!({ "aud": ["us", "them"], "azp": "them" }), "it is meant for somebody else");
        refused(&json!({ "exp": 940 }), "it has expired");
        refused(&json!({ "iat": 1_061 }), "it is of the future: the clocks differ");
        refused(&json!({ "nbf": 1_061 }), "it is of the future: the clocks differ");
        refused(&json!({ "nonce": "m" }), "it belongs to another sign-in");
        refused(&json!({ "nonce": null }), "it belongs to another sign-in");
        let unnamed = "it does not name you in the way that this server was set up for";
        refused(&json!({ "preferred_username": 7 }), unnamed);
        refused(&json!({ "preferred_username": null }), unnamed);
    }

    fn header(header: &str) -> String {
        format!("{}.e30.AAAA", BASE64URL_NOPAD.encode(header.as_bytes()))
    }

    #[test]
    fn only_two_ways_of_signing_can_be_said() {
        for alg in ["RS256", "ES256"] {
            assert!(IdToken::read(&header(&format!(r#"{{"alg":"{alg}","kid":"a"}}"#))).is_ok(), "{alg}");
        }
        let otherwise = SignInError::NotBelieved("it is signed in another way than RS256 or ES256, or not at all");
        for alg in ["none", "None", "HS256", "RS512", "PS256", "ES384", "EdDSA", "rs256", ""] {
            let read = IdToken::read(&header(&format!(r#"{{"alg":"{alg}"}}"#))).err();
            assert_eq!(read, Some(otherwise.clone()), "{alg}");
        }
        assert_eq!(IdToken::read(&header("{}")).err(), Some(otherwise));
    }

    #[test]
    fn what_is_no_token_cannot_be_read() {
        let fine = header(r#"{"alg":"RS256"}"#);
        for wrong in ["", ".", "a.b", &format!("{fine}.AAAA"), &format!("{fine}!"), &fine.replace(".AAAA", ".A=")] {
            assert!(IdToken::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(IdToken::read(&header(r#"{"alg":"RS256","crit":["x"]}"#)).err(), Some(UNREADABLE));
        assert_eq!(IdToken::read(&format!("{}{fine}", "A".repeat(LONGEST))).err(), Some(UNREADABLE));
        assert!(IdToken::read(&fine).unwrap().claims().is_err(), "`{{}}` says nothing");
    }
}
