//! The sink: `crash-sink LOG [--forgetful] [MOOD…]`.

use std::path::Path;

use anyhow::Context as _;
use mandate_crash::sink::{Mood, Sink};

fn main() -> anyhow::Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let forgetful = words.iter().any(|word| word == "--forgetful");
    words.retain(|word| word != "--forgetful");
    let (log, moods) = words.split_first().context("which log?")?;
    let moods = moods.iter().map(|word| Mood::parse(word)).collect::<anyhow::Result<_>>()?;
    Sink::new(Path::new(log), moods, forgetful)?.serve()
}
