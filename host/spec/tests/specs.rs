//! Specs: what is read from Markdown, what is refused, and what the comparison says, always with the line of the file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeMap;

use mandate_model::{Attachment, Content, Field, Message, PrincipalId, RowRef, Value};
use mandate_spec::folder::Folder;
use mandate_spec::problem::{Place, Problem};
use mandate_spec::spec::Spec;
use mandate_spec::spec::compare::{Observed, ObservedPart, Surprise};
use mandate_spec::spec::expect::PartPhase;
use mandate_spec::spec::steps::Action;
use mandate_spec::{Text, changes::Verb};

const SPEC: &str = r#"# A file of specs

Prose, and a block for people:

```json
{}
```

```toml people
site = "acme"
people = [{ id = "ana", name = "Ana" }, { id = "bob", name = "Bob" }]
```

```toml data
[datasets.deals]
columns = [{ name = "amount", type = "decimal(2)" }, { name = "note", type = "text", null = true }]
rows = "deals.csv"
```

```csv deals.csv
id,amount,note
1,5.00,
```

```cedar policies
permit (principal == User::"ana", action == Action::"read", resource is deals);
```

## FND-01, FND-02: Only Ana is told

```toml automation
[[automations]]
name = "tell"
plugin = "teller"
run_as = "user:ana"
trigger = { on = "row", dataset = "deals", change = ["added"] }
recipients = ["user:ana", "user:bob"]
enabled = true
```

```toml event
[[step]]
insert = "deals/2"
as = "user:ana"
fields = { amount = "7" }
[[step]]
run = true
[[step]]
revoke = "read deals"
of = "user:ana"
```

### What comes of it

```toml expect
nothing = "others"
acted_as = "user:ana"

[[told]]
who = "user:ana"
title = "Two"
body_has = ["7.00"]
body_lacks = ["secret"]
attachment = { name = "a.txt", has = ["x"] }

[[row]]
row = "deals/2"
seen_by = "user:ana"
cells = { amount = "7.00" }
nulls = ["note"]

[[row]]
row = "deals/2"
seen_by = "user:bob"
denied = true

[[part]]
who = "user:ana"
phase = "act"
state = "done"
effects = 1
```

```cedar policies mutation "everyone may read"
permit (principal, action == Action::"read", resource is deals);
```

## NEW-1 Another

```toml event
step = [{ remove = "deals/1" }]
```

```toml expect
nothing = "user:bob"
```

```toml event mutation "it is updated"
step = [{ update = "deals/1", fields = { amount = "1" }, nulls = ["note"], quiet = true }]
```
"#;

fn parse(text: &str) -> Result<Vec<Spec>, String> {
    Spec::parse(&Text::of_file("s.md", text), &Folder::empty()).map_err(|error| error.to_string())
}

/// What is reported once `part` of the file is replaced.
fn check(part: &str, replacement: &str, expected: &str) {
    assert!(SPEC.contains(part), "{part}");
    let found = parse(&SPEC.replacen(part, replacement, 1)).unwrap_err();
    let (place, words) = expected.split_once(": ").unwrap();
    assert!(
        found.starts_with(&format!("{place}: ")) && found.contains(words),
        "expected `{expected}`, found `{found}`"
    );
}

fn id(text: &str) -> PrincipalId {
    PrincipalId::parse(text).unwrap()
}

#[test]
fn headings_blocks_and_mutations_are_read() {
    let specs = parse(SPEC).unwrap();
    assert_eq!(specs.len(), 2);
    assert_eq!(
        (specs[0].ids.clone(), specs[0].title.as_str()),
        (vec!["FND-01".to_owned(), "FND-02".to_owned()], "Only Ana is told")
    );
    assert_eq!((specs[0].place.line, specs[1].place.line), (29, 88));
    assert_eq!(specs[0].case.fixture.seed.rows.len(), 1);
    assert_eq!(specs[0].case.fixture.automations.len(), 1);
    assert_eq!(specs[0].case.steps.len(), 3);
    assert_eq!(specs[0].case.steps[1].place.line, 46);
    assert!(specs[0].case.fixture.seed.policies.contains("principal == "));
    let mutation = &specs[0].mutations[0];
    assert_eq!((mutation.why.as_str(), mutation.place.line), ("everyone may read", 84));
    assert!(!mutation.case.fixture.seed.policies.contains("principal == "));
    assert!(specs[1].case.fixture.automations.is_empty());
    let Action::Change { verb, fields, quiet, by, .. } = &specs[1].mutations[0].case.steps[0].action else {
        unreachable!()
    };
    assert_eq!((*verb, fields.len(), *quiet, by), (Verb::Update, 2, true, &None));
}

