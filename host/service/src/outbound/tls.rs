//! TLS towards the outside: whom it trusts.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The certificates that vouch for others.
#[derive(Debug, Clone)]
pub struct Trust(Arc<RootCertStore>);

impl Trust {
    /// What the machine trusts, and the certificates of a PEM text of the operator's. `Err`: that text is none, or nothing is trusted
    /// at all.
    pub fn of_machine(pem: Option<&[u8]>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        // Some of a machine's certificates are always too old to be read.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = pem {
            for certificate in certificates(pem)? {
                roots.add(certificate).map_err(|error| format!("a certificate cannot be trusted: {error}"))?;
            }
        }
        if roots.is_empty() {
            return Err("this machine trusts no certificates: install them (often `ca-certificates`)".to_owned());
        }
        Ok(Self(Arc::new(roots)))
    }

    /// How connections are made.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let versions = versions.map_err(|error| error.to_string())?;
        Ok(Arc::new(versions.with_root_certificates(Arc::clone(&self.0)).with_no_client_auth()))
    }
}

/// The certificates of a PEM text: at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|error| format!("this is no certificate in PEM form: {error:?}"))?;
    if all.is_empty() { Err("there is no certificate in PEM form in it".to_owned()) } else { Ok(all) }
}
