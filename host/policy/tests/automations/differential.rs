//! Cedar and the model in plain Rust must agree on every act, whatever the rules, the people and the site's own policies.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mandate_model::AutomationKind;
use mandate_policy::{Act, Actor, AutomationPolicies, Circumstances, Decision, Permission, Rule, Target};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::oracle::{self, Case, Condition, Custom, FLAGS, Person, Thing, Verdict};
use crate::world::{id, ids, site, words};

/// Mostly Ana, so that people meet what is theirs.
const USERS: [&str; 4] = ["ana", "ana", "bob", "eve"];
const TEAMS: [&str; 3] = ["emea", "spain", "ana"];
const WORKSPACES: [&str; 2] = ["sales", "legal"];
const ROLES: [&str; 5] = ["site-admin", "workspace-admin", "resource-admin", "member", "edit"];
const PRINCIPALS: [&str; 6] = ["user:ana", "user:bob", "user:eve", "team:emea", "team:spain", "team:ana"];
const RUN_AS: [&str; 6] = ["user:ana", "user:ana", "user:bob", "team:emea", "site:acme", "team:ana"];

fn acts() -> Vec<&'static str> {
    Act::ALL.iter().map(|act| act.as_str()).collect()
}

fn some<T: Clone + std::fmt::Debug + 'static>(all: &[T], most: usize) -> impl Strategy<Value = Vec<T>> + use<T> {
    subsequence(all.to_vec(), 0..=most)
}

fn leaf() -> impl Strategy<Value = Condition> {
    let permissions: Vec<_> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    prop_oneof![
        2 => select(&USERS[..]).prop_map(Condition::IsUser),
        1 => select(&TEAMS[..]).prop_map(|team| Condition::In("Team", team)),
        1 => select(&WORKSPACES[..]).prop_map(|workspace| Condition::In("Workspace", workspace)),
        1 => select(&ROLES[..]).prop_map(|role| Condition::In("Role", role)),
        1 => select(permissions).prop_map(|permission| Condition::In("Permission", permission)),
        2 => (0..FLAGS.len()).prop_map(Condition::Flag),
        3 => Just(Condition::Overflows),
        1 => select(&WORKSPACES[..]).prop_map(Condition::ThingInWorkspace),
        1 => Just(Condition::RunsAsMe),
        1 => select(&TEAMS[..]).prop_map(Condition::RunsAsTeam),
        1 => Just(Condition::CreatedByMe),
        1 => Just(Condition::ManagedByMe),
        1 => Just(Condition::ManagedByMyTeam),
        1 => Just(Condition::InItsWorkspace),
        1 => Just(Condition::Main),
        1 => Just(Condition::Open),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 8, 2, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            one().prop_map(Condition::Not),
            (one(), one()).prop_map(|(left, right)| Condition::And(left, right)),
            (one(), one()).prop_map(|(left, right)| Condition::Or(left, right)),
        ]
    })
}

fn custom() -> impl Strategy<Value = Custom> {
    let acts = prop_oneof![1 => Just(Vec::new()), 2 => some(&acts(), 4)];
    (any::<bool>(), acts, condition()).prop_map(|(permit, acts, when)| Custom { permit, acts, when })
}

fn person() -> impl Strategy<Value = Person> {
    let permissions: Vec<_> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    let inside = (some(&TEAMS, 2), some(&WORKSPACES, 2), some(&ROLES, 2), some(&permissions, 8));
    let site = prop_oneof![9 => Just("acme"), 1 => Just("globex")];
    (select(&USERS[..]), site, prop::bool::weighted(0.9), inside).prop_map(
        |(name, site, active, (teams, workspaces, roles, permissions))| Person {
            name,
            site,
            active,
            teams,
            workspaces,
            roles,
            permissions,
        },
    )
}

