//! What an entry of the audit tells. Identities, versions and outcomes only: what a guest read, wrote or said is never in it.

use mandate_governance::{Happening, SiteChoices};
use mandate_model::{AutomationId, Change, Effect, EventId, Field, PrincipalId, RunId, SiteId, Subject, VersionId};
use serde::{Deserialize, Serialize};

use crate::{
    store::{
        part::{PartKind, PartState},
        retention::Kind,
    },
    wishes::Wish,
};

/// What is audited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Audited {
    /// The audit began. What was in the store before follows, as it was found.
    Begun,
    /// Something happened to an automation: consent, ownership, everything.
    Automation {
        /// The number of its happening.
        number: i64,
        /// To which.
        automation: AutomationId,
        /// Who asked for it; `None`: the host or the operator.
        actor: Option<PrincipalId>,
        /// What.
        happening: Happening,
    },
    /// A site is governed otherwise.
    Site {
        /// The number in the site's history.
        number: i64,
        /// Which.
        site: SiteId,
        /// Who asked for it; `None`: the operator.
        actor: Option<PrincipalId>,
        /// How.
        choices: Box<SiteChoices>,
    },
    /// A run ended before anybody had a part in it.
    Run {
        /// What ran.
        of: Of,
        /// `withheld` or `dead`.
        outcome: String,
    },
    /// A part of a run ended.
    Part {
        /// What ran.
        of: Of,
        /// Its id.
        part: String,
        /// Which part.
        kind: PartKind,
        /// As whom.
        principal: PrincipalId,
        /// How.
        outcome: PartState,
    },
    /// A platform was changed.
    Effect {
        /// What ran.
        of: Of,
        /// The act part that asked for it.
        part: String,
        /// Which of its effects, from 0: the key is `run/part/sequence`.
        sequence: u32,
        /// As whom.
        principal: PrincipalId,
        /// What; `None`: what is stored of it could not be read.
        deed: Option<Deed>,
        /// The row that was made or changed.
        row: Option<String>,
    },
    /// Somebody had what failed of a run for good tried again.
    Retried {
        /// Of which automation.
        automation: AutomationId,
        /// Of which run.
        run: RunId,
        /// Who.
        actor: PrincipalId,
    },
    /// Somebody wants to be told otherwise by an automation.
    Wish {
        /// By which.
        automation: AutomationId,
        /// Who.
        person: PrincipalId,
        /// How.
        wish: Wish,
    },
    /// A token was made, or revoked: never the token itself.
    Token {
        /// Its id.
        token: String,
        /// Who asks with it; `None`: a source of events of the site.
        holder: Option<PrincipalId>,
        /// Who made or revoked it.
        actor: PrincipalId,
        /// Which of both.
        became: TokenBecame,
    },
    /// All tokens of a person were revoked.
    TokensRevoked {
        /// Whose.
        holder: PrincipalId,
        /// Who did.
        actor: PrincipalId,
    },
    /// How long something is kept was set.
    Retention {
        /// What.
        kind: Kind,
        /// For how many days; `None`: for ever.
        days: Option<u32>,
    },
    /// What was old was purged.
    Purged {
        /// How much of what.
        purged: crate::upkeep::Purged,
    },
    /// A person was forgotten: whom is not told.
    Forgotten {
        /// How much of what.
        forgotten: crate::upkeep::Forgotten,
    },
    /// The store was restored from a backup; whatever followed the entry before this one is gone.
    Restored {
        /// When the backup was made: microseconds since 1970-01-01T00:00:00Z.
        made_at: i64,
    },
}

/// What became of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenBecame {
    /// It was made, for these scopes and until then: microseconds since 1970-01-01T00:00:00Z.
    Made {
        /// What it is for.
        scopes: Vec<String>,
        /// Until when it counts.
        expires: i64,
    },
    /// It counts no more, nor do those that were made with it.
    Revoked,
}

/// What ran, and what started it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Of {
    /// The run.
    pub run: RunId,
    /// Of which automation.
    pub automation: AutomationId,
    /// At which version.
    pub version: VersionId,
    /// For which event.
    pub event: EventId,
    /// What that was; `None`: what is stored of it cannot be read.
    pub started: Option<Started>,
}

/// What started a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// Who said so.
    pub source: String,
    /// What happened.
    pub change: Change,
    /// To what.
    pub subject: Subject,
}

