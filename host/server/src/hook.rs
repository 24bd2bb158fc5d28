//! Hooks: addresses at which systems of others say what happened, signed as [Standard Webhooks](https://www.standardwebhooks.com) has
//! it. Who cannot sign is told nothing, not even whether there is such a hook (W07).

use axum::http::HeaderMap;
use mandate_model::PrincipalId;
use mandate_service::webhook::SigningSecret;

use crate::{
    app::App,
    problem::{Problem, Trouble},
    seal::Seal,
    secret::{NoRandom, id, random_bytes},
};

/// How far the time of a request may be from ours, both ways: seconds.
const TOLERANCE: i64 = 300;
/// Most hours that an old secret counts beside the new one.
pub(crate) const MOST_HOURS: u16 = 168;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// Most bytes of a pointer.
const POINTER: usize = 200;

/// A hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hook {
    /// Its id, which is part of its address and no secret.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: String,
    /// The source of its events.
    pub(crate) source: String,
    /// What its bodies are.
    pub(crate) takes: Takes,
    /// When it was made.
    pub(crate) made: i64,
    /// By whom.
    pub(crate) made_by: PrincipalId,
    /// Until when the secret before this one counts.
    pub(crate) old_until: Option<i64>,
    /// When it was last used, to the minute.
    pub(crate) used: Option<i64>,
}

/// What the bodies of a hook are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Takes {
    /// CloudEvents, one each.
    CloudEvents,
    /// Something of their own: each is an event of one type, and nothing of it is kept.
    Own {
        /// The type.
        event_type: String,
        /// Where in a body its subject stands, `dataset/id`: a JSON pointer.
        subject: Option<String>,
    },
}

/// The secrets of a hook as they are kept.
pub(crate) struct Sealed {
    /// The one that counts.
    pub(crate) secret: String,
    /// The one before, while it counts.
    pub(crate) old: Option<String>,
}

/// What seals the secrets of hooks, and stands in for those of a hook that is not there.
pub(crate) struct HookSecrets {
    seal: Seal,
    decoy: String,
}

/// The id for which the secret is sealed that nobody has.
const NOBODY: &str = "";

impl HookSecrets {
    /// With this key.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Trouble> {
        let seal = Seal::new(key)?;
        let decoy = random_bytes::<32>().map_err(|error| unseen(&error))?;
        let decoy = seal.seal(NOBODY, &decoy)?;
        Ok(Self { seal, decoy })
    }

    /// A new secret for the hook `id`: as it is shown once, and as it is kept.
    pub(crate) fn make(&self, id: &str) -> Result<(String, String), Trouble> {
        let secret = SigningSecret::from_bytes(random_bytes::<32>().map_err(|error| unseen(&error))?.to_vec());
        let secret = secret.map_err(Trouble::Internal)?;
        Ok((secret.to_text(), self.seal.seal(id, secret.as_bytes())?))
    }

    /// Two secrets, always: where there is none, one that nobody has, so that the same is done.
    fn open(&self, hook: Option<(&Hook, &Sealed)>) -> Option<[SigningSecret; 2]> {
        let open = |(id, sealed): (&str, &str)| SigningSecret::from_bytes(self.seal.open(id, sealed)?).ok();
        let decoy = (NOBODY, self.decoy.as_str());
        let secret = hook.map(|(hook, sealed)| (hook.id.as_str(), sealed.secret.as_str()));
        let old = hook.and_then(|(hook, sealed)| Some((hook.id.as_str(), sealed.old.as_deref()?)));
        // One that was sealed with the key of another store is nobody's, too.
        let any = |kept: Option<_>| open(kept.unwrap_or(decoy)).or_else(|| open(decoy));
        Some([any(secret)?, any(old)?])
    }
}

fn unseen(error: &NoRandom) -> Trouble {
    Trouble::Internal(error.to_string())
}

/// What a request says of itself.
struct Claim<'h> {
    id: &'h str,
    seconds: i64,
    signatures: &'h str,
}

impl<'h> Claim<'h> {
    fn of(headers: &'h HeaderMap) -> Option<Self> {
        let one = |name| {
            let mut all = headers.get_all(name).iter();
            all.next().filter(|_| all.next().is_none())?.to_str().ok()
        };
        let at = one("webhook-timestamp")?;
        let seconds: i64 = at.parse().ok().filter(|seconds: &i64| seconds.to_string() == at)?;
        // What is signed is joined by dots: with one in the id it could be taken apart in two ways.
        let id = one("webhook-id").filter(|id| !id.contains('.'))?;
        Some(Self { id, seconds, signatures: one("webhook-signature")? })
    }

