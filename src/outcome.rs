//! What becomes of a job, in one shape whichever provider made the video.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::ErrorCode;
use crate::job::Handle;
use crate::price::Usd;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The submit is on its way.
    Submitting,
    /// The answer to the submit was lost; the provider is being asked what became of it.
    Settling,
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

/// Whether money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// Nothing was billed.
    None,
    /// Something was.
    Charged,
    /// The provider alone knows.
    Unknown,
}

/// A finished video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Video {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A data URI, or a reference to one that stands outside, where the provider sent the bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// The provider's id for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Milliseconds since 1970 when the address stops working.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
    /// The seed that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether the provider's check flagged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nsfw: Option<bool>,
    /// Goes into the `remix` of another request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remix_id: Option<String>,
    /// What it cost, as the provider says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Usd>,
}

/// Why there is no video, in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What kind of failure.
    pub code: ErrorCode,
    /// The provider's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_code: Option<String>,
    /// The provider's message, cut to a readable length.
    pub message: String,
}

impl Failure {
    /// A failure in the provider's words.
    pub fn new(code: ErrorCode, provider_code: Option<&str>, message: &str) -> Self {
        const LONGEST: usize = 300;
        let mut short: String = message.chars().take(LONGEST).collect();
        if short.len() < message.len() {
            short.push('…');
        }
        Failure {
            code,
            provider_code: provider_code.map(str::to_owned),
            message: short,
        }
    }
}

/// The end of a job that made at least one video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What was made.
    pub videos: Vec<Video>,
    /// What was ordered beside it and failed.
    pub failures: Vec<Failure>,
    /// The actual cost, as the provider reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Usd>,
    /// Milliseconds in the provider's queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued_ms: Option<u64>,
    /// Milliseconds of making.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ran_ms: Option<u64>,
    /// The provider's last answer, untouched.
    pub raw: Value,
}

impl Outcome {
    /// Actual cost less the nearer end of the quote: zero inside it.
    pub fn over_quote(&self, quote: Option<(Usd, Usd)>) -> Option<Usd> {
        let (cost, (min, max)) = (self.cost?, quote?);
        Some(Usd(cost.0 - cost.0.clamp(min.0, max.0)))
    }

    /// The outcome as callers see it: amounts in dollars, the job's handle beside it.
    pub fn to_json(&self, handle: &Handle) -> Value {
        let video = |video: &Video| {
            let mut json = serde_json::to_value(video).unwrap_or_default();
            if let Some(map) = json.as_object_mut()
                && map.remove("cost").is_some()
            {
                insert_usd(map, "costUsd", video.cost);
            }
            json
        };
        let mut map = Map::new();
        map.insert("provider".to_owned(), handle.provider.as_str().into());
        map.insert("model".to_owned(), handle.model.as_str().into());
        map.insert(
            "handle".to_owned(),
            serde_json::to_value(handle).unwrap_or_default(),
        );
        map.insert("videos".to_owned(), self.videos.iter().map(video).collect());
        let failures = serde_json::to_value(&self.failures).unwrap_or_default();
        map.insert("failures".to_owned(), failures);
        insert_usd(&mut map, "costUsd", self.cost);
        let quote = handle.quote.map(|quote| (quote.min, quote.max));
        insert_usd(&mut map, "overQuoteUsd", self.over_quote(quote));
        map.insert("charge".to_owned(), crate::issue::word(Charge::Charged));
        let mut timing = json!({});
        for (name, ms) in [("queuedMs", self.queued_ms), ("ranMs", self.ran_ms)] {
            if let (Some(ms), Some(map)) = (ms, timing.as_object_mut()) {
                map.insert(name.to_owned(), ms.into());
            }
        }
        map.insert("timing".to_owned(), timing);
        map.insert("raw".to_owned(), self.raw.clone());
        Value::Object(map)
    }
}

fn insert_usd(map: &mut Map<String, Value>, name: &str, amount: Option<Usd>) {
    if let Some(amount) = amount {
        map.insert(name.to_owned(), amount.to_f64().into());
    }
}
