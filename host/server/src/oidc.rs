//! Signing in at an identity provider: OpenID Connect, authorization code with PKCE.
//!
//! Reading order: here (what is asked of the provider, and in which order), `discovery` (where it is asked), `keys` (its public keys),
//! `id_token` (what it says of who signed in, and why that is believed). Requests go through the host's one HTTP client. State,
//! nonce and verifier are derived from a secret in a cookie: a sign-in is finished by the browser that began it, once.

mod discovery;
mod id_token;
mod keys;

use data_encoding::BASE64;
use form_urlencoded::{Serializer, byte_serialize};
use mandate_service::outbound::{Outbound, Request, Target};
use serde::Deserialize;
use tokio::sync::Mutex;

use self::{
    discovery::Discovered,
    id_token::{Expected, IdToken},
    keys::Keys,
};
use crate::secret::{derived, same};

/// Most bytes of an answer of the provider that are read.
const MOST: usize = 256 * 1024;
/// How long is remembered what the provider said of itself: an hour, in microseconds.
const REMEMBERED: i64 = 3_600_000_000;
/// How long after its keys were asked for they are not asked for again: a minute. Tokens with made-up keys ask for nothing.
const KEYS_AGAIN: i64 = 60_000_000;
/// Most letters of the provider's own words that are shown.
const SHOWN: usize = 200;

/// How the provider is set up.
#[derive(Clone)]
pub struct OidcOptions {
    /// What people call it, such as `Acme`.
    pub name: String,
    /// Its issuer, such as `https://id.example`: `https`, or `http` on this machine.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// What we prove that with; `None`: nothing but the code's verifier.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim of the ID token that names the person: `user:` and its value is who they are here.
    pub claim: String,
}

/// The identity provider cannot be used as it is set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// Its issuer is no address that can be trusted.
    #[error("`issuer` is an `https` address, or `http` on this machine for trying out, without `?` and `#`; not `{0}`")]
    Issuer(String),
    /// A word is missing.
    #[error("`{0}` is empty")]
    Empty(&'static str),
}

/// Why somebody could not sign in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignInError {
    /// The provider cannot be asked, or answers what is no answer. Not told to who signs in.
    #[error("the identity provider: {0}")]
    Provider(String),
    /// Not begun here, not by this browser, too long ago, or finished already.
    #[error("this sign-in took too long, was finished before, or began in another browser: sign in again")]
    Stale,
    /// The provider says no, in its own words.
    #[error("the identity provider did not let you sign in; it says: {0}")]
    Denied(String),
    /// What it says of who signed in is not to be believed.
    #[error(
        "what the identity provider sent is not accepted: {0}; sign in again, and tell the operator of this server if it stays so"
    )]
    NotBelieved(&'static str),
    /// Nobody here is called that.
    #[error("you signed in as `{0}`, but this site has nobody active of that name: ask one of its administrators")]
    Nobody(String),
}

/// What the provider sent back through the browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Back<'a> {
    pub(crate) code: &'a str,
    pub(crate) state: &'a str,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
}

/// An identity provider.
pub struct Oidc {
    options: OidcOptions,
    outbound: Outbound,
    known: Mutex<Known>,
}

type Headers = Vec<(&'static str, String)>;

/// What was asked of it before, and when.
#[derive(Default)]
struct Known {
    discovered: Option<(Discovered, i64)>,
    keys: Option<(Keys, i64)>,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Oidc").field("issuer", &self.options.issuer).finish_non_exhaustive()
    }
}