    fn is_of(&self, secrets: &[SigningSecret; 2], body: &[u8]) -> bool {
        let signed = |secret: &SigningSecret| secret.is_signed(self.id, self.seconds, body, self.signatures);
        let [new, old] = secrets.each_ref().map(signed);
        new | old
    }
}

/// The hook that a request is signed for, and the id that it gives itself. Whatever is wrong, it is told the same.
pub(crate) async fn admitted(
    app: &App,
    hook: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Hook, String), Problem> {
    let now = app.clock.now();
    let found = app.store.hook(&app.options.site, hook, now).await?;
    let secrets = app.hooks.open(found.as_ref().map(|(hook, sealed)| (hook, sealed)));
    let claim = Claim::of(headers);
    let signed = claim.as_ref().zip(secrets).is_some_and(|(claim, secrets)| claim.is_of(&secrets, body));
    match (found, claim) {
        (Some((hook, _)), Some(claim))
            if signed && (now.div_euclid(1_000_000) - claim.seconds).unsigned_abs() <= TOLERANCE.unsigned_abs() =>
        {
            app.store.hook_used(&hook, now).await?;
            Ok((hook, claim.id.to_owned()))
        }
        _ => Err(Trouble::NotSigned.into()),
    }
}

/// A new id.
pub(crate) fn new_id() -> Result<String, NoRandom> {
    id("hook_")
}

/// Until when the secret before counts.
pub(crate) fn old_until(hours: u16, now: i64) -> Result<i64, String> {
    if hours <= MOST_HOURS {
        Ok(now.saturating_add(i64::from(hours) * HOUR))
    } else {
        Err(format!("the secret before counts for 0 to {MOST_HOURS} hours"))
    }
}

/// What is asked of a JSON pointer (RFC 6901).
pub(crate) fn pointer(text: &str) -> Result<&str, String> {
    let escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if text.starts_with('/') && text.len() <= POINTER && escaped && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(format!(
            "write a JSON pointer of at most {POINTER} bytes such as `/order/ref`, to where `dataset/id` stands in the body"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_one_of_rfc_6901() {
        for fine in ["/", "/a", "/a/0/b", "/a~0b~1c", "/é"] {
            assert_eq!(pointer(fine), Ok(fine));
        }
        let told =
            "write a JSON pointer of at most 200 bytes such as `/order/ref`, to where `dataset/id` stands in the body";
        for wrong in ["", "a", "#/a", "/a~", "/a~2", "/a\n", &"/a".repeat(101)] {
            assert_eq!(pointer(wrong), Err(told.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn an_old_secret_counts_for_a_week_at_most() {
        assert_eq!((old_until(0, 5), old_until(168, 0)), (Ok(5), Ok(604_800_000_000)));
        assert_eq!(old_until(169, 0), Err("the secret before counts for 0 to 168 hours".to_owned()));
    }

    #[test]
    fn there_are_always_two_secrets() {
        let secrets = HookSecrets::new(&[7; 32]).unwrap();
        let nobody = secrets.open(None).unwrap();
        assert_eq!(nobody[0], nobody[1]);
        assert_ne!(HookSecrets::new(&[7; 32]).unwrap().open(None).unwrap()[0], nobody[0]);
        let (text, secret) = secrets.make("hook_a").unwrap();
        let hook = Hook {
            id: "hook_a".to_owned(),
            name: String::new(),
            source: String::new(),
            takes: Takes::CloudEvents,
            made: 0,
            made_by: PrincipalId::parse("user:ana").unwrap(),
            old_until: None,
            used: None,
        };
        let opened = secrets.open(Some((&hook, &Sealed { secret: secret.clone(), old: None }))).unwrap();
        assert_eq!((opened[0].to_text(), &opened[1]), (text, &nobody[0]));
        let moved = Hook { id: "hook_b".to_owned(), ..hook };
        let opened = secrets.open(Some((&moved, &Sealed { secret, old: None }))).unwrap();
        assert_eq!(opened, nobody, "it is sealed for its hook");
    }
}
