//! What is said when something does not work: RFC 9457 for programs, a page for people; never an engine's text or a secret.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use mandate_governance::Refused;
use mandate_runtime::{compile::CompilerFault, plugin::LoadError};
use mandate_service::ServiceError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{guard::Scope, oidc::SignInError, store::StoreError};

/// Why a request is not answered as it was meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// No session and no token that is in force. One text for what expired, was revoked, or never was.
    #[error("sign in first, or send a token that is in force")]
    NotSignedIn,
    /// A session and a token.
    #[error("send a token or the cookie of a session, not both: it could not be said who asks")]
    TwoMeans,
    /// A token that is not for this.
    #[error("this asks for the scope `{}`, which what you sent does not have: send a token that was made with it", .0.as_str())]
    Scope(Scope),
    /// Not signed for a hook, not in time, or there is no such hook. One text for all of it.
    #[error("this is not signed as a hook here asks for: look at its address, at what you sign with and at your clock")]
    NotSigned,
    /// Somebody could not sign in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// What only administrators of the site may do.
    #[error("only administrators of the site may do this")]
    NotAdmin,
    /// A form or a program of another site.
    #[error("this did not come from a page of this server: open the page here and try again")]
    CrossSite,
    /// A form without the token of the page.
    #[error("the page was too old or came from elsewhere: open it again and try again")]
    StaleForm,
    /// Not there, or not theirs to know of. One text for all of it.
    #[error("there is nothing here that you may see")]
    NotFound,
    /// The method does not exist here.
    #[error("this address does not take that method")]
    NoSuchMethod,
    /// The body, query or path cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// It is not what `If-Match` names.
    #[error("it was changed since you read it: read it again, and decide again")]
    Changed,
    /// More bytes than are taken.
    #[error("at most {0} bytes are taken here")]
    TooLarge(usize),
    /// Compressed or otherwise encoded.
    #[error("send it as it is: `Content-Encoding` and this `Content-Type` are not taken; {0}")]
    Unsupported(&'static str),
    /// Only who may make automations uploads plugins.
    #[error("only who may make automations uploads plugins; an administrator of the site can let you")]
    MayNotUpload,
    /// Too many uploads of theirs are under way.
    #[error("{0} uploads of yours are under way: wait until one is done")]
    TooManyUploads(usize),
    /// The same `Idempotency-Key` with something else.
    #[error(
        "this `Idempotency-Key` came with another request within 24 hours: make a new one for each thing that you ask for"
    )]
    OtherRequest,
    /// What has the same `Idempotency-Key` is not answered yet.
    #[error("the request that this one repeats is under way: ask again in a moment for its answer")]
    UnderWay,
    /// Too many answers are kept for them.
    #[error(
        "{0} requests of yours with an `Idempotency-Key` were answered within 24 hours, which is the most: wait, or send without one"
    )]
    TooManyKeys(i64),
    /// They listen to too many pages.
    #[error("{0} pages of yours are listened to already: close one first")]
    TooManyListeners(usize),
    /// Too many listen, all together.
    #[error("too many listen just now")]
    Crowded,
    /// A field is not right.
    #[error("{detail}")]
    Field {
        /// Which.
        field: String,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// What the service refused.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// The server's own store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's own fault.
    #[error("{0}")]
    Internal(String),
}

/// [`Trouble`] as a program is told it.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) Box<Trouble>);

/// The body of a problem: RFC 9457, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What kind of problem it is, in a few words.
    pub(crate) title: &'static str,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What happened, and what to do.
    pub(crate) detail: String,
    /// Stable, such as `M0404`.
    pub(crate) code: &'static str,
    /// The field that is not right, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// Whom it would come to run as by this, if that must be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) moves: Option<MovesBody>,
}

/// A problem as it is told, at once or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What is told of it.
    pub(crate) body: ProblemBody,
    /// After how many seconds to try again, where that may help.
    again: Option<u32>,
}

/// From whom to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MovesBody {
    /// Whom it runs as now; nobody yet if it is left out.
    from: Option<String>,
    /// Whom it would run as.
    to: String,
}

impl<T: Into<Trouble>> From<T> for Problem {
    fn from(trouble: T) -> Self {
        Self(Box::new(trouble.into()))
    }
}

