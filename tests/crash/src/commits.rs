//! Sees every commit of every SQLite connection of this process, whoever opened it: an automatic extension puts a hook on each
//! connection when it is opened. So nothing in the host knows of being tested, and nothing of it is shipped.
#![allow(unsafe_code, reason = "hooks of SQLite are C functions; this is a test program")]

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{CStr, c_char, c_int, c_void},
    path::Path,
    sync::{Mutex, PoisonError},
};

use anyhow::ensure;
use libsqlite3_sys as sqlite;

use crate::steps::step;

/// Tables that were changed since the last commit, by connection.
static CHANGED: Mutex<BTreeMap<usize, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

/// Makes every commit of connections that are opened from now on a [`step`].
pub(crate) fn count() -> anyhow::Result<()> {
    // SAFETY: `opened` has the signature of an extension's entry point and lives as long as the process.
    let code = unsafe { sqlite::sqlite3_auto_extension(Some(opened)) };
    ensure!(code == sqlite::SQLITE_OK, "sqlite3_auto_extension: {code}");
    Ok(())
}

unsafe extern "C" fn opened(
    db: *mut sqlite::sqlite3,
    _: *mut *mut c_char,
    _: *const sqlite::sqlite3_api_routines,
) -> c_int {
    // SAFETY: SQLite gives a connection that is open; the hooks are called only while it is.
    unsafe {
        sqlite::sqlite3_update_hook(db, Some(changing), db.cast());
        sqlite::sqlite3_commit_hook(db, Some(committing), db.cast());
    }
    sqlite::SQLITE_OK
}

unsafe extern "C" fn changing(db: *mut c_void, _: c_int, _: *const c_char, table: *const c_char, _: i64) {
    // SAFETY: SQLite gives the name of a table.
    let table = unsafe { CStr::from_ptr(table) }.to_string_lossy().into_owned();
    let mut changed = CHANGED.lock().unwrap_or_else(PoisonError::into_inner);
    changed.entry(db as usize).or_default().insert(table);
}

/// Called when everything is decided and nothing of it is in the file for others yet.
unsafe extern "C" fn committing(db: *mut c_void) -> c_int {
    // SAFETY: `db` is the connection that the hook was put on; SQLite owns the name as long as it is open.
    let path = unsafe {
        let name = sqlite::sqlite3_db_filename(db.cast(), c"main".as_ptr());
        if name.is_null() { String::new() } else { CStr::from_ptr(name).to_string_lossy().into_owned() }
    };
    let file = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy();
    let tables = CHANGED.lock().unwrap_or_else(PoisonError::into_inner).remove(&(db as usize)).unwrap_or_default();
    let tables =
        if tables.is_empty() { "nothing".to_owned() } else { tables.into_iter().collect::<Vec<_>>().join("+") };
    step(format!("{file}: {tables}"));
    0
}
