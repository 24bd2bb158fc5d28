//! `log`: notes for whoever may see this call's journal.

use wasmtime::Result;

use crate::{
    bindings::mandate::automation::log::{Host, Level},
    call::Call,
};

impl Host for Call {
    async fn write(&mut self, level: Level, text: String) -> Result<()> {
        // `describe` is nobody's call: its notes would have no reader.
        let Some(phase) = self.phase() else { return Ok(()) };
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        self.recorder.log(phase, level, &text).await?;
        Ok(())
    }
}
