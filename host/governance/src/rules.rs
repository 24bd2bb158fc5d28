//! Which built-in rules the settings turn on. The rules themselves are Cedar, in `mandate-policy`.

use std::collections::BTreeSet;

use mandate_policy::Rule;

use crate::settings::{Anyone, CoOwner, CreateRoles, History, Layer, Settings, Transfer, Visible};

impl Settings {
    /// The rules that these settings turn on, besides those that always hold.
    pub fn rules(&self) -> BTreeSet<Rule> {
        let visible = self.visible_if.iter().filter_map(|visible| match visible {
            Visible::Admin => Some(Rule::AdminSees),
            Visible::SeesPerson => Some(Rule::SeesPerson),
            // A manager sees because they manage.
            Visible::Manager => None,
            Visible::Member => Some(Rule::MemberSees),
            Visible::MainWorkspace => Some(Rule::MainWorkspaceSees),
            Visible::ViewAll => Some(Rule::ViewAll),
            Visible::AdminOfAll => Some(Rule::CoversAllSees),
        });
        let named = self.co_owners.contains(&CoOwner::Users) || self.co_owners.contains(&CoOwner::Teams);
        let when = [
            // Where nobody is a manager by name, managing is a matter of roles, also for whom it runs as.
            (named, Rule::RunAsManages),
            (self.co_owners.contains(&CoOwner::Users), Rule::ManagerUsers),
            (self.co_owners.contains(&CoOwner::Teams), Rule::ManagerTeams),
            (self.co_owners.contains(&CoOwner::AdminOfAll), Rule::ScopeManages),
            (self.transfer.contains(&Transfer::Pull), Rule::AdminTakes),
            (true, Rule::EditAll),
            (true, Rule::HistoryRunAs),
            (self.history == History::Viewers, Rule::HistoryViewers),
            (self.history == History::Data, Rule::HistoryData),
            (self.history == History::Triggers, Rule::HistoryTriggers),
            (self.create_roles == CreateRoles::Anyone(Anyone::Anyone), Rule::CreateAnyone),
            (self.narrowed_by.contains(&Layer::Workspace), Rule::WorkspaceNarrows),
        ];
        visible.chain(when.into_iter().filter(|(on, _)| *on).map(|(_, rule)| rule)).collect()
    }
}
