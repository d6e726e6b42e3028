//! HTTP: the only code that holds an API key. It sends each request once, follows no redirect, and tells a request that
//! was certainly not sent from one whose response was lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{ClientBuilder, Url, redirect, retry};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::sync::Semaphore;

use super::Error;
use super::error::Source;
use super::mask::Mask;
use super::options::ProviderSettings;
use super::retry_after::retry_after_ms;
use crate::error::{Charge, ErrorCode};
use crate::job::TransportError;
use crate::provider::{Body, ProviderId, Request, Response};

/// The longest response that is read, in bytes.
const MAX_RESPONSE_BYTES: usize = 8 << 20;
/// The same of one that may hold a video: RunPod's workers return up to 20 MB, as Base64.
const MAX_VIDEO_RESPONSE_BYTES: usize = 32 << 20;
/// A connection that takes longer is given up, and nothing was sent.
const MAX_CONNECT: Duration = Duration::from_secs(10);
/// A long poll occupies a slot, so that only the first few jobs use it.
const MAX_LONG_POLLS: usize = 3;

/// The HTTP clients: one for each way in which a request may be sent.
#[derive(Clone)]
pub(super) struct Http {
    /// For submits, each over a connection of its own. A client repeats a request by itself if a reused connection is
    /// found broken, and RunPod would bill both.
    submits: reqwest::Client,
    /// For polls and cancels.
    others: reqwest::Client,
    /// For videos, which are at other hosts. It has no key, and follows redirects.
    pub(super) videos: reqwest::Client,
}

impl Http {
    pub(super) fn new(request_timeout: Duration) -> Result<Self, Error> {
        let tls = tls().map_err(|error| failed("TLS cannot be set up: see the source.", error))?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .http1_only()
                .retry(retry::never())
                .referer(false)
                // Shorter than the limit of a request, so that it never counts as sent.
                .connect_timeout(MAX_CONNECT.min(request_timeout / 2))
        };
        let build = |builder: ClientBuilder| {
            builder
                .build()
                .map_err(|error| failed("The HTTP client cannot be built: see the source.", error))
        };
        let of_providers = || builder().redirect(redirect::Policy::none());
        Ok(Http {
            submits: build(of_providers().pool_max_idle_per_host(0))?,
            others: build(of_providers())?,
            videos: build(builder().redirect(redirect::Policy::limited(5)))?,
        })
    }
}

/// TLS by the program's own provider of cryptography, or else by ring, with the certificates of the system.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let installed = rustls::crypto::CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?.with_platform_verifier()?;
    Ok(builder.with_no_client_auth())
}

fn failed(message: &str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    let source: Source = Arc::new(source);
    Error::new(ErrorCode::InternalError, Charge::None, message).with_source(Some(source))
}

/// The connection to one provider.
pub(super) struct Connection {
    pub(super) provider: ProviderId,
    http: Http,
    base_url: Url,
    headers: HeaderMap,
    mask: Mask,
    is_ready: bool,
    /// One for each request in flight.
    pub(super) slots: Arc<Semaphore>,
    max_long_polls: usize,
    jobs: AtomicUsize,
}

impl Connection {
    pub(super) fn new(
        provider: ProviderId,
        settings: &ProviderSettings,
        http: Http,
    ) -> Result<Self, Error> {
        let name = provider.name();
        let invalid = |what: &str| Error::new(ErrorCode::InvalidRequest, Charge::None, what);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let key = settings.api_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        if let Some(key) = key {
            let value = HeaderValue::from_str(&format!("Bearer {key}")).ok();
            let mut value = value.filter(|_| key.is_ascii()).ok_or_else(|| {
                invalid(&format!(
                    "The API key for {name} contains a character that HTTP headers do not allow."
                ))
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let base_url = settings.base_url.as_deref().unwrap_or(provider.base_url());
        let base_url = Url::parse(base_url.trim_end_matches('/'));
        let base_url = base_url.ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base_url = base_url.ok_or_else(|| {
            invalid(&format!("The base URL of {name} is not a valid http(s) URL."))
        })?;
        let max_concurrency = settings.max_concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Connection {
            provider,
            http,
            base_url,
            headers,
            mask: Mask::new(key),
            is_ready: key.is_some() || settings.base_url.is_some(),
            slots: Arc::new(Semaphore::new(max_concurrency)),
            max_long_polls: if settings.long_poll {
                MAX_LONG_POLLS.min(max_concurrency - 1)
            } else {
                0
            },
            jobs: AtomicUsize::new(0),
        })
    }

    /// Whether requests can be sent: there is an API key, or the base URL is that of a proxy that adds one.
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// Counts a job that is driven, as long as the result lives.
    pub(super) fn count_job(self: &Arc<Self>) -> JobCount {
        let others = self.jobs.fetch_add(1, Ordering::Relaxed);
        JobCount { long_poll: others < self.max_long_polls, connection: self.clone() }
    }

    /// Sends a request once, and reads its response.
    pub(super) async fn send(
        &self,
        request: &Request,
        kind: RequestKind,
        limit: Duration,
    ) -> Result<Response, SendError> {
        match tokio::time::timeout(limit, self.exchange(request, kind)).await {
            Ok(result) => result.map_err(|error| SendError::of(error.without_url())),
            Err(_) => Err(SendError { kind: TransportError::Timeout, source: None }),
        }
    }

    async fn exchange(&self, request: &Request, kind: RequestKind) -> reqwest::Result<Response> {
        let http = if kind.is_submit { &self.http.submits } else { &self.http.others };
        let mut url = self.base_url.clone();
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        if !path.is_empty() {
            url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        }
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        let builder = match &request.body {
            Some(body) => http.post(url).body(body.to_string()),
            None => http.get(url),
        };
        let mut response = builder.headers(self.headers.clone()).send().await?;
        let status = response.status();
        let retry_after_ms = retry_after_ms(status, response.headers(), SystemTime::now());
        let status = status.as_u16();
        let max_bytes =
            if kind.may_hold_video { MAX_VIDEO_RESPONSE_BYTES } else { MAX_RESPONSE_BYTES };
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if chunk.len() > max_bytes.saturating_sub(bytes.len()) {
                // It says nothing about a job.
                return Ok(Response { status, retry_after_ms, body: Body::NonJson });
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut body = Body::parse(&String::from_utf8_lossy(&bytes));
        if let Body::Json(json) = &mut body {
            self.mask.apply(json);
        }
        Ok(Response { status, retry_after_ms, body })
    }
}

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestKind {
    /// It may be billed.
    pub(super) is_submit: bool,
    /// Its response may hold the bytes of a video.
    pub(super) may_hold_video: bool,
}

/// Why a request has no response.
pub(super) struct SendError {
    pub(super) kind: TransportError,
    pub(super) source: Option<Source>,
}

impl SendError {
    /// An error without the URL.
    fn of(error: reqwest::Error) -> Self {
        // No connection was established: the host is unknown or refuses it, or TLS failed.
        let is_unsent = error.is_builder() || error.is_connect();
        let kind = if is_unsent { TransportError::Unsent } else { TransportError::Network };
        SendError { kind, source: Some(Arc::new(error)) }
    }

    /// The request was given up before it was sent.
    pub(super) fn unsent() -> Self {
        SendError { kind: TransportError::Unsent, source: None }
    }
}

/// One of the jobs of a connection.
pub(super) struct JobCount {
    /// Whether the job may use long polls.
    pub(super) long_poll: bool,
    connection: Arc<Connection>,
}

impl Drop for JobCount {
    fn drop(&mut self) {
        self.connection.jobs.fetch_sub(1, Ordering::Relaxed);
    }
}
