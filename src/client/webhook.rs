//! Webhooks. Neither provider signs them, so their URL carries a token of the job: an HMAC that does not reveal the secret.
//! The npm package makes the same URLs.

use reqwest::Url;
use ring::hmac;

use super::Error;
use super::options::Webhook;
use crate::error::{Charge, ErrorCode};
use crate::json::{Value, lenient};
use crate::outcome::Status;
use crate::provider_id::ProviderId;
use crate::request::is_uuid;

/// The query parameter that holds the provider, the job's id and its token.
const PARAMETER: &str = "filmgate";

/// A verified webhook. It causes a poll and is never trusted.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct WebhookEvent {
    /// The provider that the webhook URL was given to.
    pub provider: ProviderId,
    /// Id of the job in the store.
    pub id: String,
    /// The provider's id of the job, according to the webhook.
    pub job_id: String,
    /// The status, according to the webhook.
    pub status: Status,
    /// The body. It may quote the request.
    pub raw: Value,
}

impl std::fmt::Debug for WebhookEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let WebhookEvent { provider, id, job_id, status, .. } = self;
        let mut shown = f.debug_struct("WebhookEvent");
        shown.field("provider", provider).field("id", id).field("job_id", job_id);
        shown.field("status", status).finish_non_exhaustive()
    }
}

/// The webhook URL of one job.
pub(super) fn signed_url(
    webhook: &Webhook,
    provider: ProviderId,
    id: &str,
) -> Result<String, Error> {
    let invalid = |message: &str| Error::new(ErrorCode::InvalidRequest, Charge::None, message);
    if webhook.secret.is_empty() {
        return Err(invalid("`secret` of the webhook must not be empty. Use a long random text."));
    }
    let mut url = Url::parse(&webhook.url)
        .map_err(|_| invalid("`url` of the webhook is not a valid URL. Nothing was sent."))?;
    let token = hmac::sign(&key(&webhook.secret), message(provider, id).as_bytes());
    let token: String = token.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let parameter = format!("{PARAMETER}={provider}.{id}.{token}");
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(query) => format!("{query}&{parameter}"),
        None => parameter,
    };
    url.set_query(Some(&query));
    Ok(url.into())
}

pub(super) fn verify(url: &str, body: &[u8], secret: &str) -> Result<WebhookEvent, Error> {
    let Some((provider, id)) = verified_job(url, secret) else {
        let message =
            "The webhook URL does not carry the token of its job. The webhook was rejected.";
        return Err(Error::new(ErrorCode::Unauthorized, Charge::Unknown, message));
    };
    let raw = lenient::parse(&String::from_utf8_lossy(body)).unwrap_or_default();
    let event = provider.read_webhook(&raw);
    // Runware's id of a job is our own.
    let is_other = |job_id: &str| provider == ProviderId::Runware && job_id != id;
    match event.filter(|event| !is_other(&event.job_id)) {
        Some(event) => {
            Ok(WebhookEvent { provider, id, job_id: event.job_id, status: event.status, raw })
        }
        None => {
            let message = "The webhook URL is valid, but the body is not about the same job.";
            Err(Error::new(ErrorCode::InvalidResponse, Charge::Unknown, message))
        }
    }
}

/// The job that the URL identifies, if its token is right.
fn verified_job(url: &str, secret: &str) -> Option<(ProviderId, String)> {
    // A server may know the requested URL as a path only.
    let url = Url::parse("http://localhost").ok()?.join(url).ok()?;
    let (_, parameter) = url.query_pairs().find(|(name, _)| name == PARAMETER)?;
    let mut parts = parameter.splitn(3, '.');
    let provider = ProviderId::named(&parts.next()?.to_ascii_lowercase())?;
    let id = parts.next().filter(|id| is_uuid(id, None))?.to_owned();
    let token = bytes_of(parts.next()?)?;
    if secret.is_empty() {
        return None;
    }
    // In constant time.
    hmac::verify(&key(secret), message(provider, &id).as_bytes(), &token).ok()?;
    Some((provider, id))
}

fn key(secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
}

fn message(provider: ProviderId, id: &str) -> String {
    format!("{provider}:{id}")
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}
