//! Who is shown what of a run: whether that it ran, by policy; of what it read, what they could read now, by the platform.

use std::{collections::BTreeSet, sync::Arc};

use mandate_governance::{Life, footprint};
use mandate_model::{
    Change, ColumnSet, Entry, Label, Occurrence, PrincipalId, PrincipalKind, Resource, RunId, Verdict,
    effect::PLACEHOLDER,
};
use mandate_runtime::platform::{DataAs, Reading, Which};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ServiceError},
    governing::{facts::OfHistory, standpoint::Standpoint},
    runner::{Context, Runner},
    store::{
        self,
        part::{PartKind, Seen},
        run::Run,
    },
};

/// How much of a run somebody is shown besides their own parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Nothing: for them there is nothing else.
    Own,
    /// That it ran, and when (FND-25).
    Happened,
    /// The act part, as far as they could read now what it read.
    Redacted,
}

/// One person before one run.
pub(super) struct Look {
    pub(super) viewer: PrincipalId,
    pub(super) context: Context,
    pub(super) sight: Sight,
    /// Whether they may see the automation.
    pub(super) sees: bool,
    /// Their own parts.
    pub(super) own: Vec<Seen>,
    pub(super) eyes: Eyes,
}

/// What one person could know now of what a run is about.
pub(super) struct Eyes {
    viewer: PrincipalId,
    data: Arc<dyn DataAs>,
    /// That it happened.
    pub(super) event: bool,
    /// Whether anybody else had a part in it: that may depend on every cell of what it is about.
    pub(super) act: bool,
    /// The names of all that the version may touch.
    pub(super) names: bool,
    /// Whose page they may see; `None`: everybody's.
    people: Option<BTreeSet<PrincipalId>>,
}

/// What somebody must be able to know to be shown something.
#[derive(Debug, PartialEq)]
enum Need {
    Nothing,
    Event,
    Names,
    Person,
    Read(Reading),
    /// Nobody can be asked about it.
    Never,
}

impl Runner {
    /// A person before a run: [`ServiceError::NoRun`] if it is nothing to them.
    pub(super) async fn look(&self, viewer: &PrincipalId, id: &RunId) -> Result<Look> {
        let nothing = || ServiceError::NoRun(id.to_string());
        let reader = self.store.reader();
        let run = store::run::find(reader, id).await?.ok_or_else(nothing)?;
        let mut own = store::part::seen(reader, viewer, Some(id)).await?;
        let from = self.standpoint_of(viewer, &run).await?;
        let may = |of| from.as_ref().is_some_and(|from| from.history(of));
        let (whole, covered, whether) = (may(OfHistory::Run), may(OfHistory::CoveredRun), may(OfHistory::Whether));
        if own.is_empty() && !whole && !covered && !whether {
            return Err(nothing());
        }
        let context = self.context(id).await?;
        if !self.still_concerns(viewer, &own, &context).await? {
            own.clear();
        }
        let eyes = self.eyes(viewer, from.as_ref(), !own.is_empty(), &context).await?;
        let sight = if whole || covered && self.covers(&eyes, &context.run).await? {
            Sight::Redacted
        } else if whether {
            Sight::Happened
        } else {
            Sight::Own
        };
        if own.is_empty() && sight == Sight::Own {
            return Err(nothing());
        }
        let sees = from.as_ref().is_some_and(Standpoint::sees);
        Ok(Look { viewer: viewer.clone(), context, sight, sees, own, eyes })
    }

    /// Where the viewer stands before the run's automation. What cannot be read shows nothing to who has no part in it.
    async fn standpoint_of(&self, viewer: &PrincipalId, run: &Run) -> Result<Option<Standpoint>> {
        let asked = async {
            let life: Life = store::automation::known(self.store.reader(), &run.automation).await?;
            self.standpoint(&life, viewer).await
        };
        match asked.await {
            Err(error) if error.is_broken() => Ok(None),
            asked => asked,
        }
    }

