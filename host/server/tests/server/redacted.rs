//! N12: whatever the API tells of what guests and people did goes through one of the few places that decide what a viewer is shown. Each
//! operation that answers with something is listed here with the call by which it comes and the place that decides; a new one fails
//! until it is.

use std::{collections::BTreeSet, path::Path};

/// Who decides what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// `host/service/src/history/sight.rs`: the policies say whether, labels and the platform, asked as the viewer, how far.
    Sight,
    /// `host/service/src/shown.rs` and the files beside it: what one person may see of an automation.
    Shown,
    /// The predicate of governance over what automations are (`automations/listing.rs`): none that may not be seen is among them.
    Visible,
    /// The platform, asked as the viewer.
    Platform,
    /// The row is found by its person, so that another's is like none.
    Own,
    /// Who administers the site, and nobody else, is told how it is set up.
    Admin,
    /// Who sends events is told what became of them, and which datasets and types there are.
    Source,
    /// Nothing of anybody: everybody of the site may know it, or everybody at all.
    Everybody,
    /// Only what who asks sent, or made by it.
    Sent,
}

use By::{Admin, Everybody, Own, Platform, Sent, Shown, Sight, Source, Visible};

/// Operation, the file of its handler, the call by which what it tells comes, who decides.
const ALL: &[(&str, &str, &str, By)] = &[
    ("getOpenapi", "document.rs", "openapi::document()", Everybody),
    ("getHealth", "document.rs", "async fn health", Everybody),
    ("getMe", "me.rs", "(guard.me.principal, guard.me.standing)", Own),
    ("getMeAutomations", "me.rs", "service.inventory(me, Some(me))", Visible),
    ("getSessions", "sessions.rs", "store.sessions(&app.options.site, me.id()", Own),
    ("getTokens", "tokens.rs", "store.tokens(&app.options.site, Some(me.id())", Own),
    ("postTokens", "tokens.rs", "make_own(&app, &me, &means", Sent),
    ("getServiceTokens", "tokens.rs", "admin(&me)?;", Admin),
    ("postServiceTokens", "tokens.rs", "admin(me)?;", Admin),
    ("getIntake", "intake.rs", "source", Source),
    ("postEvents", "intake.rs", "service.take_in(&app.options.site, source", Source),
    ("getHooks", "hooks.rs", "admin(&me)?;", Admin),
    ("postHooks", "hooks.rs", "admin(", Admin),
    ("postHookRoll", "hooks.rs", "admin(", Admin),
    ("postHook", "hooks.rs", "intake::one(&app, &hook.source, event)", Source),
    ("getAutomations", "automations/listing.rs", "service.listed(me.id()", Shown),
    ("postAutomations", "automations.rs", "service.shown_to(&id, me)", Shown),
    ("getAutomation", "automations.rs", "service.shown_to(&which.id()?, guard.me.id())", Shown),
    ("postAutomationRunNow", "automations/acts.rs", "service.run_now(&which.id()?, guard.me.id(), row)", Sent),
    ("postAutomationClone", "automations/acts.rs", "service.clone_automation(&which.id()?, guard.me.id()", Sent),
    ("getAutomationDraft", "automations/drafts.rs", "service.saved_draft(&id, me)", Own),
    ("postAutomationPublish", "automations/drafts.rs", "service.publish(&which.id()?, guard.me.id()", Sent),
    ("getAutomationVersions", "automations/versions.rs", "service.versions(&id, me", Shown),
    ("postAutomationRollBack", "automations/versions.rs", "service.roll_back(&id, guard.me.id()", Sent),
    // As history would show it, had it been a run: `history/simulated.rs`.
    ("postAutomationDryRun", "automations/foresight.rs", "service.simulate(&id, me,", Sight),
    ("getAutomationReach", "automations/foresight.rs", "service.reach(&id, me)", Platform),
    ("getAutomationUnused", "automations/foresight.rs", "service.unused(me, &which.id()?", Sight),
    ("getRuns", "runs.rs", "listing::runs(&guard.app, &guard.me", Sight),
    ("getRun", "runs.rs", "service.run(guard.me.id()", Sight),
    ("postRunReveal", "runs.rs", "service.reveal(guard.me.id()", Sight),
    ("postRunReplay", "runs.rs", "service.replay(guard.me.id()", Sight),
    ("postRunRetry", "runs.rs", "service.retry(guard.me.id()", Sight),
    ("getRunRecord", "runs.rs", "service.recordings(me.id()", Sight),
    ("getAutomationEvent", "runs.rs", "service.explain(guard.me.id()", Sight),
    // A digest of what the page of who listens would show.
    ("getLive", "live.rs", "now(&app, me.id(), &topic)", Sight),
    ("getInbox", "inbox.rs", "listing::messages(&guard.app, &guard.me", Own),
    ("getMessage", "inbox.rs", "service.message(guard.me.id()", Own),
    ("getMessageAttachment", "inbox.rs", "service.attachment(guard.me.id()", Own),
    ("getPeople", "people.rs", "people::visible(&guard.app, &guard.me)", Platform),
    ("getPerson", "people.rs", "service.inventory(&person, Some(guard.me.id()))", Visible),
    ("postPersonHandOver", "people.rs", "service.hand_over(guard.me.id()", Visible),
    ("getPlugins", "plugins.rs", "service.plugins(&guard.me.standing.site)", Everybody),
    ("getPlugin", "plugins.rs", "service.plugin(&guard.me.standing.site", Everybody),
    ("postPlugins", "uploads.rs", "uploads.state(me.id(), &id)", Own),
    ("getUpload", "uploads.rs", "uploads.state(guard.me.id()", Own),
    ("getPolicy", "policy.rs", "service.choices(&guard.me.standing.site)", Everybody),
    ("postPolicyCheck", "policy.rs", "service.may_choose(site, guard.me.id())", Admin),
    ("getSearch", "search.rs", "search::find(&guard.app, &guard.me", Visible),
];

#[test]
fn n12_whatever_is_told_goes_through_what_decides_who_may_see_it() {
    let document = mandate_server::document();
    let mut telling = BTreeSet::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let answers = operation["responses"].as_object().unwrap().iter();
            let tells =
                answers.filter(|(status, _)| status.starts_with('2')).any(|(_, answer)| answer["content"].is_object());
            let id = operation["operationId"].as_str().unwrap().to_owned();
            if tells {
                telling.insert(id);
            }
        }
    }
    let listed: BTreeSet<String> = ALL.iter().map(|(id, ..)| (*id).to_owned()).collect();
    assert_eq!(listed.len(), ALL.len(), "one is there twice");
    let missing: Vec<_> = telling.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "say in redacted.rs by which call these come, and who decides what is shown: {missing:?}"
    );
    let gone: Vec<_> = listed.difference(&telling).collect();
    assert!(gone.is_empty(), "there are none such any more: {gone:?}");
}

#[test]
fn n12_what_is_said_of_each_is_what_its_handler_does() {
    let api = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    for (id, file, call, _) in ALL {
        let text = std::fs::read_to_string(api.join(file)).unwrap();
        assert!(text.contains(call), "{id}: `{call}` is no longer in {file}");
    }
    // What is only one's own is found by who asks, and by nobody that a request names.
    for (id, _, call, by) in ALL.iter().filter(|(.., by)| *by == Own) {
        assert!(call.contains("me"), "{id}: {by:?} by `{call}`");
    }
}
