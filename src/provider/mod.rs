//! The providers. This file holds the one dispatch; [`runpod`] and [`runware`] have the same rooms:
//! `request.rs` (addresses and envelopes), `response.rs` (statuses and results), `error.rs` (the
//! provider's errors in our words).
//!
//! A dialect knows nothing of single models: those are rows of the catalog.

pub mod runpod;
pub mod runware;

pub use crate::provider_id::ProviderId;

use crate::json::{Object, Value};

use crate::handle::Handle;
#[cfg(not(target_arch = "wasm32"))]
use crate::json::text::{MAX_DEPTH, UNREADABLE};
use crate::money::Usd;
use crate::outcome::{Failure, Status, Video};

/// What is sent. The transport adds the base address, the key and the time limit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The path below the base address; empty for the base itself.
    pub path: String,
    /// The body of a `POST`; `None` for a `GET`.
    pub body: Option<Value>,
    /// Milliseconds beyond the usual limit, where the provider holds the line.
    pub extra_ms: u64,
    /// Whether it leaves at once or not at all: a driver that would keep it back answers with
    /// [`TransportError::Unsent`](crate::job::TransportError::Unsent).
    pub at_once: bool,
    /// Whether the body is a list of tasks that may travel together with other jobs' tasks. Each job
    /// takes its own out of the answer.
    pub shared: bool,
}

impl Request {
    /// A request that may wait, and travels alone.
    pub const fn new(path: String, body: Option<Value>) -> Self {
        Request {
            path,
            body,
            extra_ms: 0,
            at_once: false,
            shared: false,
        }
    }
}

/// What came back.
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
        Response {
            status,
            retry_after_ms: None,
            body,
        }
    }
}

/// A body, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// JSON. A text under `error` that is JSON itself has been parsed too.
    Json(Value),
    /// Something else: an HTML page, a cut answer.
    Text,
    /// Nothing.
    Empty,
}

impl Body {
    /// Reads a body's text, as every transport must. A browser's build leaves the parsing to
    /// JavaScript.
    /// ```
    /// use filmgate::provider::Body;
    /// use serde_json::json;
    ///
    /// assert_eq!(Body::parse(r#"{"id":"a"}"#), Body::Json(json!({ "id": "a" })));
    /// assert_eq!(Body::parse("<html>Bad gateway</html>"), Body::Text);
    /// assert_eq!(Body::parse(" "), Body::Empty);
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Body::Empty;
        }
        let Ok(mut json) = serde_json::from_str::<Value>(text) else {
            return Body::Text;
        };
        if let Some(error) = json.get_mut("error")
            && let Some(inner) = error
                .as_str()
                .filter(|text| text.trim_start().starts_with('{'))
            && let Ok(inner) = serde_json::from_str(inner)
        {
            *error = inner;
        }
        cut_deep(&mut json, 0);
        Body::Json(json)
    }

    pub(crate) fn json(&self) -> Option<&Value> {
        match self {
            Body::Json(json) => Some(json),
            Body::Text | Body::Empty => None,
        }
    }
}

/// Marks what nests too deep to be stored and read again, as the other transport does.
#[cfg(not(target_arch = "wasm32"))]
fn cut_deep(value: &mut Value, depth: u32) {
    if depth > MAX_DEPTH {
        *value = serde_json::json!({ UNREADABLE: "too_deep" });
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| cut_deep(item, depth + 1)),
        Value::Object(map) => map.values_mut().for_each(|item| cut_deep(item, depth + 1)),
        _ => {}
    }
}

/// What an answer tells about a job.
#[doc(hidden)]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// The provider's id for it.
    pub job_id: Option<String>,
    /// Where it stands; `None` where the answer says only that it exists.
    pub status: Option<Status>,
    /// Per cent.
    pub progress: Option<u8>,
    /// Videos that are ready.
    pub videos: Vec<Video>,
    /// Videos that failed.
    pub failures: Vec<Failure>,
    /// Cost of what is ready.
    pub cost: Option<Usd>,
    /// Milliseconds in the queue.
    pub queue_time_ms: Option<u64>,
    /// Milliseconds of making.
    pub ran_ms: Option<u64>,
    /// Some of what was ordered has ended, and nothing of the rest is under way.
    pub stalled: bool,
    /// The answer, untouched.
    pub raw: Value,
}

/// The three ends of a submit, and "later".
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    /// The provider has the job.
    Accepted(Box<Seen>),
    /// It certainly has not, and nothing was billed.
    Rejected(Failure),
    /// It has not (HTTP 429): the request was turned away before it was looked at.
    Busy(Failure),
    /// It may or may not.
    Unknown(Failure),
}

/// What an answer to a question about a job comes to. None but `Seen` can end a job.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum Polled {
    /// The provider knows the job.
    Seen(Box<Seen>),
    /// It does not, or not yet, or no longer.
    NotThere,
    /// The key is refused: asking again will not help.
    Refused(Failure),
    /// A fault of the network or the server: ask again later.
    Trouble(Failure),
}

/// A webhook's body, read. It is not signed: a hint to ask, never a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// RunPod's job id, Runware's taskUUID.
    pub job_id: String,
    /// Where the job is said to stand.
    pub status: Status,
}

impl ProviderId {
    /// Both.
    pub const ALL: &[ProviderId] = &[ProviderId::Runpod, ProviderId::Runware];