    /// Whether the viewer, with the rights of now, is there and may know of the event of their own parts. Who cannot be asked about
    /// is not shown.
    async fn still_concerns(&self, viewer: &PrincipalId, own: &[Seen], context: &Context) -> Result<bool> {
        let Some(first) = own.first() else { return Ok(false) };
        Ok(self.concerns(viewer, first.kind()?, context).await)
    }

    /// [`Runner::still_concerns`] of parts of which the first is of this kind.
    pub(super) async fn concerns(&self, viewer: &PrincipalId, first: PartKind, context: &Context) -> bool {
        let there = matches!(self.host.platform.directory.principal(viewer).await, Ok(Some(_)));
        there && self.witnesses(viewer, first, context).await.unwrap_or(false)
    }

    /// What the viewer could know now of what a run is about; `told`: that it happened, they know already.
    pub(super) async fn eyes(
        &self,
        viewer: &PrincipalId,
        from: Option<&Standpoint>,
        told: bool,
        context: &Context,
    ) -> Result<Eyes> {
        let occurrence = &context.occurrence;
        // A run by hand about no row is nobody's secret, once one may know that there was a run.
        let open = occurrence.change == Change::Manual && occurrence.row().is_none();
        let event = told || open || self.witnesses(viewer, PartKind::Notify, context).await.unwrap_or(false);
        let mut names = true;
        for power in footprint(&context.version) {
            names = names && self.host.roles.knows(viewer, &power).await?;
        }
        let people = match from {
            Some(from) if from.standing.is_site_admin() => None,
            Some(from) => Some(from.standing.sees.clone()),
            None => Some(BTreeSet::new()),
        };
        let data = self.host.platform.data.open(viewer);
        let act = event && whole_subject(data.as_ref(), occurrence).await;
        Ok(Eyes { viewer: viewer.clone(), data, event, act, names, people })
    }

    /// Whether they could read now all that the act part read; of a run without one, whether they may know of its event.
    async fn covers(&self, eyes: &Eyes, run: &Run) -> Result<bool> {
        for part in store::part::of_kind(self.store.reader(), &run.id, PartKind::Act).await? {
            let journal = store::part::journal(self.store.reader(), &part.id).await?;
            if eyes.entries(&part.principal()?, &journal).await < journal.len() {
                return Ok(false);
            }
        }
        Ok(eyes.act)
    }
}

impl Eyes {
    /// How many entries of a part of `principal`, from the first on, the viewer could be told now. What a guest asks depends on all
    /// that it was answered before: after one that is not for them, none is.
    pub(super) async fn entries(&self, principal: &PrincipalId, journal: &[Entry]) -> usize {
        if !self.event {
            return 0;
        }
        let needs: Vec<Vec<Need>> = journal.iter().map(|entry| needs(&self.viewer, principal, entry)).collect();
        let readings: BTreeSet<&Reading> = needs.iter().flatten().filter_map(Need::reading).collect();
        let readings: Vec<Reading> = readings.into_iter().cloned().collect();
        // Who cannot be asked about is not shown.
        let may = self.data.may_read(&readings).await.unwrap_or_default();
        let may: BTreeSet<&Reading> =
            readings.iter().zip(may).filter(|(_, may)| *may).map(|(reading, _)| reading).collect();
        let met = |need: &Need| match need {
            Need::Nothing => true,
            Need::Event => self.event,
            Need::Names => self.names,
            Need::Person => self.people.as_ref().is_none_or(|people| people.contains(principal)),
            Need::Read(reading) => may.contains(reading),
            Need::Never => false,
        };
        needs.iter().take_while(|needs| needs.iter().all(met)).count()
    }
}

/// What `viewer` must be able to know to be told an entry of a part of `principal`.
fn needs(viewer: &PrincipalId, principal: &PrincipalId, entry: &Entry) -> Vec<Need> {
    let mut needs = vec![];
    let known = entry.labels.all(|label| {
        needs.push(match label.principal == *principal {
            false => Need::Never,
            true if principal == viewer => of_own(entry, label),
            true => of_another(entry, label),
        });
        true
    });
    if known { needs } else { vec![Need::Never] }
}

