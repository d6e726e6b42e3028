//! How Runware's responses are read, as its documents and public reports show them.
mod codes;
mod money;
mod reasons;
mod shapes;
mod submits;
mod verdicts;
mod videos;

use crate::common::{UUID, http, job, row, runware_request};
use filmgate::error::Failure;
use filmgate::handle::Handle;
use filmgate::provider::ProviderId::Runware;
use filmgate::provider::{JobSnapshot, PollResult, SubmitResult};
use serde_json::{Value, json};

/// A job with that many videos.
fn handle(n: u32) -> Handle {
    let mut handle = job(Runware, &runware_request()).handle;
    handle.n = n;
    handle
}

fn submit(status: u16, body: &Value) -> SubmitResult {
    Runware.read_submit(&handle(1), http(status, body).response())
}

fn poll_of(n: u32, status: u16, body: &Value) -> PollResult {
    Runware.read_poll(&handle(n), http(status, body).response())
}

fn poll(status: u16, body: &Value) -> PollResult {
    poll_of(1, status, body)
}

/// The snapshot of a job with that many videos in a response with HTTP 200.
#[track_caller]
fn found_of(n: u32, body: &Value) -> JobSnapshot {
    match poll_of(n, 200, body) {
        PollResult::Found(seen) => *seen,
        other => panic!("{other:?}: {body}"),
    }
}

#[track_caller]
fn found(body: &Value) -> JobSnapshot {
    found_of(1, body)
}

/// One row of our task, below `data`.
fn data(more: &Value) -> Value {
    json!({ "data": [row(more)] })
}

/// An error about our task, below `errors`.
fn named(code: &str, more: &Value) -> Value {
    json!({ "errors": [error(code, more)] })
}

fn error(code: &str, more: &Value) -> Value {
    let mut error = json!({ "code": code, "message": "No.", "taskUUID": UUID });
    error.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    error
}

/// The provider's words in a failure.
fn words(failure: &Failure) -> &str {
    failure.provider_message.as_ref().map_or("", |words| words.0.as_str())
}
