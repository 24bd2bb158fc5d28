//! A page of the list: which automations it has, and that what it asks the store does not grow with it.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use mandate_governance::{Ask, Life, Planted, Preset, State};
use mandate_model::{AutomationId, AutomationKind, PrincipalId};
use mandate_service::{Only, Stands};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    listing::{appoint, automations},
    world::{World, site, who},
};

const LIMIT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(6);

/// The ids of all that are listed, page by page.
async fn listed(world: &World, viewer: &PrincipalId, only: &Only) -> Vec<AutomationId> {
    let (mut all, mut after) = (vec![], None);
    loop {
        let page = world.service.listed(viewer, only, after.as_ref(), LIMIT).await.unwrap();
        assert!(page.automations.len() <= LIMIT.get());
        all.extend(page.automations.into_iter().map(|one| one.automation.id));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Everything that a viewer may see and that was not deleted.
async fn visible(world: &World, viewer: &PrincipalId) -> Vec<Life> {
    let mut all = vec![];
    world.service.each_visible(viewer, |life| all.push(life)).await.unwrap();
    all.retain(|life| !life.automation.deleted);
    all
}

fn stands(life: &Life) -> Stands {
    match (life.automation.state, life.consent.is_some(), life.automation.published.is_some()) {
        (State::Stopped, ..) => Stands::Stopped,
        (State::On, true, _) => Stands::On,
        (State::On, false, _) => Stands::Waits,
        (State::Off, _, true) => Stands::Off,
        (State::Off, _, false) => Stands::Never,
    }
}

#[tokio::test]
async fn a_list_has_what_its_filters_say_of_what_one_may_see() {
    let world = World::new(Preset::Mandate).await;
    appoint(&world).await;
    let all = automations(&world).await;
    // Of those that are on: one is stopped, one waits, one is off, one is deleted, one runs something else.
    let lost = |run_as: &str| {
        let power = mandate_model::Power::Read { dataset: "deals".to_owned() };
        vec![mandate_governance::Lack { principal: who(run_as), power: Some(power), undecided: false }]
    };
    assert!(world.service.lose(&all[0], lost("ana")).await.unwrap());
    world.service.revoke(&all[10], &who("ana")).await.unwrap();
    world.service.disable(&all[20], &who("ana")).await.unwrap();
    world.service.delete(&all[2], &who("cleo")).await.unwrap();
    world.service.plant_version(&all[6], &world.draft_of(b"other", &[]).await).await.unwrap();
    let mut counted = [0; 5];
    for viewer in ["ana", "bob", "cleo", "root", "wes", "zed"].map(who) {
        let visible = visible(&world, &viewer).await;
        let ids = |kept: &dyn Fn(&Life) -> bool| -> Vec<AutomationId> {
            visible.iter().filter(|life| kept(life)).map(|life| life.automation.id.clone()).collect()
        };
        assert_eq!(listed(&world, &viewer, &Only::default()).await, ids(&|_| true), "{viewer}");
        for (at, state) in Stands::ALL.into_iter().enumerate() {
            let only = Only { stands: Some(state), ..Only::default() };
            let expected = ids(&|life| stands(life) == state);
            counted[at] += expected.len();
            assert_eq!(listed(&world, &viewer, &only).await, expected, "{viewer}: {state:?}");
        }
        let mine = Only { run_as: Some(viewer.clone()), ..Only::default() };
        assert_eq!(listed(&world, &viewer, &mine).await, ids(&|life| life.automation.runs_as(&viewer)), "{viewer}");
        let me: BTreeSet<PrincipalId> = [viewer.clone(), who("team:emea")].into();
        let managed = Only { managed_by: me.clone(), ..Only::default() };
        let by_me = ids(&|life| !life.automation.managers.is_disjoint(&me));
        assert_eq!(listed(&world, &viewer, &managed).await, by_me, "{viewer}");
        let both = Only { stands: Some(Stands::On), ..managed };
        let on = ids(&|life| !life.automation.managers.is_disjoint(&me) && stands(life) == Stands::On);
        assert_eq!(listed(&world, &viewer, &both).await, on, "{viewer}");
        let plugin = |name: &str| Only { plugin: Some(name.to_owned()), ..Only::default() };
        let other = ids(&|life| life.automation.id == all[6]);
        assert_eq!(listed(&world, &viewer, &plugin("other")).await, other, "{viewer}");
        let quiet = ids(&|life| life.automation.published.is_some() && life.automation.id != all[6]);
        assert_eq!(listed(&world, &viewer, &plugin("quiet")).await, quiet, "{viewer}");
        assert!(listed(&world, &viewer, &plugin("absent")).await.is_empty());
    }
    assert!(counted.iter().all(|count| *count > 0), "{counted:?}");
}

#[tokio::test]
async fn what_starts_one_is_told_to_who_decides_on_it() {
    let world = World::new(Preset::Mandate).await;
    let planted = Planted {
        site: site(),
        workspace: None,
        kind: AutomationKind::Private,
        name: "deals".to_owned(),
        run_as: who("ana"),
        managers: [who("bob"), who("max")].into(),
        members: [who("cleo")].into(),
    };
    let id = world.service.plant(planted).await.unwrap();
    world.service.plant_version(&id, &world.draft(&["user:rita"]).await).await.unwrap();
    // Max manages it and may not know of deals; cleo decides on nothing.
    for (viewer, told) in [("ana", true), ("bob", true), ("max", false), ("cleo", false)] {
        let page = world.service.listed(&who(viewer), &Only::default(), None, LIMIT).await.unwrap();
        let [one] = page.automations.as_slice() else { panic!("{viewer}: one") };
        assert_eq!(one.trigger.is_some(), told, "{viewer}");
        assert_eq!(one.automation.published.is_some(), viewer != "cleo", "{viewer}");
        assert_eq!(one.plugin.as_deref(), Some("quiet"));
    }
    world.service.ask(&id, &who("ana"), Ask::Delete).await.unwrap();
    assert!(world.service.listed(&who("ana"), &Only::default(), None, LIMIT).await.unwrap().automations.is_empty());
}

/// Counts the statements that sqlx runs, and keeps what they begin with.
struct Counter;

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static SPANS: AtomicU64 = AtomicU64::new(1);

struct Summary;

impl Visit for Summary {
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            STATEMENTS.lock().unwrap().push(value.to_owned());
        }
    }
}

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(SPANS.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Summary);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// How many statements a page of the list runs.
async fn statements(world: &World, viewer: &str, length: usize) -> Vec<String> {
    let limit = NonZeroUsize::new(length).unwrap();
    STATEMENTS.lock().unwrap().clear();
    let page = world.service.listed(&who(viewer), &Only::default(), None, limit).await.unwrap();
    assert_eq!(page.automations.len(), length);
    assert!(page.automations.iter().all(|one| one.last.is_some()), "each ran");
    std::mem::take(&mut STATEMENTS.lock().unwrap())
}

#[tokio::test]
async fn a_longer_page_asks_the_store_no_more() {
    let world = World::new(Preset::Mandate).await;
    for _ in 0..12 {
        world.running("ana").await;
    }
    world.insert("1").await;
    world.service.drain().await.unwrap();
    tracing::subscriber::set_global_default(Counter).unwrap();
    // Whatever is asked once, such as what the policies come to.
    statements(&world, "ana", 12).await;
    let (short, long) = (statements(&world, "ana", 2).await, statements(&world, "ana", 12).await);
    // What begins in capitals is the store's; what each last run reads is asked of the platform, which has a database of its own.
    let store = |all: &[String]| {
        let its = |text: &&String| text.starts_with(|letter: char| letter.is_ascii_uppercase());
        all.iter().filter(its).cloned().collect::<Vec<_>>()
    };
    assert!(store(&short).len() > 5, "{short:#?}");
    assert_eq!(store(&short), store(&long));
}