/// Whether they see what the event is about in every column; of a row that is gone, its last image.
async fn whole_subject(data: &dyn DataAs, occurrence: &Occurrence) -> bool {
    let Some(row) = occurrence.row() else { return true };
    let rows = match occurrence.change {
        Change::Removed => Which::NoRow,
        _ => Which::These(BTreeSet::from([row.id.clone()])),
    };
    let reading = Reading { dataset: row.dataset.clone(), rows, columns: ColumnSet::All };
    data.may_read(&[reading]).await.is_ok_and(|may| may == [true])
}

impl Need {
    fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Read(reading) => Some(reading),
            _ => None,
        }
    }
}

/// What was read as the viewer themself: what they were told then, if they could read it now. That they were denied, they know.
fn of_own(entry: &Entry, label: &Label) -> Need {
    match &label.resource {
        _ if matches!(entry.verdict, Verdict::Denied(_)) => Need::Nothing,
        Resource::Event | Resource::Settings | Resource::Profile | Resource::Operation(_) => Need::Nothing,
        Resource::Path(_) => Need::Never,
        Resource::Dataset { dataset, columns } => read(dataset, Which::NoRow, ColumnSet::Named(columns.clone())),
        Resource::Rows { dataset, ids, columns } => read(dataset, these(ids), ColumnSet::Named(columns.clone())),
    }
}

/// What was read as somebody else. An answer about rows holds revisions, which are made of every column that they see; whether it was
/// denied may depend on any. What a condition found depends on all rows that there are, also on those that it did not find.
fn of_another(entry: &Entry, label: &Label) -> Need {
    let reads = entry.interface == "rows";
    let denied = matches!(entry.verdict, Verdict::Denied(_));
    match &label.resource {
        Resource::Event => Need::Event,
        Resource::Settings => Need::Names,
        // The name of a team or a site says nothing of anybody.
        Resource::Profile if label.principal.kind() != PrincipalKind::User => Need::Nothing,
        Resource::Profile => Need::Person,
        Resource::Path(_) | Resource::Operation(_) => Need::Never,
        Resource::Dataset { dataset, .. } if !reads || denied => read(dataset, Which::NoRow, ColumnSet::All),
        Resource::Rows { dataset, ids, .. } if !reads || entry.method == "get" => {
            read(dataset, these(ids), ColumnSet::All)
        }
        Resource::Dataset { dataset, .. } | Resource::Rows { dataset, .. } => {
            read(dataset, Which::Every, ColumnSet::All)
        }
    }
}

fn read(dataset: &str, rows: Which, columns: ColumnSet) -> Need {
    Need::Read(Reading { dataset: dataset.to_owned(), rows, columns })
}

/// These rows, without those that the same act made: it was staged, and there is none of that name.
fn these(ids: &BTreeSet<String>) -> Which {
    let real: BTreeSet<String> = ids.iter().filter(|id| !id.starts_with(PLACEHOLDER)).cloned().collect();
    if real.is_empty() { Which::NoRow } else { Which::These(real) }
}

#[cfg(test)]
mod tests {
    use mandate_model::{Labels, Phase};

    use super::*;

    fn who(id: &str) -> PrincipalId {
        PrincipalId::parse(id).unwrap()
    }

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn entry(call: &str, verdict: Verdict, labels: Labels) -> Entry {
        let (interface, method) = call.split_once('.').unwrap();
        Entry {
            sequence: 0,
            phase: Phase::Condition,
            interface: interface.to_owned(),
            method: method.to_owned(),
            arguments: serde_json::Value::Null,
            answer: serde_json::Value::Null,
            verdict,
            labels,
        }
    }