impl Trouble {
    /// The kind of problem: status, code, title.
    pub(crate) fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "M0401", "not signed in"),
            Self::NotSigned => (StatusCode::UNAUTHORIZED, "M0408", "not signed"),
            Self::CrossSite | Self::StaleForm => (StatusCode::FORBIDDEN, "M0402", "not from here"),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "M0406", "not in the scope of the token"),
            Self::SignIn(SignInError::Provider(_)) | Self::Store(_) | Self::Crowded => UNAVAILABLE,
            Self::SignIn(_) => (StatusCode::FORBIDDEN, "M0407", "not signed in"),
            Self::NotFound => NOT_FOUND,
            Self::NoSuchMethod => (StatusCode::METHOD_NOT_ALLOWED, "M0405", "no such method"),
            Self::NotAdmin | Self::MayNotUpload => REFUSED,
            Self::OtherRequest => (StatusCode::UNPROCESSABLE_ENTITY, "M0423", "another request"),
            Self::UnderWay => (StatusCode::CONFLICT, "M0424", "under way"),
            Self::TooManyUploads(_) | Self::TooManyKeys(_) | Self::TooManyListeners(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "M0429", "too many at once")
            }
            Self::TwoMeans | Self::Malformed(_) => (StatusCode::BAD_REQUEST, "M0400", "cannot be read"),
            Self::Changed => CHANGED,
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "M0413", "too large"),
            Self::Unsupported(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "M0415", "not taken"),
            Self::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "M0422", "not right"),
            Self::Service(error) => service(error),
            Self::Internal(_) => INTERNAL,
        }
    }

    /// What is told: never what went wrong inside.
    pub(crate) fn told(&self) -> String {
        if let Self::Service(ServiceError::Plugin(LoadError::Compiler(fault))) = self
            && !matches!(fault, CompilerFault::NotStarted(_))
        {
            // It says itself when to try again, and nothing of the machine.
            return fault.to_string();
        }
        let (status, ..) = self.kind();
        match status {
            StatusCode::NOT_FOUND => Self::NotFound.to_string(),
            StatusCode::INTERNAL_SERVER_ERROR => {
                "something went wrong on the server; try again, and tell its operator if it stays so".to_owned()
            }
            StatusCode::SERVICE_UNAVAILABLE => "this cannot be done just now; try again in a moment".to_owned(),
            _ => self.to_string(),
        }
    }

    /// The field that is to blame.
    fn field(&self) -> Option<String> {
        match self {
            Self::Field { field, .. } => Some(field.clone()),
            Self::Service(ServiceError::Event(error)) => Some(error.field.to_owned()),
            _ => None,
        }
    }

    /// After how many seconds to try again, where that may help.
    fn again(&self) -> Option<u32> {
        match self {
            Self::Service(ServiceError::Plugin(LoadError::Compiler(fault))) if fault.is_passing() => Some(60),
            Self::UnderWay => Some(1),
            Self::TooManyKeys(_) => Some(3600),
            _ if self.kind().0 == StatusCode::SERVICE_UNAVAILABLE => Some(5),
            _ => None,
        }
    }

    /// The body of the problem.
    pub(crate) fn body(&self) -> ProblemBody {
        let (status, code, title) = self.kind();
        let field = self.field();
        let kind = format!("/problems/{code}");
        let moves = match self {
            Self::Service(ServiceError::Refused(Refused::WouldMove { from, to })) => {
                Some(MovesBody { from: from.as_ref().map(ToString::to_string), to: to.to_string() })
            }
            _ => None,
        };
        ProblemBody { kind, title, status: status.as_u16(), detail: self.told(), code, field, moves }
    }
}

type Kind = (StatusCode, &'static str, &'static str);

const NOT_FOUND: Kind = (StatusCode::NOT_FOUND, "M0404", "not found");
const INTERNAL: Kind = (StatusCode::INTERNAL_SERVER_ERROR, "M0500", "the server's fault");
const UNAVAILABLE: Kind = (StatusCode::SERVICE_UNAVAILABLE, "M0503", "not now");
const REFUSED: Kind = (StatusCode::FORBIDDEN, "M0403", "refused");
const CONFLICT: Kind = (StatusCode::CONFLICT, "M0409", "something else is so now");
const CHANGED: Kind = (StatusCode::PRECONDITION_FAILED, "M0412", "changed since");
const NOT_RIGHT: Kind = (StatusCode::UNPROCESSABLE_ENTITY, "M0422", "not right");

