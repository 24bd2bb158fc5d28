//! Fixtures: people, teams, grants, workspaces, roles, datasets with policies and rows, automations and how they are governed,
//! as TOML with rows and policies beside it.
//!
//! ```toml
//! site = "acme"
//! [attributes]
//! region = "text"            # `boolean`, `integer` or `text`; `text?`: a person may lack it
//! [[people]]
//! id = "ana"                 # user:ana
//! name = "Ana Silva"
//! attributes = { region = "emea" }
//! [[teams]]
//! id = "emea"                # team:emea
//! name = "EMEA"
//! members = ["user:ana"]
//! [[grants]]
//! to = "team:emea"           # or a list
//! rights = ["read", "update"]
//! dataset = "deals"
//! [[grants]]                 # a right over a principal: `on` instead of `dataset`
//! to = "user:ana"            # people and teams
//! rights = ["consent-for"]   # on a team or the site; `see-page`: on a person or each person of a team; `simulate-as`: on anyone
//! on = "team:emea"
//! [[grants]]                 # a right to invoke an operation
//! to = "user:ana"
//! rights = ["invoke"]
//! operation = "close_deal"
//! [[workspaces]]
//! id = "sales"
//! name = "Sales"
//! open = true                # everyone of the site may look in; default false
//! members = ["team:emea"]    # people and teams
//! [[roles]]
//! role = "resource-admin"    # built-in or the site's own: lower-case letters, digits, `-`
//! to = "user:ana"            # or a list; people and teams
//! workspace = "sales"        # or dataset = "deals"; neither: in the whole site
//! [datasets.deals]
//! workspace = "sales"        # where it lies; default: in none
//! columns = [{ name = "amount", type = "decimal(2)" }, { name = "note", type = "text", null = true }]
//! rows = "deals.csv"         # or deals.jsonl
//! policies = "deals.cedar"   # or the policies themselves
//! [[operations]]
//! name = "close_deal"
//! description = "Closes a deal in the CRM."
//! schema = { type = "object", properties = { deal = { type = "string" } }, required = ["deal"] }   # or "close_deal.json"
//! idempotent = true          # nothing is done twice for one key; default false
//! url = "https://crm.example.com/close"   # where it is called; without it, a provider of the embedder's carries it out
//! secret_file = "crm-token"  # its bearer secret, from the store's folder on
//! [[automations]]
//! name = "Tell about big deals"
//! plugin = "new-row"         # a plugin's name, or a component beside the fixture: "new-row.wasm"
//! run_as = "user:ana"
//! settings = { threshold = "1000.00" }
//! trigger = { on = "row", dataset = "deals", change = ["added"] }
//! recipients = ["team:emea"]
//! enabled = true             # the fixture records run_as's consent
//! workspace = "sales"        # where it lies; default: in none
//! kind = "main"              # who looks into its workspace may look at it; default `private`: only who is invited
//! members = ["user:ana"]     # who is invited; people and teams
//! [governance]
//! preset = "vendasta"        # default `mandate`
//! policies = "mine.cedar"    # or the policies themselves
//! successor = "user:ana"     # who takes over what is handed over at once, where nobody is named
//! [governance.settings]      # where the site differs from the preset
//! co_owners = ["users", "teams"]
//! ```

mod automations;
mod datasets;
mod governance;
mod operations;
mod over;
mod people;
mod raw;
mod reader;
mod sharing;
mod workspaces;

use std::path::Path;

use mandate_governance::{Planted, SiteChoices};
use mandate_model::{PrincipalId, Recipient, SiteId, Trigger};
use mandate_service::embedded::{GovernanceSeed, Seed};

use crate::folder::{self, Folder};
use crate::problem::{FixtureError, Place};
use crate::text::Text;
use reader::Reader;

pub use governance::load_choices;
pub use sharing::Sharing;

/// What the file of a fixture is called in its folder.
const FILE: &str = "fixture.toml";

/// A small world, checked and ready to be loaded.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// What the embedded platform starts with.
    pub seed: Seed,
    /// The automations, in order.
    pub automations: Vec<FixtureAutomation>,
    /// How they are governed, if it says so.
    pub governance: Option<SiteChoices>,
    /// Where files named in it stand.
    pub folder: Folder,
}

