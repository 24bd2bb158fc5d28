//! What is offered to choose from: of what one may not choose, why, as far as one may know it (MON-19, MON-20, MON-22, MON-24).

use std::collections::BTreeMap;

use mandate_governance::settings::{Layer, Precheck};
use mandate_model::{Columns, Manifest, PrincipalId};
use mandate_policy::Act;
use mandate_service::{AutomationPage, Offered, PluginInfo, ServiceError};
use maud::{Markup, html};
use serde_json::Value;

use super::form::Typed;
use crate::{app::App, console::field::marks, guard::Me, people, problem::Problem};

/// What is offered to somebody who sets an automation up.
pub(super) struct Choices {
    /// Datasets that they may know of.
    datasets: BTreeMap<String, Dataset>,
    /// People and teams whom they may see, with what these are called.
    pub(super) people: Vec<(PrincipalId, String)>,
    /// Whether what it finds as whom it runs as is sent to whom it tells.
    pub(super) as_run_as: bool,
    /// Whether an editor must hold all that a version declares, so that what they lack cannot be chosen.
    must_hold: bool,
    /// Whether what they lack is useless: it would act with their rights.
    as_them: bool,
    /// What is published: its settings, and the dataset that it listens to.
    published: (Value, Option<String>),
    /// What the plugin asks for.
    reads: Vec<Columns>,
    writes: Vec<Columns>,
}

struct Dataset {
    offered: Offered,
    /// Whether the site narrows by workspaces, and they may not look into that of the dataset.
    outside: bool,
}

/// Something to choose, and why one may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) why_not: Option<String>,
}

/// In place of the form, to whom may not know of all that is published: no name of it, and nothing to change (MON-22, MON-25).
pub(super) fn closed() -> Markup {
    html! {
        div.note.waits {
            p { "You cannot edit it: it works with something that you may not know of." }
            p { "Who may use all of it can, or can let you." }
        }
        fieldset {
            legend { "Settings" }
            div.field {
                label for="closed" { "What it works with" }
                select id="closed" disabled { option { "something that you may not know of" } }
            }
        }
    }
}

impl Choices {
    /// What `me` is offered for the plugin that they chose.
    pub(super) async fn of(
        app: &App,
        me: &Me,
        page: &AutomationPage,
        plugin: Option<&PluginInfo>,
    ) -> Result<Self, Problem> {
        let settings = app.service.choices(&me.standing.site).await?.effective().map_err(ServiceError::from)?;
        let narrowed = settings.narrowed_by.contains(&Layer::Workspace);
        let mut datasets = BTreeMap::new();
        for (name, offered) in app.roles.datasets(me.id()).await.map_err(ServiceError::from)? {
            let outside = match &offered.workspace {
                Some(workspace) if narrowed && !me.standing.enters(workspace) => {
                    app.roles.is_open(workspace).await.map_err(ServiceError::from)? != Some(true)
                }
                _ => false,
            };
            datasets.insert(name, Dataset { offered, outside });
        }
        let mut people = people::called(app, me, "").await?;
        people.extend(people::teams(app, me).await?);
        let works_on = page.version.as_ref().and_then(|version| version.whole.as_ref()?.works_on.as_ref());
        let published = works_on.map(|(trigger, settings)| {
            (serde_json::from_str(settings).unwrap_or_default(), trigger.dataset().map(str::to_owned))
        });
        let asks = |of: fn(&Manifest) -> &Vec<Columns>| plugin.map(|plugin| of(&plugin.described.manifest).clone());
        Ok(Self {
            datasets,
            people,
            as_them: page.automation.runs_as(me.id()) || page.moves.contains(&Act::Edit),
            as_run_as: settings.evaluate_as.is_run_as(),
            must_hold: settings.precheck.contains(&Precheck::Edit),
            published: published.unwrap_or_default(),
            reads: asks(|manifest| &manifest.reads).unwrap_or_default(),
            writes: asks(|manifest| &manifest.writes).unwrap_or_default(),
        })
    }

    /// Datasets for a setting; for what it listens to, if there is none.
    fn datasets(&self, setting: Option<&str>) -> Vec<Offer> {
        let inside = self.datasets.iter().filter(|(_, dataset)| !dataset.outside);
        inside.map(|(name, one)| Offer { name: name.clone(), why_not: self.lacks(&one.offered, setting) }).collect()
    }

    /// Why a dataset cannot be what a setting names.
    fn lacks(&self, offered: &Offered, setting: Option<&str>) -> Option<String> {
        let Some(setting) = setting.map(|name| format!("{{{name}}}")) else {
            return (!offered.reads).then(|| "you may not read it".to_owned());
        };
        let of = |all: &[Columns]| all.iter().filter(|one| one.dataset == setting).cloned().collect::<Vec<_>>();
        let (reads, writes) = (of(&self.reads), of(&self.writes));
        let lacking = |all: &[Columns], have: &[String]| {
            let literal = all.iter().flat_map(|one| &one.columns).filter(|column| !column.starts_with('{'));
            literal.into_iter().find(|column| !have.contains(column)).cloned()
        };
        if !reads.is_empty() && !offered.reads {
            return Some("you may not read it".to_owned());
        }
        if !writes.is_empty() && offered.sets.is_empty() {
            return Some("you may not change it".to_owned());
        }
        let unseen = lacking(&reads, &offered.sees).map(|column| format!("you may not see its column {column}"));
        unseen.or_else(|| lacking(&writes, &offered.sets).map(|column| format!("you may not set its column {column}")))
    }

