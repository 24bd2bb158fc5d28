//! What a part may use. All limits are published, explicit, and end in a typed [`Cause`](mandate_model::Cause); those of the log
//! end nothing, and are a typed [`Verdict`](mandate_model::Verdict) instead.

use std::time::Duration;

use mandate_model::rows::MAX_ANSWER;

/// Limits of one part (one principal, one event), unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Instructions, roughly; deterministic. Cause `fuel`.
    pub fuel: u64,
    /// Ticks of the [ticker](crate::ticker) for one guest call. Cause `deadline`.
    pub deadline_ticks: u64,
    /// Bytes of all linear memories of one instance together. Cause `memory`.
    pub memory: usize,
    /// Elements of each table. Cause `memory`.
    pub table_elements: usize,
    /// Live resource handles of one instance. Cause `trap`.
    pub handles: usize,
    /// Bytes that one call may hand over to the host, arguments or results. Cause `hostcall`.
    pub call_bytes: usize,
    /// Memory that the arguments of all host calls take in the journal. Cause `hostcall`.
    pub bytes_from_guest: u64,
    /// Bytes of one answer to the guest; beyond, the guest is told `limit` and may ask for less.
    pub answer_bytes: usize,
    /// Bytes of all answers to the guest. Cause `hostcall`. The journal holds them until the part ends, in up to 30 times the
    /// memory.
    pub bytes_to_guest: u64,
    /// Host calls. Cause `calls`.
    pub host_calls: u32,
    /// How long one host call may take; beyond, it is `unavailable` and the part is done again.
    pub host_call_time: Duration,
    /// How long all host calls may take. Cause `deadline`.
    pub host_time: Duration,
    /// Log lines kept; further ones are dropped, with one entry that says so. Verdict `log`; the part goes on.
    pub log_lines: u32,
    /// Bytes of one log line; longer ones are cut. Verdict `log`; the part goes on.
    pub log_line_bytes: usize,
    /// Effects staged. Cause `effects`.
    pub effects: usize,
    /// Messages that a part sends as run_as, each counted once for each person who is told. Cause `effects`, of the finding with
    /// which there would be more: nothing of that one happens.
    pub tells: usize,
    /// Bytes of all these messages, counted alike. Cause `effects`.
    pub tell_bytes: usize,
    /// Findings of one condition. Cause `output`.
    pub findings: usize,
    /// Bytes of a title, a finding's key or summary. Cause `output`.
    pub title_bytes: usize,
    /// Attachments of a message. Cause `output`.
    pub attachments: usize,
    /// Bytes of a message with its attachments. Cause `output`.
    pub message_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 200_000_000,
            deadline_ticks: 200,
            memory: 64 << 20,
            table_elements: 10_000,
            handles: 1_000,
            call_bytes: 1 << 20,
            bytes_from_guest: 16 << 20,
            answer_bytes: MAX_ANSWER,
            bytes_to_guest: 4 << 20,
            host_calls: 10_000,
            host_call_time: Duration::from_secs(5),
            host_time: Duration::from_mins(1),
            log_lines: 100,
            log_line_bytes: 1_024,
            effects: 100,
            tells: 1_000,
            tell_bytes: 16 << 20,
            findings: 100,
            title_bytes: 500,
            attachments: 20,
            message_bytes: 256 << 10,
        }
    }
}
