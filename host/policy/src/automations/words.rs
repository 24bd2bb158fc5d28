//! Permissions, acts and rules: enums whose variants are words, the same in Cedar, on the command line and in the store.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of that word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What roles give.
    Permission {
        /// Make automations.
        Create = "create",
        /// See them.
        View = "view",
        /// Change and publish them.
        Edit = "edit",
        /// Name them anew.
        Rename = "rename",
        /// Turn them on and off.
        Toggle = "toggle",
        /// Run them by hand.
        RunNow = "run-now",
        /// Copy them.
        Clone = "clone",
        /// End them for ever.
        Delete = "delete",
        /// Say who manages them and who is invited to see them.
        Share = "share",
        /// Make them run as oneself.
        Take = "take",
        /// See what ran.
        ViewHistory = "view-history",
        /// See what redaction hides in it.
        RevealHistory = "reveal-history",
        /// See every automation, where the site has the rule [`Rule::ViewAll`].
        ViewAll = "view-all",
        /// Manage every automation, where the site has the rule [`Rule::EditAll`].
        EditAll = "edit-all",
        /// Change the settings and policies of the site.
        SetPolicy = "set-policy",
    }
}

words! {
    /// What somebody wants to do: a Cedar action of the same word. Publishing is [`Act::Edit`]; inviting members is [`Act::Share`].
    Act {
        /// Make an automation in the target's workspace, or in the site outside of workspaces.
        Create = "create",
        /// See it.
        View = "view",
        /// Change its draft, or publish it.
        Edit = "edit",
        /// Name it anew.
        Rename = "rename",
        /// Turn it on.
        Enable = "enable",
        /// Turn it off. Whom it runs as always may.
        Disable = "disable",
        /// Run it by hand.
        RunNow = "run-now",
        /// Copy it.
        Clone = "clone",
        /// End it for ever.
        Delete = "delete",
        /// Say who manages it and who is invited to see it.
        Share = "share",
        /// Make it run as oneself.
        Take = "take",
        /// Let a version of it act for whom it runs as. No role gives this.
        Consent = "consent",
        /// See a draft. No role gives this.
        ViewDraft = "view-draft",
        /// See what ran.
        ViewHistory = "view-history",
        /// See what redaction hides in it.
        RevealHistory = "reveal-history",
        /// Change the settings and policies of the target's site.
        SetPolicy = "set-policy",
    }
}

words! {
    /// A built-in rule that the settings of a site turn on: the `@id` of its policies in `rules.cedar`.
    Rule {
        /// Whom it runs as manages it.
        RunAsManages = "run-as-manages",
        /// People among its managers manage it.
        ManagerUsers = "manager-users",
        /// People in a team among its managers manage it.
        ManagerTeams = "manager-teams",
        /// Holders of [`Permission::EditAll`] manage it, except running and copying it (ONE-18).
        EditAll = "edit-all",
        /// Admins of a workspace or of resources who administer its whole footprint manage it, except sharing it (FIL-06 to FIL-13).
        ScopeManages = "scope-manages",
        /// Holders of [`Permission::ViewAll`] see it (ONE-17).
        ViewAll = "view-all",
        /// Members, and people in a team among them, see it.
        MemberSees = "member-sees",
        /// If it is a main one: members of its workspace see it, or everyone if that is open (MON-03 to MON-05).
        MainWorkspaceSees = "main-workspace-sees",
        /// Site and workspace admins see it.
        AdminSees = "admin-sees",
        /// Who may see the page of the person it runs as sees it (VEN-22).
        SeesPerson = "sees-person",
        /// Who administers its whole footprint sees it (FIL-08, FIL-13).
        CoversAllSees = "covers-all-sees",
        /// Site and workspace admins take it.
        AdminTakes = "admin-takes",
        /// Whom it runs as sees its history.
        HistoryRunAs = "history-run-as",
        /// Who sees it sees its history.
        HistoryViewers = "history-viewers",
        /// Who sees it sees the history of those runs of which they could read all that was read (FND-24).
        HistoryData = "history-data",
        /// Who sees it sees that it ran, and when, and no more (FND-25).
        HistoryTriggers = "history-triggers",
        /// Every active user of the site creates automations.
        CreateAnyone = "create-anyone",
        /// Who is outside of a workspace that is not open has no right to what is in it, nor to make anything there, besides
        /// stopping what runs as them (MON-01). The one rule that forbids.
        WorkspaceNarrows = "workspace-narrows",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_one_form() {
        assert_eq!((Permission::ALL.len(), Act::ALL.len(), Rule::ALL.len()), (15, 16, 18));
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        }
        assert_eq!(Act::parse("run-now"), Some(Act::RunNow));
        assert_eq!(Rule::parse("view-all").map(|rule| rule.to_string()).as_deref(), Some("view-all"));
        for bad in ["", "Edit", "runNow", "edit "] {
            assert_eq!((Permission::parse(bad), Act::parse(bad), Rule::parse(bad)), (None, None, None), "{bad}");
        }
    }
}
