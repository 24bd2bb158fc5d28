//! A field that somebody fills in: what is wrong with it stands beside it, with what they typed kept.

use axum::http::StatusCode;
use mandate_governance::Refused;
use mandate_service::ServiceError;
use maud::{Markup, html};

use crate::problem::{Problem, Trouble};

/// What somebody typed that was not taken.
#[derive(Debug)]
pub(super) struct Kept {
    /// Of which form, as its field is called by its id.
    pub(super) of: &'static str,
    /// As they typed it.
    pub(super) typed: String,
    /// What is wrong with it, and what to do.
    pub(super) why: String,
    /// What the page is answered with.
    pub(super) status: StatusCode,
}

impl Kept {
    /// What was `typed` in the form `of`, if that is what the problem is about; the problem, if it is about anything else.
    pub(super) fn of(of: &'static str, typed: &str, problem: Problem) -> Result<Self, Problem> {
        if !is_of_a_field(&problem.0) {
            return Err(problem);
        }
        let (status, why) = (problem.0.kind().0, problem.0.told());
        Ok(Self { of, typed: typed.to_owned(), why, status })
    }
}

/// Whether a problem is about what somebody typed, and can be put right by typing something else.
fn is_of_a_field(trouble: &Trouble) -> bool {
    use Refused as R;
    match trouble {
        Trouble::Field { .. } | Trouble::Service(ServiceError::NoPrincipal(_)) => true,
        Trouble::Service(ServiceError::Refused(refused)) => matches!(
            refused,
            R::BadName
                | R::OwnerKind { .. }
                | R::NoCoOwners(_)
                | R::MembersFirst(_)
                | R::StillManages(_)
                | R::IsRunAs(_)
        ),
        _ => false,
    }
}

/// What is wrong with the control of this id, beside it.
pub(super) fn wrong(id: &str, why: Option<&str>) -> Markup {
    html! { @if let Some(why) = why { p.wrong id={ (id) "-wrong" } role="alert" { (why) } } }
}

/// What a control says of itself to who cannot see it beside it: `aria-invalid` and `aria-describedby`.
pub(super) fn marks(id: &str, why: Option<&str>) -> (Option<&'static str>, Option<String>) {
    (why.map(|_| "true"), why.map(|_| format!("{id}-wrong")))
}

/// A line to type in.
pub(super) struct Line<'a> {
    /// Its id in the page.
    pub(super) id: &'static str,
    /// Its name in the form.
    pub(super) name: &'a str,
    /// What it is for.
    pub(super) label: &'a str,
    /// Such as what.
    pub(super) hint: &'a str,
}

impl Line<'_> {
    /// The line with its label; with what was typed in it and what is wrong with that, if `kept` is of it.
    pub(super) fn markup(&self, kept: Option<&Kept>) -> Markup {
        let Line { id, name, label, hint } = self;
        let kept = kept.filter(|kept| kept.of == *id);
        let why = kept.map(|kept| kept.why.as_str());
        let (invalid, described) = marks(id, why);
        html! {
            label for=(id) { (label) }
            input type="text" id=(id) name=(name) placeholder=(hint) required autocomplete="off"
                value=[kept.map(|kept| &kept.typed)] aria-invalid=[invalid] aria-describedby=[described];
            (wrong(id, why))
        }
    }
}
