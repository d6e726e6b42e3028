//! The inputs and outputs of the state machine, and its limits.

use std::fmt;
use std::time::Duration;

use crate::json::Value;

use crate::codec::{codec, string_enum};
use crate::error::Error;
use crate::outcome::{Charge, Failure, Status, VideoResult};
use crate::provider::{Request, Response};

/// What happened to a job. Each input is passed with the current time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Input {
    /// The record of this revision is stored.
    Saved(u32),
    /// The record of this revision is not stored: the store failed or has another revision.
    SaveFailed(u32),
    /// The response to the request with this id.
    Response {
        /// From [`Output::Transmit`].
        id: u32,
        /// The response.
        response: Response,
    },
    /// The request with this id failed without a response.
    TransportFailed {
        /// From [`Output::Transmit`].
        id: u32,
        /// How.
        kind: TransportError,
    },
    /// The driver holds the request with this id, for example for a concurrency limit: its time limit
    /// has not started. A driver that sends at once needs neither this nor [`Input::Left`].
    Held {
        /// From [`Output::Transmit`].
        id: u32,
    },
    /// A held request is sent now.
    Left {
        /// From [`Output::Transmit`].
        id: u32,
    },
    /// Only the time has changed. Also the first input.
    Timeout,
    /// The caller cancels the job.
    Cancel,
    /// The caller no longer waits: a job that no provider has ends, and may be submitted again; any other continues.
    Abandon,
    /// A webhook's body: it causes a poll.
    Webhook(Value),
}

/// Why a request has no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportError {
    /// Connection refused or reset, unknown host, or a CORS error: a browser does not distinguish them.
    Network,
    /// No response within the time limit.
    Timeout,
    /// Nothing was sent: no API key or an invalid base URL.
    Unsent,
}

/// What the driver must do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Output {
    /// Store the record if the stored revision is one less, then pass [`Input::Saved`] or
    /// [`Input::SaveFailed`].
    Save {
        /// The revision of the record once it is stored.
        revision: u32,
        /// The record: see [`super::Job::record`].
        record: Value,
    },
    /// Send the request, then pass [`Input::Response`] or [`Input::TransportFailed`].
    Transmit {
        /// Identifies the request.
        id: u32,
        /// Time limit of its response in milliseconds, from when it is sent.
        limit_ms: u64,
        /// The request.
        request: Request,
    },
    /// The job has made progress.
    Update(Update),
    /// The result of [`Input::Cancel`].
    Cancelled(CancelResult),
    /// Pass [`Input::Timeout`] at this time, unless another input arrives before.
    Timeout(u64),
    /// The job has ended, or the caller's timeout has passed.
    Done(Box<Result<VideoResult, Error>>),
}

/// The progress of a running job.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Update {
    /// The job's status.
    pub status: Status,
    /// Percent, if the provider reports it.
    pub progress: Option<u8>,
    /// Milliseconds to the expected end.
    pub eta_ms: Option<u64>,
    /// Videos that are ready.
    pub completed_count: u32,
    /// What stands in the way, while the job is not over: the provider reports an error but no end, or
    /// cannot be reached.
    pub failure: Option<Failure>,
}

codec!(Update {
    status = "status",
    progress = "progress",
    eta_ms = "etaMs",
    completed_count = "completedCount",
    failure = "error",
});

/// The result of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelResult {
    /// Whether the job was cancelled.
    pub result: CancelOutcome,
    /// Whether the job was charged.
    pub charge: Charge,
}

codec!(CancelResult {
    result = "result",
    charge = "charge",
});

/// Whether a cancel took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelOutcome {
    /// The provider has stopped the job.
    Cancelled,
    /// The job had already ended; it is billed as usual.
    AlreadyFinished,
    /// The provider cannot cancel, or did not answer in time; the job continues and is billed.
    Unsupported,
}

string_enum!(CancelOutcome {
    Cancelled = "cancelled",
    AlreadyFinished = "already_finished",
    Unsupported = "unsupported",
});

/// Time limits and polling options of a job.
/// ```
/// use filmgate::job::Limits;
/// use std::time::Duration;
///
/// let limits = Limits { timeout: Duration::from_secs(600), ..Limits::default() };
/// assert_eq!(limits.request_timeout, Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Time limit of one request, from when it is sent; 30 s by default.
    pub request_timeout: Duration,
    /// How long the caller waits for the result; an hour by default.
    pub timeout: Duration,
    /// Whether a poll may hold its connection open until there is a change; `false` by default, since each
    /// job then holds a connection.
    pub long_poll: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(3_600),
            long_poll: false,
        }
    }
}

impl Limits {
    pub(super) fn request_timeout_ms(self) -> u64 {
        whole_ms(self.request_timeout)
    }

    pub(super) fn timeout_ms(self) -> u64 {
        whole_ms(self.timeout)
    }
}

/// A thousand years: a limit that is added to the time of day still is a time that a handle may have.
const MAX_MS: u64 = 1 << 45;

fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(MAX_MS).min(MAX_MS)
}

/// Why a job cannot be resumed from a record or a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResumeError {
    /// The value is not a record written by [`Job::record`](super::Job::record).
    InvalidRecord,
    /// The handle was not written by filmgate.
    InvalidHandle,
    /// The record of an ended job has no result.
    MissingResult,
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResumeError::InvalidRecord => {
                "Not a record of a filmgate job. Pass the stored record unchanged."
            }
            ResumeError::InvalidHandle => {
                "Not a filmgate handle. Pass the stored handle unchanged."
            }
            ResumeError::MissingResult => {
                "The record of an ended job has no result. Resume from the handle instead."
            }
        })
    }
}

impl std::error::Error for ResumeError {}
