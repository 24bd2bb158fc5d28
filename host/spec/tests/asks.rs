//! Steps and expectations about automations themselves: what is read, and what is told where it is wrong.
#![allow(clippy::unwrap_used, reason = "a test")]

use mandate_model::AutomationKind;
use mandate_spec::Text;
use mandate_spec::folder::Folder;
use mandate_spec::spec::Spec;
use mandate_spec::spec::expect::Kind;
use mandate_spec::spec::expect::governance::Governed;
use mandate_spec::spec::steps::Action;
use mandate_spec::spec::steps::ask::{Asked, Point, Verb};
use mandate_spec::spec::steps::holdings::Held;

const SPEC: &str = r#"## NEW-1 A spec

```toml people
site = "acme"
people = [{ id = "ana", name = "Ana" }]
teams = [{ id = "emea", name = "EMEA" }]
workspaces = [{ id = "sales", name = "Sales" }]
datasets = { deals = { columns = [{ name = "n", type = "integer" }] } }
```

```toml automation
[[automations]]
name = "Tell"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
```

```toml event
[[step]]
ask = "create"
automation = "New"
by = "user:ana"
workspace = "sales"
kind = "main"
[[step]]
ask = "publish"
automation = "New"
by = "user:ana"
like = "Tell"
recipients = ["team:emea", "column:owner"]
[[step]]
ask = "offer"
automation = "Tell"
by = "user:ana"
to = "site:acme"
expected = "nobody"
refused = "may not"
[[step]]
ask = "rename"
automation = "Tell"
by = "user:ana"
name = "Told"
[[step]]
give_role = "auditor"
of = "user:ana"
workspace = "sales"
[[step]]
grant = "see-page team:emea"
of = "user:ana"
[[step]]
remove_from_workspace = "sales"
of = "team:emea"
[[step]]
recheck = true
```

```toml expect
[[automation]]
name = "Told"
run_as = "nobody"
state = "off"
[[sees]]
who = "user:ana"
sees_not = ["New"]
[[may]]
who = "user:ana"
automation = "New"
may = ["enable"]
[[notice]]
to = "user:ana"
automation = "New"
none = true
[[happened]]
automation = "New"
what = "created"
by = "nobody"
```

```toml event mutation "it is another"
[[step]]
ask = "create"
automation = "New"
by = "user:ana"
[[step]]
ask = "clone"
automation = "Tell"
by = "user:ana"
name = "Told"
```
"#;

fn parse(text: &str) -> Result<Vec<Spec>, String> {
    Spec::parse(&Text::of_file("s", text), &Folder::empty()).map_err(|error| error.to_string())
}

/// What is told once `part` of the file is replaced: the beginning.
fn check(part: &str, replacement: &str, told: &str) {
    assert!(SPEC.contains(part), "{part}");
    let found = parse(&SPEC.replacen(part, replacement, 1)).map_or_else(|told| told, |_| "read".to_owned());
    assert!(found.starts_with(told), "expected `{told}`, found `{found}`");
}

#[test]
fn asks_and_holdings_are_read() {
    let spec = parse(SPEC).unwrap().remove(0);
    let asked: Vec<&Asked> = spec.case.steps.iter().filter_map(|step| step.asked()).collect();
    assert!(
        matches!(&asked[0].verb, Verb::Create(Some(workspace), kind) if workspace == "sales" && *kind == AutomationKind::Main)
    );
    assert!(matches!(&asked[1].verb, Verb::Publish(content, false)
        if content.like == "Tell" && content.recipients.as_ref().is_some_and(|all| all.len() == 2)));
    assert!(matches!(&asked[2].verb, Verb::Offer(Some(to)) if to.to_string() == "site:acme"));
    assert_eq!((asked[2].expected.clone(), &asked[2].point), (Some(None), &Point::Refused("may not".to_owned())));
    let held: Vec<&Held> = spec
        .case
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Give(_, held) | Action::Remove(_, held) => Some(held),
            _ => None,
        })
        .collect();
    assert!(matches!(held.as_slice(), [Held::Role(_), Held::Over(_), Held::Member(_)]), "{held:?}");
    assert_eq!(spec.case.steps.last().unwrap().action, Action::Recheck);
    let governed = spec.case.expectations.list.iter().filter(|item| matches!(item.kind, Kind::Governed(_)));
    assert_eq!(governed.count(), 5);
    assert!(matches!(&spec.case.expectations.list[3].kind, Kind::Governed(Governed::Notice(_, _, None, Some(0)))));
}

