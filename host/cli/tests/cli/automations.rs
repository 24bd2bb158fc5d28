//! The life of automations through the command: every act as a person, every refusal with its words.

mod damaged;
mod drafts;
mod dry_run;
mod hand_over;
mod history;
mod life;
mod run_now;
mod sends;
mod sight;
mod versions;

use serde_json::Value as Json;

use crate::bench::Bench;

/// A small sales department: root administers, ana and bo work on deals, cleo reads them, dan does not even know of them.
/// Bo speaks for the desk.
const WORLD: &str = r#"
site = "acme"
people = [
    { id = "root", name = "Root" }, { id = "ana", name = "Ana" }, { id = "bo", name = "Bo" }, { id = "cleo", name = "Cleo" },
    { id = "dan", name = "Dan" },
]
grants = [
    { to = "user:ana", rights = ["read", "update"], dataset = "deals" },
    { to = "user:bo", rights = ["read", "update"], dataset = "deals" },
    { to = "user:cleo", rights = ["read"], dataset = "deals" },
    { to = "team:desk", rights = ["read"], dataset = "deals" },
    { to = "user:bo", rights = ["consent-for"], on = "team:desk" },
]
teams = [{ id = "desk", name = "Desk", members = ["user:cleo"] }]
workspaces = [{ id = "sales", name = "Sales", members = ["user:ana", "user:bo", "user:dan"] }]
roles = [
    { role = "site-admin", to = "user:root" },
    { role = "member", to = ["user:ana", "user:bo", "user:cleo", "user:dan"] },
]
[datasets.deals]
columns = [{ name = "stage", type = "text" }]
rows = "deals.jsonl"
policies = """
permit (principal, action in [Action::"read", Action::"update"], resource is deals) unless { resource.stage == "secret" };
permit (principal, action in [Action::"read-column", Action::"update-column"], resource);
"""
"#;

const ROWS: &str = r#"{"id":"1","stage":"won"}
{"id":"2","stage":"open"}
{"id":"3","stage":"secret"}
"#;

/// A store of the small world, `more` besides, with the example guests that tell and that act.
fn world(more: &str) -> Bench {
    world_of(&format!("{WORLD}{more}"))
}

/// A store of this world.
fn world_of(text: &str) -> Bench {
    let bench = Bench::new();
    bench.file("deals.jsonl", ROWS);
    let fixture = bench.file("world.toml", text);
    let (tells, acts) = (bench.guest("settings_driven"), bench.guest("action_only"));
    bench.fine(&["fixture", "load", &fixture, "--plugin", &tells, "--plugin", &acts]);
    bench
}

/// A draft file: tells these when a deal reaches a stage.
fn telling(bench: &Bench, stage: &str, recipients: &[&str]) -> String {
    let draft = serde_json::json!({
        "plugin": "settings-driven",
        "settings": { "dataset": "deals", "column": "stage", "value": stage },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added", "updated"] },
        "recipients": recipients,
    });
    bench.file(&format!("{stage}.json"), draft.to_string())
}

/// A draft file: sets the stage of a deal.
fn acting(bench: &Bench) -> String {
    let draft = serde_json::json!({
        "plugin": "action-only",
        "settings": { "dataset": "deals", "column": "stage", "value": "seen" },
        "trigger": { "on": "row", "dataset": "deals", "change": ["added"] },
    });
    bench.file("acting.json", draft.to_string())
}

/// `mandate automation VERB NAME … --as WHO`.
fn words<'a>(verb: &'a str, name: &'a str, who: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["automation", verb, name, "--as", who][..], more].concat()
}

impl Bench {
    /// A command about an automation, that must succeed.
    fn does(&self, verb: &str, name: &str, who: &str, more: &[&str]) -> String {
        self.fine(&words(verb, name, who, more))
    }

    /// One that must be refused; what it said.
    fn denied(&self, verb: &str, name: &str, who: &str, more: &[&str]) -> String {
        self.refused(&words(verb, name, who, more))
    }

    /// What somebody is shown of an automation.
    fn page(&self, name: &str, who: &str) -> Json {
        serde_json::from_str(&self.does("show", name, who, &["--json"])).unwrap()
    }

    /// Ana's automation `Tell`, published and on, that tells bo of deals that are won.
    fn telling(&self) {
        let draft = telling(self, "won", &["user:bo"]);
        self.does("create", "Tell", "user:ana", &["--draft", &draft]);
        self.does("publish", "Tell", "user:ana", &["--consent"]);
        self.does("enable", "Tell", "user:ana", &[]);
    }

    /// The lines of somebody's inbox about automations.
    fn notices(&self, who: &str) -> Vec<String> {
        let inbox: Json = serde_json::from_str(&self.fine(&["inbox", "--as", who, "--json"])).unwrap();
        let texts = inbox["notices"].as_array().unwrap().iter().map(|notice| notice["told"]["text"].as_str().unwrap());
        texts.map(str::to_owned).collect()
    }
}
