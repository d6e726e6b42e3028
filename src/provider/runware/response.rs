//! Statuses and results.

use crate::json::Value;

use super::charge::{of_finished_row, worst};
use super::code::Class;
use super::error::{Entry, Subject, Verdict, from_http};
use super::items::{Items, Row, State, without_other_tasks};
use crate::error::Failure;
use crate::handle::Handle;
use crate::money::Usd;
use crate::outcome::Status;
use crate::provider::{Body, JobSnapshot, PollResult, Response, SubmitResult, WebhookEvent};

/// Reads the response to a submit.
///
/// A row with the job's taskUUID means accepted, and so does `conflictTaskUUID` (the first submit is
/// running; Runware's SDK treats it so). An error of a class that is checked before a task is created
/// means rejected, unless the server failed. Any other response may have created a task.
pub(in crate::provider) fn read_submit(handle: &Handle, response: &Response) -> SubmitResult {
    let status = response.status;
    let by_status = |verdict| submit_result(handle, verdict, from_http(response));
    let Some(json) = response.body.json() else {
        return match (Verdict::of_status(status), &response.body) {
            // A page that is not JSON is a proxy's.
            (Verdict::Rejected, Body::NonJson)
            | (Verdict::Rejected | Verdict::Busy, Body::Damaged) => by_status(Verdict::Unknown),
            (verdict, _) => by_status(verdict),
        };
    };
    let items = Items::read(json, Some(&handle.id));
    if !items.rows.is_empty()
        && let Some(seen) = seen(handle, json, &items, status)
    {
        return SubmitResult::Accepted(Box::new(seen));
    }
    let names_task = items.errors.iter().any(|entry| entry.task.is_some());
    let errors = items.errors.iter().filter(|entry| entry.task.is_some() || !names_task);
    // One error that does not prove a rejection is enough.
    match errors.map(|entry| (entry.verdict(status), entry)).min_by_key(|(verdict, _)| *verdict) {
        Some((verdict, entry)) => submit_result(handle, verdict, entry.request_failure(status)),
        None => match Verdict::of_status(status) {
            // Another request's response, from a mixed-up proxy.
            Verdict::Rejected if names_other_task(json) => by_status(Verdict::Unknown),
            verdict => by_status(verdict),
        },
    }
}

/// Whether a response without anything about the task, or about none, is about another one.
fn names_other_task(json: &Value) -> bool {
    let items = Items::read(json, None);
    !items.rows.is_empty() || items.errors.iter().any(|entry| entry.task.is_some())
}

fn submit_result(handle: &Handle, verdict: Verdict, failure: Failure) -> SubmitResult {
    match verdict {
        Verdict::Exists => SubmitResult::Accepted(Box::new(existing(handle))),
        Verdict::Unknown => SubmitResult::Unknown(failure),
        Verdict::Busy => SubmitResult::Busy(failure),
        Verdict::Rejected => SubmitResult::Rejected(failure),
    }
}

/// Reads the response to `getResponse`. It is an empty list for an unknown task and for one that is not
/// visible yet.
pub(in crate::provider) fn read_poll(handle: &Handle, response: &Response) -> PollResult {
    let status = response.status;
    let Some(json) = response.body.json() else {
        return by_http_status(response);
    };
    let items = Items::read(json, Some(&handle.id));
    if let Some(seen) = seen(handle, json, &items, status) {
        return PollResult::Found(Box::new(seen));
    }
    // An error about the key never ends a job, and matters more than the others.
    let is_refused = matches!(status, 401 | 403 | 429 | 500..);
    let refuses_key = |entry: &&Entry<'_>| {
        entry.class == Class::Auth
            || entry.class == Class::Unrecognized && matches!(status, 401 | 403)
    };
    let mut errors = items.errors.iter();
    match errors.clone().find(refuses_key).or_else(|| errors.next()) {
        Some(entry) if refuses_key(&entry) => {
            PollResult::Unauthorized(entry.request_failure(status))
        }
        Some(entry) if entry.class == Class::Conflict && entry.task.is_some() => exists(handle),
        Some(entry) if entry.is_task_not_found() && !is_refused => PollResult::NotFound,
        Some(entry) => PollResult::Transient(entry.request_failure(status)),
        None if items.is_list && !is_refused => PollResult::NotFound,
        None => by_http_status(response),
    }
}

/// Reads the response to `getTaskDetails`: a row with `{request:[…],response:{…}}`.
pub(in crate::provider) fn read_details(handle: &Handle, response: &Response) -> PollResult {
    let polled = read_poll(handle, response);
    let Some(json) = response.body.json() else {
        return polled;
    };
    let items = Items::read(json, Some(&handle.id));
    let stored = |row: &&Row<'_>| row.json.get("response").is_some_and(|answer| !answer.is_null());
    let Some(answer) = items.rows.iter().find(stored).and_then(|row| row.json.get("response"))
    else {
        return match polled {
            PollResult::Found(seen) if !seen.videos.is_empty() || !seen.failures.is_empty() => {
                PollResult::Found(seen)
            }
            // A row with only the request: the task exists.
            PollResult::Found(_)
                if items.rows.iter().any(|row| row.json.get("request").is_some()) =>
            {
                exists(handle)
            }
            PollResult::Found(_) => PollResult::NotFound,
            other => other,
        };
    };
    // The task's last response: an object with `data`, a list of rows, or one row.
    let items = Items::read_within(answer, Some(&handle.id), Some(&handle.id));
    match seen(handle, answer, &items, 200) {
        Some(seen) if !seen.videos.is_empty() || !seen.failures.is_empty() || seen.stalled => {
            PollResult::Found(Box::new(seen))
        }
        _ => exists(handle),
    }
}

