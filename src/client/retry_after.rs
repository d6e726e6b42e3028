//! The wait that a response asks for.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// A larger number of seconds is a time since 1970.
const MAX_DELTA_SECONDS: u64 = 1_000_000_000;

/// Milliseconds until the time of the `Retry-After` headers, which are seconds or an HTTP date. The longest wait counts.
/// HTTP 429 may name it in the fields of the IETF's draft `draft-ietf-httpapi-ratelimit-headers` instead.
pub(super) fn retry_after_ms(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<u64> {
    let texts = headers.get_all(RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    let wait = texts.filter_map(|text| wait_ms(text, now)).max();
    if wait.is_some() || status != StatusCode::TOO_MANY_REQUESTS {
        return wait;
    }
    let field = |name| headers.get(name)?.to_str().ok();
    let seconds = field("ratelimit")
        .and_then(|limits| exhausted_for(limits, field("ratelimit-policy").unwrap_or_default()))
        .or_else(|| field("ratelimit-reset")?.trim().parse().ok())?;
    let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let wait =
        if seconds > MAX_DELTA_SECONDS { seconds.saturating_sub(since_1970) } else { seconds };
    Some(wait.saturating_mul(1_000))
}

fn wait_ms(text: &str, now: SystemTime) -> Option<u64> {
    let text = text.trim();
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        // Some servers send fractions of seconds, and a proxy joins two headers by a comma.
        return text.split(',').filter_map(|seconds| seconds_ms(seconds.trim())).max();
    }
    let at = httpdate::parse_http_date(text).ok()?;
    let wait = at.duration_since(now).unwrap_or_default();
    u64::try_from(wait.as_millis()).ok()
}

fn seconds_ms(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds = whole.parse::<u64>().unwrap_or(u64::MAX);
    Some(seconds.saturating_mul(1_000).saturating_add(digits.parse().ok()?))
}

/// Seconds until every exhausted limit is reset: `"burst";r=0;t=30` (draft 8 and later) or `limit=9, remaining=0,
/// reset=30` (draft 7). The time of a limit may be missing; then its window in the policy, `"burst";q=9;w=60`, counts.
fn exhausted_for(limits: &str, policies: &str) -> Option<u64> {
    let number = |text: &str, separator: char, name: &str| {
        let mut parts = text.split(separator).map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.trim_matches('"').parse::<u64>().ok())
    };
    if limits.contains("reset=") {
        return number(limits, ',', "reset=");
    }
    let name_of = |limit: &str| limit.split(';').next().map(|name| name.trim().to_owned());
    let waits = limits.split(',').filter_map(|limit| {
        if number(limit, ';', "r=").is_some_and(|remaining| remaining > 0) {
            return None;
        }
        let policy = policies.split(',').find(|policy| name_of(policy) == name_of(limit));
        number(limit, ';', "t=").or_else(|| number(policy?, ';', "w="))
    });
    waits.max()
}
