//! Statuses and results.

use crate::json::Value;

use super::error::{from_http, from_job, is_billed, is_free};
use super::output::{
    MAX_VIDEOS, Search, claims_cost, find_cost, find_videos, names_link, names_video_file,
};
use super::{is_own_endpoint, reason};
use crate::error::ErrorCode;
use crate::handle::Handle;
use crate::json::text::without_marks;
use crate::money::Usd;
use crate::outcome::{Charge, Failure, Status};
use crate::provider::{
    Body, JobSnapshot, PollResult, Response, SubmitResult, WebhookEvent, begins_like_data,
};

/// Names under which a proxy or a client wraps a job, or a worker its result.
const WRAPPERS: &[&str] =
    &["data", "result", "job", "response", "body", "output", "payload", "task", "run", "jobs"];
/// The wrappers of a proxy that gives its answer an id and a status of its own.
const ENVELOPES: &[&str] = &["data", "job", "response", "body", "payload"];
/// Wrappers inside each other that are opened.
const MAX_WRAPPERS: u32 = 3;
/// Entries of a list that are read.
const MAX_ENTRIES: usize = 20;

/// Reads the response to `/run` or `/runsync`.
///
/// RunPod has no idempotency, so every response that is not certainly a rejection is unknown. 400, 401,
/// 404 and 429 are documented ("Error handling"); 402, 403, 405, 413, 414, 415 and 422 reject the
/// request by HTTP's definition. Any other status, and a truncated or unknown body, may follow an
/// accepted job, and so may a rejecting status with the rest of a job in its body. An id is a job's, in any wrapping and without a status, unless it stands beside the reason
/// of a rejection: that may be the id of the request.
pub(in crate::provider) fn read_submit(handle: &Handle, response: &Response) -> SubmitResult {
    let is_ok = is_ok(response);
    let jobs = jobs(response);
    let has_id = |job: &&&Value| id(job).is_some();
    let is_complete = |job: &&&Value| is_ok && !snapshot(handle, job, true).videos.is_empty();
    // The body takes precedence over the HTTP status: the documents show a job with status 400.
    let with_id = || jobs.iter().filter(has_id);
    let documented = with_id().find(|job| documented_status(job).is_some());
    let with_status = documented.or_else(|| with_id().find(|job| status(job, is_ok).is_some()));
    if let Some(job) = with_status.or_else(|| jobs.iter().find(is_complete)) {
        let seen = snapshot(handle, job, is_ok);
        return match (seen.failures.first(), response.status) {
            (Some(failure), 400..=499) if is_unbilled(&seen) && !has_run(&seen) => {
                SubmitResult::Rejected(failure.clone())
            }
            _ => SubmitResult::Accepted(with_raw(seen, response)),
        };
    }
    let failure = from_http(response);
    let is_rejection = matches!(response.status, 400..=405 | 413..=415 | 422 | 429);
    if let Some(job) = jobs.iter().find(has_id)
        && !(is_rejection && failure.provider_message.is_some())
    {
        return SubmitResult::Accepted(with_raw(snapshot(handle, job, is_ok), response));
    }
    if is_ok
        && let Some(json) = response.body.json()
        && (json.is_string() || failure.provider_message.is_none())
        && let Some(job_id) = hidden_id(json, 0)
    {
        let seen = JobSnapshot { job_id: Some(job_id), ..JobSnapshot::default() };
        return SubmitResult::Accepted(with_raw(seen, response));
    }
    match response.status {
        _ if is_rejection && may_hold_job(response, failure.provider_message.is_some()) => {
            SubmitResult::Unknown(failure)
        }
        429 => SubmitResult::Busy(failure),
        400..=405 | 413..=415 | 422 => SubmitResult::Rejected(failure),
        _ => SubmitResult::Unknown(failure),
    }
}

/// Whether a body in which no id can be read may be of an accepted job all the same: cut, with the status of a job that
/// did not fail, or with an id under another name and no reason beside it.
fn may_hold_job(response: &Response, has_reason: bool) -> bool {
    match response.body.json() {
        Some(Value::String(text)) if begins_like_data(text) => true,
        Some(json) => names_live_status(json, 0) || !has_reason && hidden_id(json, 0).is_some(),
        None => response.body == Body::Damaged,
    }
}

