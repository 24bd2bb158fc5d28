//! `/api/v1/me`: who asks, what runs and reads as them, and how they want to be told.

use mandate_model::AutomationId;
use mandate_service::{Teller, Wish};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::automations::AutomationSummary;
use crate::{
    answer::{Done, Reply},
    body::{At, Body},
    guard::{Guard, Own, See},
    problem::{Problem, Trouble},
    table::Table,
};

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeBody {
    /// Their id, such as `user:ana`.
    id: String,
    /// What they are called.
    name: String,
    /// Their language (BCP 47).
    locale: String,
    /// Their time zone (IANA).
    time_zone: String,
    /// Their site, such as `acme`.
    site: String,
    /// The teams that they are in, however deep.
    teams: Vec<String>,
    /// Whether they are an administrator of the whole site.
    site_admin: bool,
}

pub(super) fn add(table: &mut Table) {
    table.get("/api/v1/me", "Who you are here", me);
    table.get("/api/v1/me/automations", "What runs as you, and what tells you something", automations);
    table.add(
        axum::http::Method::PUT,
        "/api/v1/me/wishes/{automation}",
        "Say how you want to be told by an automation",
        set_wish,
    );
}

async fn me(guard: Guard<See>) -> Result<Reply<MeBody>, Problem> {
    let (principal, standing) = (guard.me.principal, guard.me.standing);
    Ok(Reply(MeBody {
        id: principal.id.to_string(),
        name: principal.name,
        locale: principal.locale,
        time_zone: principal.time_zone,
        site: standing.site.to_string(),
        teams: standing.teams.iter().map(ToString::to_string).collect(),
        site_admin: standing.is_site_admin(),
    }))
}

/// What is done as you.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MyAutomations {
    /// What runs as you.
    runs_as: Vec<AutomationSummary>,
    /// What tells you something, or may; of what you may not see, only what told you something.
    tells: Vec<TellerBody>,
}

/// An automation that tells you something, or may.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TellerBody {
    /// Its id.
    automation: String,
    /// What it is called.
    name: String,
    /// Whether you may see it.
    sees: bool,
    /// Who is named as its recipient: you, or a team of yours. Left out where nobody is by name, or you may not see it.
    through: Option<String>,
    /// Whether it reads as you, so that what it tells you is made from what you may see; if not, it is made from what the principal
    /// that it runs as may see. Left out where it tells you nothing now, or you may not see it.
    reads: Option<bool>,
    /// How you want to be told.
    wish: WishBody,
}

impl From<Teller> for TellerBody {
    fn from(teller: Teller) -> Self {
        Self {
            automation: teller.automation.to_string(),
            name: teller.name,
            sees: teller.sees,
            through: teller.through.map(|who| who.to_string()),
            reads: teller.reads,
            wish: teller.wish.into(),
        }
    }
}

/// How somebody wants to be told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WishBody {
    /// In the inbox, and by every way that they have.
    Told,
    /// In the inbox, as read; nothing goes out by mail or webhook.
    Muted,
    /// Not at all.
    OptedOut,
}

impl From<Wish> for WishBody {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Told => Self::Told,
            Wish::Muted => Self::Muted,
            Wish::OptedOut => Self::OptedOut,
        }
    }
}

impl From<WishBody> for Wish {
    fn from(wish: WishBody) -> Self {
        match wish {
            WishBody::Told => Self::Told,
            WishBody::Muted => Self::Muted,
            WishBody::OptedOut => Self::OptedOut,
        }
    }
}

async fn automations(guard: Guard<See>) -> Result<Reply<MyAutomations>, Problem> {
    let (me, service) = (guard.me.id(), &guard.app.service);
    let runs_as = service.inventory(me, Some(me)).await?.runs_as;
    let tells = service.tellers(me).await?;
    Ok(Reply(MyAutomations {
        runs_as: runs_as.into_iter().map(AutomationSummary::from).collect(),
        tells: tells.into_iter().map(TellerBody::from).collect(),
    }))
}

/// Of which automation.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Its id, such as `aut_…`.
    automation: String,
}

/// What you want.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wishing {
    /// How you want to be told from now on.
    wish: WishBody,
}

async fn set_wish(guard: Guard<Own>, At(which): At<Which>, Body(wishing): Body<Wishing>) -> Result<Done, Problem> {
    let id = AutomationId::parse(&which.automation).map_err(|_| Trouble::NotFound)?;
    guard.app.service.set_wish(guard.me.id(), &id, wishing.wish.into()).await?;
    Ok(Done)
}
