//! An identity provider that says what a test wants: right or wrong, signed with a key of its own.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use data_encoding::BASE64URL_NOPAD;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A key and its name.
pub(crate) struct Key {
    kid: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(crate) fn new(kid: &str) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Self { kid: kid.to_owned(), pair }
    }

    fn public(&self) -> Value {
        let (_, point) = self.pair.public_key().as_ref().split_first().unwrap();
        let (x, y) = point.split_at(32);
        let text = |bytes| BASE64URL_NOPAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "x": text(x), "y": text(y) })
    }

    /// A token that it signs.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let signed = signed(&json!({ "alg": "ES256", "kid": self.kid }), claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }

    /// A token that is signed with the public key as if it were a secret.
    pub(crate) fn shared(&self, claims: &Value) -> String {
        let signed = signed(&json!({ "alg": "HS256", "kid": self.kid }), claims);
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.pair.public_key().as_ref());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(hmac::sign(&key, signed.as_bytes()).as_ref()))
    }
}

/// What is signed.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    let text = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", text(header), text(claims))
}

#[derive(Default)]
struct Says {
    issuer: String,
    keys: Vec<Value>,
    token: Option<String>,
    asked_for_keys: usize,
    swapped: Vec<String>,
}

/// A running provider; it ends with the runtime of its test.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) issuer: String,
    says: Arc<Mutex<Says>>,
}

impl Fake {
    /// Starts one that has these keys.
    pub(crate) async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says { issuer: issuer.clone(), ..Says::default() }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(all_keys))
            .route("/token", post(token))
            .with_state(says.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        let fake = Self { issuer, says };
        fake.has(keys);
        fake
    }

    /// From now on it has these keys.
    pub(crate) fn has(&self, keys: &[&Key]) {
        self.says.lock().unwrap().keys = keys.iter().map(|key| key.public()).collect();
    }

    /// It gives this token for the next code; none: it refuses the code.
    pub(crate) fn gives(&self, token: Option<String>) {
        self.says.lock().unwrap().token = token;
    }

    /// How often it was asked for its keys.
    pub(crate) fn asked_for_keys(&self) -> usize {
        self.says.lock().unwrap().asked_for_keys
    }

    /// What it was sent for codes.
    pub(crate) fn swapped(&self) -> Vec<String> {
        self.says.lock().unwrap().swapped.clone()
    }
}

type Kept = State<Arc<Mutex<Says>>>;

async fn discovery(State(says): Kept) -> String {
    let issuer = &says.lock().unwrap().issuer;
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth?tenant=7"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    })
    .to_string()
}

async fn all_keys(State(says): Kept) -> String {
    let mut says = says.lock().unwrap();
    says.asked_for_keys += 1;
    json!({ "keys": says.keys }).to_string()
}

async fn token(State(says): Kept, form: String) -> (StatusCode, String) {
    let mut says = says.lock().unwrap();
    says.swapped.push(form);
    match says.token.take() {
        Some(token) => (StatusCode::OK, json!({ "id_token": token, "access_token": "x" }).to_string()),
        None => (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }).to_string()),
    }
}
