//! Operations that are called over HTTP: a `POST` of the arguments, with the key, whom it acts for and a bearer secret.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use super::{Invocation, Operation, Provider};
use crate::{
    outbound::{Outbound, OutboundError, Request},
    outward::Setback,
};

/// Most bytes of a bearer secret.
const MAX_SECRET: u64 = 4 << 10;

/// Calls operations over HTTP. An answer's body is never read, and a redirect never followed.
pub struct HttpOperations {
    outbound: Outbound,
    folder: PathBuf,
}

impl HttpOperations {
    /// Calls by this client; files with secrets are named from `folder` on.
    pub fn new(outbound: Outbound, folder: PathBuf) -> Self {
        Self { outbound, folder }
    }

    fn secret(&self, file: &Path) -> Result<String, String> {
        let told = |problem: &str| format!("the secret file `{}` {problem}", file.display());
        let mut bytes = vec![];
        let read = std::fs::File::open(self.folder.join(file))
            .and_then(|opened| opened.take(MAX_SECRET + 1).read_to_end(&mut bytes));
        read.map_err(|error| told(&format!("cannot be read: {error}")))?;
        let secret = String::from_utf8(bytes).unwrap_or_default().trim().to_owned();
        let is_token = !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token && secret.len() as u64 <= MAX_SECRET {
            Ok(secret)
        } else {
            Err(told("must hold one word of visible ASCII, of at most 4 KiB"))
        }
    }
}

#[async_trait]
impl Provider for HttpOperations {
    async fn invoke(&self, operation: &Operation, invocation: &Invocation) -> Result<(), Setback> {
        let Some(call) = &operation.call else {
            return Err(Setback::Never(format!("`{}` has no `url`", operation.name)));
        };
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("idempotency-key", invocation.key.clone()),
            ("mandate-operation", invocation.operation.clone()),
            ("mandate-principal", invocation.principal.to_string()),
            ("mandate-automation", invocation.automation.to_string()),
            ("mandate-run", invocation.run.to_string()),
        ];
        if let Some(file) = &call.secret_file {
            let secret = self.secret(file).map_err(Setback::Later)?;
            headers.push(("authorization", format!("Bearer {secret}")));
        }
        let body = invocation.arguments.clone().into_bytes();
        let request = Request { method: hyper::Method::POST, target: &call.target, headers, body, most: 0 };
        match self.outbound.send(request).await {
            Ok(answer) => taken(answer.status),
            Err(error @ OutboundError::Unreached(..)) => Err(Setback::Later(error.to_string())),
            Err(error @ OutboundError::Unanswered(..)) => Err(Setback::Unknown(error.to_string())),
            Err(error) => Err(Setback::Never(error.to_string())),
        }
    }
}

/// What an answer says of what was done. What failed there on its way may have been done all the same; only who says that they were
/// not able to begin has not.
fn taken(status: u16) -> Result<(), Setback> {
    let told = format!("it answers {status}");
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(Setback::Never(format!("{told}, and redirects are not followed"))),
        // 409: another attempt with the key is under way there.
        408 | 409 | 425 | 429 | 503 => Err(Setback::Later(told)),
        400..=499 => Err(Setback::Never(told)),
        _ => Err(Setback::Unknown(told)),
    }
}
