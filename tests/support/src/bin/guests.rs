//! Writes the component of each example guest into a folder: `cargo run -p mandate-test-support --bin guests -- FOLDER`.

use std::path::PathBuf;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("say which folder to write the guests to")?.into();
    mandate_test_support::build_all(&folder)?;
    mandate_test_support::build_hostile(&folder, "texts")?;
    println!("guests written to {}", folder.display());
    Ok(())
}
