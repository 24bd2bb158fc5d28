//! `log`: notes for whoever may see this call's journal.

use mandate_model::Resource as Source;
use wasmtime::Result;

use crate::{
    bindings::mandate::automation::log::{Host, Level},
    call::Call,
};

impl Host for Call {
    async fn write(&mut self, level: Level, text: String) -> Result<()> {
        // `describe` is nobody's call: its notes would have no reader.
        let Some(authority) = self.authority() else { return Ok(()) };
        let line = authority.question("log", "write", serde_json::Value::Null, Source::Event);
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        self.recorder.log(line, level, &text).await?;
        Ok(())
    }
}
