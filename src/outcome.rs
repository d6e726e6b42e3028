//! What becomes of a job, in one shape whichever provider made the video.

use crate::json::Value;

use crate::codec::{Codec, codec, list, object, string_enum};
pub use crate::error::{Charge, Failure};
use crate::handle::Handle;
use crate::money::{Usd, dollars};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The submit is on its way.
    Submitting,
    /// The answer to the submit was lost; the provider is being asked what became of it.
    Reconciling,
    /// Accepted, and waiting for a machine.
    Queued,
    /// Being made.
    Running,
    /// Made: at least one video is there.
    Completed,
    /// Ended without a video.
    Failed,
    /// Stopped on request.
    Cancelled,
    /// The provider no longer knows the result.
    Expired,
    /// Whether the provider took the submit cannot be found out. It is never sent again.
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
    /// Whether nothing more will come.
    pub fn is_end(self) -> bool {
        use Status::*;
        matches!(
            self,
            Completed | Failed | Cancelled | Expired | SubmissionUnknown
        )
    }
}

/// A finished video.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Video {
    /// Its address.
    pub url: Option<String>,
    /// A data URI, or a reference to one that stands outside, where the provider sent the bytes.
    pub data: Option<Value>,
    /// The provider's id for it.
    pub id: Option<String>,
    /// Milliseconds since 1970 when the address stops working.
    pub expires_at: Option<u64>,
    /// The seed that made it.
    pub seed: Option<i64>,
    /// Whether the provider's check flagged it.
    pub nsfw: Option<bool>,
    /// Goes into the `remix` of another request.
    pub remix_id: Option<String>,
    /// What it cost, as the provider says.
    pub cost: Option<Usd>,
}

codec!(Video {
    url = "url",
    data = "data",
    id = "id",
    expires_at = "expiresAt",
    seed = "seed",
    nsfw = "nsfw",
    remix_id = "remixId",
    cost = "cost",
});

/// The end of a job that made at least one video.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoResult {
    /// What was made.
    pub videos: Vec<Video>,
    /// What was ordered beside it and failed.
    pub failures: Vec<Failure>,
    /// The actual cost, as the provider reports it.
    pub cost: Option<Usd>,
    /// Milliseconds in the provider's queue.
    pub queue_time_ms: Option<u64>,
    /// Milliseconds of making.
    pub execution_time_ms: Option<u64>,
    /// The provider's last answer, untouched.
    pub raw: Value,
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
    /// Actual cost less the nearer end of the quote: zero inside it.
    pub fn quote_delta(&self, quote: Option<(Usd, Usd)>) -> Option<Usd> {
        let (cost, (min, max)) = (self.cost?, quote?);
        // A handle may be anyone's, and its ends in any order.
        let near = cost.0.min(max.0).max(min.0);
        Some(Usd(cost.0.saturating_sub(near)))
    }

    /// The outcome as callers see it: amounts in dollars, the job's handle beside it.
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
            "raw": self.raw,
        }
    }
}

impl Video {
    /// Whether both tell of one video: by the provider's id, or else by what it is.
    pub(crate) fn is_same(&self, other: &Video) -> bool {
        match other.id {
            Some(_) => self.id == other.id,
            None => self.url == other.url && self.data == other.data,
        }
    }

    /// As callers see it: the amount in dollars.
    fn to_json(&self) -> Value {
        let mut json = self.write();
        if let Some(map) = json.as_object_mut()
            && map.remove("cost").is_some()
        {
            map.insert("costUsd".to_owned(), dollars(self.cost));
        }
        json
    }
}