fn thing() -> impl Strategy<Value = Thing> {
    let place = (prop_oneof![9 => Just("acme"), 1 => Just("globex")], option::of(select(&WORKSPACES[..])));
    let people = (
        option::weighted(0.9, select(&RUN_AS[..])),
        select(&PRINCIPALS[..]),
        option::weighted(0.9, select(&RUN_AS[..])),
    );
    (place, any::<bool>(), any::<bool>(), people, some(&PRINCIPALS, 2), some(&PRINCIPALS, 2)).prop_map(
        |((site, workspace), open, main, (run_as, creator, draft_of), managers, members)| Thing {
            site,
            workspace,
            open,
            main,
            run_as,
            creator,
            managers,
            members,
            draft_of,
        },
    )
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    let rules: Vec<_> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    let most = rules.len();
    let flags = (prop::bool::weighted(0.3), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let history = (any::<bool>(), any::<bool>());
    (some(&rules, most), vec(custom(), 0..4), person(), thing(), flags, history).prop_map(
        |(rules, custom, person, thing, (must_hold, holds_all, administers_all, consents, sees), history)| Case {
            rules,
            custom,
            person,
            thing,
            flags: [must_hold, holds_all, administers_all, consents, sees],
            history: history.into(),
        },
    )
}

pub(crate) fn actor(person: &Person) -> Actor {
    Actor {
        id: id(&format!("user:{}", person.name)),
        site: site(person.site),
        active: person.active,
        teams: person.teams.iter().map(|team| id(&format!("team:{team}"))).collect(),
        workspaces: words(&person.workspaces),
        roles: words(&person.roles),
        permissions: person.permissions.iter().map(|word| Permission::parse(word).unwrap()).collect(),
    }
}

pub(crate) fn target(thing: &Thing) -> Target {
    Target {
        site: site(thing.site),
        workspace: thing.workspace.map(str::to_owned),
        open: thing.open,
        kind: if thing.main { AutomationKind::Main } else { AutomationKind::Private },
        run_as: thing.run_as.map(id),
        creator: id(thing.creator),
        managers: ids(&thing.managers),
        members: ids(&thing.members),
        draft_of: thing.draft_of.map(id),
    }
}

pub(crate) fn circumstances(case: &Case) -> Circumstances {
    let [must_hold, holds_all, administers_all, consents_for_run_as, sees_run_as] = case.flags;
    let [covers_run, only_whether] = case.history;
    Circumstances { must_hold, holds_all, administers_all, consents_for_run_as, sees_run_as, covers_run, only_whether }
}

/// The decision about each act, with these policies of the site.
fn decisions(case: &Case, custom: &str) -> Result<Vec<(Act, Decision)>, TestCaseError> {
    let rules = case.rules.iter().map(|word| Rule::parse(word).unwrap()).collect();
    let policies = match AutomationPolicies::load(&rules, custom) {
        Ok(policies) => policies,
        // Such as one about automations for the act `create`: refused on purpose.
        Err(errors) if errors.iter().all(|error| error.message.contains("can never apply")) => {
            return Err(TestCaseError::reject("impossible"));
        }
        Err(errors) => return Err(TestCaseError::fail(format!("{errors:?}\n{custom}"))),
    };
    let (actor, target, circumstances) = (actor(&case.person), target(&case.thing), circumstances(case));
    Ok(Act::ALL.iter().map(|act| (*act, policies.decide(*act, &actor, &target, &circumstances))).collect())
}

fn verdict(decision: &Decision) -> Verdict {
    match decision {
        Decision::Allow => Verdict::Allowed,
        Decision::Deny(reason) if reason.starts_with("cannot decide: ") => Verdict::Undecided,
        Decision::Deny(_) => Verdict::Denied,
    }
}

/// How often each act was allowed, denied and undecided.
type Count = BTreeMap<Act, [usize; 3]>;

fn run(check: impl Fn(&Case, &mut Count) -> Result<(), TestCaseError>) -> Count {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() });
    let count = RefCell::new(Count::new());
    let result = runner.run(&case(), |case| check(&case, &mut count.borrow_mut()));
    result.unwrap_or_else(|error| panic!("{error}"));
    count.into_inner()
}

#[test]
fn cedar_and_the_model_agree_on_every_act() {
    let count = run(|case, count| {
        let custom: String = case.custom.iter().map(Custom::cedar).collect();
        for (act, decision) in decisions(case, &custom)? {
            let expected = oracle::verdict(act.as_str(), case);
            prop_assert_eq!(verdict(&decision), expected, "{}: {:?}\n{}", act, decision, custom);
            count.entry(act).or_default()[expected as usize] += 1;
        }
        Ok(())
    });
    println!("{count:?}");
    for act in Act::ALL {
        let [allowed, denied, undecided] = count[act];
        assert!(allowed > 0 && denied > 0 && undecided > 0, "{act}: {count:?}");
    }
}

#[test]
fn floors_hold_against_a_policy_that_permits_everything() {
    let count = run(|case, count| {
        for (act, decision) in decisions(case, "permit (principal, action, resource);")? {
            let floored = oracle::floored(act.as_str(), case) || oracle::shut_out(act.as_str(), case);
            prop_assert_eq!(decision.is_allow(), !floored, "{}: {:?}", act, decision);
            count.entry(act).or_default()[usize::from(floored)] += 1;
        }
        Ok(())
    });
    println!("{count:?}");
    for act in Act::ALL {
        assert!(count[act][0] > 0 && count[act][1] > 0, "{act}: {count:?}");
    }
}
