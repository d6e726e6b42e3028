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
    BudgetExceeded,
    /// No key for the provider. Nothing was sent.
    MissingApiKey,
    /// The record could not be written, so nothing was sent. Safe to submit again.
    StoreError,
    /// The provider refuses the key. Safe to submit again with another.
    Unauthorized,
    /// The account's credit does not suffice. Safe to submit again after a top-up.
    InsufficientQuota,
    /// Too many requests. Safe to submit again later.
    RateLimited,
    /// The provider refuses the content. The same request will be refused again.
    ContentPolicyViolation,
    /// The provider finds fault with the request. The same request will be refused again.
    BadRequest,
    /// Unknown or disabled model, or an endpoint that is not there.
    ModelUnavailable,
    /// The generation failed. A new submit is a new job.
    GenerationFailed,
    /// The provider's own time limit ran out. A new submit is a new job.
    GenerationTimeout,
    /// Stopped on request.
    Cancelled,
    /// The provider no longer knows the result. A new submit is a new, paid job.
    ResultExpired,
    /// The submit may have been billed, and nobody can tell. Submitting again may pay twice.
    SubmissionUnknown,
    /// The caller's time ran out. The job goes on: resume it, do not submit again.
    Timeout,
    /// The network failed, or a browser refused the answer.
    ConnectionError,
    /// The answer is none of the documented forms.
    InvalidResponse,
    /// No such job, or a handle that is not one.
    JobNotFound,
    /// filmgate itself broke. The job goes on: resume it, do not submit again.
    InternalError,
}

string_enum!(ErrorCode {
    InvalidRequest = "invalid_request",
    BudgetExceeded = "budget_exceeded",
    MissingApiKey = "missing_api_key",
    StoreError = "store_error",
    Unauthorized = "unauthorized",
    InsufficientQuota = "insufficient_quota",
    RateLimited = "rate_limited",
    ContentPolicyViolation = "content_policy_violation",
    BadRequest = "bad_request",
    ModelUnavailable = "model_unavailable",
    GenerationFailed = "generation_failed",
    GenerationTimeout = "generation_timeout",
    Cancelled = "cancelled",
    ResultExpired = "result_expired",
    SubmissionUnknown = "submission_unknown",
    Timeout = "timeout",
    ConnectionError = "connection_error",
    InvalidResponse = "invalid_response",
    JobNotFound = "job_not_found",
    InternalError = "internal_error",
});

impl ErrorCode {
    /// Whether submitting the same request again is safe and may help, given that nothing was
    /// charged.
    pub fn is_retryable(self) -> bool {
        use ErrorCode::*;
        matches!(
            self,
            StoreError | RateLimited | GenerationFailed | GenerationTimeout
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
