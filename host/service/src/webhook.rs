//! Webhooks: a message as a signed request, as [Standard Webhooks](https://www.standardwebhooks.com) has it. Whoever gets one twice
//! knows it by `webhook-id`.

use async_trait::async_trait;
use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use mandate_model::{Attachment, Content, Message};
use serde_json::json;
use sha2::Sha256;

use crate::{
    outbound::{Answer, Outbound, OutboundError, Request, Target},
    outward::{About, Address, Carrier, Parcel, Setback},
};

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// What a signature begins with.
const VERSION: &str = "v1,";
/// Most signatures of a request that are looked at.
const SIGNATURES: usize = 8;
/// How many bytes a secret has.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What requests to a webhook are signed with. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// A secret as it is written: `whsec_` and 24 to 64 bytes in base64. What is wrong is told without it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(|rest| BASE64.decode(rest.as_bytes()).ok());
        Self::from_bytes(bytes.unwrap_or_default())
    }

    /// A secret of 24 to 64 bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, String> {
        if SECRET_BYTES.contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(format!("a webhook's secret is `{PREFIX}` and 24 to 64 bytes in base64"))
        }
    }

    /// The bytes, for storing them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is written, for showing it once to who must have it.
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// The header `webhook-signature` of a request.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let signature = self.mac(id, seconds, body).map(|mac| mac.finalize().into_bytes());
        signature.map_or_else(String::new, |bytes| format!("{VERSION}{}", BASE64.encode(&bytes)))
    }

    /// Whether one of the signatures of the header `webhook-signature` is right: at most eight of them are looked at, and those
    /// of other versions are passed over. All bytes are compared, so that the time tells nothing.
    pub fn is_signed(&self, id: &str, seconds: i64, body: &[u8], signatures: &str) -> bool {
        let Some(mac) = self.mac(id, seconds, body) else { return false };
        let known = signatures.split(' ').filter_map(|one| one.strip_prefix(VERSION)).take(SIGNATURES);
        let sent = known.filter_map(|one| BASE64.decode(one.as_bytes()).ok());
        sent.fold(false, |signed, one| signed | mac.clone().verify_slice(&one).is_ok())
    }

    fn mac(&self, id: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        // A key of any length is one.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        Some(mac)
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// Where somebody gets requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Where to.
    pub target: Target,
    /// What they are signed with.
    pub secret: SigningSecret,
}

/// Brings parcels to webhooks.
pub struct Webhooks(Outbound);

impl Webhooks {
    /// Sends by this client.
    pub fn new(outbound: Outbound) -> Self {
        Self(outbound)
    }
}

#[async_trait]
impl Carrier for Webhooks {
    async fn carry(&self, parcel: &Parcel, to: &Address) -> Result<(), Setback> {
        let Address::Webhook(webhook) = to else { return Err(Setback::Never("this is no webhook".to_owned())) };
        let body = body(parcel).to_string().into_bytes();
        let seconds = parcel.now.div_euclid(1_000_000);
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", parcel.key.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", webhook.secret.sign(&parcel.key, seconds, &body)),
        ];
        // Whatever the answer says beside its status is nothing to us.
        let request = Request { method: hyper::Method::POST, target: &webhook.target, headers, body, most: 0 };
        match self.0.send(request).await {
            Ok(answer) => taken(&answer),
            Err(OutboundError::Unreached(..)) => Err(Setback::Later("it cannot be reached".to_owned())),
            Err(error @ OutboundError::Unanswered(..)) => Err(Setback::Unknown(error.to_string())),
            Err(error) => Err(Setback::Never(error.to_string())),
        }
    }
}

fn taken(answer: &Answer) -> Result<(), Setback> {
    match answer.status {
        200..=299 => Ok(()),
        status @ 300..=399 => Err(Setback::Never(format!("it answers {status}, and redirects are not followed"))),
        410 => Err(Setback::Never("it answers 410: it is gone".to_owned())),
        status => Err(Setback::Later(format!("it answers {status}"))),
    }
}

/// What is sent: the same bytes at each attempt.
fn body(parcel: &Parcel) -> serde_json::Value {
    let (kind, about) = match &parcel.about {
        About::Message { id, automation, run, finding } => {
            ("mandate.message", json!({ "id": id, "automation": automation, "run": run, "finding": finding }))
        }
        About::Notice(automation) => ("mandate.notice", json!({ "automation": automation })),
    };
    let Message { title, body, attachments } = &parcel.message;
    let attachments: Vec<_> = attachments.iter().map(attachment).collect();
    json!({
        "type": kind, "at": parcel.at, "data": { "about": about, "title": title, "body": body, "attachments": attachments },
    })
}

fn attachment(attachment: &Attachment) -> serde_json::Value {
    let Content::Inline(bytes) = &attachment.content;
    json!({ "name": attachment.name, "media_type": attachment.media_type, "base64": BASE64.encode(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_example_of_the_specification() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    }

    #[test]
    fn a_signature_is_found_among_others() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(secret.to_text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let wrong = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=";
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        let signed = |id, at, body: &[u8], signatures: &str| secret.is_signed(id, at, body, signatures);
        let seven = format!("{wrong} ").repeat(7);
        for fine in [right.to_owned(), format!("v1a,x v2,{right} {wrong} {right}"), format!("{seven}{right}")] {
            assert!(signed(id, at, body, &fine), "{fine}");
        }
        let cut = right.get(..40).unwrap();
        for bad in ["", "v1,", wrong, cut, right.strip_prefix("v1,").unwrap(), &format!("{seven}{wrong} {right}")] {
            assert!(!signed(id, at, body, bad), "{bad}");
        }
        assert!(!signed("msg", at, body, right) && !signed(id, at + 1, body, right) && !signed(id, at, b"{}", right));
        let other = SigningSecret::from_bytes(vec![7; 32]).unwrap();
        assert!(!other.is_signed(id, at, body, right));
    }

    #[test]
    fn what_is_no_secret_is_told_without_it() {
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            let told = SigningSecret::parse(wrong).unwrap_err();
            assert_eq!(told, "a webhook's secret is `whsec_` and 24 to 64 bytes in base64");
        }
    }
}
