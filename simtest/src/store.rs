//! The store of a job: one record with a revision.

use serde_json::Value;

/// The stored record. It outlives the process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) record: Option<Value>,
    pub(crate) revision: u32,
}

impl Store {
    /// Replaces the previous revision; refuses if another writer came first.
    pub(crate) fn put(&mut self, revision: u32, record: Value) -> bool {
        let fits = revision == self.revision + 1;
        if fits {
            (self.record, self.revision) = (Some(record), revision);
        }
        fits
    }

    /// Whether the record contains the job's end.
    pub(crate) fn has_ended(&self) -> bool {
        let phase = self.record.as_ref().and_then(|record| record.get("phase")?.as_str());
        phase == Some("ended")
    }
}
