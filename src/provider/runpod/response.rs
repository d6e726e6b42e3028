//! Statuses and results.

use crate::json::Value;

use super::error::{from_http, from_job};
use crate::error::ErrorCode;
use crate::handle::Handle;
use crate::json::text::{Text, without_marks};
use crate::money::Usd;
use crate::outcome::{Failure, Status, Video};
use crate::provider::{JobSnapshot, PollResult, Response, SubmitResult, WebhookEvent};

/// Reads the response to `/run` or `/runsync`.
///
/// RunPod has no idempotency, so every response that is not certainly a rejection is unknown. 400, 401,
/// 404 and 429 are documented ("Error handling"); 402, 403, 405, 413, 414, 415 and 422 reject the
/// request by HTTP's definition. Any other status, and a truncated or unknown body, may follow an
/// accepted job.
pub(in crate::provider) fn read_submit(_handle: &Handle, response: &Response) -> SubmitResult {
    // The body takes precedence over the HTTP status: the documents show a job with status 400.
    if let Some(seen) = response.body.json().and_then(job) {
        return match (seen.status, seen.failures.first(), response.status) {
            (Some(Status::Failed), Some(failure), 400..=499) => {
                SubmitResult::Rejected(failure.clone())
            }
            _ => SubmitResult::Accepted(Box::new(seen)),
        };
    }
    let failure = from_http(response);
    match response.status {
        429 => SubmitResult::Busy(failure),
        400..=405 | 413..=415 | 422 => SubmitResult::Rejected(failure),
        _ => SubmitResult::Unknown(failure),
    }
}

/// Reads the response to `/status` or `/cancel`.
pub(in crate::provider) fn read_poll(_handle: &Handle, response: &Response) -> PollResult {
    if let Some(seen) = response.body.json().and_then(job) {
        return PollResult::Found(Box::new(seen));
    }
    match response.status {
        404 | 410 => PollResult::NotFound,
        401 | 403 => PollResult::Unauthorized(from_http(response)),
        _ => PollResult::Transient(from_http(response)),
    }
}

/// Reads a webhook. RunPod sends the body of `/status`.
pub(in crate::provider) fn read_webhook(body: &Value) -> Option<WebhookEvent> {
    let flat = body.get("data").filter(|data| data.is_object()).unwrap_or(body);
    let seen = job(flat)?;
    Some(WebhookEvent { job_id: seen.job_id?, status: seen.status.unwrap_or(Status::Running) })
}

/// Reads a job: an object with `id` and `status`.
fn job(json: &Value) -> Option<JobSnapshot> {
    let word = json.get("status")?.as_str()?;
    let output = json.get("output").filter(|output| !output.is_null());
    let mut seen = JobSnapshot {
        job_id: Some(json.get("id")?.as_str().filter(|id| is_id(id))?.to_owned()),
        status: Some(status(word)),
        queue_time_ms: json.get("delayTime").and_then(Value::as_u64),
        execution_time_ms: json.get("executionTime").and_then(Value::as_u64),
        raw: without_marks(json),
        ..JobSnapshot::default()
    };
    match seen.status {
        Some(Status::Completed) => completed(&mut seen, json, output),
        Some(Status::Running) => seen.progress = output.and_then(progress),
        Some(Status::Failed) => seen.failures.push(from_job(word, json)),
        _ => {}
    }
    Some(seen)
}

/// Whether the text is safe as a segment of a URL path.
fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= 200 && text.chars().all(plain)
}

/// Seven statuses are documented. An unknown one is not final.
fn status(word: &str) -> Status {
    match word {
        "IN_QUEUE" => Status::Queued,
        "COMPLETED" => Status::Completed,
        "FAILED" | "TIMED_OUT" => Status::Failed,
        "CANCELLED" => Status::Cancelled,
        _ => Status::Running,
    }
}

/// The URL is `output.video_url` (the model's page), `output.result` (RunPod's tutorial),
/// `output.url`, or the output itself (RunPod's SDK). It may be a data URI of a video.
fn completed(seen: &mut JobSnapshot, json: &Value, output: Option<&Value>) {
    let is_text = |value: &&Value| Text::read(value).is_some();
    let named = |name: &str| output?.get(name).filter(is_text);
    let has_error = output.is_some_and(|output| output.get("error").is_some_and(|e| !e.is_null()));
    let url = ["video_url", "result", "url"].into_iter().find_map(named);
    let url = url
        .or_else(|| output.filter(is_text))
        .filter(|url| is_http_url(url) || is_video_data(url))
        .or_else(|| any_url(output.filter(|_| !has_error)?));
    let number = output.and_then(|output| output.get("cost")).and_then(Value::as_f64);
    seen.cost = number.and_then(Usd::from_f64).and_then(Usd::exact);
    if let Some(url) = url {
        let video = Video { cost: seen.cost, ..Video::default() };
        seen.videos.push(match is_http_url(url) {
            true => video.with_url(url),
            false => Video { data: Some(url.clone()), ..video },
        });
    } else if has_error {
        seen.failures.push(from_job("FAILED", output.unwrap_or(json)));
    } else {
        let message = "RunPod reports the job as completed but returned no video.";
        seen.failures.push(Failure::new(ErrorCode::InvalidResponse, None, message));
    }
}

fn is_http_url(value: &Value) -> bool {
    starts_with(value, &["https://", "http://"])
}

fn is_video_data(value: &Value) -> bool {
    starts_with(value, &["data:video/"])
}

/// Whether a string, or the long string of a reference, starts with one of these.
fn starts_with(value: &Value, starts: &[&str]) -> bool {
    let text = Text::read(value);
    text.is_some_and(|text| starts.iter().any(|start| text.head.starts_with(start)))
}

/// Finds the URL in the output of an endpoint outside the catalog: the first one with a video's file
/// extension, or else the first one.
fn any_url(output: &Value) -> Option<&Value> {
    let mut found = Vec::new();
    collect_urls(output, &mut found);
    let is_video = |url: &&&Value| {
        let head = Text::read(url).map_or("", |text| text.head);
        let path = head.split(['?', '#']).next().unwrap_or_default();
        [".mp4", ".webm", ".mov"].iter().any(|end| path.ends_with(end))
    };
    found.iter().find(is_video).or(found.first()).copied()
}

/// A reference to a long string is one string.
fn collect_urls<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        text if Text::read(text).is_some() => found.extend(is_http_url(text).then_some(text)),
        Value::Array(items) => items.iter().for_each(|item| collect_urls(item, found)),
        Value::Object(map) => map.values().for_each(|item| collect_urls(item, found)),
        _ => {}
    }
}

/// The output of a running job can be its progress: a number, or one under `progress`.
fn progress(output: &Value) -> Option<u8> {
    let number = output.get("progress").unwrap_or(output).as_f64()?;
    (0.0..=100.0).contains(&number).then_some(number as u8)
}
