//! `/problems/{code}`: what a code means and what to do. Everybody may read it, signed in or not.

use maud::html;
use serde::Deserialize;
use utoipa::IntoParams;

use super::frame::bare;
use crate::{
    answer::Page,
    body::At,
    codes::{self, Explained},
    guard::{Enter, Open},
    problem::{Problem, Trouble},
    table::Table,
};

pub(super) fn add(table: &mut Table) {
    table.get("/problems", "Every code of a problem", list);
    table.get("/problems/{code}", "What a code means, and what to do", one);
}

/// Which one.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Its code, such as `M0404`.
    code: String,
}

async fn list(_: Open<Enter>) -> Result<Page, Problem> {
    let content = html! {
        ul {
            @for Explained { code, title, .. } in codes::ALL {
                li { a href={ "/problems/" (code) } { (code) } ": " (title) }
            }
        }
    };
    Ok(Page::ok(bare("Codes of problems", &content)))
}

async fn one(_: Open<Enter>, At(which): At<Which>) -> Result<Page, Problem> {
    let Explained { code, title, means, advice } = codes::explained(&which.code).ok_or(Trouble::NotFound)?;
    let content = html! {
        p { (means) }
        h2 { "What to do" }
        p { (advice) }
        p.quiet { a href="/problems" { "All codes" } }
    };
    Ok(Page::ok(bare(&format!("{code}: {title}"), &content)))
}