#[test]
fn a_malformed_spec_is_refused_where_it_stands() {
    check("decimal(2)", "money", "s.md:16:38: `money` is no type");
    check("1,5.00,", "1,5.001,", "s.md:22:3: more than 2 digits");
    check("resource is deals", "resource is", "s.md:26:72: unexpected token");
    check("toml event", "toml evnt", "s.md:41:1: `toml evnt` is no fence");
    check("insert = \"deals/2\"", "insert = \"deals/2\"\nremove = \"deals/1\"", "s.md:42:1: exactly one of");
    check("insert = \"deals/2\"", "insert = \"deels/2\"", "s.md:42:1: no dataset `deels`");
    check("amount = \"7\"", "amount = \"7.777\"", "s.md:42:1: more than 2 digits");
    check("amount = \"7\"", "amonut = \"7\"", "s.md:42:1: no column `amonut`");
    check("read deals", "own deals", "s.md:48:1: `own` is no right");
    check("of = \"user:ana\"", "of = \"user:eve\"", "s.md:48:1: neither among");
    check("of = \"user:ana\"", "off = \"user:ana\"", "s.md:50:1: unknown field `off`");
    check("who = \"user:ana\"", "who = \"user:eve\"", "s.md:59:1: neither among");
    check("title =", "titel =", "s.md:61:1: unknown field `titel`");
    check("denied = true", "", "s.md:72:1: say what is seen");
    check("nulls = [\"note\"]", "nulls = [\"nota\"]", "s.md:66:1: no column `nota`");
    check("```cedar policies mutation \"everyone may read\"", "```cedar policies", "s.md:29:1: has no mutation");
    check("mutation \"everyone may read\"", "mutation", "s.md:84:1: in quotes");
    check("toml event mutation", "toml expect mutation", "s.md:98:1: never what is expected");
    check("toml event mutation", "toml grants mutation", "s.md:98:1: no block `grants`");
    check("```toml expect\nnothing = \"user:bob\"\n```", "", "s.md:88:1: expects nothing");
    assert!(parse("# FND1 no id\n").unwrap_err().starts_with("s.md:1:1: the file has no spec"));
}

fn message(title: &str, body: &str) -> Message {
    let content = Content::Inline(b"x".to_vec());
    let attachment = Attachment { name: "a.txt".to_owned(), media_type: "text/plain".to_owned(), content };
    Message { title: title.to_owned(), body: body.to_owned(), attachments: vec![attachment] }
}

fn part(phase: PartPhase, effects: usize) -> ObservedPart {
    ObservedPart { phase, state: "done".to_owned(), effects, reason: String::new() }
}

/// What holds everything that the first spec expects.
fn as_expected() -> Observed {
    let row = RowRef { dataset: "deals".to_owned(), id: "2".to_owned() };
    let amount = Field { name: "amount".to_owned(), value: Value::Decimal("7.00".to_owned()) };
    let note = Field { name: "note".to_owned(), value: Value::Null };
    Observed {
        messages: BTreeMap::from([(id("user:ana"), vec![message("Two", "it is 7.00")])]),
        parts: BTreeMap::from([(id("user:ana"), vec![part(PartPhase::Act, 1), part(PartPhase::Notify, 0)])]),
        rows: BTreeMap::from([
            ((id("user:ana"), row.clone()), Some(vec![amount, note])),
            ((id("user:bob"), row), None),
        ]),
        ..Observed::default()
    }
}

fn judge(change: impl Fn(&mut Observed)) -> Vec<String> {
    let spec = parse(SPEC).unwrap().remove(0);
    let mut observed = as_expected();
    change(&mut observed);
    spec.judge(&observed, &[Observed::default()]).iter().map(ToString::to_string).collect()
}

#[test]
fn what_comes_as_expected_passes() {
    assert_eq!(judge(|_| {}), [""; 0]);
}

#[test]
fn what_comes_otherwise_is_told_with_its_line() {
    let check = |change: fn(&mut Observed), expected: &str| assert_eq!(judge(change), [expected.to_owned()]);
    check(
        |o| o.messages.clear(),
        "s.md:59:1: expected 1 messages for `user:ana`; 0 came: an act part is done, a notify part is done",
    );
    check(
        |o| o.messages.get_mut(&id("user:ana")).unwrap().push(message("", "")),
        "s.md:59:1: expected 1 messages for `user:ana`; 2 came: \"Two\": \"it is 7.00\"; \"\": \"\"",
    );
    let told = |title: &str, body: &str| BTreeMap::from([(id("user:ana"), vec![message(title, body)])]);
    let otherwise = |messages: BTreeMap<_, _>| judge(move |o| o.messages.clone_from(&messages)).join("\n");
    let begin = "s.md:59:1: `user:ana` was told otherwise: ";
    assert_eq!(otherwise(told("Three", "7.00")), format!("{begin}expected the title \"Two\", \"Three\" came"));
    assert_eq!(otherwise(told("Two", "8")), format!("{begin}expected \"7.00\" in the body, which is \"8\""));
    assert_eq!(
        otherwise(told("Two", "7.00 secret")),
        format!("{begin}expected no \"secret\" in the body, which is \"7.00 secret\"")
    );
    let mut bare = told("Two", "7.00");
    for messages in bare.values_mut() {
        messages[0].attachments.clear();
    }
    assert_eq!(otherwise(bare), format!("{begin}expected an attachment `a.txt`, none came"));
}