/// A change of a platform, without the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "did")]
pub enum Deed {
    /// Made a row.
    Create {
        /// Where.
        dataset: String,
        /// Which columns were given.
        columns: Vec<String>,
    },
    /// Changed a row.
    Update {
        /// Where.
        dataset: String,
        /// Which, as the guest named it: perhaps a placeholder of one that it made before.
        id: String,
        /// Which columns.
        columns: Vec<String>,
    },
    /// Removed a row.
    Remove {
        /// Where.
        dataset: String,
        /// Which, as the guest named it.
        id: String,
    },
    /// Called an operation.
    Invoke {
        /// Which.
        operation: String,
    },
    /// Told somebody something, as run_as (ONE-09): the effect says whom and what.
    Tell,
}

impl From<Effect> for Deed {
    fn from(effect: Effect) -> Self {
        let names = |fields: Vec<Field>| fields.into_iter().map(|field| field.name).collect();
        match effect {
            Effect::Create { dataset, fields, .. } => Self::Create { dataset, columns: names(fields) },
            Effect::Update { dataset, id, fields, .. } => Self::Update { dataset, id, columns: names(fields) },
            Effect::Remove { dataset, id } => Self::Remove { dataset, id },
            Effect::Invoke { operation, .. } => Self::Invoke { operation },
            Effect::Tell { .. } => Self::Tell,
        }
    }
}

/// By what an entry is found.
#[derive(Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Found {
    pub(crate) what: String,
    pub(crate) automation: Option<String>,
    pub(crate) run: Option<String>,
    pub(crate) part: Option<String>,
    pub(crate) sequence: Option<i64>,
}

impl Audited {
    /// The columns that say what an entry is about.
    pub(crate) fn found(&self) -> Found {
        let plain = |what: &str| Found { what: what.to_owned(), ..Found::default() };
        let ran = |what: &str, of: &Of, part: Option<&String>, sequence: Option<i64>| Found {
            what: what.to_owned(),
            automation: Some(of.automation.to_string()),
            run: Some(of.run.to_string()),
            part: part.cloned(),
            sequence,
        };
        match self {
            Self::Begun => plain("begun"),
            Self::Automation { number, automation, .. } => {
                Found { automation: Some(automation.to_string()), sequence: Some(*number), ..plain("automation") }
            }
            Self::Site { number, .. } => Found { sequence: Some(*number), ..plain("site") },
            Self::Run { of, .. } => ran("run", of, None, None),
            Self::Part { of, part, .. } => ran("part", of, Some(part), None),
            Self::Effect { of, part, sequence, .. } => ran("effect", of, Some(part), Some((*sequence).into())),
            Self::Retried { automation, run, .. } => {
                Found { automation: Some(automation.to_string()), run: Some(run.to_string()), ..plain("retried") }
            }
            Self::Wish { automation, .. } => Found { automation: Some(automation.to_string()), ..plain("wish") },
            Self::Token { .. } => plain("token"),
            Self::TokensRevoked { .. } => plain("tokens-revoked"),
            Self::Retention { .. } => plain("retention"),
            Self::Purged { .. } => plain("purged"),
            Self::Forgotten { .. } => plain("forgotten"),
            Self::Restored { .. } => plain("restored"),
        }
    }

    /// As whom something ran, or who wanted something of an automation, where an entry is about that and nothing else: it goes when
    /// they are forgotten.
    pub(crate) fn concerns(&self) -> Option<&PrincipalId> {
        match self {
            Self::Part { principal, .. } | Self::Effect { principal, .. } => Some(principal),
            Self::Wish { person, .. } => Some(person),
            Self::Token { holder, .. } => holder.as_ref(),
            Self::TokensRevoked { holder, .. } => Some(holder),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use mandate_model::Value;

    use super::Deed;
    use crate::store::json;

    #[test]
    fn a_deed_names_columns_and_never_a_value() {
        let effect = mandate_model::Effect::Update {
            dataset: "deals".to_owned(),
            id: "d1".to_owned(),
            fields: vec![mandate_model::Field { name: "stage".to_owned(), value: Value::Text("CANARY".to_owned()) }],
            if_revision: Some("CANARY".to_owned()),
        };
        let told = json(&Deed::from(effect)).unwrap();
        assert_eq!(told, r#"{"did":"update","dataset":"deals","id":"d1","columns":["stage"]}"#);
        let effect =
            mandate_model::Effect::Invoke { operation: "pay".to_owned(), arguments: r#"{"to":"CANARY"}"#.to_owned() };
        assert_eq!(json(&Deed::from(effect)).unwrap(), r#"{"did":"invoke","operation":"pay"}"#);
    }
}