/// What kind of problem the service's refusal is. Each is named: a new one must be given a kind.
fn service(error: &ServiceError) -> Kind {
    use ServiceError as E;
    match error {
        E::Refused(refused) => governance(refused),
        E::Plugin(error) => plugin(error),
        E::Event(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.problem.code(), "the event is refused"),
        E::NoRow { .. } | E::NoMessage(_) | E::NoAttachment { .. } | E::NoRun(_) | E::NoEvent(_) | E::NotUnknown(_) => {
            NOT_FOUND
        }
        E::Changed => CHANGED,
        E::Unavailable(_) | E::Full | E::Locked | E::Disk(_) | E::Store(_) | E::Contended => UNAVAILABLE,
        E::NoPlugin(_)
        | E::NoVersion(_)
        | E::Version(_)
        | E::TooManyPeople { .. }
        | E::Settings(_)
        | E::Trigger(_)
        | E::Where(_)
        | E::Powers(_)
        | E::Preset(_)
        | E::Policies(_)
        | E::NoPrincipal(_)
        | E::NoWorkspace(_)
        | E::NoSuccessor(_)
        | E::NoDefaultSuccessor(_)
        | E::TooManySimulated { .. }
        | E::RevealReason(_) => NOT_RIGHT,
        E::NotAsThem { .. } | E::MayNotRetry => REFUSED,
        E::NoStore(_)
        | E::NotEmpty(_)
        | E::NoBackup { .. }
        | E::File { .. }
        | E::Beside(_)
        | E::InUse { .. }
        | E::Lock { .. }
        | E::Migrate(_)
        | E::Damaged(_)
        | E::Random(_)
        | E::Stale
        | E::OtherVerb => INTERNAL,
    }
}

/// What kind of problem an upload is. What failed on the host's side may well work later.
fn plugin(error: &LoadError) -> Kind {
    let status = match error {
        LoadError::Compiler(fault) if fault.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, error.code(), "the plugin is refused")
}

fn governance(refused: &Refused) -> Kind {
    use Refused as R;
    match refused {
        R::Unknown => NOT_FOUND,
        R::Exists(_)
        | R::Deleted
        | R::NotPublished { .. }
        | R::StaleDraft { .. }
        | R::Stale { .. }
        | R::Unpublished
        | R::RunsAsNobody(_)
        | R::WouldMove { .. }
        | R::NotConfirmed { .. } => CONFLICT,
        R::BadName => NOT_RIGHT,
        R::Denied { .. }
        | R::Lacks { .. }
        | R::OnlyRunAs { .. }
        | R::DoesNotMove
        | R::NotTheirs { .. }
        | R::NoTransfer(_)
        | R::NotOffered(_)
        | R::OwnerKind { .. }
        | R::NoCoOwners(_)
        | R::MembersFirst(_)
        | R::StillManages(_)
        | R::IsRunAs(_)
        | R::NotRunning(_)
        | R::MadeHere
        | R::NotMigrated { .. } => REFUSED,
    }
}

impl Problem {
    /// What is told of it. What is ours to put right is told to the operator, too, and whole.
    pub(crate) fn told(&self) -> Told {
        let told = Told { body: self.0.body(), again: self.0.again() };
        if told.body.status >= 500 {
            eprintln!("mandate: a request failed: {}", self.0);
        }
        told
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.told().into_response()
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let Self { body, again } = self;
        let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_string(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], text).into_response();
        if let Some(seconds) = again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use mandate_service::{EventProblem, ServiceError};

    use super::*;
    use crate::codes;

    /// One of each code that is made here, by hand.
    fn troubles() -> Vec<(Trouble, u16, &'static str)> {
        let refused = |refused: Refused| Trouble::Service(ServiceError::Refused(refused));
        vec![
            (Trouble::Malformed("x".to_owned()), 400, "M0400"),
            (Trouble::NotSignedIn, 401, "M0401"),
            (Trouble::CrossSite, 403, "M0402"),
            (Trouble::StaleForm, 403, "M0402"),
            (refused(Refused::MadeHere), 403, "M0403"),
            (Trouble::NotFound, 404, "M0404"),
            (refused(Refused::Unknown), 404, "M0404"),
            (Trouble::NoSuchMethod, 405, "M0405"),
            (refused(Refused::Deleted), 409, "M0409"),
            (Trouble::Changed, 412, "M0412"),
            (Trouble::TooLarge(1), 413, "M0413"),
            (Trouble::Unsupported("this takes forms"), 415, "M0415"),
            (Trouble::NotSigned, 401, "M0408"),
            (Trouble::OtherRequest, 422, "M0423"),
            (Trouble::UnderWay, 409, "M0424"),
            (Trouble::TooManyUploads(3), 429, "M0429"),
            (Trouble::TooManyKeys(3), 429, "M0429"),
            (Trouble::Field { field: "a".to_owned(), detail: "b".to_owned() }, 422, "M0422"),
            (refused(Refused::BadName), 422, "M0422"),
            (Trouble::TooManyUploads(2), 429, "M0429"),
            (Trouble::TooManyListeners(2), 429, "M0429"),
            (Trouble::Crowded, 503, "M0503"),
            (Trouble::Service(ServiceError::MayNotRetry), 403, "M0403"),
            (Trouble::Internal("secret".to_owned()), 500, "M0500"),
            (Trouble::Service(ServiceError::Damaged("secret".to_owned())), 500, "M0500"),
            (Trouble::Service(ServiceError::Full), 503, "M0503"),
        ]
    }

