//! Requests for a video, or for the rest of one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderName, IF_RANGE,
    LAST_MODIFIED, RANGE,
};
use reqwest::{Response, StatusCode, Url};

use super::failed;
use crate::client::Error;
use crate::client::error::Source;
use crate::client::retry_after::retry_after_ms;
use crate::error::{Charge, ErrorCode};

/// A host that sends nothing for so long has lost the connection.
const MAX_SILENCE: Duration = Duration::from_secs(60);
const MAX_RETRY_AFTER_MS: u64 = 30_000;
/// A `Last-Modified` of this age identifies a version: no second change can have the same date.
const MIN_LAST_MODIFIED_AGE: Duration = Duration::from_secs(60);

/// What is known of a video at its URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// Length in bytes.
    pub(super) total: Option<u64>,
    /// Identifies the version: a strong `ETag`, or an old `Last-Modified`.
    pub(super) validator: Option<String>,
}

/// The response: the whole video, the rest of it, or neither, because it has changed.
pub(super) enum Reply {
    Whole { body: Body, metadata: Metadata },
    Rest { body: Body, total: Option<u64> },
    Changed,
}

/// Why a request brought no video, or not all of it.
pub(super) enum Failed {
    Final(Error),
    /// Another request may continue.
    Retryable(Failure),
}

pub(super) struct Failure {
    pub(super) message: String,
    pub(super) source: Option<Source>,
    /// Minimum wait before the next request.
    pub(super) wait: Duration,
}

impl Failed {
    pub(super) fn lost(source: Option<Source>) -> Self {
        Failed::retryable("The connection was lost during the download.", source)
    }

    fn retryable(message: &str, source: Option<Source>) -> Self {
        let message = message.to_owned();
        Failed::Retryable(Failure { message, source, wait: Duration::ZERO })
    }
}

/// The body of a response, in chunks.
pub(super) struct Body {
    response: Response,
    /// A chunk that was read already.
    first: Option<Vec<u8>>,
}

impl Body {
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failed> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        match tokio::time::timeout(MAX_SILENCE, self.response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk.map(Into::into)),
            Ok(Err(error)) => Err(Failed::lost(source_of(error))),
            Err(_) => Err(Failed::lost(None)),
        }
    }
}

/// An error without the URL, whose query may hold a token.
fn source_of(error: reqwest::Error) -> Option<Source> {
    Some(Arc::new(error.without_url()))
}

/// Requests a video from the byte at `from`, if what precedes it is of the version that `known` names.
pub(super) async fn fetch(
    http: &reqwest::Client,
    url: &Url,
    from: u64,
    known: &Metadata,
) -> Result<Reply, Failed> {
    let mut request = http.get(url.clone());
    let validator = known.validator.as_ref().filter(|_| from > 0);
    if let Some(validator) = validator {
        request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, validator);
    }
    let response = match tokio::time::timeout(MAX_SILENCE, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            return Err(Failed::retryable("The video could not be fetched.", source_of(error)));
        }
        Err(_) => return Err(Failed::retryable("The host of the video does not answer.", None)),
    };
    let (status, headers) = (response.status(), response.headers());
    if status == StatusCode::OK {
        let metadata = metadata_of(headers);
        let mut body = Body { response, first: None };
        body.first = body.next().await?;
        if body.first.as_deref().is_some_and(is_page) {
            let message = "The host responded with a page or JSON, which is not a video.";
            return Err(Failed::retryable(message, None));
        }
        return Ok(Reply::Whole { body, metadata });
    }
    if validator.is_some() && status == StatusCode::PARTIAL_CONTENT {
        return Ok(match rest(headers, from, known) {
            Some(total) => Reply::Rest { body: Body { response, first: None }, total },
            None => Reply::Changed,
        });
    }
    if validator.is_some() && status == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(Reply::Changed);
    }
    Err(failure_of(status, headers))
}

/// Whether it is the start of a page, JSON or XML, which a proxy may send in place of a video: no video begins like that. A
/// declared type proves nothing.
fn is_page(first: &[u8]) -> bool {
    first.starts_with("\u{feff}".as_bytes())
        || first.first().is_some_and(|byte| byte.is_ascii_whitespace() || b"<{[".contains(byte))
}

/// The total length, if the response is the requested rest of the same video.
fn rest(headers: &HeaderMap, from: u64, known: &Metadata) -> Option<Option<u64>> {
    let (first, total) = content_range(headers)?;
    let total = total.or(known.total);
    let is_same_length = known.total.is_none() || total == known.total;
    let validators: Vec<&str> =
        [ETAG, LAST_MODIFIED].iter().filter_map(|name| text(headers, name)).collect();
    // With If-Range the host has compared them itself.
    let is_same = validators.is_empty()
        || validators.iter().any(|one| Some(*one) == known.validator.as_deref());
    let is_rest =
        first == from && is_same_length && is_same && !headers.contains_key(CONTENT_ENCODING);
    is_rest.then_some(total)
}

/// The first byte, and the total if it is known, of `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = text(headers, &CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (range, total) = range.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.parse().ok()?, total.parse().ok()))
}

/// The length and the offsets of a compressed body are not those of the video.
fn metadata_of(headers: &HeaderMap) -> Metadata {
    if headers.contains_key(CONTENT_ENCODING) {
        return Metadata::default();
    }
    let total = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    Metadata { total, validator: strong_validator(headers) }
}

fn strong_validator(headers: &HeaderMap) -> Option<String> {
    if let Some(etag) = text(headers, &ETAG)
        && etag.len() > 1
        && etag.starts_with('"')
        && etag.ends_with('"')
    {
        return Some(etag.to_owned());
    }
    let changed = text(headers, &LAST_MODIFIED)?;
    let at = |date: &str| httpdate::parse_http_date(date).ok();
    let age = at(text(headers, &DATE)?)?.duration_since(at(changed)?).ok()?;
    (age >= MIN_LAST_MODIFIED_AGE).then(|| changed.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn failure_of(status: StatusCode, headers: &HeaderMap) -> Failed {
    if matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
        let message = format!("The URL of the video has expired (HTTP {}).", status.as_u16());
        return Failed::Final(Error::new(ErrorCode::ResultExpired, Charge::Charged, &message));
    }
    let message = format!("The host of the video responded with HTTP {}.", status.as_u16());
    let is_temporary = status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    if !is_temporary {
        let message = format!("{message} Try again, or check the provider's console.");
        return Failed::Final(failed(&message));
    }
    let wait = retry_after_ms(status, headers, SystemTime::now())
        .unwrap_or_default()
        .min(MAX_RETRY_AFTER_MS);
    Failed::Retryable(Failure { message, source: None, wait: Duration::from_millis(wait) })
}
