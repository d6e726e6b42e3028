//! A RunPod job: its times are fixed at acceptance; its status follows from the clock.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::Odd;
use crate::ledger::SubmissionIndex;
use filmgate_simulator_video::Video;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) endpoint: String,
    /// Counts the runs under this id: a retry begins a new run, a cancel ends one.
    pub(super) run: u32,
    pub(super) accepted_ms: u64,
    pub(super) started_ms: u64,
    pub(super) ends_ms: u64,
    pub(super) cancelled_ms: Option<u64>,
    /// The limit of `policy.ttl`: afterwards the job is not found, whatever its status.
    pub(super) known_until_ms: u64,
    /// How long it is found after its end.
    pub(super) retention_ms: u64,
    pub(super) webhook: Option<String>,
    pub(super) worker: String,
    pub(super) ending: Ending,
    pub(super) submit: SubmissionIndex,
    pub(super) odd: Odd,
    /// The input, in field mode only.
    pub(super) input: Option<Value>,
}

/// How a job ends unless it is cancelled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Ending {
    Completed {
        video_id: String,
        video: Video,
        cost: u64,
    },
    /// The generation failed.
    Failed {
        error: String,
        cost: u64,
    },
    /// The input was rejected before a worker received it.
    Refused {
        error: String,
    },
    /// `policy.executionTimeout` was shorter than the run. The model's maker had started: billed.
    TimedOut {
        cost: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    InQueue,
    Running,
    Completed,
    Failed,
    Cancelled,
    TimedOut,
}

impl Job {
    pub(super) fn status(&self, at_ms: u64) -> Status {
        if self.cancelled_ms.is_some_and(|cancelled| cancelled <= at_ms) {
            return Status::Cancelled;
        }
        if at_ms < self.started_ms {
            return Status::InQueue;
        }
        if at_ms < self.ends_ms {
            return Status::Running;
        }
        match self.ending {
            Ending::Completed { .. } => Status::Completed,
            Ending::Failed { .. } | Ending::Refused { .. } => Status::Failed,
            Ending::TimedOut { .. } => Status::TimedOut,
        }
    }

    /// Whether the job can still be found.
    pub(super) fn is_known(&self, at_ms: u64) -> bool {
        let ended_ms = self.cancelled_ms.unwrap_or(self.ends_ms);
        at_ms < self.known_until_ms && at_ms < ended_ms.saturating_add(self.retention_ms)
    }

    /// The price once the run has started.
    pub(super) fn cost(&self) -> u64 {
        match self.ending {
            Ending::Completed { cost, .. }
            | Ending::Failed { cost, .. }
            | Ending::TimedOut { cost } => cost,
            Ending::Refused { .. } => 0,
        }
    }

    /// Progress from 0 to 99.
    pub(super) fn percent(&self, at_ms: u64) -> u64 {
        let whole = self.ends_ms.saturating_sub(self.started_ms).max(1);
        (at_ms.saturating_sub(self.started_ms).saturating_mul(100) / whole).min(99)
    }
}
