//! `/api/v1/hooks`: addresses at which systems of others say, signed, what happened.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use mandate_service::{
    EventProblem, ServiceError, check_type,
    cloud_event::{CloudEvent, MAX_EVENT, VERSION},
    json,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    at,
    intake::{self, TakenEvent},
    tokens::{admin, wrong},
};
use crate::{
    answer::{Answer, Done, Made, Reply},
    app::App,
    body::{At, Body, Piece, read, taken},
    cloud_events::{DOCUMENT, document},
    guard::{Guard, Me, Operate, Signed},
    hook::{self, Hook, Takes},
    openapi::Doc,
    problem::{Problem, Trouble},
    store::hooks::{MOST, NewHook},
    table::Table,
    token,
};

/// The hooks of the site.
#[derive(Debug, Serialize, ToSchema)]
struct HookList {
    /// The latest first.
    hooks: Vec<HookBody>,
}

/// One of them; never its secret.
#[derive(Debug, Serialize, ToSchema)]
struct HookBody {
    /// Such as `hook_…`. Its address is `/api/v1/hooks/hook_…`.
    id: String,
    /// What it is called.
    name: String,
    /// The source of its events.
    source: String,
    /// The type of its events; left out if its bodies are CloudEvents.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    /// Where in a body the subject stands: a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// When it was made.
    made: String,
    /// By whom.
    made_by: String,
    /// Until when the secret before this one counts; left out if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_until: Option<String>,
    /// When it was last used, to the minute; left out if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<String>,
}

impl From<Hook> for HookBody {
    fn from(hook: Hook) -> Self {
        let (event_type, subject) = match hook.takes {
            Takes::CloudEvents => (None, None),
            Takes::Own { event_type, subject } => (Some(event_type), subject),
        };
        let (old_until, used) = (hook.old_until.map(at), hook.used.map(at));
        let (id, name, source, made_by) = (hook.id, hook.name, hook.source, hook.made_by.to_string());
        Self { id, name, source, event_type, subject, made: at(hook.made), made_by, old_until, used }
    }
}

/// A new hook.
#[derive(Debug, Serialize, ToSchema)]
struct MadeHook {
    /// Its id.
    id: String,
    /// What its requests are signed with, such as `whsec_…`. It is shown this once.
    secret: String,
}

/// A hook with another secret.
#[derive(Debug, Serialize, ToSchema)]
struct RolledHook {
    /// What its requests are signed with from now on. It is shown this once.
    secret: String,
    /// Until when the secret before counts, too.
    old_until: String,
}

/// What a hook is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakingHook {
    /// By which administrators know it again.
    pub(crate) name: String,
    /// The source of its events.
    pub(crate) source: String,
    /// The type of its events, one of the platform's own. Left out, its bodies are CloudEvents.
    #[serde(rename = "type")]
    pub(crate) event_type: Option<String>,
    /// With a type: where in a body its subject stands, `dataset/id`, as a JSON pointer. Left out, its events are about no row.
    pub(crate) subject: Option<String>,
}

/// How a secret is to be rolled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RollingHook {
    /// How many hours the secret before counts beside the new one: 0 to 168.
    hours: u16,
}

/// One hook.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id, such as `hook_…`.
    hook: String,
}

/// What was sent to a hook, as it is signed.
struct Posted {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl FromRequest<App> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        Ok(Self { headers, body: read(request, MAX_EVENT).await? })
    }
}

impl Piece for Posted {
    fn describe(doc: &mut Doc) {
        doc.takes_bytes(&DOCUMENT);
        doc.header("webhook-id", "which event, without a dot: what comes again with it is the same event");
        doc.header("webhook-timestamp", "when it was sent, in seconds since 1970: at most five minutes from now");
        doc.header(
            "webhook-signature",
            "`v1,` and the HMAC-SHA256 over id, timestamp and body in base64; more after spaces",
        );
        doc.refuses("400", "it cannot be read");
        doc.refuses("413", "too large");
        doc.refuses("415", "a type or encoding that is not taken");
        doc.refuses("422", "the event is refused; the code says why");
    }
}

/// What became of the event of a hook.
struct Received(TakenEvent);

impl IntoResponse for Received {
    fn into_response(self) -> Response {
        intake::Taken::One(self.0).into_response()
    }
}

impl Answer for Received {
    fn describe(doc: &mut Doc) {
        doc.answers::<TakenEvent>("202", "stored");
    }
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/hooks", "The hooks of the site: as an administrator", list);
    table.post("/api/v1/hooks", "Make a hook: as an administrator", make_one);
    table.post("/api/v1/hooks/{hook}", "Say, signed, what happened; answered once it is stored", receive);
    table.add(Method::DELETE, "/api/v1/hooks/{hook}", "Remove a hook: as an administrator", remove);
    table.post("/api/v1/hooks/{hook}/roll", "Give a hook another secret: as an administrator", roll);
}

async fn list(guard: Guard<Operate>) -> Result<Reply<HookList>, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    let hooks = app.store.hooks(&app.options.site, app.clock.now()).await?;
    Ok(Reply(HookList { hooks: hooks.into_iter().map(HookBody::from).collect() }))
}

