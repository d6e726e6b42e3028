//! The store of a job: one record, which counts its revisions.

use serde_json::Value;

/// What is written of a job. It outlives the process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) record: Option<Value>,
    pub(crate) revision: u32,
}

impl Store {
    /// Writes over the revision before; refuses where someone else has written.
    pub(crate) fn put(&mut self, revision: u32, record: Value) -> bool {
        let fits = revision == self.revision + 1;
        if fits {
            (self.record, self.revision) = (Some(record), revision);
        }
        fits
    }

    /// Whether the record tells of the job's end.
    pub(crate) fn is_of_the_end(&self) -> bool {
        let phase = self
            .record
            .as_ref()
            .and_then(|record| record.get("phase")?.as_str());
        phase == Some("ended")
    }
}
