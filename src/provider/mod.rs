//! The providers' HTTP APIs: requests, responses and errors, behind one dispatch on [`ProviderId`].
//! May import: handle, outcome, error, money, uuid and the codec.
//! Must never: do I/O, know a single model (those are in the catalog), or keep state.
//!
//! [`runpod`] and [`runware`] have these files, and readers of their own: `request.rs` (paths and bodies), `response.rs`
//! (statuses and results), `error.rs` (the provider's errors as [`Failure`]s). `words.rs` classifies the words of an error
//! without a code, `charge_words.rs` what they say about money, `url_expiry.rs` reads when a signed URL expires.

mod charge_words;
pub mod runpod;
pub mod runware;
mod url_expiry;
mod words;

pub use crate::provider_id::ProviderId;
pub(crate) use charge_words::says_not_charged;

use crate::json::{Object, Value};

use crate::handle::Handle;
#[cfg(not(target_arch = "wasm32"))]
use crate::json::lenient;
use crate::json::text::Text;
#[cfg(not(target_arch = "wasm32"))]
use crate::json::text::{MAX_DEPTH, UNREADABLE};
use crate::money::Usd;
use crate::outcome::{Charge, Failure, Status, Video};

/// An HTTP request. The transport adds the base URL, the API key and the time limit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The path below the base URL; empty for the base URL itself.
    pub path: String,
    /// The body of a `POST`; `None` for a `GET`.
    pub body: Option<Value>,
    /// Milliseconds added to the time limit, for a request that the provider holds open.
    pub extra_timeout_ms: u64,
    /// Whether it must be sent now or fail: a driver that would hold it passes
    /// [`TransportError::Unsent`](crate::job::TransportError::Unsent).
    pub send_now_or_fail: bool,
    /// Whether the body is a list of tasks that may be merged with other jobs' tasks. Each job reads its
    /// own part of the response.
    pub batchable: bool,
}

impl Request {
    /// A request that may be held and is not batchable.
    pub const fn new(path: String, body: Option<Value>) -> Self {
        Request { path, body, extra_timeout_ms: 0, send_now_or_fail: false, batchable: false }
    }
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The `Retry-After` header, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The body, parsed by the transport.
    pub body: Body,
}

impl Response {
    /// A response without a `Retry-After` header.
    pub fn new(status: u16, body: Body) -> Self {
        Response { status, retry_after_ms: None, body }
    }
}

/// A response body.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// JSON. JSON in a string is parsed, too, if it is the body, or a job's `error` or `output`.
    Json(Value),
    /// Not JSON: an HTML page or plain words.
    NonJson,
    /// Not JSON, but it begins like JSON or an event stream: it is truncated, or holds several values.
    Damaged,
    /// An empty body.
    Empty,
}

impl Body {
    /// Parses the text of a body, as every transport must. In a WebAssembly build JavaScript parses it.
    /// ```
    /// use filmgate::provider::Body;
    /// use serde_json::json;
    ///
    /// assert_eq!(Body::parse(r#"{"id":"a"}"#), Body::Json(json!({ "id": "a" })));
    /// assert_eq!(Body::parse("<html>Bad gateway</html>"), Body::NonJson);
    /// assert_eq!(Body::parse(r#"{"id":"a","sta"#), Body::Damaged);
    /// assert_eq!(Body::parse(" "), Body::Empty);
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Body::Empty;
        }
        let Some(mut json) = lenient::parse(text) else {
            let is_damaged = begins_like_data(text);
            return if is_damaged { Body::Damaged } else { Body::NonJson };
        };
        parse_inner(&mut json, 0);
        truncate_depth(&mut json, 0);
        Body::Json(json)
    }

    pub(crate) fn json(&self) -> Option<&Value> {
        match self {
            Body::Json(json) => Some(json),
            Body::NonJson | Body::Damaged | Body::Empty => None,
        }
    }
}

/// Whether a text begins like JSON or an event stream, as `pkg/src/core/core.ts` decides for the module.
pub(crate) fn begins_like_data(text: &str) -> bool {
    let text = text.trim_start();
    ["{", "[", "\"", "data:", "event:", "id:"].iter().any(|start| text.starts_with(start))
}

/// JSON in strings inside each other that is parsed.
#[cfg(not(target_arch = "wasm32"))]
const MAX_INNER: u32 = 2;