    /// The one of that name, as it stands in requests and handles.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// As people write it.
    pub const fn name(self) -> &'static str {
        match self {
            ProviderId::Runpod => "RunPod",
            ProviderId::Runware => "Runware",
        }
    }

    /// The base address that its documents give.
    pub const fn base_url(self) -> &'static str {
        match self {
            ProviderId::Runpod => runpod::BASE_URL,
            ProviderId::Runware => runware::BASE_URL,
        }
    }

    /// Whether a submit whose answer was lost can be settled: the client chooses the job's id.
    /// ```
    /// use filmgate::provider::ProviderId;
    ///
    /// let reconciling: Vec<_> = ProviderId::ALL.iter().filter(|provider| provider.settles()).collect();
    /// assert_eq!(reconciling, [&ProviderId::Runware]);
    /// ```
    pub const fn settles(self) -> bool {
        matches!(self, ProviderId::Runware)
    }

    /// Milliseconds that a result is kept after the job's end, where that is documented.
    pub const fn keeps_result_ms(self) -> Option<u64> {
        match self {
            ProviderId::Runpod => Some(runpod::KEEPS_RESULT_MS),
            ProviderId::Runware => None,
        }
    }

    /// When the address of a video stops working, where that is known.
    pub(crate) fn video_expiry(self, handle: &Handle, ended_at: u64) -> Option<u64> {
        match self {
            ProviderId::Runpod => Some(runpod::video_expiry(ended_at)),
            ProviderId::Runware => runware::video_expiry(handle, ended_at),
        }
    }

    /// Whether the text can be an id of a model there.
    pub(crate) fn is_wire_id(self, text: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let air = |c: char| plain(c) || matches!(c, ':' | '@' | '/');
        let fits = !text.is_empty() && text.len() <= 200;
        match self {
            ProviderId::Runpod => fits && text.chars().all(plain) && !has_part(text, ".."),
            ProviderId::Runware => fits && text.chars().all(air),
        }
    }

    /// The body for a caller's raw input.
    pub(crate) fn raw_body(self, input: Object) -> Value {
        match self {
            ProviderId::Runpod => runpod::raw_body(input),
            ProviderId::Runware => Value::Object(input),
        }
    }

    /// Raw fields that filmgate sets itself, and what to use in their place.
    pub(crate) const fn reserved(self) -> &'static [(&'static str, &'static str)] {
        match self {
            ProviderId::Runpod => runpod::RESERVED,
            ProviderId::Runware => runware::RESERVED,
        }
    }

    /// Whether a raw field may change the price.
    pub(crate) fn may_cost(self, field: &str) -> bool {
        match self {
            ProviderId::Runpod => field == "input",
            ProviderId::Runware => true,
        }
    }

    /// The largest body, in bytes.
    pub(crate) const fn body_limit(self, sync: bool) -> Option<u64> {
        match self {
            ProviderId::Runpod => Some(runpod::body_limit(sync)),
            ProviderId::Runware => None,
        }
    }

    /// The request that costs money.
    #[doc(hidden)]
    pub fn submit(self, handle: &Handle, body: &Value, sync: bool) -> Request {
        match self {
            ProviderId::Runpod => runpod::submit(handle, body, sync),
            ProviderId::Runware => runware::submit(handle, body),
        }
    }

    /// The question how a job stands; `None` where nothing finds it.
    #[doc(hidden)]
    pub fn poll(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::poll(handle),
            ProviderId::Runware => Some(runware::poll(handle)),
        }
    }

    /// The same question, answered once there is news; `None` where the provider has none such.
    #[doc(hidden)]
    pub fn long_poll(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::long_poll(handle),
            ProviderId::Runware => None,
        }
    }

    /// A second way to ask, for what the first no longer knows.
    #[doc(hidden)]
    pub fn details(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => None,
            ProviderId::Runware => Some(runware::details(handle)),
        }
    }

    /// The request to stop; `None` where the provider has none.
    #[doc(hidden)]
    pub fn cancel(self, handle: &Handle) -> Option<Request> {
        match self {
            ProviderId::Runpod => runpod::cancel(handle),
            ProviderId::Runware => None,
        }
    }

    /// What the answer to a submit comes to.
    #[doc(hidden)]
    pub fn read_submit(self, handle: &Handle, response: &Response) -> Submitted {
        match self {
            ProviderId::Runpod => runpod::read_submit(response),
            ProviderId::Runware => runware::read_submit(handle, response),
        }
    }

    /// What the answer to `poll` or `cancel` comes to.
    #[doc(hidden)]
    pub fn read_poll(self, handle: &Handle, response: &Response) -> Polled {
        match self {
            ProviderId::Runpod => runpod::read_poll(response),
            ProviderId::Runware => runware::read_poll(handle, response),
        }
    }

    /// What the answer to `details` comes to.
    #[doc(hidden)]
    pub fn read_details(self, handle: &Handle, response: &Response) -> Polled {
        match self {
            ProviderId::Runpod => Polled::NotThere,
            ProviderId::Runware => runware::read_details(handle, response),
        }
    }

    /// Reads a webhook's body.
    pub fn read_webhook(self, body: &Value) -> Option<Notice> {
        match self {
            ProviderId::Runpod => runpod::read_webhook(body),
            ProviderId::Runware => runware::read_webhook(body),
        }
    }
}

/// Whether a part stands anywhere in a text. The texts are short; the standard library's search, made for
/// long ones, is a kilobyte of the module.
fn has_part(text: &str, part: &str) -> bool {
    let mut places = text.char_indices();
    places.any(|(at, _)| text.get(at..).is_some_and(|rest| rest.starts_with(part)))
}
