//! `mandate row`: change rows by hand, as a person, and watch what follows.

use mandate_model::{Failure, Field, PrincipalId, effect::PLACEHOLDER};
use mandate_spec::{cell, json, known::no_column};
use serde_json::Value as Json;

use super::{home, principal};
use crate::{
    args::Common,
    failure::{CliError, CliResult},
    home::Home,
    report::{self, Store},
};

/// As whom, and how the outcome is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// As whom, with their rights; without it as the administrator
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    who: Option<PrincipalId>,
    /// Say why something is denied, which the person is not told: for the operator
    #[arg(long)]
    reasons: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl How {
    /// A refusal as it is told: to a person, without what would tell a hidden row from none.
    fn told(&self, failure: Failure, verb: &Verb) -> CliError {
        let (Failure::Denied(why), Some(who)) = (&failure, &self.who) else { return failure.into() };
        let told = match verb {
            // Within the platform, a row that is not there yet has a name of its own.
            Verb::Insert { dataset, id, .. } if self.reasons => {
                why.replace(&format!("{dataset}/{PLACEHOLDER}row"), &format!("{dataset}/{id}"))
            }
            _ if self.reasons => why.clone(),
            Verb::Insert { id, .. } => format!("{who} may not add this row, or the id `{id}` is taken"),
            _ => format!("it does not exist, or {who} may not do this"),
        };
        let more = if self.reasons { "" } else { " (`--reasons` tells the operator why)" };
        CliError::Input(format!("denied: {told}{more}"))
    }
}

/// What to do with rows.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Add a row, and do all that follows
    Insert {
        /// Where
        dataset: String,
        /// The row's id
        id: String,
        /// Its cells: a JSON object; columns left out are null
        cells: String,
        /// How
        #[command(flatten)]
        how: How,
    },
    /// Set cells of a row, and do all that follows
    Update {
        /// Where
        dataset: String,
        /// The row's id
        id: String,
        /// The cells that change: a JSON object
        cells: String,
        /// How
        #[command(flatten)]
        how: How,
    },
    /// Remove a row, and do all that follows
    Remove {
        /// Where
        dataset: String,
        /// The row's id
        id: String,
        /// How
        #[command(flatten)]
        how: How,
    },
}

/// Does it, and shows what followed.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = home(common).await?;
    let (Verb::Insert { how, .. } | Verb::Update { how, .. } | Verb::Remove { how, .. }) = &verb;
    if let Some(who) = &how.who {
        home.known(who).await?;
    }
    let now = home.now();
    let (occurrence, how) = match &verb {
        Verb::Insert { dataset, id, cells, how } => {
            let fields = fields(&home, dataset, cells)?;
            (home.embedded.insert(how.who.as_ref(), dataset, id, &fields, now).await.map(Some), how)
        }
        Verb::Update { dataset, id, cells, how } => {
            let fields = fields(&home, dataset, cells)?;
            (home.embedded.update(how.who.as_ref(), dataset, id, &fields, now).await, how)
        }
        Verb::Remove { dataset, id, how } => {
            home.dataset(dataset)?;
            (home.embedded.remove(how.who.as_ref(), dataset, id, now).await.map(Some), how)
        }
    };
    let Some(occurrence) = occurrence.map_err(|failure| how.told(failure, &verb))? else {
        outln!("no cell differs: nothing happened");
        return Ok(());
    };
    let event = home.service.accept(&occurrence).await.map_err(CliError::unavailable)?.event;
    home.settle().await?;
    report::event(&home, &event, &occurrence, Store::Kept, how.json).await?;
    report::failures(&home, &event).await
}

/// Cells of a JSON object, with values of the columns' types.
fn fields(home: &Home, dataset: &str, cells: &str) -> CliResult<Vec<Field>> {
    let def = home.dataset(dataset)?;
    let object =
        json::object(cells).map_err(|error| CliError::Input(format!("the cells are not a JSON object: {error}")))?;
    let field = |(name, json): (&String, &Json)| {
        let column = def.column(name).ok_or_else(|| no_column(def, name))?;
        Ok(Field { name: name.clone(), value: cell::from_json(column, json)? })
    };
    object.iter().map(field).collect::<Result<_, String>>().map_err(CliError::Input)
}