/// Whether any object says that a job is queued, running or completed.
fn names_live_status(json: &Value, depth: u32) -> bool {
    let is_live = |word: &str| {
        let word = upper(word);
        let status = documented_word(&word).or_else(|| known_word(&word));
        matches!(status, Some(Status::Queued | Status::Running | Status::Completed))
            || is_pending(&word)
    };
    match json {
        Value::Array(items) if depth <= MAX_WRAPPERS => {
            items.iter().take(MAX_ENTRIES).any(|item| names_live_status(item, depth + 1))
        }
        Value::Object(map) if depth <= MAX_WRAPPERS => map.iter().any(|(name, value)| {
            let name = letters(name);
            match value {
                Value::String(word) => STATUS_NAMES.contains(&name.as_str()) && is_live(word),
                _ => !OTHERS.contains(&name.as_str()) && names_live_status(value, depth + 1),
            }
        }),
        _ => false,
    }
}

fn is_ok(response: &Response) -> bool {
    (200..=299).contains(&response.status)
}

fn with_raw(seen: JobSnapshot, response: &Response) -> Box<JobSnapshot> {
    let raw = response.body.json().map(without_marks).unwrap_or_default();
    Box::new(JobSnapshot { raw, ..seen })
}

/// Whether a job failed without any sign that it ran.
fn is_unbilled(seen: &JobSnapshot) -> bool {
    let is_timeout = |failure: &Failure| failure.code == ErrorCode::GenerationTimeout;
    seen.status == Some(Status::Failed)
        && seen.videos.is_empty()
        && matches!(seen.charge, None | Some(Charge::None))
        && !seen.failures.iter().any(is_timeout)
}

fn has_run(seen: &JobSnapshot) -> bool {
    seen.execution_time_ms.is_some_and(|time| time > 0)
}

/// Reads the response to `/status` or `/cancel`. Another job's body, from a mixed-up proxy or cache, says
/// nothing about this one.
pub(in crate::provider) fn read_poll(handle: &Handle, response: &Response) -> PollResult {
    let is_ok = is_ok(response);
    let jobs = jobs(response);
    let is_ours = |job: &&&Value| match &handle.job_id {
        Some(expected) => ids(job).any(|id| id == *expected),
        None => id(job).is_some(),
    };
    let has_status = |job: &&&Value| status(job, is_ok).is_some();
    let ours = jobs.iter().filter(is_ours).find(has_status);
    let found = match ours.or_else(|| jobs.iter().filter(|_| is_ok).find(is_ours)) {
        Some(ours) => Some(ours),
        None if jobs.iter().filter(has_status).any(|job| has_id_field(job)) => {
            let message = "RunPod responded with another job. The job is polled again.";
            let failure = Failure::new(ErrorCode::InvalidResponse, None, message);
            return PollResult::Transient(failure);
        }
        // The path has the id, so a body without one is about this job.
        None => jobs.iter().find(|job| is_ok && documented_status(job).is_some()),
    };
    match (found, response.status) {
        (Some(job), _) => {
            let seen = snapshot(handle, job, is_ok);
            let job_id = handle.job_id.clone().or(seen.job_id);
            PollResult::Found(with_raw(JobSnapshot { job_id, ..seen }, response))
        }
        (None, 404 | 410) => PollResult::NotFound,
        (None, 401 | 403) => PollResult::Unauthorized(from_http(response)),
        (None, _) => PollResult::Transient(from_http(response)),
    }
}

/// Reads a webhook. RunPod sends the body of `/status`.
pub(in crate::provider) fn read_webhook(body: &Value) -> Option<WebhookEvent> {
    let mut jobs = Vec::new();
    collect_jobs(body, 0, &mut jobs);
    let job = jobs.into_iter().find(|job| id(job).is_some() && has_status(job))?;
    Some(WebhookEvent { job_id: id(job)?, status: status(job, true).unwrap_or(Status::Running) })
}

