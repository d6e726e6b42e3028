//! What finds a job again. It may be shown, logged and kept anywhere.

use crate::codec::codec;
use crate::money::Usd;
use crate::provider_id::ProviderId;
use crate::uuid::is_uuid;

/// Finds a job again, in any runtime. Holds no prompt, address, body or key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Handle {
    /// Version of this form: 1.
    pub version: u32,
    /// Who was asked.
    pub provider: ProviderId,
    /// Id in the catalog, or the caller's own `provider:wire-id`.
    pub model: String,
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// The job's name in the store, a UUID; at Runware it is the taskUUID.
    pub id: String,
    /// The provider's id for the job, once it has accepted.
    pub job_id: Option<String>,
    /// Videos ordered.
    pub n: u32,
    /// Milliseconds since 1970, like all times here.
    pub created_at: u64,
    /// When the submit last left.
    pub submitted_at: Option<u64>,
    /// When the provider was known to have it.
    pub accepted_at: Option<u64>,
    /// When it was known to have ended.
    pub ended_at: Option<u64>,
    /// Seconds that the provider was asked to keep the video.
    pub ttl_seconds: Option<u32>,
    /// Both ends of the quote, in micro-dollars; absent where the price was unknown.
    pub quote: Option<QuoteEnds>,
}

codec!(Handle {
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

/// Both ends of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuoteEnds {
    /// Micro-dollars.
    pub min: Usd,
    /// Micro-dollars.
    pub max: Usd,
}

codec!(QuoteEnds {
    min = "min",
    max = "max",
});

impl Handle {
    /// Whether every part is what we would have written. A handle can come from anywhere, and its
    /// parts go into addresses and bodies.
    pub fn is_valid(&self) -> bool {
        let id = |id: &String| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            !id.is_empty() && id.len() <= 200 && id.chars().all(plain)
        };
        self.version == 1
            && self.provider.is_provider_model_id(&self.provider_model_id)
            && self.model.len() <= 256
            && is_uuid(&self.id, Some(4))
            && self.job_id.as_ref().is_none_or(id)
            && (1..=20).contains(&self.n)
            && self
                .quote
                .is_none_or(|quote| Usd(0) <= quote.min && quote.min <= quote.max)
    }
}