    /// What ana and bob must be able to know to see one call of a part of ana's.
    fn both(call: &str, verdict: Verdict, resource: Resource) -> [Vec<Need>; 2] {
        let ana = who("user:ana");
        let entry = entry(call, verdict, Labels::of(&ana, resource));
        [needs(&ana, &ana, &entry), needs(&who("user:bob"), &ana, &entry)]
    }

    #[test]
    fn what_has_no_label_or_one_of_another_person_is_for_nobody() {
        let (ana, bob) = (who("user:ana"), who("user:bob"));
        let own = || Labels::of(&ana, Resource::Settings);
        let others = Labels::of(&bob, Resource::Settings);
        let none: Labels = serde_json::from_str("[]").unwrap();
        for hidden in [none, others.clone(), own().and(&others)] {
            for viewer in [&ana, &bob] {
                let needs = needs(viewer, &ana, &entry("rows.get", Verdict::Allowed, hidden.clone()));
                assert!(needs.contains(&Need::Never), "{viewer} {hidden:?}");
            }
        }
    }

    #[test]
    fn rows_are_judged_one_by_one_and_others_need_every_column_for_revisions_are_made_of_them() {
        let rows = |ids: &[&str], columns: &[&str]| Resource::Rows {
            dataset: "deals".to_owned(),
            ids: set(ids),
            columns: set(columns),
        };
        let [own, other] = both("rows.get", Verdict::Allowed, rows(&["1"], &["title"]));
        assert_eq!(own, [read("deals", Which::These(set(&["1"])), ColumnSet::Named(set(&["title"])))]);
        assert_eq!(other, [read("deals", Which::These(set(&["1"])), ColumnSet::All)]);
        let [own, other] = both("rows-write.update", Verdict::Allowed, rows(&["new:0-0"], &["title"]));
        assert_eq!(own, [read("deals", Which::NoRow, ColumnSet::Named(set(&["title"])))]);
        assert_eq!(other, [read("deals", Which::NoRow, ColumnSet::All)]);
    }

    #[test]
    fn n10_what_a_condition_found_is_for_who_sees_every_row_that_it_could_have_found() {
        let every = [read("deals", Which::Every, ColumnSet::All)];
        let found = Resource::Rows { dataset: "deals".to_owned(), ids: set(&["1"]), columns: set(&["title"]) };
        let empty = || Resource::Dataset { dataset: "deals".to_owned(), columns: set(&["title"]) };
        for (resource, verdict) in [
            (found, Verdict::Allowed),
            (empty(), Verdict::Allowed),
            (empty(), Verdict::Limit("too much".to_owned())),
            (empty(), Verdict::Unavailable("busy".to_owned())),
        ] {
            assert_eq!(both("rows.find", verdict, resource)[1], every);
        }
        // That it was denied depends on no row.
        let denied = both("rows.find", Verdict::Denied("no grant".to_owned()), empty());
        assert_eq!(denied, [vec![Need::Nothing], vec![read("deals", Which::NoRow, ColumnSet::All)]]);
        // Nor does it where a row is to be made.
        assert_eq!(
            both("rows-write.create", Verdict::Allowed, empty())[1],
            [read("deals", Which::NoRow, ColumnSet::All)]
        );
    }

    #[test]
    fn what_is_no_row_is_known_by_its_event_by_names_or_by_person() {
        for (resource, own, other) in [
            (Resource::Event, Need::Nothing, Need::Event),
            (Resource::Settings, Need::Nothing, Need::Names),
            (Resource::Profile, Need::Nothing, Need::Person),
            (Resource::Operation("pay".to_owned()), Need::Nothing, Need::Never),
            (Resource::Path("/a".to_owned()), Need::Never, Need::Never),
        ] {
            assert_eq!(both("authority.x", Verdict::Allowed, resource), [vec![own], vec![other]]);
        }
        let team = who("team:emea");
        let profile = entry("authority.locale", Verdict::Allowed, Labels::of(&team, Resource::Profile));
        assert_eq!(needs(&who("user:bob"), &team, &profile), [Need::Nothing]);
    }
}
