//! What an act part asked for: staged first, carried out once by the host.

use serde::{Deserialize, Serialize};

use crate::{Field, Message, PrincipalId};

/// A staged change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A new row.
    Create {
        /// Where.
        dataset: String,
        /// Stands for the row's id within the same act; begins with [`PLACEHOLDER`].
        placeholder: String,
        /// Its cells; columns left out are null.
        fields: Vec<Field>,
    },
    /// A change of the named fields of a row.
    Update {
        /// Where.
        dataset: String,
        /// The row, or the placeholder of one created in the same act.
        id: String,
        /// The cells that change.
        fields: Vec<Field>,
        /// Carried out only if the row is still as it was seen.
        if_revision: Option<String>,
    },
    /// The removal of a row.
    Remove {
        /// Where.
        dataset: String,
        /// The row, or the placeholder of one created in the same act.
        id: String,
    },
    /// A named operation of the platform.
    Invoke {
        /// Its name.
        operation: String,
        /// A JSON object that satisfies the operation's schema.
        arguments: String,
    },
    /// A message to somebody, made with the view of the principal that the automation runs as. Never asked for by a guest, and
    /// never the platform's to carry out (ONE-09).
    Tell {
        /// Whom.
        recipient: PrincipalId,
        /// The key of the finding that it tells about.
        finding: String,
        /// What they are told.
        message: Message,
    },
}

/// What every placeholder begins with; no real row id does.
pub const PLACEHOLDER: &str = "new:";
