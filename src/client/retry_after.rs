//! The wait that a response asks for.

use std::time::SystemTime;

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Milliseconds until the time of the `Retry-After` headers, which are seconds or an HTTP date. The longest wait counts.
pub(super) fn retry_after_ms(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let texts = headers.get_all(RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    texts.filter_map(|text| wait_ms(text, now)).max()
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
