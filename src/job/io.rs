//! What goes into the machine and what comes out of it.

use std::fmt;
use std::time::Duration;

use crate::json::Value;

use crate::codec::{codec, string_enum};
use crate::error::Error;
use crate::outcome::{Charge, Status, VideoResult};
use crate::provider::{Request, Response};

/// What happens to a job. Every input comes with the time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Input {
    /// The record of that revision is stored.
    Saved(u32),
    /// It is not: the store refused, or someone else had written.
    SaveFailed(u32),
    /// The answer to the request of that id.
    Response {
        /// From [`Output::Transmit`].
        id: u32,
        /// The answer.
        response: Response,
    },
    /// The request of that id came to nothing that we know of.
    TransportFailed {
        /// From [`Output::Transmit`].
        id: u32,
        /// How.
        kind: TransportError,
    },
    /// The driver keeps the request of that id back, as for a limit of requests at once: its time does
    /// not run yet. A driver that sends at once says neither this nor [`Input::Left`].
    Held {
        /// From [`Output::Transmit`].
        id: u32,
    },
    /// A request that was kept back leaves now.
    Left {
        /// From [`Output::Transmit`].
        id: u32,
    },
    /// Nothing but the time has changed. Also the first input of all.
    Timeout,
    /// The caller wants the provider to stop.
    Cancel,
    /// A webhook's body: a hint to kind at once.
    Webhook(Value),
}

/// How a request failed without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportError {
    /// Refused, reset, no such host, or a browser's CORS refusal: they look alike.
    Network,
    /// No answer within the limit.
    Timeout,
    /// Nothing has left: there was no key, or the address is none.
    Unsent,
}

/// What the driver is to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Output {
    /// Store the record where the stored revision is one less; answer with [`Input::Saved`] or
    /// [`Input::SaveFailed`].
    Save {
        /// The revision that this makes.
        revision: u32,
        /// [`super::Job::record`]
        record: Value,
    },
    /// Send the request; answer with [`Input::Response`] or [`Input::TransportFailed`].
    Transmit {
        /// Names the request.
        id: u32,
        /// Milliseconds, from when it leaves, that its answer is waited for.
        limit_ms: u64,
        /// The request.
        request: Request,
    },
    /// The job has moved on.
    Update(Update),
    /// What came of [`Input::Cancel`].
    Cancelled(CancelResult),
    /// Nothing is to be done before this time, unless something comes in.
    Timeout(u64),
    /// The job has ended, or is no longer waited for.
    Done(Box<Result<VideoResult, Error>>),
}

/// A step of a running job.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Update {
    /// Where it stands.
    pub status: Status,
    /// Per cent, where the provider tells.
    pub progress: Option<u8>,
    /// Milliseconds to the expected end.
    pub eta_ms: Option<u64>,
    /// Videos that are ready.
    pub completed_count: u32,
}

codec!(Update {
    status = "status",
    progress = "progress",
    eta_ms = "etaMs",
    completed_count = "completedCount",
});

/// What came of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelResult {
    /// The truth of it.
    pub result: CancelOutcome,
    /// Whether money went.
    pub charge: Charge,
}

codec!(CancelResult {
    result = "result",
    charge = "charge",
});

/// The truth of a cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelOutcome {
    /// The provider has stopped.
    Cancelled,
    /// The job had ended before.
    AlreadyFinished,
    /// The provider cannot; the job goes on and is billed.
    Unsupported,
}

string_enum!(CancelOutcome {
    Cancelled = "cancelled",
    AlreadyFinished = "already_finished",
    Unsupported = "unsupported",
});

/// Limits of the driver and the caller.
/// ```
/// use filmgate::job::Limits;
/// use std::time::Duration;
///
/// let limits = Limits { timeout: Duration::from_secs(600), ..Limits::default() };
/// assert_eq!(limits.request_timeout, Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// How long one request may take, from when it leaves; 30 s by default.
    pub request_timeout: Duration,
    /// How long the caller waits for the job's end; an hour by default.
    pub timeout: Duration,
    /// Whether a poll may hold its connection until there is news; `false` by default. Many jobs hold many
    /// connections.
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

fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Why a job cannot be resumed from a record or a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResumeError {
    /// The value is not a record that [`Job::record`](super::Job::record) has written.
    InvalidRecord,
    /// A part of the handle is not what filmgate would have written.
    InvalidHandle,
    /// The record says that the job has ended, but not how.
    MissingResult,
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResumeError::InvalidRecord => "The value is not a record of a filmgate job.",
            ResumeError::InvalidHandle => "The handle is not one that filmgate has written.",
            ResumeError::MissingResult => "The record of an ended job does not hold its result.",
        })
    }
}

impl std::error::Error for ResumeError {}
