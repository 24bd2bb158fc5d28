//! Presets: the rules of five products, and ours. Each is one file of settings; what a file does not say holds as in `mandate`.

use std::collections::{BTreeMap, BTreeSet};

use mandate_model::{PrincipalId, PrincipalKind};
use serde::{Deserialize, Serialize};

use crate::settings::{Choices, Settings, Transfer};

/// A named set of settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Vendasta Partner Center.
    Vendasta,
    /// Palantir Foundry Automate.
    Foundry,
    /// `OneUp`.
    Oneup,
    /// monday.com workflows.
    Monday,
    /// Files.com.
    Files,
    /// Ours, and the default.
    #[default]
    Mandate,
}

/// A preset that cannot be read; none of ours is one, by test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PresetError(pub String);

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 6] = [Self::Vendasta, Self::Foundry, Self::Oneup, Self::Monday, Self::Files, Self::Mandate];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vendasta => "vendasta",
            Self::Foundry => "foundry",
            Self::Oneup => "oneup",
            Self::Monday => "monday",
            Self::Files => "files",
            Self::Mandate => "mandate",
        }
    }

    /// The preset of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text)
    }

    /// The file, as it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Vendasta => include_str!("../presets/vendasta.toml"),
            Self::Foundry => include_str!("../presets/foundry.toml"),
            Self::Oneup => include_str!("../presets/oneup.toml"),
            Self::Monday => include_str!("../presets/monday.toml"),
            Self::Files => include_str!("../presets/files.toml"),
            Self::Mandate => include_str!("../presets/mandate.toml"),
        }
    }

    /// What its file says.
    ///
    /// # Errors
    /// None for the files that are built in, by test.
    pub fn choices(self) -> Result<Choices, PresetError> {
        toml::from_str(self.text()).map_err(|error| PresetError(format!("preset `{}`: {error}", self.as_str())))
    }

    /// Its settings, each of them.
    ///
    /// # Errors
    /// None for the files that are built in, by test.
    pub fn settings(self) -> Result<Settings, PresetError> {
        let mandate = complete(Self::Mandate.choices()?)?;
        if self == Self::Mandate {
            return Ok(mandate);
        }
        // Roles are said whole by each preset: a product has no role of another.
        Ok(Settings { roles: BTreeMap::new(), ..mandate }.with(&self.choices()?))
    }
}

/// The settings of a file that says all thirteen.
fn complete(choices: Choices) -> Result<Settings, PresetError> {
    fn said<T>(setting: &str, value: Option<T>) -> Result<T, PresetError> {
        value.ok_or_else(|| PresetError(format!("preset `mandate` does not say `{setting}`")))
    }
    Ok(Settings {
        acquire_on: said("acquire_on", choices.acquire_on)?,
        co_owners: said("co_owners", choices.co_owners)?,
        owner_kinds: said("owner_kinds", choices.owner_kinds)?,
        consent: said("consent", choices.consent)?,
        evaluate_as: said("evaluate_as", choices.evaluate_as)?,
        on_denied: said("on_denied", choices.on_denied)?,
        precheck: said("precheck", choices.precheck)?,
        visible_if: said("visible_if", choices.visible_if)?,
        history: said("history", choices.history)?,
        drafts: said("drafts", choices.drafts)?,
        transfer: said("transfer", choices.transfer)?,
        create_roles: said("create_roles", choices.create_roles)?,
        narrowed_by: said("narrowed_by", choices.narrowed_by)?,
        roles: choices.roles,
    })
}

impl std::fmt::Display for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A site's choice of a preset and what it has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteChoices {
    /// Where it begins.
    pub preset: Preset,
    /// What it says otherwise.
    pub settings: Choices,
    /// Cedar policies of its own, under the floors.
    pub policies: String,
    /// Who takes over what is handed over at once, where nobody is named (MON-29, FIL-42): a person, and only where `transfer`
    /// lists `move`. It gives them nothing: what they take over is off until they turn it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<PrincipalId>,
}

impl SiteChoices {
    /// The settings that hold.
    ///
    /// # Errors
    /// Settings that name a role which there is not, or evaluate conditions as one and notifications as another; a successor who is
    /// no person, or to whom nothing could be handed over.
    pub fn effective(&self) -> Result<Settings, PresetError> {
        let settings = self.preset.settings()?.with(&self.settings);
        if settings.evaluate_as.condition != settings.evaluate_as.notification {
            let message = "`evaluate_as` must say the same of condition and notification: what is found as one person is told \
                           to nobody else";
            return Err(PresetError(message.to_owned()));
        }
        if let crate::settings::CreateRoles::Roles(roles) = &settings.create_roles {
            let known: BTreeSet<&str> = settings.roles.keys().map(String::as_str).chain(BUILT_IN).collect();
            if let Some(unknown) = roles.iter().find(|role| !known.contains(role.as_str())) {
                let message = format!("`create_roles` names the role `{unknown}`, which `roles` does not have");
                return Err(PresetError(message));
            }
        }
        if let Some(successor) = &self.successor {
            check_successor(successor, &settings)?;
        }
        Ok(settings)
    }

    /// The successor in words; `–`: there is none.
    pub fn successor_word(&self) -> String {
        self.successor.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)
    }
}

fn check_successor(successor: &PrincipalId, settings: &Settings) -> Result<(), PresetError> {
    if successor.kind() != PrincipalKind::User {
        return Err(PresetError(format!(
            "`successor` names `{successor}`, which is no person: name one, such as `user:ana`"
        )));
    }
    if !settings.transfer.contains(&Transfer::Move) {
        let message = "`successor` takes over what is handed over at once, but `transfer` does not list `move`: list it, or leave \
                       `successor` out";
        return Err(PresetError(message.to_owned()));
    }
    Ok(())
}

/// Roles that there always are; what they give is for `roles` to say.
pub const BUILT_IN: [&str; 6] = ["site-admin", "workspace-admin", "resource-admin", "member", "viewer", "guest"];
