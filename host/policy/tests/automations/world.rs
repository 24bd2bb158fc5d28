//! Ana, who is nobody in particular, and an automation that runs as Bob.

use std::collections::BTreeSet;

use mandate_model::{AutomationKind, PrincipalId, SiteId};
use mandate_policy::{Act, Actor, AutomationPolicies, Circumstances, Decision, Rule, Target};

pub(crate) fn id(text: &str) -> PrincipalId {
    PrincipalId::parse(text).unwrap()
}

pub(crate) fn ids(texts: &[&str]) -> BTreeSet<PrincipalId> {
    texts.iter().map(|text| id(text)).collect()
}

pub(crate) fn site(text: &str) -> SiteId {
    SiteId::parse(text).unwrap()
}

pub(crate) fn words(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Everything that a decision depends on.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) rules: BTreeSet<Rule>,
    pub(crate) custom: String,
    pub(crate) actor: Actor,
    pub(crate) target: Target,
    pub(crate) circumstances: Circumstances,
}

impl World {
    /// Ana may do nothing here, unless these rules say so. That she created it helps nothing.
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let actor = Actor {
            id: id("user:ana"),
            site: site("acme"),
            active: true,
            teams: BTreeSet::new(),
            workspaces: BTreeSet::new(),
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
        };
        let target = Target {
            site: site("acme"),
            workspace: Some("sales".to_owned()),
            open: false,
            kind: AutomationKind::Private,
            run_as: Some(id("user:bob")),
            creator: id("user:ana"),
            managers: BTreeSet::new(),
            members: BTreeSet::new(),
            draft_of: None,
        };
        let circumstances = Circumstances::default();
        Self { rules: rules.iter().copied().collect(), custom: String::new(), actor, target, circumstances }
    }

    /// With one thing changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut world = self.clone();
        change(&mut world);
        world
    }

    pub(crate) fn policies(&self) -> AutomationPolicies {
        AutomationPolicies::load(&self.rules, &self.custom)
            .unwrap_or_else(|errors| panic!("{}\n{errors:#?}", self.custom))
    }

    pub(crate) fn decide(&self, act: Act) -> Decision {
        self.policies().decide(act, &self.actor, &self.target, &self.circumstances)
    }

    /// The words of everything that is allowed.
    pub(crate) fn allowed(&self) -> String {
        let policies = self.policies();
        let is_allowed = |act: &&Act| policies.decide(**act, &self.actor, &self.target, &self.circumstances).is_allow();
        Act::ALL.iter().filter(is_allowed).map(|act| act.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Why not.
    pub(crate) fn denied(&self, act: Act) -> String {
        match self.decide(act) {
            Decision::Deny(reason) => reason,
            Decision::Allow => panic!("`{act}` is allowed"),
        }
    }
}