/// Parses JSON in a string: the body itself, and the `error` and `output` of a job, as the JavaScript
/// transport does.
#[cfg(not(target_arch = "wasm32"))]
fn parse_inner(value: &mut Value, depth: u32) {
    let is_json = |text: &&str| text.trim_start().starts_with(['{', '[']);
    if let Some(text) = value.as_str().filter(is_json)
        && let Some(inner) = lenient::parse(text)
    {
        *value = inner;
    }
    for name in ["error", "output"] {
        if depth < MAX_INNER
            && let Some(field) = value.get_mut(name)
        {
            parse_inner(field, depth + 1);
        }
    }
}

/// Replaces values that are nested too deeply to be stored, as the JavaScript transport does.
#[cfg(not(target_arch = "wasm32"))]
fn truncate_depth(value: &mut Value, depth: u32) {
    if depth > MAX_DEPTH {
        *value = serde_json::json!({ UNREADABLE: "too_deep" });
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| truncate_depth(item, depth + 1)),
        Value::Object(map) => map.values_mut().for_each(|item| truncate_depth(item, depth + 1)),
        _ => {}
    }
}

/// What a response contains about a job.
#[doc(hidden)]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobSnapshot {
    /// The provider's id of the job.
    pub job_id: Option<String>,
    /// The status; `None` if the response shows only that the job exists.
    pub status: Option<Status>,
    /// Percent.
    pub progress: Option<u8>,
    /// Videos that are ready.
    pub videos: Vec<Video>,
    /// Videos that failed, and errors that the provider reports of a running job.
    pub failures: Vec<Failure>,
    /// Cost of what is ready.
    pub cost: Option<Usd>,
    /// What the response says about money, as "You will not be charged"; `None`: the provider's rule applies.
    pub charge: Option<Charge>,
    /// Milliseconds in the queue.
    pub queue_time_ms: Option<u64>,
    /// Milliseconds of generation.
    pub execution_time_ms: Option<u64>,
    /// Some of the requested videos have ended, and none of the others is pending.
    pub stalled: bool,
    /// The response, unchanged.
    pub raw: Value,
}

/// The outcome of a submit.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum SubmitResult {
    /// The provider has the job.
    Accepted(Box<JobSnapshot>),
    /// The provider has rejected the job, and nothing was billed.
    Rejected(Failure),
    /// Rate limited (HTTP 429): the request was not processed.
    Busy(Failure),
    /// The provider may or may not have the job.
    Unknown(Failure),
}

/// The outcome of a poll. Only `Found` can end a job.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum PollResult {
    /// The provider knows the job.
    Found(Box<JobSnapshot>),
    /// The provider does not know the job, not yet or no longer.
    NotFound,
    /// The API key is rejected: a retry does not help.
    Unauthorized(Failure),
    /// A network or server error: retry later.
    Transient(Failure),
}

/// A parsed webhook. It is not signed: it causes a poll and is never trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// RunPod's job id, Runware's taskUUID.
    pub job_id: String,
    /// The status according to the webhook.
    pub status: Status,
}