    fn compiler(fault: CompilerFault) -> Trouble {
        Trouble::Service(ServiceError::Plugin(LoadError::Compiler(fault)))
    }

    #[test]
    fn each_trouble_has_its_status_and_a_page() {
        for (trouble, status, code) in troubles() {
            let body = trouble.body();
            assert_eq!((body.status, body.code), (status, code), "{trouble:?}");
            assert_eq!(body.kind, format!("/problems/{code}"));
            assert!(!body.detail.contains("secret"), "{body:?}");
            assert!(codes::explained(code).is_some(), "{code}");
        }
    }

    #[test]
    fn plugins_and_events_keep_their_own_codes() {
        let plugin = |error| Trouble::Service(ServiceError::Plugin(error));
        let text = String::new;
        for (error, code) in [
            (LoadError::Refused(mandate_runtime::upload::Refused::NotWasm), "M0101"),
            (LoadError::Compile(text()), "M0151"),
            (LoadError::Link(text()), "M0152"),
            (LoadError::Describe(text()), "M0153"),
            (LoadError::Manifest(text()), "M0154"),
            (LoadError::Compiler(CompilerFault::Processor { seconds: 1 }), "M0156"),
            (LoadError::Compiler(CompilerFault::Memory { bytes: 1 }), "M0157"),
        ] {
            let body = plugin(error).body();
            assert_eq!((body.status, body.code), (422, code));
            assert!(codes::explained(code).is_some(), "{code}");
        }
        let problems = [
            (EventProblem::Malformed, "M0201"),
            (EventProblem::TooLarge, "M0202"),
            (EventProblem::UnknownType, "M0203"),
            (EventProblem::Subject, "M0204"),
            (EventProblem::Time, "M0205"),
            (EventProblem::Data, "M0206"),
            (EventProblem::Source, "M0207"),
        ];
        for (problem, code) in problems {
            let body = Trouble::Service(ServiceError::Event(problem.at("time", "leave it out"))).body();
            assert_eq!((body.status, body.code, body.field.as_deref()), (422, code, Some("time")));
            assert!(body.detail.contains("leave it out") && codes::explained(code).is_some(), "{code}");
        }
    }

    #[test]
    fn what_passes_says_when_to_try_again() {
        for (trouble, code, seconds) in [
            (Trouble::Service(ServiceError::Full), "M0503", "5"),
            (compiler(CompilerFault::Time { seconds: 1 }), "M0158", "60"),
            (compiler(CompilerFault::BrokeOff), "M0159", "60"),
            (compiler(CompilerFault::Busy), "M0160", "60"),
            (compiler(CompilerFault::NotStarted("secret".to_owned())), "M0161", "60"),
            (compiler(CompilerFault::Foreign), "M0162", "60"),
        ] {
            assert!(codes::explained(code).is_some(), "{code}");
            let body = trouble.body();
            assert_eq!((body.status, body.code), (503, code));
            assert!(!body.detail.contains("secret"), "{body:?}");
            let response = Problem::from(trouble).into_response();
            assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), seconds, "{code}");
        }
        let refused = Problem::from(Trouble::NotFound).into_response();
        assert_eq!(refused.headers().get(header::RETRY_AFTER), None);
    }

    #[test]
    fn every_code_has_one_page_in_order() {
        let all: Vec<_> = codes::ALL.iter().map(|one| one.code).collect();
        assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
        for code in mandate_runtime::upload::CODES {
            assert!(codes::explained(code).is_some(), "{code}");
        }
        for one in codes::ALL {
            assert!(one.means.ends_with('.') && one.advice.ends_with('.') && !one.title.is_empty(), "{one:?}");
        }
    }
}