fn existing(handle: &Handle) -> JobSnapshot {
    JobSnapshot { job_id: Some(handle.id.clone()), ..JobSnapshot::default() }
}

fn exists(handle: &Handle) -> PollResult {
    PollResult::Found(Box::new(existing(handle)))
}

fn by_http_status(response: &Response) -> PollResult {
    let failure = from_http(response);
    match response.status {
        401 | 403 => PollResult::Unauthorized(failure),
        _ => PollResult::Transient(failure),
    }
}

/// Reads a webhook. Runware sends one for each finished item, flat or under `data`.
pub(in crate::provider) fn read_webhook(body: &Value) -> Option<WebhookEvent> {
    let items = Items::read(body, None);
    let row = items.rows.first();
    let task = row.map(|row| row.task).or_else(|| items.errors.first()?.task)?;
    let status = match row.map(|row| &row.state) {
        _ if !items.errors.is_empty() => Status::Failed,
        Some(State::Failed) | None => Status::Failed,
        Some(State::Finished(_) | State::Empty) => Status::Completed,
        Some(State::Pending | State::Error) => Status::Running,
    };
    Some(WebhookEvent { job_id: task.to_ascii_lowercase(), status })
}

/// Reads the rows and errors of the task; `None` if nothing is about it. It has ended when videos and
/// errors add up to the number of requested videos, and no row is pending or lacks its video.
fn seen(handle: &Handle, json: &Value, items: &Items<'_>, status: u16) -> Option<JobSnapshot> {
    let errors = |subject| items.errors.iter().filter(move |one| one.subject(status) == subject);
    let mut failed: Vec<&Entry<'_>> = errors(Subject::Task).collect();
    let unclear: Vec<&Entry<'_>> = errors(Subject::Unclear).take(1).collect();
    if items.rows.is_empty() && failed.is_empty() && unclear.is_empty() {
        return None;
    }
    let mut seen = JobSnapshot {
        job_id: Some(handle.id.clone()),
        raw: without_other_tasks(json, &handle.id),
        ..JobSnapshot::default()
    };
    let (mut pending, mut progress, mut empty_ids) = (0u32, 0u32, Vec::new());
    let (mut charges, mut failed_rows) = (Vec::new(), Vec::new());
    for row in &items.rows {
        match &row.state {
            State::Failed => failed_rows.push(Entry::new(row.json, Some(row.task))),
            State::Finished(video) => {
                // A duplicate row is one video, paid once.
                match seen.videos.iter_mut().find(|known| known.is_same(video)) {
                    Some(known) => known.cost = known.cost.or(video.cost),
                    None => seen.videos.push((**video).clone()),
                }
            }
            State::Empty => {
                let id = row.json.get("videoUUID").and_then(Value::as_str);
                if id.is_some() && empty_ids.contains(&id) {
                    continue;
                }
                empty_ids.push(id);
                charges.push(of_finished_row(row.json));
            }
            State::Pending | State::Error => {
                pending += 1;
                progress += percent(row.json.get("progress"));
            }
        }
    }
    // The sum of some is not the cost.
    let costs: Option<Vec<Usd>> = seen.videos.iter().map(|video| video.cost).collect();
    seen.cost = costs.filter(|costs| !costs.is_empty()).map(Usd::sum).and_then(Usd::exact);
    // One failure can be in a row and among the errors: the longer list has each.
    let mut others: Vec<&Entry<'_>> = failed_rows.iter().collect();
    if others.len() > failed.len() {
        std::mem::swap(&mut failed, &mut others);
    }
    let shown = failed.iter().chain(&unclear);
    seen.failures = shown.clone().map(|entry| entry.failure(status)).collect();
    if seen.videos.is_empty() {
        charges.extend(shown.map(|entry| entry.charge()));
        let of_others = || worst(&others.iter().map(|entry| entry.charge()).collect::<Vec<_>>());
        seen.charge = worst(&charges).or_else(of_others);
    }
    let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
    let (videos, ended) = (count(seen.videos.len()), count(seen.videos.len() + failed.len()));
    let empty = count(empty_ids.len());
    let has_ended = videos >= handle.n || pending + empty == 0 && ended >= handle.n;
    // Nothing is pending, but a video that is said to be finished has neither a URL nor data.
    let lacks_video = pending == 0 && empty > 0 && ended + empty >= handle.n;
    seen.status = Some(match (has_ended, seen.videos.is_empty()) {
        (true, false) => Status::Completed,
        (true, true) => Status::Failed,
        (false, true) if lacks_video => Status::Completed,
        (false, _) => Status::Running,
    });
    seen.stalled = pending == 0 && !has_ended && ended + empty + count(unclear.len()) > 0;
    if pending + empty > 0 {
        // A row that may still become a video wins over an error: it was about an attempt, or is listed twice.
        let left = handle.n.saturating_sub(videos.saturating_add(pending).saturating_add(empty));
        seen.failures.truncate(left as usize);
    }
    let done = ended.min(handle.n) * 100 + progress;
    let percent = done / handle.n.max(ended.saturating_add(pending)).max(1);
    seen.progress = u8::try_from(percent.min(100)).ok();
    Some(seen)
}

/// A number of percent, also as text.
fn percent(progress: Option<&Value>) -> u32 {
    let whole = |text: &str| text.trim().split(['.', '%'].as_slice()).next()?.parse::<u32>().ok();
    match progress {
        Some(Value::String(text)) => whole(text).unwrap_or(0).min(100),
        progress => progress.and_then(Value::as_f64).unwrap_or(0.0).clamp(0.0, 100.0) as u32,
    }
}
