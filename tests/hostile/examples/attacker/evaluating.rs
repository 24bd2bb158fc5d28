//! Attacks of `evaluate`, each with what must happen. An attack that comes back says what it reached, as a finding with the
//! key `reached` and the integer `n`.

use std::{
    hint::black_box,
    sync::atomic::{AtomicU32, Ordering},
};

use policy_guest::{Event, Failure, Finding, Problem, Query, Settings, Value, View, log};

type Attacked = Result<Option<Vec<Finding>>, Problem>;

/// Runs the attack of the settings; `None` if it is not one of this phase.
pub(crate) fn attack(settings: &Settings, event: &Event, view: &View) -> Attacked {
    let dataset = settings.text("dataset")?;
    let number = settings.integer("number").unwrap_or(0);
    Ok(Some(match settings.text("attack")? {
        // Ended with the cause `fuel`; with enough fuel, by the deadline.
        "s01_loop" => endless(),
        // `reached` counts pages of 64 KiB: at most the limit on memory.
        "s02_grow" => reached(grow_to_the_end()),
        // As before, with a byte written to every page, and then a question: the memory is there while the answer is waited for.
        "s02_hold" => reached(hold(view, dataset)),
        // Ended at the deadline, at most one operation late.
        "s03_fill" => fill_for_ever(),
        // Ended before the host copies: 32 MiB in one argument.
        "s06_huge_log" => one_huge_log(),
        // Ended, or cut short, by the budget of bytes: `n` calls of 1 MiB - 1 each.
        "s06_many_huge_logs" => many_huge_logs(number),
        // Ended as a trap or with the cause `stack`, whichever of the guest's two stacks ends first; the process lives. (The text
        // `s07_recursion` uses only the engine's.)
        "s07_recursion" => reached(plain(black_box(1))),
        // Ended as a trap (the guest's own stack ends first); the process lives.
        "s07_big_frames" => reached(big_frames(black_box(1))),
        // Ended, or answered `limit` for ever, once the budget of calls is used up.
        "s10_find_flood" => find_flood(view, dataset),
        // As long as the answers are `limit` it goes on to its end; `n` counts calls that were answered otherwise.
        "s10_get_flood" => reached(get_flood(view, dataset, number)),
        // The first lines are kept, then a marker; one record for each line.
        "s11_log_flood" => log_flood(number),
        // One record, with its control characters inert; the second, of 1 MiB, is cut.
        "s11_log_controls" => log_controls(),
        // `reached` 1, in every call.
        "s13_counter" => reached(i64::from(COUNTER.fetch_add(1, Ordering::Relaxed)) + 1),
        // Ended as a trap without a word.
        "s15_panic" => silent_panic(),
        // Ended as a trap; the log holds the start of the message, cut.
        "s15_panic_aloud" => loud_panic(),
        // Ended as a trap.
        "s15_wild_read" => reached(i64::from(wild_read())),
        // The same bits everywhere: a NaN is canonical before anyone sees it.
        "s17_nan" => vec![Finding::new("nan", "").with("bits", nan_bits())],
        // The problem's text is cut, and shown to nobody without the right to the journal.
        "huge_problem" => return Err(Problem::Failed("p".repeat(size(number)))),
        // `reached` 3: every question about files is denied where there are no folders.
        "files" => reached(denied_files(view)),
        // The part is tried again later although the answer was swallowed.
        "swallow" => swallow(view, dataset, event),
        attack => return Ok(handles(attack, number, view, dataset).or_else(|| unfit(attack, number))),
    }))
}

/// Attacks with handles; `None` if it is not one of them.
fn handles(attack: &str, number: i64, view: &View, dataset: &str) -> Option<Vec<Finding>> {
    Some(match attack {
        // Ended as a trap: a borrowed handle is dropped twice. (What guests do with resources of their own: `made::hoarder`.)
        "s08_drop_twice" => drop_twice(view),
        // Ended as a trap, before any host function, for every `number` but that of the genuine view.
        "s12_forged_view" => forged_view(number, dataset),
        // Ended as a trap, before any host function.
        "s12_dropped_view" => dropped_view(view, dataset),
        // `reached` 0, in every call: no static outlives a call.
        "s12_stale_view" => stale_view(view, dataset),
        _ => return None,
    })
}

/// Findings that break a rule; `None` if it is not such an attack.
fn unfit(attack: &str, number: i64) -> Option<Vec<Finding>> {
    Some(match attack {
        // Refused: more findings than the limit.
        "too_many_findings" => (0..number).map(|at| Finding::new(&at.to_string(), "many")).collect(),
        // Refused: keys must be distinct.
        "duplicate_findings" => vec![Finding::new("same", "1"), Finding::new("same", "2")],
        // Refused: a finding of `number` bytes.
        "huge_finding" => vec![Finding::new("huge", "").with("data", "x".repeat(size(number)))],
        // Refused: JSON has no such number, and a journal is JSON.
        "nan_finding" => vec![Finding::new("nan", "").with("x", Value::Number(f64::NAN))],
        _ => return None,
    })
}

static COUNTER: AtomicU32 = AtomicU32::new(0);
static KEPT: AtomicU32 = AtomicU32::new(0);

fn reached(number: i64) -> Vec<Finding> {
    vec![Finding::new("reached", "").with("n", number)]
}

pub(crate) fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

#[allow(clippy::empty_loop, reason = "it is what must be stopped")]
fn endless() -> Vec<Finding> {
    loop {
        black_box(());
    }
}

