//! What is said when something does not work: RFC 9457 for programs, a page for people; never an engine's text or a secret.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use mandate_governance::Refused;
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
            Self::CrossSite | Self::StaleForm => (StatusCode::FORBIDDEN, "M0402", "not from here"),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "M0406", "not in the scope of the token"),
            Self::SignIn(SignInError::Provider(_)) | Self::Store(_) => UNAVAILABLE,
            Self::SignIn(_) => (StatusCode::FORBIDDEN, "M0407", "not signed in"),
            Self::NotFound => NOT_FOUND,
            Self::NoSuchMethod => (StatusCode::METHOD_NOT_ALLOWED, "M0405", "no such method"),
            Self::NotAdmin | Self::MayNotUpload => REFUSED,
            Self::TooManyUploads(_) => (StatusCode::TOO_MANY_REQUESTS, "M0429", "too many at once"),
            Self::TwoMeans | Self::Malformed(_) => (StatusCode::BAD_REQUEST, "M0400", "cannot be read"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "M0413", "too large"),
            Self::Unsupported(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "M0415", "not taken"),
            Self::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "M0422", "not right"),
            Self::Service(error) => service(error),
            Self::Internal(_) => INTERNAL,
        }
    }

    /// What is told: never what went wrong inside.
    pub(crate) fn told(&self) -> String {
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

    /// The body of the problem.
    pub(crate) fn body(&self) -> ProblemBody {
        let (status, code, title) = self.kind();
        let field = if let Self::Field { field, .. } = self { Some(field.clone()) } else { None };
        let kind = format!("/problems/{code}");
        ProblemBody { kind, title, status: status.as_u16(), detail: self.told(), code, field }
    }
}

type Kind = (StatusCode, &'static str, &'static str);

const NOT_FOUND: Kind = (StatusCode::NOT_FOUND, "M0404", "not found");
const INTERNAL: Kind = (StatusCode::INTERNAL_SERVER_ERROR, "M0500", "the server's fault");
const UNAVAILABLE: Kind = (StatusCode::SERVICE_UNAVAILABLE, "M0503", "not now");
const REFUSED: Kind = (StatusCode::FORBIDDEN, "M0403", "refused");
const CONFLICT: Kind = (StatusCode::CONFLICT, "M0409", "something else is so now");
const NOT_RIGHT: Kind = (StatusCode::UNPROCESSABLE_ENTITY, "M0422", "not right");

/// What kind of problem the service's refusal is.
fn service(error: &ServiceError) -> Kind {
    use ServiceError as E;
    match error {
        E::Refused(refused) => governance(refused),
        E::NoRow { .. } | E::NoMessage(_) | E::NoAttachment { .. } | E::NoRun(_) | E::NoEvent(_) | E::NotUnknown(_) => {
            NOT_FOUND
        }
        E::Unavailable(_) | E::Full | E::Locked | E::Disk(_) | E::Store(_) | E::Contended => UNAVAILABLE,
        E::NoPlugin(_)
        | E::Version(_)
        | E::TooManyPeople { .. }
        | E::Settings(_)
        | E::Trigger(_)
        | E::Event(_)
        | E::Where(_)
        | E::Powers(_)
        | E::Preset(_)
        | E::Policies(_)
        | E::NoPrincipal(_)
        | E::NoWorkspace(_)
        | E::NoSuccessor(_)
        | E::NoDefaultSuccessor(_)
        | E::Plugin(_)
        | E::TooManySimulated { .. }
        | E::RevealReason(_) => NOT_RIGHT,
        E::NotAsThem { .. } => REFUSED,
        _ => INTERNAL,
    }
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
        _ => REFUSED,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.0.body();
        if body.status >= 500 {
            eprintln!("mandate: a request failed: {}", self.0);
        }
        let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_string(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], text).into_response()
    }
}
