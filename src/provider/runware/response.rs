//! Statuses and results.

use crate::json::Value;

use super::error::{Class, Entry, entries, from_http};
use crate::handle::Handle;
use crate::json::text::{Text, without_marks};
use crate::money::Usd;
use crate::outcome::{Failure, Status, Video};
use crate::provider::{Body, JobSnapshot, PollResult, Response, SubmitResult, WebhookEvent};
use crate::uuid::is_uuid;

/// Maximum rows and errors of one task that are read; a request has at most twenty videos.
const MAX_ROWS: usize = 100;

/// Reads the response to a submit.
///
/// A row with the job's taskUUID means accepted, and so does `conflictTaskUUID` (the first submit is
/// running; Runware's SDK treats it so). An error of a class that is checked before a task is created
/// means rejected. Any other response may have created a task.
pub(in crate::provider) fn read_submit(handle: &Handle, response: &Response) -> SubmitResult {
    let Some(json) = response.body.json() else {
        return by_status(response);
    };
    if !rows(json, &handle.id).is_empty() {
        return SubmitResult::Accepted(Box::new(seen(handle, json)));
    }
    let Some(entry) = entries(json).into_iter().find(|entry| entry.is_about(&handle.id)) else {
        return by_status(response);
    };
    let failure = entry.failure();
    match entry.class {
        Class::Conflict => {
            let exists = JobSnapshot { job_id: Some(handle.id.clone()), ..JobSnapshot::default() };
            SubmitResult::Accepted(Box::new(exists))
        }
        Class::RateLimit => SubmitResult::Busy(failure),
        Class::Safety | Class::Auth | Class::Quota | Class::NotFound | Class::Validation => {
            SubmitResult::Rejected(failure)
        }
        // A disabled model is rejected before a task is created; a server error may come after that.
        Class::Provider if response.status == 400 => SubmitResult::Rejected(failure),
        Class::Provider | Class::Timeout | Class::Server => SubmitResult::Unknown(failure),
        // An unknown code is classified by its HTTP status.
        Class::Unrecognized => match by_status(response) {
            SubmitResult::Rejected(Failure { code, .. }) => {
                SubmitResult::Rejected(Failure { code, ..failure })
            }
            SubmitResult::Busy(Failure { code, .. }) => {
                SubmitResult::Busy(Failure { code, ..failure })
            }
            _ => SubmitResult::Unknown(failure),
        },
    }
}

/// The outcome by the HTTP status alone. Runware documents 400, 401, 402, 403 and 404 as rejections of
/// the request.
fn by_status(response: &Response) -> SubmitResult {
    let failure = from_http(response);
    match (response.status, &response.body) {
        (429, _) => SubmitResult::Busy(failure),
        (400..=404, Body::Json(_) | Body::Empty) => SubmitResult::Rejected(failure),
        _ => SubmitResult::Unknown(failure),
    }
}

/// Reads the response to `getResponse`. It is an empty list for an unknown task and for one that is not
/// visible yet.
pub(in crate::provider) fn read_poll(handle: &Handle, response: &Response) -> PollResult {
    let Some(json) = response.body.json() else {
        return by_http_status(response);
    };
    let own_errors = || entries(json).into_iter().filter(|entry| entry.is_about(&handle.id));
    // A server error is not a result, even if it contains a task.
    let of_server = |entry: &Entry<'_>| {
        response.status >= 500 && matches!(entry.class, Class::Server | Class::Timeout)
    };
    let of_video = |entry: &Entry<'_>| {
        entry.names_task() && !entry.is_about_poll() && !is_transient(entry) && !of_server(entry)
    };
    if !rows(json, &handle.id).is_empty() || own_errors().any(|entry| of_video(&entry)) {
        return PollResult::Found(Box::new(seen(handle, json)));
    }
    match own_errors().next() {
        Some(entry) if entry.class == Class::Auth => PollResult::Unauthorized(entry.failure()),
        Some(entry) if entry.class == Class::Unrecognized => match by_http_status(response) {
            PollResult::Unauthorized(Failure { code, .. }) => {
                PollResult::Unauthorized(Failure { code, ..entry.failure() })
            }
            other => other,
        },
        Some(entry) if entry.class == Class::NotFound => PollResult::NotFound,
        Some(entry) => PollResult::Transient(entry.failure()),
        None if json.get("data").is_some_and(Value::is_array) => PollResult::NotFound,
        None => by_http_status(response),
    }
}

/// Reads the response to `getTaskDetails`: a row with `{request:[…],response:{…}}`.
pub(in crate::provider) fn read_details(handle: &Handle, response: &Response) -> PollResult {
    let Some(json) = response.body.json() else {
        return by_http_status(response);
    };
    let row = json.get("data").and_then(|data| data.as_array()?.first()).unwrap_or(json);
    let Some(answer) = row.get("response").filter(|answer| !answer.is_null()) else {
        return match read_poll(handle, response) {
            // A row with only the request: the task exists.
            PollResult::Found(_) if row.get("request").is_some() => exists(handle),
            PollResult::Found(_) => PollResult::NotFound,
            other => other,
        };
    };
    // The task's last response: an object with `data`, a list of rows, or one row.
    let seen = seen(handle, answer);
    if seen.videos.is_empty() && seen.failures.is_empty() {
        return exists(handle);
    }
    PollResult::Found(Box::new(seen))
}

fn exists(handle: &Handle) -> PollResult {
    PollResult::Found(Box::new(JobSnapshot {
        job_id: Some(handle.id.clone()),
        ..JobSnapshot::default()
    }))
}

fn by_http_status(response: &Response) -> PollResult {
    let failure = from_http(response);
    match response.status {
        401 | 403 => PollResult::Unauthorized(failure),
        _ => PollResult::Transient(failure),
    }
}

