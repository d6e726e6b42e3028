//! The error of a job or a call, as structured data. It never contains an API key or a prompt.

use std::fmt;

pub use crate::codec::UnknownName;

use crate::codec::pack::pack_as_value;
use crate::codec::{codec, string_enum};
use crate::json::Value;

/// What went wrong. Each code says whether the same request may be submitted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request has issues. Nothing was sent; fix them first.
    InvalidRequest,
    /// The maximum price is above the limit. Nothing was sent.
    BudgetExceeded,
    /// No API key for the provider. Nothing was sent.
    MissingApiKey,
    /// The record could not be stored, so nothing was sent. Safe to submit again.
    StoreError,
    /// The provider rejects the API key. Safe to submit again with another one.
    Unauthorized,
    /// The account's credit is insufficient. Safe to submit again after a top-up.
    InsufficientQuota,
    /// Too many requests. Safe to submit again later.
    RateLimited,
    /// The provider rejects the content. The same request will be rejected again.
    ContentPolicyViolation,
    /// The provider rejects the request. The same request will be rejected again.
    BadRequest,
    /// The model is unknown or disabled, or its endpoint does not exist.
    ModelUnavailable,
    /// The generation failed. A new submit is a new job.
    GenerationFailed,
    /// The job reached the provider's time limit. A new submit is a new job.
    GenerationTimeout,
    /// Stopped on request.
    Cancelled,
    /// The provider no longer has the result. A new submit is a new, paid job.
    ResultExpired,
    /// The outcome of the submit is unknown; it may have been billed. Submitting again may pay twice.
    SubmissionUnknown,
    /// The caller's timeout passed. The job continues: resume it, do not submit again.
    Timeout,
    /// The network failed, or a browser blocked the response.
    ConnectionError,
    /// The response has no documented format, or the completed job's video was not found in it.
    InvalidResponse,
    /// The job does not exist, or the handle is invalid.
    JobNotFound,
    /// An error in filmgate itself. The job continues: resume it, do not submit again.
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
        matches!(self, StoreError | RateLimited | GenerationFailed | GenerationTimeout)
    }
}

/// Whether the job was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charge {
    /// Nothing was billed.
    None,
    /// Something was billed.
    Charged,
    /// Unknown; see the provider's console.
    Unknown,
}

string_enum!(Charge {
    None = "none",
    Charged = "charged",
    Unknown = "unknown",
});

/// A value that may quote the request: `Debug` does not print it, so that an error may be logged whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Unlogged<T>(pub T);

impl<T> fmt::Debug for Unlogged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not logged)")
    }
}

/// Why there is no video.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of failure.
    pub code: ErrorCode,
    /// The provider's own code, truncated to 100 characters.
    pub provider_code: Option<String>,
    /// The message, truncated to 300 characters. It quotes nothing of the request: the provider's words
    /// stand in it once they were compared with the request, and else what its structured fields say.
    pub message: String,
    /// The provider's own words, truncated to 1,000 characters. They may quote the request, so they are
    /// in no JSON and no record.
    pub provider_message: Option<Unlogged<String>>,
}

codec!(Failure {
    code = "code",
    provider_code = "providerCode",
    message = "message",
} skip provider_message);
pack_as_value!(Option<Failure>);

/// Maximum characters of a message.
pub(crate) const MAX_MESSAGE_LEN: usize = 300;

impl Failure {
    /// A failure in filmgate's own words; truncates the code and the message.
    pub fn new(code: ErrorCode, provider_code: Option<&str>, message: &str) -> Self {
        Failure {
            code,
            provider_code: provider_code.map(|code| truncate(code, 100)),
            message: truncate(message, MAX_MESSAGE_LEN),
            provider_message: None,
        }
    }

    /// Adds the provider's own words. The job shows them in place of `message` where it can compare them
    /// with the request.
    #[must_use]
    pub fn quoting(self, provider_message: &str) -> Self {
        Failure { provider_message: Some(Unlogged(truncate(provider_message, 1_000))), ..self }
    }

    /// As it is stored.
    pub(crate) fn without_provider_message(self) -> Self {
        Failure { provider_message: None, ..self }
    }
}

/// The text up to so many characters, without control characters: in a terminal they could rewrite other lines.
pub(crate) fn truncate(text: &str, max_chars: usize) -> String {
    let mut shown = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let mut short: String = shown.by_ref().take(max_chars).collect();
    if shown.next().is_some() {
        short.push('…');
    }
    short
}

/// Why a job ended without a video, or why the client stopped waiting.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Error {
    /// The failure.
    pub failure: Failure,
    /// Whether the job was charged.
    pub charge: Charge,
    /// The response, unchanged, that ended a job which may have been billed, if no video was found in it. It may
    /// quote the request: it is in no JSON of the error, and in the record only if it calls the job completed.
    pub raw: Option<Unlogged<Value>>,
}

codec!(Error {
    failure = "failure",
    charge = "charge",
} skip raw);

impl Error {
    /// An error with filmgate's own message.
    pub fn new(code: ErrorCode, charge: Charge, message: &str) -> Self {
        Error { failure: Failure::new(code, None, message), charge, raw: None }
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