/// The objects of a response that may be a job, the outermost first.
fn jobs(response: &Response) -> Vec<&Value> {
    let mut found = Vec::new();
    if let Some(json) = response.body.json() {
        collect_jobs(json, 0, &mut found);
    }
    found
}

fn collect_jobs<'a>(json: &'a Value, depth: u32, found: &mut Vec<&'a Value>) {
    match json {
        Value::Array(items) if depth <= MAX_WRAPPERS => {
            let items = items.iter().take(MAX_ENTRIES);
            items.for_each(|item| collect_jobs(item, depth + 1, found));
        }
        Value::Object(map) if depth <= MAX_WRAPPERS => {
            found.push(json);
            // A job's own output is not a job.
            let is_job = id(json).is_some() && has_status(json);
            let names = match documented_status(json) {
                Some(_) => &[],
                None if is_job => ENVELOPES,
                None => WRAPPERS,
            };
            let wrapped = names.iter().filter_map(|name| map.get(*name));
            wrapped.for_each(|inner| collect_jobs(inner, depth + 1, found));
        }
        _ => {}
    }
}

fn has_status(job: &Value) -> bool {
    job.get("status").is_some_and(Value::is_string)
}

/// Names of a status, in lower case and without other letters.
const STATUS_NAMES: &[&str] = &["status", "state", "jobstatus", "taskstatus"];
/// Names of objects that have ids and statuses of their own.
const OTHERS: &[&str] = &["input", "error", "user", "worker", "endpoint", "request", "webhook"];

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    let letters = name.chars().take(40).filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// An id below any other name of an accepted submit.
fn hidden_id(json: &Value, depth: u32) -> Option<String> {
    const NAMES: &[&str] = &["id", "jobid", "job", "requestid", "taskid", "runid", "uuid"];
    match json {
        Value::String(text) => {
            let id = text.trim();
            // A word alone is a message.
            let is_likely =
                id.contains(|c: char| c.is_ascii_digit()) && (depth > 0 || id.contains('-'));
            (is_id(id) && is_likely).then(|| id.to_owned())
        }
        Value::Array(items) if depth <= MAX_WRAPPERS => {
            let objects = items.iter().take(MAX_ENTRIES).filter(|item| !item.is_string());
            objects.into_iter().find_map(|item| hidden_id(item, depth + 1))
        }
        Value::Object(map) if depth <= MAX_WRAPPERS => {
            let fields = || map.iter().map(|(name, value)| (letters(name), value));
            let is = |names: &[&str], name: &str| names.contains(&name);
            let own = fields().filter(|(name, _)| is(NAMES, name));
            let others = fields().filter(|(name, value)| {
                !is(NAMES, name) && !is(OTHERS, name) && !value.is_string()
            });
            own.chain(others).find_map(|(_, value)| hidden_id(value, depth + 1))
        }
        _ => None,
    }
}

const ID_NAMES: &[&str] = &["id", "job_id", "jobId"];

/// The ids of a job. RunPod documents `id`; proxies rename it.
fn ids(job: &Value) -> impl Iterator<Item = String> {
    ID_NAMES.iter().filter_map(|name| match job.get(*name)? {
        Value::String(id) => Some(id.trim()).filter(|id| is_id(id)).map(str::to_owned),
        Value::Number(id) => id.as_u64().map(|id| id.to_string()),
        _ => None,
    })
}

fn has_id_field(job: &Value) -> bool {
    ID_NAMES.iter().any(|name| job.get(*name).is_some_and(|id| !id.is_null()))
}

fn id(job: &Value) -> Option<String> {
    ids(job).next()
}

/// Whether the text is safe as a segment of a URL path.
fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= 200 && text.chars().all(plain)
}

