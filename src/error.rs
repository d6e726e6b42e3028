//! The one error of a job or a call. Its data is structured; it never holds a key or a prompt.

use std::fmt;

pub use crate::codec::UnknownName;

use crate::codec::{codec, string_enum};

/// What went wrong. Each kind says whether the same request may be submitted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request has problems. Nothing was sent; mend it first.
    InvalidRequest,
    /// The upper price is above the limit. Nothing was sent.
    OverBudget,
    /// No key for the provider. Nothing was sent.
    MissingKey,
    /// The record could not be written, so nothing was sent. Safe to submit again.
    StoreFailed,
    /// The provider refuses the key. Safe to submit again with another.
    Unauthorized,
    /// The account's credit does not suffice. Safe to submit again after a top-up.
    InsufficientCredits,
    /// Too many requests. Safe to submit again later.
    RateLimited,
    /// The provider refuses the content. The same request will be refused again.
    ContentRefused,
    /// The provider finds fault with the request. The same request will be refused again.
    Rejected,
    /// Unknown or disabled model, or an endpoint that is not there.
    ModelUnavailable,
    /// The generation failed. A new submit is a new job.
    GenerationFailed,
    /// The provider's own time limit ran out. A new submit is a new job.
    GenerationTimedOut,
    /// Stopped on request.
    Cancelled,
    /// The provider no longer knows the result. A new submit is a new, paid job.
    Expired,
    /// The submit may have been billed, and nobody can tell. Submitting again may pay twice.
    SubmissionUnknown,
    /// The caller's time ran out. The job goes on: resume it, do not submit again.
    TimedOut,
    /// The network failed, or a browser refused the answer.
    Network,
    /// The answer is none of the documented forms.
    BadAnswer,
    /// No such job, or a handle that is not one.
    UnknownJob,
    /// filmgate itself broke. The job goes on: resume it, do not submit again.
    Internal,
}

string_enum!(ErrorCode {
    InvalidRequest = "invalid_request",
    OverBudget = "over_budget",
    MissingKey = "missing_key",
    StoreFailed = "store_failed",
    Unauthorized = "unauthorized",
    InsufficientCredits = "insufficient_credits",
    RateLimited = "rate_limited",
    ContentRefused = "content_refused",
    Rejected = "rejected",
    ModelUnavailable = "model_unavailable",
    GenerationFailed = "generation_failed",
    GenerationTimedOut = "generation_timed_out",
    Cancelled = "cancelled",
    Expired = "expired",
    SubmissionUnknown = "submission_unknown",
    TimedOut = "timed_out",
    Network = "network",
    BadAnswer = "bad_answer",
    UnknownJob = "unknown_job",
    Internal = "internal",
});

impl ErrorCode {
    /// Whether submitting the same request again is safe and may help, given that nothing was
    /// charged.
    pub fn is_retryable(self) -> bool {
        use ErrorCode::*;
        matches!(
            self,
            StoreFailed | RateLimited | GenerationFailed | GenerationTimedOut
        )
    }
}

/// Whether money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charge {
    /// Nothing was billed.
    None,
    /// Something was.
    Charged,
    /// The provider alone knows.
    Unknown,
}

string_enum!(Charge {
    None = "none",
    Charged = "charged",
    Unknown = "unknown",
});

/// Why there is no video, in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What kind of failure.
    pub code: ErrorCode,
    /// The provider's own code, cut as well.
    pub provider_code: Option<String>,
    /// The provider's message, cut to a readable length.
    pub message: String,
}

codec!(Failure {
    code = "code",
    provider_code = "providerCode",
    message = "message",
});

impl Failure {
    /// A failure in the provider's words.
    pub fn new(code: ErrorCode, provider_code: Option<&str>, message: &str) -> Self {
        Failure {
            code,
            provider_code: provider_code.map(|code| cut(code, 100)),
            message: cut(message, 300),
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Why a job ended, or why nobody waits for it any longer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What, and in whose words.
    pub failure: Failure,
    /// Whether money went.
    pub charge: Charge,
}

codec!(Error {
    failure = "failure",
    charge = "charge",
});

impl Error {
    /// An error in our own words.
    pub fn new(code: ErrorCode, charge: Charge, message: &str) -> Self {
        Error {
            failure: Failure::new(code, None, message),
            charge,
        }
    }

    /// Whether submitting the same request again is safe and may help.
    pub fn is_retryable(&self) -> bool {
        self.charge == Charge::None && self.failure.code.is_retryable()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.failure.message)
    }
}

impl std::error::Error for Error {}
