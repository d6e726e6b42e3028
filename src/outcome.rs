//! Statuses and results of jobs, the same for all providers.

use std::fmt;

use crate::json::Value;

use crate::codec::pack::pack_as_value;
use crate::codec::{
    Codec, DecodeResult, Reader, codec, entry, list, object, serde_via_value, string_enum,
};
pub use crate::error::{Charge, Failure};
use crate::handle::Handle;
use crate::json::text::{Text, without_marks};
use crate::money::{Usd, dollars};

/// The status of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The submit is in flight.
    Submitting,
    /// The response to the submit was lost; the provider is polled for its outcome.
    Reconciling,
    /// Accepted, and waiting in the provider's queue.
    Queued,
    /// The provider generates the video.
    Running,
    /// Ended with at least one video.
    Completed,
    /// Ended without a video.
    Failed,
    /// Stopped on request.
    Cancelled,
    /// The provider no longer knows the result.
    Expired,
    /// It is unknown whether the provider accepted the submit. It is never sent again.
    SubmissionUnknown,
}

string_enum!(Status {
    Submitting = "submitting",
    Reconciling = "reconciling",
    Queued = "queued",
    Running = "running",
    Completed = "completed",
    Failed = "failed",
    Cancelled = "cancelled",
    Expired = "expired",
    SubmissionUnknown = "submission_unknown",
});

impl Status {
    /// Whether the status is final.
    pub fn is_end(self) -> bool {
        use Status::*;
        matches!(self, Completed | Failed | Cancelled | Expired | SubmissionUnknown)
    }
}

/// A finished video.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Video {
    /// Its URL.
    pub url: Option<String>,
    /// A reference to its URL, if that is too long to enter the module. JavaScript replaces it.
    pub(crate) long_url: Option<Value>,
    /// A data URI, or a reference to one outside the module, if the provider returned the bytes.
    pub data: Option<Value>,
    /// The provider's id for it.
    pub id: Option<String>,
    /// When the URL expires, in milliseconds since 1970.
    pub expires_at: Option<u64>,
    /// The seed of the generation.
    pub seed: Option<i64>,
    /// Whether the provider's content check flagged it.
    pub nsfw: Option<bool>,
    /// Value for `remixId` of another request.
    pub remix_id: Option<String>,
    /// Its cost, as the provider reports it.
    pub cost: Option<Usd>,
}

/// Without its URL, which may hold a token, and its data.
impl fmt::Debug for Video {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Video { id, expires_at, seed, nsfw, cost, .. } = self;
        let mut shown = f.debug_struct("Video");
        shown.field("id", id).field("expires_at", expires_at).field("seed", seed);
        shown.field("nsfw", nsfw).field("cost", cost).finish_non_exhaustive()
    }
}

// Written by hand for the URL, which is a string or a reference to one.
impl Codec for Video {
    fn write(&self) -> Value {
        let url = match &self.long_url {
            Some(reference) => reference.clone(),
            None => self.url.write(),
        };
        object! {
            "url" => url,
            "data": self.data,
            "id": self.id,
            "expiresAt": self.expires_at,
            "seed": self.seed,
            "nsfw": self.nsfw,
            "remixId": self.remix_id,
            "cost": self.cost,
        }
    }

    fn decode_into(&mut self, value: &Value) -> DecodeResult {
        let mut object = Reader::new(value);
        let url = entry(value, "url");
        self.long_url = Text::is_reference(url).then(|| url.clone());
        match self.long_url {
            Some(_) => self.url = None,
            None => object.take("url", &mut self.url),
        }
        object.take("data", &mut self.data);
        object.take("id", &mut self.id);
        object.take("expiresAt", &mut self.expires_at);
        object.take("seed", &mut self.seed);
        object.take("nsfw", &mut self.nsfw);
        object.take("remixId", &mut self.remix_id);
        object.take("cost", &mut self.cost);
        object.end()
    }

    fn default_value() -> Self {
        Video::default()
    }
}

pack_as_value!(Vec<Video>);
serde_via_value!(Video);

