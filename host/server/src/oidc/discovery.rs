//! Where a provider is asked, by its own account.

use mandate_service::outbound::Target;
use serde::Deserialize;

/// What is taken of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discovered {
    /// Where browsers go to sign in.
    pub(super) authorization: Target,
    /// Where a code becomes a token.
    pub(super) token: Target,
    /// Where its keys are.
    pub(super) keys: Target,
    /// Where browsers go to sign out.
    pub(super) end_session: Option<Target>,
    /// Whether our secret is sent in a header; else in the form.
    pub(super) secret_in_header: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Discovered {
    /// Reads the document of the provider whose issuer is `issuer`: it must say the same, to the letter.
    pub(super) fn read(json: &[u8], issuer: &str) -> Result<Self, String> {
        let document: Document =
            serde_json::from_slice(json).map_err(|error| format!("what it says of itself cannot be read: {error}"))?;
        if document.issuer != issuer {
            return Err(format!("it says that it is another one than `{issuer}`: name it as it names itself"));
        }
        let secure = issuer.starts_with("https://");
        let endpoint = |text: &str| match Target::parse(text) {
            Ok(target) if !secure || target.as_str().starts_with("https://") => Ok(target),
            Ok(target) => Err(format!("`{}` is not reached over TLS", target.origin())),
            Err(error) => Err(error.to_string()),
        };
        let methods = document.token_endpoint_auth_methods_supported;
        Ok(Self {
            authorization: endpoint(&document.authorization_endpoint)?,
            token: endpoint(&document.token_endpoint)?,
            keys: endpoint(&document.jwks_uri)?,
            end_session: document.end_session_endpoint.as_deref().map(endpoint).transpose()?,
            secret_in_header: methods.is_none_or(|all| all.iter().any(|one| one == "client_secret_basic")),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document(issuer: &str) -> Value {
        json!({
            "issuer": issuer,
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/keys",
        })
    }

    fn read(document: &Value) -> Result<Discovered, String> {
        Discovered::read(document.to_string().as_bytes(), "https://id.example")
    }

    #[test]
    fn it_names_itself_as_it_is_named() {
        let found = read(&document("https://id.example")).unwrap();
        assert_eq!(
            (found.token.as_str(), found.end_session, found.secret_in_header),
            ("https://id.example/token", None, true)
        );
        for other in ["https://id.example/", "https://evil.example", ""] {
            let refused = read(&document(other)).unwrap_err();
            assert!(refused.starts_with("it says that it is another one than `https://id.example`"), "{refused}");
        }
    }

    #[test]
    fn what_is_reached_over_tls_stays_there() {
        for field in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"] {
            let mut open = document("https://id.example");
            open[field] = json!("http://id.example/x");
            assert_eq!(read(&open).unwrap_err(), "`http://id.example` is not reached over TLS", "{field}");
            open[field] = json!("javascript:alert(1)");
            assert!(read(&open).is_err(), "{field}");
        }
    }

    #[test]
    fn a_secret_goes_where_it_is_taken() {
        let mut form = document("https://id.example");
        form["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        assert!(!read(&form).unwrap().secret_in_header);
        form["token_endpoint_auth_methods_supported"] = json!(["client_secret_post", "client_secret_basic"]);
        assert!(read(&form).unwrap().secret_in_header);
        assert!(read(&json!([])).unwrap_err().starts_with("what it says of itself cannot be read"));
    }
}
