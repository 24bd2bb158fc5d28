//! Who manages and who sees an automation, what it is called, and copies of it.

use mandate_governance::{Acquisition, Ask};
use mandate_model::{AutomationKind, PrincipalId};

use super::{
    Target,
    ask::{ask, ask_confirmed, called, refused},
    find::find,
    principal,
};
use crate::{
    failure::{CliError, CliResult},
    home::Home,
    show::inert,
};

/// Who is added, and who is removed: all at once, or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Change {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Who is added; may be repeated
    #[arg(long, value_name = "PRINCIPAL", value_parser = principal)]
    add: Vec<PrincipalId>,
    /// Who is removed; may be repeated
    #[arg(long, value_name = "PRINCIPAL", value_parser = principal)]
    remove: Vec<PrincipalId>,
}

/// Another name.
#[derive(Debug, clap::Args)]
pub(crate) struct Rename {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// What it is called from now on
    to: String,
    /// Confirm that it runs as you from now on, in sites where this does that
    #[arg(long)]
    confirm: bool,
}

/// Another kind.
#[derive(Debug, clap::Args)]
pub(crate) struct Kind {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// Which
    kind: KindArg,
}

/// A kind as an argument.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum KindArg {
    /// Seen by whom it runs as, its managers and who is invited.
    Private,
    /// Seen by everyone in its workspace.
    Main,
}

/// A copy.
#[derive(Debug, clap::Args)]
pub(crate) struct Copy {
    /// Which automation
    #[command(flatten)]
    target: Target,
    /// What the copy is called
    name: String,
}

impl Change {
    /// Those who are added exist; who has gone may still be removed.
    async fn checked(&self, home: &Home) -> CliResult {
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(CliError::Input("say whom to `--add` or to `--remove`".to_owned()));
        }
        for who in &self.add {
            home.known(who).await?;
        }
        Ok(())
    }
}

/// Other managers.
pub(super) async fn share(home: &Home, args: Change) -> CliResult {
    args.checked(home).await?;
    let (add, remove) = (args.add.into_iter().collect(), args.remove.into_iter().collect());
    ask(home, &args.target, |_| Ok(Ask::Share { add, remove })).await
}

/// Other members.
pub(super) async fn invite(home: &Home, args: Change) -> CliResult {
    args.checked(home).await?;
    let (add, remove) = (args.add.into_iter().collect(), args.remove.into_iter().collect());
    ask(home, &args.target, |_| Ok(Ask::Invite { add, remove })).await
}

/// Names it anew.
pub(super) async fn rename(home: &Home, args: &Rename) -> CliResult {
    let make = |acquisition: Option<Acquisition>| Ask::Rename { name: args.to.clone(), acquisition };
    ask_confirmed(home, &args.target, args.confirm, make).await.map(drop)
}

/// Private, or main.
pub(super) async fn kind(home: &Home, args: &Kind) -> CliResult {
    let kind = match args.kind {
        KindArg::Private => AutomationKind::Private,
        KindArg::Main => AutomationKind::Main,
    };
    ask(home, &args.target, |_| Ok(Ask::SetKind { kind })).await
}

/// Copies it.
pub(super) async fn copy(home: &Home, args: &Copy) -> CliResult {
    let (life, who) = (find(home, &args.target).await?, &args.target.who);
    let copy = home.service.clone_automation(&life.automation.id, who, &args.name).await.map_err(refused)?;
    outln!(
        "`{}` is a copy of {}: off, without consent, with a draft of yours  {copy}",
        inert(&args.name),
        called(&life)
    );
    Ok(())
}