fn grow_to_the_end() -> i64 {
    #[cfg(target_family = "wasm")]
    while core::arch::wasm32::memory_grow::<0>(1) != usize::MAX {}
    #[cfg(target_family = "wasm")]
    return i64::try_from(core::arch::wasm32::memory_size::<0>()).unwrap_or(i64::MAX);
    #[cfg(not(target_family = "wasm"))]
    0
}

fn hold(view: &View, dataset: &str) -> i64 {
    let pages = grow_to_the_end();
    #[cfg(target_family = "wasm")]
    for at in (4096..size(pages) << 16).step_by(4096) {
        let byte = std::ptr::without_provenance_mut::<u8>(at);
        // SAFETY: it is this guest's own memory, and what was there is written.
        unsafe { byte.write_volatile(byte.read_volatile()) }
    }
    drop(view.find(dataset, &Query::new(&[])));
    pages
}

fn fill_for_ever() -> Vec<Finding> {
    let mut block = vec![0_u8; 24 << 20];
    loop {
        black_box(&mut block).fill(1);
    }
}

fn one_huge_log() -> Vec<Finding> {
    log::info(&"x".repeat(32 << 20));
    reached(1)
}

fn many_huge_logs(times: i64) -> Vec<Finding> {
    let text = "x".repeat((1 << 20) - 1);
    (0..times).for_each(|_| log::info(&text));
    reached(times)
}

fn plain(depth: i64) -> i64 {
    if depth == 0 { 0 } else { plain(black_box(depth + 1)) + black_box(1) }
}

fn big_frames(depth: i64) -> i64 {
    let frame = black_box([depth; 512]);
    if depth == 0 { 0 } else { big_frames(depth + 1) + frame.iter().sum::<i64>() }
}

fn drop_twice(view: &View) -> Vec<Finding> {
    // SAFETY: none; that is the attack. The host's table, not this type, must hold.
    drop(unsafe { View::from_handle(view.handle()) });
    drop(unsafe { View::from_handle(view.handle()) });
    reached(1)
}

fn dropped_view(view: &View, dataset: &str) -> Vec<Finding> {
    // SAFETY: none; that is the attack.
    drop(unsafe { View::from_handle(view.handle()) });
    reached(i64::from(view.find(dataset, &Query::new(&[])).is_ok()))
}

fn find_flood(view: &View, dataset: &str) -> Vec<Finding> {
    let query = Query::new(&[]).limit(1000);
    loop {
        drop(black_box(view.find(dataset, &query)));
    }
}

fn get_flood(view: &View, dataset: &str, times: i64) -> i64 {
    let limited = |answer| matches!(answer, Err(Failure::Limit(_)));
    let answered = (0..times).filter(|at| !limited(view.get(dataset, &at.to_string()))).count();
    i64::try_from(answered).unwrap_or(i64::MAX)
}

fn log_flood(lines: i64) -> Vec<Finding> {
    (0..lines).for_each(|line| log::info(&format!("line {line}")));
    reached(lines)
}

fn log_controls() -> Vec<Finding> {
    log::info("\u{1b}[31mred\u{0}\u{202e}drawkcab\u{2066}\n{\"level\":\"error\"}\r\u{9b}2J\u{7f}");
    log::info(&"\u{1b}".repeat(1 << 20));
    reached(2)
}

fn forged_view(number: i64, dataset: &str) -> Vec<Finding> {
    // SAFETY: none; that is the attack.
    let forged = unsafe { View::from_handle(u32::try_from(number).unwrap_or(u32::MAX - 1)) };
    let answer = forged.find(dataset, &Query::new(&[]));
    std::mem::forget(forged);
    reached(i64::from(answer.is_ok()))
}

/// Uses the view of an earlier call, if there ever was one in this instance.
fn stale_view(view: &View, dataset: &str) -> Vec<Finding> {
    let kept = KEPT.swap(view.handle(), Ordering::Relaxed);
    if kept == 0 { reached(0) } else { forged_view(i64::from(kept), dataset) }
}

#[allow(clippy::panic, reason = "that is the attack")]
pub(crate) fn silent_panic() -> ! {
    panic!("CANARY-panic {}", "x".repeat(1 << 20))
}

fn loud_panic() -> ! {
    log::panics();
    silent_panic()
}

fn wild_read() -> u8 {
    // SAFETY: none; that is the attack. Natively it is never run.
    unsafe { black_box(std::ptr::without_provenance::<u8>(0xffff_fff0)).read_volatile() }
}

#[allow(clippy::zero_divided_by_zero, reason = "that is the question")]
fn nan_bits() -> Value {
    let quotient = black_box(0.0_f64) / black_box(0.0) + black_box(f64::from_bits(0x7ff8_0000_dead_beef));
    Value::Integer(i64::from_ne_bytes(quotient.to_bits().to_ne_bytes()))
}

fn denied_files(view: &View) -> i64 {
    let denied = [
        matches!(view.list_folder("/", None), Err(Failure::Denied)),
        matches!(view.stat("/secret.txt"), Err(Failure::Denied)),
        matches!(view.read_file("/secret.txt", 0, 1, None), Err(Failure::Denied)),
    ];
    denied.into_iter().map(i64::from).sum()
}

fn swallow(view: &View, dataset: &str, event: &Event) -> Vec<Finding> {
    let id = event.row().map_or("", |row| row.id.as_str());
    drop(view.get(dataset, id));
    reached(0)
}
