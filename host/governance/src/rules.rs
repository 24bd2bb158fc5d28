//! Which built-in rules the settings turn on. The rules themselves are Cedar, in `mandate-policy`.

use std::collections::BTreeSet;

use mandate_policy::Rule;

use crate::settings::{Anyone, CoOwner, CreateRoles, History, Settings, Visible};

impl Settings {
    /// The rules that these settings turn on, besides those that always hold.
    pub fn rules(&self) -> BTreeSet<Rule> {
        let visible = self.visible_if.iter().map(|visible| match visible {
            Visible::Admin => Rule::AdminSees,
            Visible::SeesPerson => Rule::SeesPerson,
            // A manager sees because they manage; nobody manages who does not see.
            Visible::Manager => Rule::ManagerUsers,
            Visible::Member => Rule::MemberSees,
            Visible::MainWorkspace => Rule::MainWorkspaceSees,
            Visible::ViewAll => Rule::ViewAll,
            Visible::AdminOfAll => Rule::CoversAllSees,
        });
        let named = self.co_owners.contains(&CoOwner::Users) || self.co_owners.contains(&CoOwner::Teams);
        let when = [
            // Where nobody is a manager by name, managing is a matter of roles, also for whom it runs as.
            (named, Rule::RunAsManages),
            (self.co_owners.contains(&CoOwner::Users), Rule::ManagerUsers),
            (self.co_owners.contains(&CoOwner::Teams), Rule::ManagerTeams),
            (self.co_owners.contains(&CoOwner::AdminOfAll), Rule::ScopeManages),
            (true, Rule::EditAll),
            (true, Rule::HistoryRunAs),
            (self.history == History::Viewers, Rule::HistoryViewers),
            (self.create_roles == CreateRoles::Anyone(Anyone::Anyone), Rule::CreateAnyone),
        ];
        visible.chain(when.into_iter().filter(|(on, _)| *on).map(|(_, rule)| rule)).collect()
    }
}
