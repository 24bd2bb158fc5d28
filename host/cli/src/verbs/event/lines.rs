//! Events as they come: a document of JSON, or lines of it from a pipe that may never end.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
};

use mandate_service::cloud_event::MAX_EVENT;
use serde_json::Value as Json;

use crate::failure::{CliError, CliResult};

/// Most events that are stored at once.
const BATCH: usize = 500;
/// Most bytes of a document that is not read line by line.
const MAX_DOCUMENT: u64 = 256 << 20;

/// One event as it was given.
pub(super) struct Given {
    /// Its line, or its place in an array, from 1.
    pub(super) number: usize,
    /// Its text.
    pub(super) text: String,
}

/// What is read, and how far.
pub(super) struct Lines {
    from: BufReader<Box<dyn Read>>,
    number: usize,
    /// Events of a document that was read whole.
    whole: std::vec::IntoIter<Given>,
}

impl Lines {
    /// A file, or the pipe for `-`.
    pub(super) fn open(file: &Path) -> CliResult<Self> {
        let from: Box<dyn Read> = if file.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            let cannot = |error| CliError::Input(format!("cannot read `{}`: {error}", file.display()));
            Box::new(std::fs::File::open(file).map_err(cannot)?)
        };
        Ok(Self { from: BufReader::new(from), number: 0, whole: vec![].into_iter() })
    }

    /// The next events, as many as are there without waiting; `None`: there are no more.
    pub(super) fn batch(&mut self) -> CliResult<Option<Vec<Given>>> {
        let mut batch: Vec<Given> = self.whole.by_ref().take(BATCH).collect();
        while batch.is_empty() || (batch.len() < BATCH && !self.from.buffer().is_empty()) {
            let Some(line) = self.line()? else { break };
            if line.trim().is_empty() {
                continue;
            }
            if self.is_document(&line) {
                self.read_whole(line)?;
                batch.extend(self.whole.by_ref().take(BATCH));
                break;
            }
            batch.push(Given { number: self.number, text: line });
        }
        Ok((!batch.is_empty()).then_some(batch))
    }

    /// An array, or an event on several lines: only at the very beginning, what comes later is a line that is wrong.
    fn is_document(&self, line: &str) -> bool {
        let open =
            line.trim_start().starts_with('{') && serde_json::from_str::<Json>(line).is_err_and(|error| error.is_eof());
        self.number == 1 && (line.trim_start().starts_with('[') || open)
    }

    /// A line, cut where it is longer than any event.
    fn line(&mut self) -> CliResult<Option<String>> {
        let mut bytes = vec![];
        let limit = u64::try_from(MAX_EVENT).unwrap_or(u64::MAX) + 2;
        let read = self.from.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(CliError::unavailable)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if !bytes.ends_with(b"\n") && bytes.len() > MAX_EVENT {
            self.skip_line()?;
        }
        Ok(Some(text(&bytes)))
    }

    fn skip_line(&mut self) -> CliResult {
        loop {
            let buffer = self.from.fill_buf().map_err(CliError::unavailable)?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |at| at + 1);
            let done = end.is_some() || buffer.is_empty();
            self.from.consume(used);
            if done {
                return Ok(());
            }
        }
    }

    fn read_whole(&mut self, first: String) -> CliResult {
        let mut document = first.into_bytes();
        let read = self.from.by_ref().take(MAX_DOCUMENT).read_to_end(&mut document).map_err(CliError::unavailable)?;
        if u64::try_from(read).is_ok_and(|read| read >= MAX_DOCUMENT) {
            return Err(CliError::Input(format!(
                "a document has at most {MAX_DOCUMENT} bytes: write one event a line"
            )));
        }
        let document = text(&document);
        let texts = match serde_json::from_str::<Vec<Json>>(&document) {
            Ok(events) => events.iter().map(Json::to_string).collect(),
            // One event; what is wrong with it is told when it is read as one.
            Err(error) if document.trim_start().starts_with('[') => {
                return Err(CliError::Input(format!("this is no array of events: {error}")));
            }
            Err(_) => vec![document],
        };
        let given: Vec<Given> = (1..).zip(texts).map(|(number, text)| Given { number, text }).collect();
        self.whole = given.into_iter();
        Ok(())
    }
}

/// What is no text is no event either, and is refused as one.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}