impl ProviderId {
    /// The documented base URL.
    pub const fn base_url(self) -> &'static str {
        match self {
            ProviderId::Runpod => runpod::BASE_URL,
            ProviderId::Runware => runware::BASE_URL,
        }
    }

    /// Whether a submit without a response can be reconciled: the client chooses the job's id.
    /// ```
    /// use filmgate::provider::ProviderId;
    ///
    /// let reconciling: Vec<_> = ProviderId::ALL.iter().filter(|provider| provider.supports_idempotency()).collect();
    /// assert_eq!(reconciling, [&ProviderId::Runware]);
    /// ```
    pub const fn supports_idempotency(self) -> bool {
        matches!(self, ProviderId::Runware)
    }

    /// How long the result of a job, or of a synchronous submit, is retained after the job's end, in
    /// milliseconds; `None` if it is not documented.
    pub const fn result_retention_ms(self, sync: bool) -> Option<u64> {
        match self {
            ProviderId::Runpod if sync => Some(runpod::SYNC_RESULT_RETENTION_MS),
            ProviderId::Runpod => Some(runpod::RESULT_RETENTION_MS),
            ProviderId::Runware => None,
        }
    }

    /// No video is finished in fewer milliseconds, whatever the model; 0 if a second submit is never
    /// rejected. The measured minimum of a listing may be longer.
    ///
    /// Not documented: no video model finishes so fast. Within this time a second submit of a Runware task is
    /// rejected without a charge, since the first one is running (`conflictTaskUUID`, Runware's SDK).
    pub(crate) const fn min_duration_ms(self) -> u32 {
        match self {
            ProviderId::Runpod => 0,
            ProviderId::Runware => 3_000,
        }
    }

    /// When the URL of a video expires, if that is known: the earlier of what the documents and the URL say.
    pub(crate) fn video_expiry(self, handle: &Handle, ended_at: u64, video: &Video) -> Option<u64> {
        let long_url = || Some(Text::read(video.long_url.as_ref()?)?.head);
        let url = video.url.as_deref().or_else(long_url)?;
        let documented = match self {
            ProviderId::Runpod => runpod::video_expiry(handle, ended_at),
            ProviderId::Runware => runware::video_expiry(handle, ended_at),
        };
        documented.into_iter().chain(url_expiry::expiry_ms(url)).min()
    }

    /// The request body for a caller's raw input.
    pub(crate) fn raw_body(self, input: Object) -> Value {
        match self {
            ProviderId::Runpod => runpod::raw_body(input),
            ProviderId::Runware => Value::Object(input),
        }
    }

    /// Whether a raw field may change the price.
    pub(crate) fn may_affect_price(self, field: &str) -> bool {
        match self {
            ProviderId::Runpod => field == "input",
            ProviderId::Runware => true,
        }
    }

    /// The maximum size of a request body, in bytes.
    pub(crate) const fn body_limit(self, sync: bool) -> Option<u64> {
        match self {
            ProviderId::Runpod => Some(runpod::body_limit(sync)),
            ProviderId::Runware => None,
        }
    }

    /// The request that submits a job. It costs money.
    #[doc(hidden)]
    pub fn submit(self, handle: &Handle, body: &Value, sync: bool) -> Request {
        match self {
            ProviderId::Runpod => runpod::submit(handle, body, sync),
            ProviderId::Runware => runware::submit(handle, body),
        }
    }

    /// The request that polls a job; `None` if the handle has no job id.
    #[doc(hidden)]
    pub fn poll(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::poll(handle),
            ProviderId::Runware => Some(runware::poll(handle)),
        }
    }

    /// A poll that the provider holds open until there is a change; `None` if it has none.
    #[doc(hidden)]
    pub fn long_poll(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::long_poll(handle),
            ProviderId::Runware => None,
        }
    }

    /// A second poll request, for a job that the first one no longer finds.
    #[doc(hidden)]
    pub fn details(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => None,
            ProviderId::Runware => Some(runware::details(handle)),
        }
    }

    /// The request that cancels a job; `None` if the provider has none.
    #[doc(hidden)]
    pub fn cancel(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::cancel(handle),
            ProviderId::Runware => None,
        }
    }

    /// Reads the response to a submit.
    #[doc(hidden)]
    pub fn read_submit(self, handle: &Handle, response: &Response) -> SubmitResult {
        match self {
            ProviderId::Runpod => runpod::read_submit(handle, response),
            ProviderId::Runware => runware::read_submit(handle, response),
        }
    }

    /// Reads the response to `poll` or `cancel`.
    #[doc(hidden)]
    pub fn read_poll(self, handle: &Handle, response: &Response) -> PollResult {
        match self {
            ProviderId::Runpod => runpod::read_poll(handle, response),
            ProviderId::Runware => runware::read_poll(handle, response),
        }
    }

    /// Reads the response to `details`.
    #[doc(hidden)]
    pub fn read_details(self, handle: &Handle, response: &Response) -> PollResult {
        match self {
            ProviderId::Runpod => PollResult::NotFound,
            ProviderId::Runware => runware::read_details(handle, response),
        }
    }

    /// Reads a webhook's body.
    pub fn read_webhook(self, body: &Value) -> Option<WebhookEvent> {
        match self {
            ProviderId::Runpod => runpod::read_webhook(body),
            ProviderId::Runware => runware::read_webhook(body),
        }
    }
}

/// What stands before and after a part of a text. The texts are short, and the standard library's search adds
/// kilobytes to the module.
pub(crate) fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, rest.strip_prefix(part)?))
    })
}

/// Whether a text contains a part.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    split_once(text, part).is_some()
}