async fn make_one(guard: Guard<Operate>, Body(making): Body<MakingHook>) -> Result<Made<MadeHook>, Problem> {
    let Guard { me, app, .. } = guard;
    let (id, secret) = make(&app, &me, &making).await?;
    Ok(Made { at: format!("/api/v1/hooks/{id}"), what: MadeHook { id, secret } })
}

/// Makes a hook, as an administrator: its id and its secret.
pub(crate) async fn make(app: &App, me: &Me, making: &MakingHook) -> Result<(String, String), Problem> {
    admin(me)?;
    let name = token::name(&making.name).map_err(|why| wrong("name", why))?;
    let source = token::source(&making.source).map_err(|why| wrong("source", why))?;
    let takes = takes(making)?;
    let id = hook::new_id().map_err(|error| Trouble::Internal(error.to_string()))?;
    let (secret, sealed) = app.hooks.make(&id)?;
    let (site, made_by, takes) = (&app.options.site, me.id(), &takes);
    let new = NewHook { id: &id, site, name, source, takes, sealed: &sealed, made_by };
    if app.store.make_hook(&new, app.clock.now()).await? {
        Ok((id, secret))
    } else {
        Err(wrong("name", format!("{MOST} hooks are the most: remove one first")))
    }
}

fn takes(making: &MakingHook) -> Result<Takes, Problem> {
    let subject = making.subject.as_deref().map(hook::pointer).transpose().map_err(|why| wrong("subject", why))?;
    match (&making.event_type, subject) {
        (None, None) => Ok(Takes::CloudEvents),
        (None, Some(_)) => {
            Err(wrong("subject", "CloudEvents say it themselves: leave it out, or name a type".to_owned()))
        }
        (Some(event_type), subject) => {
            check_type(event_type).map_err(|error| wrong("type", error.to_string()))?;
            Ok(Takes::Own { event_type: event_type.clone(), subject: subject.map(str::to_owned) })
        }
    }
}

async fn roll(
    guard: Guard<Operate>,
    At(which): At<Which>,
    Body(rolling): Body<RollingHook>,
) -> Result<Reply<RolledHook>, Problem> {
    let Guard { me, app, .. } = guard;
    let (secret, old_until) = roll_one(&app, &me, &which.hook, rolling.hours).await?;
    Ok(Reply(RolledHook { secret, old_until: at(old_until) }))
}

/// Gives a hook another secret, as an administrator: the secret, and until when the one before counts.
pub(crate) async fn roll_one(app: &App, me: &Me, id: &str, hours: u16) -> Result<(String, i64), Problem> {
    admin(me)?;
    let old_until = hook::old_until(hours, app.clock.now()).map_err(|why| wrong("hours", why))?;
    let (secret, sealed) = app.hooks.make(id)?;
    let rolled = app.store.roll_hook(&app.options.site, id, &sealed, old_until).await?;
    if rolled { Ok((secret, old_until)) } else { Err(Trouble::NotFound.into()) }
}

async fn remove(guard: Guard<Operate>, At(which): At<Which>) -> Result<Done, Problem> {
    let Guard { me, app, .. } = guard;
    admin(&me)?;
    let removed = app.store.remove_hook(&app.options.site, &which.hook).await?;
    if removed { Ok(Done) } else { Err(Trouble::NotFound.into()) }
}

async fn receive(signed: Signed, At(which): At<Which>, posted: Posted) -> Result<Received, Problem> {
    let Signed { app } = signed;
    let Posted { headers, body } = posted;
    let (hook, id) = hook::admitted(&app, &which.hook, &headers, &body).await?;
    let event = match hook.takes {
        Takes::CloudEvents => {
            taken(&headers, &DOCUMENT, "this hook takes CloudEvents: `application/cloudevents+json`")?;
            document(&body).map(|event| CloudEvent { id, ..event })
        }
        Takes::Own { event_type, subject } => {
            let subject = match subject {
                None => None,
                Some(pointer) => {
                    taken(&headers, &["application/json"], "this hook takes `application/json`")?;
                    Some(subject_at(&body, &pointer)?)
                }
            };
            Ok(CloudEvent {
                specversion: VERSION.to_owned(),
                event_type,
                source: hook.source.clone(),
                id,
                subject,
                time: None,
                datacontenttype: None,
                data: None,
            })
        }
    };
    intake::one(&app, &hook.source, event).await.map(Received)
}

/// What stands in a body where its subject is; nothing else of it is kept.
fn subject_at(body: &[u8], pointer: &str) -> Result<String, Problem> {
    let none = |message: String| Problem::from(ServiceError::Event(EventProblem::Subject.at("subject", message)));
    let text = std::str::from_utf8(body).map_err(|_| none("the body is no text in UTF-8".to_owned()))?;
    let json = json::value(text).map_err(|error| none(format!("the body is no JSON: {error}")))?;
    let found = json.pointer(pointer).and_then(serde_json::Value::as_str);
    found.map(str::to_owned).ok_or_else(|| none(format!("`{pointer}` of the body is no text such as `deals/1001`")))
}
