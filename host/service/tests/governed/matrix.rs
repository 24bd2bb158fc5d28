//! Who is shown what of a run, in four presets: a table written by hand (N07, MON-27).
//!
//! Run 1 ran as eve, who then handed the automation to ana; run 2 ran as ana. Both tell rita. Each cell has three letters: what
//! happened, the act part, the viewer's own notify part. `S` is shown, `P` is the placeholder, `-` is absent; a cell of one `-`: for them
//! there is no such run. Nobody but rita is ever shown her part.

use mandate_governance::{Acquisition, Ask, Planted, Preset};
use mandate_model::{AutomationId, AutomationKind};
use mandate_service::{Holding, Only, PartKind, Reach, RunView};

use crate::{
    history::{CANARY, reads, tells},
    world::{World, site, who},
};

/// Preset by preset: who, what they are to it, run 1 and run 2.
const TABLE: &str = "
mandate
ana    run_as                             SS- SS-
eve    ex-run_as                          SS- -
bob    manager within the data            - -
max    manager outside the data           - -
cleo   member within the data             - -
mia    member outside the workspace       - -
wes    workspace mate outside the data    - -
rita   recipient                          S-S S-S
root   site admin outside the data        PP- PP-
vic    workspace admin within the data    SS- SS-
olga   outsider within the data           - -
zed    of another site                    - -
foundry
ana    run_as                             SS- SS-
eve    ex-run_as                          SS- -
bob    manager within the data            - -
max    manager outside the data           - -
cleo   member within the data             - -
mia    member outside the workspace       - -
wes    workspace mate outside the data    - -
rita   recipient                          S-S S-S
root   site admin outside the data        - -
vic    workspace admin within the data    - -
olga   outsider within the data           - -
zed    of another site                    - -
monday
ana    run_as                             SS- SS-
eve    ex-run_as                          SS- -
bob    manager within the data            SS- SS-
max    manager outside the data           PP- PP-
cleo   member within the data             SS- SS-
mia    member outside the workspace       - -
wes    workspace mate outside the data    PP- PP-
rita   recipient                          S-S S-S
root   site admin outside the data        - -
vic    workspace admin within the data    - -
olga   outsider within the data           - -
zed    of another site                    - -
files
ana    run_as                             SS- SS-
eve    ex-run_as                          SS- -
bob    manager within the data            - -
max    manager outside the data           - -
cleo   member within the data             - -
mia    member outside the workspace       - -
wes    workspace mate outside the data    - -
rita   recipient                          S-S S-S
root   site admin outside the data        PP- PP-
vic    workspace admin within the data    - -
olga   outsider within the data           - -
zed    of another site                    - -
";

/// An automation that ran once as eve and once as ana.
async fn ran_twice(world: &World) -> AutomationId {
    *world.scripted.act.lock().unwrap() = Some(Box::new(reads));
    *world.scripted.notify.lock().unwrap() = Some(Box::new(tells));
    let planted = Planted {
        site: site(),
        workspace: Some("sales".to_owned()),
        kind: AutomationKind::Main,
        name: "deals".to_owned(),
        run_as: who("eve"),
        managers: ["bob", "max"].map(who).into(),
        members: ["cleo", "mia"].map(who).into(),
    };
    let id = world.service.plant(planted).await.unwrap();
    let version = world.service.plant_version(&id, &world.draft(&["user:rita"]).await).await.unwrap();
    world.insert("1").await;
    world.service.drain().await.unwrap();
    world.service.ask(&id, &who("eve"), Ask::Offer { to: Some(who("ana")) }).await.unwrap();
    let acquisition = Acquisition { expected: Some(who("eve")), new: who("ana"), version: Some(version.clone()) };
    world.service.ask(&id, &who("ana"), Ask::Accept { acquisition }).await.unwrap();
    world.service.enable(&id, &who("ana"), &version).await.unwrap();
    world.insert("2").await;
    world.service.drain().await.unwrap();
    id
}

/// What somebody is shown of a run.
fn cell(run: &RunView) -> String {
    let own = |kind| run.parts.iter().any(|part| part.kind == kind && part.hidden.is_none());
    let event = if run.event.get().is_some() { 'S' } else { 'P' };
    let act = match run.others.get().map(Vec::as_slice) {
        _ if own(PartKind::Act) => 'S',
        None => 'P',
        Some([]) => '-',
        Some([part]) if part.kind == PartKind::Act && part.rest.get().is_some() => 'S',
        Some(_) => '?',
    };
    let notify = if own(PartKind::Notify) { 'S' } else { '-' };
    assert!(run.revealed.is_empty());
    format!("{event}{act}{notify}")
}

#[tokio::test]
async fn n07_who_is_shown_what_is_what_the_table_says() {
    let world = World::new(Preset::Mandate).await;
    let holding = Holding { role: "workspace-admin".to_owned(), reach: Reach::Workspace("sales".to_owned()) };
    world.embedded.give_role(&who("vic"), &holding).await.unwrap();
    world.admin("root").await;
    // Under `monday`, who is outside of the workspace is shown nothing of what is in it.
    for mate in ["wes", "bob", "max", "cleo"] {
        world.embedded.add_to_workspace(&who(mate), "sales").await.unwrap();
    }
    let id = ran_twice(&world).await;
    let runs = world.service.history(&who("ana"), Some(&id), None, 100).await.unwrap();
    let [second, first] = [0, 1].map(|place: usize| runs[place].id.clone());
    let (mut came, mut told) = (String::new(), 0);
    for line in TABLE.lines() {
        if let Some(preset) = Preset::parse(line) {
            world.govern(preset, "").await;
        }
        let Some((person, _)) = line.split_once(' ') else {
            came += &format!("{line}\n");
            continue;
        };
        let runs = world.service.history(&who(person), Some(&id), None, 100).await.unwrap();
        let mut cells = vec![];
        for run in [&first, &second] {
            let listed = runs.iter().find(|one| one.id == *run);
            // Alone it is told as in the list, and what is not in the list there is not.
            assert_eq!(world.service.run(&who(person), run).await.ok().as_ref(), listed, "{person}");
            cells.push(listed.map_or("-".to_owned(), cell));
        }
        // The list of automations says the same of the last one, and of none that is not here.
        let limit = std::num::NonZeroUsize::MIN.saturating_add(49);
        let page = world.service.listed(&who(person), &Only::default(), None, limit).await.unwrap();
        if let Some(one) = page.automations.into_iter().find(|one| one.automation.id == id) {
            let last = one.last.map(|last| (last.run, last.at, last.ended));
            assert_eq!(last, runs.first().map(|run| (run.id.clone(), run.at, run.ended())), "{person}");
            told += 1;
        }
        let text = serde_json::to_string(&runs).unwrap();
        let has = |kind: &str| text.contains(&format!("{CANARY}-{kind}"));
        assert_eq!(has("notify"), person == "rita", "{person}: {text}");
        assert_eq!(has("act"), cells.iter().any(|cell| cell.starts_with("SS")), "{person}: {text}");
        came += &format!("{}{}\n", line.get(..42).unwrap(), cells.join(" "));
    }
    assert_eq!(came, TABLE, "\n{came}");
    assert!(told > 20, "{told}");
}