#[test]
fn fnd_13_a_part_in_the_history_is_not_nothing() {
    let bob = |o: &mut Observed| {
        o.parts.insert(id("user:bob"), vec![part(PartPhase::Notify, 0)]);
    };
    assert_eq!(
        judge(bob),
        ["s.md:56:11: expected nothing for `user:bob`; their history shows a notify part that is done"]
    );
}

#[test]
fn fnd_14_a_message_is_not_nothing() {
    let bob = |o: &mut Observed| {
        o.messages.insert(id("user:bob"), vec![message("Hi", "there")]);
    };
    assert_eq!(judge(bob), ["s.md:56:11: expected no message for `user:bob`; they were told \"Hi\": \"there\""]);
    let untold = SPEC.replacen("nothing = \"others\"", "untold = \"user:bob\"", 1);
    let spec = parse(&untold).unwrap().remove(0);
    let mut observed = as_expected();
    observed.parts.insert(id("user:bob"), vec![part(PartPhase::Notify, 0)]);
    assert_eq!(spec.judge(&observed, &[Observed::default()]), []);
    bob(&mut observed);
    assert_eq!(spec.judge(&observed, &[Observed::default()]).len(), 1);
}

#[test]
fn acts_rows_and_parts_are_compared() {
    let check = |change: fn(&mut Observed), expected: &str| assert_eq!(judge(change), [expected.to_owned()]);
    check(
        |o| {
            o.parts.insert(id("user:bob"), vec![part(PartPhase::Act, 0)]);
        },
        "s.md:57:12: expected acts as `user:ana` alone; there are acts as user:ana, user:bob",
    );
    check(
        |o| o.parts.get_mut(&id("user:ana")).unwrap()[0].effects = 2,
        "s.md:77:1: expected 1 effects as `user:ana`; 2 were carried out",
    );
    check(
        |o| o.parts.get_mut(&id("user:ana")).unwrap()[0].state = "withheld".to_owned(),
        "s.md:77:1: expected the act part of `user:ana` to be done; it is withheld",
    );
    check(
        |o| o.rows.values_mut().for_each(|row| *row = None),
        "s.md:66:1: expected `user:ana` to see `deals/2`; it is denied to them",
    );
    check(
        |o| o.rows.values_mut().flatten().for_each(|row| row[0].value = Value::Null),
        "s.md:66:1: `deals/2` as `user:ana`: expected `amount` to be `7.00`; it is `null`",
    );
    check(
        |o| o.rows.values_mut().flatten().for_each(|row| row.truncate(1)),
        "s.md:66:1: `deals/2` as `user:ana`: expected `note` to be null; it is hidden",
    );
    check(
        |o| o.rows.values_mut().for_each(|row| *row = Some(row.clone().unwrap_or_default())),
        "s.md:72:1: expected `deals/2` to be denied to `user:bob`; they see it",
    );
}

#[test]
fn what_is_not_there_at_all_is_told() {
    let found = judge(|o| {
        o.parts.clear();
        o.rows.clear();
        o.messages.values_mut().flatten().for_each(|message| {
            message.attachments[0].content = Content::Inline(b"y".to_vec());
        });
    });
    for (told, expected) in found.iter().zip([
        "s.md:59:1: `user:ana` was told otherwise: expected \"x\" in the attachment, which is \"y\"",
        "s.md:66:1: nobody looked at `deals/2` as `user:ana`",
        "s.md:72:1: nobody looked at `deals/2` as `user:bob`",
        "s.md:77:1: expected 1 act parts for `user:ana`; there are 0",
        "s.md:57:12: expected acts as `user:ana` alone; there are acts as nobody",
    ]) {
        assert_eq!(told, expected);
    }
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn a_spec_that_passes_under_its_mutation_is_wrong() {
    let spec = parse(SPEC).unwrap().remove(0);
    let problems = spec.judge(&as_expected(), &[as_expected()]);
    assert_eq!(problems.len(), 1);
    let expected = "s.md:84:1: `FND-01, FND-02` still passes although everyone may read: it does not test what it says";
    assert_eq!(problems[0].to_string(), expected);
}

fn surprise(line: usize, point: bool) -> Surprise {
    let place = Place { line, ..Place::whole("s.md") };
    Surprise { problem: Problem { place, message: "it is refused".to_owned() }, point }
}

#[test]
fn a_mutation_is_noticed_by_the_point_and_not_by_the_set_up() {
    let spec = parse(SPEC).unwrap().remove(0);
    let under = |surprises: &[Surprise], rest: Observed| {
        let mutated = Observed { surprises: surprises.to_vec(), ..rest };
        spec.judge(&as_expected(), &[mutated]).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(under(&[surprise(3, true)], as_expected()), [""; 0]);
    assert_eq!(under(&[surprise(3, true), surprise(4, false)], as_expected()), [""; 0], "it came to its point before");
    // What is expected does not come either, but that is for nothing: the set-up was broken first.
    for surprises in [&[surprise(3, false)][..], &[surprise(3, false), surprise(4, true)]] {
        let told = under(surprises, Observed::default());
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("s.md:84:1: `FND-01, FND-02` never comes to its point although everyone may read: ")
        );
        assert!(told[0].contains("it is refused; this breaks the set-up: write a mutation that"), "{told:?}");
    }
}