#[test]
fn a_refusal_is_an_expectation() {
    let (before, rest) = SPEC.split_once("```toml expect\n").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    assert_eq!(
        parse(&format!("{before}{after}")).map(|specs| specs.len()),
        Err("s:59:1: the spec expects nothing: \
        it needs a fence `toml expect`"
            .to_owned()),
        "the mutation refuses nothing"
    );
    let world = |said: &str| {
        let rename = "ask = \"rename\"\nautomation = \"Tell\"\nby = \"user:ana\"\nname = \"Told\"\n";
        let text = format!("{before}{after}").replace("ask = \"clone\"", "ask = \"rename\"");
        let text = text.replace("refused = \"may not\"\n", "").replace(rename, &format!("{rename}{said}"));
        parse(&text).map(|specs| specs.len())
    };
    assert_eq!(world("allowed = true\n"), Ok(1));
    assert!(world("").unwrap_err().contains("the spec expects nothing"));
    assert_eq!(
        world("allowed = true\nrefused = \"no\"\n"),
        Err("s:38:1: it is either `refused` or `allowed`: say one of them".to_owned())
    );
}

#[test]
fn a_mutation_expects_nothing_of_its_own() {
    let (before, mutation) = SPEC.split_once("```toml event mutation").unwrap();
    for said in ["refused = \"no\"", "allowed = true"] {
        let mutated = mutation.replacen("by = \"user:ana\"", &format!("by = \"user:ana\"\n{said}"), 1);
        assert_ne!(mutated, mutation);
        let told = parse(&format!("{before}```toml event mutation{mutated}")).map(|specs| specs.len()).unwrap_err();
        let expected = "a mutation changes the world, never what is expected of it: the spec has no such step";
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn messages_of_steps() {
    let words = "`create`, `rename`, `kind`, `draft`, `publish`, `enable`, `disable`, `consent`, `revoke`, `take`, `offer`, \
        `accept`, `decline`, `move`, `share`, `invite`, `clone`, `migrate`, `delete`, `run-now`, `reveal`, `dry-run`";
    check("ask = \"create\"", "ask = \"own\"", &format!("s:20:1: `own` is nothing to ask of an automation: {words}"));
    check("automation = \"New\"\n", "", "s:20:1: say of which automation: `automation = \"Big deals\"`");
    check("by = \"user:ana\"\n", "", "s:20:1: say who asks: `by = \"user:ana\"`");
    check("by = \"user:ana\"", "by = \"team:emea\"", "s:20:1: `team:emea` is no person");
    check("by = \"user:ana\"", "by = \"user:eve\"", "s:20:1: `user:eve` is neither among `people` nor among `teams`");
    check("kind = \"main\"", "kind = \"open\"", "s:20:1: `open` is no kind of an automation: `private` or `main`");
    check(
        "like = \"Tell\"\n",
        "",
        "s:26:1: the fixture has no automation `New`: say which of its automations it is `like`",
    );
    check("\"column:owner\"", "\"column:9\"", "s:26:1: `column:9` is not a recipient such as `column:seller`");
    check("to = \"site:acme\"\n", "", "s:32:1: say to whom to offer it: `to = \"user:ana\"`");
    check("to = \"site:acme\"", "to = \"site:other\"", "s:32:1: `site:other` is neither among");
    check("name = \"Told\"\n", "", "s:39:1: say what it is called after the rename: `name = \"…\"`");
    check("name = \"Told\"\n", "nam = \"Told\"\n", "s:43:1: unknown field `nam`");
    check(
        "workspace = \"sales\"\n[[step]]\ngrant",
        "workspace = \"x\"\n[[step]]\ngrant",
        "s:44:1: `x` is not among `workspaces`",
    );
    check(
        "workspace = \"sales\"\n[[step]]\ngrant",
        "dataset = \"x\"\n[[step]]\ngrant",
        "s:44:1: there is no dataset `x`; there are: `deals`",
    );
    check(
        "workspace = \"sales\"\n[[step]]\ngrant",
        "workspace = \"sales\"\ndataset = \"deals\"\n[[step]]\ngrant",
        "s:44:1: a role holds in a `workspace` or for a `dataset`: name one",
    );
    check("ask = \"create\"", "ask = \"reveal\"", "s:20:1: say why it is revealed: `reason = \"…\"`");
    let dry_run = |more: &str| format!("ask = \"dry-run\"\n{more}");
    check("ask = \"create\"", &dry_run("row = \"deals\""), "s:20:1: `deals` is no row such as `deals/1`");
    check("ask = \"create\"", &dry_run("people = [\"team:emea\"]"), "s:20:1: `team:emea` is no person");
    check("see-page team:emea", "invoke ping", "s:48:1: there is no operation `ping`; there are: none");
    check("see-page team:emea", "see-page site:acme", "s:48:1: `site:acme` has no page: name a person or a team");
    check(
        "recheck = true",
        "recheck = true\nrun = true",
        "s:54:1: a step is exactly one of `insert`, `update`, `remove`, `grant`, `revoke`, `activate`, `deactivate`, \
         `give_role`, `take_role`, `add_to_workspace`, `remove_from_workspace`, `join_team`, `leave_team`, `hand_over`, \
         `belongs_to`, `ask`, `event`, `until`, `clock`, `run` and `recheck`",
    );
}

#[test]
fn messages_of_steps_about_teams_sites_and_handing_over() {
    let step = |words: &str| format!("recheck = true\n[[step]]\n{words}");
    let told = |words: &str, told: &str| check("recheck = true", &step(words), told);
    told("join_team = \"user:ana\"\nof = \"user:ana\"", "s:56:1: `user:ana` is no team");
    told("leave_team = \"team:emea\"", "s:56:1: say whose right it is");
    told("hand_over = \"user:ana\"", "s:56:1: say who hands it over: `by = \"user:root\"`");
    told("hand_over = \"team:emea\"\nby = \"user:ana\"", "s:56:1: `team:emea` is no person");
    told("hand_over = \"user:ana\"\nby = \"user:ana\"\nto = \"site:acme\"", "s:56:1: `site:acme` is");
    told("belongs_to = \"globex\"", "s:56:1: say who belongs to it: `of = \"user:eve\"`");
    told(
        "belongs_to = \"acme\"\nof = \"user:ana\"",
        "s:56:1: `acme` is the site that everyone belongs to: name another",
    );
    check("ask = \"create\"", "ask = \"run-now\"\nrow = \"deals\"", "s:20:1: `deals` is no row such as `deals/1`");
}

#[test]
fn messages_of_expectations() {
    let states = "`on`, `off`, `stopped` or `deleted`";
    check("state = \"off\"", "state = \"idle\"", &format!("s:59:1: `idle` is no state of an automation: {states}"));
    check("run_as = \"nobody\"\nstate = \"off\"\n", "", "s:59:1: say what the automation is like: its `state`, whom");
    check(
        "name = \"Told\"\nrun_as",
        "name = \"Old\"\nrun_as",
        "s:59:1: no automation is ever called `Old` in the spec",
    );
    check("sees_not = [\"New\"]", "sees_not = [\"Old\"]", "s:63:1: no automation is ever called `Old` in the spec");
    check(
        "may = [\"enable\"]",
        "may = [\"own\"]",
        "s:66:1: `own` is nothing that one may do: `create`, `view`, `edit`",
    );
    check(
        "may = [\"enable\"]\n",
        "",
        "s:66:1: say what they are shown: `may`, `may_not`, `lacks`, `lacks_not` or `live`",
    );
    check("none = true", "none = true\ntimes = 1", "s:70:1: no notice is `none = true`, without `times`");
    check("none = true", "times = 0", "s:70:1: no notice is `none = true`, without `times`");
    let tried = "who = \"user:ana\"\nautomation = \"New\"\nas = \"user:ana\"\ncomes_to = \"nothing\"\nhas = [\"x\"]\n";
    check(
        "[[happened]]\nautomation = \"New\"\nwhat = \"created\"\nby = \"nobody\"\n",
        &format!("[[tried]]\n{tried}"),
        "s:74:1: of nothing, nothing can be shown: leave out `has`",
    );
    let reach = |more: &str| format!("[[reach]]\nwho = \"user:ana\"\nautomation = \"New\"\n{more}");
    let happened = "[[happened]]\nautomation = \"New\"\nwhat = \"created\"\nby = \"nobody\"\n";
    for more in ["", "same = true\ngrows = [\"x\"]\n"] {
        check(happened, &reach(more), "s:74:1: say what of the reach `grows` or `shrinks`, or that it is the `same`");
    }
    check("what = \"created\"", "that = \"created\"", "s:76:1: unknown field `that`");
    check("by = \"nobody\"", "by = \"user:eve\"", "s:74:1: `user:eve` is neither among `people` nor among `teams`");
}