/// Temporary errors, which say nothing about the video.
fn is_transient(entry: &Entry<'_>) -> bool {
    matches!(entry.class, Class::RateLimit | Class::Auth)
}

/// Reads a webhook. Runware sends one for each finished item, flat or under `data`.
pub(in crate::provider) fn read_webhook(body: &Value) -> Option<WebhookEvent> {
    let row = match body.get("data") {
        Some(Value::Array(items)) => items.first().unwrap_or(body),
        _ => body,
    };
    let error = entries(body);
    let job_id = row
        .get("taskUUID")
        .and_then(Value::as_str)
        .or_else(|| error.first()?.task())
        .filter(|id| is_uuid(id, None))?
        .to_ascii_lowercase();
    let status = match word(row) {
        _ if !error.is_empty() => Status::Failed,
        Some("error") => Status::Failed,
        Some("processing" | "pending") => Status::Running,
        _ if has_video(row) => Status::Completed,
        _ => Status::Running,
    };
    Some(WebhookEvent { job_id, status })
}

/// The rows of the task, in any of the known formats.
fn rows<'a>(json: &'a Value, task_uuid: &str) -> Vec<&'a Value> {
    let is_own = |row: &&Value| {
        let of = row.get("taskUUID").and_then(Value::as_str);
        of.is_some_and(|of| of.eq_ignore_ascii_case(task_uuid))
    };
    let items: Vec<&Value> = match json.get("data").unwrap_or(json) {
        Value::Array(items) => items.iter().collect(),
        row => vec![row],
    };
    items.into_iter().filter(is_own).take(MAX_ROWS).collect()
}

/// The response without the parts about other jobs of the same batch.
fn without_other_tasks(json: &Value, task_uuid: &str) -> Value {
    let mut own = without_marks(json);
    for name in ["data", "errors", "error"] {
        if let Some(items) = own.get_mut(name).and_then(Value::as_array_mut) {
            items.retain(|item| Entry::new(item).is_about(task_uuid));
        }
    }
    own
}

fn word(row: &Value) -> Option<&str> {
    row.get("status").and_then(Value::as_str)
}

/// A finished row may carry no status, as in the model page's example.
fn has_video(row: &Value) -> bool {
    ["videoURL", "videoUUID", "videoBase64Data", "videoDataURI"]
        .iter()
        .any(|name| row.get(name).is_some_and(|value| !value.is_null()))
}

/// Reads the rows and errors of the task. It has ended when videos and errors add up to the number of
/// requested videos.
fn seen(handle: &Handle, json: &Value) -> JobSnapshot {
    let mut seen = JobSnapshot {
        job_id: Some(handle.id.clone()),
        raw: without_other_tasks(json, &handle.id),
        ..JobSnapshot::default()
    };
    let (mut pending, mut progress) = (0u32, 0u32);
    let mut costs = Vec::new();
    for row in rows(json, &handle.id) {
        match word(row) {
            Some("error") => seen.failures.push(entries(row).first().map_or_else(
                || Failure::new(Class::Server.code(), None, "Runware gave no reason."),
                Entry::failure,
            )),
            Some("processing" | "pending") => {
                pending += 1;
                let percent = row.get("progress").and_then(Value::as_f64).unwrap_or(0.0);
                progress += percent.clamp(0.0, 100.0) as u32;
            }
            _ if has_video(row) => {
                let video = video(row);
                // A duplicate row is one video, paid once.
                if seen.videos.iter().any(|known| known.is_same(&video)) {
                    continue;
                }
                costs.extend(video.cost);
                seen.videos.push(video);
            }
            _ => pending += 1,
        }
    }
    seen.cost = match costs.is_empty() {
        true => None,
        false => Usd::sum(costs).exact(),
    };
    let errors = entries(json)
        .into_iter()
        .filter(|entry| entry.names_task() && entry.is_about(&handle.id) && !entry.is_about_poll());
    seen.failures.extend(
        errors.filter(|entry| !is_transient(entry)).take(MAX_ROWS).map(|entry| entry.failure()),
    );
    let ended = u32::try_from(seen.videos.len() + seen.failures.len()).unwrap_or(u32::MAX);
    seen.status = Some(match (ended >= handle.n, seen.videos.is_empty()) {
        (true, false) => Status::Completed,
        (true, true) => Status::Failed,
        (false, _) => Status::Running,
    });
    seen.stalled = pending == 0 && (1..handle.n).contains(&ended);
    let done = ended.min(handle.n) * 100 + progress;
    let percent = done / handle.n.max(ended.saturating_add(pending)).max(1);
    seen.progress = u8::try_from(percent.min(100)).ok();
    seen
}

fn video(row: &Value) -> Video {
    let text = |name: &str| Some(row.get(name)?.as_str()?.to_owned());
    let remix = row.get("outputs").and_then(|outputs| outputs.get("videoId"));
    let bytes = row.get("videoDataURI").or_else(|| row.get("videoBase64Data"));
    let video = Video {
        data: bytes.filter(|bytes| Text::read(bytes).is_some()).cloned(),
        id: text("videoUUID"),
        seed: row.get("seed").and_then(Value::as_i64),
        nsfw: row.get("NSFWContent").and_then(Value::as_bool),
        remix_id: remix.and_then(Value::as_str).map(str::to_owned),
        cost: row.get("cost").and_then(Value::as_f64).and_then(Usd::from_f64).and_then(Usd::exact),
        ..Video::default()
    };
    match row.get("videoURL") {
        Some(url) if Text::read(url).is_some_and(|text| text.head.starts_with("http")) => {
            video.with_url(url)
        }
        _ => video,
    }
}