impl Oidc {
    /// The provider of `options`, asked through `outbound`, which must allow its origin if that lies inside. Nothing is asked yet: a
    /// provider that is down keeps nobody from starting the server.
    pub fn new(options: OidcOptions, outbound: Outbound) -> Result<Self, OidcError> {
        let issuer = || OidcError::Issuer(options.issuer.clone());
        let target = Target::parse(&options.issuer).map_err(|_| issuer())?;
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let origin = target.origin();
        let here = here
            .iter()
            .any(|host| origin.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
        if !(here || origin.starts_with("https://")) || options.issuer.contains(['?', '#']) {
            return Err(issuer());
        }
        let words = [("name", &options.name), ("client_id", &options.client_id), ("claim", &options.claim)];
        if let Some((word, _)) = words.into_iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(OidcError::Empty(word));
        }
        Ok(Self { options, outbound, known: Mutex::default() })
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.options.name
    }

    /// Where a browser goes to sign in, for the sign-in of `secret`; it comes back to `back`.
    pub(crate) async fn address(&self, secret: &str, back: &str, now: i64) -> Result<String, SignInError> {
        let at = self.discovered(now).await?.authorization;
        let scopes: Vec<&str> = ["openid"].into_iter().chain(self.options.scopes.iter().map(String::as_str)).collect();
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.options.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &derived("state", secret))
            .append_pair("nonce", &derived("nonce", secret))
            .append_pair("code_challenge", &challenge(secret))
            .append_pair("code_challenge_method", "S256")
            .finish();
        Ok(with_query(&at, &query))
    }

    /// Who signed in: the value of the claim that names people. `secret` is that of the sign-in, taken out of the store.
    pub(crate) async fn finish(
        &self,
        secret: &str,
        sent: &Back<'_>,
        back: &str,
        now: i64,
    ) -> Result<String, SignInError> {
        if !same(&derived("state", secret), sent.state) {
            return Err(SignInError::Stale);
        }
        // Who sends it must say who it is, where it says so at all (RFC 9207): no other provider's code is sent to this one.
        if sent.issuer.is_some_and(|issuer| issuer != self.options.issuer) {
            return Err(SignInError::NotBelieved("it comes from another provider"));
        }
        if let Some(error) = sent.error {
            return Err(SignInError::Denied(inert(error)));
        }
        let text = self.exchange(secret, sent.code, back, now).await?;
        let token = IdToken::read(&text)?;
        self.verify(&token, now).await?;
        let expected = Expected {
            issuer: &self.options.issuer,
            client: &self.options.client_id,
            nonce: &derived("nonce", secret),
            now: now / 1_000_000,
        };
        token.claims()?.checked(&expected, &self.options.claim)
    }

    /// Where a browser goes to sign out there too; `None`: it says nothing of that, or cannot be asked.
    pub(crate) async fn leaving(&self, back: &str, now: i64) -> Option<String> {
        let at = self.discovered(now).await.ok()?.end_session?;
        let query = Serializer::new(String::new())
            .append_pair("client_id", &self.options.client_id)
            .append_pair("post_logout_redirect_uri", back)
            .finish();
        Some(with_query(&at, &query))
    }

    /// Swaps the code for an ID token.
    async fn exchange(&self, secret: &str, code: &str, back: &str, now: i64) -> Result<String, SignInError> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        let discovered = self.discovered(now).await?;
        let (headers, body) = self.swap(&discovered, secret, code, back);
        let method = axum::http::Method::POST;
        let request = Request { method, target: &discovered.token, headers, body, most: MOST };
        let answer = self.outbound.send(request).await.map_err(|error| SignInError::Provider(error.to_string()))?;
        match answer.status {
            200 if answer.whole => {}
            // A code that was used before, is not ours or is too old.
            400 => return Err(SignInError::Stale),
            status => return Err(SignInError::Provider(format!("it answers {status} to a code"))),
        }
        let tokens: Tokens = serde_json::from_slice(&answer.body)
            .map_err(|_| SignInError::Provider("its answer to a code has no ID token".to_owned()))?;
        Ok(tokens.id_token)
    }

    /// What is sent to swap a code: with our secret, if we have one, where the provider takes it.
    fn swap(&self, discovered: &Discovered, secret: &str, code: &str, back: &str) -> (Headers, Vec<u8>) {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", back).append_pair("code_verifier", &derived("verifier", secret));
        let mut headers = vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let client = &self.options.client_id;
        match &self.options.client_secret {
            Some(own) if discovered.secret_in_header => {
                let pair = format!("{}:{}", encoded(client), encoded(own));
                headers.push(("authorization", format!("Basic {}", BASE64.encode(pair.as_bytes()))));
            }
            Some(own) => _ = form.append_pair("client_id", client).append_pair("client_secret", own),
            None => _ = form.append_pair("client_id", client),
        }
        (headers, form.finish().into_bytes())
    }

    /// Whether one of the provider's keys signed it. One that is not known is asked for, once in a while.
    async fn verify(&self, token: &IdToken<'_>, now: i64) -> Result<(), SignInError> {
        let at = self.discovered(now).await?.keys;
        let mut known = self.known.lock().await;
        let held = known.keys.as_ref().is_some_and(|(keys, asked)| {
            keys.find(token.kid(), token.algorithm()).is_some() || now < asked.saturating_add(KEYS_AGAIN)
        });
        if !held {
            let keys = Keys::read(&self.get(&at).await?).map_err(SignInError::Provider)?;
            known.keys = Some((keys, now));
        }
        let key = known.keys.as_ref().and_then(|(keys, _)| keys.find(token.kid(), token.algorithm()));
        let key = key.ok_or(SignInError::NotBelieved("it is signed with a key that the provider does not have"))?;
        if token.is_signed_by(key) { Ok(()) } else { Err(SignInError::NotBelieved("its signature is wrong")) }
    }

    /// What the provider says of itself.
    async fn discovered(&self, now: i64) -> Result<Discovered, SignInError> {
        let mut known = self.known.lock().await;
        if let Some((discovered, asked)) = &known.discovered
            && now < asked.saturating_add(REMEMBERED)
        {
            return Ok(discovered.clone());
        }
        let at = format!("{}/.well-known/openid-configuration", self.options.issuer.trim_end_matches('/'));
        let at = Target::parse(&at).map_err(|error| SignInError::Provider(error.to_string()))?;
        let discovered =
            Discovered::read(&self.get(&at).await?, &self.options.issuer).map_err(SignInError::Provider)?;
        known.discovered = Some((discovered.clone(), now));
        Ok(discovered)
    }

    /// A document of the provider.
    async fn get(&self, at: &Target) -> Result<Vec<u8>, SignInError> {
        let headers = vec![("accept", "application/json".to_owned())];
        let method = axum::http::Method::GET;
        let request = Request { method, target: at, headers, body: vec![], most: MOST };
        let answer = self.outbound.send(request).await.map_err(|error| SignInError::Provider(error.to_string()))?;
        if answer.status == 200 && answer.whole {
            Ok(answer.body)
        } else {
            Err(SignInError::Provider(format!("`{}` answers {}, or too much", at.as_str(), answer.status)))
        }
    }
}

/// What is sent of the verifier beforehand (PKCE, S256).
fn challenge(secret: &str) -> String {
    use sha2::{Digest as _, Sha256};
    data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(derived("verifier", secret).as_bytes()))
}

fn with_query(at: &Target, query: &str) -> String {
    let at = at.as_str();
    let joint = if at.contains('?') { '&' } else { '?' };
    format!("{at}{joint}{query}")
}

/// Words of others, as they may be shown: no more than a line, and nothing that changes how the rest is read.
fn inert(text: &str) -> String {
    let fine = |letter: &char| letter.is_alphanumeric() || " _-.,:;'()/".contains(*letter);
    text.chars().filter(fine).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_are_a_line_of_letters() {
        assert_eq!(inert("access_denied"), "access_denied");
        assert_eq!(inert("<b>no\u{202e}\n\u{1b}[31m"), "bno31m");
        assert_eq!(inert(&"x".repeat(300)).len(), 200);
    }
}
