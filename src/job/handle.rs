//! What finds a job again. It may be shown, logged and kept anywhere.

use serde::{Deserialize, Serialize};

use crate::price::Usd;
use crate::provider::ProviderId;
use crate::request::is_uuid;

/// Finds a job again, in any runtime. Holds no prompt, address, body or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handle {
    /// Version of this form: 1.
    pub version: u32,
    /// Who was asked.
    pub provider: ProviderId,
    /// Id in the catalogue, or the caller's own `provider:wire-id`.
    pub model: String,
    /// The listing's id at the provider.
    pub wire_id: String,
    /// The job's name in the store, a UUID; at Runware it is the taskUUID.
    pub key: String,
    /// The provider's id for the job, once it has accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Videos ordered.
    pub n: u32,
    /// Milliseconds since 1970, like all times here.
    pub created_at: u64,
    /// When the submit last left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<u64>,
    /// When the provider was known to have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<u64>,
    /// When it was known to have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// Seconds that the provider was asked to keep the video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u32>,
    /// Both ends of the quote, in micro-dollars; absent where the price was unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteEnds>,
}

/// Both ends of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteEnds {
    /// Micro-dollars.
    pub min: Usd,
    /// Micro-dollars.
    pub max: Usd,
}

impl Handle {
    /// Whether every part is what we would have written. A handle can come from anywhere, and its
    /// parts go into addresses and bodies.
    pub fn is_sound(&self) -> bool {
        let id = |id: &String| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            !id.is_empty() && id.len() <= 200 && id.chars().all(plain)
        };
        self.version == 1
            && self.provider.is_wire_id(&self.wire_id)
            && self.model.len() <= 256
            && is_uuid(&self.key, Some(4))
            && self.job_id.as_ref().is_none_or(id)
            && (1..=20).contains(&self.n)
    }
}
