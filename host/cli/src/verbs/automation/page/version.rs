//! A version, on a terminal.

use mandate_model::Powers;
use mandate_service::{Sends, ShownVersion, Whole};

use super::super::words;
use crate::show::inert;

/// Prints it.
pub(super) fn print(version: &ShownVersion) {
    if let Some(whole) = &version.whole {
        outln!("  version  {}", whole.version);
    }
    outln!("  plugin   {}, {}", inert(&version.plugin), version.digest);
    let Powers { reads, writes, reads_folders, writes_folders, operations } = &version.powers;
    for (verb, powers) in [("reads", reads), ("writes", writes)] {
        for (dataset, columns) in powers {
            outln!("  {verb:<8} {}: {}", inert(dataset), inert(&columns.to_string()));
        }
    }
    for (verb, names) in [("reads", reads_folders), ("writes", writes_folders), ("invokes", operations)] {
        for name in names {
            outln!("  {verb:<8} {}", inert(name));
        }
    }
    if version.hidden {
        outln!("  more     that you may not know of");
    }
    version.whole.iter().for_each(print_whole);
}

fn print_whole(whole: &Whole) {
    outln!("  tells    {}", words::names(&whole.recipients, "nobody"));
    whole.sends.iter().flat_map(Sends::lines).for_each(|line| outln!("  sends    {}", inert(&line)));
    if let Some((trigger, settings)) = &whole.works_on {
        outln!("  hears    {}", inert(&words::trigger(trigger)));
        outln!("  settings {}", inert(settings));
    }
}