/// Whether both are the same string. Two references to one long string can have different indexes, so they are
/// compared by length and beginning.
fn is_same_text<'a>(one: Option<&'a Value>, other: Option<&'a Value>) -> bool {
    let text =
        |value: Option<&'a Value>| value.and_then(Text::read).map(|text| (text.head, text.len));
    text(one) == text(other)
}

/// The result of a job with at least one video.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoResult {
    /// The videos.
    pub videos: Vec<Video>,
    /// The requested videos that failed.
    pub failures: Vec<Failure>,
    /// The actual cost, as the provider reports it.
    pub cost: Option<Usd>,
    /// Milliseconds in the provider's queue.
    pub queue_time_ms: Option<u64>,
    /// Milliseconds of generation.
    pub execution_time_ms: Option<u64>,
    /// The provider's last response, unchanged.
    pub raw: Value,
}

/// Without the response, which may quote the prompt.
impl fmt::Debug for VideoResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VideoResult { videos, failures, cost, queue_time_ms, execution_time_ms, .. } = self;
        let mut shown = f.debug_struct("VideoResult");
        shown.field("videos", videos).field("failures", failures).field("cost", cost);
        shown.field("queue_time_ms", queue_time_ms).field("execution_time_ms", execution_time_ms);
        shown.finish_non_exhaustive()
    }
}

codec!(VideoResult {
    videos = "videos",
    failures = "errors",
    cost = "cost",
    queue_time_ms = "queueTimeMs",
    execution_time_ms = "executionTimeMs",
    raw = "raw",
});

impl VideoResult {
    /// Actual cost minus the nearer bound of the quote; zero within the quote.
    pub fn quote_delta(&self, quote: Option<(Usd, Usd)>) -> Option<Usd> {
        let (cost, (min, max)) = (self.cost?, quote?);
        // A handle can come from anywhere, and its bounds in any order.
        let near = cost.0.min(max.0).max(min.0);
        Some(Usd(cost.0.saturating_sub(near)))
    }

    /// The result in the public format: amounts in dollars, and the job's handle.
    pub fn to_json(&self, handle: &Handle) -> Value {
        let over = self.quote_delta(handle.quote.map(|quote| (quote.min, quote.max)));
        object! {
            "provider": handle.provider,
            "model": handle.model,
            "handle": *handle,
            "videos" => self.videos.iter().map(Video::to_json).collect(),
            "errors" => list(&self.failures),
            "costUsd" => dollars(self.cost),
            "quoteDeltaUsd" => dollars(over),
            "charge": Charge::Charged,
            "timing" => object! { "queueTimeMs": self.queue_time_ms, "executionTimeMs": self.execution_time_ms },
            // Records of earlier versions have marks.
            "raw" => without_marks(&self.raw),
        }
    }
}

impl Video {
    /// Whether both describe the same video: by the provider's ids, or else by URL and data.
    pub(crate) fn is_same(&self, other: &Video) -> bool {
        match (&self.id, &other.id) {
            (Some(one), Some(other)) => one == other,
            _ => {
                self.url == other.url
                    && is_same_text(self.long_url.as_ref(), other.long_url.as_ref())
                    && is_same_text(self.data.as_ref(), other.data.as_ref())
            }
        }
    }

    /// Whether it can be downloaded.
    pub(crate) fn has_content(&self) -> bool {
        self.url.is_some() || self.long_url.is_some() || self.data.is_some()
    }

    /// Sets the URL, from a string or a reference to one.
    pub(crate) fn with_url(mut self, url: &Value) -> Self {
        match url.as_str() {
            Some(text) => self.url = Some(text.to_owned()),
            None => self.long_url = Some(url.clone()),
        }
        self
    }

    /// The public format: the amount in dollars.
    fn to_json(&self) -> Value {
        let mut json = Video { cost: None, ..self.clone() }.write();
        if let Some(map) = json.as_object_mut().filter(|_| self.cost.is_some()) {
            map.insert("costUsd".to_owned(), dollars(self.cost));
        }
        json
    }
}
