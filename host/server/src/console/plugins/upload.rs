//! Uploading a component by a form, with its stages in sight.

use axum::{
    body::HttpBody as _,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use mandate_runtime::compile::Stage;
use maud::{Markup, html};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page;
use crate::{
    answer::{Page, SeeOther},
    app::App,
    body::{At, Piece, in_time, matches_token, takes},
    console::{
        automation::Agreed,
        frame::{Frame, Room, token},
    },
    guard::{Guard, Me, See, Upload},
    openapi::Doc,
    problem::{Problem, Trouble},
    session::Session,
    table::Table,
    uploads::{self, State},
};

/// Most bytes of a form that are let pass. More than are taken, so that a browser is done sending when it is told that it was too much.
const PASSED: usize = 4 * uploads::MOST;
/// Most bytes of the page's token.
const TOKEN: usize = 256;

pub(super) fn add(table: &mut Table) {
    table.post("/plugins", "Upload a component", upload);
    table.get("/uploads/{upload}", "How far an upload is", under_way);
}

/// One upload.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its id.
    upload: String,
}

/// A form with the page's token, and after it one file. It is read once it is known that its person may send one.
struct Sent(Request);

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        takes(&request, &["multipart/form-data"], "this takes `multipart/form-data`")?;
        Ok(Self(request))
    }
}

impl Piece for Sent {
    fn describe(doc: &mut Doc) {
        doc.is_form();
    }
}

impl Sent {
    /// The file.
    async fn read(self) -> Result<Vec<u8>, Problem> {
        let Self(mut request) = self;
        if usize::try_from(request.body().size_hint().lower()).map_or(true, |least| least > PASSED) {
            return Err(too_large());
        }
        let session = request.extensions().get::<Session>().cloned().ok_or(Trouble::StaleForm)?;
        DefaultBodyLimit::max(PASSED).apply(&mut request);
        let unread = |_| Trouble::Malformed("the form has no boundary".to_owned());
        let mut form = Multipart::from_request(request, &()).await.map_err(unread)?;
        if !next(&mut form, Some("csrf"), TOKEN).await?.is_some_and(|sent| is_token(&session, &sent)) {
            return Err(Trouble::StaleForm.into());
        }
        Ok(next(&mut form, None, uploads::MOST).await?.unwrap_or_default())
    }
}

fn is_token(session: &Session, sent: &[u8]) -> bool {
    std::str::from_utf8(sent).is_ok_and(|sent| matches_token(session, sent).is_ok())
}

/// The next field of the form; `None`: there is none, or it is not called `name`. What is more than `most` bytes is read and forgotten.
async fn next(form: &mut Multipart, name: Option<&str>, most: usize) -> Result<Option<Vec<u8>>, Problem> {
    let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? else { return Ok(None) };
    if name.is_some() && field.name() != name {
        return Ok(None);
    }
    let (mut bytes, mut fits) = (vec![], true);
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        fits = fits && bytes.len() + chunk.len() <= most;
        if fits {
            bytes.extend_from_slice(&chunk);
        }
    }
    if fits { Ok(Some(bytes)) } else { Err(too_large()) }
}

fn broken(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Trouble::Malformed("the form broke off, or is none".to_owned()).into(),
    }
}

fn too_large() -> Problem {
    Trouble::TooLarge(uploads::MOST).into()
}

/// Where one uploads. A file that is dropped on the field is chosen, by the browser itself.
pub(super) fn form(me: &Me, refused: Option<&str>) -> Markup {
    html! {
        form method="post" action="/plugins" enctype="multipart/form-data" {
            (token(me))
            div.field.drop {
                label for="file" { "Upload a component: drop it here, or choose a file" }
                p.quiet #about { "A WebAssembly component of at most " (uploads::MOST / 1_048_576) " MiB. Nothing runs before somebody agrees to it." }
                input type="file" id="file" name="file" accept=".wasm,application/wasm" required aria-describedby="about";
                @if let Some(refused) = refused { p.wrong role="alert" { (refused) } }
            }
            button.primary { "Upload" }
        }
    }
}

async fn upload(guard: Guard<Upload>, sent: Sent) -> Result<Agreed, Problem> {
    let (app, me) = (&guard.app, &guard.me);
    uploads::may(app, me).await?;
    match in_time(sent.read()).await? {
        Ok(bytes) => Ok(Agreed::There(SeeOther(format!("/uploads/{}", uploads::begin(app, me, bytes)?)))),
        Err(Problem(trouble)) if matches!(*trouble, Trouble::TooLarge(_)) => {
            let why = format!(
                "Not taken: it has more than {} bytes. Build it with optimisation for size and without debug information \
                 (--release, strip = true), and upload that.",
                uploads::MOST
            );
            let markup = page(app, me, Some(&why)).await?;
            Ok(Agreed::Again(Page::again(markup).with(StatusCode::PAYLOAD_TOO_LARGE)))
        }
        Err(problem) => Err(problem),
    }
}

async fn under_way(guard: Guard<See>, At(which): At<Which>) -> Result<Page, Problem> {
    const STAGES: [(Stage, &str); 4] = [
        (Stage::Received, "Received"),
        (Stage::Scanned, "Looked through"),
        (Stage::Compiled, "Compiled"),
        (Stage::Checked, "Checked"),
    ];
    let me = &guard.me;
    let state = guard.app.uploads.state(me.id(), &which.upload)?;
    let reached = match &state {
        State::UnderWay(stage) => STAGES.iter().position(|(one, _)| one == stage).map_or(0, |at| at + 1),
        State::Kept(_) => STAGES.len(),
        State::Refused(_) => 0,
    };
    let content = html! {
        @match &state {
            State::Refused(why) => {
                div.note.bad role="alert" { p { strong { "Not taken." } } p { (why.body.detail) } }
                p { a.button href="/plugins" { "Upload another" } }
            }
            _ => {
                // The page asks again by itself, and with scripts sooner.
                ol aria-live="polite" {
                    @for (at, (_, word)) in STAGES.iter().enumerate() {
                        li { @if at < reached { strong { (word) " ✓" } } @else { span.quiet { (word) } } }
                    }
                }
            }
        }
        @if let State::Kept(digest) = &state {
            p { a.button.primary href={ "/plugins/" (digest) } { "Look at what it could ask for" } }
        }
    };
    let above = [("/plugins", "Plugins")];
    let waits = matches!(state, State::UnderWay(_));
    let markup = Frame { me, room: Room::Plugins, above: &above, title: "Upload" }.page(&content);
    Ok(if waits { Page::ok(markup).again_in(1) } else { Page::ok(markup) })
}
