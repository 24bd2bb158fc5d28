//! `mandate automation`: everything that may be asked of automations, each time as a person.

mod ask;
mod changes;
mod draft;
mod dry_run;
pub(crate) mod find;
mod hand_over;
mod list;
mod page;
mod people;
mod publish;
mod run_now;
mod show;
mod switch;
mod unused;
mod versions;
pub(super) mod words;

use mandate_model::PrincipalId;

pub(crate) use self::publish::plant_version;
use super::{home, principal};
use crate::{args::Common, failure::CliResult};

/// Which automation, and as whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Target {
    /// Its name or id
    pub(crate) automation: String,
    /// As whom
    #[arg(long = "as", value_name = "PERSON", value_parser = principal)]
    pub(crate) who: PrincipalId,
}

/// What to do with automations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// List them: state, kind, name, whom they run as, and whether that one lets them
    List(list::Args),
    /// Show one as a person sees it before they decide: what it may do, who lacks what, what they may do, what happened to it
    Show(show::Args),
    /// Make one: off, with nothing published
    Create(draft::Create),
    /// Write your own draft of one, begun on what is published now
    Edit(draft::Edit),
    /// Show your own draft of one; nobody else sees it
    Draft(Target),
    /// Publish your draft: it runs only once whom it runs as lets exactly that version act
    Publish(publish::Args),
    /// List the versions that one had, the latest first: who published each when, and what it changed
    Versions(versions::Versions),
    /// Publish what an earlier version says: it runs only once whom it runs as lets that act
    RollBack(versions::RollBack),
    /// Turn one on: whom it runs as lets exactly its published version act for them
    Enable(switch::Enable),
    /// Turn one off: no run of any kind begins, what is staged or queued is withheld
    Disable(switch::Confirmed),
    /// Let exactly the published version act for you, whom it runs as
    Consent(switch::Seen),
    /// Take your consent back
    Revoke(Target),
    /// Make one run as you
    Take(hand_over::Decision),
    /// Offer one that runs as you to somebody
    Offer(hand_over::To),
    /// Offer it no longer
    Withdraw(Target),
    /// Accept one that is offered to you: it runs as you
    Accept(hand_over::Decision),
    /// Decline one that is offered to you
    Decline(Target),
    /// Make one run as somebody else, for whom it is off until they turn it on
    Move(hand_over::To),
    /// Say who manages it
    Share(people::Change),
    /// Say who is invited to see it
    Invite(people::Change),
    /// Give it another name
    Rename(people::Rename),
    /// Make it private, or main: seen by everyone in its workspace
    Kind(people::Kind),
    /// Copy one: the copy is off, without consent, and its first draft is yours
    Clone(people::Copy),
    /// Delete one, for ever
    Delete(Target),
    /// Take over the consent that its principal gave in another product, as a site admin
    Migrate(switch::Migrated),
    /// Run one once, now: about a row that you see, or about nothing
    RunNow(run_now::Args),
    /// List the powers of its published version that its last runs did not use, for who may see its history
    Unused(unused::Args),
    /// Show what your draft, or what is published, would do and tell as you; nothing of it is kept or carried out
    DryRun(dry_run::Args),
}

/// Does it.
pub(crate) async fn run(common: &Common, verb: Verb) -> CliResult {
    let home = &home(common).await?;
    match verb {
        Verb::List(args) => list::run(home, &args).await,
        Verb::Show(args) => show::run(home, &args).await,
        Verb::Create(args) => draft::create(home, args).await,
        Verb::Edit(args) => draft::edit(home, &args).await,
        Verb::Draft(target) => draft::show(home, &target).await,
        Verb::Publish(args) => publish::run(home, &args).await,
        Verb::Versions(args) => versions::list(home, &args).await,
        Verb::RollBack(args) => versions::roll_back(home, &args).await,
        Verb::Enable(args) => switch::enable(home, &args).await,
        Verb::Disable(args) => switch::disable(home, &args).await,
        Verb::Consent(args) => switch::consent(home, &args).await,
        Verb::Take(args) => hand_over::take(home, &args).await,
        Verb::Accept(args) => hand_over::accept(home, &args).await,
        Verb::Move(args) => hand_over::push(home, &args).await,
        Verb::Offer(args) => hand_over::offer(home, args).await,
        Verb::Withdraw(target) => hand_over::withdraw(home, &target).await,
        Verb::Decline(target) => hand_over::decline(home, &target).await,
        Verb::Revoke(target) => switch::revoke(home, &target).await,
        Verb::Delete(target) => switch::delete(home, &target).await,
        Verb::Migrate(args) => switch::migrate(home, args).await,
        Verb::Share(args) => people::share(home, args).await,
        Verb::Invite(args) => people::invite(home, args).await,
        Verb::Rename(args) => people::rename(home, &args).await,
        Verb::Kind(args) => people::kind(home, &args).await,
        Verb::Clone(args) => people::copy(home, &args).await,
        Verb::RunNow(args) => run_now::run(home, &args).await,
        Verb::Unused(args) => unused::run(home, &args).await,
        Verb::DryRun(args) => dry_run::run(home, &args).await,
    }
}
