//! The handle, which finds a job again. It may be displayed, logged and stored anywhere.

use crate::codec::codec;
use crate::codec::pack::pack_as_value;
use crate::money::Usd;
use crate::provider_id::ProviderId;
use crate::uuid::is_uuid;

/// Finds a job again, in any runtime. Contains no prompt, URL, body or API key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Handle {
    /// Version of this format: 1.
    pub version: u32,
    /// The provider of the job.
    pub provider: ProviderId,
    /// Id in the catalog, or `provider:providerModelId` for a model outside the catalog.
    pub model: String,
    /// The provider's id of the model.
    pub provider_model_id: String,
    /// The job's key in the store, a UUID (version 4); Runware's taskUUID.
    pub id: String,
    /// The provider's id of the job, once it has accepted.
    pub job_id: Option<String>,
    /// Number of videos requested.
    pub n: u32,
    /// Milliseconds since 1970, like all times here.
    pub created_at: u64,
    /// When the submit was last sent.
    pub submitted_at: Option<u64>,
    /// When the provider was first known to have accepted the job.
    pub accepted_at: Option<u64>,
    /// When the job was first known to have ended.
    pub ended_at: Option<u64>,
    /// Requested retention of the video, in seconds.
    pub ttl_seconds: Option<u32>,
    /// Minimum and maximum of the quote, in micro-dollars; `None` if the price was unknown.
    pub quote: Option<QuoteEnds>,
}

codec!(packed Handle {
    version = "version",
    provider = "provider",
    model = "model",
    provider_model_id = "providerModelId",
    id = "id",
    job_id = "jobId",
    n = "n",
    created_at = "createdAt",
    submitted_at = "submittedAt",
    accepted_at = "acceptedAt",
    ended_at = "endedAt",
    ttl_seconds = "ttlSeconds",
    quote = "quote",
});

/// Minimum and maximum of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuoteEnds {
    /// Minimum, in micro-dollars.
    pub min: Usd,
    /// Maximum, in micro-dollars.
    pub max: Usd,
}

codec!(QuoteEnds {
    min = "min",
    max = "max",
});
pack_as_value!(Option<QuoteEnds>);

/// The latest time in a handle. Retention times and waits are added to it, and JavaScript counts single
/// milliseconds up to 2^53.
const MAX_TIME_MS: u64 = 1 << 52;

impl Handle {
    /// Whether every field has a value that filmgate writes. A handle can come from anywhere, and its
    /// fields go into URLs and bodies.
    pub fn is_valid(&self) -> bool {
        let id = |id: &String| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            !id.is_empty() && id.len() <= 200 && id.chars().all(plain)
        };
        let times = [self.submitted_at, self.accepted_at, self.ended_at];
        self.version == 1
            && self.provider.is_provider_model_id(&self.provider_model_id)
            && self.model.len() <= 256
            && is_uuid(&self.id, Some(4))
            && self.job_id.as_ref().is_none_or(id)
            && (1..=20).contains(&self.n)
            && self.created_at <= MAX_TIME_MS
            && times.into_iter().flatten().all(|time| time <= MAX_TIME_MS)
            && self.quote.is_none_or(|quote| {
                Usd(0) <= quote.min && quote.min <= quote.max && quote.max <= Usd::MAX_EXACT
            })
    }
}
