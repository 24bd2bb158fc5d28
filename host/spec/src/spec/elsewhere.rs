//! A spec in the world of another preset: all else is the same, so what comes otherwise there is what the presets differ in.

use mandate_governance::{Preset, SiteChoices};

use super::run::{Plugins, Trial};
use super::{Case, Spec, compare};

/// What becomes of a spec elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// All that it expects comes there too.
    Holds,
    /// Something that it expects does not come, and what came instead.
    Fails(String),
    /// It never comes to its point: the world is none there, or a step on the way is refused, and why.
    SetUp(String),
}

impl Fate {
    /// Its word in a table.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails(_) => "fails",
            Self::SetUp(_) => "set-up",
        }
    }

    /// Why it does not hold, if it does not.
    pub fn why(&self) -> &str {
        match self {
            Self::Holds => "",
            Self::Fails(why) | Self::SetUp(why) => why,
        }
    }
}

impl Spec {
    /// The preset of its world.
    pub fn preset(&self) -> Preset {
        self.case.fixture.governance.as_ref().map(|choices| choices.preset).unwrap_or_default()
    }
}

impl Case {
    /// The same under another preset. What the site itself says, its settings, roles and policies, stays.
    #[must_use]
    pub fn under(&self, preset: Preset) -> Self {
        let mut case = self.clone();
        let choices = case.fixture.governance.take().unwrap_or_default();
        case.fixture.governance = Some(SiteChoices { preset, ..choices });
        case
    }
}

impl Trial {
    /// Tries a spec under another preset than its own.
    pub async fn elsewhere(&self, spec: &Spec, preset: Preset, plugins: Plugins<'_>) -> Fate {
        let case = spec.case.under(preset);
        let observed = match self.observe(&case, &spec.place, plugins).await {
            Ok(observed) => observed,
            Err(error) => return Fate::SetUp(error.to_string()),
        };
        if let Some(step) = compare::broken_set_up(&observed) {
            return Fate::SetUp(step.to_string());
        }
        match compare::compare(&case.expectations, &observed).first() {
            None => Fate::Holds,
            Some(problem) => Fate::Fails(problem.to_string()),
        }
    }
}
