//! Components are compiled by this program once more, in a process of its own: what a person and an operator see of it.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use mandate_test_support::made;

use crate::bench::Bench;

/// The automation of the fixture.
const AUTOMATION: &str = "Tell about big new opportunities";

fn loaded() -> Bench {
    let bench = Bench::new();
    bench.fine(&["fixture", "load", "fixtures/sales"]);
    bench
}

/// The files under a folder, by their paths in it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// The code that is kept, without the secret.
fn code(bench: &Bench) -> Vec<String> {
    files(&bench.path("store/code")).into_iter().filter(|file| file != "secret").collect()
}

#[test]
fn c06_hostile_names_are_shown_inert_and_name_no_file() {
    let bench = loaded();
    let before = files(&bench.path("."));
    for (number, name) in ["../../x", "<script>alert(1)</script>", "a\u{202e}b"].into_iter().enumerate() {
        let file = bench.file(&format!("{number}.wasm"), made::described(name, "1.0.0-../../y", "", &[]).unwrap());
        let said = bench.fine(&["plugin", "upload", &file]);
        assert!(
            said.starts_with(&format!("uploaded {} 1.0.0-../../y\n", name.replace('\u{202e}', "\\u{202e}"))),
            "{said}"
        );
    }
    let new: Vec<_> = files(&bench.path(".")).into_iter().filter(|file| !before.contains(file)).collect();
    assert!(["0.wasm", "1.wasm", "2.wasm"].iter().all(|uploaded| new.iter().any(|file| file == uploaded)), "{new:?}");
    let code: Vec<_> = new.iter().filter_map(|file| file.strip_prefix("store/code/")).collect();
    assert_eq!((code.len(), new.len()), (3, 6), "{new:?}");
    assert!(code.iter().all(|key| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())), "{code:?}");
}

#[test]
fn code_that_was_lost_is_compiled_again_when_it_is_run() {
    let bench = loaded();
    bench.fine(&["plugin", "upload", &bench.guest("new_opportunity")]);
    bench.fine(&["automation", "enable", AUTOMATION, "--as", "user:ines"]);
    let kept = code(&bench);
    assert_eq!(kept.len(), 1);
    fs::remove_file(bench.path("store/code").join(&kept[0])).unwrap();
    bench.fine(&["automation", "run-now", AUTOMATION, "--as", "user:ines"]);
    assert_eq!(code(&bench), kept);
}

/// An upload that takes a second or more.
fn uploading(bench: &Bench) -> Child {
    let file = bench.file("functions.wasm", made::functions(10_000).unwrap());
    Command::new(env!("CARGO_BIN_EXE_mandate"))
        .args(["plugin", "upload", &file, "--store"])
        .arg(bench.path("store"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The process that compiles for one that uploads, once there is one.
pub(crate) fn compiling(upload: u32) -> String {
    loop {
        if let Some(compiler) = compiler_of(upload) {
            return compiler;
        }
        assert!(lives(&upload.to_string()), "it ended without a compiler");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process is neither gone, nor dead and waiting for whoever inherits it.
pub(crate) fn lives(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// A process that another started to compile.
fn compiler_of(pid: u32) -> Option<String> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let children = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let children: Vec<String> =
        children.flat_map(|text| text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let compiles =
        |pid: &String| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"\0compile-one\0"));
    children.into_iter().find(compiles)
}

#[test]
fn m0159_an_upload_whose_compiler_is_killed_says_so_and_keeps_nothing() {
    let bench = loaded();
    let upload = uploading(&bench);
    let compiler = compiling(upload.id());
    // At once: it compiles for a second.
    let compiler = rustix::process::Pid::from_raw(compiler.parse().unwrap()).unwrap();
    rustix::process::kill_process(compiler, rustix::process::Signal::KILL).unwrap();
    let said = upload.wait_with_output().unwrap();
    let text = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.status.code(), Some(3), "{text}");
    assert!(
        text.contains("the plugin is refused: (M0159) the compiler broke off; nothing was kept: try again"),
        "{text}"
    );
    assert_eq!((bench.fine(&["plugin", "list"]), code(&bench)), (String::new(), vec![]));
}

#[test]
fn the_compiler_ends_when_the_upload_is_killed() {
    let bench = loaded();
    let mut upload = uploading(&bench);
    let compiler = compiling(upload.id());
    upload.kill().unwrap();
    upload.wait().unwrap();
    // A test that waits in vain is ended from outside.
    while lives(&compiler) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(code(&bench).is_empty());
}

#[test]
fn the_compiler_is_no_verb() {
    let bench = Bench::new();
    assert!(!bench.fine(&["--help"]).contains("compile-one"));
    let said = Command::new(env!("CARGO_BIN_EXE_mandate")).arg("compile-one").stdin(Stdio::null()).output().unwrap();
    assert_eq!((said.status.code(), said.stdout), (Some(1), vec![]));
    assert!(String::from_utf8(said.stderr).unwrap().starts_with("the compiler: "));
}
