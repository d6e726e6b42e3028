//! One step of a job: from a state and an input to the next state and its outputs. The module keeps nothing between
//! two calls, so that a trap loses nothing.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::value::{take, to_js};
use crate::codec::{Codec, entry, object};
use crate::error::Error;
use crate::job::{Handle, Input, Job, Output, TransportError};
use crate::json::Value;
use crate::outcome::VideoResult;
use crate::provider::{Body, Response};

/// The state after a step, what the driver reads of the job, and the actions for it: `[state, [outputs, facts, handle,
/// warnings]]`. The handle and the warnings are left out if the driver has them.
pub(super) fn finish(mut job: Job, known: Option<&Handle>) -> JsValue {
    let mut outputs = Vec::new();
    loop {
        let output = job.poll_output();
        outputs.push(write_output(&job, &output));
        if matches!(output, Output::Timeout(_) | Output::Done(_)) {
            break;
        }
    }
    let mut step = vec![Value::Array(outputs), job.facts()];
    if known != Some(&job.handle) {
        step.push(job.handle.write());
    }
    if known.is_none() {
        step.push(job.warnings().iter().map(Codec::write).collect());
    }
    let state = Uint8Array::from(job.state().as_slice());
    Array::of2(&state, &to_js(&Value::Array(step))).into()
}

/// Advances a job by one input. `None` if the state is not valid.
pub(super) fn advance(state: &[u8], now: u64, mut input: Value) -> Option<JsValue> {
    let mut job = Job::from_state(state)?;
    let known = job.handle.clone();
    let body = take(&mut input, "body");
    let input = &input;
    match entry(input, "type").as_str()? {
        "job_id" => job.adopt_job_id(now, entry(input, "jobId").as_str()?),
        "long_poll" => job.set_long_poll(entry(input, "longPoll").as_bool()?),
        kind => job.handle_input(now, read_input(kind, input, body)),
    }
    Some(finish(job, Some(&known)))
}

fn read_input(kind: &str, input: &Value, body: Value) -> Input {
    let id = number(input, "id") as u32;
    match kind {
        "saved" => Input::Saved(number(input, "revision") as u32),
        "save_failed" => Input::SaveFailed(number(input, "revision") as u32),
        "response" => Input::Response { id, response: read_response(input, body) },
        "failed" => Input::TransportFailed {
            id,
            kind: match entry(input, "kind").as_str() {
                Some("unsent") => TransportError::Unsent,
                Some("timeout") => TransportError::Timeout,
                _ => TransportError::Network,
            },
        },
        "queued" => Input::Held { id },
        "sent" => Input::Left { id },
        "cancel" => Input::Cancel,
        "abandon" => Input::Abandon,
        "webhook" => Input::Webhook(body),
        _ => Input::Timeout,
    }
}

fn read_response(input: &Value, body: Value) -> Response {
    let wait = entry(input, "retryAfterMs").as_f64();
    Response {
        status: number(input, "status") as u16,
        retry_after_ms: wait.map(|ms| ms as u64),
        body: match entry(input, "bodyType").as_str() {
            Some("json") => Body::Json(body),
            Some("text") => Body::NonJson,
            Some("damaged") => Body::Damaged,
            _ => Body::Empty,
        },
    }
}

fn number(input: &Value, name: &str) -> f64 {
    entry(input, name).as_f64().unwrap_or_default()
}

fn write_output(job: &Job, output: &Output) -> Value {
    match output {
        Output::Save { revision, record } => object! {
            "type" => "save".into(),
            "revision": *revision,
            "record": *record,
        },
        Output::Transmit { id, limit_ms, request } => {
            let (is_submit, may_hold_result) = job.request_in_flight();
            object! {
                "type" => "transmit".into(),
                "id": *id,
                "limitMs": *limit_ms,
                "path": request.path,
                "body": request.body,
                "sendNowOrFail": request.send_now_or_fail,
                "batchable": request.batchable,
                "isSubmit": is_submit,
                "mayHoldResult": may_hold_result,
            }
        }
        Output::Update(update) => object! { "type" => "update".into(), "update": *update },
        Output::Cancelled(cancellation) => {
            object! { "type" => "cancelled".into(), "cancellation": *cancellation }
        }
        Output::Timeout(at) => {
            // u64::MAX, "never", is not a safe integer of JavaScript.
            let at = (*at).min(1 << 52);
            object! { "type" => "timeout".into(), "at": at }
        }
        Output::Done(done) => {
            let (outcome, error) = match done.as_ref() {
                Ok(outcome) => (outcome_json(outcome, job), Value::Null),
                Err(error) => (Value::Null, error_json(error, &job.handle)),
            };
            object! { "type" => "done".into(), "outcome" => outcome, "error" => error }
        }
    }
}

/// The result with the warnings of the job.
pub(super) fn outcome_json(outcome: &VideoResult, job: &Job) -> Value {
    let mut json = outcome.to_json(&job.handle);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("warnings".to_owned(), warnings_json(job));
    }
    json
}

pub(super) fn warnings_json(job: &Job) -> Value {
    let provider = Some(job.handle.provider.as_str());
    job.warnings().iter().map(|issue| issue.to_json(provider)).collect()
}

pub(super) fn error_json(error: &Error, handle: &Handle) -> Value {
    object! {
        "code": error.failure.code,
        "message": error.failure.message,
        "providerCode": error.failure.provider_code,
        "providerMessage" => error.failure.provider_message.as_ref().map_or(Value::Null, |words| words.0.clone().into()),
        "raw" => error.raw.as_ref().map_or(Value::Null, |raw| raw.0.clone()),
        "provider": handle.provider,
        "charge": error.charge,
        "retryable": error.is_retryable(),
        "handle": *handle,
    }
}