/// An automation of a fixture.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureAutomation {
    /// What it is called; unique within the fixture.
    pub name: String,
    /// What runs.
    pub plugin: PluginRef,
    /// Whose authority acts.
    pub run_as: PrincipalId,
    /// Who may edit it.
    pub managers: Vec<PrincipalId>,
    /// Settings; checked against the plugin's schema when it is known.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// What it listens to.
    pub trigger: Trigger,
    /// Whom it tells.
    pub recipients: Vec<Recipient>,
    /// Whether the fixture records run_as's consent and turns it on.
    pub enabled: bool,
    /// Where it lies, and who may look at it.
    pub sharing: Sharing,
    /// Where it stands, for messages about what only the service can check.
    pub place: Place,
}

impl FixtureAutomation {
    /// The automation as the operator of a site sets it up.
    pub fn planted(&self, site: &SiteId) -> Planted {
        Planted {
            site: site.clone(),
            workspace: self.sharing.workspace.clone(),
            kind: self.sharing.kind,
            name: self.name.clone(),
            run_as: self.run_as.clone(),
            managers: self.managers.iter().cloned().collect(),
            members: self.sharing.members.iter().cloned().collect(),
        }
    }
}

/// Which plugin an automation of a fixture runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginRef {
    /// By the name in its manifest.
    Name(String),
    /// A component beside the fixture, by its file name.
    File(String),
}

/// What a fixture is read from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The TOML of it.
    pub toml: Text,
    /// Policies besides those that datasets name.
    pub policies: Text,
    /// Where rows and policies stand.
    pub folder: Folder,
}

impl Fixture {
    /// Reads a fixture and the files that it names. Every problem of form is in the error or, where the form is right, every
    /// problem of meaning and of the files; where those are right, every problem of the policies. Nothing is loaded then.
    /// `path` is the fixture's TOML file, or its folder, in which the file is called `fixture.toml`.
    pub fn load(path: &Path) -> Result<Self, FixtureError> {
        let inside = path.join(FILE);
        if path.is_dir() && !inside.is_file() {
            let message = format!("the folder has no `{FILE}`: name the fixture's TOML file");
            return Err(FixtureError::one(Place::whole(path.display().to_string()), message));
        }
        let (toml, folder) = folder::open(if path.is_dir() { &inside } else { path })?;
        Self::read(Sources { toml, policies: Text::default(), folder })
    }

    /// Reads a fixture from its parts.
    pub fn read(sources: Sources) -> Result<Self, FixtureError> {
        let Sources { toml, policies, folder } = sources;
        let mut reader = Reader::new(&toml);
        let document = raw::Document::read(&mut reader);
        if !reader.problems.is_empty() {
            return Err(FixtureError::new(reader.problems));
        }
        let site = site(&mut reader, &document);
        let attributes = people::attributes(&mut reader, &document);
        let people = people::people(&mut reader, &document, &attributes);
        let teams = people::teams(&mut reader, &document, &people);
        let known = people::Known::of(site.as_ref(), &people, &teams);
        let mut data = datasets::read(&mut reader, &document, &folder, policies, &known);
        data.schema.attributes = attributes;
        let grants = people::grants(&mut reader, &document, &known, &data.schema);
        let workspaces = workspaces::read(&mut reader, &document, &known);
        let governance = GovernanceSeed {
            roles: workspaces::roles(&mut reader, &document, &known, &data.schema, &workspaces),
            principal_grants: over::grants(&mut reader, &document, &known),
            places: workspaces::places(&mut reader, &document, &workspaces),
            workspaces,
        };
        let operations = operations::read(&mut reader, &document, &folder, &known);
        let automations = automations::read(&mut reader, &document, &known, &data.schema, &governance.workspaces);
        let governed = governance::read(&mut reader, &document, &folder, &known);
        if reader.problems.is_empty() {
            datasets::check_policies(&mut reader, &data);
        }
        match (site, reader.problems.is_empty()) {
            (Some(site), true) => {
                let datasets::Datasets { schema, policies, rows } = data;
                let policies = policies.as_str().to_owned();
                let seed = Seed { site, schema, policies, people, teams, grants, rows, governance, operations };
                Ok(Self { seed, automations, governance: governed, folder })
            }
            _ => Err(FixtureError::new(reader.problems)),
        }
    }
}

fn site(reader: &mut Reader<'_>, document: &raw::Document) -> Option<SiteId> {
    let Some(site) = &document.site else {
        reader.report(0, "the fixture names no `site`: begin it with, for example, `site = \"acme\"`");
        return None;
    };
    let parsed = SiteId::parse(site.get_ref());
    reader.keep(site.span().start, parsed)
}