    /// Columns for a setting, by dataset: of those of which the plugin takes it, where that is known.
    fn columns(&self, setting: &str, typed: &Typed) -> Vec<(String, Vec<Offer>)> {
        let placeholder = format!("{{{setting}}}");
        let asks = |all: &[Columns]| all.iter().find(|one| one.columns.contains(&placeholder)).cloned();
        let (read, written) = (asks(&self.reads), asks(&self.writes));
        let of = read.as_ref().or(written.as_ref()).map(|one| one.dataset.as_str());
        let dataset = of.and_then(|text| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(other) => typed.settings.get(other).map(String::as_str).filter(|name| !name.is_empty()),
            None => Some(text),
        });
        let here = |name: &str| dataset.is_none_or(|dataset| dataset == name);
        let inside = self.datasets.iter().filter(|(name, dataset)| !dataset.outside && here(name));
        let offers = |offered: &Offered| {
            let why_not = |column: &String| {
                let sets = written.is_none() || offered.sets.contains(column);
                (!sets).then(|| "you may see it, not set it".to_owned())
            };
            offered.sees.iter().map(|column| Offer { name: column.clone(), why_not: why_not(column) }).collect()
        };
        inside.map(|(name, one)| (name.clone(), offers(&one.offered))).collect()
    }

    /// The columns of a dataset that they may see.
    pub(super) fn columns_heard(&self, dataset: &str) -> Vec<String> {
        let inside = self.datasets.get(dataset).filter(|dataset| !dataset.outside);
        inside.map(|dataset| dataset.offered.sees.clone()).unwrap_or_default()
    }

    /// The control of a setting that names a dataset.
    pub(super) fn dataset_of(&self, field: &str, setting: &str, value: &str, typed: &Typed) -> Markup {
        let published = self.published.0.get(setting).and_then(Value::as_str) == Some(value);
        self.control(field, value, published, &[(String::new(), self.datasets(Some(setting)))], typed)
    }

    /// The control of the dataset that it listens to.
    pub(super) fn heard(&self, field: &str, value: &str, typed: &Typed) -> Markup {
        let published = self.published.1.as_deref() == Some(value);
        self.control(field, value, published, &[(String::new(), self.datasets(None))], typed)
    }

    /// The control of a setting that names a column.
    pub(super) fn column_of(&self, field: &str, setting: &str, value: &str, typed: &Typed) -> Markup {
        let published = self.published.0.get(setting).and_then(Value::as_str) == Some(value);
        self.control(field, value, published, &self.columns(setting, typed), typed)
    }

    /// What one may not choose is grey and says why. What is published and one may not choose does not open: nothing could be
    /// published without it either (MON-20, MON-22, MON-25).
    fn control(
        &self,
        field: &str,
        value: &str,
        published: bool,
        groups: &[(String, Vec<Offer>)],
        typed: &Typed,
    ) -> Markup {
        let (invalid, described) = marks(field, typed.why(field));
        let offered = groups.iter().flat_map(|(_, offers)| offers).find(|offer| offer.name == value);
        let not_yours = || "not yours to choose".to_owned();
        let why_not = offered.map_or_else(|| Some(not_yours()), |offer| offer.why_not.clone());
        let why_not = why_not.filter(|_| !value.is_empty());
        let shut = self.must_hold && published && why_not.is_some();
        let known = offered.is_some() || value.is_empty();
        let stray = Offer { name: value.to_owned(), why_not: Some(not_yours()) };
        let option = |offer: &Offer| {
            // What is chosen already would not be sent, grey; where it need not be held, who publishes may leave it.
            let grey = self.must_hold || self.as_them && offer.name != value;
            html! {
                option value=(offer.name) selected[offer.name == value] disabled[grey && offer.why_not.is_some()] {
                    (offer.name) @if let Some(why) = &offer.why_not { " (" (why) ")" }
                }
            }
        };
        html! {
            @if shut { input type="hidden" name=(field) value=(value); }
            select id=(field) name=(field) disabled[shut] aria-invalid=[invalid] aria-describedby=[described] {
                option value="" { "Choose one" }
                @for (label, offers) in groups {
                    @if label.is_empty() { @for offer in offers { (option(offer)) } }
                    @else { optgroup label=(label) { @for offer in offers { (option(offer)) } } }
                }
                @if !known { (option(&stray)) }
            }
            @if let Some(why) = why_not.filter(|_| shut) { p.quiet { "You cannot change this: " (why) "." } }
        }
    }
}
