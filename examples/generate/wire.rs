//! HTTP: the only code that holds a key.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::io;
use std::path::Path;
use std::time::Duration;

use filmgate::job::TransportError;
use filmgate::provider::{Body, ProviderId, Request, Response};
use ureq::{Agent, Timeout};

use crate::store::write_whole;

pub(crate) struct Wire {
    agent: Agent,
    keys: HashMap<ProviderId, String>,
}

impl Wire {
    pub(crate) fn from_env() -> Self {
        let key = |provider: &ProviderId| Some((*provider, setting(*provider, "API_KEY")?));
        let config = Agent::config_builder()
            // Every status is a response, and a paid request must not be redirected.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false);
        Wire {
            agent: config.build().into(),
            keys: ProviderId::ALL.iter().filter_map(key).collect(),
        }
    }

    /// The providers that have a key.
    pub(crate) fn providers(&self) -> Vec<ProviderId> {
        self.keys.keys().copied().collect()
    }

    /// Sends one request, once: `ureq` does not retry by itself.
    pub(crate) fn send(
        &self,
        provider: ProviderId,
        request: &Request,
        limit_ms: u64,
    ) -> Result<Response, TransportError> {
        let key = self.keys.get(&provider).ok_or(TransportError::Unsent)?;
        let base = setting(provider, "BASE_URL");
        let base = base.as_deref().unwrap_or(provider.base_url());
        let url = format!("{}{}", base.trim_end_matches('/'), request.path);
        let (method, body) = match &request.body {
            Some(body) => ("POST", body.to_string()),
            None => ("GET", String::new()),
        };
        let http = ureq::http::Request::builder()
            .method(method)
            .uri(url)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .body(body)
            .map_err(|_| TransportError::Unsent)?;
        let http = self.agent.configure_request(http);
        let limit = Some(Duration::from_millis(limit_ms));
        let http = http.timeout_global(limit).build();
        let mut response = self.agent.run(http).map_err(|error| kind(&error))?;
        let retry_after = response.headers().get("retry-after");
        // Seconds. If it is a date, the job uses its own backoff.
        let seconds = retry_after.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let text = response.body_mut().read_to_string();
        Ok(Response {
            status: response.status().as_u16(),
            retry_after_ms: seconds.map(|seconds| seconds.saturating_mul(1_000)),
            body: Body::parse(&text.map_err(|error| kind(&error))?),
        })
    }

    /// Downloads a video before its URL expires; a truncated response leaves no file.
    pub(crate) fn download(&self, url: &str, path: &Path) -> Result<(), Box<dyn Error>> {
        let mut response = self.agent.get(url).config().max_redirects(5).build().call()?;
        if !response.status().is_success() {
            return Err(format!("The video: HTTP {}", response.status()).into());
        }
        let mut video = response.body_mut().as_reader();
        write_whole(path, |file| io::copy(&mut video, file).map(drop))?;
        Ok(())
    }
}

/// `RUNPOD_API_KEY`, `RUNWARE_BASE_URL` and so on.
fn setting(provider: ProviderId, name: &str) -> Option<String> {
    let value = env::var(format!("{}_{name}", provider.as_str().to_uppercase())).ok()?;
    (!value.is_empty()).then_some(value)
}

/// Whether the request can have arrived: only one that certainly has not is `Unsent`.
fn kind(error: &ureq::Error) -> TransportError {
    use ureq::Error;
    match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => TransportError::Unsent,
        Error::Timeout(_) => TransportError::Timeout,
        Error::HostNotFound | Error::ConnectionFailed | Error::BadUri(_) | Error::TlsRequired => {
            TransportError::Unsent
        }
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            TransportError::Unsent
        }
        _ => TransportError::Network,
    }
}