/// Reads a job, with or without an id and a status.
fn snapshot(handle: &Handle, job: &Value, is_ok: bool) -> JobSnapshot {
    let own = is_own_endpoint(handle);
    let output = job.get("output").filter(|output| !output.is_null());
    let mut seen = JobSnapshot {
        job_id: id(job),
        status: status(job, is_ok),
        queue_time_ms: job.get("delayTime").and_then(milliseconds),
        execution_time_ms: job.get("executionTime").and_then(milliseconds),
        ..JobSnapshot::default()
    };
    let inner = output.and_then(|output| reported_error(output, 0));
    // A word that nobody knows may be the end: the video says so.
    let is_known =
        documented_status(job).is_some() || word(job).is_some_and(|one| is_pending(&one));
    let is_pending = matches!(seen.status, Some(Status::Queued | Status::Running)) && is_known;
    let may_be_done = !is_pending && seen.status != Some(Status::Queued);
    if may_be_done {
        let searches: &[Search] = match seen.status {
            Some(Status::Completed) if own => &[Search::Everywhere],
            Some(Status::Completed) => &[Search::Results, Search::Everywhere],
            _ => &[Search::Certain],
        };
        let max = if own { MAX_VIDEOS } else { 1 };
        // A proxy may flatten the output.
        let places = searches.iter().map(|how| (output, *how));
        let mut places = places.chain([(Some(job), Search::Certain)]);
        let found = places.find_map(|(place, how)| find_videos(place?, job, how, max));
        (seen.videos, seen.cost) = found
            .unwrap_or_else(|| (Vec::new(), output.and_then(find_cost).or_else(|| find_cost(job))));
    }
    let has_video = !seen.videos.is_empty();
    let outer = job.get("error").filter(|error| reason::is_error(error));
    let names_video = names_video_file(job);
    match seen.status {
        // A video is a result, whatever the status lacks.
        None | Some(Status::Cancelled | Status::Running) if has_video => {
            seen.status = Some(Status::Completed)
        }
        Some(Status::Completed) if has_video => {}
        Some(Status::Completed) => {
            let failure = from_job(job, inner, false);
            let reports = inner.or(outer).is_some();
            if reports && names_video {
                // The error may be about a part, and the video is where nobody can read it.
                seen.failures.push(failure);
            } else if reports || is_free(&failure) {
                seen.status = Some(Status::Failed);
                seen.failures.push(failure);
            } else {
                let message = "RunPod reports the job as completed but returned no video.";
                seen.failures.push(Failure::new(ErrorCode::InvalidResponse, None, message));
            }
        }
        Some(Status::Queued | Status::Running) => {
            seen.progress = output.and_then(progress);
            seen.failures.extend(inner.or(outer).map(|_| from_job(job, inner, false)));
        }
        Some(Status::Failed) => {
            let is_timeout = word(job).is_some_and(|word| TIMED_OUT.contains(&word.as_str()));
            seen.failures.push(from_job(job, inner, is_timeout));
        }
        _ => {}
    }
    let is_claimed = names_video
        || output.is_some_and(names_link)
        || claims_cost(job, false)
        || seen.failures.iter().any(is_billed);
    seen.charge = if has_video { None } else { charge(&seen, own || is_claimed, job) };
    seen
}

/// What a job that ended without a video says about money. "Failed generations are not charged" is a rule of
/// the public endpoints; a user's own endpoint is billed by its workers' time ("Serverless pricing"). Nor does
/// it hold for a job that says that it costs, or names the file of a video, or has a link in its output.
fn charge(seen: &JobSnapshot, is_billed: bool, job: &Value) -> Option<Charge> {
    let is_failed = matches!(seen.status, Some(Status::Failed | Status::Cancelled));
    let is_end = seen.status.is_some_and(Status::is_end);
    let is_documented = documented_status(job).is_some();
    if is_failed && (is_billed || !is_documented) {
        Some(Charge::Unknown)
    } else if is_end
        && !is_billed
        && (seen.cost == Some(Usd(0)) || seen.failures.iter().any(is_free))
    {
        Some(Charge::None)
    } else {
        None
    }
}

const TIMED_OUT: &[&str] = &["TIMED_OUT", "TIMEDOUT", "TIMEOUT"];

/// The status in upper case, with underscores.
fn word(job: &Value) -> Option<String> {
    job.get("status")?.as_str().map(upper)
}

