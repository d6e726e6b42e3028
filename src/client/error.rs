//! The error of a call.

use std::fmt;
use std::sync::Arc;

use crate::error::{Charge, ErrorCode, Unlogged};
use crate::handle::Handle;
use crate::json::Value;
use crate::plan::{PlanError, ProviderIssue};
use crate::provider_id::ProviderId;

/// Why a call failed. It holds no API key, and its text no prompt, so that it may be logged.
///
/// The `source` is the error of the store, the network or the file system, if there is one.
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: ErrorCode,
    message: String,
    charge: Charge,
    handle: Option<Handle>,
    issues: Vec<ProviderIssue>,
    provider_code: Option<String>,
    provider_message: Option<Unlogged<String>>,
    raw: Option<Unlogged<Value>>,
    source: Option<Source>,
}

/// Shared, because the result of a job can be read more than once.
pub(super) type Source = Arc<dyn std::error::Error + Send + Sync>;

impl Error {
    pub(super) fn new(code: ErrorCode, charge: Charge, message: &str) -> Self {
        Error(Box::new(Parts {
            code,
            message: message.to_owned(),
            charge,
            handle: None,
            issues: Vec::new(),
            provider_code: None,
            provider_message: None,
            raw: None,
            source: None,
        }))
    }

    /// The error that ended a job, or the wait for it.
    pub(super) fn of_job(error: crate::error::Error, handle: &Handle) -> Self {
        let mut own = Error::new(error.failure.code, error.charge, &error.failure.message);
        own.0.provider_code = error.failure.provider_code;
        own.0.provider_message = error.failure.provider_message;
        own.0.raw = error.raw;
        own.with_handle(handle)
    }

    pub(super) fn with_handle(mut self, handle: &Handle) -> Self {
        self.0.handle = Some(handle.clone());
        self
    }

    pub(super) fn with_source(mut self, source: Option<Source>) -> Self {
        self.0.source = source;
        self
    }

    /// What went wrong.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What went wrong and what to do, in one or two sentences.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether something was charged.
    pub fn charge(&self) -> Charge {
        self.0.charge
    }

    /// Whether submitting the same request again is safe and may help.
    pub fn is_retryable(&self) -> bool {
        self.0.charge == Charge::None && self.0.code.is_retryable()
    }

    /// The handle of the job, if there is a job: keep it.
    pub fn handle(&self) -> Option<&Handle> {
        self.0.handle.as_ref()
    }

    /// The provider, if the error concerns one.
    pub fn provider(&self) -> Option<ProviderId> {
        self.0.handle.as_ref().map(|handle| handle.provider)
    }

    /// The problems of the request, each with its provider, if it was refused before anything was sent.
    pub fn issues(&self) -> &[ProviderIssue] {
        &self.0.issues
    }

    /// The provider's own code.
    pub fn provider_code(&self) -> Option<&str> {
        self.0.provider_code.as_deref()
    }

    /// The provider's own words. They may quote the prompt: do not log them.
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_ref().map(|message| message.0.as_str())
    }

    /// The response that ended a job which may have been charged, if no video was found in it. It may quote the prompt: do
    /// not log it.
    pub fn raw(&self) -> Option<&Value> {
        self.0.raw.as_ref().map(|raw| &raw.0)
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        let mut own = Error::new(error.code, Charge::None, &error.message);
        own.0.issues = error.issues;
        own
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { code, message, charge, handle, provider_code, source, .. } = &*self.0;
        f.debug_struct("Error")
            .field("code", code)
            .field("message", message)
            .field("charge", charge)
            .field("handle", handle)
            .field("provider_code", provider_code)
            .field("source", source)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
