//! The options of a client and of its calls.

use std::sync::Arc;
use std::time::Duration;

use super::Error;
use super::client::Client;
use super::store::{MemoryStore, Store};
use crate::catalog::Catalog;
use crate::money::Usd;
use crate::provider_id::ProviderId;
use crate::request::VideoRequest;

/// How long a call waits for the end of a job by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3_600);
const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_CONCURRENCY: usize = 6;

/// The settings of one provider.
#[derive(Clone)]
pub struct ProviderSettings {
    /// The API key. Without one, nothing is submitted to the provider, unless there is a `base_url`.
    pub api_key: Option<String>,
    /// Base URL of the provider, or of a proxy in front of it, which may add the key. By default, the documented one.
    pub base_url: Option<String>,
    /// Maximum number of concurrent requests; 6 by default. Further requests wait.
    pub max_concurrency: usize,
    /// Whether the first three jobs poll RunPod with requests that it answers only when the status changes; `true` by
    /// default.
    pub long_poll: bool,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        ProviderSettings {
            api_key: None,
            base_url: None,
            max_concurrency: DEFAULT_CONCURRENCY,
            long_poll: true,
        }
    }
}

/// Builds a [`Client`].
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    pub(super) providers: Vec<(ProviderId, ProviderSettings)>,
    pub(super) store: Arc<dyn Store>,
    pub(super) request_timeout: Duration,
    pub(super) allow_private_hosts: bool,
    pub(super) catalog: Option<Arc<Catalog>>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        let all = ProviderId::ALL.iter();
        ClientBuilder {
            providers: all.map(|id| (*id, ProviderSettings::default())).collect(),
            store: Arc::new(MemoryStore::new()),
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            allow_private_hosts: false,
            catalog: None,
        }
    }

    /// Sets the API key of a provider.
    pub fn api_key(mut self, provider: ProviderId, key: impl Into<String>) -> Self {
        self.settings(provider).api_key = Some(key.into());
        self
    }

    /// Takes the API keys from `RUNPOD_API_KEY` and `RUNWARE_API_KEY`, as far as they are set.
    pub fn api_keys_from_env(mut self) -> Self {
        for (provider, settings) in &mut self.providers {
            let name = format!("{}_API_KEY", provider.as_str().to_uppercase());
            if let Some(key) = std::env::var(name).ok().filter(|key| !key.is_empty()) {
                settings.api_key = Some(key);
            }
        }
        self
    }

    /// Sets all settings of a provider.
    pub fn provider(mut self, provider: ProviderId, settings: ProviderSettings) -> Self {
        *self.settings(provider) = settings;
        self
    }

    /// Sets where jobs are recorded; by default in the memory of this process.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// Sets the time limit of one HTTP request, from when it is sent; 30 s by default.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Allows images, webhooks and uploads at private hosts, for a simulator on your own machine; `false` by default.
    pub fn allow_private_hosts(mut self, allow: bool) -> Self {
        self.allow_private_hosts = allow;
        self
    }

    /// Sets the models; by default the built-in ones.
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(Arc::new(catalog));
        self
    }

    /// Builds the client. Nothing is sent before the first call.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` if an API key has a character that HTTP headers do not allow or a base URL is not a valid http(s)
    /// URL; `InternalError` if TLS cannot be set up, for example without the certificates of the system.
    pub fn build(self) -> Result<Client, Error> {
        Client::with(self)
    }

    fn settings(&mut self, provider: ProviderId) -> &mut ProviderSettings {
        let at = self.providers.iter().position(|(id, _)| *id == provider);
        let at = at.unwrap_or_else(|| {
            self.providers.push((provider, ProviderSettings::default()));
            self.providers.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or added above")]
        &mut self.providers[at].1
    }
}

/// Options of a submit.
#[derive(Debug, Clone)]
pub struct SubmitOptions {
    /// The providers to try, in this order. `None`: the listing with the lowest maximum price first.
    pub providers: Option<Vec<ProviderId>>,
    /// The spending limit: nothing is sent if the upper end of the quote is higher.
    pub max_cost: Option<Usd>,
    /// Whether a listing without a known price passes `max_cost`; `false` by default.
    pub allow_unknown_cost: bool,
    /// How long to wait for the end of the job; an hour by default. After that, the job continues and can be resumed.
    pub timeout: Duration,
    /// Id of the job, a UUID of version 4 in lower case: the idempotency key. If the store has a job with this id,
    /// nothing is submitted and that job is resumed, unless it never reached a provider. By default a new UUID.
    pub id: Option<String>,
    /// The provider reports the end of the job to this URL, to which a token of the job is added.
    pub webhook: Option<Webhook>,
}

impl Default for SubmitOptions {
    fn default() -> Self {
        SubmitOptions {
            providers: None,
            max_cost: None,
            allow_unknown_cost: false,
            timeout: DEFAULT_TIMEOUT,
            id: None,
            webhook: None,
        }
    }
}

/// Options of a resume.
#[derive(Clone)]
pub struct ResumeOptions {
    /// How long to wait for the end of the job, from now; an hour by default.
    pub timeout: Duration,
    /// The provider's id of the job, if the outcome of its submit is unknown (RunPod).
    pub job_id: Option<String>,
    /// The request that the job was submitted with. It is only compared: errors then have the provider's own words as
    /// their message, without quotations of the request. Nothing of it is sent or stored.
    pub request: Option<VideoRequest>,
}

impl Default for ResumeOptions {
    fn default() -> Self {
        ResumeOptions { timeout: DEFAULT_TIMEOUT, job_id: None, request: None }
    }
}

impl std::fmt::Debug for ResumeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ResumeOptions { timeout, job_id, .. } = self;
        let mut shown = f.debug_struct("ResumeOptions");
        shown.field("timeout", timeout).field("job_id", job_id).finish_non_exhaustive()
    }
}

/// Where a provider sends webhooks, and the secret that their tokens are derived from.
#[derive(Clone)]
pub struct Webhook {
    /// URL of the receiver, reachable by the provider.
    pub url: String,
    /// A long random secret. It is never sent.
    pub secret: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}