fn upper(word: &str) -> String {
    let letters = word.trim().chars().take(40).map(|letter| match letter {
        ' ' | '-' => '_',
        letter => letter.to_ascii_uppercase(),
    });
    letters.collect()
}

fn documented_status(job: &Value) -> Option<Status> {
    documented_word(&word(job)?)
}

/// Seven statuses are documented.
fn documented_word(word: &str) -> Option<Status> {
    match word {
        "IN_QUEUE" => Some(Status::Queued),
        "IN_PROGRESS" | "RUNNING" => Some(Status::Running),
        "COMPLETED" => Some(Status::Completed),
        "FAILED" | "TIMED_OUT" => Some(Status::Failed),
        "CANCELLED" => Some(Status::Cancelled),
        _ => None,
    }
}

/// The status; `None` if there is none. An unknown word is not final. Only documented words count under
/// another HTTP status than 2xx: other ones are about the request.
fn status(job: &Value, is_ok: bool) -> Option<Status> {
    let other = || {
        let word = word(job).filter(|word| is_ok && !word.is_empty())?;
        Some(known_word(&word).unwrap_or(Status::Running))
    };
    documented_status(job).or_else(other)
}

/// Other words for them.
fn known_word(word: &str) -> Option<Status> {
    Some(match word {
        "QUEUED" | "PENDING" => Status::Queued,
        "COMPLETE" | "SUCCESS" | "SUCCEEDED" | "DONE" | "FINISHED" => Status::Completed,
        "CANCELED" => Status::Cancelled,
        word if is_failure(word) => Status::Failed,
        _ => return None,
    })
}

fn is_failure(word: &str) -> bool {
    const FAILED: &[&str] = &[
        "FAILED",
        "FAILURE",
        "FAIL",
        "ERROR",
        "ERRORED",
        "ABORTED",
        "REJECTED",
        "CRASHED",
        "KILLED",
        "TERMINATED",
    ];
    FAILED.contains(&word) || TIMED_OUT.contains(&word)
}

/// Whether the word says that the job goes on, so that what looks like its video may be a preview.
fn is_pending(word: &str) -> bool {
    const PENDING: &[&str] =
        &["PROCESSING", "STARTING", "STARTED", "GENERATING", "RENDERING", "UPLOADING", "WAITING"];
    PENDING.contains(&word)
}

/// The part of an output that reports an error: its `error`, `status` or `success`.
fn reported_error(output: &Value, depth: u32) -> Option<&Value> {
    match output {
        Value::Array(items) if depth <= MAX_WRAPPERS => {
            let mut items = items.iter().take(MAX_ENTRIES);
            items.find_map(|item| reported_error(item, depth + 1))
        }
        Value::Object(map) if depth <= MAX_WRAPPERS => {
            let is = |name: &str| map.get(name).is_some_and(reason::is_error);
            let is_false = |name: &str| map.get(name) == Some(&Value::Bool(false));
            let failed = word(output).is_some_and(|word| is_failure(&word));
            if is("error") || is("errors") || failed || is_false("success") || is_false("ok") {
                return Some(output);
            }
            let mut wrapped = WRAPPERS.iter().filter_map(|name| map.get(*name));
            wrapped.find_map(|inner| reported_error(inner, depth + 1))
        }
        _ => None,
    }
}

/// Milliseconds: a number, or one as text.
fn milliseconds(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_u64().or_else(|| whole(value.as_f64()?, u64::MAX as f64)),
    }
}

/// The output of a running job can be its progress in percent: a number, one as text, or one under `progress`.
fn progress(output: &Value) -> Option<u8> {
    let percent = match output.get("progress").unwrap_or(output) {
        // Parsing a float would add its tables to the module.
        Value::String(text) => {
            let whole: u32 = text.trim().split(['.', '%', ' '].as_slice()).next()?.parse().ok()?;
            u8::try_from(whole).ok()?
        }
        number => whole(number.as_f64()?, 100.0)? as u8,
    };
    (percent <= 100).then_some(percent)
}

/// The whole part of a number between zero and a maximum.
fn whole(number: f64, max: f64) -> Option<u64> {
    (0.0..=max).contains(&number).then_some(number as u64)
}
